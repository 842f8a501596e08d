"""An icon without transparent corners, for phones that cut its shape themselves.

Its own ground is continued to the edges of the square. What is on the ground keeps to the part of
it that every phone shows: the circle of W3C's maskable icons, four fifths of the square wide
(https://www.w3.org/TR/appmanifest/#icon-masks).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

#: Radius of the circle that every phone shows, and of what iOS shows, in sides of the square.
SAFE, ROUNDED = 0.4, 0.46
#: The band at the edge of a shape that shows its ground, in sides of the square.
_BAND = 0.04
#: A mask of what is on a ground is this many pixels wide, so that it is a little too large.
_COARSE = 128
#: Nothing but ground is this near to the edge of a shape, unless something fills the shape.
_EDGE = 0.05
#: Pixels that differ less than this from the ground are the ground, of 255.
_GROUND = 24
#: The grounds of a mark that has none: for dark marks, and for light ones.
_LIGHT, _DARK = (255, 255, 255), (17, 24, 39)
#: A band is of one colour if its standard deviation is less than this.
_PLAIN = 3.0
#: Pixels of a gradient differ at most this much from a coarse copy of it; a few may differ more.
_ROUGH, _MOST_ROUGH = 16, 0.02
#: The luma from which a mark is a light one.
_IS_LIGHT = 190


@dataclass(frozen=True)
class Ground:
    """An icon on its ground, both to the edges of the square, and how far the icon reaches."""

    ground: Image
    whole: Image
    reach: float
    """The distance from the middle to the furthest pixel that is not ground, in sides."""
    is_full: bool
    """Whether it fills its shape to the edge, as a photograph does."""

    def within(self, radius: float) -> Image:
        """The icon with all but its ground in the circle of a ``radius``, in sides.

        What fills its shape, such as a photograph, stays as it is.
        """
        from PIL import Image as Pillow

        if self.reach <= radius or self.is_full:
            return self.whole
        side = self.whole.width
        inner = round(side * radius / self.reach)
        at = ((side - inner) // 2, (side - inner) // 2)
        small = self.whole.resize((inner, inner), Pillow.Resampling.HAMMING)
        mask = _difference(self.whole, self.ground, _GROUND // 2)
        coarse = mask.reduce(max(1, side // _COARSE)).point(_above(0))
        made = self.ground.copy()
        made.paste(small, at, coarse.resize((inner, inner), Pillow.Resampling.BILINEAR))
        return made

    def at(self, side: int) -> Ground:
        """The same in another size."""
        from PIL import Image as Pillow

        if side == self.whole.width:
            return self
        ground, whole = (
            one.resize((side, side), Pillow.Resampling.HAMMING) for one in (self.ground, self.whole)
        )
        return replace(self, ground=ground, whole=whole)


def grounded(icon: Image) -> Ground:
    """A square RGB or RGBA ``icon`` on its ground."""
    shape = _shape(icon)
    if shape is None:
        whole, ground = _on_plain(icon)
        return Ground(ground, whole, _reach(whole, ground), is_full=False)
    band = _band(shape)
    ground = _continued(band)
    whole = ground.copy()
    whole.paste(shape.convert("RGB"), mask=shape.getchannel("A"))
    is_full = not _is_smooth(band, ground) or _fills(shape, whole, ground)
    return Ground(ground, whole, _reach(whole, ground), is_full)


def _shape(icon: Image) -> Image | None:
    """The icon as RGBA, its shape as wide as the square; None for a mark without a ground."""
    from PIL import Image as Pillow
    from PIL import ImageDraw, ImageStat

    icon = icon.convert("RGBA")
    box = icon.getchannel("A").point(_above(128)).getbbox()
    if box is None:
        return None
    wide, high = box[2] - box[0], box[3] - box[1]
    if abs(wide - high) > 0.06 * max(wide, high):
        return None
    if box != (0, 0, *icon.size):
        icon = icon.resize(icon.size, Pillow.Resampling.BICUBIC, box=box)
    disc = Pillow.new("L", icon.size)
    edge = icon.width * 0.02
    ImageDraw.Draw(disc).ellipse((edge, edge, icon.width - edge, icon.height - edge), fill=255)
    is_full = ImageStat.Stat(icon.getchannel("A"), disc).mean[0] > 250
    return icon if is_full else None


def _on_plain(icon: Image) -> tuple[Image, Image]:
    """A mark without a ground on a plain one, and that ground."""
    from PIL import Image as Pillow
    from PIL import ImageStat

    icon = icon.convert("RGBA")
    alpha = icon.getchannel("A")
    is_light = ImageStat.Stat(icon.convert("L"), alpha.point(_above(128))).mean[0] > _IS_LIGHT
    ground = Pillow.new("RGB", icon.size, _DARK if is_light else _LIGHT)
    whole = ground.copy()
    whole.paste(icon.convert("RGB"), mask=alpha)
    return whole, ground


def _band(shape: Image) -> Image:
    """The edge of a shape; all else is transparent."""
    from PIL import Image as Pillow
    from PIL import ImageChops

    side, inset = shape.width, round(shape.width * _BAND)
    alpha = shape.getchannel("A").point(_above(250))
    inner = Pillow.new("L", shape.size)
    inner.paste(
        alpha.resize((side - 2 * inset, side - 2 * inset), Pillow.Resampling.BILINEAR),
        (inset, inset),
    )
    band = shape.copy()
    band.putalpha(ImageChops.subtract(alpha, inner))
    return band


def _is_smooth(band: Image, ground: Image) -> bool:
    """Whether a band is of one colour or of a gradient: else it is a part of a picture."""
    from PIL import Image as Pillow
    from PIL import ImageStat

    coarse = ground.resize((8, 8), Pillow.Resampling.BOX)
    coarse = coarse.resize(ground.size, Pillow.Resampling.BILINEAR)
    rough = _difference(ground, coarse, _ROUGH)
    return ImageStat.Stat(rough, band.getchannel("A")).mean[0] < 255 * _MOST_ROUGH


def _fills(shape: Image, whole: Image, ground: Image) -> bool:
    """Whether something else than the ground is near the edge of a shape."""
    from PIL import Image as Pillow
    from PIL import ImageChops, ImageStat

    inset = round(shape.width * _EDGE)
    inner = Pillow.new("L", shape.size)
    size = shape.width - 2 * inset
    inner.paste(
        shape.getchannel("A").resize((size, size), Pillow.Resampling.BILINEAR), (inset, inset)
    )
    edge = ImageChops.subtract(_difference(whole, ground, _GROUND), inner)
    return ImageStat.Stat(edge).mean[0] > 0.5


def _continued(band: Image) -> Image:
    """RGB: each transparent pixel gets the colours of the nearest others, ever coarser ones."""
    from PIL import Image as Pillow
    from PIL import ImageStat

    seen = ImageStat.Stat(band.convert("RGB"), band.getchannel("A"))
    if max(seen.stddev) < _PLAIN:
        return Pillow.new("RGB", band.size, tuple(map(round, seen.median)))
    levels = [band]
    while levels[-1].width > 1:
        size = max(1, levels[-1].width // 2)
        levels.append(levels[-1].resize((size, size), Pillow.Resampling.BOX))
    made = levels.pop().convert("RGB")
    for level in reversed(levels):
        made = made.resize(level.size, Pillow.Resampling.BILINEAR)
        sure = level.getchannel("A").point([min(255, 4 * alpha) for alpha in range(256)])
        made.paste(level.convert("RGB"), mask=sure)
    return made


def _reach(whole: Image, ground: Image) -> float:
    from PIL import Image as Pillow
    from PIL import ImageChops, ImageDraw

    size = 128
    differs = _difference(whole, ground, _GROUND).resize((size, size), Pillow.Resampling.BOX)
    differs = differs.point(_above(64))
    low, high = 0.0, 0.75
    for _ in range(8):
        middle = (low + high) / 2
        outside = Pillow.new("L", (size, size), 255)
        box = (size * (0.5 - middle), size * (0.5 - middle))
        end = (size * (0.5 + middle), size * (0.5 + middle))
        ImageDraw.Draw(outside).ellipse((*box, *end), fill=0)
        is_inside = ImageChops.multiply(differs, outside).getbbox() is None
        low, high = (low, middle) if is_inside else (middle, high)
    return high + 1 / size


def _difference(one: Image, other: Image, least: int) -> Image:
    """Where two RGB images differ by more than ``least`` in any channel."""
    from PIL import ImageChops

    red, green, blue = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(_above(least))


def _above(least: int) -> list[int]:
    """A table for ``Image.point``: white from ``least`` on, else black."""
    return [255 * (value > least) for value in range(256)]
