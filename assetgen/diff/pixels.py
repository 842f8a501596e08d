"""Looks at files: their sizes, whether two of them show the same, and small pictures of them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assetgen.diff.model import File
from assetgen.errors import StorageError
from assetgen.fs import lfs
from assetgen.image import decode, ico

if TYPE_CHECKING:
    from PIL.Image import Image

#: The longest side of a small picture, in pixels.
SIDE = 480
NOT_HERE = "its bytes are not in this clone"
IN_LFS = "Git LFS has its bytes; they were not fetched"


@dataclass(frozen=True)
class Pair:
    """One file on both sides."""

    before: File | None
    after: File | None
    pixels: str | None = None
    thumbnails: tuple[str | None, str | None] = (None, None)


def look(pair: Pair, data: tuple[bytes | None, bytes | None], *, small: bool) -> Pair:
    """``pair`` with all that its bytes say; with ``small``, also small pictures of both sides."""
    before, after = _measured(pair.before, data[0]), _measured(pair.after, data[1])
    is_other = before and after and before.sha256 != after.sha256
    if not (is_other or small):
        return replace(pair, before=before, after=after)
    images = _decoded(before, data[0]), _decoded(after, data[1])
    pixels = None
    if is_other:
        pixels = _verdict(*images)
    shown = tuple(_small(image) if small and image else None for image in images)
    return Pair(before, after, pixels, thumbnails=(shown[0], shown[1]))


def _measured(file: File | None, data: bytes | None) -> File | None:
    if file is None or data is None:
        return replace(file, missing=NOT_HERE) if file and file.bytes is None else file
    if lfs.is_pointer(data):
        return replace(file, bytes=lfs.size_of(data), missing=IN_LFS)
    try:
        is_ico = ico.is_one(data)
        facts = ico.facts(data) if is_ico else decode.facts(data, formats=decode.STILLS)
    except StorageError:  # such as SVG, whose size is no matter of pixels
        return replace(file, bytes=len(data))
    return replace(
        file, bytes=len(data), width=facts.width, height=facts.height, format=facts.format
    )


def _decoded(file: File | None, data: bytes | None) -> Image | None:
    if file is None or data is None or file.width is None:
        return None
    try:
        return decode.decode(ico.shown(data), decode.STILLS)
    except StorageError:
        return None


def _verdict(before: Image | None, after: Image | None) -> str:
    if before is None or after is None:
        return "unknown"
    profiles = [one.info.get("icc_profile") for one in (before, after)]
    if before.size != after.size or profiles[0] != profiles[1]:
        return "differ"
    if before.mode != after.mode:
        before, after = before.convert("RGBA"), after.convert("RGBA")
    from PIL import ImageChops

    # Without alpha_only, two opaque pictures in RGBA never differ.
    box = ImageChops.difference(before, after).getbbox(alpha_only=False)
    return "equal" if box is None else "differ"


def _small(image: Image) -> str:
    made = decode.in_srgb(image.copy())
    made.thumbnail((SIDE, SIDE))
    stream = io.BytesIO()
    made.save(stream, "WEBP", quality=70, method=2)
    return f"data:image/webp;base64,{base64.b64encode(stream.getvalue()).decode()}"
