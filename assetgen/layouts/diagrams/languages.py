"""The languages in which a text says a diagram, by the names that template.toml has for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct

from assetgen.cure import Cure
from assetgen.layouts.diagrams import mermaid_flow, mermaid_sequence, outline
from assetgen.layouts.diagrams.mermaid import Read
from assetgen.manifest.toml_faults import Fault, dotted
from assetgen.manifest.toml_positions import Key

_READERS: dict[str, Callable[[str], Read]] = {
    "flowchart": mermaid_flow.flowchart,
    "sequence": mermaid_sequence.sequence,
    "outline": outline.outline,
}


class Diagram(Struct, frozen=True):
    """What a text says, and what is wrong with it: the line, what, and what to do."""

    content: dict[str, Any]
    problems: tuple[tuple[int, str, Cure], ...]


@lru_cache(maxsize=32)
def read(syntax: str, text: str) -> Diagram:
    found = _READERS[syntax](text)
    return Diagram(found.content, tuple(found.problems))


def faults(syntax: str, text: str, at: Key) -> Iterator[Fault]:
    """All that is wrong with a text, which is the value ``at``."""
    for line, what, cure in read(syntax, text).problems:
        yield Fault(at, f"{dotted(at)}, line {line}: {what}", cure)
