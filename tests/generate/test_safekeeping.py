"""Files that a user brought, accepted or has not committed yet are kept."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from assetgen import snapshot
from assetgen.errors import StorageError, UnsupportedOption
from assetgen.generate import adopt, performer
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.image import png
from assetgen.plan import decide
from assetgen.plan.decide import Action, State
from assetgen.plan.workspace import open_workspace
from tests.support.adopting import LATER, decision, digest, photo
from tests.support.place import Place

# -- brought pictures ------------------------------------------------------------------------------


def test_an_adopted_image_is_not_overwritten_when_its_values_change(
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
    assert str(failed.error.cure).startswith("assetgen accept mine")
    assert digest(bare, "public/mine.png") == before
    adopt.accept(bare.root, "mine", LATER, bare.environ)
    assert decision(bare).state is State.FRESH
    assert digest(bare, "public/mine.png") == before


def test_a_deleted_adopted_image_is_restored_from_its_original(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    before = digest(bare, "public/mine.png")
    (bare.root / "public/mine.png").unlink()
    assert not performer.generate(bare.root, LATER, bare.environ).failed
    assert digest(bare, "public/mine.png") == before


def test_an_adopted_image_follows_a_changed_fit(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    fit = 'alt = "A cover"\nfit = { width = 600, height = 400 }'
    bare.manifest(bare.read("assets.toml").decode().replace('alt = "A cover"', fit))
    assert decision(bare).action is Action.DERIVE
    assert not performer.generate(bare.root, LATER, bare.environ).failed
    with Image.open(bare.root / "public/mine.png") as image:
        assert (image.size, image.getpixel((300, 200))) == ((600, 400), (255, 0, 0))


def test_an_image_with_a_signature_is_kept_byte_for_byte(bare: Place, tmp_path: Path) -> None:
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


def test_adopting_over_a_fresh_image_needs_force(bare: Place, tmp_path: Path) -> None:
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


def test_accepting_a_fresh_image_fails_and_changes_nothing(bare: Place) -> None:
    bare.covers("mine")
    performer.generate(bare.root, LATER, bare.environ)
    before = bare.read(".assetgen/records/mine.json")
    with pytest.raises(StorageError, match="nothing to accept"):
        adopt.accept(bare.root, "mine", LATER, bare.environ)
    assert bare.read(".assetgen/records/mine.json") == before


def test_a_size_that_no_file_has_cannot_be_accepted(bare: Place) -> None:
    bare.covers("mine")
    performer.generate(bare.root, LATER, bare.environ)
    fit = 'alt = "A cover"\nfit = { width = 600, height = 400 }'
    bare.manifest(bare.read("assets.toml").decode().replace('alt = "A cover"', fit))
    with pytest.raises(StorageError, match="the existing files cannot be accepted for them"):
        adopt.accept(bare.root, "mine", LATER, bare.environ)


def test_accepting_an_edited_image_with_a_changed_text_records_both(bare: Place) -> None:
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


def test_the_next_run_commits_images_that_were_not_committed(place: Place) -> None:
    place.covers("one")
    place.ok("generate", "--no-commit")
    ran = place.ok("generate", "--json")
    assert (ran.data["made"], ran.data["commit"]) == ([], place.git("rev-parse", "--short", "HEAD"))
    assert place.git("status", "--porcelain", "--", "public", ".assetgen") == ""
    assert place.ok("generate", "--json").data["commit"] is None


def test_in_a_subfolder_only_changes_are_committed(place: Place) -> None:
    inner = Place(place.root / "site", place.root.parent / "home")
    inner.covers("one")
    inner.ok("generate")
    head = place.git("rev-parse", "HEAD")
    assert inner.ok("generate", "--json").data["commit"] is None
    assert place.git("rev-parse", "HEAD") == head


@pytest.mark.more
def test_hundreds_of_unchanged_images_beside_other_changes_do_not_fail_the_commit(
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


def test_an_interrupt_keeps_the_finished_images(place: Place) -> None:
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


def test_a_result_for_a_partial_commit_is_not_used_for_the_index(place: Place) -> None:
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


def test_check_staged_names_the_record_that_is_not_staged(place: Place) -> None:
    place.covers("one", title="One")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "all")
    place.covers("one", title="Two")
    place.ok("generate", "--no-commit")
    place.git("add", "assets.toml", "public")
    ran = place.run("check", "--staged")
    assert "git add -- .assetgen/records/one.json" in ran.out
    place.git("add", ".assetgen/records/one.json")
    place.ok("check", "--staged")


def test_a_list_too_long_for_posix_spawn_gives_no_listing(place: Place) -> None:
    assert (
        snapshot.index_listing(
            str(place.root), [f"{'x' * 200}/{n}" for n in range(15_000)], place.environ
        )
        is None
    )


# -- what a decision looks at ----------------------------------------------------------------------


def test_adopting_again_can_add_the_route(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    again = bare.root / "public/mine.png"
    adopt.adopt(bare.root, "mine", again, Brought(route="codex"), LATER, bare.environ)
    assert bare.record("mine")["route"]["owner"] == "codex"
    adopt.adopt(bare.root, "mine", again, Brought(), LATER, bare.environ)
    assert bare.record("mine")["route"]["owner"] == "codex"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('route = "codex"\nprompt = "A hill"\nsize = "1024x1024"', "cannot honour size"),
        ('route = "codex"\nprompt = "A hill"\nquality = "low"', "cannot honour quality"),
        (
            (
                'kind = "ui"\nbackground = "opaque"\n'
                'values = { layout = "badges", badges = [{ value = "1" }] }'
            ),
            "transparent",
        ),
    ],
    ids=["codex size", "codex quality", "opaque badges"],
)
def test_an_option_that_the_route_does_not_support_is_refused(
    bare: Place, lines: str, why: str
) -> None:
    kind = "" if "kind" in lines else 'kind = "cover"\n'
    bare.manifest(f'[[asset]]\nid = "a"\npath = "public/a.png"\nalt = ""\n{kind}{lines}\n')
    with pytest.raises(UnsupportedOption, match=why):
        decision(bare)


def test_a_stored_original_is_not_read_for_a_fresh_image(bare: Place, tmp_path: Path) -> None:
    bare.covers("mine")
    adopt.adopt(bare.root, "mine", photo(tmp_path / "photo.png"), Brought(), LATER, bare.environ)
    asked: list[str] = []
    project = open_workspace(bare.root)
    world = project.world()

    def has_original(found: str) -> bool:
        asked.append(found)
        return True

    watching = replace(world, has_original=has_original)
    assert next(iter(decide.decide(project.manifest, watching))).state is State.FRESH
    assert asked == []
