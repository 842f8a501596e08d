"""The values of front matter with their places, containers too, so that a key can be written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from assetgen.refs.scan import front_toml

Steps = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
#: How deep values may be nested.
MAX_DEPTH = 40


class Unclear(ValueError):
    """The front matter is not in a form in which a key can be found with certainty."""


@dataclass(slots=True)
class Node:
    """A value; positions are characters of the page."""

    kind: Literal["table", "list", "text", "empty", "other"]
    """``text`` is a string on one line, ``empty`` is null or nothing at all."""
    at: int
    end: int
    is_flow: bool = False
    """Whether a table or list is in brackets."""
    quote: str = ""
    members: list[Member] = field(default_factory=list)

    def member(self, step: str | int) -> Member | None:
        """What is under a key or at a position. Raises Unclear if a key is there twice."""
        if isinstance(step, int):
            is_there = self.kind == "list" and step < len(self.members)
            return self.members[step] if is_there else None
        found = [one for one in self.members if one.key == step]
        if len(found) > 1:
            raise Unclear(f"{step} is there twice")
        return found[0] if found else None

    def last(self) -> int:
        """Where its last character is, without line ends."""
        nodes, end = [self], self.end
        while not nodes[-1].is_flow and nodes[-1].members:
            nodes.append(nodes[-1].members[-1].node)
            end = nodes[-1].end
        return end


@dataclass(slots=True)
class Member:
    """A value of a table or a list."""

    key: str | None
    """None in a list, and for a key that is no text."""
    at: int
    """Where the key begins; in a list the value."""
    node: Node


# -- YAML ------------------------------------------------------------------------------------------


def of_yaml(page: str, start: int, end: int) -> Node:
    """The document between ``start`` and ``end``. Raises Unclear."""
    open_: list[tuple[Node, list[Node]]] = []
    roots: list[Node] = []
    try:
        for event in yaml.parse(page[start:end], Loader=_LOADER):
            if isinstance(event, yaml.CollectionEndEvent):
                node, parts = open_.pop()
                node.members = list(_members(node, parts, page))
                if node.is_flow and event.end_mark:
                    node.end = start + event.end_mark.index
            elif isinstance(event, yaml.NodeEvent):
                if len(open_) > MAX_DEPTH:
                    raise Unclear("it is nested too deeply")
                node = _node(page, start, event)
                (open_[-1][1] if open_ else roots).append(node)
                if isinstance(event, yaml.CollectionStartEvent):
                    open_.append((node, []))
    except (yaml.YAMLError, ValueError) as exc:
        raise Unclear("it is not YAML") from exc
    if len(roots) > 1 or (roots and roots[0].kind not in ("table", "empty")):
        raise Unclear("it is no table of keys")
    return roots[0] if roots and roots[0].kind == "table" else Node("table", start, start)


def _node(page: str, start: int, event: Any) -> Node:
    at, end = start + event.start_mark.index, start + event.end_mark.index
    if isinstance(event, yaml.MappingStartEvent):
        return Node("table", at, at, is_flow=bool(event.flow_style))
    if isinstance(event, yaml.SequenceStartEvent):
        return Node("list", at, at, is_flow=bool(event.flow_style))
    if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
        return Node("other", at, end)
    if event.style in ("|", ">") or "\n" in page[at:end]:
        return Node("other", at, end)
    if not event.style:
        word = event.value
        kind: Literal["empty", "other", "text"] = "text"
        if word.lower() in ("", "~", "null"):
            kind = "empty"
        elif _NO_TEXT.fullmatch(word):
            kind = "other"
        return Node(kind, at, end)
    return Node("text", at + 1, end - 1, quote=event.style)


_NO_TEXT = re.compile(r"(?i)true|false|yes|no|on|off|[-+.\d][\d_.eE+-]*")


def _members(node: Node, parts: list[Node], page: str) -> Iterator[Member]:
    if node.kind == "list":
        yield from (Member(None, one.at, one) for one in parts)
        return
    for key, value in zip(parts[::2], parts[1::2], strict=False):
        is_text = key.kind in ("text", "other", "empty") and "\n" not in page[key.at : key.end]
        at = key.at - len(key.quote)
        yield Member(page[key.at : key.end] if is_text else None, at, value)


# -- JSON, and the values of TOML ------------------------------------------------------------------


def inline(page: str, at: int, end: int) -> Node:
    """The value at ``at``, as JSON and TOML write it. Raises Unclear."""
    root = Node("list", at, at)
    open_, key = [root], list[tuple[str, int] | None]([None])
    while at < end:
        token = front_toml.TOKEN.match(page, at, end)
        if token is None:
            break
        at = token.end()
        if token.lastgroup == "blank":
            continue
        top = open_[-1]
        if token[0] in ("}", "]"):
            top.end = at
            open_.pop()
            key.pop()
        elif token.lastgroup == "mark" and token[0] not in "{[":
            key[-1] = None if token[0] == "," else key[-1]
        elif top.kind == "table" and key[-1] is None:
            key[-1] = (_name(token), token.start())
        else:
            name, place = key[-1] or (None, token.start())
            node = _inline_node(token)
            top.members.append(Member(name, place, node))
            if node.kind in ("table", "list"):
                if len(open_) > MAX_DEPTH:
                    raise Unclear("it is nested too deeply")
                open_.append(node)
                key.append(None)
        if len(open_) == 1:
            return root.members[0].node
    raise Unclear("it has no end")


def _name(token: re.Match[str]) -> str:
    return front_toml.unquoted(token[0]) if token[0][0] in "\"'" else token[0]


def _inline_node(token: re.Match[str]) -> Node:
    start, end = token.span()
    if token[0] in ("{", "["):
        return Node("table" if token[0] == "{" else "list", start, end, is_flow=True)
    if token.lastgroup == "string":
        return Node("text", start + 1, end - 1, quote=token[0][0])
    return Node("empty" if token[0] == "null" else "other", start, end)


# -- TOML ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Scope:
    """A table of TOML: the lines below a header, or those at the top."""

    steps: Steps
    end: int
    """Where a line can be added: after its last line, without the line end."""
    values: list[tuple[Steps, Node]] = field(default_factory=list)


def of_toml(page: str, start: int, end: int) -> list[Scope]:
    """The tables of a document, the one at the top first. Raises Unclear."""
    scopes = [Scope((), start)]
    counts: dict[Steps, int] = {}
    at = start
    while at < end:
        if blank := front_toml.BLANK.match(page, at, end):
            at = blank.end()
        if at >= end:
            break
        if header := front_toml.HEADER.match(page, at, end):
            steps = front_toml.within(front_toml.parts(header["keys"]), counts)
            if header["list"]:
                counts[steps] = counts.get(steps, -1) + 1
                steps = (*steps, counts[steps])
            scopes.append(Scope(steps, header.end()))
            at = header.end()
        elif assign := front_toml.ASSIGN.match(page, at, end):
            node = inline(page, assign.end(), end)
            steps = (*scopes[-1].steps, *front_toml.parts(assign["keys"]))
            scopes[-1].values.append((steps, node))
            at = scopes[-1].end = node.end + len(node.quote)
        else:
            raise Unclear("it is not TOML")
        line = page.find("\n", at, end)
        at = line + 1 if line >= 0 else end
    return scopes
