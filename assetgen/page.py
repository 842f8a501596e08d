"""What a page gives to its picture: title, description, tags, date and author, from its head or its first heading."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from assetgen.errors import ManifestError
from assetgen.kind import MAX_TEXT, Field, Kind
from assetgen.manifest import FILE, Asset
from assetgen.refs.languages import MARKDOWN, MDX, suffix

#: The largest page that is read, in bytes; the longest title and tag, in characters, and the most tags.
MAX_BYTES = 4 * 1024 * 1024
MAX_TITLE = 300
MAX_TAG = 80
MAX_TAGS = 24


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself; empty where it says nothing. All of it is one line of clean text."""

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    date: str = ""
    author: str = ""

    def stated(self) -> dict[str, str | list[str]]:
        """What it does say, by name."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items() if value}


# -- reading ---------------------------------------------------------------------------------------

_DATES = ("date", "pubDate", "publishedAt", "published")


def read(text: str, path: str) -> Page:
    """What the page ``path`` says of itself; never raises."""
    from assetgen.refs import frontmatter  # YAML is loaded only where a picture is made from a page

    is_markdown = suffix(path) in MARKDOWN | MDX
    is_code = suffix(path) == "astro"  # what stands between its fences is code
    front = None if is_code else frontmatter.split(text, json=suffix(path) in MARKDOWN)
    said: Mapping[str, Any] = frontmatter.values(front) if front else {}
    title = line(_text(said.get("title")), MAX_TITLE)
    if not title and is_markdown:
        first = next(headings(text, front.body if front else 0, depth=1), (0, ""))
        title = line(first[1], MAX_TITLE)
    return Page(
        title=title,
        description=line(_text(said.get("description")), MAX_TEXT),
        tags=tuple(dict.fromkeys(_tags(said.get("tags"))))[:MAX_TAGS],
        date=_day(next((found for name in _DATES if (found := line(_text(said.get(name)), MAX_TAG))), "")),
        author=line(", ".join(_names(said.get("author"))), MAX_TITLE),
    )


def _text(value: object) -> str:
    is_text = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value) if is_text else ""


def _tags(value: object) -> Iterator[str]:
    many = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    for one in many:
        label = one.get("label") or one.get("name") if isinstance(one, Mapping) else one
        if tag := line(_text(label), MAX_TAG):
            yield tag


def _names(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if name := _text(one.get("name") if isinstance(one, Mapping) else one):
            yield name


def _day(date: str) -> str:
    """A time stamp without its time."""
    stamp = re.match(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}", date)
    return stamp[1] if stamp else date


_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<text>[^\r\n]*)")
_FENCE = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})")


def headings(text: str, start: int = 0, end: int | None = None, depth: int = 6) -> Iterator[tuple[int, str]]:
    """The # headings of Markdown as plain text, outside of code, with the place (in characters) each begins at."""
    fence = ""
    end = len(text) if end is None else end
    while start < end:
        after = text.find("\n", start, end) + 1 or end
        if found := _FENCE.match(text, start, after):
            if not fence:
                fence = found["fence"]
            elif found["fence"].startswith(fence):
                fence = ""
        elif not fence and (heading := _HEADING.match(text, start, after)) and len(heading["marks"]) <= depth:
            yield start, plain(heading["text"])
        start = after


_MARKUP = (
    (re.compile(r"\{[#.][^{}\n]*\}\s*$|[ \t]+#+[ \t]*$"), ""),  # {#id}, closing hashes
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>]*>|\{[^{}]*\}"), ""),
    (re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|~~)(?=\S)([^*_~\n]+)\1(?!\w)"), r"\2"),
    (re.compile(r"`+([^`]+)`+"), r"\1"),
)


def plain(markdown: str) -> str:
    """One line of Markdown as the text that is read."""
    text = markdown[: 4 * MAX_TITLE]
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)).strip()


def line(text: str, limit: int) -> str:
    """Text of a page as one line of at most ``limit`` characters, without what no manifest and no picture may hold."""
    cut = " ".join(text[: 4 * limit].split())
    kept = (char for char in cut if unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co"))
    bare = "".join(char for char in kept if char not in _TURNS)
    return unicodedata.normalize("NFC", bare)[:limit].strip()


_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # what turns the reading direction


# -- giving ----------------------------------------------------------------------------------------

_FIELDS = {
    "title": ("title",),
    "description": ("subtitle", "description", "text"),
    "tags": ("tags",),
    "date": ("date",),
    "author": ("author",),
}
_WORD = re.compile(rf"\$(?:({'|'.join(_FIELDS)})\b|\{{({'|'.join(_FIELDS)})\}})")


def given(asset: Asset, page: Page, kind: Kind) -> Asset:
    """``asset`` with what ``page`` says in place of what it does not say itself. Raises ManifestError."""
    if asset.is_local:
        return msgspec.structs.replace(asset, values={**_for_layout(asset, page, kind), **asset.values})
    values = {**page.stated(), **asset.values}
    return msgspec.structs.replace(asset, values=values, prompt=_prompt(asset, values))


def _for_layout(asset: Asset, page: Page, kind: Kind) -> dict[str, Any]:
    fields = kind.fields(kind.layout_name(asset.values))
    found: dict[str, Any] = {}
    for name, value in page.stated().items():
        taken = next((field for field in _FIELDS[name] if field in fields and _takes(fields[field], value)), None)
        if taken:
            found[taken] = value[: fields[taken].max] if isinstance(value, list) else value
    return found


def _takes(field: Field, value: object) -> bool:
    if isinstance(value, list):
        return field.type == "list" and not field.fields and "number" not in field.of
    return field.type == "text"


def _prompt(asset: Asset, values: Mapping[str, Any]) -> str:
    """The prompt with its $title and so on filled in; made of title and description if there is none."""

    def word(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in values:
            what = f"the prompt uses ${name}, which {asset.page} does not give"
            cure = f"add {name} to the head of {asset.page}, or to [asset.values]"
            raise ManifestError(what, where=FILE, cure=cure)
        value = values[name]
        return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)

    if asset.prompt:
        return _WORD.sub(word, asset.prompt)
    title, description = (str(values.get(name, "")) for name in ("title", "description"))
    if not title:
        what = f"asset {asset.id!r} has no prompt, and {asset.page} no title to make one of"
        raise ManifestError(what, where=FILE, cure='add prompt = "what the picture shows", or a title to the page')
    return ". ".join(part.rstrip(".") for part in (title, description) if part)
