"""What a page says of itself at its head, in YAML, TOML or JSON: every text in it and where it stands.

Nothing in it is believed: no tag is obeyed and no alias followed, and a document that is broken is read line by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import yaml

Span = tuple[int, int]
Steps = tuple[str | int, ...]
Plain = str | int | bool | None

#: The longest head that is parsed, in characters; the most values of one that are looked at, how deep they lie, and
#: how much of a long key is kept, in characters; after how many broken values the rest is not looked at.
MAX_CHARACTERS = 128 * 1024
MAX_VALUES = 5_000
MAX_DEPTH = 32
MAX_NAME = 200
MAX_BROKEN = 8


@dataclass(frozen=True, slots=True)
class Front:
    """The head of a page; positions are characters of the page."""

    kind: Literal["yaml", "toml", "json"]
    page: str
    start: int
    """Where the document begins, after its fence: in JSON at its brace."""
    end: int
    """Where the document ends, before its fence."""
    body: int
    """Where the text of the page begins."""


@dataclass(frozen=True, slots=True)
class Value:
    """One text of a head."""

    path: str
    """The keys that lead to it: ``hero.image.src``, ``images[0]``."""
    value: str
    at: int
    """Where it begins in the page, in characters, with its quotes."""
    span: Span | None
    """Where it stands, without its quotes; None if it goes over several lines."""


@dataclass(frozen=True, slots=True)
class _Value:
    steps: Steps
    value: Plain
    at: int
    span: Span | None


_OPENS = ("---", "+++", "{", "\ufeff")
_BLANK_LINES = re.compile(r"\ufeff?(?:[ \t]*\r?\n)+(?=(?:---|\+\+\+)[ \t]*\r?\n)")
_FENCE = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\r?\n")
_CLOSES = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)", re.M),
    "+++": re.compile(r"^\+\+\+[ \t]*\r?(?:\n|\Z)", re.M),
}
_JSON = re.compile(r"\ufeff?(?=\{\s*[\"}])")
_LINE_END = re.compile(r"[ \t]*(?:\r?\n|\r?\Z)")


def split(page: str, *, json: bool = False) -> Front | None:
    """The head of a page, None if it has none.

    ``json``: it may be a JSON object, or stand behind blank lines (Hugo's Markdown, never MDX).
    """
    if json and (blank := _BLANK_LINES.match(page)):
        late = _fenced(page, blank.end())
        return late if late and _is_surely_head(late) else None
    if not page.startswith(_OPENS):
        return None
    if _FENCE.match(page):
        return _fenced(page, 0)
    if json and (brace := _JSON.match(page)):
        _, end = _scan(page, brace.end(), min(len(page), brace.end() + MAX_CHARACTERS), ())
        if end is not None and (rest := _LINE_END.match(page, end)):
            return Front("json", page, brace.end(), end, rest.end())
    return None


def _fenced(page: str, at: int) -> Front | None:
    """The head whose first fence is at ``at``."""
    if fence := _FENCE.match(page, at):
        close = _CLOSES[fence[1]].search(page, fence.end())
        if close is None:
            return None
        return Front(
            "yaml" if fence[1] == "---" else "toml", page, fence.end(), close.start(), close.end()
        )
    return None


def _is_surely_head(front: Front) -> bool:
    """Whether it is a table of keys, and not text between two rules."""
    if front.kind == "toml":
        return bool(_values(front))
    try:
        return bool(_yaml(front.page, front.start, min(front.end, front.start + MAX_CHARACTERS)))
    except (yaml.YAMLError, ValueError):
        return False


def entries(front: Front) -> Iterator[Value]:
    """Every text in the head, in its order. What is aliased is told where it is written, once."""
    for found in _values(front):
        if isinstance(found.value, str):
            yield Value(_dotted(found.steps), found.value, found.at, found.span)


def values(front: Front) -> dict[str, Any]:
    """The head as plain data: texts, whole numbers, truths, lists and tables.

    Dates and numbers with a fraction are the text that is written. Empty lists and tables, aliases and merge keys are
    left out; of a doubled key the last one holds.
    """
    tree: dict[str | int, Any] = {}
    for found in _values(front):
        table: Any = tree
        for step in found.steps[:-1]:
            table = table.setdefault(step, {})
            if not isinstance(table, dict):  # the key has a text of its own
                break
        else:
            table[found.steps[-1]] = found.value
    return {str(key): _listed(value) for key, value in tree.items()}


def _listed(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if all(isinstance(key, int) for key in tree):
        return [_listed(value) for value in tree.values()]
    return {str(key): _listed(value) for key, value in tree.items()}


def _dotted(steps: Steps) -> str:
    shown = ""
    for step in steps:
        shown += f"[{step}]" if isinstance(step, int) else f".{step}" if shown else step
    return shown


def _values(front: Front) -> list[_Value]:
    if front.kind == "toml":
        return _toml(front.page, front.start, min(front.end, front.start + MAX_CHARACTERS))
    if front.kind == "json":
        return _scan(front.page, front.start, front.end, ())[0]
    if front.end - front.start <= MAX_CHARACTERS:
        try:
            return _yaml(front.page, front.start, front.end)
        except (yaml.YAMLError, ValueError):  # ValueError: half of a surrogate pair
            pass
    return _lines(front.page, front.start, min(front.end, front.start + MAX_CHARACTERS))


# -- YAML ------------------------------------------------------------------------------------------

_LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # PyYAML may have been built without its C half
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})")
_WORDS: dict[str, bool | None] = {"": None, "~": None}
for _word, _meaning in (("null", None), ("true", True), ("false", False)):
    _WORDS |= dict.fromkeys((_word, _word.capitalize(), _word.upper()), _meaning)


def _plain(text: str) -> Plain:
    """What an unquoted word means: the core schema of YAML 1.2, as the frameworks read it; else it is text."""
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


@dataclass(slots=True)
class _Table:
    """A mapping or sequence that is being read."""

    steps: Steps
    is_list: bool
    count: int = 0
    key: str | None = None
    is_ignored: bool = False

    def next(self) -> Steps | None:
        """The place of the value that comes; None if what comes is a key, or nothing that is looked at."""
        self.count += 1
        if self.is_list:
            return None if self.is_ignored else (*self.steps, self.count - 1)
        if self.count % 2 or self.key is None or self.is_ignored:
            return None
        return (*self.steps, self.key)

    def expects_key(self) -> bool:
        return not self.is_list and self.count % 2 == 0


def _yaml(page: str, start: int, end: int, within: Steps = ()) -> list[_Value]:
    """The values of a YAML document, from its events: nothing is built. Raises YAMLError or ValueError."""
    found: list[_Value] = []
    open_: list[_Table] = []
    for event in yaml.parse(page[start:end], Loader=_LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
        elif isinstance(event, yaml.NodeEvent):
            above = open_[-1] if open_ else None
            if above is None and not within and not isinstance(event, yaml.MappingStartEvent):
                return []  # no head: two rules with text between them
            is_key = above is not None and above.expects_key()
            steps = above.next() if above else within
            if isinstance(event, yaml.ScalarEvent):
                if is_key and above:
                    above.key = event.value
                elif steps:
                    found.append(_of_event(page, start, event, steps))
                    if len(found) >= MAX_VALUES:
                        break
            elif is_key and above:
                above.key = None  # a key that is no text leads to nothing
            if isinstance(event, yaml.CollectionStartEvent):
                is_ignored = steps is None or len(open_) >= MAX_DEPTH
                is_list = isinstance(event, yaml.SequenceStartEvent)
                open_.append(_Table(steps or (), is_list, is_ignored=is_ignored))
    return found


def _of_event(page: str, start: int, event: yaml.ScalarEvent, steps: Steps) -> _Value:
    at, end = (start + mark.index for mark in (event.start_mark, event.end_mark) if mark)
    if (event.anchor or event.tag) and (properties := _PROPERTIES.match(page, at, end)):
        at = properties.end()
    span: Span | None = (at + 1, end - 1) if event.style in ("'", '"') else (at, end)
    if event.style in ("|", ">") or "\n" in page[at:end]:
        span = None
    value = _plain(event.value) if not event.style and event.tag is None else event.value
    return _Value(steps, value, at, span)


# -- lines: what is left of a document that is no YAML ------------------------------------------------

_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?P<dash>-[ \t]+)?"
    r"(?:(?P<quote>[\"']?)(?P<key>[^\s\"'#:{}\[\],-][^\"'#:{}\[\],\n]*?)(?P=quote)[ \t]*:(?=[ \t\r\n]|\Z)[ \t]*)?"
    r"(?P<value>[^\r\n]*)"
)
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<text>.*)(?P=quote)[ \t]*(?:#.*)?")
_COMMENT = re.compile(r"(?:^|[ \t]+)#.*|[ \t]+$")


def _lines(page: str, start: int, end: int) -> list[_Value]:
    """The ``key: value`` and ``- value`` lines of a document, by their indentation."""
    found: list[_Value] = []
    open_: list[tuple[int, str]] = []
    counts: dict[Steps, int] = {}
    block: int | None = None
    for line in _each_line(page, start, end):
        indent = len(line["indent"])
        if not line["value"] and not line["key"]:
            continue
        if block is not None and indent > block:
            continue
        block = None
        if line["key"] is None and not line["dash"]:
            continue
        while open_ and open_[-1][0] >= indent + (1 if line["dash"] else 0):
            open_.pop()
        steps: Steps = tuple(key for _, key in open_[:MAX_DEPTH])
        if line["dash"]:
            counts[steps] = counts.get(steps, -1) + 1
        if open_ and steps in counts:
            steps = (*steps, counts[steps])
        if line["key"] is not None:
            steps = (*steps, line["key"])
            open_.append((indent + len(line["dash"] or ""), line["key"]))
        if line["value"][:1] in ("|", ">"):
            block = indent
        elif steps and len(found) < MAX_VALUES:
            found += _of_line(page, line.start("value"), line.end("value"), steps)
    return found


def _each_line(page: str, start: int, end: int) -> Iterator[re.Match[str]]:
    while start < end:
        line = _LINE.match(page, start, end)
        if line:
            yield line
        start = page.find("\n", start, end) + 1 or end


def _of_line(page: str, start: int, end: int, steps: Steps) -> list[_Value]:
    if page[start:end][:1] in ("[", "{"):
        try:
            return _yaml(page, start, end, steps)
        except (yaml.YAMLError, ValueError):
            return []
    if quoted := _QUOTED.fullmatch(page, start, end):
        return [_Value(steps, quoted["text"], start, quoted.span("text"))]
    if comment := _COMMENT.search(page, start, end):
        end = comment.start()
    value = _plain(page[start:end])
    return [_Value(steps, value, start, (start, end))] if value is not None else []


# -- TOML and JSON -----------------------------------------------------------------------------------

_PART = r"(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[A-Za-z0-9_-]+)"
_KEYS = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"(?P<list>\[)?\[[ \t]*(?P<keys>{_KEYS})[ \t]*\](?(list)\])")
_ASSIGN = re.compile(rf"(?P<keys>{_KEYS})[ \t]*=[ \t]*")
_EACH_PART = re.compile(_PART)
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n]+|#[^\n]*)"
    r'|(?P<long>"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{3,5})'
    r'|(?P<string>"(?!"")(?:[^"\\\n]|\\.)*"|\'(?!\'\')[^\'\n]*\')'
    r"|(?P<mark>[{}\[\],:=.])"
    r"|(?P<word>[^\s\"'#{}\[\],:=.][^\s\"'#{}\[\],=]*)"
)


def _toml(page: str, at: int, end: int) -> list[_Value]:
    found: list[_Value] = []
    table: Steps = ()
    counts: dict[Steps, int] = {}
    broken = 0
    while at < end and len(found) < MAX_VALUES and broken < MAX_BROKEN:
        if blank := _BLANK.match(page, at, end):
            at = blank.end()
        after: int | None = None
        if header := _HEADER.match(page, at, end):
            table = _within(_parts(header["keys"]), counts)
            if header["list"]:
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            after = header.end()
        elif assign := _ASSIGN.match(page, at, end):
            more, after = _scan(page, assign.end(), end, (*table, *_parts(assign["keys"])))
            found += more
            broken += after is None
        at = page.find("\n", at if after is None else after, end) + 1 or end
    return found


def _parts(keys: str) -> tuple[str, ...]:
    parts = [part[0] for part in _EACH_PART.finditer(keys)][:MAX_DEPTH]
    return tuple((_text(part) if part[0] in "\"'" else part)[:MAX_NAME] for part in parts)


def _within(names: tuple[str, ...], counts: dict[Steps, int]) -> Steps:
    """Table names as a place: in a list of tables they mean its newest one, which the last name itself does not."""
    steps: Steps = ()
    for depth, name in enumerate(names, start=1):
        steps = (*steps, name)
        if steps in counts and depth < len(names):
            steps = (*steps, counts[steps])
    return steps


def _text(token: str) -> str:
    """What a quoted token means; as it is written if its escapes are none."""
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
    r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)"
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


def _scan(page: str, at: int, end: int, steps: Steps) -> tuple[list[_Value], int | None]:
    """The texts of the value at ``at``, in JSON or TOML, and where it ends; None if it is broken."""
    found: list[_Value] = []
    open_: list[_Inline] = []
    while at < end:
        token = _TOKEN.match(page, at, end)
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
                open_.append(_Inline(() if is_deep else top.place() if top else steps, mark == "["))
            elif top is None:
                return found, None
            elif mark in "}]":
                open_.pop()
            else:
                top.punctuated(mark)
        elif top is not None and top.expects_key():
            top.named(*token[0].split(".") if kind == "word" else (_text(token[0]),))
        elif (
            len(found) < MAX_VALUES
            and len(open_) <= MAX_DEPTH
            and (place := top.place() if top else steps)
        ):
            found.append(_of_token(token, place))
        if not open_ and kind != "blank":
            return found, at
    return found, None


def _of_token(token: re.Match[str], steps: Steps) -> _Value:
    start, end = token.span()
    if token.lastgroup == "word":
        return _Value(steps, _plain(token[0]), start, (start, end))
    span = (start + 1, end - 1) if token.lastgroup == "string" else None
    return _Value(steps, _text(token[0]), start, span)


@dataclass(slots=True)
class _Inline:
    """A list or table within brackets that is being read."""

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
