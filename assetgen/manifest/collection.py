"""[[collection]]: one entry that stands for many assets, and the names of these. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from assetgen.fs import globs
from assetgen.manifest.key_types import (
    Candidates,
    Fit,
    Ground,
    Keep,
    KeepOld,
    MaxKb,
    Name,
    PaintOptions,
    Prompt,
    Route,
    Size,
    Table,
    Text,
    Variants,
)
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key
from assetgen.manifest.writes import Writes

#: The most assets that the collections of a manifest may make.
MAX_ITEMS = 200_000
#: The longest id of an asset, in characters.
MAX_ID = 80


class Collection(Table, frozen=True):
    """A rule that makes an asset for each page, row, or combination of a matrix."""

    id: Annotated[Text, Meta(description='the id of each asset, with placeholders: "og/{slug}"')]
    kind: Annotated[
        Text, Meta(description="card, cover, icon, infographic, ui, or a folder in templates/")
    ]
    path: Annotated[Text, Meta(description='the image file: "public/og/{slug}.png"')]
    alt: Annotated[Text, Meta(description='alternative text: "{title}"; "" if decorative')]
    pages: Annotated[
        Text | tuple[Text, ...] | None,
        Meta(description="glob patterns of pages: an asset for each"),
    ] = msgspec.field(default=None, name="from")
    data: Annotated[
        Text | None, Meta(description="a .csv, .tsv, .json, .yaml or .toml file: an asset a row")
    ] = None
    pointer: Annotated[
        Text | None, Meta(description='the place of the rows in data, as in "/products"')
    ] = None
    matrix: Annotated[
        dict[Name, tuple[Text, ...]],
        Meta(description="axes: an asset for each combination of their values"),
    ] = msgspec.field(default_factory=dict)
    unless: Annotated[
        dict[str, Any], Meta(description="pages or rows with one of these values are left out")
    ] = msgspec.field(default_factory=dict)
    most: (
        Annotated[int, Meta(ge=1, description="the most images to buy; needed on a paid route")]
        | None
    ) = None
    writes: Annotated[
        Text | Writes | None,
        Meta(description="the key in the front matter of each page that names its image"),
    ] = None
    route: Route | None = None
    prompt: Prompt = ""
    model: Text | None = None
    quality: Text | None = None
    style: Name | None = None
    values: Annotated[dict[str, Any], Meta(description="the values of the layout")] = msgspec.field(
        default_factory=dict
    )
    size: Size | None = None
    background: Literal["auto", "opaque", "transparent"] = "auto"
    fit: Fit | None = None
    inputs: Annotated[tuple[Text, ...], Meta(max_length=16)] = ()
    mask: Text | None = None
    candidates: Candidates | None = None
    variants: Variants | None = None
    options: PaintOptions | None = None
    draft: bool = False
    ground: Ground | None = None
    keep: Keep = "git"
    keep_old: KeepOld | None = None
    max_kb: MaxKb | None = None

    @property
    def patterns(self) -> tuple[str, ...]:
        """The glob patterns of its pages."""
        if self.pages is None:
            return ()
        return (self.pages,) if isinstance(self.pages, str) else self.pages


#: The keys of a collection in which placeholders are filled in.
FILLED = ("id", "path", "alt", "prompt", "values", "inputs", "mask", "writes", "ground")
#: The keys of a collection that assets do not have.
OWN = ("from", "data", "pointer", "matrix", "unless", "most")


@dataclass(frozen=True, slots=True)
class Origin:
    """The collection that an asset comes from, and the page or row, for messages."""

    collection: int
    label: str
    page: str | None = None
    own: Mapping[str, int] = field(default_factory=dict)
    """The values that the page states itself, with their lines in it."""


class Part(NamedTuple):
    """An asset that shows the same as others, in another theme or size."""

    family: str
    """What the id of all of them would be without theme and size."""
    theme: str
    """"" without that axis."""
    size: str
    asset_id: str


class Expansion(Struct, frozen=True):
    """The assets that collections make, as tables of TOML, and all that is wrong with them."""

    entries: Sequence[Mapping[str, Any]] = ()
    origins: Sequence[Origin] = ()
    """By entry."""
    faults: Sequence[Fault] = ()
    parts: Sequence[Part] = ()


class Origins(Struct, frozen=True):
    """Where the assets after the first ones come from."""

    first: int = 0
    """The number of assets that the manifest lists itself."""
    of: Sequence[Origin] = ()
    grounds: Callable[[Key], Key] = lambda key: key
    """The key below its cover of one below a ground."""

    def find(self, key: Key) -> Origin | None:
        """The origin of the asset that ``key`` is in; None if the manifest lists it itself."""
        key = self.grounds(key)
        if key[:1] != ("asset",) or len(key) < 2 or not isinstance(key[1], int):
            return None
        number = key[1] - self.first
        return self.of[number] if 0 <= number < len(self.of) else None

    def stated(self, key: Key) -> Key:
        """The key that the manifest has for ``key``: that of the collection, or the same."""
        origin, key = self.find(key), self.grounds(key)
        return ("collection", origin.collection, *key[2:]) if origin else key


# -- names -----------------------------------------------------------------------------------------

# Files that are named after what they are, not after the page.
_NAMELESS = frozenset({"index", "_index", "page", "+page", "readme"})
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}[-_](?=.)")
_GROUP = re.compile(r"\(.*\)|@.*")
_PARAMETER = re.compile(r"\[{1,2}(?:\.{3})?([^\[\]]+)\]{1,2}")


def slug(page: str, patterns: Iterable[str], *, own: str = "", locale: str = "") -> str:
    """The name of a page below the fixed folder of its pattern, as in a URL: "2026/my-post".

    ``own`` is the slug in its front matter, which replaces the last part, unless it is the name of
    an index file. ``locale`` is left out where it is a folder or a suffix of the name.
    """
    below = page[len(_base(page, patterns)) :].strip("/")
    *folders, name = unicodedata.normalize("NFC", below).split("/")
    stem = name.rpartition(".")[0] or name
    if locale:
        folders = [one for one in folders if one != locale]
        stem = stem.removesuffix(f".{locale}")
    parts = [*(one for one in folders if not _GROUP.fullmatch(one)), _DATED.sub("", stem)]
    if parts[-1].lower() in _NAMELESS:
        parts = parts[:-1] or ["index"]
    if own and own.lower() not in _NAMELESS:
        parts[-1] = unicodedata.normalize("NFC", own)
    return "/".join(filter(None, (_word(part) for part in parts))) or "index"


def _word(part: str) -> str:
    """A part of a URL: without blanks, capitals, and the brackets of a parameter."""
    return "-".join(_PARAMETER.sub(r"\1", part).lower().split())


def _base(page: str, patterns: Iterable[str]) -> str:
    """The fixed folder of the first pattern that matches ``page``."""
    for pattern in patterns:
        if not pattern.startswith("!") and globs.matcher([pattern])(page):
            base = next(iter(globs.bases([pattern])))
            return base if not base or page.startswith(f"{base}/") else page.rpartition("/")[0]
    return ""


#: What stands for a theme or a size in the id of a family.
NO_AXIS = "\0"
_AXES = re.compile(rf"[-_.]*{NO_AXIS}[-_.{NO_AXIS}]*")


def family_id(name: str) -> str:
    """The id of a family: ``name`` without the places of its axes, and what is around them."""
    parts = (_AXES.sub("-", part).strip("-") for part in name.split("/"))
    return asset_id("/".join(filter(None, parts)))


_NOT_IN_IDS = re.compile(r"[^a-z0-9/-]")


def asset_id(name: str, longest: int = MAX_ID) -> str:
    """``name`` as an id: what ids cannot contain becomes ``-``, and a digest keeps it unique."""
    name = unicodedata.normalize("NFC", name)
    plain = _NOT_IN_IDS.sub("-", name)
    parts = [part.strip("-") for part in plain.split("/")]
    made = "/".join(filter(None, parts))
    if made == name and len(made) <= longest:
        return made
    ending = sha256(name.encode()).hexdigest()[:6]
    kept = made[: longest - len(ending) - 1].strip("/-")
    return f"{kept}-{ending}" if kept else ending
