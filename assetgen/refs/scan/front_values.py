"""The values in front matter, whatever it is written in, and how much of it is read."""

from __future__ import annotations

import re

from msgspec import Struct

from assetgen.refs.reference import Span

Steps = tuple[str | int, ...]
"""The keys and list positions above a value, from the top."""
Plain = str | int | bool | None

#: The most that is parsed, in characters.
MAX_CHARACTERS = 128 * 1024
#: The most values that are read.
MAX_VALUES = 5_000
#: How deep they may be nested.
MAX_DEPTH = 32
#: How much of a key is kept, in characters.
MAX_NAME = 200
#: After how many broken values the rest is skipped.
MAX_BROKEN = 8


class Found(Struct, frozen=True):
    """One value and where it is in the page, in characters."""

    steps: Steps
    value: Plain
    at: int
    """Where it begins, with its quotes."""
    span: Span | None
    """Without its quotes; None if it has several lines."""


_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})")
_WORDS: dict[str, bool | None] = {"": None, "~": None}
for _word, _meaning in (("null", None), ("true", True), ("false", False)):
    _WORDS |= dict.fromkeys((_word, _word.capitalize(), _word.upper()), _meaning)


def plain(text: str) -> Plain:
    """The value of an unquoted word in the core schema of YAML 1.2, as the frameworks read it."""
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text
