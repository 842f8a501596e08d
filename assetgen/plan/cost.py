"""What an image will cost and did cost, per bill; bills have no common unit and are not added."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assetgen import route_names
from assetgen.manifest.schema import Asset
from assetgen.record.record import Intent
from assetgen.record.schema import Amount
from assetgen.settings import catalog as catalogue
from assetgen.settings import descriptors, shapes
from assetgen.settings.catalog import Catalog, Model, Prices
from assetgen.settings.descriptors import Descriptor


@dataclass(frozen=True, slots=True)
class Estimate:
    """An amount on one bill: ``micros`` are millionths of ``currency``; None means unknown."""

    surface: str
    micros: int | None
    currency: str | None
    basis: str
    is_published: bool = True
    """Whether the provider itself publishes what it rests on."""
    is_stated: bool = False
    """Whether it is the price that a gateway states."""
    images: int = 1
    """How many images it is for."""
    steps: int = 1
    """How many images are made one after the other, each from the one before."""

    @property
    def words(self) -> str:
        """The estimate as people read it."""
        if self.micros == 0:
            return "free"
        each = f" for {self.images} candidates" if self.images > 1 else ""
        if self.steps > 1:
            each = f" for {self.images} images in {self.steps} steps"
        if self.micros is None:
            return f"{self.basis}{each}"
        marks = "" if self.is_published else " (measured by others)"
        marks += " (stated by the provider)" if self.is_stated else ""
        return f"${self.micros / 1e6:.3f}{each}{marks}"


# -- before ----------------------------------------------------------------------------------------


def estimate(
    asset: Asset,
    intent: Intent,
    action: str,
    model: str | None = None,
    *,
    surface: str | None = None,
    catalog: Catalog | None = None,
    partial_images: int = 0,
    inputs: int = 0,
    text_model: str | None = None,
    descriptor: Descriptor | None = None,
) -> Estimate:
    """What doing ``action`` for ``asset`` costs on the bill of its route.

    Without ``model``, the catalogue's default is assumed. ``surface`` is the bill if the route
    does not go to its own provider.
    """
    bill = surface or route_names.bill(asset.route)
    if asset.is_adopted:
        return Estimate("", 0, None, basis="nothing draws it")
    if bill == "none":
        return Estimate(bill, 0, None, basis="drawn here")
    if action in ("nothing", "derive", "wait", "refuse"):
        return Estimate(bill, 0, None, basis="nothing to draw")
    if bill == "codex-plan":
        return Estimate(bill, None, None, basis="plan credits")
    if bill != "openai-api" and descriptor:
        known = catalog or catalogue.shipped()
        return _stated(bill, asset, intent, descriptor, known.find_sold(model))
    if bill != "openai-api":
        return Estimate(bill, None, None, basis="provider's price")
    known = catalog or catalogue.shipped()
    left_out = ["image output only"]
    if inputs or asset.inputs:
        left_out.append("without image input")
    if text_model or asset.route == "responses":
        left_out.append("without the text model")
    found = known.find(model or intent.model or known.default_image)
    return _openai(bill, intent, found, partial_images=partial_images, left_out=", ".join(left_out))


def _openai(
    bill: str, intent: Intent, model: Model | None, partial_images: int, left_out: str
) -> Estimate:
    tokens = (
        _tokens(model, intent.size, intent.quality or "auto", partial_images=partial_images)
        if model
        else None
    )
    prices = model.prices if model else None
    if tokens is None or prices is None or prices.image_out is None:
        return Estimate(bill, None, "USD", basis=f"unknown: {_unknown(model, intent)}")
    measured = f"tokens {model.tokens_source}, " if model and model.tokens_source else ""
    return Estimate(
        bill,
        _whole(tokens * prices.image_out),
        "USD",
        basis=f"{measured}catalogue {prices.as_of}, {left_out}",
        is_published=not measured,
    )


def _stated(
    bill: str, asset: Asset, intent: Intent, found: Descriptor, model: Model | None
) -> Estimate:
    """The price that a gateway publishes, on its own bill."""
    size = asset.asked_size or ""
    width, _, height = size.partition("x")
    sides = (int(width), int(height)) if height else None
    tiers = found.takes.get("resolution")
    tier = shapes.nearest((), tiers.values, *sides).tier if tiers and sides else None
    tokens = (
        _tokens(model, size, intent.quality or "auto", partial_images=0)
        if model and sides
        else None
    )
    pixels = sides[0] * sides[1] if sides else None
    micros = descriptors.price(found, tier, pixels, tokens, inputs=len(asset.inputs))
    if micros is None:
        return Estimate(bill, None, None, basis="provider's price")
    return Estimate(
        bill, micros, "USD", basis=f"stated by the provider, read on {found.as_of}", is_stated=True
    )


def _unknown(model: Model | None, intent: Intent) -> str:
    """Why the price of an image is not known before it is drawn."""
    if model is None:
        return "the model is not in the catalogue"
    if model.prices is None or model.prices.image_out is None:
        return "the catalogue has no price for the model"
    if model.tokens is None:
        return "no token counts are published for the model"
    if model.tokens_source and not _left_open(intent):
        return "no token counts are published for this size and quality of the model"
    if open_keys := _left_open(intent):
        verb = "is" if len(open_keys) == 1 else "are"
        return f"{' and '.join(open_keys)} {verb} left to the model"
    return "the catalogue has no price for this size and quality"


def _left_open(intent: Intent) -> list[str]:
    """The keys that the model decides."""
    stated = (("size", intent.size), ("quality", intent.quality))
    return [key for key, value in stated if value in (None, "auto")]


def _tokens(model: Model, size: str, quality: str, partial_images: int) -> int | None:
    """Image tokens of an image and of all requested partial images, of which fewer may arrive."""
    if isinstance(model.tokens, dict):
        tokens = model.tokens.get(size, {}).get(quality)
    else:
        tokens = (
            output_tokens(size, quality, model.steps or _STEPS)
            if model.tokens == "patches"
            else None
        )
    if tokens is None or not partial_images:
        return tokens
    each = model.partial_image_tokens
    return tokens + each * partial_images if each is not None else None


#: Patches along the longer side of an image of gpt-image-2.
_STEPS = {"low": 16, "medium": 48, "high": 96}


def output_tokens(size: str, quality: str, patches: Mapping[str, int] = _STEPS) -> int | None:
    """Image tokens of an image by a patch model; None for "auto", which the model decides.

    Source: the formula in community.openai.com/t/1382699, which agrees with every published
    reading of OpenAI's calculator at low and high quality.
    """
    steps = patches.get(quality)
    if steps is None or size == "auto":
        return None
    width, _, height = size.partition("x")
    short, long = sorted((int(width), int(height)))
    other = (2 * steps * short + long) // (2 * long)
    # No model accepts a size so narrow that the formula gives 0.
    return math.ceil(steps * other * (2_000_000 + short * long) / 4_000_000) or None


# -- after -----------------------------------------------------------------------------------------


def usage_cost(
    usage: Mapping[str, Any],
    model: str,
    catalog: Catalog,
    tool_usage: Mapping[str, Any] | None = None,
    text_model: str | None = None,
) -> Amount | None:
    """The cost of the tokens in a reply at the catalogue's prices.

    None if a count or a price is not known. With ``text_model`` the usage is that of a response:
    ``usage`` is that of the text model, and ``tool_usage`` that of the image model. The rates for
    cached tokens apply only there.
    """
    if text_model is None and tool_usage is None:
        parts = [(_image_lines(usage, cached=False), catalog.find(model))]
    else:
        image_usage = tool_usage or {}
        image_usage = image_usage.get("image_gen", image_usage)
        parts = [
            (_text_lines(usage), catalog.find(text_model)),
            (_image_lines(image_usage, cached=True), catalog.find(model)),
        ]
    total, dates = Decimal(0), set()
    for lines, found in parts:
        prices = found.prices if found else None
        amount = _sum(lines, prices)
        if amount is None or prices is None:
            return None
        total += amount
        dates.add(str(prices.as_of))
    return Amount(
        _whole(total), "USD", f"returned usage x catalogue prices of {' and '.join(sorted(dates))}"
    )


_Lines = list[tuple[str, int]]


def _sum(lines: _Lines | None, prices: Prices | None) -> Decimal | None:
    """Tokens times rates; None without the lines, or without a rate for some token."""
    if lines is None or prices is None:
        return None
    total = Decimal(0)
    for rate, tokens in lines:
        price: Decimal | None = getattr(prices, rate)
        if tokens and price is None:
            return None
        total += tokens * (price or 0)
    return total


def _text_lines(usage: Any) -> _Lines | None:
    """The text model's tokens by their rate."""
    counts = _counts(usage)
    if counts is None:
        return None
    read, written = counts
    cached = _count(_details(usage, "input_tokens_details"), "cached_tokens") or 0
    if cached > read:
        return None
    return [("text_in", read - cached), ("text_in_cached", cached), ("text_out", written)]


