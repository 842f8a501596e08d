"""What somebody brought, paid for or has not committed yet is kept: by adopt, accept, interrupts, hooks and commits."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from assetgen import snapshot
from assetgen.check import check
from assetgen.check.findings import Finding
from assetgen.errors import StorageError, UnsupportedOption
from assetgen.generate import adopt, performer
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.image import png
from assetgen.plan import decide, wish
from assetgen.plan.decide import Action, State
from assetgen.plan.describe import describe
from assetgen.plan.workspace import open_workspace
from assetgen.record import record
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

LATER = Options(commit=False)
# The parts of a record that say where a picture came from and who paid.
KEPT = ("prompt", "route", "request", "response", "original", "cost")


def photo(path: Path, colour: str = "red", size: tuple[int, int] = (1200, 630)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One provider on loopback."""
    with Provider() as running:
        yield running


def decision(place: Place) -> decide.Decision:
    project = open_workspace(place.root)
    [found] = decide.decide(project.manifest, project.world())
    return found


def look(place: Place) -> tuple[Finding, ...]:
    """What check finds."""
    return check.check(place.root, place.environ).findings


def digest(place: Place, path: str) -> str:
    return hashlib.sha256(place.read(path)).hexdigest()


# -- brought pictures ------------------------------------------------------------------------------


def test_a_brought_picture_is_not_drawn_over_when_its_values_change(
    bare: Place, tmp_path: Path
) -> None:
    bare.covers("mine", title="One")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    before = digest(bare, "public/mine.png")
    bare.covers("mine", title="Two")
    assert (decision(bare).state, decision(bare).action) == (State.STALE, Action.REFUSE)
    [failed] = performer.generate(bare.root, LATER, bare.environ).failed
    assert "was adopted or accepted" in failed.error.what
    assert failed.error.cure is not None
    assert failed.error.cure.startswith("assetgen accept mine")
    assert digest(bare, "public/mine.png") == before
    adopt.accept(bare.root, "mine", LATER, bare.environ)
    assert decision(bare).state is State.FRESH
    assert digest(bare, "public/mine.png") == before


def test_a_brought_picture_that_is_deleted_comes_back_from_its_original(
    bare: Place, tmp_path: Path
) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    before = digest(bare, "public/mine.png")
    (bare.root / "public/mine.png").unlink()
    assert not performer.generate(bare.root, LATER, bare.environ).failed
    assert digest(bare, "public/mine.png") == before


def test_a_brought_picture_follows_a_changed_fit_from_its_original(
    bare: Place, tmp_path: Path
) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    fit = 'alt = "A cover"\nfit = { width = 600, height = 400 }'
    bare.manifest(bare.read("assets.toml").decode().replace('alt = "A cover"', fit))
    assert decision(bare).action is Action.DERIVE
    assert not performer.generate(bare.root, LATER, bare.environ).failed
    with Image.open(bare.root / "public/mine.png") as image:
        assert (image.size, image.getpixel((300, 200))) == ((600, 400), (255, 0, 0))


def test_bytes_that_somebody_else_made_stay_byte_for_byte(bare: Place, tmp_path: Path) -> None:
    signed = photo(tmp_path / "signed.png")
    data = signed.read_bytes()
    signed.write_bytes(data[:33] + png.chunk(b"caBX", b"jumb....c2pa....") + data[33:])
    bare.covers("bought")
    adopt.adopt(bare.root, "bought", signed, Brought("images"), LATER, bare.environ)
    assert bare.read("public/bought.png") == signed.read_bytes()
    marking = bare.record("bought")["marking"]
    assert marking == {
        "digitalSourceType": "trainedAlgorithmicMedia",
        "xmp": False,
        "c2pa": "provider",
    }


