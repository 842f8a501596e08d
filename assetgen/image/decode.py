"""Image bytes -> pixels and facts: size, format, alpha."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from assetgen.cure import Cure, advice
from assetgen.errors import StorageError
from assetgen.manifest.key_types import Format

if TYPE_CHECKING:
    from PIL.Image import Image


#: The largest picture that is opened, in pixels.
MAX_PIXELS = 50_000_000
_READABLE = ("PNG", "JPEG", "WEBP", "AVIF")
_PLACEHOLDER_WIDTH = 16


class TooManyPixels(StorageError):
    """A picture with more than ``MAX_PIXELS``."""


@dataclass(frozen=True)
class Facts:
    """What the header of a picture says. Pixels are not decoded, and names are not trusted."""

    format: Format
    width: int
    height: int
    alpha: bool


def decode(data: bytes, formats: tuple[str, ...] = _READABLE) -> Image:
    """Decode the first frame of PNG, JPEG, WebP or AVIF bytes as RGB or RGBA, upright.

    ``formats`` are the names that Pillow has for those that are accepted.
    Raises StorageError for anything else and for damage, TooManyPixels.
    """
    return decode_turned(data, formats)[0]


def decode_turned(data: bytes, formats: tuple[str, ...] = _READABLE) -> tuple[Image, bool]:
    """``decode``, and whether the stored pixels had to be turned or mirrored to be upright."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _opened(data, formats)
            image.load()
            if image.mode == "I;16":  # Pillow would show every grey above 255 as white
                image = Pillow.frombytes("L", image.size, image.tobytes()[1::2])
            is_turned = image.getexif().get(_ORIENTATION, 1) in _TURNED
            if is_turned:  # otherwise it would only be copied
                image = ImageOps.exif_transpose(image)
            made = image.convert("RGBA" if _has_alpha(image) else "RGB")
            # Encoders copy comments and other metadata from here into the new file.
            made.info = {name: made.info[name] for name in ("icc_profile",) if name in made.info}
            return made, is_turned
    except _DAMAGE as exc:
        raise StorageError(f"this is not a whole {_named(formats)} picture: {brief(exc)}") from None


def _named(formats: tuple[str, ...]) -> str:
    *others, last = (name.replace("WEBP", "WebP") for name in formats)
    return f"{', '.join(others)} or {last}"


def cure(refused: StorageError, name: str) -> Cure:
    """How to fix the file ``name``, for which ``decode`` or ``facts`` raised ``refused``."""
    if isinstance(refused, TooManyPixels):
        return advice("make {name} smaller", name=name)
    return advice("convert {name} to PNG, JPEG or WebP", name=name)


def decoded_once(data: bytes, decoder: Callable[[bytes], Image] = decode) -> Callable[[], Image]:
    """A function that decodes ``data`` at its first call and returns the same image after that."""
    return cache(lambda: decoder(data))


def facts(data: bytes) -> Facts:
    """Read format, size (pixels) and alpha from the header. Raises StorageError if no picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _opened(data)
            # Pillow decodes a whole PNG to look for EXIF behind its pixels.
            turned = image.format != "PNG" and image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE
        width, height = (image.height, image.width) if turned else image.size
        shown = "JPEG" if image.format == "MPO" else image.format  # cameras put several into one
        name: Format = shown.lower()  # type: ignore[union-attr,assignment]
        return Facts(format=name, width=width, height=height, alpha=_has_alpha(image))
    except _DAMAGE as exc:
        raise StorageError(f"this is not a PNG, JPEG, WebP or AVIF picture: {brief(exc)}") from None


# EXIF 2.32, 4.6.5: the tag, its values but for "upright", those that exchange width and height.
_ORIENTATION, _TURNED, _ON_ITS_SIDE = 0x0112, range(2, 9), (5, 6, 7, 8)

# What decoders raise for crafted headers.
_DAMAGE: tuple[type[Exception], ...] = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    MemoryError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
)


def brief(exc: BaseException) -> str:
    """The text of a decoder's exception, at most 120 characters."""
    text = str(exc).partition(" <_io.")[0]  # Pillow adds the address of an object in memory
    return " ".join(text.split())[:120] or type(exc).__name__


def _opened(data: bytes, formats: tuple[str, ...] = _READABLE) -> Image:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limit below replaces Pillow's warning and error
    image = Image.open(io.BytesIO(data), formats=formats)
    if image.width * image.height > MAX_PIXELS:
        size = f"{image.width}x{image.height} pixels"
        raise TooManyPixels(f"the picture has {size}; the limit is {MAX_PIXELS}")
    return image


def _has_alpha(image: Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def placeholder(image: Image) -> str:
    """A blurred miniature as a PNG data URL, a few hundred bytes, for ``blurDataURL``."""
    from PIL import Image as Pillow

    width = min(_PLACEHOLDER_WIDTH, image.width)
    height = max(1, round(image.height * width / image.width))
    tiny = image.resize((width, height), Pillow.Resampling.BOX, reducing_gap=2.0)
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    out = io.BytesIO()
    tiny.convert(mode).quantize(32).save(out, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
