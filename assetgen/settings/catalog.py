"""Image models and text models as data: what each supports, its prices, its shutdown date.

Pure, except that catalog.toml is read once. What that file does not state is not checked.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from assetgen.cure import advice
from assetgen.errors import ManifestError

Route = Literal["images", "responses"]
Transparency = Literal["yes", "preview", "no"]
#: Millionths of a dollar per token, which is the same number as dollars per million tokens.
Rate = Decimal
Tokens = Annotated[int, Meta(ge=1)]
Side = Annotated[int, Meta(ge=1, le=65_536)]
Pixels = Annotated[int, Meta(ge=1)]
Ratio = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$")]
Tier = Annotated[str, Meta(pattern=r"^(?:[1-9][0-9]{2,4}|[1-9][0-9]?[kK])$")]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the catalogue: an unknown key in it is an error."""


class Rule(_Table, frozen=True):
    """The rule for free sizes of a model: a size must meet every part of it."""

    multiple: Side
    max_edge: Side
    max_ratio: Annotated[float, Meta(ge=1)]
    min_pixels: Pixels
    max_pixels: Pixels
    min_edge: Side = 1
    experimental_above: Pixels | None = None


class Sizes(_Table, frozen=True):
    """The popular sizes of a model, and the rule for others; without a rule, there are none."""

    named: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[1-9][0-9]*x[1-9][0-9]*$")], ...], Meta(min_length=1)
    ]
    rule: Rule | None = None
    auto: bool = True


class Prices(_Table, frozen=True):
    """Rates on OpenAI's own bill, with source and date. Cached rates apply to Responses only."""

    source: str
    as_of: datetime.date
    text_in: Rate | None = None
    text_in_cached: Rate | None = None
    image_in: Rate | None = None
    image_in_cached: Rate | None = None
    image_out: Rate | None = None
    text_out: Rate | None = None

    def __post_init__(self) -> None:
        for key in self.__struct_fields__:
            rate = getattr(self, key)
            if isinstance(rate, Decimal) and not (rate.is_finite() and rate >= 0):
                raise ValueError(f"{key} must be a price of 0 or more")


class Limits(_Table, frozen=True):
    """The rate limits of an account, by its tier."""

    images_per_minute: dict[str, Annotated[int, Meta(ge=1)]]


class Model(_Table, frozen=True):
    """One model. None means "not known": no check. An empty list means "supports none"."""

    name: str
    kind: Literal["image", "text"]
    source: str
    as_of: datetime.date
    released: datetime.date | None = None
    snapshots: tuple[str, ...] = ()
    shutdown: datetime.date | None = None
    replaced_by: str | None = None
    listed_late: bool = False
    """Whether GET /models is known to list it later than it can be used."""
    sizes: Sizes | None = None
    aspect_ratios: tuple[Ratio, ...] | None = None
    """The ratios of a model that takes no size in pixels, such as 16:9."""
    resolutions: tuple[Tier, ...] | None = None
    """The tiers of such a model, such as 2K: the side of a square with as many pixels."""
    qualities: tuple[str, ...] | None = None
    formats: tuple[str, ...] | None = None
    options: tuple[str, ...] | None = None
    """The supported ones of complexity, moderation, output_compression, partial_images."""
    input_fidelity: tuple[str, ...] | None = None
    transparency: dict[Route, Transparency] = {}
    edits: bool | None = None
    mask: bool | None = None
    max_inputs: int | None = None
    max_pictures: int | None = None
    batch: Literal["half"] | None = None
    """Its price in a batch; None if no one has published one, or seen it work there."""
    max_partial_images: int | None = None
    tokens: Literal["patches"] | dict[str, dict[str, Tokens]] | None = None
    """Image tokens of one image: by the patch formula, or a table of size and quality."""
    steps: dict[str, Tokens] | None = None
    """Patches along the longer side, by quality, where they are not those of gpt-image-2."""
    tokens_source: str | None = None
    """Who measured the tokens, if OpenAI does not publish them."""
    partial_image_tokens: Tokens | None = None
    """Image tokens that each partial image adds."""
    prices: Prices | None = None
    limits: Limits | None = None


