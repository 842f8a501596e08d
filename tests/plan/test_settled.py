"""What was fresh before is decided again as soon as anything that it rests on has changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from assetgen import snapshot
from assetgen.check import check
from assetgen.fs import store
from assetgen.layouts import closure
from assetgen.paid import forecast
from assetgen.plan import asked
from assetgen.plan.asked import Asked
from assetgen.plan.decide import Decision
from assetgen.plan.settled import Settled
from assetgen.plan.wish import Elsewhere, World
from assetgen.plan.workspace import open_workspace
from assetgen.settings.conditions import load_conditions
from tests.support import asset_histories
from tests.support.asset_histories import answered, flip, keep_time, said
from tests.support.place import Place
from tests.support.rows import few

# Nanoseconds after which a file is trusted here, and the seconds to wait for that.
_RACY, _WAIT = 20_000_000, 0.04


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Place:
    base = tmp_path_factory.mktemp("settled")
    return asset_histories.build(Place(base / "first", base / "home"))


@pytest.fixture
def known(first: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A project in which all images are fresh, and were before."""
    monkeypatch.setattr(snapshot, "RACY_NS", _RACY)
    shutil.copytree(first.root, tmp_path / "project", symlinks=True)
    place = Place(tmp_path / "project", tmp_path / "home")
    time.sleep(_WAIT)
    check.check(place.root, place.environ)
    assert _decided_again(place) == set()
    said(place, cached=True, staged=False)
    assert answered(place) is not None
    return place


def _decisions(place: Place) -> list[Decision]:
    conditions = load_conditions(place.environ, place.root)
    return forecast.decisions(open_workspace(place.root, conditions))


def _decided_again(place: Place) -> set[str]:
    return {one.asset.id for one in _decisions(place) if not isinstance(one, Settled)}


def _entry(old: str, new: str) -> Callable[[Place], object]:
    return lambda place: place.manifest(place.read("assets.toml").decode().replace(old, new, 1))


def _text(path: str, old: str, new: str) -> Callable[[Place], object]:
    """The same size and the same time, with another content."""
    assert len(old) == len(new)
    return lambda place: keep_time(
        place.root / path, lambda file: file.write_text(file.read_text().replace(old, new))
    )


def _swapped(one: str, other: str) -> Callable[[Place], object]:
    def swap(place: Place) -> None:
        aside = place.root / "aside"
        os.rename(place.root / one, aside)
        os.rename(place.root / other, place.root / one)
        os.rename(aside, place.root / other)

    return swap


def _instead(path: str, make: Callable[[Path, Path], object]) -> Callable[[Place], object]:
    """Something else in the place of a file or folder, which is moved away as it is."""

    def change(place: Place) -> None:
        os.rename(place.root / path, place.root / "away")
        make(place.root / path, place.root / "away")

    return change


def _pointer(path: str) -> Callable[[Place], object]:
    """A Git LFS pointer to what the file was."""

    def change(place: Place) -> None:
        data = place.read(path)
        oid = hashlib.sha256(data).hexdigest()
        place.write(
            path,
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n",
        )

    return change


def _reformatted(place: Place) -> None:
    path = place.root / ".assetgen/records/a.json"
    path.write_text(json.dumps(json.loads(path.read_text())))


def _font(place: Place) -> None:
    for path in (closure.shipped_root() / "fonts").glob("*.ttf"):
        place.write(f"templates/fonts/{path.name}", path.read_bytes() + bytes(4))


def _own_kind(place: Place) -> None:
    shutil.copytree(place.root / "templates/tiny", place.root / "templates/cover")


def _old_branch(place: Place) -> None:
    """Another picture from another branch, with the time that it had there."""
    place.git("checkout", "-q", "-b", "other")
    before = (place.root / "public/a.png").stat()
    flip(place.root / "public/a.png")
    place.git("commit", "-q", "-a", "-m", "other")
    place.git("checkout", "-q", "main")
    time.sleep(_WAIT)
    said(place, cached=True)
    place.git("checkout", "-q", "other")
    os.utime(place.root / "public/a.png", ns=(before.st_atime_ns, before.st_mtime_ns))


def _interrupted(place: Place) -> None:
    token = snapshot.checkout_token(str(place.root)).decode()
    note = {"token": token, "files": {"public/a.png": "0" * 64}}
    (place.root / store.CACHE / "under-way.json").write_text(json.dumps(note))


def _merge(place: Place) -> None:
    here = place.git("rev-parse", "HEAD")
    for side in ("ours", "theirs"):
        place.git("checkout", "-q", "-b", side, here)
        place.write("public/a.png", side)
        place.git("commit", "-q", "-a", "-m", side)
    place._run(["git", "merge", "-q", "ours"], place.root, place.environ)


