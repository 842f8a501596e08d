"""The participants and steps of a sequence -> where each box, line and text is, for its layout."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.layouts.chart import em
from assetgen.layouts.diagrams.paths import head, rounded
from assetgen.layouts.diagrams.wording import longest_piece, sizes_of
from assetgen.layouts.scripts import LINE_END, leading

_LINE = 1.2
_LOOP, _NOTE = 54.0, 16.0


@dataclass(frozen=True)
class _Type:
    """Sizes of type in CSS px: of the words of steps and of the names, and the box of a name."""

    most: int
    least: int
    name: int
    box: float
    icon: float
    """The height of the sign of a person above a name; 0: it is beside the name."""
    narrow: float
    """How narrow words may be set in several lines, in em."""


_WIDE = _Type(most=32, least=20, name=32, box=62, icon=0, narrow=6.5)
_TALL = _Type(most=36, least=23, name=36, box=76, icon=0, narrow=4.8)
_STORY = _Type(most=46, least=23, name=46, box=120, icon=46, narrow=4.2)


@dataclass(frozen=True)
class _Step:
    """A step with its columns, from left to right, and where its words are."""

    of: Mapping[str, Any]
    start: int
    end: int

    @property
    def low(self) -> int:
        return min(self.start, self.end)

    @property
    def high(self) -> int:
        return max(self.start, self.end)

    @property
    def kind(self) -> str:
        return str(self.of["kind"])

    @property
    def is_loop(self) -> bool:
        return self.start == self.end and self.kind != "note"

    @property
    def text(self) -> str:
        return str(self.of["text"])


def sequence(
    values: Mapping[str, Any], across: float, down: float, *, tall: bool
) -> dict[str, Any]:
    """Where all is in ``across`` x ``down`` CSS px. Raises ManifestError if there is no room."""
    participants, steps, numbers = _given(values)
    kind = _WIDE if not tall else _STORY if down > 1.2 * across else _TALL
    at = {one["id"]: nth for nth, one in enumerate(participants)}
    placed = [_Step(one, at[one["from"]], at[one["to"] or one["from"]]) for one in steps]
    for size in range(kind.most, kind.least - 1, -1):
        made = _Composition(participants, placed, (across, down), size, kind, numbers=numbers)
        if made.fits:
            return {**made.described(), "numbers": numbers}
    raise ManifestError(
        f"a sequence of {len(participants)} participants and {len(steps)} steps has no room here: "
        "its words would be too small to read",
        cure=advice("choose another ratio, shorten the words, or divide it into several images"),
    )


def _given(values: Mapping[str, Any]) -> tuple[list[Any], list[Any], bool]:
    text = values["mermaid"]
    if not text:
        participants = [
            {**one, "fit": f"participants[{nth}].title"}
            for nth, one in enumerate(values["participants"])
        ]
        steps = [{**one, "fit": f"steps[{nth}].text"} for nth, one in enumerate(values["steps"])]
        return participants, steps, values["numbers"]
    participants = [
        {"highlight": False, **one, "fit": f"mermaid.{one['id']}"} for one in text["participants"]
    ]
    steps = [{**one, "fit": f"mermaid line {one['line_number']}"} for one in text["steps"]]
    return participants, steps, values["numbers"] or text["numbers"]


class _Composition:
    """A sequence with words of one size."""

    def __init__(
        self,
        participants: Sequence[Mapping[str, Any]],
        steps: Sequence[_Step],
        room: tuple[float, float],
        size: int,
        kind: _Type,
        *,
        numbers: bool,
    ) -> None:
        self._participants, self._steps, self._numbers = participants, steps, numbers
        self._across, self._down = room
        self._size, self._kind = size, kind
        self._box = min(self._wanted_box(), (self._across / len(participants)) - 12)
        gaps = self._gaps()
        spare = self._across - self._box - sum(gaps)
        self.fits = spare > -1
        share = spare / max(1, len(gaps))
        self._x = [self._box / 2]
        for gap in gaps:
            self._x.append(self._x[-1] + gap + share)
        self._rows = [self._row(step) for step in steps]
        spare = self._down - self._top - sum(self._rows) - 0.6 * size
        self.fits = self.fits and spare >= 0 and self._names_fit()
        self._spare = min(spare / max(1, len(steps)), 3.6 * size)

    @property
    def _top(self) -> float:
        return self._kind.box + (self._kind.icon if self._has_person else 0) + 0.6 * self._size

    @property
    def _has_person(self) -> bool:
        return any(one["shape"] == "person" for one in self._participants)

    @property
    def _radius(self) -> int:
        """Of the circles round numbers."""
        return round(0.62 * max(24, min(self._size, 34)))

    def _wanted_box(self) -> float:
        widest = max(em(line) for one in self._participants for line in _lines_of(one["title"]))
        beside = 0 if self._kind.icon or not self._has_person else 42
        wide = min(widest * self._kind.name, 9.5 * self._kind.name) + 40 + beside
        return max(wide, 4.5 * self._kind.name)

    def _names_fit(self) -> bool:
        """Whether the names can be set in their boxes, at their smallest size."""
        least = self._kind.least
        longest = max(longest_piece(one["title"]) for one in self._participants)
        return longest * least <= self._box - 20

    def _gaps(self) -> list[float]:
        """The least distances between the lines of life."""
        gaps = [max(self._box + 14, 5.0 * self._size)] * (len(self._participants) - 1)
        last = len(self._participants) - 1
        for step in sorted(self._steps, key=lambda one: (one.high - one.low, one.low)):
            needed = self._needed(step)
            if step.is_loop or step.low == step.high:
                beside = step.low if step.low < last else last - 1
                gaps[beside] = max(gaps[beside], needed)
                continue
            lack = needed - sum(gaps[step.low : step.high])
            for nth in range(step.low, step.high):
                gaps[nth] += max(0.0, lack) / (step.high - step.low)
        return gaps

    def _needed(self, step: _Step) -> float:
        """The least room of the words of a step, which may take three lines."""
        widest = max(em(line) for line in _lines_of(step.text)) * self._size
        wide = max(
            min(widest, max(self._kind.narrow * self._size, widest / 2.6)),
            longest_piece(step.text) * self._size,
        )
        if step.kind == "note":
            return wide * 0.6 + 32 if step.low == step.high else max(0.0, wide - 60)
        return wide + (_LOOP + 48 if step.is_loop else 56)

    def _wide(self, step: _Step) -> float:
        """The room of the words of a step."""
        if step.kind == "note":
            return self._note(step)[1] - 36
        if step.is_loop:
            last = len(self._participants) - 1
            beside = step.low if step.low < last else last - 1
            return self._x[beside + 1] - self._x[beside] - _LOOP - 40
        return self._x[step.high] - self._x[step.low] - 48

    def _note(self, step: _Step) -> tuple[float, float]:
        """Where a note begins, and how wide it is."""
        if step.low < step.high:
            begin, end = self._x[step.low] - 40, self._x[step.high] + 40
            begin, end = max(begin, 0.0), min(end, self._across)
            return begin, end - begin
        x = self._x[step.low]
        widest = max(em(line) for line in _lines_of(step.text)) * self._size * 1.04 + 48
        low, high = self._free(step.low)
        wide = min(max(widest, 5 * self._size), high - low)
        return min(max(x - wide / 2, low), high - wide), wide

    def _free(self, column: int) -> tuple[float, float]:
        """From where to where a note over one line of life may be."""
        before, after = self._x[column - 1 : column], self._x[column + 1 : column + 2]
        return (before[0] + 16 if before else 0.0), (after[0] - 16 if after else self._across)

    def _high(self, step: _Step) -> float:
        """The height of the words of a step."""
        wide = max(self._wide(step), 1.0)
        lines = sum(
            max(1, math.ceil(em(line) * self._size * 1.04 / wide)) for line in _lines_of(step.text)
        )
        return lines * self._size * _LINE * leading(step.text, _LINE)

    def _row(self, step: _Step) -> float:
        """The height of a step with the room above it."""
        if step.kind == "note":
            return self._high(step) + _NOTE + 18
        if step.is_loop:
            above = self._radius + 14 if self._numbers else 16
            return max(self._high(step), 1.5 * self._size) + above
        return self._high(step) + 0.5 * self._size

    def described(self) -> dict[str, Any]:
        boxes = [
            {
                **one,
                "x": round(x - self._box / 2),
                "w": round(self._box),
                "h": round(self._top - 0.6 * self._size),
                "middle": round(x, 1),
            }
            for one, x in zip(self._participants, self._x, strict=True)
        ]
        y, made, count = self._top, [], 0
        for step, row in zip(self._steps, self._rows, strict=True):
            y += row + self._spare
            count += step.kind != "note"
            made.append({**self._step(step, y), "number": count if self._numbers else 0})
        end = min(self._down, y + 0.6 * self._size)
        kind = self._kind
        return {
            "boxes": boxes,
            "steps": made,
            "end": round(end),
            "titles": sizes_of(kind.name, kind.least),
            "texts": sizes_of(self._size, kind.least),
            "icon": kind.icon > 0,
            "radius": self._radius,
        }

    def _step(self, step: _Step, y: float) -> dict[str, Any]:
        """A step whose line is at ``y``; of a note, the lower side of its box."""
        high, made = (
            self._high(step),
            {**step.of, "note": None, "path": "", "head": "", "side": "", "at": None},
        )
        if step.kind == "note":
            begin, wide = self._note(step)
            top = y - high - _NOTE
            made["note"] = (round(begin), round(top), round(wide), round(high + _NOTE))
            return {
                **made,
                "label": (round(begin + 18), round(top + _NOTE / 2), round(wide - 36), round(high)),
            }
        if step.is_loop:
            return {**made, **self._loop(step, y, high)}
        start, end = self._x[step.start], self._x[step.end]
        tip = end - 4 if end > start else end + 4
        label = (self._x[step.low] + 18, y - high - 6, self._x[step.high] - self._x[step.low] - 36)
        return {
            **made,
            "path": rounded([(start, y), (tip, y)]),
            "head": head((start, y), (tip, y)),
            "label": (*(round(one) for one in label), round(high)),
            "at": (round(start), round(y)),
        }

    def _loop(self, step: _Step, y: float, high: float) -> dict[str, Any]:
        x = self._x[step.low]
        side = 1 if step.low < len(self._x) - 1 else -1
        loop = max(0.6 * high, 1.5 * self._size)
        middle = y - max(high, loop) / 2
        out, above, below = x + side * _LOOP, middle - loop / 2, middle + loop / 2
        tip = (x + 4 * side, below)
        wide = round(self._wide(step))
        wide += 12
        left = round(out + 8) if side > 0 else round(out - 8 - wide)
        return {
            "path": rounded([(x, above), (out, above), (out, below), tip]),
            "head": head((out, below), tip),
            "label": (left, round(middle - high / 2), wide, round(high)),
            "at": (round(x), round(above)),
            "side": "left" if side > 0 else "right",
        }


def _lines_of(text: str) -> list[str]:
    return text.split(LINE_END)
