"""Lines of a text by their numbers: ``3``, ``5-9``, ``12-``. Pure."""

from __future__ import annotations

import re

#: The first and the last line; None: to the end.
Range = tuple[int, int | None]

_RANGE = re.compile(r"([1-9]\d{0,5})(?:\s*-\s*([1-9]\d{0,5})?)?")


def one(text: str) -> Range | None:
    """The lines that ``text`` names, such as ``5-9``; None if it names none."""
    found = _RANGE.fullmatch(text.strip())
    if not found:
        return None
    first = int(found[1])
    if "-" not in text:
        return first, first
    last = int(found[2]) if found[2] else None
    return None if last is not None and last < first else (first, last)


def several(text: str) -> list[Range] | None:
    """The lines that a list such as ``3, 5-9`` names; None if a part of it names none."""
    found = [one(part) for part in text.split(",")]
    known = [part for part in found if part is not None]
    return known if len(known) == len(found) else None
