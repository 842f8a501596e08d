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
#: The largest JPEG that is opened where it is needed smaller: it is scaled while it is decoded. A
#: progressive one needs memory for all of its pixels.
MAX_SCALED, MAX_PROGRESSIVE = 250_000_000, 100_000_000
_READABLE = ("PNG", "JPEG", "WEBP", "AVIF")
#: What layouts show: stills in more formats than are delivered.
STILLS = (*_READABLE, "GIF", "TIFF")
_PLACEHOLDER_WIDTH = 16


_MOST = str(MAX_PIXELS // 10**6)


class TooManyPixels(StorageError):
    """A picture with more than ``MAX_PIXELS``."""


class Damaged(StorageError):
    """A picture of a known format that cannot be decoded."""


@dataclass(frozen=True)
class Facts:
    """What the header of a picture says. Pixels are not decoded, and names are not trusted."""

    format: Format
    width: int
    height: int
    alpha: bool


def decode(data: bytes, formats: tuple[str, ...] = _READABLE, side: int | None = None) -> Image:
    """Decode the first frame of PNG, JPEG, WebP or AVIF bytes as RGB or RGBA, upright.

    ``formats`` are the names that Pillow has for those that are accepted. With ``side``, a picture
    whose sides are no shorter is enough, so larger JPEG files are accepted.
    Raises StorageError for anything else and for damage, TooManyPixels.
    """
    return decode_turned(data, formats, side)[0]


def decode_turned(
    data: bytes, formats: tuple[str, ...] = _READABLE, side: int | None = None
) -> tuple[Image, bool]:
    """``decode``, and whether the stored pixels had to be turned or mirrored to be upright."""
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _opened(data, formats, side)
            orientation = _orientation(image)
            if side and image.width * image.height > MAX_PIXELS:
                image.draft(None, (side, side))
            image.load()
            if image.mode == "I;16":  # Pillow would show every grey above 255 as white
                image = Pillow.frombytes("L", image.size, image.tobytes()[1::2])
            if orientation in _TURNS:
                image = image.transpose(Pillow.Transpose[_TURNS[orientation]])
            return _in_colour(image), orientation in _TURNS
    except _DAMAGE as exc:
        of = StorageError if isinstance(exc, UnidentifiedImageError) else Damaged
        raise of(f"this is not a whole {_named(formats)} picture: {brief(exc)}") from None


def _named(formats: tuple[str, ...]) -> str:
    *others, last = (name.replace("WEBP", "WebP") for name in formats)
    return f"{', '.join(others)} or {last}"


def cure(refused: StorageError, name: str) -> Cure:
    """How to fix the file ``name``, for which ``decode`` or ``facts`` raised ``refused``."""
    if isinstance(refused, TooManyPixels):
        return advice("make {name} smaller, at most {most} megapixels", name=name, most=_MOST)
    if isinstance(refused, Damaged):
        return advice("replace {name} with a whole file: this one is cut off or damaged", name=name)
    return advice("convert {name} to PNG, JPEG or WebP", name=name)


def decoded_once(data: bytes, decoder: Callable[[bytes], Image] = decode) -> Callable[[], Image]:
    """A function that decodes ``data`` at its first call and returns the same image after that."""
    return cache(lambda: decoder(data))


def facts(data: bytes, formats: tuple[str, ...] = _READABLE, side: int | None = None) -> Facts:
    """Read format, size (pixels) and alpha from the header, as ``decode`` would give them.

    The size is that of the file, also with ``side``. Raises StorageError if it is no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _opened(data, formats, side)
            turned = _orientation(image) in _ON_ITS_SIDE
        width, height = (image.height, image.width) if turned else image.size
        shown = "JPEG" if image.format == "MPO" else image.format  # cameras put several into one
        name: Format = shown.lower()  # type: ignore[union-attr,assignment]
        return Facts(format=name, width=width, height=height, alpha=_has_alpha(image))
    except _DAMAGE as exc:
        raise StorageError(f"this is not a {_named(formats)} picture: {brief(exc)}") from None


def frames(data: bytes, formats: tuple[str, ...] = STILLS) -> int:
    """How many frames a picture has, at most 1,000; 1 for a still one and for damage."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=formats)
            is_several = image.format in ("MPO", "TIFF")  # pages, or one picture in several sizes
            return 1 if is_several else min(getattr(image, "n_frames", 1), 1000)
    except _DAMAGE:
        return 1


def _orientation(image: Image) -> int:
    """How EXIF says the pixels are stored, before they are loaded; 1 is upright.

    Browsers do not read what XMP says of it, and of a PNG only what is before the pixels.
    """
    from PIL import Image as Pillow

    exif = Pillow.Exif()
    try:
        exif.load(image.info.get("exif") or b"")
        found = exif.get(_ORIENTATION, 1)
    except _DAMAGE:  # browsers show such a picture as it is
        return 1
    return found if isinstance(found, int) else 1


# EXIF 2.32, 4.6.5: the tag, how each of its values is made upright, those that exchange width and
# height.
_ORIENTATION, _ON_ITS_SIDE = 0x0112, (5, 6, 7, 8)
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


def _in_colour(image: Image) -> Image:
    """``image`` as RGB or RGBA, with its profile if that is one of RGB, else in sRGB."""
    mode = "RGBA" if _has_alpha(image) else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode not in ("RGB", "RGBA", "P", "PA"):
        made = _converted(image, profile, mode) or image.convert(mode)
        profile = None
    else:
        made = image.convert(mode)
    # Encoders copy comments and other metadata from here into the new file.
    made.info = {"icc_profile": profile} if profile else {}
    return made


def in_srgb(image: Image) -> Image:
    """An RGB or RGBA ``image`` in sRGB, without a profile: for what reads no profiles."""
    profile = image.info.get("icc_profile")
    made = _converted(image, profile, image.mode) if profile else None
    made = made or image
    made.info.pop("icc_profile", None)
    return made


def _converted(image: Image, profile: bytes, mode: str) -> Image | None:
    """``image`` converted from ``profile`` to sRGB; None if the profile cannot be used."""
    from PIL import ImageCms

    damage: tuple[type[Exception], ...] = (ImageCms.PyCMSError, *_DAMAGE)
    try:
        given, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, given, srgb, outputMode=mode)
    except damage:
        return None


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


def _opened(data: bytes, formats: tuple[str, ...], side: int | None) -> Image:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limit below replaces Pillow's warning and error
    image = Image.open(io.BytesIO(data), formats=formats)
    pixels = image.width * image.height
    if pixels <= MAX_PIXELS:
        return image
    most = MAX_PIXELS
    if side and image.format in ("JPEG", "MPO"):
        most = MAX_PROGRESSIVE if image.info.get("progressive") else MAX_SCALED
        if pixels <= most:
            return image
    size = f"{image.width}x{image.height} pixels ({round(pixels / 1e6)} megapixels)"
    kind = " for a progressive JPEG" if most == MAX_PROGRESSIVE else ""
    raise TooManyPixels(f"the picture has {size}; the limit is {most // 10**6}{kind}")


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
