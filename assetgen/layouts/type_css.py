"""The styles of what ``typeset`` adds to a document, and those that it changes in its own.

A custom property can be inherited together with the property that it is about; a style cannot ask
what another one is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assetgen.layouts.written_lines import LINES, ROW

_LINE_HEIGHT = re.compile(r"(?<![\w-])line-height\s*:\s*([^;}\"'!]+)")
_OF_FONT = re.compile(r"(?<![\w-])font\s*:[^;}/\"']*/\s*([\d.]+)")
_ALIGNED = re.compile(r"\btext-align\s*:\s*(left|right|center|start|end|justify)\b")


def rules(*, is_right: bool, heights: Iterable[float]) -> str:
    """The style sheet of what was added; ``heights`` are the lowest lines of texts, in ems."""
    return (_RULES_RIGHT if is_right else _RULES) + "".join(map(_height_rule, sorted(heights)))


def restyle(pieces: list[str], *, is_right: bool, is_higher: bool) -> None:
    """Change the declarations of style sheets and elements."""
    if is_right:
        _change(pieces, _ALIGNED, _mirrored)
    if is_higher:
        _change(pieces, _LINE_HEIGHT, _line)
        _change(pieces, _OF_FONT, _line_of_font)


def _change(
    pieces: list[str], pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]
) -> None:
    for place, piece in enumerate(pieces):
        if piece[:1] == "<" and "style" in piece:
            pieces[place] = pattern.sub(change, piece)


def _mirrored(match: re.Match[str]) -> str:
    """A declaration for boxes on a mirrored page, and beside it one for the paragraphs in them."""
    turned = {"left": "right", "start": "right", "right": "left", "end": "left"}
    return f"{match[0]};--ag-align:{turned.get(match[1], match[1])}"


_RULES = (
    f"{LINES}{ROW}"
    "[data-ag~=words]{word-break:keep-all!important}"
    "[data-ag~=joined],[data-ag~=joined] *{letter-spacing:0!important}"
    "[data-ag~=run],[data-ag~=emoji],[data-ag~=code]{all:unset!important}"
    "[data-ag~=emoji]{font-family:var(--font-emoji)!important}"
    "[data-ag~=code]{font-family:var(--font-mono)!important;font-size:.92em!important;"
    "font-variant-ligatures:none!important}"
)

# A page from right to left is mirrored as a whole. Its pictures and paragraphs are turned back.
_RULES_RIGHT = (
    f"{_RULES}"
    "[data-ag~=flip]{all:unset!important;display:block!important;"
    "text-align:var(--ag-align,right)!important}"
    "[data-ag~=in]{display:inline-block!important}"
    "body[data-ag~=rtl],[data-ag~=rtl] img,[data-ag~=turned],[data-ag~=flip]"
    "{transform:scaleX(-1)!important}"
)


def _line(match: re.Match[str]) -> str:
    """A declaration of a line height, and beside it what it says, for ``_height_rule``."""
    stated = match[1].strip()
    if re.fullmatch(r"[\d.]+", stated):
        return f"{match[0]};--ag-lines:{stated};--ag-line:initial"
    return f"{match[0]};--ag-line:{stated}"


def _line_of_font(match: re.Match[str]) -> str:
    return f"--ag-lines:{match[1]};--ag-line:initial;{match[0]}"


def _height_rule(high: float) -> str:
    name = f"[data-ag~=h{high * 100:.0f}]"
    line = f"var(--ag-line,max(var(--ag-lines,1.2),{high:g}))"
    return f"{name},{name} *{{line-height:{line}!important}}"
