"""Input images and masks as they are sent: upright, and of a format that every API accepts."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from assetgen.image import decode
from assetgen.paid import inputs
from tests.support.images import picture
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x112] = orientation
    return exif


def _stored(data: bytes) -> tuple[tuple[int, int], int]:
    """The size of the pixels as they are stored, and what Exif says of them."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image.size, image.getexif().get(0x112, 1)


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_photo_is_sent_upright(fmt: str, orientation: int) -> None:
    data = picture(fmt, exif=_exif(orientation))
    sent = inputs.of(data, "a")
    assert _stored(sent.data) == ((sent.width, sent.height), 1)
    assert (sent.width, sent.height) == ((40, 60) if orientation > 4 else (60, 40))
    assert sent.format == {"JPEG": "jpeg"}.get(fmt, "png")
    assert decode.facts(sent.data).format == sent.format
    upright = decode.decode(data)
    for place in ((2, 2), (sent.width - 3, sent.height - 3)):
        pairs = zip(_at(decode.decode(sent.data), place), _at(upright, place), strict=True)
        assert all(abs(one - other) < 16 for one, other in pairs)


def _at(image: Any, place: tuple[int, int]) -> tuple[int, ...]:
    found: tuple[int, ...] = image.getpixel(place)
    return found


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_other_bytes_are_sent_unchanged(fmt: str) -> None:
    for data in (picture(fmt), picture(fmt, exif=_exif(1))):
        assert inputs.of(data, "a").data == data


def test_a_photo_with_a_second_image_inside_is_sent_as_a_jpeg() -> None:
    out = io.BytesIO()
    first, second = (Image.new("RGB", (60, 40), colour) for colour in ("red", "lime"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    sent = inputs.of(out.getvalue(), "a")
    assert (sent.media_type, sent.width, sent.height) == ("image/jpeg", 60, 40)


@pytest.mark.parametrize("turned", ["input", "both"])
def test_an_upright_mask_fits_a_turned_photo(bare: Place, turned: str) -> None:
    bare.write("in/photo.jpg", picture("JPEG", exif=_exif(6)))
    mask = Image.new("RGBA", (40, 60) if turned == "input" else (60, 40), (0, 0, 0, 0))
    out = io.BytesIO()
    mask.save(out, "PNG", **({} if turned == "input" else {"exif": _exif(6)}))
    bare.write("in/mask.png", out.getvalue())
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a", more='inputs = ["in/photo.jpg"]\nmask = "in/mask.png"')
        shop.buys()
        sent = {name: data for name, _, _, data in posts(vendor)[0].files}
    assert _stored(sent["image"]) == ((40, 60), 1)
    assert _stored(sent["mask"]) == ((40, 60), 1)
