"""JSON and web manifests: the strings that name images, with their keys. Comments are skipped."""

from __future__ import annotations

import json
import re

from assetgen.refs.reference import Span
from assetgen.refs.scan import template_code
from assetgen.refs.scan.document import Document
from assetgen.refs.scan.front_values import MAX_NAME
from assetgen.refs.scan.picture_heuristics import (
    FILLED_IN,
    is_never,
    is_picture,
    is_silent,
    is_string_of_picture,
    is_strong,
)

# A string that is never closed ends with its line, so that nothing in it is tried again.
_TOKEN = re.compile(
    r'"(?:((?:[^"\\\n{]|\\.|\{\{[^{}\n]{1,300}\}\}|\{)*+)")?+(?(1)(\s*:)?|(?:[^"\\\n]|\\.)*+)'
    r"|//[^\n]*|/\*.*?(?:\*/|\Z)|[\[\]{},]",
    re.S,
)

#: How many of the keys around a value count.
_DEEPEST = 32


def add_strings(document: Document, span: Span | None = None) -> None:
    """Add the references in the JSON at ``span`` (everything, if None)."""
    first, last = span or (0, len(document.text))
    keys: list[str] = []  # of the objects and lists that are open
    key = ""
    for found in _TOKEN.finditer(document.text, first, last):
        document.effort.spend()
        token = found[0][0]
        if token == '"' and found[1] is None:
            continue
        if token == '"':
            if found[2]:
                key = _read(found[1])[:MAX_NAME]
            else:
                _value(
                    document,
                    value=_read(found[1]),
                    span=found.span(1),
                    key=".".join(filter(None, (*keys[-_DEEPEST:], key))),
                )
        elif token == "{":
            keys.append(key)
            key = ""
        elif token == "[":  # values in a list belong to its key
            keys.append("")
        elif token in "}]" and keys:
            key = keys.pop() or key


def _read(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _value(document: Document, value: str, span: Span, key: str) -> None:
    if FILLED_IN.search(value):
        text = document.text[span[0] : span[1]]
        for one in template_code.pieces(text, span[0]):
            document.add("json_string", one.value, one.span, key=key, in_code=True)
        return
    if names(value, key):
        document.add("json_string", value, span, key=key)


def names(value: str, key: str) -> bool:
    """Whether a string of configuration names an image, by its extension or its key."""
    if is_string_of_picture(value, key):
        return True
    if is_never(value) or not is_strong(key) or any(space in value for space in " \t\n"):
        return False
    if is_silent(key.rpartition(".")[2]) or is_picture(value):
        return is_picture(value) and "*" not in value
    return value.startswith(("/", "./", "../", "http://", "https://"))
