"""Candidates that are killed at any call: each is there or reported, and none is bought twice."""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetgen.errors import UnknownOutcome
from assetgen.paid.journal import Journal
from tests.support.harm import ASSETS, CALLS, Harm, Route, Runner, Stand, Trial
from tests.support.provider import Provider

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is installed"),
]

_LASTING = tuple(call for call in CALLS if call != "mkdir")
_DISK = ("open", "write", "pwrite", "fsync", "fdatasync", "ftruncate", "rename", "mkdir")
_WANTED = 2
_BUYS = ("generate", "--no-commit", "-j", "1")


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with Runner(tmp_path_factory.mktemp("runner") / "a") as running:
        yield running


def _candidates(trial: Trial, asset_id: str) -> list[str]:
    """The digests of the candidates of an asset, picked or not."""
    place = trial.shop.place
    file = f".assetgen/candidates/{asset_id}.json"
    if place.has(file):
        choices = json.loads(place.read(file))["choices"]
        return [one["sha256"] for choice in choices for one in choice["candidates"]]
    if place.has(f".assetgen/records/{asset_id}.json"):
        return [one["sha256"] for one in place.record(asset_id)["candidates"]]
    return []


def _images(trial: Trial) -> Counter[str]:
    """How many images of each asset the provider was asked for."""
    found: Counter[str] = Counter()
    for seen in trial.shop.provider.requests:
        if seen.method == "POST":
            body = seen.body.decode()
            asked = re.search(r'"n": ?(\d+)', body)
            for asset_id, words in trial.words.items():
                found[asset_id] += (int(asked[1]) if asked else 1) * (words in body)
    return found


def _assert_each_is_there_or_told(trial: Trial) -> int:
    """Recover; returns how many images have an unknown outcome."""
    before = _images(trial)
    assert max(before.values(), default=0) <= _WANTED, before
    outcome = trial.shop.generate(jobs=1)
    assert all(isinstance(one.error, UnknownOutcome) for one in outcome.failed), outcome.failed
    after = _images(trial)
    assert max(after.values()) <= _WANTED, f"bought twice unasked: {before}, then {after}"
    log = Journal(trial.root, lambda: "2026-11-23T12:00:00Z")
    unknown: Counter[str] = Counter()
    for entry in log.open():
        unknown[entry.asset_id] += entry.evidence["images"]
    log.close()
    assert {one.asset_id for one in outcome.failed} <= set(unknown)
    for asset_id in ASSETS:
        found = _candidates(trial, asset_id)
        assert len(found) + unknown[asset_id] == _WANTED, (asset_id, found, unknown)
    trial.shop.generate(jobs=1)
    assert _images(trial) == after
    return sum(unknown.values())


@pytest.mark.parametrize(
    ("route", "every"),
    [
        pytest.param(Route("images"), 3, id="one request"),
        pytest.param(Route("gateway:g", profile="openai"), 5, id="several requests"),
    ],
)
def test_candidates_killed_at_a_call_are_there_or_reported(
    tmp_path: Path, runner: Runner, route: Route, every: int
) -> None:
    more, unknown = f"candidates = {_WANTED}", 0
    with Provider(polls=1) as provider:
        stand = Stand(tmp_path, runner, provider, route.name, more, profile=route.profile)
        for number in range(1, 10_000, every):
            trial = stand.trial()
            struck = trial.harmed(Harm(number, _LASTING), *_BUYS)
            unknown += _assert_each_is_there_or_told(trial)
            trial.done()
            if struck.code != -9:
                break
        assert number > 30 * every / 3 and unknown > 0


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_candidates_on_a_full_disk_are_there_or_reported(
    tmp_path: Path, runner: Runner, lasting: bool
) -> None:
    struck = 0
    with Provider(polls=1) as provider:
        stand = Stand(tmp_path, runner, provider, "images", f"candidates = {_WANTED}")
        for number in range(1, 10_000, 7):
            trial = stand.trial()
            run = trial.harmed(Harm(number, _DISK, errno.ENOSPC, lasting), *_BUYS)
            assert "Traceback" not in run.said, run.said
            assert run.code in (0, 9, 12), run.said
            _assert_each_is_there_or_told(trial)
            trial.done()
            if run.hit is None:
                break
            struck += 1
    print(f"\nfull disk: {struck} points")
    assert struck > 5


def test_a_pick_killed_at_any_call_loses_no_candidate(tmp_path: Path, runner: Runner) -> None:
    with Provider(polls=1) as provider:
        stand = Stand(tmp_path, runner, provider, "images", f"candidates = {_WANTED}", git=True)
        for number in range(1, 10_000, 4):
            trial = stand.trial()
            assert trial.harmed(Harm(0, _LASTING), *_BUYS).code == 0
            bought = {asset_id: _candidates(trial, asset_id) for asset_id in ASSETS}
            struck = trial.harmed(Harm(number, _LASTING), "pick", ASSETS[0], "2")
            after = {asset_id: _candidates(trial, asset_id) for asset_id in ASSETS}
            assert after == bought, "a kill lost candidates"
            assert trial.shop.run("pick", ASSETS[0], "2").code == 0
            recorded = trial.shop.place.record(ASSETS[0])
            assert [one["picked"] for one in recorded["candidates"]] == [False, True]
            left = trial.shop.place.git("status", "--porcelain", ".assetgen", "public")
            assert f"candidates/{ASSETS[0]}.json" not in left, left
            trial.done()
            if struck.code != -9:
                break
        assert number > 30
