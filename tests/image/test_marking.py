"""A mark goes into a finished file and out again: no pixel and no other part of it changes."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import tracemalloc
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from assetgen.image import decode, derive, marking, parts, plain, png, xmp
from assetgen.manifest.key_types import Format
from assetgen.manifest.schema import Asset
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


def _text(text: str, **how: Any) -> PngImagePlugin.PngInfo:
    found = PngImagePlugin.PngInfo()
    found.add_text("Comment", text, **how)
    return found


def _longer(riff: bytes) -> bytes:
    return riff[:4] + struct.pack("<I", len(riff) - 8) + riff[8:]


_PROFILE = b"\0\0\2\x0cADBE" + bytes(516)
_FOREIGN = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><note/></x:xmpmeta>'


def _exif(tag: int, value: Any) -> Image.Exif:
    found = Image.Exif()  # Pillow takes parts out of it when it writes an AVIF
    found[tag] = value
    return found


_KINDS = {
    "PNG": _picture("PNG"),
    "PNG with alpha": _picture("PNG", "RGBA"),
    "PNG with a text": _picture("PNG", pnginfo=_text("kept")),
    "PNG with a profile": _picture("PNG", icc_profile=_PROFILE),
    "PNG with a palette": _picture("PNG", "P"),
    "JPEG": _picture("JPEG"),
    "JPEG, progressive": _picture("JPEG", progressive=True),
    "JPEG, grey": _picture("JPEG", "L"),
    "JPEG, CMYK": _picture("JPEG", "CMYK"),
    "JPEG with Exif and a profile": _picture("JPEG", exif=_exif(0x112, 6), icc_profile=_PROFILE),
    "JPEG with other XMP": _picture("JPEG", xmp=_FOREIGN),
    "WebP, lossy": _picture("WEBP"),
    "WebP, lossless": _picture("WEBP", lossless=True),
    "WebP, lossless with alpha": _picture("WEBP", "RGBA", lossless=True),
    "WebP, lossy with alpha": _picture("WEBP", "RGBA"),
    "WebP with a profile": _picture("WEBP", icc_profile=_PROFILE),
    "WebP with Exif": _picture("WEBP", exif=_exif(0x112, 6)),
    "WebP with other XMP": _picture("WEBP", xmp=_FOREIGN),
    "AVIF": _picture("AVIF"),
    "AVIF with alpha": _picture("AVIF", "RGBA"),
    "AVIF with Exif": _picture("AVIF", exif=_exif(0x112, 6)),
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
                plain.cleaned(broken, "trainedAlgorithmicMedia", ["a prompt"])


# -- what is delivered -----------------------------------------------------------------------------


def _delivered(data: bytes, fmt: str, **more: Any) -> bytes:
    asset = Asset(id="a", kind="cover", path=f"public/a.{_SUFFIX[fmt]}", alt="")
    [file] = derive.derive(data, asset, "trainedAlgorithmicMedia", **more)
    return file.data


_PROMPT = "A paper plane that leaves an open notebook"
_MINE = "trainedAlgorithmicMedia"


def _provided(data: bytes) -> bytes:
    """What is published of a provider's file."""
    return _delivered(data, _form(data).upper(), private=[_PROMPT])


