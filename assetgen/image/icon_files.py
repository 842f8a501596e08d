"""The files of an icon set, from the image at the width of the largest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assetgen.image import bleed, ico, marking, png
from assetgen.manifest.target import ICO_WIDTHS, LEAST, Target

if TYPE_CHECKING:
    from PIL.Image import Image

#: Smaller widths are made from this one, which takes a seventh of the time.
_MIDDLE = 192


def made(base: Image, files: Sequence[Target], packet: bytes | None) -> dict[str, bytes]:
    """The bytes of each of ``files``, by path; ``base`` is RGB or RGBA, square, in sRGB."""
    paths = (target.path for target in files)
    return dict(zip(paths, _each(base, files, packet), strict=True))


def _each(base: Image, files: Sequence[Target], packet: bytes | None) -> Iterator[bytes]:
    sized = _Sizes(base)
    on_ground: bleed.Ground | None = None
    for target in files:
        side = target.width or LEAST
        if target.use == "ico":
            # A mark in each of its images would be larger than the smaller ones.
            marks = [*(None for _ in ICO_WIDTHS[1:]), packet]
            widths = zip(ICO_WIDTHS, marks, strict=True)
            yield ico.joined([_encoded(sized.at(width), mark) for width, mark in widths])
        elif target.is_opaque:
            on_ground = on_ground or bleed.grounded(base)
            radius = bleed.SAFE if target.use == "maskable" else bleed.ROUNDED
            yield _encoded(on_ground.at(side).within(radius), packet)
        else:
            yield _encoded(sized.at(side), packet)


class _Sizes:
    """An icon in several sizes, each made once."""

    def __init__(self, base: Image) -> None:
        self._known = {base.width: base}

    def at(self, side: int) -> Image:
        if side not in self._known:
            larger = self.at(_MIDDLE) if side < _MIDDLE else self._known[max(self._known)]
            # Lanczos rings: at 16 pixels, that is a dark line round a light letter.
            self._known[side] = larger.resize((side, side), _HAMMING)
        return self._known[side]


_HAMMING = 5  # of PIL.Image.Resampling, which is imported only where pictures are decoded


def _encoded(image: Image, packet: bytes | None) -> bytes:
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    if image.width < _MIDDLE:  # not worth a trial with a filter
        data = png.encode(*image.size, image.tobytes(), alpha=image.mode == "RGBA")
    else:
        data = png.encode_image(image)
    return marking.marked(data, "png", packet) or data if packet else data
