"""What generate refuses before it sends anything, plan refuses in the same words."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PIL import Image

from assetgen.errors import AssetgenError
from assetgen.paid import forecast
from assetgen.plan.workspace import open_workspace
from tests.support.images import bomb, picture
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import Shop, posts


def _mask(alpha: int, size: tuple[int, int] = (60, 40), fmt: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, (0, 0, 0, alpha)).save(out, fmt)
    return out.getvalue()


def _turned(fmt: str = "JPEG", mode: str = "RGB") -> bytes:
    exif = Image.Exif()
    exif[0x112] = 6
    return picture(fmt, mode=mode, exif=exif)


_FILES: dict[str, Callable[[], bytes]] = {
    "in/in.png": picture,
    "in/in.svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "in/in.gif": lambda: picture("GIF", mode="P"),
    "in/large.png": lambda: bomb(15_000, 13_000),
    "in/turned.jpg": _turned,
    "in/empty.png": bytes,
    "in/mask.png": lambda: _mask(0),
    "in/mask.webp": lambda: _mask(0, fmt="WEBP"),
    "in/opaque.png": lambda: _mask(255),
    "in/faint.png": lambda: _mask(100),
    "in/small.png": lambda: _mask(0, (30, 20)),
    "in/stored.png": lambda: _mask(0, (60, 40)),
    "in/no-alpha.png": picture,
}


@dataclass(frozen=True)
class _Shape:
    """Keys of an asset that its route cannot do, and what is said: the message, then the cure."""

    more: str
    what: str
    cure: str
    profile: str = ""
    model: str = "gpt-image-2"
    quality: str = "low"
    size: str = "1024x1024"
    path: str = "public/a.png"


_EDIT = 'inputs = ["in/in.png"]\n'
_PAID = {
    "an SVG as input": _Shape(
        'inputs = ["in/in.svg"]', "in/in.svg cannot be sent", "convert in/in.svg to PNG"
    ),
    "a GIF as input": _Shape(
        'inputs = ["in/in.gif"]', "in/in.gif cannot be sent", "convert in/in.gif to PNG"
    ),
    "an input of 195 megapixels": _Shape(
        'inputs = ["in/large.png"]', "15000x13000 pixels", "make in/large.png smaller"
    ),
    "an empty input": _Shape('inputs = ["in/empty.png"]', "in/empty.png", "convert"),
    "a folder as input": _Shape('inputs = ["in"]', "in is not a regular file", ""),
    "a mask that is opaque": _Shape(
        _EDIT + 'mask = "in/opaque.png"', "no transparent pixel", "make the area to change"
    ),
    "a mask that is faint": _Shape(
        _EDIT + 'mask = "in/faint.png"', "no transparent pixel", "make the area to change"
    ),
    "a mask without alpha": _Shape(
        _EDIT + 'mask = "in/no-alpha.png"', "no alpha channel", "save in/no-alpha.png as PNG"
    ),
    "a mask as WebP": _Shape(
        _EDIT + 'mask = "in/mask.webp"', "is webp", "save in/mask.webp as PNG"
    ),
    "a mask of another size": _Shape(
        _EDIT + 'mask = "in/small.png"', "is 30x20", "resize in/small.png to 60x40"
    ),
    "a mask of the size as stored": _Shape(
        'inputs = ["in/turned.jpg"]\nmask = "in/stored.png"', "the first input is 40x60", "resize"
    ),
    "compression of a PNG": _Shape(
        "options = { output_compression = 50 }", "output_compression is for jpeg", "remove"
    ),
    "another ratio": _Shape(
        'fit = { width = 1200, height = 630, mode = "exact" }', "another ratio", "use mode cover"
    ),
    "a width that is too large": _Shape(
        "variants = { widths = [2048] }", "variant width 2048 is larger", "remove it"
    ),
    "a width that is too large for its crop": _Shape(
        "fit = { width = 500, height = 1000 }\nvariants = { widths = [800] }",
        "variant width 800 is larger",
        "remove it",
    ),
    "a variant of too many pixels": _Shape(
        'fit = { width = 10, height = 1000, mode = "contain" }\nvariants = { widths = [8000] }',
        "8000x800000",
        "ask for less",
    ),
}
_OF_GATEWAYS = {
    "too many pixels": _Shape(
        "", "2,500,000,000 pixels", "smaller", model="their-own", size="50000x50000"
    ),
    "a WebP that is too long": _Shape(
        "",
        "the longest side of webp",
        "ask for less",
        model="their-own",
        size="17000x1000",
        path="public/a.webp",
    ),
    "an AVIF variant that is too long": _Shape(
        'variants = { formats = ["avif"] }',
        "longest side of avif",
        "less",
        model="their-own",
        size="33000x1000",
    ),
    "a mask for OpenRouter": _Shape(
        _EDIT + 'mask = "in/mask.png"', "does not support mask", "remove mask", "openrouter"
    ),
    "moderation for OpenRouter": _Shape(
        'options = { moderation = "low" }', "does not support moderation", "remove", "openrouter"
    ),
    "previews of a gateway that has none": _Shape(
        "options = { partial_images = 2 }", "no previews", "remove partial_images", "litellm"
    ),
    "a quality that the model does not have": _Shape(
        "", "does not support quality 'ultra'", "one of low, medium, high, auto", quality="ultra"
    ),
    "a size that the model does not have": _Shape(
        "", "both sides must be multiples of 16", 'size = "992x992"', size="1000x999"
    ),
    "a ratio that another maker's model does not have": _Shape(
        "",
        "only 1:1, 4:3, 3:4, 16:9, 9:16",
        'size = "1456x1088"',
        model="recraft/recraft-v4.1",
        quality="",
        size="1536x1024",
    ),
    "no model": _Shape("", "needs a model", "add model", "no model"),
}
_ALL = {
    **{(route, name): shape for route in ("images", "responses") for name, shape in _PAID.items()},
    **{("gateway:g", name): shape for name, shape in {**_PAID, **_OF_GATEWAYS}.items()},
}
_MASKS_ON_ONE_INPUT = "a mask of the size as stored"


def _refusals(shop: Shop) -> tuple[AssetgenError | None, AssetgenError]:
    """What plan says, and what generate says."""
    conditions = shop.conditions()
    [decision] = forecast.decisions(open_workspace(shop.place.root, conditions))
    [failed] = shop.generate().failed
    return decision.problem, failed.error


@pytest.mark.parametrize(("route", "name"), every(2, _ALL), ids=lambda one: one.replace(" ", "-"))
def test_plan_refuses_what_generate_refuses_before_paying(
    bare: Place, route: str, name: str
) -> None:
    shape = _ALL[route, name]
    for path, make in _FILES.items():
        bare.write(path, make())
    with Provider() as vendor:
        shop = Shop(bare, vendor, route=route)
        if route.startswith("gateway:"):
            profile = "openai" if shape.profile in ("", "no model") else shape.profile
            shop.gateway(profile=profile)
        shop.wants("a", more=shape.more)
        text = bare.read("assets.toml").decode()
        text = text.replace('size = "1024x1024"', f'size = "{shape.size}"')
        stated = f'quality = "{shape.quality}"' if shape.quality else ""
        text = text.replace('quality = "low"', stated)
        text = text.replace('model = "gpt-image-2"', f'model = "{shape.model}"')
        if shape.profile == "no model":
            text = text.replace('model = "gpt-image-2"', "")
        bare.manifest(text.replace("public/a.png", shape.path))
        planned, generated = _refusals(shop)
        assert posts(vendor) == []
    assert shape.what in generated.what and shape.cure in str(generated.cure)
    assert planned is not None
    assert (planned.what, planned.cure) == (generated.what, generated.cure)
    assert type(planned) is type(generated)


_CODEX = """
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = ""
route = "codex"
prompt = "A plane"
{more}
"""
_LOCAL = """
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = ""
{more}
[asset.values]
title = "A"
{values}
"""
_PHOTO = 'layout = "photo"\npicture = "in/{name}"'
_FREE = {
    "six references of Codex": (
        _CODEX.format(more="inputs = [" + '"in/in.png", ' * 6 + "]"),
        "5 reference images at most",
    ),
    "an SVG for Codex": (_CODEX.format(more='inputs = ["in/in.svg"]'), "in/in.svg cannot be sent"),
    "a canvas that is too large": (
        _LOCAL.format(more='size = "9000x100"', values=""),
        "9000x100 cannot be drawn",
    ),
    "a width that is too large": (
        _LOCAL.format(more='size = "600x315"\nvariants = { widths = [1200] }', values=""),
        "variant width 1200 is larger",
    ),
    "an SVG in a layout": (
        _LOCAL.format(more="", values=_PHOTO.format(name="in.svg")),
        "in/in.svg cannot be shown",
    ),
    "an image of 195 megapixels in a layout": (
        _LOCAL.format(more="", values=_PHOTO.format(name="large.png")),
        "in/large.png cannot be shown",
    ),
}


@pytest.mark.parametrize(("manifest", "said"), _FREE.values(), ids=_FREE)
def test_plan_refuses_what_codex_and_layouts_refuse(bare: Place, manifest: str, said: str) -> None:
    for path, make in _FILES.items():
        bare.write(path, make())
    bare.manifest(manifest)
    with Provider() as vendor:
        planned, generated = _refusals(Shop(bare, vendor))
    assert planned is not None
    assert said in planned.what
    assert planned.cure
    assert (planned.what, planned.cure) == (generated.what, generated.cure)


def test_the_plan_of_an_edit_of_an_image_that_does_not_exist_yet_is_not_refused(
    bare: Place,
) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("b", more='inputs = ["@a"]\nmask = "in/mask.png"')
        bare.write("in/mask.png", _mask(0))
        later = bare.read("assets.toml").decode()
        bare.manifest(later + _LOCAL.format(more="", values=""))
        decided = forecast.decisions(open_workspace(bare.root, shop.conditions()))
        assert [one.problem for one in decided] == [None, None]


def test_the_command_exits_with_the_code_of_the_refusal(bare: Place) -> None:
    bare.write("in/in.svg", _FILES["in/in.svg"]())
    bare.manifest(_CODEX.format(more='inputs = ["in/in.svg"]'))
    ran = bare.run("plan")
    assert ran.code == 2
    assert "convert in/in.svg to PNG, JPEG or WebP" in ran.err + ran.out


def test_a_transparent_image_cannot_have_a_variant_without_transparency(bare: Place) -> None:
    bare.manifest(
        _CODEX.format(more='background = "transparent"\nvariants = { formats = ["webp", "jpeg"] }')
    )
    ran = bare.run("plan")
    assert ran.code == 2
    assert "jpeg files cannot be transparent" in ran.err
    assert "variants.formats" in ran.err
