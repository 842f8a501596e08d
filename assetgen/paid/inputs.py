"""Input images of a paid request."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass, field

from assetgen.errors import ManifestError, StorageError
from assetgen.image import decode

#: The largest input and the largest mask that the Images API accepts, in bytes.
MAX_BYTES = 50_000_000
MAX_MASK = 4_000_000


@dataclass(frozen=True)
class Picture:
    """One input as it is sent; ``path`` is the project file that it was read from."""

    path: str
    data: bytes = field(repr=False)
    format: str
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
    """The image in ``data``, decoded once to check it; AVIF, which no API accepts, becomes PNG.

    Raises ManifestError.
    """
    try:
        image = decode.decode(data)
        seen = decode.facts(data)
    except StorageError as exc:
        raise ManifestError(
            f"the input {name} cannot be sent: {exc.what}",
            cure=f"replace {name} with a valid image",
        ) from None
    form = seen.format
    if form == "avif":
        out = io.BytesIO()
        image.save(out, "PNG")
        data, form = out.getvalue(), "png"
    if len(data) > MAX_BYTES:
        raise ManifestError(
            f"the input {name} has {len(data)} bytes; the limit is {MAX_BYTES}",
            cure=f"make {name} smaller",
        )
    return Picture(
        path=name,
        data=data,
        format=form,
        width=seen.width,
        height=seen.height,
        alpha=seen.alpha,
    )


def mask(data: bytes, over: Picture, name: str) -> Picture:
    """The mask in ``data`` for the image ``over``.

    Raises ManifestError unless it is a PNG with an alpha channel and the same size.
    """
    found = of(data, name)
    wrong = None
    if found.format != "png" or not found.alpha:
        wrong = "is not a PNG with transparency, which marks the area to change"
    elif (found.width, found.height) != (over.width, over.height):
        wrong = (
            f"is {found.width}x{found.height}, but the first input is {over.width}x{over.height}"
        )
    elif len(data) > MAX_MASK:
        wrong = f"has {len(data)} bytes; the limit is {MAX_MASK}"
    if wrong:
        raise ManifestError(
            f"the mask {name} {wrong}",
            cure=f"make {name} from a copy of the first input, as a PNG with an alpha channel",
        )
    return found
