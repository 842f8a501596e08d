"""Text escaped for each language of a page, so that reading it gives the same text."""

from __future__ import annotations

import json
import re
import unicodedata


def is_printable(char: str) -> bool:
    """Whether a character only shows itself: no control, direction or line end character."""
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


#: Text that means the same in attributes of JSX, MDX and Astro.
_PLAIN = re.compile(r"[^\"&\\<>{}`]*")


def jsx(text: str) -> str:
    """The value of an attribute of JSX, MDX or Astro: quoted if possible, else an expression."""
    plain = _PLAIN.fullmatch(text) and all(map(is_printable, text))
    return f'"{text}"' if plain else "{" + script(text) + "}"


def html(text: str) -> str:
    """The value of an attribute of HTML, in double quotes."""
    return (
        '"' + "".join(_reference(char) if char in '&"<>' else _shown(char) for char in text) + '"'
    )


def svelte(text: str) -> str:
    """The value of an attribute of Svelte, or of HTML in a Markdown page of Vue, in quotes."""
    return html(text).replace("{", "&#123;").replace("}", "&#125;")


def harmless_page(page: str) -> str:
    """A whole page of HTML without control characters; it shows the same."""
    return "".join(
        char if char in "\n\t" or is_printable(char) else _reference(char)
        for char in page.replace("\r\n", "\n")
    )


_NAMED = {"&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;"}


def _reference(char: str) -> str:
    return _NAMED.get(char) or f"&#{ord(char)};"


def _shown(char: str) -> str:
    return char if is_printable(char) else _reference(char)


# CommonMark 0.31, 2.4: a backslash before ASCII punctuation makes it literal. These characters have
# a meaning in Markdown or MDX; escaping others would only make the text harder to read.
_MARKUP = frozenset("\\`*_[]{}<>&~|$^")
# What smartypants replaces, in alternative texts too; Astro does this by default.
_TYPOGRAPHIC = re.compile(r"[\"']|--+|\.\.\.+")


def markdown(text: str, *, is_typographic: bool = False) -> str:
    """The alternative text of a Markdown or MDX image, between its brackets.

    ``is_typographic`` if the site turns quotes into curly ones.
    """
    risky = (
        {at for found in _TYPOGRAPHIC.finditer(text) for at in range(*found.span())}
        if is_typographic
        else set()
    )
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())  # outer blanks would be lost
    return "".join(
        _reference(char)
        if char.isspace() and not start <= at < end
        else "\\" + char
        if char in _MARKUP or at in risky
        else _shown(char)
        for at, char in enumerate(text)
    )


def css_comment(text: str) -> str:
    """Text inside a CSS comment, in a file or in a style element; some characters change."""
    shown = "".join(char if is_printable(char) else " " for char in text)
    return re.sub(r"\*(?=/)|<(?=/)", r"\g<0> ", shown)
