"""What a page gives to its image: title, description, tags, date and author.

They come from its front matter; the title may be its first heading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import tomli

from assetgen.cure import Cure, advice
from assetgen.layouts.values import MAX_TEXT
from assetgen.manifest import placeholders
from assetgen.plan import page_lines
from assetgen.refs.languages import ASTRO, HTML, MARKDOWN, MDX, suffix

if TYPE_CHECKING:
    from assetgen.refs.scan.frontmatter import Front

#: The largest page that is read, in bytes; the longest heading, author and tag, in characters;
#: the most tags.
MAX_BYTES = 4 * 1024 * 1024
MAX_TITLE = 300
MAX_TAG = 80
MAX_TAGS = 24
#: What a page can state.
NAMES = ("title", "description", "tags", "date", "author")
# A title is not cut: one that is too long for an image is refused like one in [asset.values].
_MAX_WHOLE = 16 * MAX_TEXT


@dataclass(frozen=True, slots=True)
class Page:
    """The data of a page, each as one line of clean text; "" or () where there is none."""

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    date: str = ""
    author: str = ""
    own: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """All of its front matter, as it is written."""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    """The lines of what it says about its own image: of "assetgen", and of each key below it."""

    def stated(self) -> dict[str, str | list[str]]:
        """The data that the page has, by name."""
        said = {name: getattr(self, name) for name in NAMES}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in said.items()
            if value
        }


# -- reading ---------------------------------------------------------------------------------------

_DATES = ("date", "pubDate", "publishedAt", "published")


class Matter(NamedTuple):
    """The front matter of a page: where it is, and what it says."""

    front: Front | None
    said: Mapping[str, Any]
    is_whole: bool
    """Whether it is a whole document of YAML; False may only mean that no one looked."""


def matter(text: str, path: str) -> Matter:
    """The front matter of the page ``path``; never raises."""
    from assetgen.refs.scan import frontmatter  # loads YAML, which few projects need

    if suffix(path) in ASTRO:  # between its fences there is code
        return Matter(None, {}, is_whole=False)
    front = frontmatter.split(text, json=suffix(path) in MARKDOWN, late=True)
    return Matter(front, *(frontmatter.read(front) if front else ({}, False)))


def read(text: str, path: str, known: Matter | None = None) -> Page:
    """The data of the page ``path``, with its front matter if that is read; never raises."""
    front, said, _ = known or matter(text, path)
    is_markdown = suffix(path) in MARKDOWN | MDX
    title = line(_text(said.get("title")), _MAX_WHOLE)
    if not title and is_markdown:
        first = next(headings(text, front.body if front else 0, depth=1), (0, ""))
        title = line(first[1], _MAX_WHOLE)
    description = line(_text(said.get("description")), MAX_TEXT)
    if suffix(path) in HTML | ASTRO:
        title = title or _tagged(_TITLE, text)
        description = description or _tagged(_DESCRIPTION, text)
    return Page(
        title=title,
        description=description,
        tags=tuple(dict.fromkeys(_tags(said.get("tags"))))[:MAX_TAGS],
        date=_day(
            next((found for name in _DATES if (found := line(_text(said.get(name)), MAX_TAG))), "")
        ),
        author=line(", ".join(_names(said.get("author"))), MAX_TITLE),
        own=said,
        lines=page_lines.below("assetgen", front) if front and said.get("assetgen") else {},
    )


# Of a page of HTML or Astro; one that a template engine fills in says nothing.
_TITLE = re.compile(r"(?i)<title\b[^<>]{0,200}>([^<{]{1,1000})</title>")
_DESCRIPTION = re.compile(
    r"""(?i)<meta\s[^<>]{0,200}\bname=["']?description["']?\s[^<>]{0,200}?content=["']([^"'<{]{1,1000})["']"""
)


def _tagged(pattern: re.Pattern[str], text: str) -> str:
    """The text of an element of HTML; "" if there is none."""
    found = pattern.search(text)
    return line(_unescaped(found[1]), MAX_TEXT) if found else ""


def nothing(path: str) -> tuple[str, Cure]:
    """What is wrong with a page without any data, and the cure."""
    if suffix(path) in MARKDOWN | MDX:
        what = f"the page {path} has no title, description or tags in front matter, nor a # heading"
        return what, advice('add a line to its front matter: title: "..." in {path}', path=path)
    what = f"{path} has no title, description or tags: it has no front matter in YAML or TOML"
    return (
        what,
        advice(
            "name a page of Markdown or MDX, or remove the key from and set title in [asset.values]"
        ),
    )


def problem(text: str, path: str, found: Matter) -> tuple[str, Cure] | None:
    """What is wrong with the front matter of a page, and the cure; None if it can be used."""
    front, said, is_whole = found
    if suffix(path) in ASTRO:
        return None
    if front is None:
        fence = _OPENED.match(text)
        if fence is None:
            return None
        what = f"the front matter of {path} has no end"
        return what, advice("add a line {fence} below it in {path}", fence=fence[1], path=path)
    if broken := None if is_whole else _broken(front):
        return f"the front matter of {path} is {broken}", advice(
            "fix the front matter of {path}", path=path
        )
    for name in ("title", "description"):
        if wrong := next(
            (words for form, words in _NO_TEXTS if isinstance(said.get(name), form)), None
        ):
            return (
                f"{name} is {wrong} in the front matter of {path}; text is needed",
                advice('write {name}: "..." in {path}', name=name, path=path),
            )
    return None


def _broken(front: Front) -> str | None:
    """Which language the front matter is not, and the line of the page that shows it."""
    import yaml

    document, before = front.page[front.start : front.end], front.page.count("\n", 0, front.start)
    line, why = 0, ""
    try:
        if front.kind == "yaml":
            for _ in yaml.parse(document, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                pass
        elif front.kind == "toml":
            tomli.loads(document.replace("\r\n", "\n"))
        else:
            msgspec.json.decode(document)
        return None
    except yaml.MarkedYAMLError as exc:
        is_open = exc.context in _OPEN and exc.context_mark is not None
        mark = exc.context_mark if is_open else exc.problem_mark
        line, why = (
            mark.line + 1 if mark else 0,
            str((exc.context if is_open else exc.problem) or exc),
        )
    except tomli.TOMLDecodeError as exc:
        line, why = exc.lineno, exc.msg
    except (
        ValueError,
        RecursionError,
        yaml.YAMLError,
    ) as exc:  # msgspec's errors of JSON are ValueErrors
        why = str(exc).partition("\n")[0]
    place = f"line {before + line}: " if line else ""
    return f"not {front.kind.upper()}: {place}{_OPEN.get(why, why)}"


_OPEN = {
    "while scanning a quoted scalar": "a text in quotes has no end",
    "while parsing a flow sequence": "a list in brackets has no end",
    "while parsing a flow mapping": "a table in braces has no end",
}
_OPENED = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\r?\n")
_NO_TEXTS = ((bool, "true or false"), (list, "a list"), (Mapping, "a table"))


def _text(value: object) -> str:
    is_text = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value) if is_text else ""


def _tags(value: object) -> Iterator[str]:
    many = value.split(",") if isinstance(value, str) else value
    for one in many if isinstance(many, list) else ():
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


_HEADING = re.compile(r"^ {0,3}(?P<marks>#{1,6})[ \t]+(?P<text>[^\r\n]*)", re.M)


def headings(
    text: str, start: int = 0, end: int | None = None, depth: int = 6
) -> Iterator[tuple[int, str]]:
    """The # headings of Markdown outside code, as plain text, with their offsets in characters."""
    from assetgen.refs.scan import blocks

    for found in _HEADING.finditer(blocks.without_code(text[:end], start), start):
        if len(found["marks"]) <= depth:
            yield found.start(), plain(found["text"])


# A code span, or what is none of a heading's words: {#id}, closing hashes, an expression of MDX.
_NO_WORDS = re.compile(
    r"(?<!`)(?P<code>(`+)(?!`).+?(?<!`)\2(?!`))|\{[#.][^{}\n]*\}\s*$|[ \t]+#+[ \t]*$|\{[^{}]*\}"
)
_BY_REFERENCE = re.compile(r"(`[^`]*`)|\]\[[^\[\]]*\]")


def plain(markdown: str) -> str:
    """One line of Markdown as plain text."""
    from assetgen.refs.scan import markdown_text

    text = _NO_WORDS.sub(lambda found: found["code"] or "", markdown[: 2 * MAX_TEXT])
    text = _BY_REFERENCE.sub(lambda found: found[1] or "]()", text)
    return markdown_text.words(text).strip()


def line(text: str, limit: int) -> str:
    """Text of a page as one line of ``limit`` characters, without those that no image can show."""
    cut = " ".join(text[: 4 * limit].split())
    if cut.isprintable():  # it has none of them
        return unicodedata.normalize("NFC", cut)[:limit].strip()
    kept = (char for char in cut if unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co"))
    bare = "".join(char for char in kept if char not in _TURNS)
    return unicodedata.normalize("NFC", bare)[:limit].strip()


# Characters that turn the reading direction.
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


# -- words for placeholders -----------------------------------------------------------------------


def word(page: Page, path: str, name: str) -> str:
    """What ``page``, the file ``path``, has for the placeholder ``name``; "" if it has nothing."""
    if name == "slug":
        return _slug(page, path)
    if name == "locale":
        return _locale(page, path)
    if name == "folder":
        return path.rpartition("/")[0]
    if name.startswith(placeholders.PAGE):
        return _own(page.own, name.removeprefix(placeholders.PAGE))
    return _listed(getattr(page, name)) if name in NAMES else ""


# Files that are named after what they are, not after the page.
_NAMELESS = ("index", "_index", "page", "readme")


def _slug(page: Page, path: str) -> str:
    """The last part of the URL of a page: its own, else the name of its file or folder."""
    if stated := line(_text(page.own.get("slug")), MAX_TITLE).strip("/"):
        return stated.rpartition("/")[2]
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] if stem.lower() in _NAMELESS and folder else stem


def _locale(page: Page, path: str) -> str:
    """The language of a page: its own, else that of its name or of a folder; "" if none says it.

    ``launch.de.mdx`` and ``content/de/launch.mdx`` are in ``de``.
    """
    stated = (line(_text(page.own.get(key)), MAX_TITLE) for key in ("locale", "lang"))
    if own := next(filter(None, stated), ""):
        return own
    *folders, name = path.split("/")
    *_, last = name.split(".")[1:-1] or [""]
    from assetgen.refs.sites import tongues

    return next(filter(tongues.is_language, (last, *folders)), "")


def _own(front: Mapping[str, Any], key: str) -> str:
    """The value under a key such as ``cover.credit`` or ``images[0]``."""
    found: Any = front
    for step in re.findall(r"[^.\[\]]+", key):
        if isinstance(found, list):
            found = found[int(step)] if step.isdigit() and int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return _listed(found)


def _listed(value: object) -> str:
    """A text, a number or a list of them, as one line."""
    many = value if isinstance(value, (list, tuple)) else [value]
    return line(", ".join(filter(None, map(_text, many))), MAX_TEXT)


def absent(key: str, name: str, path: str) -> tuple[str, Cure]:
    """What is wrong with a placeholder in ``key`` for which the page has nothing; the cure."""
    own = name.removeprefix(placeholders.PAGE)
    cure = advice(
        "add {own} to the front matter of {path}, or write {optional}",
        own=own,
        path=path,
        optional=f"{{{placeholders.PAGE}{own}?}}",
    )
    return f"{key} uses {{{name}}}, and {path} has no {own}", cure


def _unescaped(text: str) -> str:
    """``text`` without entities."""
    if "&" not in text:
        return text
    import html  # it loads a table of all entities

    return html.unescape(text)
