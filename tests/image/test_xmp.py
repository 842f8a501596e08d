"""The source type in a file is readable from every format, and no file has a prompt."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from assetgen.errors import StorageError
from assetgen.image import xmp
from assetgen.record import record
from tests.support.images import with_mark


def _picture(fmt: str, packet: bytes | None = None) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, fmt, **({"xmp": packet} if packet else {}))
    return out.getvalue()


@pytest.mark.parametrize("source_type", sorted(xmp.SOURCE_TYPES))
def test_a_packet_is_well_formed_and_states_its_type(source_type: str) -> None:
    packet = xmp.packet(source_type)
    ET.fromstring(packet)
    assert xmp.source_type(packet) == source_type


@pytest.mark.parametrize("source_type", ["digitalCapture", "", "a<b", "algorithmicMedia "])
def test_another_type_is_refused(source_type: str) -> None:
    with pytest.raises(StorageError):
        xmp.packet(source_type)


def test_a_mark_in_a_png_is_found_by_assetgen_and_pillow_and_changes_no_pixel() -> None:
    bare = _picture("PNG")
    marked = with_mark(bare, xmp.packet("algorithmicMedia"))
    assert xmp.source_type(bare) is None
    assert xmp.source_type(marked) == "algorithmicMedia"
    with Image.open(io.BytesIO(marked)) as image, Image.open(io.BytesIO(bare)) as before:
        image.load()
        assert "DigitalSourceType" in str(image.info["XML:com.adobe.xmp"])
        assert image.tobytes() == before.tobytes()


def test_all_other_chunks_of_a_png_stay_byte_for_byte() -> None:
    bare = _picture("PNG")
    marked = with_mark(bare, xmp.packet("dataDrivenMedia"))
    assert marked[:33] == bare[:33]
    assert marked.endswith(bare[33:])


@pytest.mark.parametrize("fmt", ["JPEG", "WEBP", "AVIF"])
def test_a_mark_is_found_in_every_other_format(fmt: str) -> None:
    assert (
        xmp.source_type(_picture(fmt, xmp.packet("trainedAlgorithmicMedia")))
        == "trainedAlgorithmicMedia"
    )
    assert xmp.source_type(_picture(fmt)) is None


def test_the_attribute_form_that_other_programs_write_is_read_too() -> None:
    data = (
        b'<rdf:Description Iptc4xmpExt:DigitalSourceType="'
        + record.IPTC.encode()
        + b'digitalCapture"/>'
    )
    assert xmp.source_type(data) == "digitalCapture"


def test_the_address_alone_is_not_a_mark() -> None:
    assert xmp.source_type(record.IPTC.encode() + b"algorithmicMedia") is None


def test_the_system_that_drew_it_is_named_when_known() -> None:
    packet = xmp.packet("trainedAlgorithmicMedia", "a <b> & c")
    [found] = ET.fromstring(packet).iter(
        "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}AISystemUsed"
    )
    assert found.text == "a <b> & c"
