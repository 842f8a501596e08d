"""A fault in the request of a step: assets.toml stays right, and nothing is bought twice."""

from __future__ import annotations

from typing import Any

import pytest

from assetgen.generate import refine
from assetgen.generate.options import Options
from tests.support.place import Place
from tests.support.provider import FAULTS, Provider
from tests.support.shop import Shop

pytestmark = pytest.mark.more

#: What needs an address of elsewhere.
_OTHERS = {"redirect_307", "url_foreign"}
_FAULTS = sorted(set(FAULTS) - _OTHERS)
_ASKED = refine.Asked("warmer light")


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_fault_in_a_step_keeps_it_only_if_it_may_be_billed(bare: Place, fault: str) -> None:
    with Provider(polls=0) as provider:
        shop = Shop(bare, provider)
        shop.wants("a")
        bare.manifest(bare.read("assets.toml").decode().replace("1024x1024", "1024x640"))
        shop.buys("a")
        text, image = bare.read("assets.toml"), bare.read("public/a.png")
        how: dict[str, Any] = {"seconds": 0.3} if fault in ("hang", "stall") else {}
        provider.fault(fault, **how)
        options, conditions = Options(commit=False), shop.conditions(0.2 if how else 2.0)
        outcome = refine.refine(bare.root, "a", _ASKED, options, shop.environ, conditions)
        entries, billed = shop.open_entries(), provider.billed
        is_step_there = bare.read("assets.toml") != text
        assert is_step_there == (not outcome.failed or bool(entries))
        extra = int(fault == "two_images")  # which the provider sent, and bills
        assert billed - 1 <= len(outcome.made) + len(entries) + extra
        if not outcome.failed:
            assert (bare.read("public/a.png") != image) or fault == "same_picture"
            assert len(bare.record("a")["refined"]) == 1
        else:
            assert bare.read("public/a.png") == image
        again = shop.generate(patience=0.2 if how else 2.0)
        assert provider.billed == billed and bool(again.failed) == bool(shop.open_entries())
        if is_step_there:
            undone = refine.undo(bare.root, "a", options, shop.environ, conditions)
            assert not undone.failed and provider.billed == billed
            assert bare.read("assets.toml") == text and bare.read("public/a.png") == image
