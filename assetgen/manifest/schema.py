"""The types of assets.toml."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from assetgen.errors import ManifestError
from assetgen.refs.sites.framework import Framework

FILE = "assets.toml"
#: The largest manifest that is read, in bytes, and the most assets in it.
MAX_BYTES = 32 * 1024 * 1024
MAX_ASSETS = 50_000
#: The longest text for who cannot see a picture, in characters.
MAX_ALT = 2000

Severity = Literal["error", "warning", "off"]
Format = Literal["png", "jpeg", "webp", "avif"]
FORMATS: dict[str, Format] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".avif": "avif",
}
SUFFIX: dict[Format, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "avif": ".avif"}
ALPHA_FORMATS = frozenset({"png", "webp", "avif"})
#: How the name of the typed module may end.
MODULES = (".ts", ".js", ".mjs")

# $ also matches before a last line end, which (?!\n) excludes for every reader of these patterns.
Id = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*$(?!\n)",
        max_length=80,
        description="name of the asset and of its record: a-z 0-9 - and /",
    ),
]
Route = Annotated[
    str,
    Meta(
        pattern=r"^(local|images|responses|codex|gateway:[a-z0-9][a-z0-9-]*)$(?!\n)",
        description="who draws: local, images, responses, codex or gateway:NAME",
    ),
]
Colour = Annotated[
    str, Meta(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$(?!\n)", description="#rgb or #rrggbb")
]
Size = Annotated[
    str,
    Meta(
        pattern=r"^([1-9][0-9]{0,4}x[1-9][0-9]{0,4}|auto)$(?!\n)",
        description="WIDTHxHEIGHT in pixels",
    ),
]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]*$(?!\n)", max_length=60)]
Side = Annotated[int, Meta(ge=1, le=8192, description="pixels")]
Prompt = Annotated[str, Meta(max_length=32_000, description="what a painting route is asked for")]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the manifest: an unknown key in it is an error."""


class Project(_Table, frozen=True):
    """Where pictures go, and how generate leaves the repository."""

    public: Annotated[str | None, Meta(description="folder that is served at /")] = "public"
    content: Annotated[
        tuple[str, ...], Meta(description="globs of the pages that refer to pictures")
    ] = ()
    framework: Annotated[
        Framework | None, Meta(description="what builds the pages, if the files do not tell")
    ] = None
    outputs: Annotated[
        tuple[str, ...], Meta(min_length=1, description="the only folders written to")
    ] = (
        "public",
        "assets",
    )
    commit: Annotated[bool, Meta(description="generate commits what it made")] = True
    ignore: Annotated[
        tuple[str, ...], Meta(description="globs of pictures in outputs that are not ours")
    ] = ()
    record_prompts: Annotated[
        Literal["text", "digest"],
        Meta(description="whether records hold prompts or only their sha256"),
    ] = "text"
    emit: Annotated[
        str | None, Meta(description="the typed module that emit writes: .ts, .js or .mjs")
    ] = None


class Check(_Table, frozen=True, rename="kebab"):
    """How much each thing matters that check finds in pages."""

    dangling: Annotated[Severity, Meta(description="a page names a picture that is not there")] = (
        "error"
    )
    unreferenced: Annotated[Severity, Meta(description="a wanted picture that no page names")] = (
        "warning"
    )
    missing_alt: Annotated[Severity, Meta(description="a picture is shown without a text")] = (
        "error"
    )
    alt_differs: Annotated[
        Severity, Meta(description="a page and the manifest describe a picture otherwise")
    ] = "error"
    size_differs: Annotated[
        Severity, Meta(description="width and height are not those of the file")
    ] = "error"
    no_pages: Annotated[Severity, Meta(description="no file matches project.content")] = "warning"
    public_url: Annotated[Severity, Meta(description="the public folder stands in a URL")] = "error"
    ignore: Annotated[
        tuple[str, ...], Meta(description="globs of pages and pictures of which nothing is said")
    ] = ()


class PaintOptions(_Table, frozen=True):
    """What else a painting route is asked for; the catalogue says which model takes what."""

    complexity: Literal["low", "medium", "high"] | None = None
    moderation: Literal["auto", "low"] | None = None
    input_fidelity: Annotated[
        Literal["high", "low"] | None, Meta(description="how closely an edit keeps to its inputs")
    ] = None
    output_compression: (
        Annotated[int, Meta(ge=0, le=100, description="percent, for jpeg and webp")] | None
    ) = None
    partial_images: (
        Annotated[int, Meta(ge=0, le=3, description="previews while it is painted")] | None
    ) = None
    text_model: Annotated[
        str | None, Meta(description="responses: the text model that calls the image tool")
    ] = None
    in_background: Annotated[
        bool | None,
        Meta(
            description="responses: may be fetched by its id after a crash; stored by the provider"
        ),
    ] = None

    def over(self, defaults: PaintOptions) -> PaintOptions:
        """These options, and those of ``defaults`` where these say nothing."""
        own = {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not None
        }
        return msgspec.structs.replace(defaults, **own)


class Defaults(_Table, frozen=True):
    """What an asset takes when it does not say otherwise."""

    route: Route = "local"
    model: str | None = None
    quality: str | None = None
    style: Name | None = None
    options: PaintOptions | None = None


