"""A sequence: steps one below the other, words beside no other words, all on the canvas."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from assetgen.errors import ManifestError
from assetgen.layouts.diagrams import sequence

_ROOMS = {"wide": (1440.0, 640.0), "square": (1056.0, 900.0), "tall": (1056.0, 1700.0)}
_WORDS = st.sampled_from(["x", "the page", "asks for the page again", "認証する", "a, b\u2028c"])
_KINDS = st.sampled_from(["message", "reply", "note"])


@st.composite
def _sequences(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(2, 8))
    shape = st.sampled_from(["box", "person"])
    participants = [
        {"id": str(nth), "title": draw(_WORDS), "shape": draw(shape), "highlight": False}
        for nth in range(count)
    ]
    one = st.integers(0, count - 1).map(str)
    steps = st.fixed_dictionaries(
        {"from": one, "to": one | st.just(""), "text": _WORDS, "kind": _KINDS}
    )
    found = draw(st.lists(steps, min_size=1, max_size=14))
    numbers = draw(st.booleans())
    return {"participants": participants, "steps": found, "numbers": numbers, "mermaid": ""}


def _drawn(values: dict[str, Any], room: str) -> dict[str, Any]:
    try:
        return sequence.sequence(values, *_ROOMS[room], tall=room != "wide")
    except ManifestError as exc:
        assert "has no room here" in str(exc)
        assume(False)
        raise


@given(values=_sequences(), room=st.sampled_from(sorted(_ROOMS)))
def test_steps_are_below_each_other_and_on_the_canvas(values: dict[str, Any], room: str) -> None:
    drawn = _drawn(values, room)
    wide, high = _ROOMS[room]
    assert len(drawn["steps"]) == len(values["steps"])
    tops = [step["label"][1] for step in drawn["steps"]]
    assert min(tops) >= max(box["h"] for box in drawn["boxes"])
    for before, after in itertools.pairwise(drawn["steps"]):
        left, top, across, down = before["label"]
        other = after["label"]
        is_beside = other[0] >= left + across or left >= other[0] + other[2]
        assert is_beside or other[1] >= top + down - 1
    for step in drawn["steps"]:
        left, top, across, down = step["note"] or step["label"]
        assert left >= -1 and across > 0 and left + across <= wide + 1
        assert top + down <= drawn["end"] + 1 <= high + 2
    for one, other in itertools.pairwise(drawn["boxes"]):
        assert one["x"] + one["w"] <= other["x"]


@given(values=_sequences())
def test_each_message_leads_from_one_line_of_life_to_the_other(values: dict[str, Any]) -> None:
    drawn = _drawn(values, "tall")
    at = {box["id"]: box["middle"] for box in drawn["boxes"]}
    count = 0
    for step in drawn["steps"]:
        if step["kind"] == "note":
            assert step["note"] and not step["path"]
            continue
        count += 1
        start, end = at[step["from"]], at[step["to"] or step["from"]]
        first = float(step["path"][1:].split()[0])
        last = float(step["path"].rpartition("L")[2].split()[0])
        assert abs(first - start) < 1 and abs(last - end) <= 5
        assert step["number"] == (count if values["numbers"] else 0)
