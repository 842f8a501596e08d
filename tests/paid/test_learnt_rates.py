"""The rate limit that a provider states is kept for the next run, for a week."""

from __future__ import annotations

from dataclasses import replace

from assetgen.paid import learnt_rates
from assetgen.settings.conditions import Conditions
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop


def _at(shop: Shop, day: str) -> Conditions:
    return replace(shop.conditions(), clock=lambda: f"2026-{day}T12:00:00Z")


def test_a_limit_that_a_refusal_states_holds_in_the_next_run_too(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        vendor.fault("rate_text_only")
        shop.buys()
        where = shop.conditions().provider("images")
    assert learnt_rates.read(where, _at(shop, "11-23")) == 5
    assert learnt_rates.read(where, _at(shop, "11-30")) == 5
    assert learnt_rates.read(where, _at(shop, "12-01")) is None
    assert learnt_rates.read(replace(where, surface="gateway:g"), _at(shop, "11-23")) is None
    kept = list((bare.root.parent / "home").rglob("*.json"))
    assert kept and all(vendor.key not in file.read_text() + file.name for file in kept)
