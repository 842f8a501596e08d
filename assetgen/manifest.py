"""assets.toml: which pictures are wanted. Parsed once, into frozen types, with every default applied."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

import msgspec
import tomli
from msgspec import Meta

from assetgen import paths, toml_mistakes
from assetgen.errors import ManifestError, TrustError
from assetgen.quote import brief
from assetgen.refs import globs
from assetgen.refs.framework import Framework
from assetgen.toml_lines import Key, line_of
from assetgen.toml_mistakes import value_at

FILE = "assets.toml"
#: The largest manifest that is read, in bytes, and the most assets in it.
MAX_BYTES = 32 * 1024 * 1024
MAX_ASSETS = 50_000
#: The longest text for who cannot see a picture, in characters.
MAX_ALT = 2000

Severity = Literal["error", "warning", "off"]
Format = Literal["png", "jpeg", "webp", "avif"]
FORMATS: dict[str, Format] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".avif": "avif"}
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
Colour = Annotated[str, Meta(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$(?!\n)", description="#rgb or #rrggbb")]
Size = Annotated[
    str, Meta(pattern=r"^([1-9][0-9]{0,4}x[1-9][0-9]{0,4}|auto)$(?!\n)", description="WIDTHxHEIGHT in pixels")
]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]*$(?!\n)", max_length=60)]
Side = Annotated[int, Meta(ge=1, le=8192, description="pixels")]
Prompt = Annotated[str, Meta(max_length=32_000, description="what a painting route is asked for")]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the manifest: an unknown key in it is an error."""


class Project(_Table, frozen=True):
    """Where pictures go, and how generate leaves the repository."""

    public: Annotated[str | None, Meta(description="folder that is served at /")] = "public"
    content: Annotated[tuple[str, ...], Meta(description="globs of the pages that refer to pictures")] = ()
    framework: Annotated[Framework | None, Meta(description="what builds the pages, if the files do not tell")] = None
    outputs: Annotated[tuple[str, ...], Meta(min_length=1, description="the only folders written to")] = (
        "public",
        "assets",
    )
    commit: Annotated[bool, Meta(description="generate commits what it made")] = True
    ignore: Annotated[tuple[str, ...], Meta(description="globs of pictures in outputs that are not ours")] = ()
    record_prompts: Annotated[
        Literal["text", "digest"], Meta(description="whether records hold prompts or only their sha256")
    ] = "text"
    emit: Annotated[str | None, Meta(description="the typed module that emit writes: .ts, .js or .mjs")] = None


class Check(_Table, frozen=True, rename="kebab"):
    """How much each thing matters that check finds in pages."""

    dangling: Annotated[Severity, Meta(description="a page names a picture that is not there")] = "error"
    unreferenced: Annotated[Severity, Meta(description="a wanted picture that no page names")] = "warning"
    missing_alt: Annotated[Severity, Meta(description="a picture is shown without a text")] = "error"
    alt_differs: Annotated[Severity, Meta(description="a page and the manifest describe a picture otherwise")] = "error"
    size_differs: Annotated[Severity, Meta(description="width and height are not those of the file")] = "error"
    no_pages: Annotated[Severity, Meta(description="no file matches project.content")] = "warning"
    public_url: Annotated[Severity, Meta(description="the public folder stands in a URL")] = "error"
    ignore: Annotated[tuple[str, ...], Meta(description="globs of pages and pictures of which nothing is said")] = ()


