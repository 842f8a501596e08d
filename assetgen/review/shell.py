"""The page itself: its HTML, styles and modules, which are the same for every project."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from assetgen.layouts.closure import shipped_root

#: The modules of the page, each after those that it imports.
MODULES = (
    "dom.js",
    "source.js",
    "view.js",
    "grid.js",
    "stage.js",
    "refine.js",
    "detail.js",
    "filters.js",
    "main.js",
)
STYLES = "review.css"
_FONTS = ("Inter.ttf", "JetBrainsMono.ttf")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".ttf": "font/ttf",
}


@cache
def text(name: str) -> str:
    """The text of a file of the page."""
    return (Path(__file__).parent / "page" / name).read_text("utf-8")


def paths() -> frozenset[str]:
    """The paths at which the page itself is served."""
    return frozenset(("/", *(f"/{name}" for name in (*MODULES, STYLES, *_FONTS))))


def content(path: str) -> tuple[bytes, str]:
    """The bytes and the media type of what is served at one of ``paths``."""
    name = path.removeprefix("/") or "index.html"
    media_type = _TYPES[f".{name.rpartition('.')[2]}"]
    if name in _FONTS:
        return (shipped_root() / "fonts" / name).read_bytes(), media_type
    return text(name).encode(), media_type
