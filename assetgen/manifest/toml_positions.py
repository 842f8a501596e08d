"""Where the keys of a TOML document are, for messages: tomli returns values without positions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import tomli

Key = tuple[str | int, ...]


class Position(NamedTuple):
    """A place in a text; both numbers start at 1, and ``col`` counts characters."""

    line: int
    col: int


def positions(text: str, *, inside_values: bool = True) -> dict[Key, Position]:
    """The first position of every key and table; ``inside_values`` adds those inside values.

    A table that only its own tables name, as [a.b] names a, is where the first of them is.

    A document that is not TOML yields what can be found in it.
    """
    starts = [0, *(end.end() for end in re.finditer("\n", text))]
    found: dict[Key, Position] = {}
    for key, at in _places(text, inside_values):
        if key not in found:
            line = bisect_right(starts, at)
            found[key] = Position(line, at - starts[line - 1] + 1)
    return found


class Span(NamedTuple):
    """Where a value in brackets is in a text: its key, its first bracket, and after its last."""

    key: int
    start: int
    end: int


def spans(text: str) -> dict[Key, Span]:
    """Every list and table in brackets; one in a list begins where its key does."""
    found: dict[Key, Span] = {}
    for key, at in _places(text, inside_values=True):
        named = _ASSIGNMENT.match(text, at)
        start = named.end() if named else at
        if key not in found and text[start : start + 1] in ("[", "{") and not _is_header(text, at):
            found[key] = Span(at, start, _inside(text, start, key)[1])
    return found


def _is_header(text: str, at: int) -> bool:
    """Whether [a.b] or [[a.b]] begins at ``at``, and no list."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return not line.strip() and _HEADER.match(text, at) is not None


def nearest(places: Mapping[Key, Position], key: Sequence[str | int]) -> Position | None:
    """The position of ``key``, such as ("asset", 2, "size"), or else of its nearest parent."""
    wanted = tuple(key)
    while wanted:
        if wanted in places:
            return places[wanted]
        wanted = wanted[:-1]
    return None


def line_of(text: str, key: Sequence[str | int]) -> int | None:
    """The line of ``key`` or of its nearest parent, from 1."""
    place = nearest(positions(text), key)
    return place.line if place else None


# -- reading ---------------------------------------------------------------------------------------

# Possessive, and many characters at a time: a text of megabytes costs no memory for backtracking.
_NAME = r"""(?:"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'|[A-Za-z0-9_-]++)"""
_NAMES = rf"{_NAME}(?:[ \t]*+\.[ \t]*+{_NAME})*+"
_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_HEADER = re.compile(rf"(?P<open>\[\[?)[ \t]*(?P<names>{_NAMES})[ \t]*\]\]?")
_ASSIGNMENT = re.compile(rf"(?P<names>{_NAMES})[ \t]*=[ \t]*")
_EACH_NAME = re.compile(_NAME)
# What a value is made of. The end of a long string: up to two more quotes belong to the string.
_TOKEN = re.compile(
    r'(?P<value>"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+"{3,5}'
    r"|'''(?:[^']++|'(?!''))*+'{3,5}"
    r"""|"(?!"")(?:[^"\\\n]++|\\.)*+"|'(?!'')[^'\n]*+'|[^\s"'#{}\[\],]++)"""
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)"
)


def _places(text: str, inside_values: bool) -> Iterator[tuple[Key, int]]:
    """Every key and where it begins in ``text``, in characters from 0, in the order of the text."""
    counts: dict[Key, int] = {}
    table: Key = ()
    at = _after_blank(text, 0)
    while at < len(text):
        after = at
        if header := _HEADER.match(text, at):
            names = _split(header["names"])
            for depth in range(1, len(names)):
                yield _resolved(names[:depth], counts), at
            table = _resolved(names[:-1] if header["open"] == "[[" else names, counts)
            if header["open"] == "[[":
                array = (*table, names[-1])
                counts[array] = counts.get(array, -1) + 1
                yield array, at
                table = (*array, counts[array])
            yield table, at
            after = header.end()
        elif assignment := _ASSIGNMENT.match(text, at):
            names = _split(assignment["names"])
            yield from _named(table, names, at)
            after = assignment.end()
            if (single := _TOKEN.match(text, after)) and single.lastgroup == "value":
                after = single.end()
            else:
                inside, after = _inside(text, after, (*table, *names))
                yield from inside if inside_values else ()
        at = _after_blank(text, text.find("\n", after) + 1 or len(text))


@dataclass
class _Open:
    """A list or an inline table that is being read."""

    key: Key
    is_list: bool
    index: int = 0


def _inside(text: str, at: int, key: Key) -> tuple[list[tuple[Key, int]], int]:
    """Every key of the value at ``at``, and where the value ends."""
    found: list[tuple[Key, int]] = []
    opened: list[_Open] = []
    while token := _TOKEN.match(text, at):
        top = opened[-1] if opened else None
        if top and top.is_list and token.lastgroup in ("value", "open"):
            key = (*top.key, top.index)
            found.append((key, at))
        at = token.end()
        if token.lastgroup == "open":
            opened.append(_Open(key, token[0] == "["))
        elif token.lastgroup == "close" and opened:
            opened.pop()
        elif token.lastgroup == "comma" and top:
            top.index += 1
        if not opened:
            break
        at = _after_blank(text, at)
        if not opened[-1].is_list and (named := _ASSIGNMENT.match(text, at)):
            names = _split(named["names"])
            found += _named(opened[-1].key, names, at)
            key, at = (*opened[-1].key, *names), named.end()
    return found, at


def _named(within: Key, names: Sequence[str], at: int) -> Iterator[tuple[Key, int]]:
    """The key that ``names`` spells, and each that it makes on the way: a.b.c makes a and a.b."""
    for depth in range(1, len(names) + 1):
        yield (*within, *names[:depth]), at


def _after_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _resolved(names: Sequence[str], counts: Mapping[Key, int]) -> Key:
    """Table names as a key: inside an array of tables they mean its newest element."""
    key: Key = ()
    for name in names:
        key = (*key, name)
        if key in counts:
            key = (*key, counts[key])
    return key


def _split(names: str) -> tuple[str, ...]:
    if "." not in names and names[0] not in "\"'":
        return (names,)
    return tuple(_plain(name[0]) for name in _EACH_NAME.finditer(names))


def _plain(name: str) -> str:
    """A name without its quotes; as it is written if its escapes are none."""
    if name[0] == "'":
        return name[1:-1]
    if name[0] != '"':
        return name
    try:
        return str(tomli.loads(f"name = {name}")["name"]) if "\\" in name else name[1:-1]
    except ValueError:
        return name[1:-1]
