"""A mark goes into a finished file and out again: no pixel and no other part of it changes."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from assetgen.image import decode, derive, marking, plain, xmp
from assetgen.manifest.schema import Asset, Format
from tests.support.images import with_mark

_PACKET = xmp.packet("trainedAlgorithmicMedia")
_SUFFIX = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "AVIF": "avif"}


def _image(mode: str, size: tuple[int, int]) -> Image.Image:
    image = Image.effect_noise(size, 60).convert("RGB")
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(size))
    return image.convert(mode)


def _picture(fmt: str, mode: str = "RGB", size: tuple[int, int] = (61, 43), **more: Any) -> bytes:
    out = io.BytesIO()
    _image(mode, size).save(out, fmt, **more)
    return out.getvalue()


_PROFILE = b"\0\0\2\x0cADBE" + bytes(516)
_FOREIGN = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><note/></x:xmpmeta>'
_TEXT = PngImagePlugin.PngInfo()
_TEXT.add_text("Comment", "kept")
_EXIF = Image.Exif()
_EXIF[0x112] = 6
_KINDS = {
    "PNG": _picture("PNG"),
    "PNG with alpha": _picture("PNG", "RGBA"),
    "PNG with a text": _picture("PNG", pnginfo=_TEXT),
    "PNG with a profile": _picture("PNG", icc_profile=_PROFILE),
    "PNG with a palette": _picture("PNG", "P"),
    "JPEG": _picture("JPEG"),
    "JPEG, progressive": _picture("JPEG", progressive=True),
    "JPEG, grey": _picture("JPEG", "L"),
    "JPEG, CMYK": _picture("JPEG", "CMYK"),
    "JPEG with Exif and a profile": _picture("JPEG", exif=_EXIF, icc_profile=_PROFILE),
    "JPEG with other XMP": _picture("JPEG", xmp=_FOREIGN),
    "WebP, lossy": _picture("WEBP"),
    "WebP, lossless": _picture("WEBP", lossless=True),
    "WebP, lossless with alpha": _picture("WEBP", "RGBA", lossless=True),
    "WebP, lossy with alpha": _picture("WEBP", "RGBA"),
    "WebP with a profile": _picture("WEBP", icc_profile=_PROFILE),
    "WebP with Exif": _picture("WEBP", exif=_EXIF),
    "WebP with other XMP": _picture("WEBP", xmp=_FOREIGN),
    "AVIF": _picture("AVIF"),
    "AVIF with alpha": _picture("AVIF", "RGBA"),
    "AVIF with Exif": _picture("AVIF", exif=_EXIF),
    "AVIF with a profile": _picture("AVIF", icc_profile=_PROFILE),
    "AVIF with other XMP": _picture("AVIF", xmp=_FOREIGN),
    "AVIF of one pixel": _picture("AVIF", size=(1, 1)),
}


def _form(data: bytes) -> Format:
    return decode.facts(data).format


def _marked(data: bytes) -> bytes:
    return with_mark(data, _PACKET)


def _pixels(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image.mode, image.size, image.tobytes()


@pytest.mark.parametrize("data", _KINDS.values(), ids=_KINDS)
def test_a_mark_changes_no_pixel_and_comes_out_without_a_trace(data: bytes) -> None:
    found = _marked(data)
    assert xmp.source_type(found) == "trainedAlgorithmicMedia"
    assert _pixels(found) == _pixels(data)
    assert decode.facts(found) == decode.facts(data)
    assert hashlib.sha256(marking.unmarked(found)).digest() == hashlib.sha256(data).digest()


@pytest.mark.parametrize("data", _KINDS.values(), ids=_KINDS)
def test_everything_else_in_the_file_stays(data: bytes) -> None:
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(_marked(data))) as after:
        for image in (before, after):
            image.load()
        known = ("icc_profile", "exif", "Comment", "dpi")
        assert [before.info.get(name) for name in known] == [after.info.get(name) for name in known]


@pytest.mark.parametrize("fmt", _SUFFIX)
def test_a_reader_of_xmp_finds_the_packet(fmt: str) -> None:
    with Image.open(io.BytesIO(_marked(_picture(fmt)))) as image:
        image.load()
        found = image.info.get("xmp") or image.info["XML:com.adobe.xmp"].encode()
        assert found == _PACKET


@pytest.mark.parametrize("fmt", _SUFFIX)
def test_two_marks_come_out_one_by_one(fmt: str) -> None:
    first = _marked(_picture(fmt))
    second = marking.marked(first, _form(first), xmp.packet("algorithmicMedia", "a <b> & c"))
    assert second is not None
    assert xmp.source_type(marking.unmarked(marking.unmarked(second))) is None


@pytest.mark.parametrize("data", _KINDS.values(), ids=_KINDS)
def test_a_file_without_our_mark_stays_as_it_is(data: bytes) -> None:
    assert marking.unmarked(data) == data


def test_what_is_no_picture_stays_as_it_is() -> None:
    for data in (b"", _PACKET, b"RIFF" + _PACKET, b"\xff\xd8\xff" + _PACKET, b"abcdftyp" + _PACKET):
        assert marking.unmarked(data) == data


def test_damage_is_refused_and_never_raises() -> None:
    chance = random.Random(4)
    for data in _KINDS.values():
        for _ in range(60):
            at = chance.randrange(len(data))
            for broken in (data[:at], data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]):
                found = marking.marked(broken, _form(data), _PACKET)
                if found is not None:
                    assert marking.unmarked(found) in (broken, found)
                plain.is_plain(broken, _form(data))


# -- what is delivered -----------------------------------------------------------------------------


def _delivered(data: bytes, fmt: str, **more: Any) -> bytes:
    asset = Asset(id="a", kind="cover", path=f"public/a.{_SUFFIX[fmt]}", alt="")
    [file] = derive.derive(data, asset, "trainedAlgorithmicMedia", **more)
    return file.data


@pytest.mark.parametrize("fmt", _SUFFIX)
def test_the_bytes_of_a_provider_are_delivered_with_a_mark_and_can_be_had_back(fmt: str) -> None:
    data = _picture(fmt)
    assert derive.holds_only_a_picture(data)
    found = _delivered(data, fmt)
    assert xmp.source_type(found) == "trainedAlgorithmicMedia"
    assert marking.unmarked(found) == data


@pytest.mark.parametrize("fmt", _SUFFIX)
def test_content_credentials_are_delivered_byte_for_byte(fmt: str) -> None:
    data = _signed(_picture(fmt), fmt)
    assert xmp.has_credentials(data)
    assert _delivered(data, fmt) == data


def test_a_file_that_states_its_source_type_gets_no_second_one() -> None:
    data = _picture("WEBP", xmp=xmp.packet("compositeWithTrainedAlgorithmicMedia"))
    assert _delivered(data, "WEBP") == data


def test_more_than_a_picture_in_an_avif_is_noticed() -> None:
    data = _picture("AVIF")
    assert plain.is_plain(data, "avif")
    assert plain.is_plain(_marked(data), "avif")
    exif = Image.Exif()
    exif[0x10E] = "a secret"
    assert not plain.is_plain(_picture("AVIF", exif=exif), "avif")
    assert not plain.is_plain(data + struct.pack(">I", 16) + b"free" + b"a secret", "avif")
    assert not plain.is_plain(data + struct.pack(">I", 16) + b"mdat" + b"a secret", "avif")
    assert not plain.is_plain(data + b"more", "avif")


def _signed(data: bytes, fmt: str) -> bytes:
    """A picture with something that looks like a C2PA manifest in its place."""
    if fmt == "PNG":
        return data[:33] + _chunk(b"caBX", b"jumb c2pa") + data[33:]
    if fmt == "JPEG":
        return data[:2] + b"\xff\xeb\0\x14JP jumb c2pa......" + data[2:]
    if fmt == "WEBP":
        return _longer(data + b"C2PA" + struct.pack("<I", 10) + b"jumb c2pa.")
    return data + struct.pack(">I", 24) + b"uuid" + b"jumb c2pa......."


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _longer(riff: bytes) -> bytes:
    return riff[:4] + struct.pack("<I", len(riff) - 8) + riff[8:]
