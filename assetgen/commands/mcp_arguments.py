"""Checks the arguments of an MCP tool before it is called."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from assetgen.cure import Cure, advice
from assetgen.errors import ManifestError
from assetgen.text import brief

#: The most characters of a text, and the most texts of a list.
LONGEST, MOST = 4096, 10_000

#: The deepest table, and the most values in one.
DEEPEST, MOST_VALUES = 8, 10_000
#: The most characters of a text of several lines, such as a prompt.
LONGEST_PROSE = 40_000

Kind: TypeAlias = Literal[
    "text",
    "optional text",
    "texts",
    "yes or no",
    "prose",
    "optional prose",
    "table",
    "optional number",
    "optional numbers",
]

#: Every tool with its arguments.
TOOLS: Mapping[str, Mapping[str, Kind]] = {
    "plan": {"ids": "texts", "all": "yes or no"},
    "next": {"ids": "texts"},
    "adopt": {"id": "text", "file": "optional text", "thread_id": "optional text"},
    "show": {"what": "text"},
    "layouts": {"name": "optional text"},
    "add": {
        "id": "text",
        "kind": "text",
        "path": "text",
        "alt": "prose",
        "values": "table",
        "route": "optional text",
        "prompt": "optional prose",
        "style": "optional text",
        "fit": "table",
        "variants": "table",
        "inputs": "texts",
        "page": "optional text",
        "candidates": "optional number",
    },
    "generate": {"ids": "texts", "pay": "yes or no", "candidates": "optional number"},
    "pick": {"id": "text", "which": "optional text"},
    "refine": {
        "id": "text",
        "say": "optional prose",
        "box": "optional numbers",
        "mask": "optional text",
        "candidates": "optional number",
        "undo": "yes or no",
        "pay": "yes or no",
    },
    "snippet": {"id": "text", "form": "optional text", "page": "optional text"},
    "check": {"release": "yes or no"},
}


def check(tool: str, arguments: Mapping[str, Any]) -> None:
    """Raise ManifestError unless ``tool`` exists and accepts ``arguments``."""
    if tool not in TOOLS:
        what = f"there is no tool {_shown(tool)}"
        raise ManifestError(what, cure=advice("call one of these: {tools}", tools=list(TOOLS)))
    known = TOOLS[tool]
    cure = advice("the arguments of {tool} are: {names}", tool=tool, names=list(known))
    for name in arguments:
        if name not in known:
            raise ManifestError(
                f"{tool} has no argument {_shown(name)}", where=f"tool {tool}", cure=cure
            )
    for name, kind in known.items():
        if name in arguments or kind in ("text", "prose"):
            problem = _problem(arguments.get(name), kind)
            if problem:
                where = f"tool {tool}, argument {name}"
                raise ManifestError(f"{name} {problem}", where=where, cure=_cure(kind))


def _problem(value: Any, kind: Kind) -> str | None:
    """What is wrong with ``value``, to be read after the name of the argument."""
    if kind == "yes or no":
        return None if isinstance(value, bool) else "must be true or false"
    if kind == "texts":
        return _problem_of_list(value)
    if kind == "optional number":
        return None if value is None or _is_whole(value) else "must be a whole number"
    if kind == "optional numbers":
        is_list = isinstance(value, list) and len(value) <= MOST and all(map(_is_whole, value))
        return None if value is None or is_list else "must be a list of whole numbers"
    if kind == "table":
        return _problem_of_table(value)
    if value is None and kind in ("optional text", "optional prose"):
        return None
    if not isinstance(value, str):
        return "is missing" if value is None else "must be a string"
    return _problem_of_prose(value) if kind.endswith("prose") else _problem_of_text(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _problem_of_list(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return "must be a list of strings"
    if len(value) > MOST:
        return f"has {len(value)} entries; at most {MOST} are accepted"
    found = (problem for one in value if (problem := _problem_of_text(one)))
    return next((f"has an entry that {problem}" for problem in found), None)


def _problem_of_text(value: str) -> str | None:
    if not value:
        return "is empty"
    if len(value) > LONGEST:
        return f"has {len(value)} characters; at most {LONGEST} are accepted"
    odd = next((char for char in value if unicodedata.category(char) in ("Cc", "Cs")), None)
    return f"contains U+{ord(odd):04X}, which no id and no path may contain" if odd else None


def _problem_of_prose(value: str) -> str | None:
    if len(value) > LONGEST_PROSE:
        return f"has {len(value)} characters; at most {LONGEST_PROSE} are accepted"
    kinds = ((char, unicodedata.category(char)) for char in value if char not in "\t\n\r")
    odd = next((char for char, kind in kinds if kind in ("Cc", "Cs")), None)
    return f"contains U+{ord(odd):04X}, which no text may contain" if odd else None


def _problem_of_table(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        return "must be an object"
    waiting: list[tuple[Any, int]] = [(value, 1)]
    for _ in range(MOST_VALUES):
        if not waiting:
            return None
        one, depth = waiting.pop()
        if problem := _problem_of_value(one, depth):
            return problem
        inner = [*one, *one.values()] if isinstance(one, dict) else one
        if isinstance(inner, list):
            waiting += [(each, depth + 1) for each in inner]
    return f"has more than {MOST_VALUES} values"


def _problem_of_value(value: Any, depth: int) -> str | None:
    if depth > DEEPEST:
        return f"is nested deeper than {DEEPEST} levels"
    if value is None:
        return "contains null: leave the key out"
    if isinstance(value, float) and not math.isfinite(value):
        return "contains a number that is not finite"
    if isinstance(value, int) and abs(value) >= 2**63:
        return "contains a number of more than 64 bits"
    problem = _problem_of_prose(value) if isinstance(value, str) else None
    return f"has a text that {problem}" if problem else None


def _cure(kind: Kind) -> Cure:
    if kind == "texts":
        return advice('give a list of ids, such as ["cover"]')
    if kind == "yes or no":
        return advice("give true or false")
    if kind == "optional number":
        return advice("give a number such as 4")
    if kind == "optional numbers":
        return advice("give whole numbers such as [120, 80, 300, 400]")
    if kind == "table":
        return advice("give an object such as {example}", example='{"title": "Text"}')
    return advice("give a string of visible characters")


def _shown(value: str) -> str:
    return brief(value[:100])