class PaintOptions(_Table, frozen=True):
    """What else a painting route is asked for; the catalogue says which model takes what."""

    complexity: Literal["low", "medium", "high"] | None = None
    moderation: Literal["auto", "low"] | None = None
    input_fidelity: Annotated[
        Literal["high", "low"] | None, Meta(description="how closely an edit keeps to its inputs")
    ] = None
    output_compression: Annotated[int, Meta(ge=0, le=100, description="percent, for jpeg and webp")] | None = None
    partial_images: Annotated[int, Meta(ge=0, le=3, description="previews while it is painted")] | None = None
    text_model: Annotated[str | None, Meta(description="responses: the text model that calls the image tool")] = None
    in_background: Annotated[
        bool | None, Meta(description="responses: may be fetched by its id after a crash; stored by the provider")
    ] = None

    def over(self, defaults: PaintOptions) -> PaintOptions:
        """These options, and those of ``defaults`` where these say nothing."""
        own = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not None}
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
        Meta(description="cover: fill and crop; contain: show all and pad; exact: refuse another ratio"),
    ] = "cover"


class Variants(_Table, frozen=True):
    """More files of the same picture, derived locally: every width in every format."""

    widths: Annotated[tuple[Side, ...], Meta(max_length=16)] = ()
    formats: Annotated[tuple[Format, ...], Meta(max_length=4)] = ()


class Asset(_Table, frozen=True):
    """One wanted picture."""

    id: Id
    kind: Annotated[str, Meta(description="cover, infographic, ui, or a folder of your own in templates/")]
    path: Annotated[str, Meta(description="where the picture goes; the extension decides the format")]
    alt: Annotated[str, Meta(max_length=MAX_ALT, description='text for who cannot see it; "" if decorative')]
    route: Route | None = None
    prompt: Prompt = ""
    model: str | None = None
    quality: str | None = None
    style: Name | None = None
    values: Annotated[dict[str, Any], Meta(description="what the layout sets in type")] = {}
    size: Annotated[Size | None, Meta(description="asked of the model, or drawn locally")] = None
    background: Literal["auto", "opaque", "transparent"] = "auto"
    fit: Fit | None = None
    inputs: Annotated[tuple[str, ...], Meta(max_length=16, description='files, or other assets as "@id"')] = ()
    mask: str | None = None
    page: Annotated[str | None, Meta(description="the page that gives title, description and tags")] = msgspec.field(
        default=None, name="from"
    )
    take: Annotated[int, Meta(ge=1, le=9999, description='2 means "give me another"')] = 1
    variants: Variants | None = None
    options: Annotated[PaintOptions | None, Meta(description="what else a painting route is asked for")] = None

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
        raise ManifestError(f"there is no asset {asset_id!r}{hint}", where=FILE, cure="assetgen plan --all")

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
            found += [Target(f"{stem}-{width}{SUFFIX[fmt]}", fmt, width) for width in asset.variants.widths]
    return tuple(found)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of assets.toml, for editors."""
    schema = msgspec.json.schema(Manifest)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "assetgen manifest", **schema}


def parse(data: bytes) -> Manifest:
    """Parse and check the bytes of assets.toml.

    Raises ManifestError naming the key, the line, the value and the cure; TrustError where the
    repository tries to decide what only its user may.
    """
    text = _text(data)
    try:
        document = tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as exc:
        raise _not_toml(exc, text) from None
    except ValueError as exc:  # numbers that Python refuses, dates out of range
        raise ManifestError(f"this holds a value that cannot be read: {exc}", where=FILE) from None
    _refuse_trust(document, text)
    if isinstance(document.get("asset"), dict):
        what = "asset: a list is needed here, this is a table"
        raise _at(text, ("asset",), what, "write [[asset]], with two brackets")
    try:
        manifest = msgspec.convert(document, Manifest, strict=True)
    except msgspec.ValidationError as exc:
        raise _explained(str(exc), document, text) from None
    except RecursionError:
        raise ManifestError("values are nested too deeply", where=FILE) from None
    manifest = _with_defaults(manifest)
    for key, what, cure in _mistakes(manifest):
        raise _at(text, key, what, cure)
    return manifest


_MERGE = re.compile(r"^(<<<<<<<|>>>>>>>)", re.M)


def _not_toml(exc: Exception, text: str) -> ManifestError:
    if conflict := _MERGE.search(text):
        line, what = (
            text.count("\n", 0, conflict.start()) + 1,
            "this is not TOML: it holds the marks of a merge conflict",
        )
        return ManifestError(what, where=f"{FILE}:{line}", cure=f"resolve the merge conflict in {FILE}")
    line = getattr(exc, "lineno", 0)
    cure = f"mend {FILE}"
    if str(exc).startswith("Invalid value"):
        cure = toml_mistakes.unquoted(text, line) or 'text needs quotes: kind = "cover"'
    return ManifestError(f"this is not TOML: {exc}", where=f"{FILE}:{line}" if line else FILE, cure=cure)


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise ManifestError(f"{len(data)} bytes is more than the limit of {MAX_BYTES}", where=FILE)
    try:
        # A byte order mark and CRLF come from Windows editors and mean nothing.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        line = data[: exc.start].count(b"\n") + 1
        raise ManifestError("this is not UTF-8 text", where=f"{FILE}:{line}", cure="save it as UTF-8") from None


def _with_defaults(manifest: Manifest) -> Manifest:
    defaults = manifest.defaults
    assets = tuple(
        msgspec.structs.replace(
            asset,
            route=asset.route or defaults.route,
            style=asset.style or defaults.style,
            prompt=normal(asset.prompt),
        )
        for asset in manifest.asset
    )
    return msgspec.structs.replace(manifest, asset=assets)


def normal(text: str) -> str:
    """Text as it is digested: NFC, LF, no outer white space, so that an editor or a checkout changes nothing."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


