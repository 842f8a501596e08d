"""What of a provider's file is published: all of it, if it can be, and never encoded again.

A few parts are cut out: bytes behind the end of the image, further frames, parts that contain the
prompt or another kind of file, and statements of another source type than the record's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assetgen.errors import StorageError
from assetgen.image import avif_items, decode, parts, xmp
from assetgen.image.part import Part

#: How files begin that programs run or unpack.
_OTHER_FILE = re.compile(rb"<\?php|<script|<html|<!doctype html|<svg|<%|PK\x03\x04|%PDF-|#!/", re.I)
#: Parts with more text than this are not searched but cut out, in bytes.
_MOST_TEXT = 512 * 1024
#: A prompt is recognised by any of its pieces of this length, without blanks and punctuation.
_PIECE, _SHORTEST, _MOST_PIECES = 24, 8, 400
#: As a text that no file may contain: any text, because the real one is not known.
ANY = ""
_ORIENTATION = (b"Exif", b"tiff:Orientation", b"II*\0", b"MM\0*")


def cleaned(data: bytes, source_type: str | None, private: Iterable[str]) -> bytes | None:
    """The bytes to publish of a provider's file, without a mark of ours.

    A file with Content Credentials stays byte for byte. ``private`` are texts that no file may
    contain (see ``ANY``). None if the picture must be encoded: it is stored turned, it moves, or a
    part cannot be cut out.
    """
    try:
        found = parts.split(data)
        if any(part.kind == "credentials" for part in found):
            return data
        if _is_turned(data, found) or _moves(data, found):
            return None
        unwanted = _unwanted(found, source_type, list(private))
        left = parts.without(data, [one for one in unwanted if not _is_blank_end(data, one)])
        return avif_items.sized(left) if left and parts.form(left) == "avif" else left
    except (ValueError, StorageError):
        return None


def without_claims(data: bytes, source_type: str) -> bytes | None:
    """``data`` without XMP that states another source type; None if it cannot be cut out."""
    try:
        found = parts.split(data)
    except ValueError:
        return data
    wrong = [
        one
        for one in found
        if one.kind == "xmp" and (one.is_too_much or xmp.contradicts(one.text, source_type))
    ]
    return parts.without(data, wrong)


def _moves(data: bytes, found: Sequence[Part]) -> bool:
    """Whether a file has no still picture: a PNG without its further frames is one."""
    return parts.form(data) != "png" and any(part.kind == "frames" for part in found)


def _is_turned(data: bytes, found: Sequence[Part]) -> bool:
    """Whether readers turn the picture (EXIF orientation); of AVIF they read a property only."""
    if parts.form(data) == "avif":
        return False
    told = [one for one in found if one.kind in ("metadata", "xmp")]
    may_be = any(one.is_too_much or any(sign in one.text for sign in _ORIENTATION) for one in told)
    return may_be and decode.decode_turned(data)[1]


def _is_blank_end(data: bytes, part: Part) -> bool:
    """Whether only blanks are behind the end of a format that is read from its start."""
    return (
        part.kind == "behind"
        and parts.form(data) in ("png", "jpeg")
        and not part.text.strip(b"\0\r\n\t ")
    )


def _unwanted(found: Sequence[Part], source_type: str | None, private: list[str]) -> list[Part]:
    pieces = [piece for text in private for piece in _pieces(text)]
    return [
        part
        for part in found
        if part.kind in ("frames", "behind")
        or (
            part.kind in ("metadata", "xmp")
            and (ANY in private or part.is_too_much or _is_unwanted(part.text, source_type, pieces))
        )
    ]


def _is_unwanted(text: bytes, source_type: str | None, pieces: Sequence[str]) -> bool:
    if len(text) > _MOST_TEXT or _OTHER_FILE.search(text.replace(b"\0", b"")):
        return True
    if source_type is not None and xmp.contradicts(text, source_type):
        return True
    said = _letters(text.decode("utf-8", "replace"))
    return any(piece in said for piece in pieces)


def _pieces(text: str) -> list[str]:
    """Pieces of a prompt, one after the other; of a short one, all of it."""
    letters = _letters(text)
    if len(letters) < _SHORTEST:
        return []
    starts = range(0, max(1, len(letters) - _PIECE + 1), max(1, len(letters) // _MOST_PIECES))
    return [letters[at : at + _PIECE] for at in starts]


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
