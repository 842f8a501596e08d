"""What a reply says beside its image: usage, times, texts. Odd data counts as not stated. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from assetgen import loose_json

#: The most that is kept of a usage table: the number of names in all, and of nested levels.
_MOST_COUNTS, _DEEPEST = 100, 3
_COUNT = re.compile(r"[a-z0-9_]{1,60}")
#: The end of the year 9999, in seconds since 1970.
_LAST = 253_402_300_799
#: The most characters of an id or a name that are kept.
_LONGEST_NAME = 200
#: The longest id of a response, in characters.
LONGEST_ID = 4000


def usage(stated: Any) -> Mapping[str, Any] | None:
    """The usage, with integer counts; None if all counts are zero, as some gateways report.

    A table that cannot be read gives None too: the image beside it is paid for in any case.
    """
    return _kept(loosely(stated))


def image_usage(tool_usage: Any) -> Mapping[str, Any] | None:
    """The usage of the image tool, out of that of all tools."""
    return _kept(loosely(tool_usage).get("image_gen"))


def price(stated: Any) -> str | None:
    """The price in a usage table, as it is written there."""
    cost = loosely(stated).get("cost")
    return str(cost) if isinstance(cost, (int, float)) and not isinstance(cost, bool) else None


def time(seconds: Any) -> int | None:
    """Seconds since 1970; None for what is no time before the year 10000."""
    is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    return int(seconds) if is_number and 0 <= seconds <= _LAST else None


def text(value: Any) -> str | None:
    """A text that a file can contain."""
    return loose_json.shown(value) if isinstance(value, str) and value else None


def response_id(value: Any) -> str | None:
    """The id by which a response is fetched; None if it is longer than any, as half an id is none.

    LiteLLM packs its own route into the id, and makes it longer than 200 characters.
    """
    found = text(value)
    return found if found and len(found) <= LONGEST_ID else None


def name(value: Any) -> str | None:
    """A name, cut to 200 characters."""
    return (text(value) or "")[:_LONGEST_NAME] or None


def loosely(stated: Any) -> Mapping[str, Any]:
    """A JSON object that was decoded or not; {} if it is not one."""
    if isinstance(stated, (msgspec.Raw, bytes)):
        try:
            stated = msgspec.json.decode(stated) if bytes(stated) else None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return {}
    return stated if isinstance(stated, Mapping) else {}


def _kept(found: Any) -> Mapping[str, Any] | None:
    if not isinstance(found, Mapping):
        return None
    kept, _ = _counts(found, _DEEPEST, _MOST_COUNTS)
    return kept if _total(kept) else None


def _counts(found: Mapping[str, Any], deep: int, left: int) -> tuple[dict[str, Any], int]:
    """The integer counts of a table, and how many more may be kept."""
    kept: dict[str, Any] = {}
    for key, value in found.items():
        if left <= 0:
            break
        if not isinstance(key, str) or not _COUNT.fullmatch(key):
            continue
        if isinstance(value, Mapping) and deep:
            kept[key], left = _counts(value, deep - 1, left - 1)
        elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
            kept[key] = value
            left -= 1
    return kept, left


def _total(counts: Mapping[str, Any]) -> int:
    return sum(
        _total(value) if isinstance(value, Mapping) else int(value) for value in counts.values()
    )
