"""Whether files have changed since they were looked at: by their times and sizes, without a watch.

A review looks only while a page asks. So it works on every file system, and costs nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


class Stamps:
    """The times and sizes of files, and of the folders that they are in."""

    def __init__(self, root: Path, files: Iterable[str], folders: Iterable[str] = ()) -> None:
        """``files`` and ``folders`` are paths below ``root``; ``folders`` count with all below."""
        self._root = str(root)
        self._deep = tuple(folders)
        listed = dict.fromkeys(files)
        self._listed = tuple(dict.fromkeys((*listed, *map(_folder, listed))))
        self._seen = self._look()

    def are_other(self) -> bool:
        """Whether a file was changed, added or removed since this was asked first."""
        return self._look() != self._seen

    def _look(self) -> dict[str, tuple[int, int, int] | None]:
        found = {path: _stamp(os.path.join(self._root, path)) for path in self._listed}
        for deep in self._deep:
            for folder, _, names in os.walk(os.path.join(self._root, deep)):
                for place in (folder, *(os.path.join(folder, name) for name in names)):
                    found[place] = _stamp(place)
        return found


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "."


def _stamp(place: str) -> tuple[int, int, int] | None:
    try:
        info = os.lstat(place)
    except OSError:
        return None
    return info.st_mtime_ns, info.st_size, info.st_ino
