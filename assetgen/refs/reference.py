"""One place in a page or in code that names an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "md_image",
    "jsx_attr",
    "import_ref",
    "import",
    "require",
    "new_url",
    "js_string",
    "frontmatter",
    "json_string",
    "css_url",
    "inline_css_url",
    "srcset",
    "link",
    "dynamic",
    "glob",
]
AltStatus = Literal["present", "empty", "missing", "dynamic", "spread", "n/a"]

Span = tuple[int, int]
"""Start and end of something in the text of a file, in characters."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the parts of a reference are in its file, so that they can be edited.

    None for a part that is missing or no literal.
    """

    raw: Span
    alt: Span | None = None
    """The alternative text, without its quotes."""
    width: Span | None = None
    height: Span | None = None
    tag: Span | None = None
    """The whole element or Markdown image."""
    attributes: int | None = None
    """Where an attribute can be inserted: right after the element's name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An image that a file names; ``line`` and ``col`` (in characters) count from 1."""

    file: str
    """The path of the page, relative to the project."""
    line: int
    col: int
    kind: Kind
    raw: str
    """The text, without quotes: the specifier for ``import_ref``, the code for ``dynamic``."""
    alt: str | None
    alt_status: AltStatus
    dynamic: bool
    width: int | None
    height: int | None
    """The declared size in pixels; None if none is declared as a whole number."""
    element: str
    """The element whose attribute it is ("img", "Card"); "" outside of elements."""
    key: str
    """The attribute or the key of an object or front matter ("src", "hero.image.src"), or ""."""
    marks: Marks
    in_code: bool = False
    """Whether a program or a layout puts the path together: it is not relative to the page."""

    @property
    def place(self) -> str:
        """The page and the line, as commands accept it."""
        return f"{self.file}:{self.line}"
