"""Mermaid's text for sequence diagrams -> participants and steps."""

from __future__ import annotations

import re
from typing import Any

from assetgen.cure import Cure, advice
from assetgen.layouts.diagrams.mermaid import Read, statements, words

#: The same as of the lists of participants and steps in template.toml.
MOST_PARTICIPANTS, MOST_STEPS = 8, 24
_NAME = r"[^\s:+\->;,][^:+\->;,]*?"
_PARTICIPANT = re.compile(r"(participant|actor)\s+(\S+)(?:\s+as\s+(.+))?$")
_MESSAGE = re.compile(rf"({_NAME})\s*(<?<?--?(?:>>|>|x|\)))\s*([+-]?)\s*({_NAME})\s*(?::(.*))?$")
_NOTE = re.compile(rf"[Nn]ote\s+(over|left of|right of)\s+({_NAME})(?:\s*,\s*({_NAME}))?\s*:(.*)$")
_KINDS = {"->>": "message", "->": "message", "-->>": "reply", "-->": "reply"}
_BLOCKS = ("loop", "alt", "opt", "par", "critical", "break", "rect", "box", "else", "and", "option")
_PLAIN = advice("write ->> for a message, -->> for a reply")
_UNREAD: dict[str, Cure] = {
    **dict.fromkeys(_BLOCKS, advice("write a note instead")),
    "activate": advice("remove it"),
    "deactivate": advice("remove it"),
    "create": advice("name the participant at the start"),
    "destroy": advice("remove it"),
    "title": advice("write title in assets.toml"),
    "accTitle": advice("write alt in assets.toml"),
    "accDescr": advice("write alt in assets.toml"),
    "link": advice("remove it: an image has no links"),
    "links": advice("remove it: an image has no links"),
}


class _Reader:
    def __init__(self) -> None:
        self.read = Read({"participants": [], "steps": [], "numbers": False})
        self._names: dict[str, dict[str, Any]] = {}
        self._open = 0

    def all(self, text: str) -> Read:
        lines = list(statements(text, self.read))
        first, said = lines[0] if lines else (1, "")
        if said != "sequenceDiagram":
            what = f"{said!r} does not begin a sequence diagram" if said else "the text is empty"
            self.read.wrong(first, what, advice("begin with sequenceDiagram"))
            return self.read
        for line, statement in lines[1:]:
            self._statement(line, statement)
        steps = self.read.content["steps"]
        self.read.content["participants"] = list(self._names.values())
        if not steps and not self.read.problems:
            self.read.wrong(first, "the diagram has no messages", advice("add some: A->>B: text"))
        for name, many, most in (
            ("participants", len(self._names), MOST_PARTICIPANTS),
            ("messages and notes", len(steps), MOST_STEPS),
        ):
            if many > most:
                what = f"the diagram has {many} {name}; at most {most} are readable"
                self.read.wrong(first, what, advice("divide it into several images"))
        self.read.problems.sort(key=lambda problem: problem[0])
        return self.read

    def _statement(self, line: int, text: str) -> None:
        word = re.split(r"[\s:]", text, maxsplit=1)[0]
        if text == "autonumber":
            self.read.content["numbers"] = True
        elif text == "end" and self._open:
            self._open -= 1  # of a block, which was refused
        elif found := _PARTICIPANT.match(text):
            self._declare(line, found)
        elif found := _NOTE.match(text):
            self._note(line, found)
        elif found := _MESSAGE.match(text):
            self._message(line, found)
        elif word in _UNREAD:
            self._open += word in _BLOCKS[:8]
            self.read.wrong(line, f"{word!r} is not drawn", _UNREAD[word])
        else:
            shown = text if len(text) <= 40 else text[:39] + "…"
            self.read.wrong(line, f"{shown!r} is not read", _PLAIN)

    def _declare(self, line: int, found: re.Match[str]) -> None:
        name = found[2]
        if name in self._names:
            what = f"the participant {name} is there already"
            self.read.wrong(line, what, advice("name it at the start, and once"))
            return
        title = words(found[3] or name, self.read, line)
        shape = "person" if found[1] == "actor" else "box"
        self._names[name] = {"id": name, "title": title or name, "shape": shape}

    def _known(self, name: str) -> str:
        self._names.setdefault(name, {"id": name, "title": name, "shape": "box"})
        return name

    def _note(self, line: int, found: re.Match[str]) -> None:
        if found[1] != "over":
            what = f"a note {found[1]} a participant is not drawn"
            self.read.wrong(line, what, advice("write Note over {name}", name=found[2]))
        first, last = self._known(found[2]), self._known(found[3] or found[2])
        self._step(line, found[4], {"from": first, "to": last, "kind": "note"})

    def _message(self, line: int, found: re.Match[str]) -> None:
        start, sign, mark, end, text = found.groups()
        if sign not in _KINDS:
            self.read.wrong(line, f"the arrow {sign!r} is not drawn", _PLAIN)
        if mark:
            what = f"the activation {mark!r} is not drawn"
            self.read.wrong(line, what, advice("remove {mark}", mark=mark))
        ends = {"from": self._known(start), "to": self._known(end)}
        self._step(line, text or "", {**ends, "kind": _KINDS.get(sign, "message")})

    def _step(self, line: int, raw: str, step: dict[str, Any]) -> None:
        text = words(raw, self.read, line)
        if not text:
            self.read.wrong(line, "a message or a note needs words", advice("add them after :"))
        self.read.content["steps"].append({**step, "text": text, "line_number": line})


def sequence(text: str) -> Read:
    """The participants and steps of a sequence diagram, as the values of the same names."""
    return _Reader().all(text)
