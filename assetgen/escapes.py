"""Text as each language of a page writes it, so that what is read back is the very same text."""

from __future__ import annotations

import json
import re
import unicodedata


def is_printable(char: str) -> bool:
    """Whether a character shows as itself and acts on nothing: no control, no direction, no line end of its own."""
    return char == "\u200d" or unicodedata.category(char) not in (
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Zl",
        "Zp",
    )


def script(text: str) -> str:
    """A string of JavaScript, TypeScript and JSON, in double quotes."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if is_printable(char) else _unit(char) for char in quoted)


def _unit(char: str) -> str:
    return json.dumps(char)[1:-1]  # \uXXXX, two of them beyond the basic plane


#: What means the same in an attribute of JSX, of MDX and of Astro.
_PLAIN = re.compile(r"[^\"&\\<>{}`]*")


def jsx(text: str) -> str:
    """The value of an attribute of JSX, MDX or Astro: in quotes if nothing in it has a meaning, else an expression."""
    plain = _PLAIN.fullmatch(text) and all(map(is_printable, text))
    return f'"{text}"' if plain else "{" + script(text) + "}"


def html(text: str) -> str:
    """The value of an attribute of HTML, in double quotes."""
    return (
        '"' + "".join(_reference(char) if char in '&"<>' else _shown(char) for char in text) + '"'
    )


_NAMED = {"&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;"}


def _reference(char: str) -> str:
    return _NAMED.get(char) or f"&#{ord(char)};"


def _shown(char: str) -> str:
    return char if is_printable(char) else _reference(char)


# CommonMark 0.31, 2.4: a backslash before ASCII punctuation makes it literal. These begin something in Markdown
# or in MDX; others would only make the text harder to read.
_MARKUP = frozenset("\\`*_[]{}<>&~|$^")
# What smartypants makes typographic, in the text of images too; Astro does so unless told otherwise.
_TYPOGRAPHIC = re.compile(r"[\"']|--+|\.\.\.+")


def markdown(text: str, *, is_typographic: bool = False) -> str:
    """The text of a Markdown or MDX image, between its brackets; ``is_typographic`` if quotes would become curly."""
    risky = (
        {at for found in _TYPOGRAPHIC.finditer(text) for at in range(*found.span())}
        if is_typographic
        else set()
    )
    start, end = (
        len(text) - len(text.lstrip()),
        len(text.rstrip()),
    )  # blanks at the edges would be left out
    return "".join(
        _reference(char)
        if char.isspace() and not start <= at < end
        else "\\" + char
        if char in _MARKUP or at in risky
        else _shown(char)
        for at, char in enumerate(text)
    )


def css_comment(text: str) -> str:
    """Text inside a comment of CSS, in a file or in a style element; here some of it is only like the original."""
    shown = "".join(char if is_printable(char) else " " for char in text)
    return re.sub(r"\*(?=/)|<(?=/)", r"\g<0> ", shown)
