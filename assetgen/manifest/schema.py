"""The types of assets.toml."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from assetgen import route_names
from assetgen.cure import command
from assetgen.errors import ManifestError
from assetgen.manifest import presets
from assetgen.manifest.check_table import Check
from assetgen.manifest.collection import Collection
from assetgen.manifest.key_types import (
    Candidates,
    Colour,
    Draft,
    Fit,
    Format,
    Ground,
    Id,
    Keep,
    KeepOld,
    MaxKb,
    Name,
    PaintOptions,
    Prompt,
    Refinements,
    Route,
    Size,
    Table,
    Text,
    Variants,
)
from assetgen.manifest.target import ICO, Target, favicon_set
from assetgen.manifest.writes import Writes
from assetgen.refs.sites.framework import Framework

FILE = "assets.toml"
#: Its JSON Schema, for editors.
SCHEMA = ".assetgen/assets.schema.json"
#: The largest manifest that is read, in bytes.
MAX_BYTES = 32 * 1024 * 1024
#: The longest alternative text, in characters.
MAX_ALT = 2000
FORMATS: dict[str, Format] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".avif": "avif",
}
SUFFIX: dict[Format, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "avif": ".avif"}
#: The extensions of all files that are delivered.
DELIVERED = (*FORMATS, ICO)
ALPHA_FORMATS = frozenset({"png", "webp", "avif"})
#: The extensions that the typed module may have.
MODULES = (".ts", ".js", ".mjs")


class Module(Table, frozen=True):
    """A typed module that emit writes."""

    path: Annotated[
        Text, Meta(description='a .ts, .js or .mjs file; with by, a folder: "src/pictures/"')
    ]
    ids: Annotated[
        tuple[Text, ...], Meta(description="glob patterns of the ids that are in it; all if empty")
    ] = ()
    version: Annotated[
        bool, Meta(description="whether URLs end in ?v= and a digest of the file's content")
    ] = False
    by: Annotated[
        Literal["page"] | None,
        Meta(description="page: a small module for each page, and an index that loads it"),
    ] = None


class Project(Table, frozen=True):
    """Where images are written, and what generate does to the repository."""

    public: Annotated[Text | None, Meta(description="folder that the site serves at /")] = "public"
    url: Annotated[Text | None, Meta(description='where the site is: "https://example.org"')] = None
    card_version: Annotated[
        bool,
        Meta(description="whether heads name images with ?v= and a digest of their content"),
    ] = False
    content: Annotated[
        tuple[Text, ...], Meta(description="glob patterns of the pages that refer to images")
    ] = ()
    framework: Annotated[
        Framework | None, Meta(description="what builds the pages, if it is not detected")
    ] = None
    outputs: Annotated[
        tuple[Text, ...],
        Meta(min_length=1, description="the only folders that images are written to"),
    ] = (
        "public",
        "assets",
    )
    commit: Annotated[bool, Meta(description="whether generate commits what it made")] = True
    ignore: Annotated[
        tuple[Text, ...],
        Meta(description="glob patterns of images in outputs that assetgen ignores"),
    ] = ()
    record_prompts: Annotated[
        Literal["text", "digest"],
        Meta(description="whether records contain prompts or only their sha256"),
    ] = "text"
    emit: Annotated[
        Text | Module | tuple[Module, ...] | None,
        Meta(description="what emit writes: a .ts, .js or .mjs file, or tables with a path"),
    ] = None

    @property
    def modules(self) -> tuple[Module, ...]:
        """The typed modules that ``emit`` asks for."""
        match self.emit:
            case None:
                return ()
            case str():
                return (Module(self.emit),)
            case Module():
                return (self.emit,)
        return self.emit


class Defaults(Table, frozen=True):
    """What assets use for keys that they do not set."""

    route: Route = "local"
    model: Text | None = None
    quality: Text | None = None
    style: Name | None = None
    options: PaintOptions | None = None
    candidates: Candidates | None = None
    max_kb: MaxKb | None = None
    values: Annotated[
        dict[str, Any], Meta(description="values for every asset whose layout has them")
    ] = msgspec.field(default_factory=dict)


class Style(Table, frozen=True):
    """A brand: text that is added to prompts, colours and a font for layouts."""

    prompt: Prompt = ""
    palette: Annotated[tuple[Colour, ...], Meta(max_length=8)] = ()
    font: Annotated[Text | None, Meta(description="family name of a font in templates/fonts")] = (
        None
    )
    references: Annotated[
        tuple[Text, ...],
        Meta(
            max_length=16,
            description='images sent with every painted asset of the style: files, or "@id"',
        ),
    ] = ()
    max_kb: MaxKb | None = None
    values: Annotated[
        dict[str, Any], Meta(description="values for assets of this style whose layout has them")
    ] = msgspec.field(default_factory=dict)


class Gateway(Table, frozen=True):
    """A provider by name only: its address and key are in the user's own configuration."""

    channel: Text | None = None


