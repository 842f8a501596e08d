"""Writes a key into the front matter of a page; every other character stays as it is.

The front matter is read again after each edit: an edit that changes anything else, or not what it
should, is not made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import tomli
import yaml

from assetgen.pages import front_nodes, front_text
from assetgen.pages.edits import Edit
from assetgen.pages.front_nodes import Node, Scope, Steps, Unclear
from assetgen.pages.front_text import Syntax, Value
from assetgen.refs.languages import MARKDOWN, MDX, SVX, TEMPLATES, suffix
from assetgen.refs.scan import frontmatter
from assetgen.refs.scan.front_values import MAX_CHARACTERS
from assetgen.refs.scan.frontmatter import Front

#: Pages that can get front matter if they have none.
_BARE = MARKDOWN | MDX | SVX
_BARE_IN_SITES = TEMPLATES | {"html", "htm"}


def steps(key: str) -> Steps:
    """The names and positions in ``key``."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key))


def has_front(page: str, *, is_site: bool) -> bool:
    """Whether the file ``page`` can have front matter; ``is_site``: a generator builds it."""
    return suffix(page) in _BARE or (is_site and suffix(page) in _BARE_IN_SITES)


def read(text: str, page: str) -> Front | None:
    """The front matter of the file ``page``, which contains ``text``."""
    return frontmatter.split(text, json=suffix(page) in MARKDOWN, late=True)


def line(text: str, page: str, key: str) -> int:
    """The line of ``key``, or of the nearest key above it, or the first line."""
    front = read(text, page)
    if front is None:
        return 1
    try:
        at = _place(text, front, steps(key))
    except ValueError:
        at = None
    first = 0 if front.kind == "json" else max(front.start - 1, 0)
    return text.count("\n", 0, first if at is None else at) + 1


def _place(text: str, front: Front, way: Steps) -> int | None:
    """Where the deepest part of the ``way`` is. Raises Unclear."""
    if front.kind == "toml":
        found = [
            node.at
            for scope in front_nodes.of_toml(text, front.start, front.end)
            for place, node in scope.values
            if way[: len(place)] == place
        ]
        return found[0] if found else None
    is_json = front.kind == "json"
    build = front_nodes.inline if is_json else front_nodes.of_yaml
    node, at = build(text, front.start, front.end), None
    for step in way:
        if (member := node.member(step)) is None:
            break
        node, at = member.node, member.at
    return at


def edit(text: str, page: str, key: str, value: Value, *, is_site: bool) -> Edit | None:
    """Write ``value`` under ``key``; None if that is not certain to change nothing else."""
    front = read(text, page)
    if front is None:
        is_open = text.lstrip("\ufeff").startswith(("---", "+++", "{"))
        return None if is_open or not has_front(page, is_site=is_site) else _new(text, key, value)
    if front.end - front.start > MAX_CHARACTERS:
        return None
    way = steps(key)
    try:
        before = _plain(text, front)
        expected = _with(before, way, value)
        for made in _WRITERS[front.kind](text, front, way, value):
            after = text[: made.span[0]] + made.new + text[made.span[1] :]
            with suppress(ValueError, yaml.YAMLError, RecursionError):
                again = read(after, page)
                if again and again.kind == front.kind and _plain(after, again) == expected:
                    return made
    except (ValueError, yaml.YAMLError, RecursionError):
        return None
    return None


def _new(text: str, key: str, value: Value) -> Edit:
    """Front matter for a page without any."""
    at = int(text.startswith("\ufeff"))
    first = text.find("\n")
    end = "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"
    lines = ["---", *front_text.lines(steps(key), value, ""), "---"]
    gap = "" if text[at:].startswith(("\n", "\r\n")) or not text[at:] else end
    return Edit((at, at), end.join(lines) + end + gap)


# -- what the front matter says --------------------------------------------------------------------


def _plain(text: str, front: Front) -> Any:
    """The front matter as data that can be compared. Raises ValueError."""
    document = text[front.start : front.end]
    if front.kind == "toml":
        return tomli.loads(document.replace("\r\n", "\n"))
    if front.kind == "json":
        return json.loads(document)
    return _data(text, front_nodes.of_yaml(text, front.start, front.end))


