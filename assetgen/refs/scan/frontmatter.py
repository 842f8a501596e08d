"""The front matter of a page, in YAML, TOML or JSON: every string in it and where it is.

Tags are ignored and aliases are not followed. A broken document is read line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import yaml
from msgspec import Struct

from assetgen.refs.reference import Span
from assetgen.refs.scan import front_toml, front_yaml
from assetgen.refs.scan.front_values import MAX_CHARACTERS, MAX_VALUES, Found, Steps


class Front(Struct, frozen=True):
    """The front matter of a page; positions are characters of the page."""

    kind: Literal["yaml", "toml", "json"]
    page: str
    start: int
    """Where the document begins, after its fence: in JSON at its brace."""
    end: int
    """Where the document ends, before its fence."""
    body: int
    """Where the text of the page begins."""
    may_be_list: bool = False
    """Whether a list at the top counts, as in a file of data."""


class Value(Struct, frozen=True):
    """One string of the front matter."""

    path: str
    """The keys from the top: ``hero.image.src``, ``images[0]``."""
    value: str
    at: int
    """Where it begins in the page, in characters, with its quotes."""
    span: Span | None
    """Where it is, without its quotes; None if it has several lines."""


_OPENS = ("---", "+++", "{", "\ufeff")
_BLANK_LINES = re.compile(r"\ufeff?(?:[ \t]*\r?\n)+(?=(?:---|\+\+\+)[ \t]*\r?\n)")
_FENCE = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\r?\n")
_CLOSES = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)", re.M),
    "+++": re.compile(r"^\+\+\+[ \t]*\r?(?:\n|\Z)", re.M),
}
_JSON = re.compile(r"\ufeff?(?=\{\s*[\"}])")
_LINE_END = re.compile(r"[ \t]*(?:\r?\n|\r?\Z)")


def split(page: str, *, json: bool = False, late: bool = False) -> Front | None:
    """The front matter of a page, None if it has none.

    ``json``: a JSON object counts, and blank lines may come first (Hugo's Markdown, never MDX).
    ``late``: blank lines may come first, as Astro reads MDX too.
    """
    if (json or late) and (blank := _BLANK_LINES.match(page)):
        found = _fenced(page, blank.end())
        return found if found and _is_surely_front(found) else None
    if not page.startswith(_OPENS):
        return None
    if _FENCE.match(page):
        return _fenced(page, 0)
    if json and (brace := _JSON.match(page)):
        limit = min(len(page), brace.end() + MAX_CHARACTERS)
        _, end = front_toml.scan(page, brace.end(), end=limit, steps=())
        if end is not None and (rest := _LINE_END.match(page, end)):
            return Front("json", page, start=brace.end(), end=end, body=rest.end())
    return None


def _fenced(page: str, at: int) -> Front | None:
    """The front matter that begins with the fence at ``at``."""
    if fence := _FENCE.match(page, at):
        close = _CLOSES[fence[1]].search(page, fence.end())
        if close is None:
            return None
        return Front(
            kind="yaml" if fence[1] == "---" else "toml",
            page=page,
            start=fence.end(),
            end=close.start(),
            body=close.end(),
        )
    return None


def _is_surely_front(front: Front) -> bool:
    """Whether it is a table of keys, not text between two rules."""
    if front.kind == "toml":
        return bool(_values(front)[0])
    try:
        return bool(front_yaml.read(front.page, front.start, _limit(front)))
    except (yaml.YAMLError, ValueError):
        return False


def entries(front: Front) -> Iterator[Value]:
    """Every string, in its order; an aliased one appears once, where it is written."""
    for found in _values(front)[0]:
        if isinstance(found.value, str):
            yield Value(_dotted(found.steps), value=found.value, at=found.at, span=found.span)


def values(front: Front) -> dict[str, Any]:
    """The front matter as plain data: strings, integers, booleans, lists and tables.

    Dates and other numbers are strings as written. Empty lists and tables, aliases and merge keys
    are left out. Of a repeated key the last value counts.
    """
    return _tree(_values(front)[0])


def read(front: Front) -> tuple[dict[str, Any], bool]:
    """Its ``values``, and whether reading them has shown that it is a whole document of YAML."""
    found, is_whole = _values(front)
    return _tree(found), is_whole


def _tree(values: list[Found]) -> dict[str, Any]:
    tree: dict[str | int, Any] = {}
    for found in values:
        table: Any = tree
        for step in found.steps[:-1]:
            table = table.setdefault(step, {})
            if not isinstance(table, dict):  # the key has a value of its own
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
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            shown += f".{step}" if shown else step
    return shown


def _limit(front: Front) -> int:
    """Where reading ends: at the end, or after the most characters."""
    return min(front.end, front.start + MAX_CHARACTERS)


def _values(front: Front) -> tuple[list[Found], bool]:
    """The values, and whether they are those of a YAML document that was read to its end."""
    if front.kind == "toml":
        return front_toml.read(front.page, front.start, _limit(front)), False
    if front.kind == "json":
        return front_toml.scan(front.page, front.start, end=front.end, steps=())[0], False
    if front.end - front.start <= MAX_CHARACTERS:
        try:
            found = front_yaml.read(
                front.page, front.start, front.end, may_be_list=front.may_be_list
            )
            return found, 0 < len(found) < MAX_VALUES  # else it may have stopped before the end
        except (yaml.YAMLError, ValueError):  # ValueError: half of a surrogate pair
            pass
    return front_yaml.read_lines(front.page, front.start, _limit(front)), False
