"""Entries of assets.toml that a merge joined: git keeps a line that both sides added only once.

So the ``[[asset]]`` of one of two new entries is gone once the markers of the conflict are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import tomli
from msgspec import Struct

from assetgen.cure import Cure, advice, command
from assetgen.manifest.schema import FILE

_HEADER = "[[asset]]"
_ID = re.compile(r"""\s*id\s*=\s*["']([^"']*)["']""")
_TABLE = re.compile(r"\s*\[\[?\s*([\w-]+)")
_MARK = re.compile(r"(<{7}|={7}|>{7})(?: |$)")


class Joined(Struct, frozen=True):
    """Two entries in one: the ids, their lines from 1, and the fix."""

    what: str
    line: int
    cure: Cure


def joined(text: str) -> Joined | None:
    """What a merge joined in a text that is not TOML; None if that is not what is wrong."""
    lines = text.split("\n")
    twice = list(_second_ids(lines))
    marks = [number for number, line in enumerate(lines, 1) if _MARK.match(line)]
    if not twice:
        return None
    (first, name), (second, other) = twice[0]
    inserted = [at for _, (at, _) in twice]
    what = (
        f"two entries are joined: {name!r} (line {first}) and {other!r} (line {second}); "
        f"a merge kept only one of their {_HEADER} lines"
    )
    return Joined(what, second, _cure(lines, inserted, marks))


def _second_ids(lines: list[str]) -> Iterator[tuple[tuple[int, str], tuple[int, str]]]:
    """((line, id), (line, id)) of each entry with an ``id`` and of the next without a header."""
    before: tuple[int, str] | None = None
    for number, line in enumerate(lines, 1):
        table = _TABLE.match(line)
        if table and (table[1] != "asset" or line.lstrip().startswith("[[")):
            before = None
        elif found := _ID.match(line):
            if before:
                yield before, (number, found[1])
            before = (number, found[1])


def _cure(lines: list[str], inserted: list[int], marks: list[int]) -> Cure:
    """The command that adds the headers and removes the markers, if TOML with all ids results."""
    fixed = []
    for number, line in enumerate(lines, 1):
        fixed += [_HEADER] if number in inserted else []
        fixed += [] if number in marks else [line]
    if not _is_whole("\n".join(fixed)):
        place = inserted[0]
        return advice("write [[asset]] above the second entry, which has line {line}", line=place)
    steps = [f'NR == {at} {{ print "{_HEADER}" }}' for at in inserted]
    steps += ["!/^(<<<<<<<|=======|>>>>>>>)( |$)/" if marks else "1"]
    return command(
        "fixed=$(awk {program} {file}) && printf '%s\\n' \"$fixed\" > {file}",
        program="; ".join(steps),
        file=FILE,
    )


def _is_whole(text: str) -> bool:
    """Whether a text is TOML whose assets all have what each needs, and each its own id."""
    try:
        assets = tomli.loads(text)["asset"]
        ids = [asset["id"] for asset in assets]
        return len(set(ids)) == len(ids) and all("path" in one and "kind" in one for one in assets)
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
