"""Input images of a paid request."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assetgen.cure import Cure, advice
from assetgen.errors import ManifestError, StorageError
from assetgen.image import decode
from assetgen.manifest.key_types import Format

if TYPE_CHECKING:
    from PIL.Image import Image

#: The largest input and the largest mask that the Images API accepts, in bytes.
MAX_BYTES = 50_000_000
MAX_MASK = 4_000_000


@dataclass(frozen=True)
class Picture:
    """One input as it is sent; ``path`` is the project file that it was read from."""

    path: str
    data: bytes = field(repr=False)
    format: Format
    width: int
    height: int
    alpha: bool

    @property
    def media_type(self) -> str:
        return f"image/{self.format}"

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.data).hexdigest()

    @property
    def data_url(self) -> str:
        return f"data:{self.media_type};base64," + base64.b64encode(self.data).decode()


def of(data: bytes, name: str) -> Picture:
    """The image in ``data`` as it is sent: upright, in a format that every API accepts.

    It is decoded once to check it. A photo that its Exif data turns is turned here, because
    services differ in whether they do; AVIF, which none accepts, becomes PNG. Other bytes are sent
    unchanged. Raises ManifestError.
    """
    return _picture(data, name)[0]


def _picture(data: bytes, name: str) -> tuple[Picture, Image]:
    try:
        image, is_turned = decode.decode_turned(data)
        form = decode.facts(data).format
    except StorageError as exc:
        what = f"the input {name} cannot be sent: {exc.what}"
        raise ManifestError(what, cure=decode.cure(exc, name)) from None
    if form == "avif" or is_turned:
        data, form = _encoded(image, form)
    if len(data) > MAX_BYTES:
        raise ManifestError(
            f"the input {name} has {len(data)} bytes; the limit is {MAX_BYTES}",
            cure=advice("make {name} smaller", name=name),
        )
    sent = Picture(
        path=name,
        data=data,
        format=form,
        width=image.width,
        height=image.height,
        alpha=image.mode == "RGBA",
    )
    return sent, image


def _encoded(image: Image, form: Format) -> tuple[bytes, Format]:
    """The upright pixels as a file; a photo stays a JPEG, which PNG would make ten times as big."""
    out = io.BytesIO()
    if form == "jpeg":
        profile = image.info.get("icc_profile")
        image.save(out, "JPEG", quality=95, subsampling=0, icc_profile=profile)
        return out.getvalue(), "jpeg"
    image.save(out, "PNG")
    return out.getvalue(), "png"


def mask(data: bytes, over: Picture, name: str) -> Picture:
    """The mask in ``data`` for the image ``over``.

    Raises ManifestError unless it is a PNG of the same size with transparent pixels.
    """
    found, image = _picture(data, name)
    if wrong := _wrong_with_mask(found, image, over):
        what, cure = wrong
        raise ManifestError(f"the mask {name} {what}", cure=cure)
    return found


def _wrong_with_mask(found: Picture, image: Image, over: Picture) -> tuple[str, Cure] | None:
    """What is wrong with a mask, and the fix."""
    name, size = found.path, f"{over.width}x{over.height}"
    if found.format != "png":
        what = f"is {found.format}; a mask is a PNG whose transparent area is to change"
        return what, advice("save {name} as PNG with an alpha channel", name=name)
    if not found.alpha:
        what = "has no alpha channel; its transparent area is to change"
        return what, advice("save {name} as PNG with an alpha channel", name=name)
    if (found.width, found.height) != (over.width, over.height):
        what = f"is {found.width}x{found.height}, but the first input is {size}"
        return what, advice("resize {name} to {size}", name=name, size=size)
    if image.getchannel("A").getextrema()[0] != 0:
        what = "has no transparent pixel, so there is nothing to change"
        return what, advice(
            "make the area to change transparent in {name}, or remove mask", name=name
        )
    if len(found.data) > MAX_MASK:
        return f"has {len(found.data)} bytes; the limit is {MAX_MASK}", advice(
            "make {name} smaller", name=name
        )
    return None
