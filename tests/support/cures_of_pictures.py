"""States of pictures and their records, and the commands that are printed there."""

from __future__ import annotations

import json
import shutil

from assetgen.record import record
from tests.support.cures import Stage, State
from tests.support.stages import bought, damage, drawn, edit, listed, pictures
from tests.support.tiny import LAYOUT, want

_RECORD = record.place("a")


def _nothing(stage: Stage) -> None:
    """There is no manifest."""


def _stale(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.write("templates/tiny/plain.html", LAYOUT.replace("#fff", "#00f"))


def _drawn_by_an_older_version(stage: Stage) -> None:
    """A picture of a layout that ships, which was another one when it was drawn."""
    stage.place.manifest(
        '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = "x"\n'
        '[asset.values]\ntitle = "T"\n'
    )
    stage.ok("generate")
    whole = json.loads(stage.place.read(_RECORD))
    intent = whole["predicate"]["intent"]
    intent["template"] = "sha256:" + "0" * 64
    del intent["digest"]
    intent["digest"] = record.digest(intent)
    stage.place.write(_RECORD, record.write(whole).decode())
    stage.commit()


def _not_placed_here(stage: Stage) -> None:
    """A picture that neither git nor the cache knows, whose layout changed."""
    pictures(stage, "a")
    shutil.rmtree(stage.place.root / ".assetgen/cache")
    stage.place.write("templates/tiny/plain.html", LAYOUT.replace("#fff", "#00f"))


def _edited(stage: Stage) -> None:
    drawn(stage, "a")
    edit(stage)


def _no_picture(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.write("public/a.png", b"mine")


def _picture_removed(stage: Stage) -> None:
    (stage.place.root / "public/a.png").unlink()


def _photo(stage: Stage, path: str = "photo.png") -> None:
    stage.place.picture(path, size=(40, 20))


def _brought(stage: Stage) -> None:
    """A picture of the user's whose asset changed afterwards."""
    listed(stage, "a")
    _photo(stage)
    stage.ok("adopt", "a", "photo.png")
    want(stage.place, "a", a='[asset.values]\ntitle = "Other"')
    stage.commit()


def _draft(stage: Stage) -> None:
    listed(stage, "a")
    want(stage.place, "a", a="draft = true")
    stage.ok("generate")


def _foreign(stage: Stage) -> None:
    listed(stage, "a")
    _photo(stage, "public/a.png")


def _renamed(stage: Stage) -> None:
    bought(stage, "a")
    stage.shop.wants("b")


def _folder(stage: Stage) -> None:
    """A folder is in the place of a picture."""
    listed(stage, "a")
    stage.place.write("public/a.png/notes.txt", "mine")
    stage.place.write("public/a.png.old", "mine too")


def _moved(stage: Stage) -> None:
    bought(stage, "a")
    (stage.place.root / "public/a.png").rename(stage.place.root / "public/moved.png")


def _moved_by_git(stage: Stage) -> None:
    bought(stage, "a")
    stage.place.git("mv", "public/a.png", "public/moved.png")


def _moved_from_a_folder_that_is_gone(stage: Stage) -> None:
    drawn(stage, "a")
    (stage.place.root / "assets").mkdir()
    stage.place.git("mv", "public/a.png", "assets/b.png")
    folder = stage.place.root / "public"
    if folder.exists():
        folder.rmdir()


def _follows(stage: Stage) -> None:
    text = stage.place.read("assets.toml").decode()
    stage.place.manifest(text.replace("public/a.png", "public/moved.png"))


def _damaged_before_commit(stage: Stage) -> None:
    pictures(stage, "a")
    damage(stage)


def _in_another_form(stage: Stage) -> None:
    """A file of the user's whose name differs from the listed one in its form only."""
    stage.shop.wants("a")
    text = stage.place.read("assets.toml").decode()
    stage.place.manifest(text.replace("public/a.png", "public/\u00e9.png"))
    _photo(stage, "public/e\u0301.png")


def _only_in_git_at_its_former_path(stage: Stage) -> None:
    """A fitted picture whose path changed in a clone without its files."""
    bought(stage, "a", more="fit = { width = 512, height = 512 }")
    for folder in (".git/assetgen", ".assetgen/cache", "public"):
        shutil.rmtree(stage.place.root / folder)
    text = stage.place.read("assets.toml").decode()
    stage.place.manifest(text.replace("public/a.png", "public/new.png"))


def _moved_and_left_out(stage: Stage) -> None:
    """A picture that was moved in a commit, to where a sparse checkout leaves it out."""
    bought(stage, "a")
    (stage.place.root / "src").mkdir()
    stage.place.git("mv", "public/a.png", "src/z.png")
    stage.commit()
    stage.place.git("sparse-checkout", "set", "--no-cone", "/*", "!/src/")


def _an_earlier_picture(stage: Stage) -> None:
    """The picture of an earlier purchase beside the record of the last one."""
    bought(stage, "a")
    bought(stage, "a", more="take = 2")
    stage.place.git("restore", "--source=HEAD~1", "public/a.png")


def _damaged_and_kept(stage: Stage) -> None:
    """A paid picture is gone and its record damaged; what was kept of the purchase exists."""
    stage.shop.wants("a")
    stage.shop.buys()
    damage(stage)
    (stage.place.root / "public/a.png").unlink()


def _damaged_beside_its_picture(stage: Stage) -> None:
    """The record of a paid picture is empty; what was kept of the purchase exists."""
    stage.shop.wants("a", more="variants = { widths = [512] }")
    stage.shop.buys()
    stage.place.write(_RECORD, "")


def _damaged_and_forgotten(stage: Stage) -> None:
    """The record of a paid picture is damaged, and nothing is kept of the purchase."""
    stage.shop.wants("a")
    stage.shop.buys()
    damage(stage)
    _forget(stage)


def _damaged_and_removed(stage: Stage) -> None:
    """A paid picture is gone, its record damaged, and git has neither."""
    stage.shop.wants("a")
    stage.shop.buys()
    damage(stage)
    (stage.place.root / "public/a.png").unlink()
    _forget(stage)


def _forget(stage: Stage) -> None:
    for name in ("originals", "records"):
        for path in (stage.place.root / ".git/assetgen").rglob(f"{name}/*"):
            path.unlink()


def _unlisted(stage: Stage) -> None:
    drawn(stage, "a")
    _photo(stage, "public/b.png")


def _list_b(stage: Stage) -> None:
    listed(stage, "a", "b")


def _text_file(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.write("notes.txt", "mine")


def _photo_beside(stage: Stage) -> None:
    listed(stage, "a")
    _photo(stage)


def _with_widths(stage: Stage) -> None:
    drawn(stage, "a")
    want(stage.place, "a", a="variants = { widths = [20] }")
    stage.ok("generate")
    want(stage.place, "a")


def _without_a_width(stage: Stage) -> None:
    drawn(stage, "a")
    want(stage.place, "a", a="variants = { widths = [20] }")
    stage.ok("generate")
    (stage.place.root / "public/a-20.png").unlink()


def _linked(stage: Stage) -> None:
    listed(stage, "a")
    (stage.place.root / "elsewhere").mkdir()
    (stage.place.root / "public").symlink_to("elsewhere")


def _needing(stage: Stage) -> None:
    """A layout shows a paid picture, which is not bought."""
    listed(stage, "b")
    want(stage.place, "b", b='[asset.values]\nlogo = "@a"')
    local = stage.place.read("assets.toml").decode()
    stage.shop.wants("a")
    stage.place.manifest(stage.place.read("assets.toml").decode() + local)


def _unstaged_original(stage: Stage) -> None:
    drawn(stage, "a")
    before = stage.place.read("public/a.png")
    edit(stage)
    stage.place.git("add", "-A")
    stage.place.write("public/a.png", before)


def _without_repository(stage: Stage) -> None:
    listed(stage, "a")
    shutil.rmtree(stage.place.root / ".git")


def _listed(stage: Stage) -> None:
    listed(stage, "a")


def _drawn(stage: Stage) -> None:
    drawn(stage, "a")


_FILE = {"FILE": "photo.png"}
STATES = [
    State(("plan/workspace", "assetgen init"), _nothing),
    State(("doctor/doctor", "assetgen init"), _nothing, "doctor"),
    State(("check/check", "git init"), _without_repository, "check --staged"),
    State(("plan/settle", "assetgen generate {name}"), _stale),
    State(("check/pictures", "assetgen generate --redraw"), _drawn_by_an_older_version),
    State(("plan/settle", "assetgen layouts {layout}"), _draft, settles=False),
    State(("plan/reasons", "assetgen accept {asset_id}"), _edited),
    State(("plan/settle", "assetgen accept {name}"), _brought),
    State(("plan/settle", "assetgen generate {name} --force"), _brought),
    State(("plan/settle", "assetgen adopt {name} {path}"), _foreign),
    State(("plan/settle", "assetgen adopt {name} {new}"), _renamed),
    State(("plan/moves", "mv -- {other} {path}"), _moved),
    State(("fs/paths", "mv -- {path} {to}"), _folder),
    State(("plan/moves", "git mv -- {other} {path}"), _moved_by_git),
    State(
        ("plan/moves", "mkdir -p {folder}"),
        _moved_from_a_folder_that_is_gone,
        parts=(("plan/moves", "{make} && {back}"),),
    ),
    State(("plan/displaced", "assetgen adopt {asset_id} {path}"), _moved, first=_follows),
    State(
        ("plan/reasons", "assetgen adopt {asset_id} {path}"),
        _damaged_before_commit,
        replaces=(_RECORD,),
    ),
    State(
        ("plan/reasons", "assetgen generate {name} --force"),
        _damaged_before_commit,
        replaces=(_RECORD,),
    ),
    State(
        ("plan/reasons", "assetgen generate {name} --force"),
        _damaged_and_removed,
        "generate",
        pays=1,
        replaces=(_RECORD,),
    ),
    State(("plan/guards", "mv -- {other} {path}"), _in_another_form),
    State(
        ("plan/mixed_sides", "git restore --source={commit} --staged --worktree -- {paths}"),
        _an_earlier_picture,
    ),
    State(("plan/moves", "git mv --sparse -- {other} {path}"), _moved_and_left_out),
    State(("plan/displaced", "{restore} && {adopt}"), _only_in_git_at_its_former_path),
    State(
        ("plan/bought_before", "{move} && {generate}"),
        _damaged_and_kept,
        parts=(("plan/bought_before", "assetgen generate {asset_id}"),),
    ),
    State(
        ("plan/record_cures", "mv -- {path} {to}"),
        _damaged_beside_its_picture,
        parts=(("plan/record_cures", "{move} && {also}"),),
    ),
    State(
        ("plan/reasons", "assetgen adopt {asset_id} {path}"),
        _damaged_and_forgotten,
        replaces=(_RECORD,),
    ),
    State(
        ("plan/guards", "assetgen generate {asset_id} --force"),
        _not_placed_here,
        "generate",
        replaces=(_RECORD, "public/a.png"),
    ),
    State(("fs/git_cures", "git add -- {paths}"), _unstaged_original, "check --staged"),
    State(
        ("plan/provenance", "assetgen show {asset}"),
        _text_file,
        "show notes.txt",
        fills={"ID": "a"},
        settles=False,
    ),
    State(
        ("plan/provenance", "assetgen adopt {asset} {what}"),
        _unlisted,
        "show public/b.png",
        fills={"ID": "b"},
        first=_list_b,
    ),
    State(
        ("plan/provenance", "assetgen adopt {asset_id} FILE"), _photo_beside, "show a", fills=_FILE
    ),
    State(("plan/provenance", "assetgen generate {asset_id}"), _listed, "show a"),
    State(
        ("generate/adopt", "assetgen adopt {asset_id} FILE"), _photo_beside, "accept a", fills=_FILE
    ),
    State(("generate/adopt", "assetgen generate {asset_id}"), _with_widths, "accept a"),
    State(("generate/adopt", "assetgen generate"), _without_a_width, "accept a"),
    State(
        ("generate/brought_file", "assetgen generate"),
        _no_picture,
        "accept a",
        first=_picture_removed,
    ),
    State(("generate/adopt", "assetgen show {asset_id}"), _drawn, "accept a", settles=False),
    State(("fs/git_cures", "git add -- {paths}"), _listed, "generate --hook"),
    State(("generate/selection", "assetgen generate {need}"), _needing, "generate b", pays=1),
    State(("fs/paths", "rm {where}"), _linked, "generate"),
    State(("plan/reasons", "assetgen generate {asset_id}"), _listed, "snippet a --for html"),
    State(
        ("pages/published", "assetgen adopt {asset_id} {path}"),
        _foreign,
        "snippet a --for html",
    ),
]
