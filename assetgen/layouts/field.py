"""One value that a layout takes, as its template.toml describes it."""

from __future__ import annotations

from typing import Literal

import msgspec

#: The languages of texts that layouts get as nodes and edges.
Syntax = Literal["flowchart", "sequence", "outline"]
# fmt: off
FieldType = Literal[
    "text", "number", "flag", "choice", "colour", "picture", "point", "list", "table", "code",
    "language",
]
# fmt: on


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value that a layout takes from ``[asset.values]``."""

    type: FieldType
    doc: str = ""
    required: bool = False
    default: str | int | float | bool | None = None
    of: tuple[str, ...] = ()
    min: int = 0
    max: int = 24
    fields: dict[str, Field] = {}
    gaps: bool = False
    """A list of numbers may leave one out: ``nan`` or ``""``; the layout gets ``none``."""
    needs: tuple[str, ...] = ()
    """Values without one of which it is not shown."""
    without: tuple[str, ...] = ()
    """Values that take its place: it cannot be given together with one of them."""
    each: str = ""
    """The list of the layout that this list has entries for; it has at most as many."""
    among: str = ""
    """The list of texts that this text is one of; ``nodes.id``: of the ids in a list of tables."""
    above: bool = False
    """With ``among`` the ids of its own list: following it never leads back to its table."""
    unique: bool = False
    """No other table of its list has the same text."""
    syntax: Syntax | None = None
    """A text in a language: the layout gets what was read from it, or ``""``."""
    between: bool = False
    """It is between two entries of its list, so the last entry has none."""
    code: bool = False
    """Words between backticks are set as code."""
    trim: bool = False
    """A picture loses its transparent edges."""
    auto: bool = False
    """Of a choice: "auto" leaves it to the id of the image."""
    lines_of: str = ""
    """The code of the layout, some lines of which this text names."""
    least: float | None = None
    """Of a number: the smallest one that is accepted."""
    falls: bool = False
    """Of a number in a list: no entry is above the one before, and the first is above zero."""

    @property
    def choices(self) -> tuple[str, ...]:
        """What a choice accepts."""
        return (AUTO, *self.of) if self.auto else self.of


#: The choice that is left to the id of the image, where a layout has that.
AUTO = "auto"
