"""Two branches that append entries: what a merge joined is named, and the command parts it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.branches import findings, runs
from tests.support.place import COVER, Place


def _merged(place: Place, *, union: bool, title: str = "Two") -> None:
    """Two branches that each append an entry, merged by git."""
    if union:
        place.write(".gitattributes", "assets.toml merge=union\n")
    place.covers("zero")
    place.git("add", "-A")
    place.git("commit", "-qm", "zero")
    base = place.read("assets.toml").decode()
    for name, words in (("one", "One"), ("two", title)):
        place.git("switch", "-q", "-c", name, "main")
        place.manifest(base + COVER.format(id=name, title=words))
        place.git("commit", "-qam", name)
    command = ["git", "merge", "-q", "one"]
    subprocess.run(command, cwd=place.root, env=place.environ, capture_output=True)


@pytest.mark.parametrize("union", [True, False])
def test_entries_that_a_merge_joined_are_parted_by_the_printed_command(
    place: Place, union: bool
) -> None:
    _merged(place, union=union)
    ran = place.run("check")
    assert ran.code != 0 and "two entries are joined: 'two' (line " in ran.err
    assert "and 'one' (line " in ran.err and "Cannot declare" not in ran.err
    [cure] = [line.strip()[6:] for line in ran.err.splitlines() if "cure: " in line]
    before = place.read("assets.toml")
    runs(place, cure)
    text = place.read("assets.toml").decode()
    kept = [line for line in before.decode().splitlines() if line[:7] not in _MARKS]
    assert sorted(text.splitlines()) == sorted([*kept, "[[asset]]"])
    place.ok("generate", "--no-commit")
    assert all(place.has(f"public/{name}.png") for name in ("zero", "one", "two"))
    assert not findings(place)


_MARKS = {"<" * 7, "=" * 7, ">" * 7}


def test_entries_of_which_more_was_kept_once_are_named(place: Place) -> None:
    place.manifest(COVER.format(id="a", title="A") + 'id = "b"\n[asset.values]\ntitle = "B"\n')
    ran = place.run("check")
    assert "two entries are joined: 'a'" in ran.err
    assert "write [[asset]] above the second entry" in ran.err
    assert Path(place.root, "assets.toml").read_text().count("[[asset]]") == 1
