"""Which rules of typesetting a picture depends on, beyond those that every picture does.

A rule that changes is named with a new number. Then the pictures with such texts are stale, and no
others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from assetgen.layouts.kind import Kind
from assetgen.layouts.sanitize import leaves

_CODE = re.compile(r"`[^`\n]+`")
_JOINED_EMOJI = re.compile("[\u200d\U000e0020-\U000e007f\U0001f3fb-\U0001f3ff\u2b1c]")
_MAY_HAVE_GLUE = re.compile(r"[/\u2013№§]|\d [^\s\d]{1,4}(?!\w)|(?<!\S)-[A-Za-z]|[+*=&|<>~-]{2}")
_LINES = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# In a layout with such a rule, the element round an emoji was taken for one of its own.
_OF_ELEMENTS = re.compile(
    r"(?:\bspan\b[^{}<>]*|>\s*\*\s*)\{[^}]*"
    r"\b(?:padding|background|border|margin|display|width|height|font|color)\b"
)


def rules(kind: Kind, layout: str, values: Mapping[str, Any]) -> str:
    """The names of the rules, sorted; "" for most pictures."""
    pictures = set(kind.pictures(values))
    texts = {name: text for name, text in leaves(values, "") if text not in pictures}
    special = [text for text in texts.values() if _may_need(text)]
    found = {"glue 1"} if any(map(_has_glue, texts.values())) else set()
    found |= set(_of_texts((*special, *kind.special_texts(layout))))
    if any("\ufe0f" in text or "\u20e3" in text for text in special):
        sources = kind.files(layout).items()
        if any(
            _OF_ELEMENTS.search(data.decode("utf-8", "replace"))
            for name, data in sources
            if name.endswith((".html", ".css"))
        ):
            found.add("emoji 1")
    for name, text in texts.items():
        if "`" in text and _CODE.search(text) and kind.sets_code(layout, name.lstrip(".")):
            found.add("code 1")
    return ", ".join(sorted(found))


def _may_need(text: str) -> bool:
    return not text.isascii() or "\n" in text or "\r" in text


def _has_glue(text: str) -> bool:
    if not _MAY_HAVE_GLUE.search(text):
        return False
    from assetgen.layouts import glue

    return glue.glued(text) != text


def _of_texts(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        from assetgen.layouts import scripts  # its patterns take longer than a small plan

        if _LINES.search(text.strip()):
            yield "lines 1"
        if scripts.SOFT_HYPHEN in text:
            yield "hyphens 1"
        if scripts.letters(text)[1]:
            yield "direction 1"
        if scripts.has_words(text):
            yield "words 2"
        if scripts.line_height(text):
            yield "height 1"
        if _JOINED_EMOJI.search(text):
            yield "emoji 1"
