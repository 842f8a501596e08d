"""What the layouts of diagrams are given: filters that place everything in CSS px."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assetgen.layouts.diagrams import flow, room, sequence, tree

FILTERS: dict[str, Callable[..., Any]] = {
    "room": room.room,
    "chain": flow.chain,
    "flow": flow.flow,
    "sequence": sequence.sequence,
    "tree": tree.tree,
}
