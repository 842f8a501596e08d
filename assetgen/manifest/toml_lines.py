"""Where a key of a TOML document stands, for messages: tomli gives values without positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import tomli

Key = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|=|$)""")


def line_of(text: str, key: Sequence[str | int]) -> int | None:
    """The 1-based line of ``key``, e.g. ``("asset", 2, "size")``; of its nearest parent if it stands in a value.

    A table that only its own tables name, as [a.b] names a, stands where the first of them does.
    """
    places = lines(text)
    wanted = tuple(key)
    if wanted and wanted not in places:
        below = [line for place, line in places.items() if place[: len(wanted)] == wanted]
        if below:
            return min(below)
    while wanted:
        if wanted in places:
            return places[wanted]
        wanted = wanted[:-1]
    return None


def lines(text: str) -> dict[Key, int]:
    """The 1-based line of every key and table of the document, where it first stands."""
    return dict(reversed(list(_places(text))))


def _places(text: str) -> Iterator[tuple[Key, int]]:
    counts: dict[Key, int] = {}
    table: Key = ()
    for number, line in _statements(text):
        header = _HEADER.match(line)
        if header and line.lstrip().startswith("["):
            names = _split(header[2])
            table = _resolve(names[:-1] if header[1] == "[[" else names, counts)
            if header[1] == "[[":
                array = (*table, *names[-1:])
                counts[array] = counts.get(array, -1) + 1
                yield array, number
                table = (*array, counts[array])
            yield table, number
        else:
            names = _split(line)
            for depth in range(1, len(names) + 1):
                yield (*table, *names[:depth]), number


def _resolve(names: Sequence[str], counts: dict[Key, int]) -> Key:
    """Table names as a key: inside an array of tables they mean its newest element."""
    key: Key = ()
    for name in names:
        key = (*key, name)
        if key in counts:
            key = (*key, counts[key])
    return key


def _split(line: str) -> tuple[str, ...]:
    names, at = [], 0
    while match := _PART.match(line, at):
        quoted, literal, bare = match.groups()[:3]
        names.append(
            _unescaped(quoted) if quoted is not None else literal if literal is not None else bare
        )
        at = match.end()
        if match[4] != ".":
            break
    return tuple(names)


def _unescaped(name: str) -> str:
    """What a name in double quotes means; as it stands if it is none."""
    try:
        return str(tomli.loads(f'name = "{name}"')["name"]) if "\\" in name else name
    except ValueError:
        return name


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """First lines of statements: not blank, not a comment, not inside a string or array of several lines."""
    closing, depth = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not closing and depth == 0 and line.strip() and not line.lstrip().startswith("#"):
            yield number, line
        is_header = (
            not closing
            and depth == 0
            and _HEADER.match(line) is not None
            and line.lstrip().startswith("[")
        )
        closing, depth = _after(line, closing, 0 if is_header else depth, is_header)


_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#.*|[\[\]{}]')
# The end of a string of several lines: up to two more quotes belong to the string itself.
_ENDS = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"{3,5}'),
    "'''": re.compile(r"(?:[^']|'(?!''))*'{3,5}"),
}


def _after(line: str, closing: str, depth: int, is_header: bool) -> tuple[str, int]:
    if is_header:
        return closing, depth
    at = 0
    while at < len(line):
        match = (_ENDS[closing].match if closing else _TOKEN.search)(line, at)
        if not match:
            break
        token, at = match[0], match.end()
        if closing:
            closing = ""
        elif token in ('"""', "'''"):
            closing = token
        elif token in "[{":
            depth += 1
        elif token in "]}":
            depth = max(0, depth - 1)
    return closing, depth
