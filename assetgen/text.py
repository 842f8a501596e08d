"""Text for people: what may be printed, counted nouns, quoted values."""

from __future__ import annotations

import unicodedata
from typing import Any

from assetgen.escapes import is_printable

_LONGEST = 60


def brief(value: Any) -> str:
    """``repr`` of ``value``, cut to 60 characters."""
    if isinstance(value, str):
        value = value[: _LONGEST + 1]
    try:
        shown = repr(value)
    except ValueError:  # Python does not print numbers of more than 4,300 digits
        return "a number of thousands of digits"
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."


#: The longest message that is printed, in characters.
MAX_MESSAGE = 2000


def clean(text: object, limit: int = MAX_MESSAGE) -> str:
    """``text`` that is safe to print on one line, of limited length.

    Line ends and tabs are shown as blanks, escape sequences and direction controls as codes.
    """
    line = str(text)[: limit + 1].replace("\r\n", " ").translate(_BLANKS)
    if not line.isprintable():
        line = "".join(char if is_printable(char) else f"\\u{ord(char):04x}" for char in line)
    return shortened(line, limit)


_BLANKS = {ord(char): " " for char in "\n\r\t"}


def shortened(text: str, limit: int = MAX_MESSAGE) -> str:
    """``text``, cut to ``limit`` characters."""
    return text if len(text) <= limit else text[:limit] + "..."


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'s' * (number != 1)}"


def has_ink(text: str) -> bool:
    """Whether ``text`` has more than blanks and characters that cannot be seen."""
    return any(
        not char.isspace() and char not in _WITHOUT_INK and unicodedata.category(char) != "Cf"
        for char in text
    )


# The grapheme joiner, fillers of Hangul, the empty pattern of Braille, and variation selectors.
_WITHOUT_INK = frozenset(
    map(
        chr, [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)]
    )
) | frozenset(map(chr, range(0xE0100, 0xE01F0)))