def _box(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I", 8 + len(inside)) + name + inside


def _comment(text: bytes) -> bytes:
    whole = _KINDS["JPEG"]
    return whole[:2] + b"\xff\xff\xfe" + struct.pack(">H", 2 + len(text)) + text + whole[2:]


def _claimed(kind: str, form: str = ">%s<") -> bytes:
    stated = form % f"http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"
    return f"<x:xmpmeta><Iptc4xmpExt:DigitalSourceType{stated}/></x:xmpmeta>".encode()


_KEPT = {
    **{name: data for name, data in _KINDS.items() if "Exif" not in name},
    "JPEG with a comment and fill bytes": _comment(b"made by a vendor"),
    **{f"{fmt} with EXIF": _picture(fmt, exif=_exif(0x131, "Vendor 1.0")) for fmt in _SUFFIX},
    "PNG with text about C2PA": _KINDS["PNG"][:33]
    + png.chunk(b"tEXt", b"Comment\0a c2pa jumb is a caBX")
    + _KINDS["PNG"][33:],
    "PNG and a line end": _KINDS["PNG"] + b"\n",
    "WebP with a chunk": _longer(_KINDS["WebP, lossy"] + b"vend\2\0\0\0ab"),
    "AVIF with a free box": _KINDS["AVIF"] + _box(b"free", b"a vendor"),
}


@pytest.mark.parametrize("data", _KEPT.values(), ids=_KEPT)
def test_a_providers_file_gets_a_mark_and_keeps_every_other_byte(data: bytes) -> None:
    found = _provided(data)
    assert xmp.source_type(found) == _MINE
    assert marking.unmarked(found) == data


_EVIL = b"<html><script>a()</script>"
_CUT = {
    **{f"{fmt} and more": data + _EVIL for fmt, data in _KINDS.items() if "Exif" not in fmt},
    "WebP and a line end": _KINDS["WebP, lossy"] + b"\n",
    "AVIF and a line end": _KINDS["AVIF"] + b"\n",
    "JPEG and a second one": _KINDS["JPEG"] * 2,
    "JPEG with a script": _comment(_EVIL),
    "JPEG with the prompt": _comment(_PROMPT.encode("utf-16")),
    "PNG with the prompt": _picture("PNG", pnginfo=_text(f"{_PROMPT}, steps 20")),
    "PNG with the packed prompt": _picture("PNG", pnginfo=_text(_PROMPT, zip=True)),
    "PNG that moves": _picture("PNG", save_all=True, append_images=[_image("RGB", (61, 43))]),
    "WebP with the prompt": _longer(
        _KINDS["WebP with a profile"] + b"EXIF" + struct.pack("<I", 42) + _PROMPT.encode()
    ),
    "WebP with another type": _picture("WEBP", xmp=_claimed("digitalCapture")),
    "JPEG with another type": _picture("JPEG", xmp=_claimed("digitalCapture", "='%s'")),
    "PNG with our own mark": with_mark(_KINDS["PNG"], xmp.packet("algorithmicMedia")),
    "PNG with a reference": with_mark(
        _KINDS["PNG"], _claimed("digitalCapture", ' rdf:resource="%s"')
    ),
    "PNG with an unknown form": with_mark(_KINDS["PNG"], _claimed("digital&#67;apture")),
}


@pytest.mark.parametrize("data", _CUT.values(), ids=_CUT)
def test_what_must_not_be_published_is_cut_out_and_no_pixel_is_encoded(data: bytes) -> None:
    found = _provided(data)
    assert xmp.source_type(found) == _MINE
    assert found.count(b"DigitalSourceType>") == 2  # the beginning and the end of ours
    assert plain.cleaned(found, _MINE, [_PROMPT]) == found
    assert _pixels(found)[1:] == _pixels(data)[1:]
    assert len(marking.unmarked(found)) < len(data)


def test_the_texts_of_a_file_fill_no_memory() -> None:
    whole, packed = _KINDS["PNG"], zlib.compress(bytes(1 << 20))
    text = png.chunk(b"zTXt", b"Comment\0\0" + packed)
    tracemalloc.start()
    parts.split(whole[:33] + text * 100 + whole[33:])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
    assert plain.cleaned(whole[:33] + text * 10 + whole[33:], _MINE, []) == whole


def test_the_items_of_a_file_fill_no_memory() -> None:
    data = _KINDS["AVIF"]
    for _ in range(6):
        data = with_mark(data, bytes(1 << 20))
    texts = [part for part in parts.split(data) if part.kind == "xmp"]
    assert [len(part.text) >> 20 for part in texts] == [1] * 4 + [0] * 2
    assert [part.is_too_much for part in texts] == [False] * 4 + [True] * 2
    assert plain.cleaned(data, _MINE, []) is None


def test_all_text_is_cut_out_where_the_prompt_is_not_known() -> None:
    found = plain.cleaned(_comment(b"made by a vendor"), _MINE, [plain.ANY])
    assert found == _KINDS["JPEG"]


@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_is_stored_turned_is_encoded_upright(fmt: str) -> None:
    found = _provided(_picture(fmt, exif=_exif(0x112, 6)))
    with Image.open(io.BytesIO(found)) as image:
        assert image.size == (43, 61)
        assert not image.getexif()


def test_an_avif_without_a_size_gets_one_and_a_mark() -> None:
    data = _KINDS["AVIF"]
    at = data.rfind(b"mdat") - 4
    found = _provided(data[:at] + bytes(4) + data[at + 4 :])
    assert marking.unmarked(found) == data


@pytest.mark.parametrize("fmt", _SUFFIX)
@pytest.mark.parametrize("more", [b"", b"\n", _EVIL])
def test_content_credentials_are_delivered_byte_for_byte(fmt: str, more: bytes) -> None:
    data = _signed(_picture(fmt, xmp=_claimed("digitalCapture"), exif=_exif(0x112, 6)), fmt) + more
    assert xmp.has_credentials(data)
    assert _provided(data) == data


@pytest.mark.parametrize("fmt", ["JPEG", "WEBP"])
def test_a_file_that_states_its_source_type_gets_no_second_one(fmt: str) -> None:
    data = _picture(fmt, xmp=_claimed(_MINE))
    assert _provided(data) == data


def _signed(data: bytes, fmt: str) -> bytes:
    """A picture with something that looks like a C2PA manifest in its place."""
    if fmt == "PNG":
        return data[:33] + png.chunk(b"caBX", b"jumb c2pa") + data[33:]
    if fmt == "JPEG":
        return data[:2] + b"\xff\xeb\0\x14JP jumb c2pa......" + data[2:]
    if fmt == "WEBP":
        return _longer(data + b"C2PA" + struct.pack("<I", 10) + b"jumb c2pa.")
    return data + struct.pack(">I", 24) + b"uuid" + b"jumb c2pa......."
