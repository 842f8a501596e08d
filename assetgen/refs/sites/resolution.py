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


@dataclass(frozen=True, slots=True)
class Resolution:
    """The file that a reference means, and by which rule."""

    how: How
    path: str | None
    """Relative to the repository (``/`` between parts), whether or not the file is there; None if it is no file."""
    exists: bool | None
    """None where there is no path, and where only a build can tell (git ignores it, a route makes it)."""
    candidates: tuple[str, ...] = ()
    """For ``bare-unknown`` the files of that name, one of which a component may mean; for a glob the files that it
    takes in; beside ``exists=False`` the file whose name differs in case only."""
    hint: str | None = None
    """What the author ought to have written, where that is certain (``/public/x.png`` -> ``/x.png``)."""