# -- mistakes --------------------------------------------------------------------------------------

_Mistake = tuple[tuple[str | int, ...], str, str | None]
_USER_ONLY = {"base_url", "key_env", "api_key", "key", "headers", "proxy", "verify", "profile", "limits"}


def _refuse_trust(document: Mapping[str, Any], text: str) -> None:
    gateways = document.get("gateway")
    for name, table in gateways.items() if isinstance(gateways, dict) else ():
        for key in sorted(_USER_ONLY & set(table)) if isinstance(table, dict) else ():
            line = line_of(text, ("gateway", name, key))
            raise TrustError(
                f"gateway.{name}.{key} may not stand in a repository: it decides where a key goes",
                where=f"{FILE}:{line}",
                cure=f"put it into your own ~/.config/assetgen/config.toml under [gateway.{name}]",
            )
    if "limits" in document:
        raise TrustError(
            "limits on spending may not stand in a repository",
            where=f"{FILE}:{line_of(text, ('limits',))}",
            cure="put them into your own ~/.config/assetgen/config.toml",
        )


def _mistakes(manifest: Manifest) -> Iterator[_Mistake]:
    """Everything that the types alone cannot say, in the order of the file."""
    yield from _project_mistakes(manifest.project)
    yield from _glob_mistakes(("project", "content"), manifest.project.content)
    yield from _glob_mistakes(("check", "ignore"), manifest.check.ignore)
    yield from _names_of_others(manifest, manifest.defaults, ("defaults",))
    for name, style in manifest.style.items():
        for key, what in _bad_texts({"prompt": style.prompt, "font": style.font or ""}):
            yield (("style", name, key), f"style.{name}.{what}", _TEXT_CURE)
    names: dict[str, int] = {}
    places: dict[str, str] = {}
    for index, asset in enumerate(manifest.asset):
        if asset.id in names:
            yield (("asset", index, "id"), f"id {asset.id!r} is used twice", "give one of them another id")
        names[asset.id] = index
        yield from _asset_mistakes(manifest, asset, index)
        for target in targets(asset):
            folded = target.path.lower()
            if folded in places:
                other = places[folded]
                what = f"{target.path} is already written by asset {other!r}"
                yield (("asset", index, "path"), what, "give one of them another path (case does not tell files apart)")
            places[folded] = asset.id
    for index, asset in enumerate(manifest.asset):
        for folder in _parents(asset.path.lower()):
            if folder in places:
                yield (("asset", index, "path"), f"{folder} is a file of asset {places[folder]!r}", None)
        for field, reference in references(asset):
            if reference.startswith("@") and reference[1:] not in names:
                near = difflib.get_close_matches(reference[1:], names, n=1)
                cure = f"did you mean @{near[0]}?" if near else "add that asset, or take the reference out"
                yield (("asset", index, field), f"{reference!r} is not an asset of this manifest", cure)


