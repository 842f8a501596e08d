"""A picture in the bytes that it may have: packed, with a palette, or at a lower quality.

What is tried depends on the picture and its limit alone, so the same file comes out everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetgen.image import likeness, png
from assetgen.image.steps import QUALITY, Fitting
from assetgen.manifest.key_types import KB
from assetgen.manifest.target import FileFormat

if TYPE_CHECKING:
    from PIL.Image import Image

#: The lowest quality of each encoder, and how far apart the steps down to it are.
FLOOR: dict[FileFormat, int] = {"jpeg": 60, "webp": 50, "avif": 35}
_STEP = 5
#: The sizes of palettes that are tried, one after the other.
_PALETTES = (256, 128, 64)
#: What the highest level of compression leaves of a file, at the best.
_SAVED = 0.85
#: A colour of at least one pixel in so many is kept exactly.
_COMMON = 500


@dataclass(frozen=True)
class Fitted:
    """The bytes of a file and how they were made to fit, whether they do or not."""

    data: bytes
    fitting: Fitting


def png_file(image: Image, max_kb: int, finish: Callable[[bytes], bytes]) -> Fitted:
    """A PNG of an RGB or RGBA ``image``; ``finish`` adds what is not the picture.

    It is the best that fits; else the smallest.
    """
    smallest: Fitted | None = None
    for data, colours in _png_files(image, max_kb):
        made = Fitted(finish(data), Fitting(max_kb, colours=colours))
        if smallest is None or len(made.data) < len(smallest.data):
            smallest = made
        if fits(made.data, max_kb):
            return made
    assert smallest is not None  # every picture can be packed
    return smallest


def lossy_file(form: FileFormat, max_kb: int, encode: Callable[[int], bytes]) -> Fitted:
    """A file of a format with a quality, as ``encode`` makes it.

    Of the qualities below the usual one, the highest that fits; else the lowest.
    """
    usual = QUALITY[form] or 0
    qualities = range(FLOOR[form], usual, _STEP)
    found = Fitted(encode(qualities[0]), Fitting(max_kb, quality=qualities[0]))
    low, high = 0, len(qualities) if fits(found.data, max_kb) else 0
    while high - low > 1:
        middle = (low + high) // 2
        data = encode(qualities[middle])
        if fits(data, max_kb):
            low, found = middle, Fitted(data, Fitting(max_kb, quality=qualities[middle]))
        else:
            high = middle
    return found


def fits(data: bytes, max_kb: int | None) -> bool:
    """Whether a file has at most ``max_kb``, if that is a limit."""
    return max_kb is None or len(data) <= max_kb * KB


# -- PNG -------------------------------------------------------------------------------------------


def _png_files(image: Image, max_kb: int) -> Iterator[tuple[bytes, int | None]]:
    """The same picture in fewer and fewer bytes, and the colours of its palette.

    A palette loses nothing if the picture has few colours; a smaller one only what nobody sees.
    """
    exact = image.getcolors(_PALETTES[0])
    if exact:
        yield _with_palette(image, [_bands(colour) for _, colour in exact]), len(exact)
    good = png.packed(image, png.GOOD)
    yield good, None
    if fits(good[: int(len(good) * _SAVED)], max_kb):  # else it takes a second for nothing
        yield png.packed(image, png.MOST), None
    for most in (one for one in _PALETTES if not exact or one < len(exact)):
        found = _reduced(image, most)
        if not likeness.is_alike(image, found.image):
            return  # fewer colours would look worse
        yield png.with_palette(*image.size, found.numbers, found.colours), len(found.colours)


def _bands(colour: object) -> png.Colour:
    return tuple(colour) if isinstance(colour, tuple) else (int(str(colour)),)


def _with_palette(image: Image, colours: Sequence[png.Colour]) -> bytes:
    """A PNG of a picture that has exactly these colours."""
    number = {bytes(colour): index for index, colour in enumerate(sorted(colours))}
    pixels, step = image.tobytes(), len(image.getbands())
    places = range(0, len(pixels), step)
    numbers = bytes([number[pixels[at : at + step]] for at in places])
    return png.with_palette(*image.size, numbers, sorted(colours))


@dataclass(frozen=True)
class _Reduced:
    image: Image
    numbers: bytes
    colours: Sequence[png.Colour]


def _reduced(image: Image, most: int) -> _Reduced:
    """``image`` with at most so many colours; its common ones stay as they are."""
    from PIL import Image as Pillow

    method = Pillow.Quantize.FASTOCTREE if image.mode == "RGBA" else Pillow.Quantize.MAXCOVERAGE
    small = image.quantize(most, method, dither=Pillow.Dither.NONE)
    numbers, step = small.tobytes(), len(image.getbands())
    flat = small.getpalette(image.mode) or []
    colours = [tuple(flat[at : at + step]) for at in range(0, len(flat), step)][:most]
    for number, colour in _common(image, numbers):
        colours[number] = colour
    small.putpalette([band for colour in colours for band in colour], image.mode)
    return _Reduced(small.convert(image.mode), numbers, colours)


def _common(image: Image, numbers: bytes) -> Iterator[tuple[int, png.Colour]]:
    """The most common colour of each entry of a palette, where it is common in the picture."""
    least = max(1, len(numbers) // _COMMON)
    counted = image.getcolors(len(numbers)) or []
    known: Counter[bytes] = Counter()
    known.update({bytes(_bands(colour)): count for count, colour in counted if count >= least})
    pixels, step = image.tobytes(), len(image.getbands())
    named: set[int] = set()
    for colour, _ in sorted(known.items(), key=lambda one: (-one[1], one[0])):
        at = pixels.find(colour)
        while at % step:
            at = pixels.find(colour, at + 1)
        number = numbers[at // step]
        if number not in named:
            named.add(number)
            yield number, tuple(colour)
