"""Whether a picture looks like another, so that nobody sees a difference at full size.

The structural similarity of Wang, Bovik, Sheikh and Simoncelli ("Image quality assessment: from
error visibility to structural similarity", 2004), in blocks of 8 x 8 pixels, for each channel. It
hardly sees the steps that few colours make in a soft gradient, so these are counted apart.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

#: The least similarity: of the whole picture, and of each block.
FLOOR, FLOOR_OF_BLOCKS = 0.999, 0.97
#: The largest share of pixels with a new step next to them.
MOST_STEPS = 0.0003
_BLOCK = 8
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # of the paper
_SOFT, _STEP = 1, 3
# A pixel is in a soft area if the three around it are: nearer to an edge, a step is its own.
_REACH = 3


def is_alike(before: Image, after: Image) -> bool:
    """Whether ``after`` can stand for ``before``: the same size, RGB or RGBA both."""
    if before.mode == "RGBA":  # colours that nobody sees do not count
        before, after = before.convert("RGBa"), after.convert("RGBa")
    return all(
        _is_similar(one, other) and _has_no_steps(one, other)
        for one, other in zip(before.split(), after.split(), strict=True)
    )


def _is_similar(before: Image, after: Image) -> bool:
    found = similarities(before, after)
    return math.fsum(found) >= FLOOR * len(found) and min(found) >= FLOOR_OF_BLOCKS


def similarities(before: Image, after: Image) -> Sequence[float]:
    """The similarity of each block of two channels, from -1 to 1."""
    from PIL import ImageMath

    one, other = before.convert("F"), after.convert("F")
    squares = ((one, one), (other, other), (one, other))
    product = [ImageMath.lambda_eval(lambda k: k["a"] * k["b"], a=a, b=b) for a, b in squares]
    means = [image.reduce(_BLOCK) for image in (one, other, *product)]
    names = ("x", "y", "xx", "yy", "xy")
    found = ImageMath.lambda_eval(
        lambda k: (
            ((2 * k["x"] * k["y"] + _C1) * (2 * (k["xy"] - k["x"] * k["y"]) + _C2))
            / (
                (k["x"] * k["x"] + k["y"] * k["y"] + _C1)
                * (k["xx"] - k["x"] * k["x"] + k["yy"] - k["y"] * k["y"] + _C2)
            )
        ),
        **dict(zip(names, means, strict=True)),
    )
    return array("f", found.tobytes())


def _has_no_steps(before: Image, after: Image) -> bool:
    """Whether the soft areas of ``before`` have hardly any visible step in ``after``."""
    from PIL import ImageChops

    soft = [255 * (level <= _SOFT) for level in range(256)]
    stepped = [255 * (level >= _STEP) for level in range(256)]
    most = MOST_STEPS * before.width * before.height
    for x, y in ((1, 0), (0, 1)):
        inner = (x, y, before.width, before.height)
        if x >= before.width or y >= before.height:
            continue
        was, now = (
            ImageChops.difference(image, ImageChops.offset(image, x, y)).crop(inner)
            for image in (before, after)
        )
        both = ImageChops.darker(_inner(was.point(soft)), now.point(stepped))
        if both.histogram()[255] > most:
            return False
    return True


def _inner(mask: Image) -> Image:
    """The part of a mask that is ``_REACH`` pixels from what is outside it."""
    from PIL import ImageChops

    for x, y in ((1, 0), (0, 1)):
        for by in (1, 2, _REACH):  # windows of 2, 4 and 7 pixels, in fewer steps than one by one
            mask = ImageChops.darker(mask, ImageChops.offset(mask, x * by, y * by))
        mask = ImageChops.offset(mask, -x * _REACH, -y * _REACH)
    return mask