def _image_lines(usage: Any, *, cached: bool) -> _Lines | None:
    """The image model's tokens by their rate."""
    counts = _counts(usage)
    if counts is None:
        return None
    # Without details, the input is the prompt and the output is the image.
    read = _split(
        counts[0], _details(usage, "input_tokens_details"), "text_tokens", other="image_tokens"
    )
    written = _split(
        counts[1], _details(usage, "output_tokens_details"), "image_tokens", other="text_tokens"
    )
    kept = _kept(usage, read) if cached and read else (0, 0)
    if read is None or written is None or kept is None:
        return None
    return [
        ("text_in", read[0] - kept[0]),
        ("image_in", read[1] - kept[1]),
        ("text_in_cached", kept[0]),
        ("image_in_cached", kept[1]),
        ("image_out", written[0]),
        ("text_out", written[1]),
    ]


def _kept(usage: Mapping[str, Any], read: tuple[int, int]) -> tuple[int, int] | None:
    """Cached text and image tokens out of those ``read``; None if it is unclear which."""
    total = _count(usage, "cached_tokens")
    details = _details(usage, "cached_tokens_details")
    text, image = _count(details, "cached_text_tokens"), _count(details, "cached_image_tokens")
    if text is None and image is None:
        if total and all(read):
            return None
        text, image = (total, 0) if read[0] else (0, total)
    kept = text or 0, image or 0
    if total not in (None, sum(kept)) or kept[0] > read[0] or kept[1] > read[1]:
        return None
    return kept


def _counts(usage: Any) -> tuple[int, int] | None:
    """Tokens in and out; None if one is missing or both are 0, which means "not counted"."""
    read, written = _count(usage, "input_tokens"), _count(usage, "output_tokens")
    return (read, written) if read is not None and written is not None and read + written else None


def _split(
    total: int, details: Mapping[str, Any], usual: str, other: str
) -> tuple[int, int] | None:
    """``total`` as (usual, other), usual by default; None if the details do not add up to it."""
    rest = _count(details, other) or 0
    stated = _count(details, usual)
    first = total - rest if stated is None else stated
    return (first, rest) if first >= 0 and first + rest == total else None


def _details(usage: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = usage.get(key)
    return found if isinstance(found, Mapping) else {}


def _count(table: Any, key: str) -> int | None:
    found = table.get(key) if isinstance(table, Mapping) else None
    return found if type(found) is int and found >= 0 else None


def _whole(micros: Decimal) -> int:
    return int(micros.quantize(Decimal(1), ROUND_HALF_UP))
