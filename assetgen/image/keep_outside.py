"""An edited image, with all that lies outside its mask put back as it was.

Models draw the whole image again, also where the mask says that nothing should change.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetgen.cure import advice
from assetgen.errors import ManifestError, StorageError
from assetgen.image import decode

if TYPE_CHECKING:
    from PIL.Image import Image

#: How far inside the mask the two images are blended, in pixels.
EDGE = 4
#: A pixel has moved if one of its channels differs by more than this, of 255.
TOLERANCE = 32
#: The image as a whole has moved if more than this share of what is outside has, in thousandths.
MOST_MOVED = 250


@dataclass(frozen=True)
class Kept:
    """The image with its outside as before, and what the model had done there, in pixels."""

    data: bytes
    """A PNG; the model's own bytes if the image as a whole had moved."""
    outside: int
    """How many pixels are outside the mask."""
    changed: int
    """How many of them the model had changed."""
    moved: int
    """How many of them differ by more than ``TOLERANCE``."""
    is_torn: bool = False
    """Whether the image as a whole had moved, so that nothing was put back."""


def keep_outside(parent: bytes, edited: bytes, mask: bytes) -> Kept:
    """``edited`` with the pixels of ``parent`` wherever ``mask`` is not fully transparent.

    All three have one size. Raises StorageError if ``edited`` has another one, or is damaged.
    """
    from PIL import Image as Pillow
    from PIL import ImageChops, ImageFilter

    before, after = _alike(decode.decode(parent), decode.decode(edited))
    if before.size != after.size:
        raise StorageError(
            f"the model returned {after.width}x{after.height} pixels for an image of "
            f"{before.width}x{before.height}, so what is outside the mask cannot be put back",
            cure=advice("set size to {size}", size=f"{before.width}x{before.height}"),
        )
    inside = region(mask, before.size)
    outside = ImageChops.invert(inside)
    off = _most(ImageChops.difference(before, after))
    total = _count(outside)
    changed = _count(ImageChops.darker(off.point(_ANY), outside))
    moved = _count(ImageChops.darker(off.point(_MUCH), outside))
    if moved * 1000 > total * MOST_MOVED:
        return Kept(edited, total, changed, moved, is_torn=True)
    inner = inside.filter(ImageFilter.MinFilter(2 * EDGE + 1)).filter(ImageFilter.BoxBlur(EDGE))
    weight = ImageChops.darker(inner if inner.getbbox() else inside, inside)
    made = Pillow.composite(after, before, weight)
    profile = before.info.get("icc_profile")
    out = io.BytesIO()
    made.save(out, "PNG", icc_profile=profile)
    _prove(out.getvalue(), before, outside)
    return Kept(out.getvalue(), total, changed, moved)


def region(mask: bytes, size: tuple[int, int]) -> Image:
    """Where ``mask`` lets the model draw: 255 where it is fully transparent, else 0."""
    alpha = decode.decode(mask).convert("RGBA").getchannel("A")
    if alpha.size != size:
        raise ManifestError(
            f"the mask has {alpha.width}x{alpha.height} pixels, the image {size[0]}x{size[1]}",
            cure=advice("make the mask {size} pixels", size=f"{size[0]}x{size[1]}"),
        )
    return alpha.point(_FULLY_TRANSPARENT)


def of_box(box: tuple[int, int, int, int], size: tuple[int, int]) -> bytes:
    """The mask of a rectangle: x, y, width and height in pixels, in an image of ``size``."""
    from PIL import Image as Pillow

    x, y, width, height = box
    mask = Pillow.new("RGBA", size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (x, y, x + width, y + height))
    out = io.BytesIO()
    mask.save(out, "PNG")
    return out.getvalue()


_FULLY_TRANSPARENT = [255] + [0] * 255
_ANY = [0] + [255] * 255
_MUCH = [0] * (TOLERANCE + 1) + [255] * (255 - TOLERANCE)


def _alike(before: Image, after: Image) -> tuple[Image, Image]:
    """Both in one mode and one colour space: that of ``before``, if the other states none else."""
    if before.info.get("icc_profile") != after.info.get("icc_profile"):
        before, after = decode.in_srgb(before), decode.in_srgb(after)
    mode = "RGBA" if "RGBA" in (before.mode, after.mode) else "RGB"
    profile = before.info.get("icc_profile")
    before, after = before.convert(mode), after.convert(mode)
    before.info = {"icc_profile": profile} if profile else {}
    return before, after


def _most(difference: Image) -> Image:
    """The largest difference of each pixel in any channel."""
    from PIL import ImageChops

    first, *others = difference.split()
    for other in others:
        first = ImageChops.lighter(first, other)
    return first


def _count(mask: Image) -> int:
    """How many pixels of a mask are not 0."""
    return mask.width * mask.height - mask.histogram()[0]


def _prove(written: bytes, before: Image, outside: Image) -> None:
    """Raise StorageError unless the file, read again, has every pixel outside as it was."""
    from PIL import ImageChops

    again = decode.decode(written).convert(before.mode)
    off = ImageChops.darker(_most(ImageChops.difference(again, before)), outside)
    if off.getbbox() is not None:
        raise StorageError("the image could not be written with its outside as it was")
