"""The steps of a ground that is written as an inline table: ``ground = { ..., refine = [...] }``.

Pure: text to text. Every other character stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetgen.manifest.add_entries import written
from assetgen.manifest.toml_positions import Key, Span, spans

_KEY = "refine"


def is_inline(text: str, table: Key) -> bool:
    """Whether the table at ``table`` is written in braces."""
    return table in _spans(text, table)


def added(text: str, table: Key, step: Mapping[str, Any]) -> str:
    """``text`` with ``step`` as the last one of the table at ``table``."""
    known = _spans(text, table)
    new = written(step)
    steps = known.get((*table, _KEY))
    within = steps or known[table]
    new = new if steps else f"{_KEY} = [{new}]"
    at = within.end - 1  # before its bracket
    inner = text[within.start + 1 : at].rstrip()
    kept = within.start + 1 + len(inner)
    comma = "" if not inner or inner.endswith(",") else ","
    return f"{text[:kept]}{comma}{' ' if inner else ''}{new}{text[kept:]}"


def taken_out(text: str, table: Key) -> str:
    """``text`` without the last step of the table at ``table``; with its only one, the key goes."""
    known = _spans(text, table)
    key = (*table, _KEY)
    numbers = [one[-1] for one in known if one[:-1] == key and isinstance(one[-1], int)]
    last = max(numbers)
    if last:
        return text[: known[*key, last - 1].end] + text[known[*key, last].end :]
    start, end = known[key].key, known[key].end
    before = text[known[table].start + 1 : start].rstrip()
    if before:
        return text[: known[table].start + 1] + before.removesuffix(",") + text[end:]
    rest = text[end:].lstrip(" \t").removeprefix(",").lstrip(" \t")
    return text[:start] + rest


def _spans(text: str, table: Key) -> Mapping[Key, Span]:
    return {key: span for key, span in spans(text).items() if key[: len(table)] == table}