_RECORDS = ".assetgen/records"
_CHANGES: dict[str, tuple[Callable[[Place], object], str]] = {
    "a value": (_entry('title = "A"', 'title = "B"'), "a"),
    "a default": (_entry("count = 3", "count = 4"), "a"),
    "a style": (_entry("#ffffff", "#fffffe"), "e"),
    "a path": (_entry('"public/b.png"', '"public/x/b.png"'), "b"),
    "the path of what it needs": (_entry('"public/a.png"', '"public/x/a.png"'), "c"),
    "an id": (_entry('id = "b"', 'id = "bb"'), "bb"),
    "a draft": (_entry('from = "docs/d.md"', 'from = "docs/d.md"\ndraft = true'), "d"),
    "a picture": (lambda place: keep_time(place.root / "public/a.png", flip), "a"),
    "a picture that others need": (lambda place: keep_time(place.root / "public/a.png", flip), "c"),
    "a variant": (lambda place: keep_time(place.root / "public/h-10.png", flip), "h"),
    "no picture": (lambda place: (place.root / "public/b.png").unlink(), "b"),
    "no record": (lambda place: (place.root / _RECORDS / "b.json").unlink(), "b"),
    "another record": (_swapped(f"{_RECORDS}/a.json", f"{_RECORDS}/b.json"), "b"),
    "another picture": (_swapped("public/a.png", "public/g.png"), "a"),
    "an edited record": (_text(f"{_RECORDS}/a.json", "tiny", "tinx"), "a"),
    "a record in another form": (_reformatted, "a"),
    "a record that is a pointer": (_pointer(f"{_RECORDS}/a.json"), "a"),
    "data that is a pointer": (_pointer("data/n.json"), "f"),
    "a link to the same file": (_instead("public/b.png", lambda at, to: at.symlink_to(to)), "b"),
    "a link to the same folder": (_instead("public", lambda at, to: at.symlink_to(to)), "b"),
    "a folder": (_instead("public/b.png", lambda at, _: at.mkdir()), "b"),
    "a pipe": (_instead("public/b.png", lambda at, _: os.mkfifo(at)), "b"),
    "a link to the records": (_instead(_RECORDS, lambda at, to: at.symlink_to(to)), "b"),
    "a layout": (_text("templates/tiny/plain.html", "html", "htmm"), "a"),
    "a part of a layout": (_text("templates/tiny/parts/foot.html", "foot", "feet"), "a"),
    "a sheet": (_text("templates/tiny/template.toml", "default = 1", "default = 2"), "a"),
    "fonts of the project": (_font, "a"),
    "a title": (_text("docs/d.md", "title: D", "title: E"), "d"),
    "data": (_text("data/n.json", "5", "6"), "f"),
    "an input": (lambda place: keep_time(place.root / "docs/logo.png", flip), "b"),
    "no input": (lambda place: (place.root / "docs/logo.png").unlink(), "b"),
    "another branch": (_old_branch, "a"),
    "an interrupted run": (_interrupted, "a"),
    "a merge": (_merge, "a"),
}


#: One of each kind of thing that an image rests on, and each way to hide a change.
_MAIN = {
    *("a value", "a style", "an id", "a picture that others need", "no record", "another record"),
    *("an edited record", "a record that is a pointer", "a link to the same folder", "a pipe"),
    *("a part of a layout", "fonts of the project", "a title", "data", "another branch", "a merge"),
    "an interrupted run",
}


@pytest.mark.parametrize("what", few(_CHANGES, _MAIN.__contains__))
def test_a_change_of_what_an_image_rests_on_is_seen(known: Place, what: str) -> None:
    change, asset_id = _CHANGES[what]
    change(known)
    for _ in range(2):  # also once the change itself is old
        plain = said(known, cached=False, staged=False)
        assert said(known, cached=True, staged=False) == plain
        if isinstance(plain["plan"][0], dict):  # and no error
            assert asset_id in _decided_again(known)
        time.sleep(_WAIT)


def test_a_change_of_one_image_leaves_the_others_settled(known: Place) -> None:
    _entry('title = "A"', 'title = "B"')(known)
    _decided_again(known)  # those beside it in the file, once
    assert _decided_again(known) == {"a", "c"}
    _own_kind(known)  # it is the kind of none of them
    assert _decided_again(known) == {"a", "c"}


def test_a_fresh_image_that_shows_a_stale_one_is_decided_again(known: Place) -> None:
    _entry('title = "A"', 'title = "B"')(known)
    known.write("data/n.json", '{"n": 5} ')
    states = {one.asset.id: one.state.value for one in _decisions(known)}
    assert states["a"] == states["c"] == "stale"


def test_two_runs_at_once_agree(known: Place) -> None:
    _text("templates/tiny/parts/foot.html", "foot", "feet")(known)
    plain, found = said(known, cached=False, staged=False), []
    threads = [
        threading.Thread(target=lambda: found.append(known.run("plan", "--json").data))
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [plain["plan"]] * 3


# -- what a decision rests on ----------------------------------------------------------------------


def _world() -> World:
    """A world whose every question has the answer that says most."""
    there: dict[str, Any] = {one.name: lambda *_: "told" for one in fields(Elsewhere)}
    here: dict[str, Any] = {one.name: lambda *_: "told" for one in fields(World)}
    return World(**{**here, "elsewhere": Elsewhere(**there)})


_QUESTIONS = [one.name for one in fields(World) if one.name != "elsewhere"]
_QUESTIONS += [f"elsewhere.{one.name}" for one in fields(Elsewhere)]


@pytest.mark.parametrize("question", _QUESTIONS)
def test_a_decision_rests_on_every_question_that_it_asked(question: str) -> None:
    """One that is added later makes decisions that are not remembered, until it has a rule."""
    asking = Asked(_world())
    of, _, name = question.rpartition(".")
    getattr(asking.world.elsewhere if of else asking.world, name)("x", "y")
    names = asking.take()
    left_out = {"surface", "descriptor", "elsewhere.unmerged", "interrupted", "collection"}
    is_left_out = question in left_out
    assert names is None or (question in asked._RULES and (names or is_left_out))