class Catalog(_Table, frozen=True):
    """Every model by its name."""

    default_image: str
    default_text: str
    model: dict[str, Model]

    def find(self, name: str | None) -> Model | None:
        """The model of that name, or the one that ``name`` is a snapshot of."""
        if name is None or name in self.model:
            return self.model.get(name or "")
        return next((model for model in self.model.values() if name in model.snapshots), None)

    def find_sold(self, name: str | None) -> Model | None:
        """The model that a gateway sells under ``name``, which may begin with its maker."""
        return self.find(name) or self.find((name or "").rpartition("/")[2] or None)


# -- reading ---------------------------------------------------------------------------------------


@cache
def shipped() -> Catalog:
    """The catalogue that comes with assetgen."""
    import tomli

    text = (Path(__file__).parents[1] / "catalog.toml").read_text("utf-8")
    document = tomli.loads(text, parse_float=Decimal)
    named = {name: {"name": name, **table} for name, table in document["model"].items()}
    del document["preset"]  # of assetgen.manifest.presets
    return msgspec.convert({**document, "model": named}, Catalog)


def with_overrides(catalog: Catalog, tables: Mapping[str, Any], where: str = "[model]") -> Catalog:
    """``catalog`` with the user's [model."NAME"] tables, key by key; a new name is a new model.

    Raises ManifestError for a table of the wrong shape; ``where`` says whose tables they are.
    """
    models = dict(catalog.model)
    for name, table in tables.items():
        models[name] = _overridden(models.get(name), name, table, where)
    return msgspec.structs.replace(catalog, model=models)


def _overridden(known: Model | None, name: str, table: Any, where: str) -> Model:
    at = f'{where}, model."{name}"'
    if not isinstance(table, Mapping):
        raise ManifestError(
            "a model is a table", where=at, cure=advice('[model."{name}"]', name=name)
        )
    if table.get("name", name) != name:
        raise ManifestError(
            "the name differs from the name of its table", where=at, cure=advice("remove name")
        )
    prices = table.get("prices")
    if isinstance(prices, Mapping) and "as_of" not in prices:
        cure = advice("prices.as_of = the day you read them, such as 2026-11-22")
        raise ManifestError(
            "prices.as_of is missing: prices need a date, because they change",
            where=at,
            cure=cure,
        )
    stated = {**table, "source": table.get("source", where)} if known is None else dict(table)
    if isinstance(prices, Mapping):
        stated["prices"] = {**prices, "source": prices.get("source", where)}
    base = _plain(known) if known else {}
    try:
        return msgspec.convert(_merged(base, {**stated, "name": name}), Model)
    except msgspec.ValidationError as exc:
        raise ManifestError(
            _told(str(exc)),
            where=at,
            cure=advice("use the form of the entries in assetgen/catalog.toml"),
        ) from None


def _plain(model: Model) -> dict[str, Any]:
    """The tables that a model was read from, without unknown values."""
    built = msgspec.to_builtins(model, builtin_types=(Decimal, datetime.date))
    return {key: value for key, value in built.items() if value is not None}


def _merged(base: Any, over: Any) -> Any:
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
        return over
    return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}


def _told(message: str) -> str:
    """The message of msgspec in TOML terms, with the key first."""
    what, _, path = message.partition(" - at `")
    key = path.replace("`", "").removeprefix("key in ").removeprefix("$").removeprefix(".")
    told = (
        what.replace("`", "")
        .removeprefix("Object ")
        .replace("object", "a table")
        .replace(" | null", "")
    )
    if told.startswith("contains unknown field "):
        told = f"there is no key {told.rpartition(' ')[2]}"
    elif told.startswith("missing required field "):
        told = f"{told.rpartition(' ')[2]} is missing"
    return f"{key}: {told}" if key else told


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
for _form in (Catalog, Model):
    msgspec.json.Decoder(_form)
