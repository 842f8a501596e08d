"""What an image costs in a batch: half, where OpenAI has published that for its model. Pure."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from assetgen.plan.cost import Estimate
from assetgen.record.schema import Amount
from assetgen.settings.catalog import Catalog

HALF = "half price in a batch"
#: Where no batch price is published: the whole price, so that no limit is passed unnoticed.
WHOLE = "whole price: none in a batch is published for the model"


def is_tried(model: str | None, catalog: Catalog) -> bool:
    """Whether it is known that a model is accepted in batches, and at which price."""
    found = catalog.find(model)
    return found is not None and found.batch is not None


def estimate(known: Estimate, model: str | None, catalog: Catalog) -> Estimate:
    """The estimate of an image that is sent in a batch."""
    if not known.micros or known.surface != "openai-api":
        return known
    if not is_tried(model, catalog):
        return replace(known, basis=f"{known.basis}, {WHOLE}")
    return replace(known, micros=_half(known.micros), basis=f"{known.basis}, {HALF}")


def usage(known: Amount | None, model: str | None, catalog: Catalog) -> Amount | None:
    """The cost of the usage in an answer that came in a batch; None if that is not known."""
    if known is None or not is_tried(model, catalog):
        return None
    basis = f"{known.basis}, {HALF}"
    return msgspec.structs.replace(known, micros=_half(known.micros), basis=basis)


def _half(micros: int) -> int:
    """Half of an amount, rounded up: an estimate is rather too high than too low."""
    return (micros + 1) // 2
