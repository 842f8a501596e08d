"""A run that is killed at any call: the ground of a cover is bought once, and both are whole."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from assetgen.check import check
from assetgen.errors import UnknownOutcome
from tests.support.harm import CALLS, Harm, Runner
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is installed"),
]

_LASTING = tuple(call for call in CALLS if call != "mkdir")
_COVER = """
[[asset]]
id = "launch"
kind = "cover"
path = "public/launch.png"
alt = "Launch"
ground = {{ route = "images", quality = "low", size = "1024x1024", prompt = "Harbour {number}." }}
[asset.values]
title = "Day {number}"
"""


def _orders(shop: Shop, number: int) -> int:
    words = f"Harbour {number}.".encode()
    return sum(seen.method == "POST" and words in seen.body for seen in shop.provider.requests)


def test_a_kill_at_any_call_buys_no_ground_twice(place: Place, tmp_path: Path) -> None:
    ended = Counter[str]()
    with Provider(polls=0) as provider, Runner(tmp_path / "runner") as runner:
        shop = Shop(place, provider)
        for number in range(1, 10_000, 3):
            place.manifest(_COVER.format(number=number))
            harm = Harm(number, _LASTING)
            struck = runner.run(place.root, shop.environ, harm, "generate", "--no-commit")
            assert struck.code == -9 or struck.code == 0, struck.said
            outcome = shop.generate(jobs=1)
            failed = [one for one in outcome.failed if isinstance(one.error, UnknownOutcome)]
            assert _orders(shop, number) <= 1, f"bought twice after a kill at call {number}"
            if failed:
                assert [one.asset_id for one in failed] == ["launch/ground"]
                shop.generate("launch/ground", force=True, jobs=1)
            shop.generate(jobs=1)
            assert _orders(shop, number) in ((1, 2) if failed else (1,))
            found = check.check(place.root, shop.environ).findings
            assert not found, found
            assert place.record("launch")["intent"]["values"]["title"] == f"Day {number}"
            ended["unknown" if failed else "whole"] += 1
            if struck.code != -9:
                break
    print(f"\nground: {number} calls, {dict(ended)}")
    assert number > 100 and ended["whole"] > ended["unknown"] > 0
