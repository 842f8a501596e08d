"""Files that assetgen did not make, or that were edited, are never overwritten or removed."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest

from assetgen import snapshot
from assetgen.errors import StorageError
from assetgen.fs import originals, store
from assetgen.generate import adopt, performer
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.generate.outcome import Observer
from assetgen.plan.decide import State
from assetgen.record import record
from tests.support.attack import generate, poison, refusals, run_check, sha256
from tests.support.place import COVER, Place


def test_a_file_of_the_user_is_kept_until_force_is_used(bare: Place) -> None:
    bare.covers("a")
    bare.write("public/a.png", b"mine")
    outcome = generate(bare)
    assert [failure.state for failure in outcome.failed] == [State.FOREIGN]
    assert bare.read("public/a.png") == b"mine"
    assert not bare.has(record.place("a"))
    assert generate(bare, force=True).made
    assert bare.read("public/a.png") != b"mine"


def test_an_edited_picture_is_kept_until_force_is_used(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    bare.write("public/a.png", b"retouched")
    bare.covers("a", title="Other")
    outcome = generate(bare)
    assert [failure.state for failure in outcome.failed] == [State.EDITED]
    assert bare.read("public/a.png") == b"retouched"
    assert generate(bare, force=True).made


def test_one_variant_of_the_user_stops_the_whole_asset(bare: Place) -> None:
    bare.manifest(
        COVER.format(id="a", title="x").replace("alt =", "variants = { widths = [320] }\nalt =")
    )
    bare.write("public/a-320.png", b"mine")
    assert "public/a-320.png was not made by assetgen" in refusals(generate(bare))
    assert not bare.has("public/a.png")


def test_a_folder_in_the_place_of_a_picture_is_kept_even_with_force(bare: Place) -> None:
    bare.covers("a")
    bare.write("public/a.png/notes.txt", b"mine")
    for force in (False, True):
        assert not generate(bare, force=force).made
    assert bare.read("public/a.png/notes.txt") == b"mine"


def test_a_file_that_appears_while_its_picture_is_drawn_is_kept(bare: Place) -> None:
    bare.covers("a")

    class Meddler(Observer):
        def begins(self, total: int) -> None:
            bare.write("public/a.png", b"mine")

    outcome = performer.generate(bare.root, Options(commit=False), bare.environ, Meddler())
    assert "changed while it was being made" in refusals(outcome)
    assert bare.read("public/a.png") == b"mine"


def test_adopt_does_not_replace_an_image_of_the_user(bare: Place) -> None:
    bare.covers("a")
    brought = bare.picture("assets/new.png")
    bare.write("public/a.png", b"mine")
    with pytest.raises(StorageError, match="not overwritten"):
        adopt.adopt(bare.root, "a", brought, Brought(), Options(commit=False), bare.environ)
    assert bare.read("public/a.png") == b"mine"


# -- what a record may make us remove --------------------------------------------------------------

_USERS = {
    "Makefile": b"all:\n",
    "src/logo.png": b"a picture, but not where pictures go",
    "public/robots.txt": b"User-agent: *\n",
    "public/app.js": b"//\n",
    "assets/data.png.txt": b"text\n",
    "publicity/x.png": b"a folder of a similar name",
}


def _claim(files: dict[str, bytes]) -> Any:
    def change(statement: Any) -> None:
        statement["subject"] += [
            {"name": path, "digest": {"sha256": sha256(data)}} for path, data in files.items()
        ]

    return change


def test_a_record_that_claims_files_of_the_user_does_not_remove_them(bare: Place) -> None:
    bare.covers("a")
    for path, data in _USERS.items():
        bare.write(path, data)
    generate(bare)
    poison(bare, _claim(_USERS))
    bare.covers("a", title="Other")
    (made,) = generate(bare).made
    assert made.removed == ()
    assert {path: bare.read(path) for path in _USERS} == _USERS


@pytest.mark.parametrize("command", [("generate", "--no-commit"), ("generate", "--hook")])
def test_a_record_that_claims_a_picture_of_the_users_cannot_make_us_remove_it(
    command: tuple[str, ...], place: Place
) -> None:
    place.covers("a")
    generate(place)
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "pictures")
    mine = place.picture("public/mine.png").read_bytes()
    poison(place, _claim({"public/mine.png": mine}))
    place.covers("a", title="Other")
    ran = place.run(*command)
    assert "public/mine.png is not removed" in ran.out
    assert place.read("public/mine.png") == mine


def test_a_record_of_another_checkout_cannot_make_us_remove_what_is_not_committed(
    bare: Place,
) -> None:
    bare.covers("a")
    generate(bare)
    (bare.root / ".assetgen/cache/key").rename(bare.root / ".assetgen/cache/old-key")
    bare.manifest(bare.read("assets.toml").decode().replace("public/a.png", "public/b.png"))
    (made,) = generate(bare).made
    assert made.removed == () and "public/a.png is not removed" in made.remarks[0]
    assert bare.has("public/a.png") and bare.has("public/b.png")


def test_a_superseded_picture_of_a_clone_goes_because_git_has_it(place: Place) -> None:
    place.covers("a")
    generate(place)
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "pictures")
    (place.root / ".assetgen/cache/placed").unlink()
    place.manifest(place.read("assets.toml").decode().replace("public/a.png", "public/b.png"))
    (made,) = generate(place).made
    assert made.removed == ("public/a.png",) and not place.has("public/a.png")


def test_a_committed_picture_of_the_users_with_other_bytes_is_kept(place: Place) -> None:
    place.covers("a")
    generate(place)
    place.picture("public/mine.png", size=(10, 10))
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "pictures")
    mine = place.picture("public/mine.png").read_bytes()
    poison(place, _claim({"public/mine.png": mine}))
    place.covers("a", title="Other")
    (made,) = generate(place).made
    assert made.removed == () and place.read("public/mine.png") == mine


@pytest.mark.parametrize(
    "path", ["../victim.png", "/etc/victim.png", ".git/x.png", "public/../../victim.png"]
)
def test_a_record_that_names_a_place_outside_is_not_used_at_all(bare: Place, path: str) -> None:
    bare.covers("a")
    generate(bare)
    poison(bare, _claim({path: b""}))
    bare.covers("a", title="Other")
    assert "its record is unusable" in str(generate(bare).failed) or not generate(bare).made
    assert [finding.code for finding in run_check(bare).findings] == ["record"]


def test_a_superseded_picture_that_was_edited_is_kept(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    poison(bare, _claim({"public/c.png": b"as it was"}))
    bare.write("public/c.png", b"retouched")
    bare.covers("a", title="Other")
    generate(bare)
    generate(bare, force=True)
    assert bare.read("public/c.png") == b"retouched"


def test_a_superseded_image_that_another_asset_lists_is_kept(bare: Place) -> None:
    bare.covers("a", "b")
    generate(bare)
    poison(bare, _claim({"public/b.png": bare.read("public/b.png")}))
    bare.covers("a", "b", title="Other")
    assert [made.removed for made in generate(bare).made] == [(), ()]
    assert bare.has("public/b.png")


def test_a_superseded_picture_that_another_asset_shows_is_kept(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    moved = bare.read("assets.toml").decode().replace("public/a.png", "public/b.png")
    shows = COVER.format(id="c", title="x") + 'layout = "photo"\npicture = "public/a.png"\n'
    bare.manifest(moved + shows)
    for ids in (["a"], []):
        generate(bare, *ids)
        assert bare.has("public/a.png")
    assert bare.has("public/c.png")


def test_a_superseded_image_that_no_asset_lists_is_removed(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    bare.manifest(bare.read("assets.toml").decode().replace("public/a.png", "public/b.png"))
    (made,) = generate(bare).made
    assert made.removed == ("public/a.png",)
    assert not bare.has("public/a.png")


# -- what a committed cache may make us believe ----------------------------------------------------


def test_a_planted_note_of_an_interrupted_run_does_not_make_a_file_ours(bare: Place) -> None:
    bare.covers("a")
    bare.write("public/a.png", b"mine")
    files = {"public/a.png": sha256(b"mine")}
    notes: list[Any] = [
        files,
        {"token": "", "files": files},
        {"token": "1.1", "files": files},
        [],
        {"files": 1},
        "x",
    ]
    for note in notes:
        bare.write(".assetgen/cache/under-way.json", json.dumps(note))
        assert [failure.state for failure in generate(bare).failed] == [State.FOREIGN]
    assert bare.read("public/a.png") == b"mine"


def test_our_own_note_of_an_interrupted_run_does_make_it_ours(bare: Place) -> None:
    bare.covers("a")
    store.prepare(bare.root)
    bare.write("public/a.png", b"ours")
    token = snapshot.checkout_token(str(bare.root)).decode()
    note = {"token": token, "files": {"public/a.png": sha256(b"ours")}}
    bare.write(".assetgen/cache/under-way.json", json.dumps(note))
    assert generate(bare).made
    assert run_check(bare).is_clean


def test_our_own_note_about_a_recorded_image_makes_nothing_again(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    token = snapshot.checkout_token(str(bare.root)).decode()
    note = {"token": token, "files": {"public/a.png": sha256(bare.read("public/a.png"))}}
    bare.write(".assetgen/cache/under-way.json", json.dumps(note))
    assert generate(bare).fresh == 1


def test_an_original_that_was_tampered_with_is_not_derived_from(bare: Place) -> None:
    bare.covers("a")
    brought = bare.picture("photo.png", size=(800, 420))
    adopt.adopt(bare.root, "a", brought, Brought("images"), Options(commit=False), bare.environ)
    (original,) = (bare.root / ".assetgen/cache/originals").iterdir()
    original.write_bytes(bare.picture("other.png", size=(640, 480)).read_bytes())
    assert originals.read(bare.root, original.name) is None


def test_a_planted_snapshot_does_not_make_check_say_clean(bare: Place) -> None:
    bare.write("assets.toml", "")
    store.prepare(bare.root)
    rows: snapshot.Rows = {"assets.toml": (snapshot.stats(bare.root / "assets.toml"), b"")}
    now = time.time_ns()
    snapshot.write(str(bare.root), rows, now + 10**10, "clean")
    with contextlib.chdir(bare.root):
        assert (
            snapshot.still_clean(now + 10**11) == b"clean"
        )  # a checkout trusts what it wrote itself
    (bare.root / ".assetgen/cache/key").rename(bare.root / ".assetgen/cache/old-key")
    store.prepare(bare.root)
    with contextlib.chdir(bare.root):
        assert snapshot.still_clean(now + 10**11) is None
    assert snapshot.read(str(bare.root)) == {}
