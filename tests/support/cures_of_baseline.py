"""States of pictures that were there before assetgen, and the commands that are printed there."""

from __future__ import annotations

import shutil

from assetgen.record import record
from assetgen.record.baseline import FILE
from tests.support.cures import Stage, State

_OLD = "public/old (1)@2x.png"
_MANIFEST = '[project]\noutputs = ["public"]\n'
_ADOPTED = '[[asset]]\nid = "a"\npath = "public/a.png"\nalt = ""\nroute = "adopted"\n'


def _site(stage: Stage) -> None:
    """Pictures that exist, committed, and no baseline."""
    stage.place.manifest(_MANIFEST)
    for number, name in enumerate((_OLD, "public/other.png")):
        stage.place.picture(name, size=(20 + number, 10))
    stage.commit()


def _taken(stage: Stage) -> None:
    """The same, in the baseline."""
    _site(stage)
    stage.ok("adopt", "--existing")


def _new(stage: Stage) -> None:
    _taken(stage)
    stage.place.picture("public/new.png", size=(30, 10))


def _many(stage: Stage) -> None:
    stage.place.manifest(_MANIFEST)
    for number in range(21):
        stage.place.write(f"public/{number}.png", b"%d" % number)


def _many_missing(stage: Stage) -> None:
    stage.place.covers(*(f"c{number}" for number in range(21)))


def _staged_many(stage: Stage) -> None:
    _many(stage)
    stage.place.git("add", "-A")


def _many_typos(stage: Stage) -> None:
    stage.place.manifest(_MANIFEST.replace("[project]", '[project]\ncontent = ["a.md"]'))
    for number in range(21):
        stage.place.write(f"public/img/pic{number}.png", b"%d" % number)
    lines = (f"![A](/img/Pic{number}.png)\n" for number in range(21))
    stage.place.write("a.md", "\n".join(lines))


def _staged_new(stage: Stage) -> None:
    _new(stage)
    stage.place.git("add", "-A")


def _staged_without_line(stage: Stage) -> None:
    _staged_new(stage)
    stage.ok("adopt", "--existing", "--no-commit", "public/new.png")


def _edited(stage: Stage) -> None:
    _taken(stage)
    stage.place.write(_OLD, stage.place.read(_OLD) + b"more")


def _in_conflict(stage: Stage) -> None:
    _taken(stage)
    lines = stage.place.read(FILE).decode().splitlines()
    sides = f"<<<<<<< HEAD\n{lines[0]}\n=======\n{lines[1]}\n>>>>>>> other\n"
    stage.place.write(FILE, sides)


def _staged_conflict(stage: Stage) -> None:
    _in_conflict(stage)
    stage.place.git("add", "-A")


def _foreign(stage: Stage) -> None:
    stage.place.manifest(_ADOPTED)
    stage.place.picture("public/a.png", size=(20, 10))


def _of_no_asset(stage: Stage) -> None:
    _foreign(stage)
    stage.ok("adopt", "a", "public/a.png")
    stage.place.manifest(_MANIFEST)


def _adopted(stage: Stage) -> None:
    _foreign(stage)
    stage.ok("adopt", "a", "public/a.png")


def _lost(stage: Stage) -> None:
    """An adopted picture that is nowhere here, and a copy of it beside the project's folders."""
    _foreign(stage)
    stage.ok("adopt", "a", "public/a.png", "--no-commit")
    (stage.place.root / "public/a.png").rename(stage.place.root / "photo.png")
    shutil.rmtree(stage.place.root / ".assetgen/cache")
    (stage.place.root / record.place("a")).unlink()


def _claimed(stage: Stage) -> None:
    """Only its record says that the picture of an asset with another size now is assetgen's."""
    stage.place.manifest(_ADOPTED + "fit = { width = 10, height = 5 }\n")
    stage.place.picture("photo.png", size=(20, 10))
    stage.ok("adopt", "a", "photo.png", "--no-commit")
    stage.place.manifest(_ADOPTED + "fit = { width = 8, height = 4 }\n")
    (stage.place.root / ".assetgen/cache/placed").unlink()


def _aside(stage: Stage) -> None:
    (stage.place.root / "public/a.png").rename(stage.place.root.parent / "mine.png")


_STAGED = "check --staged"
_WITHOUT_COMMIT = "assetgen adopt --existing --no-commit {path} && git add -- {file}"
_MANY_WITHOUT_COMMIT = "assetgen adopt --existing --no-commit && git add -- {file}"
_MERGED = "assetgen adopt --existing --merge --no-commit && git add -- {file}"
STATES = [
    State(("check/baseline", "assetgen adopt --existing {path}"), _new),
    State(("check/baseline", "assetgen adopt --existing {path}"), _edited),
    State(("check/baseline", _WITHOUT_COMMIT), _staged_new, _STAGED),
    State(("check/baseline", "git add -- {file}"), _staged_without_line, _STAGED),
    State(  # it exits with 2 and prints the entry to paste, after which it records the picture
        ("check/unrecorded", "assetgen adopt {name} {path}"),
        _new,
        settles=False,
        exits=(2,),
    ),
    State(
        ("check/unrecorded", "assetgen adopt {name} {path} --no-commit"),
        _staged_new,
        _STAGED,
        settles=False,
        exits=(2,),
    ),
    State(("check/baseline", "assetgen adopt --existing --merge"), _in_conflict, replaces=(FILE,)),
    State(("check/baseline", _MERGED), _staged_conflict, _STAGED),
    State(("commands/init", "assetgen adopt --existing"), _site, "init"),
    State(("report/folded", "assetgen adopt --existing"), _many),
    State(("report/folded", _MANY_WITHOUT_COMMIT), _staged_many, _STAGED),
    State(("report/folded", "assetgen refs --fix"), _many_typos, replaces=("a.md",)),
    State(("report/folded", "assetgen generate"), _many_missing),
    State(
        ("generate/existing", "assetgen adopt {owner} {path}"),
        _foreign,
        "adopt --existing public/a.png",
    ),
    State(
        ("generate/existing", "assetgen show {path}"),
        _of_no_asset,
        "adopt --existing public/a.png",
        settles=False,
    ),
    State(("fs/git_cures", "git add -- {paths}"), _new, "adopt --existing --no-commit"),
    State(("plan/reasons", "assetgen adopt {asset_id} FILE"), _lost, fills={"FILE": "photo.png"}),
    State(
        ("plan/guards", "assetgen generate {asset_id}"),
        _claimed,
        "generate",
        first=_aside,
        replaces=(record.place("a"),),
    ),
    State(("routes/readiness", "assetgen show {asset_id}"), _adopted, "routes a", settles=False),
]