def test_adopting_over_a_fresh_picture_needs_force(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    performer.generate(bare.root, LATER, bare.environ)
    before = digest(bare, "public/mine.png")
    brought = photo(tmp_path / "photo.png")
    with pytest.raises(StorageError, match="exists and is fresh"):
        adopt.adopt(bare.root, "mine", brought, Brought(), LATER, bare.environ)
    assert digest(bare, "public/mine.png") == before
    adopt.adopt(
        bare.root, "mine", brought, Brought(), Options(force=True, commit=False), bare.environ
    )
    assert digest(bare, "public/mine.png") != before


# -- accept ----------------------------------------------------------------------------------------


def test_accepting_what_is_fresh_says_so_and_changes_nothing(bare: Place) -> None:
    bare.covers("mine")
    performer.generate(bare.root, LATER, bare.environ)
    before = bare.read(".assetgen/records/mine.json")
    with pytest.raises(StorageError, match="nothing to accept"):
        adopt.accept(bare.root, "mine", LATER, bare.environ)
    assert bare.read(".assetgen/records/mine.json") == before


def test_a_size_that_no_file_here_has_cannot_be_accepted(bare: Place) -> None:
    bare.covers("mine")
    performer.generate(bare.root, LATER, bare.environ)
    fit = 'alt = "A cover"\nfit = { width = 600, height = 400 }'
    bare.manifest(bare.read("assets.toml").decode().replace('alt = "A cover"', fit))
    with pytest.raises(StorageError, match="the existing files cannot be accepted for them"):
        adopt.accept(bare.root, "mine", LATER, bare.environ)


def test_accepting_an_edited_picture_whose_text_changed_too_says_both(bare: Place) -> None:
    bare.covers("mine", title="One")
    performer.generate(bare.root, LATER, bare.environ)
    photo(bare.root / "public/mine.png")
    bare.covers("mine", title="Two")
    adopt.accept(bare.root, "mine", LATER, bare.environ)
    assert bare.record("mine")["accepted"] == {
        "fields": ["values.title"],
        "files": ["public/mine.png"],
    }


# -- what was not committed ------------------------------------------------------------------------


def test_pictures_that_could_not_be_committed_are_committed_by_the_next_run(place: Place) -> None:
    place.covers("one")
    place.ok("generate", "--no-commit")
    ran = place.ok("generate", "--json")
    assert (ran.data["made"], ran.data["commit"]) == ([], place.git("rev-parse", "--short", "HEAD"))
    assert place.git("status", "--porcelain", "--", "public", ".assetgen") == ""
    assert place.ok("generate", "--json").data["commit"] is None


def test_in_a_subfolder_only_what_differs_is_committed(place: Place) -> None:
    inner = Place(place.root / "site", place.root.parent / "home")
    inner.covers("one")
    inner.ok("generate")
    head = place.git("rev-parse", "HEAD")
    assert inner.ok("generate", "--json").data["commit"] is None
    assert place.git("rev-parse", "HEAD") == head


def test_hundreds_of_unchanged_pictures_beside_other_work_are_no_failed_commit(
    place: Place,
) -> None:
    kind = 'size = [8, 8]\nlayout = "plain"\n[layouts.plain]\n'
    place.write("templates/tiny/template.toml", kind)
    place.write("templates/tiny/plain.html", "<html><head></head><body></body></html>")
    place.manifest(
        "".join(
            f'[[asset]]\nid="a{n}"\nkind="tiny"\npath="public/{n}.png"\nalt=""\n'
            for n in range(260)
        )
    )
    place.write("notes.txt", "one")
    place.git("add", "notes.txt")
    place.git("commit", "-qm", "notes")
    place.ok("generate")
    place.write("notes.txt", "two")
    assert place.ok("generate", "--force", "--json").data["commit"] is None


def test_an_interrupt_keeps_what_was_finished(place: Place) -> None:
    place.covers(*(f"cover-{n}" for n in range(40)))
    command = [sys.executable, "-P", "-m", "assetgen", "generate", "-j", "1"]
    running = subprocess.Popen(
        command, cwd=place.root, env=place.environ, stdout=subprocess.PIPE, text=True
    )
    writing = place.root / ".assetgen/cache/writing"
    deadline = time.monotonic() + 60
    while (
        not (writing.is_dir() and len(list(writing.iterdir())) >= 4) and time.monotonic() < deadline
    ):
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    made = sorted(path.name for path in (place.root / "public").iterdir())
    assert running.returncode == 130
    assert 2 <= len(made) < 40
    assert f"{len(made)} made" in said
    assert list(writing.iterdir()) == []
    assert "40 files" in place.ok("generate").out + place.ok("check").out


# -- the hook --------------------------------------------------------------------------------------


def test_a_verdict_on_a_partial_commit_is_not_taken_for_one_on_the_index(place: Place) -> None:
    place.covers("one")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "all")
    hook = f'#!/bin/sh\nexec "{sys.executable}" -P -m assetgen check --staged\n'
    place.write(".git/hooks/pre-commit", hook).chmod(0o755)
    photo(place.root / "public/one.png")
    place.git("add", "public/one.png")
    place.write("notes.txt", "new")
    place.git("add", "-N", "notes.txt")
    place.git("commit", "-qm", "notes only", "--", "notes.txt")
    refused = subprocess.run(
        ["git", "commit", "-qm", "x"], cwd=place.root, env=place.environ, capture_output=True
    )
    assert refused.returncode == 1
    assert b"public/one.png: marking: was changed" in refused.stdout + refused.stderr


