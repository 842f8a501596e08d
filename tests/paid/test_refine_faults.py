"""A fault in the request of a step: assets.toml stays right, and nothing is bought twice."""

from __future__ import annotations

from typing import Any

import pytest

from assetgen.errors import UnknownOutcome
from assetgen.generate import refine
from assetgen.generate.options import Options
from tests.paid.test_faults import ENDS, expected
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

pytestmark = pytest.mark.more

#: What needs an address of elsewhere.
_OTHERS = {"redirect_307", "url_foreign"}
_FAULTS = sorted(set(ENDS) - _OTHERS)
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
        ends = expected("images edit", fault)
        options, conditions = Options(commit=False), shop.conditions(0.2 if how else 2.0)
        outcome = refine.refine(bare.root, "a", _ASKED, options, shop.environ, conditions)
        assert [type(one.error) for one in outcome.failed] == ([ends.error] if ends.error else [])
        entries, billed = shop.open_entries(), provider.billed
        assert len(entries) == int(ends.is_open)
        is_step_there = bare.read("assets.toml") != text
        assert is_step_there == (ends.error is None or ends.is_open)
        if ends.error is None:
            assert (bare.read("public/a.png") != image) or fault == "same_picture"
            assert len(bare.record("a")["refined"]) == 1
        else:
            assert bare.read("public/a.png") == image
        again = shop.generate(patience=0.2 if how else 2.0)
        assert provider.billed == billed
        assert all(isinstance(one.error, UnknownOutcome) for one in again.failed) or ends.is_open
        if is_step_there:
            undone = refine.undo(bare.root, "a", options, shop.environ, conditions)
            assert not undone.failed and provider.billed == billed
            assert bare.read("assets.toml") == text and bare.read("public/a.png") == image
