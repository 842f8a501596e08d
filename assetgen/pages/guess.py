"""Which kind and layout a missing image most likely has, by its words and its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from assetgen.pages.gap import Gap

# What a text calls an image; of several names, the first in the text counts.
_NAMES: tuple[tuple[str, str, str], ...] = (
    ("ui", "badges", r"badges?|shields"),
    ("icon", "avatar", r"avatars?"),
    ("icon", "app", r"fav ?icons?|app ?icons?|apple touch icons?"),
    ("infographic", "lines", r"line (?:chart|graph|plot)|lines? over time|time series|curves?"),
    ("infographic", "bars", r"bar (?:chart|graph|plot)|bars|histogram|column chart"),
    ("infographic", "comparison", r"comparison|compares?|comparing|feature matrix"),
    ("infographic", "steps", r"steps?|timeline|roadmap|how to|checklist|stages|phases"),
    (
        "infographic",
        "flow",
        r"flow ?charts?|flows?|diagrams?|pipeline|architecture|workflow|infographic",
    ),
    ("ui", "phone", r"phones?|smartphone|iphone|android|ios|home ?screen|mobile"),
    (
        "ui",
        "browser",
        r"browser|screen ?shots?|screen|dashboard|mock ?ups?|web ?site|(?:home|landing) ?page|ui",
    ),
    ("ui", "empty-state", r"empty (?:states?|inbox|list|folder|cart|page)"),
)
# What only a text without such a name is judged by, the surest first.
_SIGNS: tuple[tuple[str, str, str], ...] = (
    ("infographic", "lines", r"over time|trends?|per (?:minute|hour|day|week|month|year)|growth"),
    ("infographic", "comparison", r"versus|vs|table of|before and after|differences? between"),
    ("infographic", "bars", r"charts?|graphs?|benchmarks?|percent|latency|throughput"),
    ("cover", "", r"og|covers?|hero|social|opengraph|twitter|banner|thumbnail|thumb|card"),
)


class Guess(Struct, frozen=True):
    """A kind, its layout ("": the default of the kind), and what suggests them."""

    kind: str
    layout: str
    why: str

    @property
    def words(self) -> str:
        return f"{self.kind}/{self.layout}" if self.layout else self.kind


def guess(path_words: Sequence[str], asking: Sequence[Gap]) -> Guess:
    """The kind and layout for an image whose file has ``path_words`` in its name."""
    if any(gap.is_cover for gap in asking):
        return Guess("cover", "", "the page names it as its own")
    for where, text in _texts(path_words, asking):
        for rules in (_NAMES, *([sign] for sign in _SIGNS)):
            if found := _first(rules, text):
                kind, layout, word = found
                return Guess(kind, layout, f'"{word}" in {where}')
    return Guess("cover", "", "nothing on the page says what it is")


def _texts(path_words: Sequence[str], asking: Sequence[Gap]) -> Iterator[tuple[str, str]]:
    """What is said about the image, the most telling first."""
    for gap in asking:
        yield "the alternative text", gap.alt
    yield "the name of the file", " ".join(path_words)
    for gap in asking:
        yield "the name of the element", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", gap.reference.element)
    for gap in asking:
        yield "the heading above it", gap.heading


def _first(rules: Sequence[tuple[str, str, str]], text: str) -> tuple[str, str, str] | None:
    """The kind and layout of the first word of ``text`` that ``rules`` know, and that word."""
    found = (
        (match.start(), (kind, layout, match[0]))
        for kind, layout, pattern in rules
        if (match := re.search(rf"(?i)(?<![^\W_])(?:{pattern})(?![^\W_])", text))
    )
    return min(found, default=(0, None))[1]
