"""The files of a favicon set: their sizes, and what phones show of them."""

from __future__ import annotations

import io
from functools import cache
from itertools import product

import pytest
from PIL import Image, ImageDraw

from assetgen.errors import ManifestError, StorageError
from assetgen.image import derive, ico, steps, xmp
from assetgen.image.derive import Derived
from assetgen.manifest.key_types import Fit, Variants
from assetgen.manifest.schema import Asset, targets
from assetgen.record.steps import EncodeStep

_TYPE = "algorithmicMedia"
_PURPLE, _WHITE = (80, 60, 230), (255, 255, 255)


def _asset(fit: Fit | None = None) -> Asset:
    favicon = Variants(set="favicon")
    return Asset(id="a", kind="icon", path="public/i.png", alt="", variants=favicon, fit=fit)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def _icon(shape: str, side: int = 1024) -> Image.Image:
    """A cross that fills the shape, on a ground of a colour or of a gradient."""
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    mask = Image.new("L", (side, side))
    draw = ImageDraw.Draw(mask)
    if shape == "circle":
        draw.ellipse((0, 0, side - 1, side - 1), fill=255)
    elif shape == "square":
        draw.rectangle((0, 0, side, side), fill=255)
    elif shape in ("rounded", "gradient"):
        draw.rounded_rectangle((0, 0, side - 1, side - 1), side // 5, fill=255)
    ground = Image.new("RGB", (side, side), _PURPLE)
    if shape == "gradient":
        grey = Image.linear_gradient("L").resize((side, side))
        bands = [grey.point([v // 4 + least for v in range(256)]) for least in (9, 30, 120)]
        ground = Image.merge("RGB", bands)
    image.paste(ground, mask=mask)
    arm = Image.new("RGB", (side, side), (10, 20, 30) if shape == "mark" else _WHITE)
    cross = Image.new("L", (side, side))
    inside = ImageDraw.Draw(cross)
    reach = side * 0.1 if shape != "mark" else 4
    inside.rectangle((side * 0.4, reach, side * 0.6, side - reach), fill=255)
    inside.rectangle((reach, side * 0.4, side - reach, side * 0.6), fill=255)
    image.paste(arm, mask=cross)
    return image


@cache
def _files(shape: str) -> dict[str, Derived]:
    made = derive.derive(_png(_icon(shape)), _asset(), _TYPE)
    return {one.path.removeprefix("public/"): one for one in made}


def test_a_set_has_these_files() -> None:
    found = {
        name: (one.width, one.height, one.format, one.alpha)
        for name, one in _files("rounded").items()
    }
    assert found == {
        "i.png": (1024, 1024, "png", True),
        "favicon.ico": (48, 48, "ico", True),
        "apple-touch-icon.png": (180, 180, "png", False),
        **{f"i-{side}.png": (side, side, "png", True) for side in (16, 32, 48, 96, 192, 512)},
        "i-maskable-192.png": (192, 192, "png", False),
        "i-maskable-512.png": (512, 512, "png", False),
    }
    assert all(xmp.source_type(one.data) == _TYPE for one in _files("rounded").values())


def test_the_ico_has_three_images_that_pillow_reads_too() -> None:
    data = _files("rounded")["favicon.ico"].data
    assert [_opened(one).size for one in ico.images(data)] == [(16, 16), (32, 32), (48, 48)]
    assert _opened(data).info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert _opened(ico.shown(data)).size == (48, 48)
    small = ico.images(data)[0]
    assert _opened(small).tobytes() == _opened(_files("rounded")["i-16.png"].data).tobytes()


@pytest.mark.parametrize(
    "data",
    [b"", b"\0\0\1\0", b"\0\0\1\0\1\0" + bytes(16), b"\0\0\2\0" + bytes(60)],
    ids=["nothing", "a start", "an entry without an image", "a cursor"],
)
def test_a_damaged_ico_is_refused(data: bytes) -> None:
    with pytest.raises(StorageError, match=r"ico"):
        ico.images(data)


_SHAPES = ["rounded", "circle", "square", "gradient", "mark"]


@pytest.mark.parametrize("shape", _SHAPES)
def test_all_but_the_ground_is_in_the_circle_that_every_phone_shows(shape: str) -> None:
    image = _opened(_files(shape)["i-maskable-512.png"].data)
    ground = {"mark": _WHITE}.get(shape, _PURPLE)
    outside = [
        _at(image, x, y)
        for x, y in product(range(0, 512, 4), repeat=2)
        if (x - 256) ** 2 + (y - 256) ** 2 > (0.41 * 512) ** 2
    ]
    if shape == "gradient":  # nothing white
        assert max(min(pixel) for pixel in outside) < 100
    else:
        assert {max(abs(a - b) for a, b in zip(one, ground, strict=True)) for one in outside} <= {
            *range(6)
        }
    middle = _at(image, 256, 100 if shape != "mark" else 256)
    assert middle == ((10, 20, 30) if shape == "mark" else _WHITE)  # and it is still large


def test_a_light_mark_gets_a_dark_ground() -> None:
    light = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    light.paste(_WHITE, (200, 20, 300, 490))
    [found] = [one for one in derive.derive(_png(light), _asset(), _TYPE) if "touch" in one.path]
    corner, middle = (_at(_opened(found.data), *at) for at in ((2, 2), (88, 90)))
    assert max(corner) < 60 < 200 < min(middle)


def test_what_fills_its_shape_stays_as_it_is() -> None:
    photo = Image.merge("RGB", [Image.effect_noise((600, 600), 90)] * 3)
    made = {one.path: one for one in derive.derive(_png(photo), _asset(), _TYPE)}
    plain, safe = (
        _opened(made[f"public/i-{name}512.png"].data).convert("RGB") for name in ("", "maskable-")
    )
    assert plain.tobytes() == safe.tobytes()


@pytest.mark.parametrize(
    ("size", "fit", "said"),
    [
        ((40, 40), None, "this one has 40x40"),
        ((511, 511), None, "this one has 511x511"),
        ((1024, 600), None, "needs a square image of at least 512x512 pixels"),
        ((1024, 400), Fit(width=64, height=64), "this one has 1024x400"),
        ((300, 200), Fit(width=600, height=600, mode="contain"), "this one has 300x200"),
    ],
    ids=str,
)
def test_an_image_that_is_too_small_or_not_square_is_refused(
    size: tuple[int, int], fit: Fit | None, said: str
) -> None:
    with pytest.raises(ManifestError, match=said):
        derive.derive(_png(Image.new("RGB", size)), _asset(fit), _TYPE)


def test_a_horizon_at_the_edge_is_no_ground() -> None:
    land = Image.new("RGB", (512, 512), (120, 180, 250))
    ImageDraw.Draw(land).rectangle((0, 300, 512, 512), fill=(40, 120, 50))
    ImageDraw.Draw(land).ellipse((60, 60, 450, 450), fill=(250, 200, 20))
    made = {one.path: one.data for one in derive.derive(_png(land), _asset(), _TYPE)}
    assert _opened(made["public/i-maskable-512.png"]).tobytes() == land.tobytes()


def test_a_photo_is_cut_by_fit_and_a_small_fit_keeps_large_icons() -> None:
    made = derive.derive(
        _png(Image.new("RGB", (1536, 1024))), _asset(Fit(width=64, height=64)), _TYPE
    )
    assert {one.path: one.width for one in made}["public/i.png"] == 64
    assert max(one.width for one in made) == 512
    assert all(one.width == one.height for one in made)


def test_the_steps_say_what_each_file_is_for() -> None:
    told = [one for one in steps.steps(_asset()) if isinstance(one, EncodeStep)]
    assert len(told) == len(targets(_asset())) == 11
    assert {one.use for one in told if isinstance(one.use, str)} == {"ico", "touch", "maskable"}
