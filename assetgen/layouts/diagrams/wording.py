"""How large texts can be in boxes, about: to choose a composition before anything is laid out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assetgen.layouts.chart import em
from assetgen.layouts.scripts import LINE_END, has_words, leading

_TEXT = 0.74
_TITLE_LINE, _TEXT_LINE = 1.17, 1.36


@dataclass(frozen=True)
class Words:
    """The words of a box: for the title and the text, the widths of their lines and words in em."""

    title: tuple[float, ...]
    text: tuple[float, ...]
    longest: float
    lead: float
    badge: float

    @property
    def widest(self) -> float:
        return max(self.title)

    def height(self, size: float, wide: float) -> float:
        """How high the words are if the title has ``size``; infinite if a word is too wide."""
        if self.longest * size > wide:
            return math.inf
        high = _lines(self.title, size, wide) * size * _TITLE_LINE * self.lead
        if self.text:
            small = size * _TEXT
            high += _lines(self.text, small, wide) * small * _TEXT_LINE * self.lead + 8
        return high + self.badge

    def size(self, wide: float, high: float, most: int, least: int) -> int:
        """The largest size of the title with which all fits; less than ``least`` if none."""
        for size in range(most, least - 1, -1):
            if self.height(size, wide) <= high:
                return size
        return least - 1


def _lines(widths: tuple[float, ...], size: float, wide: float) -> int:
    return sum(max(1, math.ceil(one * size * 1.04 / wide)) for one in widths)


def words_of(node: Mapping[str, Any], badge: float) -> Words:
    title, text = str(node.get("title") or ""), str(node.get("text") or "")
    longest, small = longest_piece(title), longest_piece(text) * _TEXT
    return Words(
        tuple(em(line) for line in title.split(LINE_END)),
        tuple(em(line) for line in text.split(LINE_END)) if text else (),
        max(longest, small),
        max(leading(title, _TITLE_LINE), leading(text, _TEXT_LINE)),
        badge if node.get("badge") else 0.0,
    )


def _pieces(text: str) -> list[str]:
    """What is not broken, about: words; in scripts without blanks, some letters."""
    if has_words(text):
        return re.findall(r"\S{1,4}", text)
    return re.split(rf"[\s{LINE_END}\u00ad]+", text)


def longest_piece(text: str) -> float:
    """The width of the longest word of a text, in em."""
    return max((em(one) for one in _pieces(text)), default=0.0)


def sizes_of(most: int, least: int) -> str:
    """Sizes of type from ``most`` to ``least``, as layouts state them."""
    most = max(most, least)
    step = 1 if most - least < 8 else 2
    return " ".join(map(str, dict.fromkeys([*range(most, least, -step), least])))
