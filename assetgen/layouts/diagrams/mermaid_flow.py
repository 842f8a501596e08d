"""Mermaid's flowchart text -> nodes and edges."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

from assetgen.cure import Cure, advice
from assetgen.layouts.diagrams.mermaid import Read, statements, words

#: The same as of the lists of nodes and edges in template.toml.
MOST_NODES, MOST_EDGES = 30, 60
DIRECTIONS = {"LR": "right", "RL": "left", "TB": "down", "TD": "down", "BT": "up"}
_HEADER = re.compile(r"(?:flowchart|graph)(?:\s+(\S+))?$")
_ID = re.compile(r"\w+(?:[-./]\w+)*")
#: How a shape begins and ends, the longest first, and how it is drawn here.
_SHAPES = (
    ("(((", ")))", "terminal"),
    ("((", "))", "terminal"),
    ("([", "])", "terminal"),
    ("[(", ")]", "store"),
    ("{{", "}}", "decision"),
    ("{", "}", "decision"),
    ("[[", "]]", ""),
    ("[/", "]", ""),
    ("[\\", "]", ""),
    ("[", "]", "step"),
    ("(", ")", "step"),
    (">", "]", ""),
)
_EDGE = re.compile(r"(<)?(-{2,}|={2,}|-\.+-)([>xo](?!\w)|>)?")
_LINES = {"-": "solid", "=": "thick", ".": "dashed"}
#: Edges with their words inside, by how they begin: what ends the words.
_INSIDE = (
    (re.compile(r"(<)?--(?![->])"), re.compile(r"--(>)|---(?!-)")),
    (re.compile(r"(<)?==(?![=>])"), re.compile(r"==(>)|===(?!=)")),
    (re.compile(r"(<)?-\.(?![-.])"), re.compile(r"\.-(>)|\.-(?!-)")),
)
_STYLE = advice("set a style in assets.toml")
_ALT = advice("write alt in assets.toml")
_UNREAD = {
    "classDef": _STYLE,
    "class": _STYLE,
    "style": _STYLE,
    "linkStyle": _STYLE,
    "click": advice("remove it: an image has no links"),
    "accTitle": _ALT,
    "accTitle:": _ALT,
    "accDescr": _ALT,
    "accDescr:": _ALT,
}
_PLAIN_SHAPES = advice("write [text], ([text]), {choice} or [(text)]", choice="{text}")
_PLAIN_EDGES = advice("write -->, ---, -.->, ==> or <-->")


class _Stop(Exception):
    """A statement of which the rest cannot be read."""


class _Reader:
    def __init__(self) -> None:
        self.read = Read({"nodes": [], "edges": [], "direction": ""})
        self._nodes: dict[str, dict[str, Any]] = {}
        self._said: dict[str, int] = {}
        self._group: tuple[str, str, int] | None = None
        self._groups: dict[str, int] = {}
        self._line, self._text, self._at = 0, "", 0

    def all(self, text: str) -> Read:
        lines = list(statements(text, self.read))
        header = _HEADER.match(lines[0][1]) if lines else None
        if header is None:
            first = lines[0] if lines else (1, "")
            what = f"{first[1]!r} does not begin a flowchart" if lines else "the text is empty"
            self.read.wrong(first[0], what, advice("begin with flowchart, or flowchart LR"))
            return self.read
        if header[1] is not None and header[1] not in DIRECTIONS:
            what = f"{header[1]!r} is not a direction"
            self.read.wrong(
                lines[0][0], what, advice("write one of {names}", names=", ".join(DIRECTIONS))
            )
        self.read.content["direction"] = DIRECTIONS.get(header[1] or "", "")
        for self._line, statement in lines[1:]:
            self._statement(statement)
        if self._group:
            what = f"the subgraph {self._group[1]!r} has no end"
            self.read.wrong(self._group[2], what, advice("add a line: end"))
        for edge in self.read.content["edges"]:
            for name in sorted({edge["from"], edge["to"]} & set(self._groups)):
                what = f"an edge to the subgraph {name!r} is not drawn"
                self.read.wrong(edge["line_number"], what, advice("name one of its nodes"))
        self.read.content["nodes"] = list(self._nodes.values())
        self._count(lines[0][0])
        self.read.problems.sort(key=lambda problem: problem[0])
        return self.read

    def _count(self, line: int) -> None:
        nodes, edges = len(self._nodes), len(self.read.content["edges"])
        if nodes < 2 and not self.read.problems:
            self.read.wrong(line, "the flowchart has less than two nodes", advice("add some"))
        if nodes > MOST_NODES:
            what = f"the flowchart has {nodes} nodes; at most {MOST_NODES} are readable"
            self.read.wrong(line, what, advice("divide it into several images"))
        if edges > MOST_EDGES:
            what = f"the flowchart has {edges} edges; at most {MOST_EDGES} are readable"
            self.read.wrong(line, what, advice("divide it into several images"))

    def _statement(self, text: str) -> None:
        word = text.split(None, 1)[0]
        if word == "subgraph":
            self._begin_group(text[len(word) :].strip())
        elif text == "end" and self._group:
            self._group = None
        elif word == "direction":
            what = "a direction inside a subgraph is not drawn"
            self.read.wrong(
                self._line, what, advice("remove it: the first line says the direction")
            )
        elif word in _UNREAD:
            self.read.wrong(self._line, f"{word!r} is not read", _UNREAD[word])
        else:
            try:
                self._chain(text)
            except _Stop:
                return

    def _begin_group(self, text: str) -> None:
        found = re.fullmatch(r"(\S+)\s*\[(.*)\]", text)
        name, title = (found[1], found[2]) if found else (text, text)
        title = words(title, self.read, self._line)
        if self._group:
            what = f"the subgraph {title!r} is in another one"
            self.read.wrong(self._line, what, advice("end the other one first"))
            return
        if not title:
            self.read.wrong(self._line, "a subgraph needs a title", advice("write subgraph TITLE"))
        self._group = (name, title, self._line)
        self._groups[name] = self._line

    def _chain(self, text: str) -> None:
        self._text, self._at = text, 0
        before = self._some()
        while self._at < len(self._text):
            edge = self._edge()
            after = self._some()
            for one, other in product(before, after):
                made = {"from": one, "to": other, **edge, "line_number": self._line}
                self.read.content["edges"].append(made)
            before = after

    def _some(self) -> list[str]:
        found = [self._node()]
        while self._take("&"):
            found.append(self._node())
        return found

    def _take(self, sign: str) -> bool:
        self._skip()
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _skip(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _stop(self, what: str, cure: Cure) -> _Stop:
        self.read.wrong(self._line, what, cure)
        return _Stop()

    def _rest(self) -> str:
        rest = self._text[self._at :].strip()
        return repr(rest if len(rest) <= 30 else rest[:29] + "…")

    def _node(self) -> str:
        self._skip()
        found = _ID.match(self._text, self._at)
        if not found:
            what = f"a node is missing before {self._rest()}"
            raise self._stop(
                what if self._rest() != "''" else "a node is missing at the end", advice("add it")
            )
        name, self._at = found[0], found.end()
        if name == "end":
            raise self._stop("'end' cannot be the name of a node", advice("write End"))
        said = self._shape()
        if self._text.startswith((":::", "@{"), self._at):
            raise self._stop(f"{self._rest()} is not read", _STYLE)
        node = self._nodes.setdefault(
            name, {"id": name, "title": name, "shape": "step", "group": ""}
        )
        if said is not None:
            new = {"shape": said[0], "title": said[1] or name}
            if name in self._said and any(node[key] != value for key, value in new.items()):
                what = f"node {name} has another text in line {self._said[name]}"
                self.read.wrong(self._line, what, advice("give each node one text"))
            self._said.setdefault(name, self._line)
            node.update(new)
        if self._group and not node["group"]:
            node["group"] = self._group[1]
        return name

    def _shape(self) -> tuple[str, str] | None:
        for opener, closer, shape in _SHAPES:
            if not self._text.startswith(opener, self._at):
                continue
            start = self._at + len(opener)
            quoted = re.compile(r'\s*"[^"]*"\s*').match(self._text, start)
            end = self._text.find(closer, quoted.end() if quoted else start)
            if end < 0:
                raise self._stop(
                    f"{self._rest()} has no {closer}", advice("add {closer}", closer=closer)
                )
            raw = self._text[start:end]
            self._at = end + len(closer)
            if not shape:
                self.read.wrong(
                    self._line, f"the shape {opener}{raw}{closer} is not drawn", _PLAIN_SHAPES
                )
            return shape or "step", words(raw, self.read, self._line)
        return None

    def _edge(self) -> dict[str, str]:
        self._skip()
        for begins, ends in _INSIDE:
            start = begins.match(self._text, self._at)
            end = ends.search(self._text, start.end()) if start else None
            if start and end:
                text = words(self._text[start.end() : end.start()], self.read, self._line)
                sign = start[0].lstrip("<")[-1]
                self._at = end.end()
                return self._made(sign, bool(start[1]), bool(end[1]), text)
        found = _EDGE.match(self._text, self._at)
        if not found:
            raise self._stop(f"{self._rest()} is not read", _PLAIN_EDGES)
        body, head = found[2], found[3] or ""
        least = 2 if head and "." not in body else 3
        if len(body) != least or head not in ("", ">"):
            raise self._stop(f"the edge {found[0]!r} is not drawn", _PLAIN_EDGES)
        self._at = found.end()
        text = ""
        if self._take("|"):
            end_at = self._text.find("|", self._at)
            if end_at < 0:
                raise self._stop(f"{self._rest()} has no |", advice("add | after the words"))
            text = words(self._text[self._at : end_at], self.read, self._line)
            self._at = end_at + 1
        return self._made("." if "." in body else body[0], bool(found[1]), bool(head), text)

    def _made(self, sign: str, is_back: bool, is_ahead: bool, text: str) -> dict[str, str]:
        if is_back and not is_ahead:
            self.read.wrong(
                self._line,
                "an edge with a head only at its start is not drawn",
                advice("turn it round"),
            )
        heads = "both" if is_back else "end" if is_ahead else "none"
        return {"text": text.replace("\n", " "), "line": _LINES[sign], "heads": heads}


def flowchart(text: str) -> Read:
    """The nodes and edges of a flowchart, as the values of the same names have them."""
    return _Reader().all(text)
