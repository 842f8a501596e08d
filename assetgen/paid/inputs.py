"""Input images of a paid request."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass, field

from assetgen.errors import ManifestError, StorageError
from assetgen.image import decode

#: The largest input that the Images API takes, in bytes, and the largest mask.
MAX_BYTES = 50_000_000
MAX_MASK = 4_000_000


@dataclass(frozen=True)
class Picture:
    """One input as it goes out; ``path`` is the file of the project that it was read from."""

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
    """The picture in ``data``, decoded once to be sure that it is one; AVIF, which is not taken, becomes PNG.

    Raises ManifestError.
    """
    try:
        image = decode.decode(data)
        seen = decode.facts(data)
    except StorageError as exc:
        raise ManifestError(
            f"the input {name} cannot be sent: {exc.what}", cure=f"give a whole picture as {name}"
        ) from None
    form = seen.format
    if form == "avif":
        out = io.BytesIO()
        image.save(out, "PNG")
        data, form = out.getvalue(), "png"
    if len(data) > MAX_BYTES:
        raise ManifestError(
            f"the input {name} has {len(data)} bytes; {MAX_BYTES} can be sent",
            cure="make it smaller",
        )
    return Picture(name, data, form, seen.width, seen.height, seen.alpha)


def mask(data: bytes, over: Picture, name: str) -> Picture:
    """The mask in ``data`` for the picture ``over``. Raises ManifestError unless it fits: PNG, alpha, same size."""
    found = of(data, name)
    wrong = None
    if found.format != "png" or not found.alpha:
        wrong = "is not a PNG with transparency, which marks what is painted anew"
    elif (found.width, found.height) != (over.width, over.height):
        wrong = (
            f"is {found.width}x{found.height}, and the first input is {over.width}x{over.height}"
        )
    elif len(data) > MAX_MASK:
        wrong = f"has {len(data)} bytes; {MAX_MASK} can be sent"
    if wrong:
        raise ManifestError(
            f"the mask {name} {wrong}", cure="draw it over the first input, with its size"
        )
    return found
