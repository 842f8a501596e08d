"""A value as a message quotes it: short, on one line, never failing."""

from __future__ import annotations

from typing import Any

_LONGEST = 60


def brief(value: Any) -> str:
    """``repr`` of ``value``, cut to 60 characters."""
    try:
        shown = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."
