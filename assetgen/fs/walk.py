"""Every file of a project on disk, except in folders of other programs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

#: Folders that no page refers to: those of other programs, and ours.
KEPT_APART = frozenset(
    {
        ".git",
        "node_modules",
        ".venv",
        "__pycache__",
        ".next",
        ".astro",
        ".docusaurus",
        ".turbo",
        ".assetgen",
    }
)
#: How deep folders are searched.
MAX_DEPTH = 120


def everything(base: str, folders: list[str], links: dict[str, str]) -> Iterator[str]:
    """Every path below ``base`` that is not a folder.

    Adds to ``folders`` those that it searches, "" first, and to ``links`` what each symbolic link
    leads to.
    """
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        folders.append(folder)
        try:
            entries = list(os.scandir(os.path.join(base, folder)))
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if not entry.is_dir(follow_symlinks=False):
                if entry.is_symlink():
                    with suppress(OSError):
                        links[path] = os.readlink(entry)
                yield path
            elif entry.name not in KEPT_APART and path.count("/") < MAX_DEPTH:
                waiting.append(path)
