"""A fault in one of three requests for candidates is told by itself; nothing is bought twice."""

from __future__ import annotations

import json

import pytest

from tests.support.place import Place
from tests.support.provider import FAULTS, Provider
from tests.support.shop import Shop

pytestmark = pytest.mark.more

#: What needs more to be said, takes long, or is about other lanes, previews or the next GET.
_OTHERS = {"redirect_307", "rate", "rate_text_only", "hang", "stall", "same_picture", "overloaded"}
_FAULTS = sorted(
    name
    for name, fault in FAULTS.items()
    if name not in _OTHERS and "Responses:" not in fault.out and "url" not in name
)


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_fault_in_one_request_leaves_the_others_and_nothing_is_bought_twice(
    bare: Place, fault: str
) -> None:
    with Provider("new-api", polls=0) as provider:
        shop = Shop(bare, provider)
        shop.gateway(profile="new-api")
        shop.wants("a", more="candidates = 3")
        provider.fault(fault)
        outcome = shop.generate(patience=2.0)
        choices = json.loads(bare.read(".assetgen/candidates/a.json"))["choices"]
        [choice] = choices
        received = {one["purchase"] for one in choice["candidates"]}
        assert len(received) + len(outcome.failed) == 3, (received, outcome.failed)
        assert len(received) >= 2
        for failed in outcome.failed:
            assert failed.error.what.startswith("candidate ") and failed.error.cure
        billed, entries = provider.billed, shop.open_entries()
        assert len(entries) <= len(outcome.failed)
        again = shop.generate(patience=2.0)
        assert [one.asset.id for one in again.undecided] == ["a"]
        assert provider.billed == billed and len(shop.open_entries()) == len(entries)
        assert shop.run("pick", "a", "2", "--no-commit").code == 0
        assert shop.run("check", "--rehash").code == 0
