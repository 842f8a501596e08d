"""What a picture will cost, per bill. The bills have no common unit and are never added up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assetgen.manifest import Asset
from assetgen.record import Intent


@dataclass(frozen=True, slots=True)
class Estimate:
    """An amount on one bill: ``micros`` are millionths of ``currency``; None is unknown, never guessed."""

    surface: str
    micros: int | None
    currency: str | None
    basis: str

    @property
    def words(self) -> str:
        """How the estimate is shown to people."""
        if self.micros == 0:
            return "free"
        return f"${self.micros / 1e6:.3f}" if self.micros is not None else self.basis


def surface(route: str | None) -> str:
    """The bill that a route lands on when it goes to its own provider."""
    if route in ("images", "responses"):
        return "openai-api"
    return "codex-plan" if route == "codex" else "none" if route in (None, "local") else str(route)


def estimate(asset: Asset, intent: Intent, action: str, model: str | None = None) -> Estimate:
    """What doing ``action`` for ``asset`` with ``model`` (None: the catalogue's default) puts on the route's bill."""
    bill = surface(asset.route)
    if bill == "none":
        return Estimate(bill, 0, None, "drawn here")
    if action in ("nothing", "derive"):
        return Estimate(bill, 0, None, "nothing to draw")
    if bill == "codex-plan":
        return Estimate(bill, None, None, "plan credits")
    if bill != "openai-api":
        return Estimate(bill, None, None, "provider's price")
    return _openai(bill, intent, model or intent.model)


def _openai(bill: str, intent: Intent, model: str | None) -> Estimate:
    entry = catalogue()["model"].get(model or catalogue()["default"], {})
    tokens = output_tokens(intent.size, intent.quality or "auto") if entry.get("tokens") == "patches" else None
    if tokens is None:
        return Estimate(bill, None, "USD", "not known before")
    basis = f"catalogue {entry['as_of']}, image output only"
    return Estimate(bill, tokens * int(entry["image_output_micros_per_token"]), "USD", basis)


def output_tokens(size: str, quality: str) -> int | None:
    """Image tokens that the patch models answer with; None for "auto", which the model decides.

    Source: the formula in community.openai.com/t/1382699, which agrees with every published reading of
    OpenAI's calculator at low and high quality.
    """
    steps = {"low": 16, "medium": 48, "high": 96}.get(quality)
    if steps is None or size == "auto":
        return None
    width, _, height = size.partition("x")
    short, long = sorted((int(width), int(height)))
    other = (2 * steps * short + long) // (2 * long)
    # A size so narrow that the formula gives nothing is none that a model takes.
    return math.ceil(steps * other * (2_000_000 + short * long) / 4_000_000) or None


@cache
def catalogue() -> dict[str, Any]:
    """catalog.toml: what models cost, each entry with its source and date."""
    import tomli

    return tomli.loads((Path(__file__).parent / "catalog.toml").read_text("utf-8"))