def test_a_staged_picture_without_its_record_is_told_to_stage_the_record(place: Place) -> None:
    place.covers("one", title="One")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "all")
    place.covers("one", title="Two")
    place.ok("generate", "--no-commit")
    place.git("add", "assets.toml", "public")
    ran = place.run("check", "--staged")
    assert "git add .assetgen/records/one.json" in ran.out
    place.git("add", ".assetgen/records/one.json")
    place.ok("check", "--staged")


def test_without_posix_spawn_the_index_is_checked_all_the_same(place: Place) -> None:
    assert (
        snapshot.index_listing(
            str(place.root), [f"{'x' * 200}/{n}" for n in range(15_000)], place.environ
        )
        is None
    )


# -- what no route may ignore ----------------------------------------------------------------------


def test_an_asset_that_was_renamed_is_told_what_made_its_picture(bare: Place) -> None:
    bare.covers("old")
    performer.generate(bare.root, LATER, bare.environ)
    bare.manifest(bare.read("assets.toml").decode().replace('id = "old"', 'id = "new"'))
    [reason] = decision(bare).reasons
    assert reason.new == "it was made as old, which assets.toml no longer lists"
    assert (
        decide.cure(decision(bare))
        == "assetgen adopt new public/old.png (its record moves with it)"
    )


def test_a_renamed_asset_keeps_its_picture_with_its_whole_provenance(place: Place) -> None:
    place.covers("old")
    place.ok("generate")
    before = place.record("old")
    place.manifest(
        place.read("assets.toml")
        .decode()
        .replace('"old"', '"new"')
        .replace("public/old", "public/b")
    )
    place.ok("adopt", "new", "public/old.png")
    after = place.record("new")
    assert [after[part] for part in ("route", "request", "cost")] == [
        before[part] for part in ("route", "request", "cost")
    ]
    assert (after["asset"]["id"], after["formerly"]) == ("new", ["old"])
    assert not place.has("public/old.png")
    assert not place.has(".assetgen/records/old.json")
    assert place.ok("check").out.startswith("assetgen: 1 file")
    assert place.git("status", "--porcelain", "public", ".assetgen") == ""
    place.ok("generate")
    assert place.record("new") == after


def renames(place: Place, *ways: str, old: str = "c", new: str = "cc") -> str:
    """Give an asset another id or path in the manifest, or its picture another name; where the picture lies then."""
    text = place.read("assets.toml").decode()
    if "id" in ways:
        text = text.replace(f'id = "{old}"', f'id = "{new}"')
    if "path" in ways:
        text = text.replace(f"public/{old}.png", f"public/{new}.png")
    place.manifest(text)
    if "file" in ways:
        (place.root / f"public/{old}.png").rename(place.root / f"public/{new}.png")
    return f"public/{new if 'file' in ways else old}.png"


