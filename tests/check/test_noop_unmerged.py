"""A merge changes only the index: the stored verdict of a clean check is not used then."""

from __future__ import annotations

import time

import pytest

from assetgen import snapshot
from tests.support.branches import commit
from tests.support.place import Place
from tests.support.tiny import tiny

_ATTRIBUTES = "*.png -merge\n.assetgen/records/*.json -merge\n"


def _remembered(place: Place) -> None:
    """Check until the verdict is stored: files that are too young are not trusted."""
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        place.ok("check")
        if _is_answered_from_the_snapshot(place):
            return
        time.sleep(0.3)
    raise AssertionError("no verdict was stored")


def _is_answered_from_the_snapshot(place: Place) -> bool:
    header = place.read(snapshot.FILE).partition(b"\n")[0]
    return bool(header.split(b"|", 4)[4])


def _unmerge(place: Place, path: str) -> None:
    """Set ``path`` to unmerged in the index; the working tree stays as it is."""
    blob = place.git("rev-parse", f"HEAD:{path}")
    other = place.git("rev-parse", "HEAD:assets.toml")
    rows = f"0 {'0' * len(blob)}\t{path}\n100644 {blob} 2\t{path}\n100644 {other} 3\t{path}\n"
    place.write("../rows", rows)
    place._run(["sh", "-c", "git update-index --index-info < ../rows"], place.root, place.environ)
    assert place.git("ls-files", "-u", "--", path)


@pytest.mark.parametrize(
    "path", ["public/a.png", pytest.param(".assetgen/records/a.json", marks=pytest.mark.more)]
)
def test_check_after_a_clean_one_reports_an_index_that_is_not_merged(
    path: str, place: Place
) -> None:
    tiny(place, "a")
    commit(place)
    _remembered(place)
    _unmerge(place, path)
    ran = place.run("check")
    assert ran.code == 1 and "unmerged" in ran.out + ran.err
    assert place.run("check").code == 1


def test_check_after_a_clean_one_reports_a_merge_that_touches_no_file(place: Place) -> None:
    place.write(".gitattributes", _ATTRIBUTES)
    tiny(place, "a")
    commit(place)
    other = place.root.parent / "other"
    place.git("worktree", "add", "-q", "-b", "topic", str(other))
    there = Place(other, place.root.parent / "home")
    for one, more in ((there, b"theirs"), (place, b"ours")):
        one.write("public/a.png", one.read("public/a.png") + more)
        one.ok("accept", "a", "--no-commit")
        commit(one, "changed")
    _remembered(place)
    ran = place._run(["git", "merge", "-q", "topic"], place.root, place.environ)
    assert ran.code != 0
    ran = place.run("check")
    assert ran.code == 1 and "unmerged" in ran.out + ran.err


def test_check_in_a_linked_working_tree_looks_at_its_own_index(place: Place) -> None:
    tiny(place, "a")
    commit(place)
    other = place.root.parent / "other"
    place.git("worktree", "add", "-q", "-b", "topic", str(other))
    there = Place(other, place.root.parent / "home")
    _remembered(there)
    _unmerge(there, "public/a.png")
    assert there.run("check").code == 1


def test_check_is_still_answered_from_the_stored_verdict(place: Place) -> None:
    tiny(place, "a")
    commit(place)
    _remembered(place)
    place.git("status")
    assert place.ok("check", PATH="/nowhere").out
