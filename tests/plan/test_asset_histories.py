"""Random edits of a random project: with and without the cache, every command says the same."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from assetgen import snapshot
from tests.support import asset_histories
from tests.support.asset_histories import History, said
from tests.support.place import Place

#: Nanoseconds after which a file is old enough to be trusted, here: more than any clock is coarse.
_RACY = 20_000_000
_STEPS = 9
_FEW = 3


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Place:
    base = tmp_path_factory.mktemp("histories")
    return asset_histories.build(Place(base / "first", base / "home"))


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Place:
    base = tmp_path_factory.mktemp("collected")
    return asset_histories.build(Place(base / "first", base / "home"), collected=True)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "RACY_NS", _RACY)


def _live(first: Place, root: Path, seed: int, steps: int = _STEPS) -> None:
    """Let a history happen, and compare after each step."""
    shutil.copytree(first.root, root, symlinks=True)
    place = Place(root, root.parent / "home")
    history, happened = History(place, seed), []
    for _ in range(steps):
        time.sleep(2 * _RACY / 1e9)
        said(place, cached=True)  # remembers what is there before the next step
        happened.append(history.step())
        time.sleep(2 * _RACY / 1e9)
        assert said(place, cached=True) == said(place, cached=False), (seed, happened)


@pytest.mark.usefixtures("soon")
def test_the_cache_never_changes_what_a_command_says(first: Place, tmp_path: Path) -> None:
    _live(first, tmp_path / "project", 0, _FEW)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("seed", "steps"),
    [(0, _FEW), *(pytest.param(seed, _STEPS, marks=pytest.mark.more) for seed in range(40))],
)
def test_the_cache_never_changes_what_a_command_says_of_collections(
    collected: Place, tmp_path: Path, seed: int, steps: int
) -> None:
    _live(collected, tmp_path / "project", seed, steps)


@pytest.mark.more
@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("seed", [0, *range(100, 160)])
def test_the_cache_never_changes_what_a_command_says_in_many_histories(
    first: Place, tmp_path: Path, seed: int
) -> None:
    _live(first, tmp_path / "project", seed)