def references(asset: Asset) -> Iterator[tuple[str, str]]:
    """The pictures that the asset's own keys name, as (key, "@id" or path)."""
    for reference in asset.inputs:
        yield "inputs", reference
    if asset.mask is not None:
        yield "mask", asset.mask


def _parents(path: str) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _project_mistakes(project: Project) -> Iterator[_Mistake]:
    at = ("project", "outputs")
    for index, folder in enumerate(project.outputs):
        if wrong := paths.problem(folder):
            yield (at, f"{folder!r} {wrong}", "name a folder below the project")
        for other in project.outputs[:index] + project.outputs[index + 1 :]:
            if folder.startswith(other + "/"):
                yield (at, f"{folder!r} lies in {other!r}, which is an output folder itself", f"take {folder!r} out")
        if folder in project.outputs[:index]:
            yield (at, f"{folder!r} is named twice", "take one of them out")
    if project.public is not None and (wrong := paths.problem(project.public)):
        yield (("project", "public"), f"{project.public!r} {wrong}", "name a folder below the project")
    if project.emit is not None:
        yield from _emit_mistakes(project.emit)


def _emit_mistakes(path: str) -> Iterator[_Mistake]:
    at, cure = ("project", "emit"), 'write emit = "src/assets.ts"'
    if wrong := paths.problem(path):
        yield (at, f"{path!r} {wrong}", cure)
    elif not path.endswith(MODULES):
        yield (at, f"{path!r} does not end in .ts, .js or .mjs", f"{cure}: the extension decides the form")
    elif path.endswith(".d.ts"):
        yield (
            at,
            f"{path!r} is a declaration, which holds no data",
            f"{cure}, or a .js: its declarations come with it",
        )


def _glob_mistakes(at: tuple[str, str], patterns: tuple[str, ...]) -> Iterator[_Mistake]:
    for pattern in patterns:
        try:
            globs.matcher([pattern])
            if wrong := _wrong_way(pattern.removeprefix("!")):
                yield (at, f"{brief(pattern)} {wrong}", 'write it from the project\'s folder: "docs/**/*.md"')
        except ValueError as exc:
            yield (at, f"{brief(pattern)} is no glob: {exc}", 'write it as in content = ["docs/**/*.{md,mdx}"]')


def _wrong_way(pattern: str) -> str | None:
    """What is wrong with how a glob leads to the pages."""
    if pattern.startswith("/"):
        return "is absolute; globs are relative to the project"
    if ".." in pattern.split("/"):
        return "leads out of the project"
    return "has a backslash; folders are parted by /" if "\\" in pattern else None


