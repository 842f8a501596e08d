"""The files of an asset: their paths, formats and widths, and those of an icon set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from assetgen.manifest.key_types import Format

#: The formats of all files; an ico is only made as a part of an icon set.
FileFormat = Format | Literal["ico"]
#: What a file of an icon set is for: favicon.ico, iOS, Android. "": it is the image in a width.
Use = Literal["", "ico", "touch", "maskable"]

#: The extension of files that contain several sizes of an icon.
ICO = ".ico"
#: The widths of the images in favicon.ico, and those of the other files of a set.
ICO_WIDTHS = (16, 32, 48)
WIDTHS = (16, 32, 48, 96, 192, 512)
MASKABLE_WIDTHS = (192, 512)
TOUCH_WIDTH = 180
#: The width that the image of a set needs at least.
LEAST = WIDTHS[-1]


class Target(msgspec.Struct, frozen=True):
    """One file of an asset: its path, its format, its width in pixels (None: that of the asset)."""

    path: str
    format: FileFormat
    width: int | None = None
    use: Use = ""

    @property
    def is_opaque(self) -> bool:
        """Whether phones cut its shape, so that it has no transparent corners."""
        return self.use in ("touch", "maskable")


def favicon_set(path: str) -> Iterator[Target]:
    """The files of a favicon set whose image is ``path``, beside it.

    Browsers and phones ask for two of them by these names, also without a link.
    """
    folder, slash, name = path.rpartition("/")
    stem = f"{folder}{slash}{name.rpartition('.')[0]}"
    yield Target(f"{folder}{slash}favicon{ICO}", "ico", ICO_WIDTHS[-1], "ico")
    yield Target(f"{folder}{slash}apple-touch-icon.png", "png", TOUCH_WIDTH, "touch")
    for width in WIDTHS:
        yield Target(f"{stem}-{width}.png", "png", width)
    for width in MASKABLE_WIDTHS:
        yield Target(f"{stem}-maskable-{width}.png", "png", width, "maskable")
