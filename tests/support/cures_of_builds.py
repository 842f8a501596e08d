"""States of files that are built from records, and the commands that are printed there."""

from __future__ import annotations

import json
import shutil

from assetgen.record import record
from tests.support.cures import Stage, State
from tests.support.stages import listed
from tests.support.tiny import want

_RECORD = record.place("a")
_KEEP = 'keep = "record"'
_GITIGNORE = ".gitignore"


def _recorded(stage: Stage, *ids: str) -> None:
    """Files that are built, their records committed."""
    listed(stage, *ids)
    want(stage.place, *ids, **dict.fromkeys(ids, _KEEP))
    stage.commit()
    stage.ok("generate")


def _cloned(stage: Stage) -> None:
    _recorded(stage, "a")
    shutil.rmtree(stage.place.root / "public")


def _elsewhere(stage: Stage) -> None:
    """The record is of another machine, where the file came out otherwise."""
    _cloned(stage)
    statement = json.loads(stage.place.read(_RECORD))
    statement["subject"][0]["digest"]["sha256"] = "0" * 64
    del statement["predicate"]["integrity"]
    stage.place.write(_RECORD, record.write(statement))
    stage.commit()
    stage.ok("generate", "--free")


def _many_elsewhere(stage: Stage) -> None:
    from assetgen.fs import built_files

    names = [f"a{number}" for number in range(12)]
    _recorded(stage, *names)
    for name in names:
        statement = json.loads(stage.place.read(record.place(name)))
        statement["subject"][0]["digest"]["sha256"] = "0" * 64
        del statement["predicate"]["integrity"]
        stage.place.write(record.place(name), record.write(statement))
    for folder in ("public", built_files.FOLDER):
        shutil.rmtree(stage.place.root / folder)
    stage.commit()


def _edited(stage: Stage) -> None:
    _recorded(stage, "a")
    stage.place.picture("public/a.png", (40, 20))


def _tracked(stage: Stage, *ids: str) -> None:
    """Files that git has although only their records are to be kept."""
    listed(stage, *ids)
    stage.ok("generate")
    want(stage.place, *ids, **dict.fromkeys(ids, _KEEP))
    stage.commit()


def _one_tracked(stage: Stage) -> None:
    _tracked(stage, "a")


def _many_tracked(stage: Stage) -> None:
    _tracked(stage, *(f"a{number}" for number in range(22)))


_MANY = (
    "git ls-files -z -c -i --exclude-standard -- {folder} | "
    "git rm -q --cached --pathspec-from-file=- --pathspec-file-nul"
)
STATES = [
    State(("plan/rebuilt", "assetgen generate --free"), _cloned, "check --built"),
    State(("plan/made_with", "assetgen generate --free --force {ids}"), _elsewhere),
    State(("plan/made_with", "assetgen generate --free --force"), _many_elsewhere, "generate"),
    State(
        ("plan/reasons", "assetgen generate {id} --force"),
        _edited,
        replaces=("public/a.png",),
    ),
    State(
        ("check/rebuilt", "{first} && {leave}"),
        _one_tracked,
        parts=(("check/rebuilt", "git rm -q --cached -- {found}"),),
    ),
    State(("check/rebuilt", _MANY), _many_tracked),
]