def _asset_mistakes(manifest: Manifest, asset: Asset, index: int) -> Iterator[_Mistake]:
    def at(key: str) -> tuple[str | int, ...]:
        return ("asset", index, key)

    if wrong := next((p for p in map(paths.problem, asset.id.split("/")) if p), None):
        yield (at("id"), f"{asset.id!r} {wrong}", "choose another id")
    if wrong := paths.problem(asset.kind):
        yield (at("kind"), f"{asset.kind!r} {wrong}", "name a folder in templates/")
    yield from _path_mistakes(manifest.project, asset, index)
    yield from _names_of_others(manifest, asset, ("asset", index))
    yield from _variants_mistakes(asset, at("variants"))
    if asset.page is not None and (wrong := paths.problem_of_page(asset.page)):
        yield (at("from"), f"from = {brief(asset.page)} {wrong}", "name a page below the project")
    if not asset.is_local and not asset.prompt and not asset.page:
        yield (
            at("prompt"),
            f"asset {asset.id!r} has no prompt, and route {asset.route!r} paints from one",
            'add prompt = "what the picture shows"',
        )
    if asset.background == "transparent" and asset.format not in ALPHA_FORMATS:
        yield (at("background"), f"{asset.format} files cannot be transparent", "use .png, .webp or .avif")
    for field, reference in references(asset):
        if "://" in reference:
            yield (at(field), f"{reference!r}: URLs are not fetched", "download it into the project and name the file")
        if not reference.startswith("@") and (wrong := paths.problem(reference)):
            yield (at(field), f"{reference!r} {wrong}", "name a file below the project")
    texts = {"alt": asset.alt, "prompt": asset.prompt, "model": asset.model or "", "quality": asset.quality or ""}
    for key, what in _bad_texts({**texts, "values": asset.values}):
        yield (("asset", index, *_key(f".{key}")), what, _TEXT_CURE)


def _names_of_others(manifest: Manifest, table: Defaults | Asset, at: tuple[str | int, ...]) -> Iterator[_Mistake]:
    """A style or a gateway that ``table`` names and that there is none of."""
    if table.style is not None and table.style not in manifest.style:
        known = ", ".join(manifest.style) or "none"
        near = difflib.get_close_matches(table.style, manifest.style, n=1)
        cure = f"did you mean {near[0]}?" if near else f"add [style.{table.style}]"
        yield ((*at, "style"), f"there is no style {table.style!r}; there are: {known}", cure)
    if table.route and table.route.startswith("gateway:") and table.route[8:] not in manifest.gateway:
        name = table.route[8:]
        near = difflib.get_close_matches(name, manifest.gateway, n=1)
        cure = (
            f"did you mean gateway:{near[0]}?"
            if near
            else f"add [gateway.{name}] to {FILE}, a name only; where it is and its key stand in your own "
            "~/.config/assetgen/config.toml"
        )
        yield ((*at, "route"), f"there is no [gateway.{name}] in {FILE}", cure)


def _variants_mistakes(asset: Asset, at: tuple[str | int, ...]) -> Iterator[_Mistake]:
    if asset.variants is None:
        return
    for name in ("widths", "formats"):
        entries: tuple[int | str, ...] = getattr(asset.variants, name)
        if twice := next((entry for index, entry in enumerate(entries) if entry in entries[:index]), None):
            yield ((*at, name), f"variants.{name} names {twice} twice", "take one of them out")


def _path_mistakes(project: Project, asset: Asset, index: int) -> Iterator[_Mistake]:
    at = ("asset", index, "path")
    below = f"{project.outputs[0]}/{asset.path.lstrip('/')}"
    cure = f'write path = "{below}"' if not paths.problem(below) else "name a file below the project"
    if wrong := paths.problem(asset.path):
        yield (at, f"{asset.path!r} {wrong}", cure)
        return
    if "." not in asset.path or "." + asset.path.rpartition(".")[2].lower() not in FORMATS:
        yield (at, f"{asset.path!r} does not end in .png, .jpg, .webp or .avif", "the extension decides the format")
        return
    if not any(asset.path.startswith(folder + "/") for folder in project.outputs):
        allowed = ", ".join(project.outputs)
        yield (
            at,
            f"{asset.path!r} is not in an output folder ({allowed})",
            f"{cure}, or add its folder to project.outputs",
        )


_TEXT_CURE = "take it out, or write it as plain text"


# Categories Cc (without line feed and tab) and Cs, and the embeddings, overrides and isolates of direction.
_BAD = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def problem_of_alt(alt: str) -> str | None:
    """Say what is wrong with a text for who cannot see a picture; None if a page and the manifest can hold it."""
    if len(alt) > MAX_ALT:
        return f"alt has {len(alt)} characters; at most {MAX_ALT} are written"
    return next((what for _, what in _bad_texts(alt, "alt")), None)


