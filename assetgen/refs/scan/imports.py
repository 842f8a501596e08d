"""The modules that the names of a file are imported from, by its text."""

from __future__ import annotations

import re

_NAME = r"[A-Za-z_$][\w$]*"
_IMPORT = re.compile(
    rf"\bimport\s++(?:type\s++)?(?P<whole>{_NAME})?+\s*+,?\s*+"
    r"(?:\{(?P<named>[^{}]{0,2000})\}|\*\s*+as\s++(?P<all>[\w$]++))?+\s*+from\s*+"
    r"[\"'](?P<module>[^\"'\n]{1,300})[\"']"
)
# const Hero = dynamic(() => import("./Hero"))
_LATER = re.compile(
    rf"\b(?:const|let|var)\s++(?P<name>{_NAME})\s*+=[^;\n]{{0,200}}?\b(?:import|require)\("
    r"\s*+[\"'](?P<module>[^\"'\n]{1,300})[\"']"
)
_NAMED = re.compile(rf"(?:type\s++)?({_NAME})(?:\s++as\s++({_NAME}))?")


def of(text: str) -> dict[str, str]:
    """The module of each name; ``import { a as b }`` binds ``b``."""
    found: dict[str, str] = {}
    for one in _IMPORT.finditer(text):
        module = one["module"]
        found |= {name: module for name in (one["whole"], one["all"]) if name}
        for named in _NAMED.finditer(one["named"] or ""):
            found[named[2] or named[1]] = module
    return found | {one["name"]: one["module"] for one in _LATER.finditer(text)}


_DEFINED = re.compile(rf"\b(?:function|class|const|let|var)\s++({_NAME})")


def defined(text: str) -> frozenset[str]:
    """The names of all functions, classes and variables, wherever they are."""
    return frozenset(_DEFINED.findall(text))