class Asset(Table, frozen=True):
    """One requested image."""

    id: Id
    kind: Annotated[
        Text,
        Meta(
            description="card, cover, icon, infographic, ui, or your own folder in templates/; "
            "with route adopted, it may be missing"
        ),
    ]
    path: Annotated[Text, Meta(description="the image file; the extension decides the format")]
    alt: Annotated[str, Meta(max_length=MAX_ALT, description='alternative text; "" if decorative')]
    route: Route | None = None
    prompt: Prompt = ""
    model: Text | None = None
    quality: Text | None = None
    style: Name | None = None
    values: Annotated[dict[str, Any], Meta(description="the values of the layout")] = msgspec.field(
        default_factory=dict
    )
    size: Annotated[Size | None, Meta(description="size to ask the model for, or to draw at")] = (
        None
    )
    background: Literal["auto", "opaque", "transparent"] = "auto"
    fit: Fit | None = None
    inputs: Annotated[
        tuple[Text, ...], Meta(max_length=16, description='files, or other assets as "@id"')
    ] = ()
    mask: Text | None = None
    page: Annotated[
        Text | None, Meta(description="the page whose title, description and tags are used")
    ] = msgspec.field(default=None, name="from")
    writes: Annotated[
        Text | Writes | None,
        Meta(description="the key in the front matter of the page that names this image"),
    ] = None
    take: Annotated[
        int, Meta(ge=1, le=9999, description="raise it to get another image for the same request")
    ] = 1
    candidates: Candidates | None = None
    variants: Variants | None = None
    options: Annotated[PaintOptions | None, Meta(description="more options of the model")] = None
    draft: Draft = False
    ground: Ground | None = None
    keep: Keep = "git"
    keep_old: KeepOld | None = None
    max_kb: MaxKb | None = None
    refine: Refinements = ()

    @property
    def format(self) -> Format:
        return FORMATS["." + self.path.rpartition(".")[2].lower()]

    @property
    def asked_size(self) -> str | None:
        """The size to draw at or to ask for: pixels or "auto".

        Layouts are drawn at the size of a preset; painted images are fitted to it.
        """
        if (preset := presets.find(self.size)) is not None:
            return preset.size if self.is_local else None
        return self.size

    @property
    def images(self) -> int:
        """How many images are bought for it: of several, one is picked."""
        return self.candidates or 1

    @property
    def is_painted(self) -> bool:
        """Whether its route draws from a prompt, on a bill."""
        return not (self.is_local or self.is_adopted)

    @property
    def is_local(self) -> bool:
        return self.route == "local"

    @property
    def is_rebuilt(self) -> bool:
        """Whether git has only its record, from which its files are built."""
        return self.keep == "record"

    @property
    def is_adopted(self) -> bool:
        """Whether nothing makes its image: it exists, and no one asks for another."""
        return self.route == route_names.ADOPTED


class Manifest(Table, frozen=True):
    """The whole of assets.toml."""

    project: Project = Project()
    check: Check = Check()
    defaults: Defaults = Defaults()
    style: dict[Name, Style] = msgspec.field(default_factory=dict)
    gateway: dict[Name, Gateway] = msgspec.field(default_factory=dict)
    asset: tuple[Asset, ...] = ()
    collection: Annotated[tuple[Collection, ...], Meta(max_length=500)] = ()

    def find(self, asset_id: str) -> Asset:
        """The asset called ``asset_id``. Raises ManifestError with the nearest names."""
        for asset in self.asset:
            if asset.id == asset_id:
                return asset
        import difflib

        near = difflib.get_close_matches(asset_id, [a.id for a in self.asset], n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ManifestError(
            f"there is no asset {asset_id!r}{hint}", where=FILE, cure=command("assetgen plan --all")
        )

    def style_of(self, asset: Asset) -> Style:
        return self.style[asset.style] if asset.style else Style()

    def style_references(self, asset: Asset) -> tuple[str, ...]:
        """The inputs of the asset that its style gives it: they are its last ones."""
        named = set(self.style[asset.style].references) if asset.style in self.style else set()
        own = len(asset.inputs)
        while own and asset.inputs[own - 1] in named:
            own -= 1
        return asset.inputs[own:]

    def input_keys(self, asset: Asset) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The inputs of an asset, each with its key in the asset, or that of its style."""
        given = self.style_references(asset)
        own = len(asset.inputs) - len(given)
        for number, reference in enumerate(asset.inputs):
            if number < own:
                yield ("inputs", number), reference
            else:
                stated = self.style[asset.style or ""].references.index(reference)
                yield ("style", asset.style or "", "references", stated), reference

    def model_of(self, asset: Asset) -> str | None:
        """The model to ask: the asset's own, else the default."""
        return asset.model or self.defaults.model

    def options_of(self, asset: Asset) -> PaintOptions:
        """The options of the asset, with the defaults filled in."""
        return (asset.options or PaintOptions()).over(self.defaults.options or PaintOptions())


def targets(asset: Asset) -> tuple[Target, ...]:
    """Every file of the asset, the main one first."""
    found = [Target(asset.path, asset.format)]
    if asset.variants and asset.variants.set:
        found += favicon_set(asset.path)
    elif asset.variants:
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


def module_files(module: Module) -> tuple[str, ...]:
    """The files of a typed module: TypeScript, or JavaScript and its declarations."""
    stem, _, extension = module.path.rpartition(".")
    if module.by:
        return (f"{module.path}index.ts",)
    if extension == "ts":
        return (module.path,)
    return module.path, f"{stem}.d.{'mts' if extension == 'mjs' else 'ts'}"


def listed_paths(manifest: Manifest) -> frozenset[str]:
    """The paths of all files of all assets."""
    return frozenset(target.path for asset in manifest.asset for target in targets(asset))


def normal(text: str) -> str:
    """Text as it is digested, however an editor saves it: NFC, LF, no white space around it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def references_at(asset: Asset) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The images that the asset's own keys name, as "@id" or path, each with its key."""
    yield from ((("inputs", index), reference) for index, reference in enumerate(asset.inputs))
    if asset.mask is not None:
        yield ("mask",), asset.mask
    steps = enumerate(asset.refine)
    yield from ((("refine", index, "mask"), step.mask) for index, step in steps if step.mask)


def references(asset: Asset) -> tuple[Text, ...]:
    """The images that the asset's own keys name, each as "@id" or path."""
    return tuple(reference for _, reference in references_at(asset))
