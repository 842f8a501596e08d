"""A full, a failing or a read-only disk is reported as such; nothing is lost or half written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.harm import Harmed, assert_recovers, assert_whole, pictures, run_under
from tests.support.place import Place

pytestmark = pytest.mark.hostile
_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")

_MOST = 80


@_strace
@pytest.mark.parametrize("lasting", ["", "+"], ids=["once", "from then on"])
@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("write", "ENOSPC"),
        ("write", "EIO"),
        ("fsync", "EIO"),
        ("syncfs", "ENOSPC"),
        ("rename", "EIO"),
        ("rename", "ENOSPC"),
        ("mkdir", "ENOSPC"),
        ("unlink", "EIO"),
    ],
)
def test_an_error_at_each_call_leaves_whole_files_and_the_next_run_finishes(
    tmp_path: Path, call: str, error: str, lasting: str
) -> None:
    harmed = Harmed(tmp_path, fresh=False)
    for number in range(1, _MOST):
        place = harmed.place()
        tampered = run_under(
            place, call, f"error={error}:when={number}{lasting}", "generate", "--no-commit"
        )
        if not tampered.hit:
            break
        assert "Traceback" not in tampered.ran.err or "BrokenPipe" in tampered.ran.err, (
            tampered.ran.err
        )
        assert_whole(harmed, place)
        assert_recovers(harmed, place)
        harmed.done(place)
    assert 1 < number < _MOST - 1


@contextmanager
def _mounted(folder: Path, *arguments: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", *arguments, str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@_root
@pytest.mark.parametrize("room", [12, 24, 48, 72, 96, 120], ids="{} KiB".format)
def test_a_full_disk_is_reported_and_the_next_run_with_room_succeeds(
    tmp_path: Path, room: int
) -> None:
    with _mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={room}k", "tmpfs"):
        place = Place(tmp_path / "disk/project", tmp_path / "home")
        place.covers("one", "two", "three")
        ran = place.run("generate", "--no-commit")
        assert (ran.code, "the disk is full" in ran.err + ran.out) == (9, True), ran.out + ran.err
        assert all(path.startswith((".assetgen/records/", "public/")) for path in pictures(place))
        subprocess.run(["mount", "-o", "remount,size=8m", str(tmp_path / "disk")], check=True)
        place.ok("generate", "--no-commit")
        place.ok("check")
        assert list((place.root / ".assetgen/cache/writing").iterdir()) == []


@_root
def test_a_read_only_disk_is_reported_and_check_still_works(place: Place) -> None:
    place.covers("one")
    place.ok("generate")
    with _mounted(place.root, "--bind", str(place.root)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(place.root)], check=True)
        place.ok("check")
        place.ok("plan")
        ran = place.run("generate", "--force")
        assert (ran.code, "read-only" in ran.err.lower()) == (9, True), ran.err
    place.ok("check")
