"""Checks the arguments of an MCP tool before it is called."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from assetgen.cure import Cure, advice
from assetgen.errors import ManifestError
from assetgen.text import brief

#: The most characters of a text, and the most texts of a list.
LONGEST, MOST = 4096, 10_000

Kind: TypeAlias = Literal["text", "optional text", "texts", "yes or no"]

#: Every tool with its arguments.
TOOLS: Mapping[str, Mapping[str, Kind]] = {
    "plan": {"ids": "texts", "all": "yes or no"},
    "next": {"ids": "texts"},
    "adopt": {"id": "text", "file": "optional text", "thread_id": "optional text"},
    "show": {"what": "text"},
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
        if name in arguments or kind == "text":
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
    if value is None and kind == "optional text":
        return None
    if not isinstance(value, str):
        return "is missing" if value is None else "must be a string"
    return _problem_of_text(value)


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


def _cure(kind: Kind) -> Cure:
    if kind == "texts":
        return advice('give a list of ids, such as ["cover"]')
    if kind == "yes or no":
        return advice("give true or false")
    return advice("give a string of visible characters")


def _shown(value: str) -> str:
    return brief(value[:100])