class Style(_Table, frozen=True):
    """A brand: words for prompts, colours and a font for layouts."""

    prompt: Prompt = ""
    palette: Annotated[tuple[Colour, ...], Meta(max_length=8)] = ()
    font: Annotated[str | None, Meta(description="family name of a font in templates/fonts")] = None


class Gateway(_Table, frozen=True):
    """A provider by name only: its origin and key come from the user's own configuration."""

    channel: str | None = None


class Fit(_Table, frozen=True):
    """The delivered size, derived locally from the original."""

    width: Side
    height: Side
    mode: Annotated[
        Literal["cover", "contain", "exact"],
        Meta(
            description="cover: fill and crop; contain: show all and pad; exact: refuse another ratio"
        ),
    ] = "cover"


class Variants(_Table, frozen=True):
    """More files of the same picture, derived locally: every width in every format."""

    widths: Annotated[tuple[Side, ...], Meta(max_length=16)] = ()
    formats: Annotated[tuple[Format, ...], Meta(max_length=4)] = ()


class Asset(_Table, frozen=True):
    """One wanted picture."""

    id: Id
    kind: Annotated[
        str, Meta(description="cover, infographic, ui, or a folder of your own in templates/")
    ]
    path: Annotated[
        str, Meta(description="where the picture goes; the extension decides the format")
    ]
    alt: Annotated[
        str, Meta(max_length=MAX_ALT, description='text for who cannot see it; "" if decorative')
    ]
    route: Route | None = None
    prompt: Prompt = ""
    model: str | None = None
    quality: str | None = None
    style: Name | None = None
    values: Annotated[dict[str, Any], Meta(description="what the layout sets in type")] = {}
    size: Annotated[Size | None, Meta(description="asked of the model, or drawn locally")] = None
    background: Literal["auto", "opaque", "transparent"] = "auto"
    fit: Fit | None = None
    inputs: Annotated[
        tuple[str, ...], Meta(max_length=16, description='files, or other assets as "@id"')
    ] = ()
    mask: str | None = None
    page: Annotated[
        str | None, Meta(description="the page that gives title, description and tags")
    ] = msgspec.field(default=None, name="from")
    take: Annotated[int, Meta(ge=1, le=9999, description='2 means "give me another"')] = 1
    variants: Variants | None = None
    options: Annotated[
        PaintOptions | None, Meta(description="what else a painting route is asked for")
    ] = None

    @property
    def format(self) -> Format:
        return FORMATS["." + self.path.rpartition(".")[2].lower()]

    @property
    def is_local(self) -> bool:
        return self.route == "local"


class Target(msgspec.Struct, frozen=True):
    """One file of an asset: where it goes, how it is encoded, how wide it is (None: as the asset)."""

    path: str
    format: Format
    width: int | None = None


class Manifest(_Table, frozen=True):
    """The whole of assets.toml."""

    project: Project = Project()
    check: Check = Check()
    defaults: Defaults = Defaults()
    style: dict[Name, Style] = {}
    gateway: dict[Name, Gateway] = {}
    asset: Annotated[tuple[Asset, ...], Meta(max_length=MAX_ASSETS)] = ()

    def find(self, asset_id: str) -> Asset:
        """The asset called ``asset_id``. Raises ManifestError with the nearest names."""
        for asset in self.asset:
            if asset.id == asset_id:
                return asset
        near = difflib.get_close_matches(asset_id, [a.id for a in self.asset], n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ManifestError(
            f"there is no asset {asset_id!r}{hint}", where=FILE, cure="assetgen plan --all"
        )

    def style_of(self, asset: Asset) -> Style:
        return self.style[asset.style] if asset.style else Style()

    def model_of(self, asset: Asset) -> str | None:
        """The model that will be asked: the asset's own, else the default."""
        return asset.model or self.defaults.model

    def options_of(self, asset: Asset) -> PaintOptions:
        """What the asset asks of a painting route beyond the common keys, with the defaults filled in."""
        return (asset.options or PaintOptions()).over(self.defaults.options or PaintOptions())


def targets(asset: Asset) -> tuple[Target, ...]:
    """Every file of the asset, the main one first."""
    found = [Target(asset.path, asset.format)]
    if asset.variants:
        stem = asset.path.rpartition(".")[0]
        formats = asset.variants.formats or (asset.format,)
        for fmt in formats:
            if not asset.variants.widths and fmt != asset.format:
                found.append(Target(stem + SUFFIX[fmt], fmt))
            found += [
                Target(f"{stem}-{width}{SUFFIX[fmt]}", fmt, width)
                for width in asset.variants.widths
            ]
    return tuple(found)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of assets.toml, for editors."""
    schema = msgspec.json.schema(Manifest)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "assetgen manifest",
        **schema,
    }


def normal(text: str) -> str:
    """Text as it is digested: NFC, LF, no outer white space, so that an editor or a checkout changes nothing."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def references(asset: Asset) -> Iterator[tuple[str, str]]:
    """The pictures that the asset's own keys name, as (key, "@id" or path)."""
    for reference in asset.inputs:
        yield "inputs", reference
    if asset.mask is not None:
        yield "mask", asset.mask
