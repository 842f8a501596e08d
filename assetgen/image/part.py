"""One part of an image file: where it is, what kind it is of, what it contains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["picture", "frames", "xmp", "credentials", "metadata", "behind"]


@dataclass(frozen=True)
class Part:
    """One part of a file, from ``start`` to ``end``."""

    kind: Kind
    start: int
    end: int
    text: bytes = b""
    """What it contains, unpacked; empty for pixels."""
    is_inside: bool = False
    """Whether it is inside other parts, so that it cannot be cut out."""
    is_too_much: bool = False
    """Whether the file has too much text to unpack this one too; ``text`` is empty then."""
