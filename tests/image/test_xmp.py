"""marking: the source type in a file, readable again from every format, and never a prompt."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from assetgen.errors import StorageError
from assetgen.image import xmp as marking
from assetgen.record import record


def _picture(fmt: str, xmp: bytes | None = None) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, fmt, **({"xmp": xmp} if xmp else {}))
    return out.getvalue()


@pytest.mark.parametrize("source_type", sorted(marking.SOURCE_TYPES))
def test_a_packet_is_well_formed_and_says_its_type(source_type: str) -> None:
    packet = marking.packet(source_type)
    ET.fromstring(packet)
    assert marking.source_type(packet) == source_type


@pytest.mark.parametrize("source_type", ["digitalCapture", "", "a<b", "algorithmicMedia "])
def test_another_type_is_refused(source_type: str) -> None:
    with pytest.raises(StorageError):
        marking.packet(source_type)


def test_a_mark_in_a_png_is_found_by_us_and_by_pillow_and_changes_no_pixel() -> None:
    bare = _picture("PNG")
    marked = marking.into_png(bare, marking.packet("algorithmicMedia"))
    assert marking.source_type(bare) is None
    assert marking.source_type(marked) == "algorithmicMedia"
    with Image.open(io.BytesIO(marked)) as image, Image.open(io.BytesIO(bare)) as before:
        image.load()
        assert "DigitalSourceType" in str(image.info["XML:com.adobe.xmp"])
        assert image.tobytes() == before.tobytes()


def test_all_other_chunks_of_a_png_stay_byte_for_byte() -> None:
    bare = _picture("PNG")
    marked = marking.into_png(bare, marking.packet("dataDrivenMedia"))
    assert marked[:33] == bare[:33]
    assert marked.endswith(bare[33:])


@pytest.mark.parametrize("fmt", ["JPEG", "WEBP", "AVIF"])
def test_a_mark_is_found_in_every_other_format(fmt: str) -> None:
    assert (
        marking.source_type(_picture(fmt, marking.packet("trainedAlgorithmicMedia")))
        == "trainedAlgorithmicMedia"
    )
    assert marking.source_type(_picture(fmt)) is None


def test_the_attribute_form_that_other_programs_write_is_read_too() -> None:
    data = (
        b'<rdf:Description Iptc4xmpExt:DigitalSourceType="'
        + record.IPTC.encode()
        + b'digitalCapture"/>'
    )
    assert marking.source_type(data) == "digitalCapture"


def test_the_address_alone_is_no_mark() -> None:
    assert marking.source_type(record.IPTC.encode() + b"algorithmicMedia") is None


def test_the_system_that_drew_it_is_named_when_known() -> None:
    packet = marking.packet("trainedAlgorithmicMedia", "a <b> & c")
    [found] = ET.fromstring(packet).iter(
        "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}AISystemUsed"
    )
    assert found.text == "a <b> & c"
