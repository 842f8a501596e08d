"""Front matter in TOML and JSON: the values, without a complete check of the syntax."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from assetgen.refs.scan.front_values import (
    MAX_BROKEN,
    MAX_DEPTH,
    MAX_NAME,
    MAX_VALUES,
    Found,
    Steps,
    plain,
)

_PART = r"(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[A-Za-z0-9_-]+)"
_KEYS = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
HEADER = re.compile(rf"(?P<list>\[)?\[[ \t]*(?P<keys>{_KEYS})[ \t]*\](?(list)\])")
ASSIGN = re.compile(rf"(?P<keys>{_KEYS})[ \t]*=[ \t]*")
_EACH_PART = re.compile(_PART)
BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n]+|#[^\n]*)"
    r'|(?P<long>"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{3,5})'
    r'|(?P<string>"(?!"")(?:[^"\\\n]|\\.)*"|\'(?!\'\')[^\'\n]*\')'
    r"|(?P<mark>[{}\[\],:=.])"
    r"|(?P<word>[^\s\"'#{}\[\],:=.][^\s\"'#{}\[\],=]*)"
)


def read(page: str, at: int, end: int) -> list[Found]:
    found: list[Found] = []
    table: Steps = ()
    counts: dict[Steps, int] = {}
    broken = 0
    while at < end and len(found) < MAX_VALUES and broken < MAX_BROKEN:
        if blank := BLANK.match(page, at, end):
            at = blank.end()
        after: int | None = None
        if header := HEADER.match(page, at, end):
            table = within(parts(header["keys"]), counts)
            if header["list"]:
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            after = header.end()
        elif assign := ASSIGN.match(page, at, end):
            steps = (*table, *parts(assign["keys"]))
            more, after = scan(page, assign.end(), end=end, steps=steps)
            found += more
            broken += after is None
        at = page.find("\n", at if after is None else after, end) + 1 or end
    return found


def parts(keys: str) -> tuple[str, ...]:
    """The names in a dotted key, without quotes."""
    found = [part[0] for part in _EACH_PART.finditer(keys)][:MAX_DEPTH]
    return tuple((unquoted(part) if part[0] in "\"'" else part)[:MAX_NAME] for part in found)


def within(names: tuple[str, ...], counts: dict[Steps, int]) -> Steps:
    """The place of a table; names before the last mean the newest table of a list."""
    steps: Steps = ()
    for depth, name in enumerate(names, start=1):
        steps = (*steps, name)
        if steps in counts and depth < len(names):
            steps = (*steps, counts[steps])
    return steps


def unquoted(token: str) -> str:
    """The string of a quoted token; a broken escape stays as it is written."""
    quote = token[:3] if token[:3] in ('"""', "'''") else token[:1]
    inner = token[len(quote) : -len(quote)]
    if quote == '"""':
        inner = re.sub(r"\\[ \t]*\r?\n\s*", "", inner)
    if len(quote) == 3:
        inner = inner.removeprefix("\r").removeprefix("\n")
    if quote[0] == "'" or "\\" not in inner:
        return inner
    return _ESCAPE.sub(_unescaped, inner)


_ESCAPE = re.compile(
    r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)"
)


def _unescaped(escape: re.Match[str]) -> str:
    token = escape[0]
    if token[1] == "U":
        code = int(token[2:], 16)
        return chr(code) if code < 0x110000 else token
    try:
        return str(json.loads(f'"{token}"'))
    except ValueError:
        return "\x1b" if token == "\\e" else token


def scan(page: str, at: int, *, end: int, steps: Steps) -> tuple[list[Found], int | None]:
    """The values at ``at``, in JSON or TOML, and where they end; None if the text is broken."""
    found: list[Found] = []
    open_: list[_Inline] = []
    while at < end:
        token = TOKEN.match(page, at, end)
        if token is None:
            return found, None
        kind, at = token.lastgroup, token.end()
        top = open_[-1] if open_ else None
        if kind == "blank":
            if top is None:
                return found, at
        elif kind == "mark":
            mark = token[0]
            if mark in "{[":
                is_deep = len(open_) > MAX_DEPTH
                place = top.place() if top else steps
                open_.append(_Inline(() if is_deep else place, mark == "["))
            elif top is None:
                return found, None
            elif mark in "}]":
                open_.pop()
            else:
                top.punctuated(mark)
        elif top is not None and top.expects_key():
            top.named(*token[0].split(".") if kind == "word" else (unquoted(token[0]),))
        elif (
            len(found) < MAX_VALUES
            and len(open_) <= MAX_DEPTH
            and (place := top.place() if top else steps)
        ):
            found.append(_of_token(token, place))
        if not open_ and kind != "blank":
            return found, at
    return found, None


def _of_token(token: re.Match[str], steps: Steps) -> Found:
    start, end = token.span()
    if token.lastgroup == "word":
        return Found(steps, plain(token[0]), at=start, span=(start, end))
    span = (start + 1, end - 1) if token.lastgroup == "string" else None
    return Found(steps, unquoted(token[0]), at=start, span=span)


@dataclass(slots=True)
class _Inline:
    """A list or table in brackets that is being read."""

    steps: Steps
    is_list: bool
    index: int = 0
    names: tuple[str, ...] = ()
    has_key: bool = False

    def place(self) -> Steps:
        return (*self.steps, self.index) if self.is_list else (*self.steps, *self.names)

    def expects_key(self) -> bool:
        return not self.is_list and not self.has_key

    def named(self, *names: str) -> None:
        self.names = tuple(name[:MAX_NAME] for name in (*self.names, *names)[:MAX_DEPTH])

    def punctuated(self, mark: str) -> None:
        if mark == ",":
            self.index, self.names, self.has_key = self.index + 1, (), False
        elif mark in ":=":
            self.has_key = True
