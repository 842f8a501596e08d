"""The stored verdict rests on the baseline and on each of its pictures.

The projects are made together, and then rest until their files are old enough to be trusted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator

import pytest

from assetgen import snapshot
from assetgen.check import check
from assetgen.fs import store
from assetgen.generate import existing
from assetgen.record.baseline import FILE
from tests.support.place import Place

_OUTSIDE = "docs/logo.png"


def _flip(place: Place, path: str) -> None:
    """Change a file and keep its size and its times, as far as a program can."""
    before = (place.root / path).stat()
    place.write(path, place.read(path)[:-1] + b"x")
    os.utime(place.root / path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _lose_line(place: Place) -> None:
    place.write(FILE, place.read(FILE).partition(b"\n")[2])


def _remove(place: Place) -> None:
    (place.root / "public/a.png").unlink()


_CHANGES: dict[str, Callable[[Place], object]] = {
    "a picture": lambda place: _flip(place, "public/a.png"),
    "a picture outside the output folders": lambda place: _flip(place, _OUTSIDE),
    "a line": _lose_line,
    "no baseline": lambda place: (place.root / FILE).unlink(),
    "a new picture": lambda place: place.write("public/new.png", "new"),
    "a removed picture": _remove,
    "a picture that was gone": lambda place: place.write("public/deep/gone.png", "again"),
    "one outside that was gone": lambda place: place.write("images/gone.png", "again"),
}


@pytest.fixture(scope="module")
def rested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Committed projects with a baseline that have not been touched for a while."""
    base = tmp_path_factory.mktemp("rested")
    first = Place(base / "first", base / "home")
    first.manifest('[project]\noutputs = ["public"]\n')
    gone = ["public/deep/gone.png", "images/gone.png"]
    for number, path in enumerate(["public/a.png", "public/b.png", _OUTSIDE, *gone]):
        first.write(path, b"\x89PNG\0 %d" % number)
    named = [first.root / path for path in (_OUTSIDE, *gone)]
    existing.adopt_existing(first.root, named, environ=first.environ)
    existing.adopt_existing(first.root, environ=first.environ)
    shutil.rmtree(first.root / "public/deep")
    shutil.rmtree(first.root / "images")
    places = []
    for number in range(2 * len(_CHANGES) + 2):
        root = base / f"p{number}"
        shutil.copytree(first.root, root, ignore=shutil.ignore_patterns("cache"))
        places.append(Place(root, base / "home").start())
        store.prepare(root)
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    yield iter(places)  # type: ignore[misc]


def _still(place: Place, *, staged: bool = False) -> bytes | None:
    if staged:
        return snapshot.staged_still_clean(str(place.root), place.environ)
    with contextlib.chdir(place.root):
        return snapshot.still_clean(time.time_ns())


@pytest.mark.parametrize("staged", [False, True], ids=["work tree", "index"])
def test_a_clean_verdict_is_stored_with_its_notes(staged: bool, rested: Iterator[Place]) -> None:
    place = next(rested)
    report = check.check(place.root, place.environ, staged=staged)
    assert (report.is_clean, [one.code for one in report.notes]) == (True, ["gone", "gone"])
    said = _still(place, staged=staged)
    assert said is not None
    assert said.decode().endswith(
        "; 3 pictures of the baseline are unchanged; "
        "gone: images/gone.png of the baseline does not exist any more (and 1 more)"
    )


@pytest.mark.parametrize("change", _CHANGES.values(), ids=_CHANGES)
def test_a_change_is_noticed(change: Callable[[Place], object], rested: Iterator[Place]) -> None:
    place = next(rested)
    check.check(place.root, place.environ)
    assert _still(place)
    change(place)
    assert not _still(place)


@pytest.mark.parametrize("change", _CHANGES.values(), ids=_CHANGES)
def test_a_staged_change_is_noticed(
    change: Callable[[Place], object], rested: Iterator[Place]
) -> None:
    place = next(rested)
    check.check(place.root, place.environ, staged=True)
    assert _still(place, staged=True)
    change(place)
    place.git("add", "-A")
    assert not _still(place, staged=True)
