"""The machine-readable mark in a file: XMP with the IPTC digital source type. Never a prompt.

Sources: IPTC Photo Metadata 2025.1, "Digital Source Type"; PNG 3rd edition, iTXt; Adobe XMP part 3.
"""

from __future__ import annotations

import re

from assetgen.errors import StorageError
from assetgen.image import parts
from assetgen.record.record import IPTC
from assetgen.record.schema import Credentials

_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about=""'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="assetgen">'
    "<Iptc4xmpExt:DigitalSourceType>{type}</Iptc4xmpExt:DigitalSourceType>{system}"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
#: How a packet ends, and how it ends with one blank of padding, which means nothing to readers.
END, PADDED_END = b'<?xpacket end="w"?>', b' <?xpacket end="w"?>'
#: The property as an element, an attribute or a reference, as other programs write it.
_SOURCE = re.compile(
    rb"DigitalSourceType(?:>|\s+rdf:resource)?\s*(?:=\s*[\"'])?\s*"
    rb"https?://cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]+)"
)
_PROPERTY = b"digitalsourcetype"

#: The source types that assetgen writes (https://cv.iptc.org/newscodes/digitalsourcetype/).
SOURCE_TYPES = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "algorithmicMedia",
        "dataDrivenMedia",
    }
)


def packet(source_type: str, system: str | None = None) -> bytes:
    """The XMP packet for a picture of ``source_type``, about 0.6 KB.

    ``system`` names the AI that drew the picture.
    Raises StorageError for a type that assetgen does not write.
    """
    if source_type not in SOURCE_TYPES:
        raise StorageError(
            f"{source_type!r} is not an IPTC digital source type that assetgen writes"
        )
    name = (system or "").replace("&", "&amp;").replace("<", "&lt;")
    used = f"<Iptc4xmpExt:AISystemUsed>{name}</Iptc4xmpExt:AISystemUsed>" if name else ""
    return _PACKET.format(type=IPTC + source_type, system=used).encode()


def _ours() -> re.Pattern[bytes]:
    """A packet that assetgen wrote, whatever type and system it states."""
    start, _, rest = _PACKET.partition("{type}")
    middle, _, end = rest.partition("{system}")
    before_end = end.removesuffix(END.decode())
    pieces = [re.escape(text.encode()) for text in (start + IPTC, middle, before_end)]
    system = rb"(?:<Iptc4xmpExt:AISystemUsed>[^<]*</Iptc4xmpExt:AISystemUsed>)?"
    form = pieces[0] + rb"([A-Za-z]+)" + pieces[1] + system + pieces[2]
    return re.compile(form + b" ?" + re.escape(END))


#: A packet of assetgen; its group is the source type.
OURS = _ours()


def has_credentials(data: bytes) -> bool:
    """Whether a file has a C2PA manifest (PNG chunk caBX, JUMBF box, WebP chunk C2PA)."""
    return bool(_manifest(data))


def _manifest(data: bytes) -> bytes:
    """The bytes of a file's C2PA manifest; b"" without one.

    It is all of a damaged file that seems to have one.
    """
    try:
        found = parts.split(data)
    except ValueError:
        seems_signed = any(sign in data for sign in (b"caBX", b"jumb", b"C2PA"))
        return data if seems_signed and b"c2pa" in data else b""
    manifest = b"".join(part.text for part in found if part.kind == "credentials")
    # The search through all of a file takes longer than to split it: only where it matters.
    return manifest if manifest and b"c2pa" in data else b""


_CLAIMED = re.compile(rb"digitalsourcetype/([A-Za-z]{1,60})")


def credentials(data: bytes) -> Credentials | None:
    """The maker and source type that a file's C2PA manifest states, if it has one; not verified.

    Source: C2PA 2.1, claim_generator and claim_generator_info.name, read as CBOR text (RFC 8949).
    """
    manifest = _manifest(data)
    if not manifest:
        return None
    maker = _cbor_text(manifest, b"oclaim_generator") or _cbor_text(
        manifest, b"dname", after=b"claim_generator_info"
    )
    claimed = _CLAIMED.search(manifest)
    stated = claimed[1].decode() if claimed else None
    return Credentials(generator=maker, digital_source_type=stated)


def _cbor_text(data: bytes, key: bytes, after: bytes = b"") -> str | None:
    """The text that follows ``key`` in CBOR, behind the first ``after``."""
    start = data.find(after) if after else 0
    at = data.find(key, start) + len(key) if start >= 0 else -1
    if at < len(key) or at + 2 > len(data):
        return None
    head = data[at]
    if 0x60 <= head <= 0x77:
        size, at = head - 0x60, at + 1
    elif head == 0x78:
        size, at = data[at + 1], at + 2
    else:
        return None
    text = data[at : at + size].decode("utf-8", "replace")
    return text if text and text.isprintable() else None


def source_type(data: bytes) -> str | None:
    """The digital source type that a file's XMP states, or None if it is not marked."""
    try:
        packets = [part.text for part in parts.split(data) if part.kind == "xmp"]
    except ValueError:
        packets = [data]
    found = next(filter(None, map(_SOURCE.search, packets)), None)
    return found[1].decode() if found else None


def contradicts(text: bytes, source_type: str) -> bool:
    """Whether a part of a file states another source type, or states it in an unknown form."""
    text = text.replace(b"\0", b"")  # of UTF-16
    named = len(re.findall(_PROPERTY, _ADDRESS.sub(b"", text.lower())))
    stated = [found.decode() for found in _SOURCE.findall(text)]
    return bool(named) and not (stated and set(stated) == {source_type})


_ADDRESS = re.compile(rb"newscodes/digitalsourcetype/")
