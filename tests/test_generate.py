"""generate: what is missing is made, recorded and committed, and nothing else is touched."""

from __future__ import annotations

from tests.place import Place


def test_a_missing_picture_is_made_recorded_and_committed(place: Place) -> None:
    place.covers("welcome")
    ran = place.ok("generate")
    assert "1 made" in ran.out
    assert place.git("show", "--name-only", "--format=%s").split("\n") == [
        "assetgen: welcome",
        "",
        ".assetgen/records/welcome.json",
        "public/welcome.png",
    ]
    assert place.ok("check").out.startswith("assetgen: 1 files")


def test_other_staged_and_unstaged_work_is_left_as_it_was(place: Place) -> None:
    place.write("notes.txt", "one")
    place.write("other.txt", "one")
    place.git("add", "-A")
    place.git("commit", "-qm", "notes")
    place.write("notes.txt", "two")
    place.git("add", "notes.txt")
    place.write("notes.txt", "three")
    place.write("other.txt", "two")
    place.write("new.txt", "new")
    place.covers("welcome")
    before = place.git("status", "--porcelain")
    place.ok("generate")
    assert place.git("status", "--porcelain") == before
    assert place.git("show", ":notes.txt") == "two"


def test_a_second_run_makes_nothing_and_commits_nothing(place: Place) -> None:
    place.covers("welcome")
    place.ok("generate")
    head = place.git("rev-parse", "HEAD")
    assert "0 made, 1 fresh" in place.ok("generate").out
    assert place.git("rev-parse", "HEAD") == head
