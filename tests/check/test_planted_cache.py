"""What a clone or an archive can put in the place of a stored result of check."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.place import Place


def _never_answers(path: Path) -> None:
    os.mkfifo(path)


def _leads_to_one(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def _is_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize("name", ["check", pytest.param("check-staged", marks=pytest.mark.more)])
@pytest.mark.parametrize("plant", [_never_answers, _leads_to_one, _is_huge])
def test_check_does_not_read_what_was_planted_as_its_result(
    place: Place, name: str, plant: object
) -> None:
    place.covers("a", title="One")
    place.ok("generate")
    arguments = ["check", *(["--staged"] if name == "check-staged" else [])]
    before = place.run(*arguments).code
    stored = place.root / ".assetgen/cache" / name
    stored.unlink(missing_ok=True)
    assert callable(plant)
    plant(stored)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "assetgen", *arguments],
        cwd=place.root,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (before, False), done.stderr
