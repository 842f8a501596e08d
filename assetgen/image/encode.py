"""One picture -> the bytes of one file, which fit its limit if they can."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from assetgen.errors import StorageError
from assetgen.image import fitting, marking
from assetgen.image.decode import brief
from assetgen.image.fitting import Fitted
from assetgen.image.steps import QUALITY, Fitting
from assetgen.manifest.schema import ALPHA_FORMATS
from assetgen.manifest.target import FileFormat

if TYPE_CHECKING:
    from PIL.Image import Image

# AVIF: one thread for each picture is faster than the encoder's own threads beside ours.
_SAVE: dict[FileFormat, dict[str, Any]] = {
    "png": {"compress_level": 6},
    "jpeg": {"quality": QUALITY["jpeg"], "subsampling": 0, "optimize": True},
    "webp": {"quality": QUALITY["webp"], "method": 4},
    "avif": {"quality": QUALITY["avif"], "speed": 6, "max_threads": 1},
}
_BACKDROP = (255, 255, 255)


def made(
    image: Image, fmt: FileFormat, packet: bytes | None, max_kb: int | None, heavy: bytes | None
) -> tuple[bytes, Fitting | None]:
    """The file of a picture, and how it was made to fit; ``heavy`` is the original if it is not."""
    if fmt not in ALPHA_FORMATS and image.mode == "RGBA":
        image = _flattened(image)
    elif image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")  # an opaque alpha plane only costs bytes
    data = heavy if heavy and fmt == "png" else encoded(image, fmt, packet)
    if max_kb is None or fitting.fits(data, max_kb):
        return data, Fitting(max_kb, QUALITY[fmt]) if heavy and max_kb else None
    found = fitted(image, fmt, packet, max_kb)
    plain = heavy or data
    if len(plain) <= len(found.data):  # it was packed well, or had a low quality
        return plain, Fitting(max_kb)
    return found.data, found.fitting


def fitted(image: Image, fmt: FileFormat, packet: bytes | None, max_kb: int) -> Fitted:
    if fmt != "png":
        return fitting.lossy_file(fmt, max_kb, lambda one: encoded(image, fmt, packet, one))

    def finish(data: bytes) -> bytes:
        return marking.marked(data, "png", packet) or data if packet else data

    return fitting.png_file(image, max_kb, finish)


def encoded(
    image: Image, fmt: FileFormat, packet: bytes | None, quality: int | None = None
) -> bytes:
    out = io.BytesIO()
    # Pillow ignores xmp= for PNG, with no warning.
    extra: dict[str, Any] = {"xmp": packet} if packet and fmt != "png" else {}
    if quality is not None:
        extra["quality"] = quality
    try:
        image.save(out, fmt.upper(), **{**_SAVE[fmt], **extra})
    except (OSError, ValueError) as exc:
        raise StorageError(f"the {fmt} encoder failed: {brief(exc)}") from exc
    made = out.getvalue()
    return marking.marked(made, "png", packet) or made if packet and fmt == "png" else made


def _flattened(image: Image) -> Image:
    from PIL import Image as Pillow

    backdrop = Pillow.new("RGB", image.size, _BACKDROP)
    backdrop.paste(image, mask=image.getchannel("A"))
    return backdrop