def _bad_texts(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Characters that no picture or page can hold: controls, and those that turn the reading direction."""
    if isinstance(value, str):
        if bad := _BAD.search(value):
            yield at, f"{at} holds the control character U+{ord(bad[0]):04X}"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _bad_texts(inner, f"{at}.{key}" if at else str(key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _bad_texts(inner, f"{at}[{index}]")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield at, f"{at} is larger than a number in TOML may be"
    elif not isinstance(value, (int, float, bool)):
        yield at, f"{at} is a {type(value).__name__}, which a picture cannot hold"


def _explained(message: str, document: Mapping[str, Any], text: str) -> ManifestError:
    """msgspec's message with the line, the value and the nearest right name added."""
    found = toml_mistakes.explained(message, document, Manifest, _FORMS)
    key, what, cure = found.key, found.what, found.cure
    if found.unknown is not None:
        cure = _cure_of_unknown(key, found.unknown, cure or "")
    elif found.missing:
        name = value_at(document, (*key, "id")) if key[:1] == ("asset",) and len(key) == 2 else None
        what = f"{found.missing} is missing" + (f" from asset {brief(name)}" if isinstance(name, str) else "")
        cure = f"add {_EXAMPLES.get(found.missing, found.missing + ' = ...')}"
    elif key[-1:] == ("route",):
        cure = _nearest_route(value_at(document, key), document)
    return _at(text, key, what, cure or "assetgen schema prints every key and what it takes")


def _nearest_route(value: Any, document: Mapping[str, Any]) -> str | None:
    gateways = document.get("gateway")
    known = ["local", "images", "responses", "codex"]
    known += [f"gateway:{name}" for name in gateways] if isinstance(gateways, dict) else []
    near = difflib.get_close_matches(str(value), known, n=1)
    return f"did you mean {near[0]}?" if near else None


#: What people write directly under [[asset]] although it is the layout that takes it.
_OF_LAYOUTS = re.compile(
    "title|subtitle|kicker|brand|author|date|layout|theme|text|labels?|items|picture|logo|icon|unit|categories|series"
    "|cards|steps|badges|pattern|highlight"
)
_EXAMPLES = {
    "id": 'id = "launch-cover"',
    "kind": 'kind = "cover"',
    "path": 'path = "public/img/launch.png"',
    "alt": 'alt = "what is to be seen", or alt = "" for decoration',
    "width": "width = 1200",
    "height": "height = 630",
}


def _cure_of_unknown(key: Sequence[str | int], name: str, usual: str) -> str:
    of_asset = len(key) == 3 and key[0] == "asset"
    if of_asset and _OF_LAYOUTS.fullmatch(name):
        return "put it under [asset.values]: the layout takes it"
    if of_asset and name in Project.__struct_fields__ and name not in Asset.__struct_encode_fields__:
        return "put it under [project], above the first [[asset]]"
    if of_asset and usual.startswith("take it out"):
        return usual.replace("take it out", "take it out, or put it under [asset.values] if the layout takes it")
    return usual


_FORMS = {
    meta.pattern.replace("\\", "\\\\"): words
    for form, words in (
        (Id, 'made of a-z 0-9 - and /, such as id = "launch-cover"'),
        (Route, 'one of local, images, responses, codex and gateway:NAME, such as route = "local"'),
        (Colour, '#rgb or #rrggbb, such as palette = ["#0f172a"]'),
        (Size, 'WIDTHxHEIGHT in pixels or "auto", such as size = "1200x630"'),
        (Name, "made of lower-case letters, digits, - and _"),
    )
    for meta in get_args(form)[1:]
}


def _key(path: str) -> Key:
    return toml_mistakes.key_at(path, {}, Manifest)


def _at(text: str, key: Sequence[str | int], what: str, cure: str | None) -> ManifestError:
    line = line_of(text, key)
    return ManifestError(what, where=f"{FILE}:{line}" if line else FILE, cure=cure)
