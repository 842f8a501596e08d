"""Original -> each delivered file: fit, encode, mark, verify. Pillow at the rim of every picture."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from assetgen.errors import StorageError

if TYPE_CHECKING:
    from PIL.Image import Image

#: The largest picture that is opened, in pixels.
MAX_PIXELS = 50_000_000
_READABLE = ("PNG", "JPEG", "WEBP", "AVIF")


def decode(data: bytes) -> Image:
    """Decode the first frame of PNG, JPEG, WebP or AVIF bytes as RGB or RGBA, upright.

    Raises StorageError for anything else, for damage, and for more than ``MAX_PIXELS``.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=_READABLE)
            if image.width * image.height > MAX_PIXELS:
                raise StorageError(f"the picture has {image.width}x{image.height} pixels; the limit is {MAX_PIXELS}")
            image.load()
            image = ImageOps.exif_transpose(image)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as exc:
        raise StorageError(f"this is not a whole PNG, JPEG, WebP or AVIF picture: {exc}") from None
    alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return image.convert("RGBA" if alpha else "RGB")
