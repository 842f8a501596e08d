"""A run killed at any call that changes the disk leaves old or new files; the next finishes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.harm import Harmed, assert_recovers, assert_whole, run_under

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

# Above the number of calls of any thread, so a sweep always ends by itself.
_MOST = 80


@pytest.mark.parametrize("call", ["rename", "unlink", "mkdir", "fsync", "syncfs", "write"])
@pytest.mark.parametrize("fresh", [True, False], ids=["first run", "later run"])
def test_a_kill_at_each_call_leaves_whole_files_and_the_next_run_finishes(
    tmp_path: Path, call: str, fresh: bool
) -> None:
    harmed = Harmed(tmp_path, fresh=fresh)
    for number in range(1, _MOST):
        place = harmed.place()
        if not run_under(place, call, f"signal=KILL:when={number}", "generate", "--no-commit").hit:
            break
        assert_whole(harmed, place)
        assert_recovers(harmed, place)
        harmed.done(place)
    assert 1 < number < _MOST - 1, f"{call}: {number - 1} kills"


def test_a_kill_at_each_removal_of_an_old_file_is_recovered_from(tmp_path: Path) -> None:
    harmed = Harmed(tmp_path, fresh=False)
    for number in range(1, _MOST):
        place = harmed.place()
        effect = f"signal=KILL:when={number}"
        if not run_under(place, "unlink", effect, "generate", "--no-commit", only=harmed.going).hit:
            break
        assert_whole(harmed, place)
        assert_recovers(harmed, place)
        harmed.done(place)
    assert number > len(harmed.going)


def test_a_kill_in_the_middle_of_the_commit_leaves_a_sound_repository(tmp_path: Path) -> None:
    harmed = Harmed(tmp_path, fresh=False)
    for number in range(1, _MOST):
        place = harmed.place()
        head = place.git("rev-parse", "HEAD")
        if not run_under(
            place, "rename,renameat2,link", f"signal=KILL:when={number}", "generate"
        ).hit:
            break
        (place.root / ".git/index.lock").unlink(
            missing_ok=True
        )  # git itself requires this after a kill
        (place.root / ".git/HEAD.lock").unlink(missing_ok=True)
        assert_whole(harmed, place)
        assert_recovers(harmed, place)
        assert "error" not in place.git("fsck", "--strict")
        assert place.git("log", "--format=%H", "HEAD").count(head) == 1
        place.git("commit", "-qam", "the rest")
        harmed.done(place)
    assert 1 < number < _MOST - 1


def test_two_kills_in_a_row_are_recovered_from_as_well(tmp_path: Path) -> None:
    harmed = Harmed(tmp_path, fresh=False)
    for first in (2, 4, 7):
        for second in (2, 5, 8):
            place = harmed.place()
            assert run_under(
                place, "rename", f"signal=KILL:when={first}", "generate", "--no-commit"
            ).hit
            run_under(
                place,
                "rename",
                f"signal=KILL:when={second}",
                "generate",
                "--no-commit",
                "deep/three",
            )
            assert_whole(harmed, place)
            assert_recovers(harmed, place)
            harmed.done(place)
