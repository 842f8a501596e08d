"""A commit that was killed between the branch and the index is healed by the next run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.branches import commit, findings
from tests.support.place import Place


def _keeping_index(place: Place, index: bytes) -> None:
    """Put the index back as it was before a commit, as after a kill in between."""
    (place.root / ".git/index").write_bytes(index)


def _index(place: Place) -> bytes:
    return Path(place.root, ".git/index").read_bytes()


@pytest.mark.parametrize("intended", [False, True])
def test_the_next_run_heals_a_commit_whose_index_was_not_written(
    intended: bool, place: Place
) -> None:
    place.covers("a", "b")
    commit(place, "wanted")
    place.ok("generate", "--no-commit")
    if intended:
        place.git("add", "-N", "public", ".assetgen/records")
    before = _index(place)
    place.ok("generate")
    head = place.git("rev-parse", "HEAD")
    _keeping_index(place, before)
    assert place.git("status", "--porcelain")
    ran = place.ok("generate")
    assert "nothing to commit" not in ran.out + ran.err
    assert (place.git("rev-parse", "HEAD"), place.git("status", "--porcelain")) == (head, "")
    assert not findings(place, staged=True)


def test_the_next_run_heals_a_commit_that_removed_a_file(place: Place) -> None:
    place.covers("a")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "wanted")
    place.manifest(place.read("assets.toml").decode().replace("public/a.png", "public/other.png"))
    before = _index(place)
    place.ok("generate")
    head = place.git("rev-parse", "HEAD")
    _keeping_index(place, before)
    noted = ["public/other.png", ".assetgen/records/a.json", "public/a.png"]
    place.write(".assetgen/cache/commit.json", json.dumps(noted))  # as after a kill
    place.ok("generate")
    assert place.git("rev-parse", "HEAD") == head
    assert place.git("status", "--porcelain") == " M assets.toml"
    assert not place.has(".assetgen/cache/commit.json")


def test_a_file_of_the_users_that_differs_is_not_staged_by_the_healing(place: Place) -> None:
    place.covers("a")
    place.write("notes.txt", "one")
    commit(place, "wanted")
    before = _index(place)
    place.ok("generate")
    _keeping_index(place, before)
    place.write("notes.txt", "two")
    place.ok("generate")
    assert place.git("status", "--porcelain") == " M notes.txt"