def _data(text: str, node: Node) -> Any:
    if node.kind == "table":
        names = [one.key for one in node.members]
        if None in names or len(set(names)) < len(names):
            raise Unclear("a key is no text, or is there twice")
        return {one.key: _data(text, one.node) for one in node.members}
    if node.kind == "list":
        return [_data(text, one.node) for one in node.members]
    if node.kind == "empty":
        return None
    return text[node.at : node.end] if node.kind == "text" else (text[node.at : node.end],)


def _with(data: Any, way: Steps, value: Value) -> Any:
    """``data`` with ``value`` at ``way``. Raises ValueError where something else is there."""
    if not way:
        if data is not None and not (isinstance(data, str) and isinstance(value, str)):
            raise Unclear("the value is no text")
        return value
    first, rest = way[0], way[1:]
    if isinstance(first, int):
        found = [] if data is None else data
        if not isinstance(found, list) or first > len(found):
            raise Unclear("the list is too short")
        old = found[first] if first < len(found) else None
        return [*found[:first], _with(old, rest, value), *found[first + 1 :]]
    found = {} if data is None else data
    if not isinstance(found, dict):
        raise Unclear("the value above is no table")
    return {**found, first: _with(found.get(first), rest, value)}


# -- YAML ------------------------------------------------------------------------------------------


def _of_yaml(text: str, front: Front, way: Steps, value: Value) -> Iterator[Edit]:
    root = front_nodes.of_yaml(text, front.start, front.end)
    node, rest = _deepest(root, way)
    end = "\r\n" if text[: front.start].endswith("\r\n") else "\n"
    if node is root and not root.members and not root.is_flow:
        yield Edit((front.end, front.end), _joined(front_text.lines(rest, value, ""), end) + end)
    elif node.kind in ("table", "list") and node.is_flow:
        yield _into_brackets(text, node, front_text.members(front_text.at(rest, value), "yaml"))
    elif node.kind in ("table", "list"):
        at = node.members[0].at if node.kind == "table" else node.at
        margin = " " * (at - text.rfind("\n", 0, at) - 1)
        place = _line_end(text, node.last(), front.end)
        yield Edit((place, place), end + _joined(front_text.lines(rest, value, margin), end))
        if node is root:  # below the blank lines of a block of text
            yield Edit(
                (front.end, front.end), _joined(front_text.lines(rest, value, margin), end) + end
            )
    elif rest and node.kind == "empty" and node.at == node.end:
        margin = _margin(text, node.at)
        lines = front_text.lines(rest, value, margin + ("" if isinstance(rest[0], int) else "  "))
        at = _line_end(text, node.at, front.end)  # below a remark on the line of the key
        at = at if re.fullmatch(r"[ \t]*(?:#.*)?", text[node.at : at]) else node.at
        yield Edit((at, at), end + _joined(lines, end))
    elif rest and node.kind == "empty":
        yield Edit((node.at, node.end), front_text.flow(front_text.at(rest, value), "yaml"))
    elif not rest:
        yield _over(text, node, value, "yaml")


def _margin(text: str, at: int) -> str:
    """The blanks before the key whose value is at ``at``, and as many for its dashes."""
    begin = text.rfind("\n", 0, at) + 1
    found = re.match(r"[ ]*(?:-[ ]+)*", text[begin:at])
    return " " * len(found[0] if found else "")


def _deepest(node: Node, way: Steps) -> tuple[Node, Steps]:
    """The deepest value on the ``way``, and the rest of the way."""
    for depth, step in enumerate(way):
        inner = node.member(step)
        if inner is None:
            return node, way[depth:]
        node = inner.node
    return node, ()


def _joined(lines: list[str], end: str) -> str:
    return end.join(lines)


def _line_end(text: str, at: int, end: int) -> int:
    """Where the line ends that the last character before ``at`` is in."""
    while text[at - 1] in " \t\r\n":
        at -= 1
    found = text.find("\n", at, end)
    found = end if found < 0 else found
    return found - 1 if text[found - 1] == "\r" else found


# -- all languages ---------------------------------------------------------------------------------


def _over(text: str, node: Node, value: Value, syntax: Syntax) -> Edit:
    """Write over a value, in the quotes that it has."""
    old = text[node.at : node.end]
    if node.quote and isinstance(value, str):
        return Edit((node.at, node.end), value, old.strip())
    new = front_text.flow(value, syntax)
    gap = " " if node.at == node.end and text[node.at - 1] in ":-" else ""
    return Edit((node.at, node.end), gap + new, old.strip())


