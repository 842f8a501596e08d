"""favicon.ico: PNG images of several sizes in one file.

Source: the ICONDIR and ICONDIRENTRY structures of Windows; PNG images in them are read by Windows
since Vista and by all browsers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from assetgen.errors import StorageError
from assetgen.image import decode, parts
from assetgen.image.png import SIGNATURE
from assetgen.manifest.target import FileFormat

_START = b"\0\0\1\0"
_HEAD, _ENTRY = struct.Struct("<HHH"), struct.Struct("<BBBBHHII")


@dataclass(frozen=True)
class FileFacts:
    """What the header of a delivered file says; of an ico, that of its largest image."""

    format: FileFormat
    width: int
    height: int
    alpha: bool


def joined(images: Sequence[bytes]) -> bytes:
    """An ico of PNG files of at most 256 pixels a side, the smallest first."""
    at = _HEAD.size + _ENTRY.size * len(images)
    entries = []
    for data in images:
        seen = decode.facts(data)
        sides = (seen.width % 256, seen.height % 256)
        entries.append(_ENTRY.pack(*sides, 0, 0, 1, 32, len(data), at))
        at += len(data)
    return b"".join([_HEAD.pack(0, 1, len(images)), *entries, *images])


def images(data: bytes) -> list[bytes]:
    """The PNG files in an ico. Raises StorageError for damage and for other files."""
    try:
        _, _, count = _HEAD.unpack_from(data)
        entries = [_ENTRY.unpack_from(data, _HEAD.size + _ENTRY.size * n) for n in range(count)]
    except struct.error as exc:
        raise StorageError("this is not a whole ico file") from exc
    found = [data[at : at + size] for *_, size, at in entries]
    if not data.startswith(_START) or not found:
        raise StorageError("this is not an ico file")
    if not all(one.startswith(SIGNATURE) and _is_whole(one) for one in found):
        raise StorageError("this ico file has an image that is not a whole PNG")
    return found


def _is_whole(png: bytes) -> bool:
    try:
        return bool(parts.split(png))
    except ValueError:
        return False


def is_one(data: bytes) -> bool:
    return data.startswith(_START)


def facts(data: bytes) -> FileFacts:
    """``decode.facts`` of a delivered file, also of an ico. Raises StorageError."""
    if not is_one(data):
        seen = decode.facts(data)
        return FileFacts(seen.format, seen.width, seen.height, seen.alpha)
    largest = max(map(decode.facts, images(data)), key=lambda one: one.width)
    return FileFacts("ico", largest.width, largest.height, largest.alpha)


def shown(data: bytes) -> bytes:
    """The picture of a delivered file: of an ico, its largest image. Raises StorageError."""
    if not is_one(data):
        return data
    return max(images(data), key=lambda one: decode.facts(one).width)