@pytest.mark.parametrize(
    "ways",
    [("id",), ("id", "path"), ("id", "path", "file")],
    ids=["the id", "id and path", "id, path and the file"],
)
@pytest.mark.parametrize("prompts", ["text", "digest"])
def test_a_renamed_asset_is_found_once_and_its_one_cure_keeps_what_was_bought(
    ways: tuple[str, ...], prompts: str, bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    bare.manifest(f'[project]\nrecord_prompts = "{prompts}"\n' + bare.read("assets.toml").decode())
    before = shop.buys("c")
    picture = renames(bare, *ways)
    cure = f"assetgen adopt cc {picture} (its record moves with it)"
    [found] = look(bare)
    assert (found.code, found.message, found.cure) == ("renamed", "c was renamed to cc", cure)
    failure = shop.fails()
    assert (failure.cure, provider.billed) == (cure, 1)
    adopt.adopt(bare.root, "cc", bare.root / picture, Brought(), LATER, bare.environ)
    after = bare.record("cc")
    assert {part: after[part] for part in KEPT} == {part: before[part] for part in KEPT}
    assert after["formerly"] == ["c"]
    assert not bare.has(".assetgen/records/c.json")
    assert [path.name for path in (bare.root / "public").iterdir()] == [
        "cc.png" if "path" in ways else "c.png"
    ]
    assert not look(bare)


def test_a_paid_picture_that_is_there_under_its_former_id_is_bought_again_only_by_force(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    shop.buys("c")
    renames(bare, "id", "path")
    assert (
        describe(decision(bare))
        == "public/cc.png does not exist; its image exists under the id c: public/c.png"
    )
    assert (
        "public/cc.png does not exist, but the same picture does, as c: public/c.png; "
        "it is not bought again" in shop.fails().what
    )
    shop.buys(force=True)
    assert provider.billed == 2


def test_a_paid_picture_that_was_changed_under_its_former_id_is_not_offered(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    shop.buys("c")
    renames(bare, "id", "path")
    photo(bare.root / "public/c.png")
    assert (decision(bare).action, decide.cure(decision(bare))) == (
        Action.DRAW,
        "assetgen generate cc",
    )


def test_what_is_wanted_otherwise_than_a_former_asset_is_bought(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    shop.buys("c")
    renames(bare, "id", "path")
    bare.manifest(bare.read("assets.toml").decode().replace("paper plane leaving", "swift leaving"))
    assert decision(bare).action is Action.DRAW


def test_a_local_picture_of_a_renamed_asset_is_offered_and_may_be_drawn_again(bare: Place) -> None:
    bare.covers("c")
    performer.generate(bare.root, LATER, bare.environ)
    renames(bare, "id", "path")
    assert (
        decide.cure(decision(bare)) == "assetgen adopt cc public/c.png (its record moves with it)"
    )
    assert not performer.generate(bare.root, LATER, bare.environ).failed
    assert bare.has("public/cc.png")


def test_a_draft_of_a_former_asset_does_not_stand_for_what_is_to_be_bought(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    shop.buys("c", draft=True)
    renames(bare, "id", "path")
    assert decision(bare).action is Action.DRAW


def test_a_renamed_picture_that_was_changed_too_is_accepted_with_its_record(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    before = shop.buys("c")
    renames(bare, "id")
    photo(bare.root / "public/c.png")
    adopt.adopt(bare.root, "cc", bare.root / "public/c.png", Brought(), LATER, bare.environ)
    after = bare.record("cc")
    assert (after["request"], after["formerly"]) == (before["request"], ["c"])
    assert after["accepted"] == {"fields": [], "files": ["public/c.png"]}
    with Image.open(bare.root / "public/c.png") as image:
        assert image.getpixel((5, 5)) == (255, 0, 0)
    assert not look(bare)


@pytest.mark.parametrize("ways", [("path",), ("path", "file")], ids=["the path", "path and file"])
@pytest.mark.parametrize("cached", [True, False], ids=["original kept", "no original"])
def test_an_asset_of_another_path_keeps_its_record_when_its_picture_is_adopted(
    ways: tuple[str, ...], cached: bool, bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    before = shop.buys("c")
    if not cached:
        shutil.rmtree(bare.root / ".assetgen/cache/originals")
    picture = renames(bare, *ways)
    if not cached or "file" in ways:
        assert (
            decide.cure(decision(bare)) == f"assetgen adopt c {picture} (its record moves with it)"
        )
        assert decision(bare).action is Action.REFUSE
    outcome = adopt.adopt(bare.root, "c", bare.root / picture, Brought(), LATER, bare.environ)
    assert outcome.made[0].removed == (() if "file" in ways else ("public/c.png",))
    after = bare.record("c")
    assert {part: after[part] for part in KEPT} == {part: before[part] for part in KEPT}
    assert "formerly" not in after
    assert [path.name for path in (bare.root / "public").iterdir()] == ["cc.png"]
    assert not look(bare)


def test_a_moved_picture_that_another_is_made_from_is_left_where_it_is(bare: Place) -> None:
    bare.covers("c")
    performer.generate(bare.root, LATER, bare.environ)
    renames(bare, "path")
    other = '[[asset]]\nid = "d"\nkind = "cover"\npath = "public/d.png"\nalt = ""\nroute = "images"\nprompt = "A hill"\n'
    bare.manifest(bare.read("assets.toml").decode() + other + 'inputs = ["public/c.png"]\n')
    adopt.adopt(bare.root, "c", bare.root / "public/c.png", Brought(), LATER, bare.environ)
    assert bare.has("public/c.png")
    assert bare.has("public/cc.png")


def test_a_forged_record_makes_adopt_remove_nothing_but_pictures(bare: Place) -> None:
    bare.covers("c")
    performer.generate(bare.root, LATER, bare.environ)
    forged = record.statement(bare.read(record.place("c")))
    for path in ("notes.txt", "public/notes.txt", "notes.png"):
        bare.write(path, path)
        forged["subject"].append({"name": path, "digest": {"sha256": digest(bare, path)}})
    bare.write(record.place("c"), record.write(forged))
    renames(bare, "id")
    adopt.adopt(bare.root, "cc", bare.root / "public/c.png", Brought(), LATER, bare.environ)
    assert [bare.has(path) for path in ("notes.txt", "public/notes.txt", "notes.png")] == [True] * 3


def test_what_is_said_of_an_adopted_picture_can_be_said_better_later(
    bare: Place, tmp_path: Path
) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    again = bare.root / "public/mine.png"
    adopt.adopt(bare.root, "mine", again, Brought(route="codex"), LATER, bare.environ)
    assert bare.record("mine")["route"]["owner"] == "codex"
    adopt.adopt(bare.root, "mine", again, Brought(), LATER, bare.environ)
    assert bare.record("mine")["route"]["owner"] == "codex"


def test_show_names_the_earlier_ids(place: Place) -> None:
    place.covers("c")
    performer.generate(place.root, LATER, place.environ)
    assert "formerly" not in place.ok("show", "c").out
    renames(place, "id")
    adopt.adopt(place.root, "cc", place.root / "public/c.png", Brought(), LATER, place.environ)
    assert "\nformerly   c\n" in place.ok("show", "cc").out


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('route = "codex"\nprompt = "A hill"\nsize = "1024x1024"', "cannot honour size"),
        ('route = "codex"\nprompt = "A hill"\nquality = "low"', "cannot honour quality"),
        (
            'kind = "ui"\nbackground = "opaque"\nvalues = { layout = "badges", badges = [{ value = "1" }] }',
            "transparent",
        ),
    ],
    ids=["codex size", "codex quality", "opaque badges"],
)
def test_an_option_that_cannot_be_honoured_is_refused(bare: Place, lines: str, why: str) -> None:
    kind = "" if "kind" in lines else 'kind = "cover"\n'
    bare.manifest(f'[[asset]]\nid = "a"\npath = "public/a.png"\nalt = ""\n{kind}{lines}\n')
    with pytest.raises(UnsupportedOption, match=why):
        decision(bare)


def test_a_stored_original_is_not_read_to_find_a_picture_fresh(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    asked: list[str] = []
    project = open_workspace(bare.root)
    world = project.world()

    def has_original(found: str) -> bool:
        asked.append(found)
        return True

    watching = wish.World(world.kind, world.fonts, world.record, world.digest, has_original)
    assert next(iter(decide.decide(project.manifest, watching))).state is State.FRESH
    assert asked == []
