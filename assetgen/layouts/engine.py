"""The only access to the HTML/CSS engine (blitz-py): a document in, boxes and pixels out.

Nothing outside this module knows which engine draws. The engine never sees a system font: on Linux
its font search uses our own folder, and on every system the families have private names.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from assetgen.errors import TemplateError
from assetgen.fs import platform
from assetgen.layouts import closure
from assetgen.layouts.fonts import Font

_registered: set[str] = set()
_registering = threading.Lock()

Box = tuple[float, float, float, float]
Styles = Mapping[str, Mapping[str, str]]
#: Width and height in CSS px, pixels per CSS px, whether the ground is transparent.
Canvas = tuple[int, int, float, bool]


@dataclass(frozen=True)
class Drawing:
    """A finished picture and its size in pixels; its tiny preview, if that was asked for."""

    png: bytes
    width: int
    height: int
    placeholder: str | None = None
    smallest: float | None = None
    """The height of the smallest type in pixels, as far as it was fitted."""


class Page:
    """A document laid out on a canvas.

    ``styles`` are declarations for elements by id, as ``style`` makes them. It is cheaper to start
    with them.
    """

    def __init__(self, document: str, css: str, canvas: Canvas, styles: Styles) -> None:
        """Raises TemplateError if the engine refuses the document."""
        width, height, scale, transparent = canvas
        self._document, self._css = document, css
        self._canvas = canvas
        self._styles = {element: dict(declared) for element, declared in styles.items()}
        self._texts: dict[str, str] = {}
        self._boxes: dict[str, Box] | None = None
        self._is_new = True
        self.scale = scale
        self.smallest: float | None = None
        try:
            self._page = _engine().Template(
                document,
                width=width,
                height=height,
                scale=scale,
                css=css + _rules(styles),
                background=None if transparent else "#ffffff",
            )
        except (ValueError, RuntimeError) as exc:
            raise TemplateError(f"the engine cannot lay out this document: {exc}") from exc

    def begin(self, document: str, texts: Mapping[str, str]) -> None:
        """Forget all styles that were set, and show ``texts``, by element, instead of others.

        ``document`` is what ``rebuilt`` shows.
        """
        for element, styles in self._styles.items():
            for name in styles:
                self._page.set_style(element, name, "")
        for element, text in texts.items():
            if self._texts.get(element) != text:
                self._page.set_text(element, text)
        self._texts = dict(texts)
        self._document = document
        self._styles, self._boxes = {}, None
        self._is_new = False

    @property
    def styles(self) -> Styles:
        """The declarations for elements, by id, that were set so far."""
        return self._styles

    @property
    def styled(self) -> tuple[str, str]:
        """The document, and its style sheet with all styles that were set so far."""
        return self._document, self._css + _rules(self._styles)

    def boxes(self) -> dict[str, Box]:
        """x, y, width, height in CSS px of every element that has an id."""
        if self._boxes is None:
            self._boxes = dict(self._page.boxes())
        return self._boxes

    def style(self, element: str, name: str, value: str) -> None:
        styles = self._styles.setdefault(element, {})
        if styles.get(name) != value:  # the engine lays out again even if nothing changes
            styles[name] = value
            self._page.set_style(element, name, value)
            self._boxes, self._is_new = None, False

    def boxes_with(self, styles: Styles, texts: Mapping[str, str] | None = None) -> dict[str, Box]:
        """The boxes with other styles for a moment, and with other texts from now on.

        Such a page is only for measuring.
        """
        for element, text in (texts or {}).items():
            self._page.set_text(element, text)
        for element, declared in styles.items():
            for name, value in declared.items():
                self._page.set_style(element, name, value)
        found = dict(self._page.boxes())
        for element, declared in styles.items():
            before = self._styles.get(element, {})
            for name in declared:
                self._page.set_style(element, name, before.get(name, ""))
        self._is_new = False
        return found

    @property
    def document(self) -> str:
        return self._document

    @property
    def css(self) -> str:
        return self._css

    @property
    def canvas(self) -> Canvas:
        return self._canvas

    def rebuilt(self, document: str) -> Page:
        """A new page of ``document`` with all styles set so far; this one if nothing is new.

        A text that was styled after the first layout is sometimes painted with the line breaks of
        an earlier width, although its box is right (blitz-py 0.5.0); a new layout is always right.
        """
        if self._is_new and document == self._document:
            return self
        return Page(document, self._css, self._canvas, self._styles)

    def pixels(self) -> tuple[int, int, bytes]:
        """width and height in pixels, and the rows as 8-bit RGBA."""
        return self._page.render_rgba()  # type: ignore[no-any-return]


def _rules(styles: Styles) -> str:
    # The second selector matches nothing, but its specificity is above that of every layout's rule.
    # Not !important, because ``style`` could not change it again.
    return "".join(
        f':is([id="{element}"],#_#_#_#_){{'
        + "".join(f"{name}:{value};" for name, value in declared.items())
        + "}"
        for element, declared in styles.items()
    )


def name() -> str:
    """The engine and its version, as records state it."""
    return f"blitz-py {_engine().__version__}"


def register(fonts: tuple[Font, ...]) -> None:
    """Make ``fonts`` known to the engine, once per process, under their private names."""
    with _registering:
        new = [font for font in fonts if font.digest not in _registered]
        if not new:
            return
        families = _engine().register_fonts(
            [face for font in new for face in font.renamed()], default_family=fonts[0].private_name
        )
        for font in new:
            if font.private_name not in families:
                raise TemplateError(f"the engine cannot read the font {font.family!r}")
            _registered.add(font.digest)


@cache
def _engine() -> Any:
    platform.keep_memory()
    # Must be set before the engine's first look for fonts; the import itself does not look.
    os.environ["FONTCONFIG_FILE"] = str(closure.shipped_root() / "fonts" / "only-these.conf")
    import blitz_py

    return blitz_py