def _into_brackets(text: str, node: Node, new: str) -> Edit:
    """Add ``new`` behind the last value in the brackets of ``node``."""
    if not node.members:
        return Edit((node.at + 1, node.at + 1), new)
    last = node.members[-1]
    at = last.node.last() if last.node.is_flow else last.node.end + len(last.node.quote)
    blanks = re.search(r"\s*\Z", text[node.at + 1 : last.at])
    gap = blanks[0] if blanks and "\n" in blanks[0] else " "
    return Edit((at, at), f",{gap}{new}")


def _of_json(text: str, front: Front, way: Steps, value: Value) -> Iterator[Edit]:
    root = front_nodes.inline(text, front.start, front.end)
    yield from _of_inline(text, *_deepest(root, way), value, syntax="json")


def _of_inline(
    text: str, node: Node, rest: Steps, value: Value, *, syntax: Syntax
) -> Iterator[Edit]:
    if node.kind in ("table", "list"):
        yield _into_brackets(text, node, front_text.members(front_text.at(rest, value), syntax))
    elif rest and node.kind == "empty":
        yield Edit((node.at, node.end), front_text.flow(front_text.at(rest, value), syntax))
    elif not rest:
        yield _over(text, node, value, syntax)


# -- TOML ------------------------------------------------------------------------------------------


def _of_toml(text: str, front: Front, way: Steps, value: Value) -> Iterator[Edit]:
    scopes = front_nodes.of_toml(text, front.start, front.end)
    for scope in scopes:
        for place, node in scope.values:
            if way[: len(place)] == place:
                found, rest = _deepest(node, way[len(place) :])
                yield from _of_inline(text, found, rest, value, syntax="toml")
                return
    fitting = [one for one in scopes if way[: len(one.steps)] == one.steps and one.steps != way]
    scope = max(fitting, key=lambda one: len(one.steps))
    rest = way[len(scope.steps) :]
    names = [step for step in rest if isinstance(step, str)]
    end = "\r\n" if text[: front.start].endswith("\r\n") else "\n"
    is_named = len(rest) > 1 and len(names) == len(rest) and not _is_dotted(scope, rest[0])
    if is_named and all(isinstance(step, str) for step in way):
        said = f"[{_toml_name(way[:-1])}]", f"{_toml_name(way[-1:])} = {_toml(value)}"
        yield Edit((front.end, front.end), end.join(("", *said, "")))
    if not rest or isinstance(rest[0], int):
        return
    depth = next((i for i, step in enumerate(rest) if isinstance(step, int)), len(rest))
    entry = front_text.at(rest[depth + 1 :], value)
    if isinstance(entry, dict) and depth < len(rest) and _is_opened(scopes, (*scope.steps, *rest)):
        header = _toml_name((*scope.steps, *rest[:depth]))
        lines = (f"{_toml_name((name,))} = {_toml(inner)}" for name, inner in entry.items())
        yield Edit((front.end, front.end), end.join(("", f"[[{header}]]", *lines, "")))
    new = f"{_toml_name(rest[:depth])} = {_toml(front_text.at(rest[depth:], value))}"
    is_first = scope.end == front.start
    at = scope.end if is_first else _line_end(text, scope.end, front.end)
    yield Edit((at, at), new + end if is_first else end + new)


def _toml(value: Value) -> str:
    return front_text.flow(value, "toml")


def _toml_name(way: Steps) -> str:
    return ".".join(front_text.name(str(step), "toml") for step in way)


def _is_opened(scopes: list[Scope], way: Steps) -> bool:
    """Whether the list on the ``way`` is written in tables of their own: ``[[head]]``."""
    depth = next(at for at, step in enumerate(way) if isinstance(step, int))
    below = [one.steps[depth] for one in scopes if one.steps[:depth] == way[:depth] != one.steps]
    return any(isinstance(step, int) for step in below)


def _is_dotted(scope: Scope, name: str | int) -> bool:
    """Whether a table already has lines such as ``cover.title = "A"``."""
    depth = len(scope.steps)
    return any(len(at) > depth + 1 and at[depth] == name for at, _ in scope.values)


_WRITERS = {"yaml": _of_yaml, "toml": _of_toml, "json": _of_json}
