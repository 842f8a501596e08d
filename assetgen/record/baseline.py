"""The baseline: the pictures that a repository had before, in lines of ``sha256 size path``.

Nobody knows where they came from, and the file says so by having no more to say. It has no date,
no count and no version, so it changes only where a picture does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from msgspec import Struct

FILE = ".assetgen/baseline"

_LINE = re.compile(rb"([0-9a-f]{64}) (0|[1-9][0-9]{0,14}) (.+)")
# How git marks a conflict, and the sides of it.
_MARK = re.compile(rb"(<{7}|\|{7}|={7}|>{7})(?: |\Z)")
# What git quotes in a path, and blanks at its ends, which editors remove.
_TO_QUOTE = re.compile(rb'[\x00-\x1f\x7f"\\]')
_ESCAPED = re.compile(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_LETTERS = dict(zip(b'\a\b\t\n\v\f\r"\\', b'abtnvfr"\\', strict=True))
_MOST_FAULTS = 4


class Line(Struct, frozen=True):
    """One picture: sha256 (hex) and size in bytes of its content, and its path."""

    sha256: str
    size: int
    path: str


@dataclass(frozen=True)
class Baseline:
    """The lines of a baseline, in any order, and what keeps it from being one."""

    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    """The different lines of each path: one, or more if the file is not sound."""
    faults: tuple[str, ...] = ()
    """What is wrong with the text, each with the numbers of its lines."""

    def first(self, path: str) -> Line:
        """The line of ``path``; of several, the first."""
        return self.lines[path][0]

    def digests(self, path: str) -> frozenset[str]:
        """The sha256 (hex) that a picture may have at ``path``."""
        return frozenset(line.sha256 for line in self.lines.get(path, ()))


@lru_cache(maxsize=4)
def read(data: bytes) -> Baseline:
    """What a baseline says. Of a conflict, it has the lines of both sides."""
    found: dict[str, dict[Line, int]] = {}
    marks: list[int] = []
    broken: list[int] = []
    doubled: list[tuple[str, int, int]] = []
    in_ancestor = False  # between "|||||||" and "=======": the lines that both sides began with
    for number, text in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        row = text.removesuffix(b"\r")
        if mark := _MARK.match(row):
            marks.append(number)
            in_ancestor = mark[1][:1] == b"|"
        elif row and not in_ancestor:
            line = _line(row)
            if line is None:
                broken.append(number)
                continue
            known = found.setdefault(line.path, {})
            if known:
                doubled.append((line.path, next(iter(known.values())), number))
            known.setdefault(line, number)
    lines = {path: tuple(known) for path, known in found.items()}
    return Baseline(lines, tuple(_faults(marks, broken, doubled)))


def _line(row: bytes) -> Line | None:
    parts = _LINE.fullmatch(row)
    path = _unquoted(parts[3]) if parts else None
    if parts is None or path is None or not _is_inside(path):
        return None
    return Line(parts[1].decode(), int(parts[2]), path)


def _is_inside(path: str) -> bool:
    """Whether a path is one in the project, in the form in which assetgen writes it."""
    return "\0" not in path and not {"", ".", ".."}.intersection(path.split("/"))


def _faults(
    marks: list[int], broken: list[int], doubled: list[tuple[str, int, int]]
) -> Iterable[str]:
    if marks:
        yield f"it has marks of a merge conflict on {_numbers(marks)}"
    for path, first, again in doubled[:_MOST_FAULTS]:
        yield f"{path} is on lines {first} and {again}"
    if (more := len(doubled) - _MOST_FAULTS) > 0:
        yield f"{more} more paths are there twice"
    if broken:
        yield f"it has something else than sha256, size and path on {_numbers(broken)}"


def _numbers(lines: list[int]) -> str:
    shown = [str(number) for number in lines[: 2 * _MOST_FAULTS]]
    if more := len(lines) - len(shown):
        return f"lines {', '.join(shown)} and {more} more"
    *most, last = shown
    return f"lines {', '.join(most)} and {last}" if most else f"line {last}"


def write(lines: Iterable[Line]) -> bytes:
    """The one form of a baseline: sorted by the bytes of the path, a line end after each line."""
    once = {line.path: line for line in lines}.values()
    ordered = sorted((_bytes(line.path), line) for line in once)
    return b"".join(
        b"%s %d %s\n" % (line.sha256.encode(), line.size, _quoted(path)) for path, line in ordered
    )


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _quoted(path: bytes) -> bytes:
    """A path as git quotes it with core.quotePath = false; also if it begins or ends in a blank."""
    is_text = _is_text(path)
    if is_text and not _TO_QUOTE.search(path) and path == path.strip():
        return path
    return b'"' + b"".join(_escaped(byte, is_text) for byte in path) + b'"'


def _is_text(path: bytes) -> bool:
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return True


def _escaped(byte: int, is_text: bool) -> bytes:
    if letter := _LETTERS.get(byte):
        return b"\\%c" % letter
    is_shown = 32 <= byte < 127 or (byte > 127 and is_text)
    return b"%c" % byte if is_shown else b"\\%03o" % byte


def _unquoted(text: bytes) -> str | None:
    """The path that is quoted so; None if it is none."""
    if text.startswith(b'"'):
        inside = text[1:-1]
        rest = _ESCAPED.sub(b"", inside)
        if len(text) < 2 or not text.endswith(b'"') or b'"' in rest or b"\\" in rest:
            return None
        text = _ESCAPED.sub(_unescaped, inside)
    return text.decode("utf-8", "surrogateescape")


_BYTES = {bytes([letter]): bytes([byte]) for byte, letter in _LETTERS.items()}


def _unescaped(found: re.Match[bytes]) -> bytes:
    return _BYTES.get(found[1]) or bytes([int(found[1], 8)])
