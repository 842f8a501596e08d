"""decode: as browsers show a picture: turned, in one colour, and not larger than the memory."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from assetgen.errors import StorageError
from assetgen.image import decode

_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


def _saved(fmt: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    image = Image.new(mode, size)
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    image.save(out, fmt, **options)
    return out.getvalue()


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_as_its_exif_says(fmt: str, orientation: int) -> None:
    data = _saved(fmt, exif=_exif(orientation))
    shown = decode.facts(data)
    found, is_turned = decode.decode_turned(data)
    assert (shown.width, shown.height) == found.size
    assert found.size == ((40, 60) if orientation > 4 else (60, 40))
    assert is_turned == (orientation > 1)
    red = {1: (0, 0), 2: (59, 0), 3: (59, 39), 4: (0, 39), 5: (0, 0), 6: (39, 0), 7: (39, 59)}
    pixel = found.getpixel(red.get(orientation, (0, 59)))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200


@pytest.mark.parametrize("fmt", ["JPEG", "WEBP"])
def test_what_xmp_says_of_the_orientation_is_not_read_as_in_browsers(fmt: str) -> None:
    data = _saved(fmt, xmp=_XMP)
    assert decode.decode_turned(data)[1] is False
    assert decode.facts(data).width == 60


@pytest.mark.parametrize("value", [0, 9, 255])
def test_an_orientation_that_does_not_exist_turns_nothing(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert decode.decode_turned(_saved("JPEG", exif=exif))[1] is False


def test_a_large_jpeg_is_scaled_while_it_is_decoded() -> None:
    data = _saved("JPEG", size=(8000, 7000), quality=10)
    with pytest.raises(decode.TooManyPixels, match="8000x7000 pixels \\(56 megapixels\\)"):
        decode.decode(data)
    found = decode.decode(data, side=1000)
    assert 1000 <= max(found.size) <= 2000
    assert decode.facts(data, side=1000).width == 8000


@pytest.mark.parametrize(
    ("fmt", "size", "most"),
    [("PNG", (8000, 7000), "50$"), ("JPEG", (16000, 15700), "250$")],
    ids=["PNG", "JPEG"],
)
def test_what_cannot_be_scaled_in_memory_is_refused(
    fmt: str, size: tuple[int, int], most: str
) -> None:
    data = _saved(fmt, size=size, mode="L")
    with pytest.raises(decode.TooManyPixels, match=f"the limit is {most}"):
        decode.decode(data, side=1000)


_MOVING = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]


def _animated(fmt: str) -> bytes:
    out = io.BytesIO()
    _MOVING[0].save(out, fmt, save_all=True, append_images=_MOVING[1:], duration=50)
    return out.getvalue()


@pytest.mark.parametrize("fmt", ["GIF", "WEBP", "PNG", "AVIF"])
def test_frames_are_counted(fmt: str) -> None:
    assert decode.frames(_animated(fmt)) == 3
    assert decode.frames(_saved(fmt)) == 1


@pytest.mark.parametrize("data", [b"", b"GIF89a", _animated("GIF")[:30]], ids=["", "head", "cut"])
def test_damage_has_one_frame(data: bytes) -> None:
    assert decode.frames(data) == 1


def test_a_wide_gamut_becomes_srgb_where_profiles_are_not_read() -> None:
    # Red and green changed places: a profile that nobody can miss.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    grey = _saved("TIFF", mode="L", icc_profile=profile.tobytes())
    assert decode.decode(grey, decode.STILLS).info == {}
    image = Image.new("RGB", (1, 1), (200, 100, 50))
    image.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    found = decode.in_srgb(image)
    assert found.info.get("icc_profile") is None
    assert found.getpixel((0, 0)) == (200, 100, 50)


def test_a_profile_that_cannot_be_read_is_dropped() -> None:
    image = Image.new("RGB", (1, 1), (200, 100, 50))
    image.info["icc_profile"] = b"nonsense"
    assert decode.in_srgb(image).getpixel((0, 0)) == (200, 100, 50)


def test_the_name_of_a_format_is_in_the_error() -> None:
    with pytest.raises(StorageError, match="PNG, JPEG, WebP, AVIF, GIF or TIFF picture"):
        decode.decode(b"%PDF-1.7", decode.STILLS)


@pytest.mark.parametrize(
    ("cut", "cure"), [(200, "replace p.jpg with a whole file"), (0, "convert p.jpg to PNG")]
)
def test_a_file_that_is_cut_off_is_replaced_and_not_converted(cut: int, cure: str) -> None:
    out = io.BytesIO()
    Image.effect_noise((90, 90), 50).save(out, "JPEG")
    data = out.getvalue()[:-cut] if cut else b"no picture at all"
    with pytest.raises(StorageError) as caught:
        decode.decode(data)
    assert cure in str(decode.cure(caught.value, "p.jpg"))
