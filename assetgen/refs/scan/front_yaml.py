"""Front matter in YAML; a document that is broken is read line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from assetgen.refs.reference import Span
from assetgen.refs.scan.front_values import MAX_DEPTH, MAX_VALUES, Found, Steps, plain

_LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # PyYAML may have been built without its C half
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")


@dataclass(slots=True)
class _Table:
    """A mapping or sequence that is being read."""

    steps: Steps
    is_list: bool
    count: int = 0
    key: str | None = None
    is_ignored: bool = False

    def next_place(self) -> Steps | None:
        """Where the next node belongs; None if it is a key, or is skipped."""
        self.count += 1
        if self.is_list:
            return None if self.is_ignored else (*self.steps, self.count - 1)
        if self.count % 2 or self.key is None or self.is_ignored:
            return None
        return (*self.steps, self.key)

    def expects_key(self) -> bool:
        return not self.is_list and self.count % 2 == 0


def read(
    page: str, start: int, end: int, within: Steps = (), *, may_be_list: bool = False
) -> list[Found]:
    """The values of a YAML document, from its events: no object is built.

    Only a mapping is read, unless it is ``within`` another or ``may_be_list``.
    Raises YAMLError or ValueError.
    """
    found: list[Found] = []
    open_: list[_Table] = []
    for event in yaml.parse(page[start:end], Loader=_LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
        elif isinstance(event, yaml.NodeEvent):
            above = open_[-1] if open_ else None
            is_inner = above is not None or within or isinstance(event, yaml.MappingStartEvent)
            if not is_inner and not (may_be_list and isinstance(event, yaml.SequenceStartEvent)):
                return []  # text between two rules, not front matter
            is_key = above is not None and above.expects_key()
            steps = above.next_place() if above else within
            if isinstance(event, yaml.ScalarEvent):
                if is_key and above:
                    above.key = event.value
                elif steps:
                    found.append(_of_event(page, start=start, event=event, steps=steps))
                    if len(found) >= MAX_VALUES:
                        break
            elif is_key and above:
                above.key = None  # a key that is no string: its value is skipped
            if isinstance(event, yaml.CollectionStartEvent):
                is_ignored = steps is None or len(open_) >= MAX_DEPTH
                is_list = isinstance(event, yaml.SequenceStartEvent)
                open_.append(_Table(steps or (), is_list, is_ignored=is_ignored))
    return found


def _of_event(page: str, start: int, event: yaml.ScalarEvent, steps: Steps) -> Found:
    at, end = (start + mark.index for mark in (event.start_mark, event.end_mark) if mark)
    if (event.anchor or event.tag) and (properties := _PROPERTIES.match(page, at, end)):
        at = properties.end()
    span: Span | None = (at + 1, end - 1) if event.style in ("'", '"') else (at, end)
    if event.style in ("|", ">") or "\n" in page[at:end]:
        span = None
    value = plain(event.value) if not event.style and event.tag is None else event.value
    return Found(steps, value, at=at, span=span)


# -- the lines of a broken document ----------------------------------------------------------------

_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?P<dash>-[ \t]+)?"
    r"(?:(?P<quote>[\"']?)(?P<key>[^\s\"'#:{}\[\],-](?:[ \t]*[^ \t\"'#:{}\[\],\n])*+)(?P=quote)"
    r"[ \t]*:(?=[ \t\r\n]|\Z)[ \t]*)?"
    r"(?P<value>[^\r\n]*)"
)
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<text>.*)(?P=quote)[ \t]*(?:#.*)?")
_COMMENT = re.compile(r"(?:^|(?<![ \t])[ \t]+)#.*|(?<![ \t])[ \t]+$")


def read_lines(page: str, start: int, end: int) -> list[Found]:
    """The ``key: value`` and ``- value`` lines of a document, by their indentation."""
    found: list[Found] = []
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
            found += _of_line(page, start=line.start("value"), end=line.end("value"), steps=steps)
    return found


def _each_line(page: str, start: int, end: int) -> Iterator[re.Match[str]]:
    while start < end:
        line = _LINE.match(page, start, end)
        if line:
            yield line
        start = page.find("\n", start, end) + 1 or end


def _of_line(page: str, start: int, end: int, steps: Steps) -> list[Found]:
    if page[start:end][:1] in ("[", "{"):
        try:
            return read(page, start=start, end=end, within=steps)
        except (yaml.YAMLError, ValueError):
            return []
    if quoted := _QUOTED.fullmatch(page, start, end):
        return [Found(steps, quoted["text"], at=start, span=quoted.span("text"))]
    if comment := _COMMENT.search(page, start, end):
        end = comment.start()
    value = plain(page[start:end])
    return [Found(steps, value, at=start, span=(start, end))] if value is not None else []
