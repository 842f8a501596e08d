"""Paths that are written in the code of template engines: ``{{ "/a.png" | url }}``.

Read are Liquid, Nunjucks, Jinja, Twig, Handlebars, Go's templates, EJS and ERB, by what they share:
holes with code in which paths are plain strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.refs.reference import Span
from assetgen.refs.scan.picture_heuristics import is_picture

#: The longest hole that is read, in characters.
LONGEST_HOLE = 2000
#: What ends the holes that begin with each mark.
ENDS = {"{{": "}}", "{%": "%}", "<%": "%>", "{#": "#}"}
OPENS = re.compile(r"\{\{|\{%|<%")
# A string with the name that it is set to, unless it is the end of a text that is put together.
_STRING = re.compile(
    r"""(?:(?<![\w.-])([\w.-]+)[ \t]*[=:][ \t]*)?"""
    r"""(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`\n]*)`)"""
)
_JOINED = re.compile(r"(?:[+~]|\.\.|append:|concat|(?:=|!|<|>)=|contains)\s*\Z")
_UNQUOTED = re.compile(r"(?:^|\s)([\w./-]+\.\w+)(?=\s|$)")
_TAG_WITH_PATH = re.compile(r"\s*-?\s*(?:link|asset_img|asset|asset_path|static|image|img)\s")
_CONTROL = re.compile(
    r"\s*-?\s*(?:[#/^:]?\s*(?:if|unless|else|elsif|elif|elseif|case|when|with|range|for|each|end\w*)"
    r"\b|/|\}|else\b)"
)
#: Names of what a site is deployed below: site.baseurl, BASE_URL, siteUrl, .Site.BaseURL.
_BASE = re.compile(
    r"(?i)(?:(?:[\w$]+\??\.)*?(?:site|metadata|meta|config|settings|app|paths|env|pkg|website)\w*\??\.)"
    r"(?:url|base|root|assets|origin|host|domain|prefix|base_?path|base_?url)"
    r"|(?:[\w$.]+\.)?(?:\w+_)?(?:(?:site|base|public|asset|assets|app|root|home|canonical|deploy)_?"
    r"(?:url|path|prefix|origin|host|domain|base|root|href)|base|site|origin|host|domain|assets"
    r"|site_?root|sveltekit\.assets)(?:\.href|\.origin)?"
)


_INSTEAD = re.compile(r"\||\?\?")
_SLASH_REMOVED = re.compile(r"\.(?:replace|slice|substring)\([^()]*\)\Z")
#: Code in braces that contains no other braces, as a pattern.
IN_HOLE = r"""(?:[^{}"'`]|"[^"{}\n]*"|'[^'{}\n]*')*"""


@dataclass(frozen=True, slots=True)
class Written:
    """A path that is written as plain text, within code or between two holes."""

    value: str
    span: Span
    """Where it is in the text."""
    key: str = ""
    """The name that the code sets to it ("" for none)."""
    in_code: bool = True
    """Whether the engine decides from where the path is read."""


def is_base(code: str) -> bool:
    """Whether an expression is what the site is deployed below, so that a path from there follows.

    Filters and what is taken instead of nothing do not count, nor do the arguments of a call.
    """
    name = _INSTEAD.split(code, maxsplit=1)[0].strip("-= \t\n").lstrip("($.").rstrip(" \t\n")
    name = _SLASH_REMOVED.sub("", name).removesuffix("()")
    name = name.replace("import.meta.", "").replace("process.", "")
    return _BASE.fullmatch(name) is not None


def hole(text: str, at: int) -> tuple[str, int] | None:
    """The code of the hole at ``at`` and where it ends; None if it has no end."""
    end_mark = ENDS[text[at : at + 2]]
    end = text.find(end_mark, at + 2, at + LONGEST_HOLE)
    if end < 0:
        return None
    return text[at + 2 : end], end + 2


def paths(code: str, start: int) -> Iterator[Written]:
    """The strings in ``code``, which begins at offset ``start``, that end as images do."""
    for found in _STRING.finditer(code):
        group = next(number for number in (2, 3, 4) if found[number] is not None)
        value = found[group]
        before = code[max(0, found.start() - 20) : found.start()]
        if is_picture(value) and not _JOINED.search(before):
            span = (start + found.start(group), start + found.end(group))
            yield Written(value, span, found[1] or "")
    if _TAG_WITH_PATH.match(code):
        for found in _UNQUOTED.finditer(code):
            if is_picture(found[1]):
                yield Written(found[1], (start + found.start(1), start + found.end(1)), "src")


def pieces(text: str, start: int) -> list[Written]:
    """The paths in ``text``, an attribute or a string with holes, which begins at ``start``.

    None are found if a program makes the path.
    """
    parts, codes, spot = [], [], 0
    while opened := OPENS.search(text, spot):
        found = hole(text, opened.start())
        if found is None:
            break
        parts.append((spot, opened.start()))
        codes.append((found[0], opened.start() + 2))
        spot = found[1]
    if not codes:
        return []
    parts.append((spot, len(text)))
    if not any(_CONTROL.match(code) for code, _ in codes):
        parts = _before_query(text, parts)
        codes = codes[: len(parts) - 1]
    is_plain = [not text[first:last].strip() for first, last in parts]
    if all(is_plain):
        return [one for code, at in codes for one in paths(code, start + at)]
    bases = [is_base(code) for code, _ in codes]
    if all(one or _CONTROL.match(code) for one, (code, _) in zip(bases, codes, strict=True)):
        return list(_between(text, start, parts, follows=[False, *bases]))
    return []


def _before_query(text: str, parts: list[Span]) -> list[Span]:
    """The parts between the holes of a URL up to its query or fragment."""
    for number, (first, last) in enumerate(parts):
        if end := _QUERY.search(text, first, last):
            return [*parts[:number], (first, end.start())]
    return parts


_QUERY = re.compile(r"[?#]")
_BRACES = re.compile(rf"\s*\{{({IN_HOLE})\}}(?=[/\w])")


def below_braces(text: str, start: int) -> Written | None:
    """The path after ``{base}``, as Svelte writes it; None if something else is in braces."""
    found = _BRACES.match(text)
    if found is None or not is_base(found[1]) or "{" in text[found.end() :]:
        return None
    value = text[found.end() :].rstrip()
    return Written(value, (start + found.end(), start + found.end() + len(value)))


def _between(text: str, start: int, parts: list[Span], follows: list[bool]) -> Iterator[Written]:
    """The paths between holes; one that ``follows`` a base is read from there."""
    for (first, last), is_below in zip(parts, follows, strict=True):
        part = text[first:last]
        value = part.strip()
        if is_picture(value):
            at = start + first + len(part) - len(part.lstrip())
            yield Written(value, (at, at + len(value)), in_code=is_below)
