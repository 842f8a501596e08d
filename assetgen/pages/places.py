"""Places in pages, as commands name them: PAGE, PAGE:LINE, PAGE:LINE:COL."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assetgen.cure import advice
from assetgen.errors import StorageError

_PLACE = re.compile(r"(.+?):(\d{1,9})(?::(\d{1,9}))?\Z", re.S)


@dataclass(frozen=True)
class PagePlace:
    """A page, a folder, or a line or place in a page; ``path`` "" is the whole project."""

    path: str
    line: int | None = None
    col: int | None = None

    @property
    def shown(self) -> str:
        """The place as commands name it."""
        return ":".join(str(one) for one in (self.path, self.line, self.col) if one is not None)

    def includes(self, file: str, line: int | None = None, col: int | None = None) -> bool:
        """Whether a page, or a place in it, is within this place."""
        if self.path not in ("", file) and not file.startswith(self.path + "/"):
            return False
        return self.line in (None, line or self.line) and self.col in (None, col or self.col)


def parse(root: Path, here: Path, names: Sequence[str]) -> list[PagePlace]:
    """The places that ``names`` mean: PAGE, FOLDER, PAGE:LINE or PAGE:LINE:COL.

    Paths start at the folder ``here``; one that does not exist there starts at ``root``, as in the
    messages of check. Raises StorageError for one that exists in neither or outside the project.
    """
    return [_parsed(root, here, name) for name in names]


def _parsed(root: Path, here: Path, name: str) -> PagePlace:
    place = None if os.path.lexists(here / name) else _PLACE.match(name)
    path = place[1] if place else name
    folder = next((one for one in (here, root) if os.path.lexists(one / path)), None)
    if folder is None:
        cure = advice("name a page, a folder or PAGE:LINE")
        raise StorageError(f"{path} does not exist", where=name, cure=cure)
    full = Path(os.path.normpath(folder / path))
    if not full.is_relative_to(root):  # the path may go through a link
        full = Path(os.path.realpath(full))
    if not full.is_relative_to(root):
        what = f"{path} is not in the project {root}"
        raise StorageError(what, where=name, cure=advice("name a page inside the project"))
    below = "" if full == root else full.relative_to(root).as_posix()
    line = int(place[2]) if place else None
    return PagePlace(below, line, int(place[3]) if place and place[3] else None)
