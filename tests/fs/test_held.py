"""Where git ends without an answer, it is asked again, and then not taken for "there is none"."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from assetgen.fs.git_command import Unanswered
from assetgen.fs.held import Held
from tests.support.place import Place

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the false git is a shell script")
# Ends without an answer while there are files in the folder of deaths: one less each time.
_DYING = """#!/bin/sh
for one in "{deaths}"/*; do
    case " $* " in *" {call} "*) [ -e "$one" ] && rm "$one" && {end};; esac
done
exec {git} "$@"
"""


def _dying(place: Place, call: str, end: str, deaths: int) -> None:
    """Put a git on the PATH that ends ``deaths`` times when it is called for ``call``."""
    folder = place.root.parent / "bin"
    (folder / "deaths").mkdir(parents=True)
    for number in range(deaths):
        (folder / "deaths" / str(number)).touch()
    git = shutil.which("git", path=place.environ["PATH"])
    text = _DYING.format(deaths=folder / "deaths", call=call, end=end, git=git)
    (folder / "git").write_text(text)
    (folder / "git").chmod(0o755)
    place.environ["PATH"] = f"{folder}{os.pathsep}{place.environ['PATH']}"


@pytest.mark.parametrize(
    "end", ["kill -9 $$", "{ echo 'fatal: write error: full' >&2; exit 128; }"]
)
@pytest.mark.parametrize("call", ["cat-file", "ls-tree", "ls-files"])
def test_git_that_ends_is_asked_once_more(place: Place, call: str, end: str) -> None:
    place.write("a", "one")
    place.start()
    _dying(place, call, end, deaths=1)
    held = Held(place.root, place.environ)
    assert held.versions("a") == [b"one"]
    assert held.committed_bytes("b") is None


@pytest.mark.parametrize("call", ["cat-file", "ls-tree", "ls-files"])
def test_git_that_always_ends_is_not_taken_for_a_missing_file(place: Place, call: str) -> None:
    place.write("a", "one")
    place.start()
    _dying(place, call, "kill -9 $$", deaths=9)
    with pytest.raises(Unanswered, match=f"git {call} ended"):
        Held(place.root, place.environ).versions("a")


def test_an_index_that_cannot_be_listed_is_not_taken_for_a_merged_one(place: Place) -> None:
    place.write("a", "one")
    place.start()
    blob = place.git("rev-parse", "HEAD:a")
    rows = "".join(f"100644 {blob} {stage}\ta\n" for stage in (1, 2, 3))
    place.git("rm", "-q", "--cached", "a")
    subprocess.run(
        ["git", "update-index", "--index-info"], cwd=place.root, input=rows.encode(), check=True
    )
    _dying(place, "ls-files", "kill -9 $$", deaths=1)
    assert Held(place.root, place.environ).unmerged(["a"]) == ["a"]


def test_a_file_that_git_does_not_have_leaves_its_process_in_use(place: Place) -> None:
    place.write("a", "one")
    place.start()
    held = Held(place.root, place.environ)
    assert held.read("HEAD:a") == b"one"
    assert not any(held.read(f"HEAD:not there {number}") for number in range(40))
    assert held.read("HEAD:a") == b"one"


def test_many_contents_are_read_as_the_first_ones_are(place: Place) -> None:
    place.write("a", "one\n")
    place.start()
    _dying(place, "cat-file", "kill -9 $$", deaths=0)
    held = Held(place.root, place.environ)
    first = [held.read("HEAD:a"), held.read("HEAD:not there")]
    assert first == [b"one\n", None]
    for _ in range(20):  # more than are worth a process each
        assert [held.read("HEAD:a"), held.read("HEAD:not there")] == first
    assert held.repository
    for most, content in ((4, b"one\n"), (3, None)):
        assert held.repository.blob_below("HEAD:a", most) == content


def test_the_process_that_stays_open_is_asked_once_more(place: Place) -> None:
    place.write("a", "one")
    place.start()
    _dying(place, "cat-file", "kill -9 $$", deaths=0)
    held = Held(place.root, place.environ)
    for _ in range(32):
        assert held.read("HEAD:a") == b"one"
    deaths = place.root.parent / "bin" / "deaths"
    (deaths / "0").touch()
    assert held.read("HEAD:a") == b"one"
    for number in range(4):
        (deaths / str(number)).touch()
    assert held.repository
    held.repository.close()
    with pytest.raises(Unanswered, match="git cat-file ended"):
        held.read("HEAD:a")
