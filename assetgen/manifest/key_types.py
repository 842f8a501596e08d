"""The types of the keys of assets.toml."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from assetgen import route_names

Severity = Literal["error", "warning", "off"]
Format = Literal["png", "jpeg", "webp", "avif"]

# $ also matches before a last line end; (?!\n) excludes it for every reader of these patterns.
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
        pattern=rf"^({route_names.ROUTE_PATTERN}|{route_names.ADOPTED})$(?!\n)",
        max_length=80,
        description=f"what draws it: {route_names.ROUTES_IN_WORDS}; adopted: nothing, it exists",
    ),
]
Colour = Annotated[
    str, Meta(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$(?!\n)", description="#rgb or #rrggbb")
]
Size = Annotated[
    str,
    Meta(
        pattern=r"^([1-9][0-9]{0,4}x[1-9][0-9]{0,4}|[A-Za-z][A-Za-z0-9_-]{0,39})$(?!\n)",
        description="WIDTHxHEIGHT in pixels, or the name of a preset such as og",
    ),
]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]*$(?!\n)", max_length=60)]
# Long enough for everything that is honest; a text of megabytes is refused where it is read.
Text = Annotated[str, Meta(max_length=1000)]
Side = Annotated[int, Meta(ge=1, le=8192, description="pixels")]
Pixel = Annotated[int, Meta(ge=0, le=8191, description="pixels")]
Prompt = Annotated[str, Meta(max_length=32_000, description="what the image shows")]
#: The most candidates of one asset, on every route.
MOST_CANDIDATES = 10
Candidates = Annotated[
    int,
    Meta(
        description="how many images to buy, of which you pick one",
        extra_json_schema={"minimum": 1, "maximum": MOST_CANDIDATES},
    ),
]
#: The bytes of a kB: what fits this limit also fits one of 1024 bytes.
KB = 1000
MaxKb = Annotated[
    int,
    Meta(
        ge=1,
        le=1_000_000,
        description="the most that each of its files may weigh, in kB of 1000 bytes",
    ),
]
Keep = Annotated[
    Literal["git", "record"],
    Meta(description='what git has: files and records, or records alone ("record")'),
]

Draft = Annotated[
    bool, Meta(description="draw a placeholder that says what is missing, and buy nothing")
]
KeepOld = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]{0,2} (day|week|month|year)s?$(?!\n)",
        description='how long a file keeps its old name after path or id changed: "30 days"',
    ),
]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the manifest: an unknown key in it is an error."""


class PaintOptions(Table, frozen=True):
    """More options of a model; the catalogue lists which model accepts which."""

    complexity: Literal["low", "medium", "high"] | None = None
    moderation: Literal["auto", "low"] | None = None
    input_fidelity: Annotated[
        Literal["high", "low"] | None, Meta(description="how closely an edit follows its inputs")
    ] = None
    output_compression: (
        Annotated[int, Meta(ge=0, le=100, description="percent, for jpeg and webp")] | None
    ) = None
    partial_images: (
        Annotated[int, Meta(ge=0, le=3, description="number of previews while it is drawn")] | None
    ) = None
    text_model: Annotated[
        Text | None, Meta(description="responses: the text model that calls the image tool")
    ] = None
    in_background: Annotated[
        bool | None,
        Meta(description="responses: can be fetched by id after a crash; the provider stores it"),
    ] = None

    def over(self, defaults: PaintOptions) -> PaintOptions:
        """These options, with those of ``defaults`` for each that is not set."""
        own = {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not None
        }
        return msgspec.structs.replace(defaults, **own)


Share = Annotated[float, Meta(ge=0, le=1)]


class Fit(Table, frozen=True):
    """The size of the file, which is made locally from the original."""

    width: Side
    height: Side
    mode: Annotated[
        Literal["cover", "contain", "exact"],
        Meta(description="cover: fill, crop; contain: show all, pad; exact: refuse another ratio"),
    ] = "cover"
    focus: Annotated[
        tuple[Share, Share] | None,
        Meta(
            description="what a crop keeps: [0, 0] is the top left, [1, 1] the bottom right; "
            "without it [0.5, 0.15]"
        ),
    ] = None


class Refine(Table, frozen=True):
    """A step that changes the image of the step before, or a part of it."""

    say: Annotated[str, Meta(min_length=1, max_length=32_000, description="what changes, in words")]
    box: Annotated[
        tuple[Pixel, Pixel, Side, Side] | None,
        Meta(description="[x, y, width, height] in pixels of the image: only this part changes"),
    ] = None
    mask: Annotated[
        Text | None,
        Meta(description="a PNG of the size of the image: only its transparent part changes"),
    ] = None
    candidates: Candidates | None = None


Refinements = Annotated[
    tuple[Refine, ...],
    Meta(max_length=20, description="steps that change the image, one after the other"),
]


class Ground(Table, frozen=True):
    """The painted image behind the words of a layout: an asset of its own, ID/ground."""

    prompt: Annotated[str, Meta(max_length=32_000, description="what the image shows")]
    route: Annotated[
        Route | None, Meta(description="what paints it; without it, the route of [defaults]")
    ] = None
    model: Text | None = None
    quality: Text | None = None
    style: Annotated[Name | None, Meta(description="without it, that of the asset")] = None
    size: Annotated[
        Size | None,
        Meta(description="size to ask the model for; without it, the least that fills the image"),
    ] = None
    inputs: Annotated[
        tuple[Text, ...], Meta(max_length=16, description='files, or other assets as "@id"')
    ] = ()
    mask: Text | None = None
    take: Annotated[
        int, Meta(ge=1, le=9999, description="raise it to get another image for the same request")
    ] = 1
    candidates: Candidates | None = None
    options: Annotated[PaintOptions | None, Meta(description="more options of the model")] = None
    refine: Refinements = ()


class Variants(Table, frozen=True):
    """More files of the same image, made locally: every width in every format, or a set."""

    widths: Annotated[tuple[Side, ...], Meta(max_length=16)] = ()
    formats: Annotated[tuple[Format, ...], Meta(max_length=4)] = ()
    set: Annotated[
        Literal["favicon"] | None,
        Meta(description="favicon: favicon.ico, PNG icons of 16 to 512 px, Apple touch, maskable"),
    ] = None
