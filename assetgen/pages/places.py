"""Places in pages, as commands name them: PAGE, PAGE:LINE, PAGE:LINE:COL."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import StorageError

_PLACE = re.compile(r"(.+?):(\d{1,9})(?::(\d{1,9}))?\Z", re.S)


@dataclass(frozen=True)
class Where:
    """Some of the pages, or one line or one place of one; ``path`` "" is the whole project."""

    path: str
    line: int | None = None
    col: int | None = None

    def holds(self, file: str, line: int | None = None, col: int | None = None) -> bool:
        """Whether a page, or a place in it, is meant."""
        if self.path not in ("", file) and not file.startswith(self.path + "/"):
            return False
        return self.line in (None, line or self.line) and self.col in (None, col or self.col)


def where(root: Path, here: Path, names: Sequence[str]) -> list[Where]:
    """``names`` as people give them: PAGE, FOLDER, PAGE:LINE or PAGE:LINE:COL, from the folder ``here``.

    What is not there is looked for from ``root``, as check names it. Raises StorageError for one that is in neither,
    or outside the project.
    """
    return [_where(root, here, name) for name in names]


def _where(root: Path, here: Path, name: str) -> Where:
    place = None if os.path.lexists(here / name) else _PLACE.match(name)
    path = place[1] if place else name
    folder = next((one for one in (here, root) if os.path.lexists(one / path)), None)
    if folder is None:
        raise StorageError(
            f"{path} is not there", where=name, cure="name a page, a folder or PAGE:LINE"
        )
    full = Path(os.path.normpath(folder / path))
    if not full.is_relative_to(root):  # it may have been named by way of a link
        full = Path(os.path.realpath(full))
    if not full.is_relative_to(root):
        raise StorageError(
            f"{path} is not in the project {root}", where=name, cure="name a page below it"
        )
    below = "" if full == root else full.relative_to(root).as_posix()
    return Where(
        below, int(place[2]) if place else None, int(place[3]) if place and place[3] else None
    )
