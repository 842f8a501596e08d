"""Files that keep their old names for a time after their image got another path.

Networks and posts still name the old URL. Each such file has an entry of its own,
``.assetgen/old-names/HEX.json``, so that branches which keep different files merge.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Annotated, Protocol

import msgspec

from assetgen.fs import paths

FOLDER = ".assetgen/old-names"
#: The largest entry that is read, in bytes.
_MAX_BYTES = 8 * 1024
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


class OldName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that keeps its old name."""

    path: str
    sha256: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    asset: str
    """The id of the asset that had the file."""
    until: str
    """The last day in UTC, as 2026-12-31."""

    def is_over(self, today: date) -> bool:
        """Whether the time of the name is over."""
        return today > date.fromisoformat(self.until)

    @property
    def place(self) -> str:
        """Where its entry is, below the project."""
        return place(self.path)


class _Files(Protocol):
    def files(self, folder: str) -> Iterable[str]: ...

    def read(self, path: str) -> bytes | None: ...


def place(path: str) -> str:
    """Where the entry of the file ``path`` is, below the project."""
    return f"{FOLDER}/{hashlib.sha256(path.encode()).hexdigest()[:16]}.json"


def last_day(stated: str, today: date) -> str:
    """The last day of a time such as "30 days" that begins ``today``."""
    number, unit = stated.split(" ")
    return (today + timedelta(days=int(number) * _DAYS[unit.removesuffix("s")])).isoformat()


def write(one: OldName) -> bytes:
    """The one form in which an entry is stored."""
    return msgspec.json.format(msgspec.json.encode(one), indent=2) + b"\n"


def read(tree: _Files) -> Iterator[OldName]:
    """The entries of a project; what is no sound entry of its own file says nothing."""
    for where in tree.files(FOLDER):
        data = tree.read(where) if where.endswith(".json") else None
        if data is None or len(data) > _MAX_BYTES:
            continue
        try:
            found = msgspec.json.decode(data, type=OldName)
            date.fromisoformat(found.until)
        except (msgspec.DecodeError, ValueError):
            continue
        is_own = place(found.path) == where and re.fullmatch(r"[a-z0-9/-]{1,80}", found.asset)
        if is_own and paths.problem_of_file(found.path) is None:
            yield found
