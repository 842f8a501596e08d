"""Which file a reference means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal[
    "absolute",
    "relative",
    "relative-url",
    "alias",
    "bare",
    "bare-unknown",
    "package",
    "external",
    "dynamic",
]


Wrong = Literal["public-folder", "base", "base-twice", "beside", "page-url"]
"""The path names the public folder, lacks the base path, has one that the framework adds itself, or
is not that from the file of the page or from its URL."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The file that a reference means, and by which rule."""

    how: How
    path: str | None
    """Relative to the repository (``/`` between parts), even if it is missing; None for no file."""
    exists: bool | None
    """None without a path, and where only a build can tell (git ignores it, a route makes it)."""
    candidates: tuple[str, ...] = ()
    """The files that it may mean: those of that name for ``bare-unknown``, those that a pattern
    matches, and the file whose name differs only in case beside ``exists=False``."""
    hint: str | None = None
    """What to write instead, where that is certain (``/public/x.png`` -> ``/x.png``)."""
    wrong: Wrong | None = None
    """Why the framework does not show the file, although it exists."""
