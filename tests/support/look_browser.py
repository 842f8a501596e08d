"""What Chromium draws from the same document: other pixels, and the colours behind each text."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from tests.support.web_browser import Browser

#: A channel may be lighter or darker by as much than all pixels of the other image that are at most
#: ``REACH`` away: edges are smoothed differently, and both engines round them to pixels.
LEAST, REACH = 40, 2


@dataclass(frozen=True)
class Difference:
    """Where two images differ by more than the smoothing of edges."""

    share: float
    """Of all pixels."""

    box: tuple[int, int, int, int] | None
    """What contains all of them: left, top, right, bottom."""

    picture: Image.Image
    """Ours, Chromium's, and where they differ, side by side."""


def compared(ours: bytes, theirs: bytes) -> Difference:
    """The difference of two PNG files of the same size."""
    first, second = (_flat(data) for data in (ours, theirs))
    assert first.size == second.size
    mask = ImageChops.lighter(_beyond(first, second), _beyond(second, first))
    wide, high = first.size
    side = Image.new("RGB", (wide * 3 + 20, high), "#888888")
    for place, image in enumerate((first, second, mask.convert("RGB"))):
        side.paste(image, (place * (wide + 10), 0))
    return Difference(mask.histogram()[255] / (wide * high), mask.getbbox(), side)


def _beyond(one: Image.Image, other: Image.Image) -> Image.Image:
    """White where ``one`` has what is nowhere near in ``other``."""
    lighter = ImageChops.subtract(one, _spread(other, ImageChops.lighter))
    darker = ImageChops.subtract(_spread(other, ImageChops.darker), one)
    red, green, blue = ImageChops.lighter(lighter, darker).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point([255 * (value > LEAST) for value in range(256)])


def _spread(
    image: Image.Image, of_two: Callable[[Image.Image, Image.Image], Image.Image]
) -> Image.Image:
    """The lightest or the darkest of all pixels that are at most ``REACH`` away."""
    for across, down in ((1, 0), (0, 1)):
        shifted = image
        for step in range(1, REACH + 1):
            for way in (-step, step):
                shifted = of_two(shifted, ImageChops.offset(image, across * way, down * way))
        image = shifted
    return image


def _flat(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


# The texts of a page: their boxes and colours. Emoji have colours of their own.
_TEXTS = """
(() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, of = node.parentElement;
    if (!/[\\p{L}\\p{N}]/u.test(node.data)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    let opacity = 1;
    for (let up = of; up; up = up.parentElement) opacity *= getComputedStyle(up).opacity;
    for (const { x, y, width, height } of range.getClientRects())
      found.push({ text: node.data.trim(), x, y, width, height, opacity,
                   colour: getComputedStyle(of).color });
  }
  const style = document.createElement("style");
  style.textContent = "* { color: transparent !important }";
  document.head.append(style);
  return found;
})()
"""
_MOST = 6


def grounds(browser: Browser, page: Path, size: tuple[int, int]) -> list[tuple[str, str, str]]:
    """Each text of a page with its colour and those colours behind it that are most like it."""
    browser.show(page, size)
    texts = browser.evaluate(_TEXTS)
    ground = _flat(browser.window())
    found = []
    for one in texts:
        colour = _rgb(one["colour"])
        inset = one["height"] * 0.2  # a box of letters is higher than letters
        box = (one["x"] + 1, one["y"] + inset)
        ends = (one["x"] + one["width"] - 1, one["y"] + one["height"] - inset)
        part = ground.crop((int(box[0]), int(box[1]), int(ends[0]), int(ends[1])))
        if not all(part.size):
            continue
        own = _light(colour)
        behind = {pixel for _, pixel in part.getcolors(part.width * part.height) or []}
        nearest = sorted(behind, key=lambda pixel: abs(_light(pixel) - own))[:_MOST]
        found += [
            (one["text"], _hex(_over(colour, pixel, one["opacity"])), _hex(pixel))
            for pixel in nearest
        ]
    return found


def _rgb(colour: str) -> tuple[int, ...]:
    if colour.startswith("color("):  # color(srgb 0.1 0.2 0.3)
        return tuple(round(float(part) * 255) for part in colour.strip(")").split()[1:4])
    return tuple(int(part) for part in re.findall(r"\d+", colour)[:3])


def _over(colour: Any, behind: Any, opacity: float) -> list[int]:
    return [round(a * opacity + b * (1 - opacity)) for a, b in zip(colour, behind, strict=True)]


def _light(colour: Any) -> float:
    """About the luminance: enough to find which colours are alike."""
    linear: list[float] = [(part / 255) ** 2.2 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _hex(colour: Any) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)
