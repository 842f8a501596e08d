"""One place in a page or in code that names a picture."""

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
    """Where the parts of a reference stand in its file, for who mends it; None is not there (as a literal)."""

    raw: Span
    alt: Span | None = None
    """What an alt text stands in, without its quotes."""
    width: Span | None = None
    height: Span | None = None
    tag: Span | None = None
    """The whole element or Markdown image."""
    attributes: int | None = None
    """Where an attribute can be inserted: right after the element's name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that a file names; ``line`` and ``col`` (characters) count from 1 and are those of the reference."""

    file: str
    """The path of the page, relative to the project."""
    line: int
    col: int
    kind: Kind
    raw: str
    """What is written, without quotes: for ``import_ref`` the specifier of the import, for ``dynamic`` the code."""
    alt: str | None
    alt_status: AltStatus
    dynamic: bool
    width: int | None
    height: int | None
    """The declared size in pixels; None if none is declared as a whole number."""
    element: str
    """The element whose attribute it is ("img", "Card"); "" outside of elements."""
    key: str
    """The attribute, object key or frontmatter key that it stands under ("src", "hero.image.src"); "" for none."""
    marks: Marks

    @property
    def place(self) -> str:
        """The page and the line, as commands take it."""
        return f"{self.file}:{self.line}"
