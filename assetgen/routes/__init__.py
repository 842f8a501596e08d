"""Who draws: one module a route, loaded only when an asset asks for it.

A route is a module with ``draw(job) -> Drawn``. It returns the untouched bytes and what it knows of how
they came about; fitting, encoding, writing and recording are the performer's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from assetgen.errors import UnsupportedOption
from assetgen.fonts import Font
from assetgen.plan import Wish

_MODULES = {"local": "assetgen.routes.local"}


@dataclass(frozen=True)
class Job:
    """One picture to draw: the wish, its brand, and how to read the files it names."""

    wish: Wish
    palette: tuple[str, ...]
    font: str
    fonts: Mapping[str, Font]
    read: Callable[[str], bytes]
    """The bytes of an input, by path or "@id"."""
    root: Path
    """The project, whose cache a route may use."""
    source_type: Callable[[str], str | None]
    """What an input, by path or "@id", says it is (IPTC digital source type)."""


@dataclass(frozen=True)
class Drawn:
    """What a route gives back. Dictionaries are parts of the record, in its own terms."""

    original: bytes
    source_type: str
    route: Mapping[str, Any]
    request: Mapping[str, Any]
    response: Mapping[str, Any] | None
    received: str
    keeps_original: bool


class Route(Protocol):
    """What a module in this folder offers."""

    def draw(self, job: Job) -> Drawn:
        """Draw one picture. Raises an AssetgenError that says what failed."""
        ...


def load(route: str) -> Route:
    """The module that draws for ``route``. Raises UnsupportedOption if this version has none."""
    if route not in _MODULES:
        raise UnsupportedOption(
            f"route {route!r} cannot be performed by this version of assetgen; nothing was sent and nothing was paid",
            cure='choose route = "local", or draw it elsewhere and run: assetgen adopt ID FILE',
        )
    return cast(Route, import_module(_MODULES[route]))
