"""What somebody brought, paid for or has not committed yet is kept: by adopt, accept, interrupts, hooks and commits."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from assetgen import adopt, plan, png, run, snapshot
from assetgen.adopt import Brought
from assetgen.errors import StorageError, UnsupportedOption
from assetgen.plan import Action, State
from assetgen.project import Project
from assetgen.run import Options
from assetgen.tree import WorkTree
from tests.place import Place

LATER = Options(commit=False)


def photo(path: Path, colour: str = "red", size: tuple[int, int] = (1200, 630)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def decision(place: Place) -> plan.Decision:
    project = Project(place.root, WorkTree(place.root))
    [found] = plan.decide(project.manifest, project.world())
    return found


def digest(place: Place, path: str) -> str:
    return hashlib.sha256(place.read(path)).hexdigest()


# -- brought pictures ------------------------------------------------------------------------------


def test_a_brought_picture_is_not_drawn_over_when_its_values_change(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine", title="One")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    before = digest(bare, "public/mine.png")
    bare.covers("mine", title="Two")
    assert (decision(bare).state, decision(bare).action) == (State.STALE, Action.REFUSE)
    [failed] = run.generate(bare.root, LATER, bare.environ).failed
    assert "was adopted or accepted" in failed.error.what
    assert failed.error.cure is not None
    assert failed.error.cure.startswith("assetgen accept mine")
    assert digest(bare, "public/mine.png") == before
    adopt.accept(bare.root, "mine", LATER, bare.environ)
    assert decision(bare).state is State.FRESH
    assert digest(bare, "public/mine.png") == before


def test_a_brought_picture_that_is_deleted_comes_back_from_its_original(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    before = digest(bare, "public/mine.png")
    (bare.root / "public/mine.png").unlink()
    assert not run.generate(bare.root, LATER, bare.environ).failed
    assert digest(bare, "public/mine.png") == before


def test_a_brought_picture_follows_a_changed_fit_from_its_original(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    fit = 'alt = "A cover"\nfit = { width = 600, height = 400 }'
    bare.manifest(bare.read("assets.toml").decode().replace('alt = "A cover"', fit))
    assert decision(bare).action is Action.DERIVE
    assert not run.generate(bare.root, LATER, bare.environ).failed
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
    assert marking == {"digitalSourceType": "trainedAlgorithmicMedia", "xmp": False, "c2pa": "provider"}


def test_adopting_over_a_fresh_picture_needs_force(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    run.generate(bare.root, LATER, bare.environ)
    before = digest(bare, "public/mine.png")
    brought = photo(tmp_path / "photo.png")
    with pytest.raises(StorageError, match="is there and fresh"):
        adopt.adopt(bare.root, "mine", brought, Brought(), LATER, bare.environ)
    assert digest(bare, "public/mine.png") == before
    adopt.adopt(bare.root, "mine", brought, Brought(), Options(force=True, commit=False), bare.environ)
    assert digest(bare, "public/mine.png") != before


# -- accept ----------------------------------------------------------------------------------------


def test_accepting_what_is_fresh_says_so_and_changes_nothing(bare: Place) -> None:
    bare.covers("mine")
    run.generate(bare.root, LATER, bare.environ)
    before = bare.read(".assetgen/records/mine.json")
    with pytest.raises(StorageError, match="nothing to accept"):
        adopt.accept(bare.root, "mine", LATER, bare.environ)
    assert bare.read(".assetgen/records/mine.json") == before


def test_a_size_that_no_file_here_has_cannot_be_accepted(bare: Place) -> None:
    bare.covers("mine")
    run.generate(bare.root, LATER, bare.environ)
    fit = 'alt = "A cover"\nfit = { width = 600, height = 400 }'
    bare.manifest(bare.read("assets.toml").decode().replace('alt = "A cover"', fit))
    with pytest.raises(StorageError, match="no file that lies here can answer"):
        adopt.accept(bare.root, "mine", LATER, bare.environ)


def test_accepting_an_edited_picture_whose_text_changed_too_says_both(bare: Place) -> None:
    bare.covers("mine", title="One")
    run.generate(bare.root, LATER, bare.environ)
    photo(bare.root / "public/mine.png")
    bare.covers("mine", title="Two")
    adopt.accept(bare.root, "mine", LATER, bare.environ)
    assert bare.record("mine")["accepted"] == {"fields": ["values.title"], "files": ["public/mine.png"]}


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


def test_hundreds_of_unchanged_pictures_beside_other_work_are_no_failed_commit(place: Place) -> None:
    kind = 'size = [8, 8]\nlayout = "plain"\n[layouts.plain]\n'
    place.write("templates/tiny/template.toml", kind)
    place.write("templates/tiny/plain.html", "<html><head></head><body></body></html>")
    place.manifest("".join(f'[[asset]]\nid="a{n}"\nkind="tiny"\npath="public/{n}.png"\nalt=""\n' for n in range(260)))
    place.write("notes.txt", "one")
    place.git("add", "notes.txt")
    place.git("commit", "-qm", "notes")
    place.ok("generate")
    place.write("notes.txt", "two")
    assert place.ok("generate", "--force", "--json").data["commit"] is None


def test_an_interrupt_keeps_what_was_finished(place: Place) -> None:
    place.covers(*(f"cover-{n}" for n in range(40)))
    command = [sys.executable, "-P", "-m", "assetgen", "generate", "-j", "1"]
    running = subprocess.Popen(command, cwd=place.root, env=place.environ, stdout=subprocess.PIPE, text=True)
    writing = place.root / ".assetgen/cache/writing"
    deadline = time.monotonic() + 60
    while not (writing.is_dir() and len(list(writing.iterdir())) >= 4) and time.monotonic() < deadline:
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
    refused = subprocess.run(["git", "commit", "-qm", "x"], cwd=place.root, env=place.environ, capture_output=True)
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
    assert snapshot.index_listing(str(place.root), [f"{'x' * 200}/{n}" for n in range(15_000)], place.environ) is None


# -- what no route may ignore ----------------------------------------------------------------------


def test_an_asset_that_was_renamed_is_told_what_made_its_picture(bare: Place) -> None:
    bare.covers("old")
    run.generate(bare.root, LATER, bare.environ)
    bare.manifest(bare.read("assets.toml").decode().replace('id = "old"', 'id = "new"'))
    [reason] = decision(bare).reasons
    assert reason.new == "it was made as old, which is no longer wanted"
    assert plan.cure(decision(bare)) == "assetgen adopt new public/old.png (its record goes along)"


def test_a_renamed_asset_keeps_its_picture_with_its_whole_provenance(place: Place) -> None:
    place.covers("old")
    place.ok("generate")
    before = place.record("old")
    place.manifest(place.read("assets.toml").decode().replace('"old"', '"new"').replace("public/old", "public/b"))
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


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('route = "codex"\nprompt = "A hill"\nsize = "1024x1024"', "cannot honour size"),
        ('route = "codex"\nprompt = "A hill"\nbackground = "opaque"', "cannot honour background"),
        (
            'kind = "ui"\nbackground = "opaque"\nvalues = { layout = "badges", badges = [{ value = "1" }] }',
            "transparent",
        ),
    ],
    ids=["codex size", "codex background", "opaque badges"],
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
    project = Project(bare.root, WorkTree(bare.root))
    world = project.world()

    def has_original(found: str) -> bool:
        asked.append(found)
        return True

    watching = plan.World(world.kind, world.fonts, world.record, world.digest, has_original)
    assert next(iter(plan.decide(project.manifest, watching))).state is State.FRESH
    assert asked == []
