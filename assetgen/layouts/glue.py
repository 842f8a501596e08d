"""What belongs to one word though a line could end in it: 5 km, 10 %, src/pages, --all."""

from __future__ import annotations

import re

_JOINER, _BLANK = "\u2060", "\u00a0"
_UNITS = (
    r"[%‰€$£¥°′″]|°[CF]|[kcmµnd]?m[²³]?|km/h|[kmµ]?g|t|[kKMGTP]i?[BbW]|[kMG]?Hz|[mµn]?s|min|h|kWh"
    r"|[mcd]?[lL]|[kmM]?[VAW]|px|pt|dpi|fps|Mio\.?|Mrd\.?"
)
_GLUED = (
    (re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?!\w))"), _BLANK),
    (re.compile(r"(?<=[№§]) (?=\d)"), _BLANK),
    (re.compile(r"(?<=[\w.~-])/(?=[\w.])"), f"/{_JOINER}"),
    (re.compile(r"(?<=\d)\u2013(?=\d)"), f"\u2013{_JOINER}"),
    (re.compile(r"(?<=[+*=&|<>~-])(?=[+*=&|<>~-])"), _JOINER),  # C++, a->b
    (re.compile(r"(?<!\S)[\u2060-]+(?=[A-Za-z])"), rf"\g<0>{_JOINER}"),
)


def glued(text: str) -> str:
    """``text`` with characters that keep a line from ending where words belong together."""
    for pattern, to in _GLUED:
        text = pattern.sub(to, text)
    return text


def loosened(document: str) -> str:
    """A document in which lines may end inside paths, for those that are longer than a line."""
    return document.replace(f"/{_JOINER}", "/")
