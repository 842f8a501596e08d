"""Where what is paid for is kept: in the repository's own folder, for all its working trees.

The log of purchases, the replies, the paid originals and their records belong to the repository,
not to one checkout. They are in ``assetgen/KEY`` below git's common folder; KEY is the path of the
project in the repository. Outside git, they are in the cache of the project.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from assetgen.fs import own_notes, paths, staging
from assetgen.gitenv import find_repository, is_planted

REPLIES = "replies"
ORIGINALS = "originals"
RECORDS = "records"
#: The batches that were sent and have not ended.
BATCHES = "batches"

_FOLDER = "assetgen"
#: The name for a project at the top of the repository; no quoted path is equal to it.
_TOP = "%"
_LONGEST = 200
#: In the cache: the key under which this checkout has its things, after its token.
NOTE = f"{staging.CACHE}/home"


class Home(Struct, frozen=True):
    """A folder for what is paid for. It need not exist."""

    root: Path
    """The project."""
    base: Path
    """The folder below which no link is followed: the project, or git's common folder."""
    folder: str
    """The path in ``base``."""

    @property
    def path(self) -> Path:
        return self.base / self.folder

    @property
    def is_shared(self) -> bool:
        """Whether it belongs to the repository, not to this checkout."""
        return self.folder != staging.CACHE

    def name(self, part: str) -> str:
        """The path of a file in ``base``."""
        return f"{self.folder}/{part}"

    def shown(self, part: str = "") -> str:
        """The path of a file for people: relative to the project if it is inside."""
        return self.shown_name(self.name(part) if part else self.folder)

    def shown_name(self, name: str) -> str:
        """``shown`` for a path in ``base``."""
        file = self.base / name
        for inside in (self.root, Path(os.path.realpath(self.root))):
            if file.is_relative_to(inside):
                return file.relative_to(inside).as_posix()
        return str(file)

    def refuse_links(self, part: str) -> None:
        """Raise StorageError if a file here, or a folder above it, is a link."""
        paths.refuse_links(self.base, self.name(part), shown=self.shown_name)


def cache(root: Path) -> Home:
    """The cache of the project itself."""
    return Home(root, root, staging.CACHE)


def of(root: Path) -> Home:
    """The folder of the repository for a project, or its cache outside git.

    Reads files only, and runs no git.
    """
    found = find_repository(str(root))
    common = None if found is None or is_planted(found) else _common(Path(found[0]))
    if found is None or common is None:
        return cache(root)
    return Home(root, common, f"{_FOLDER}/{_key(root, common, Path(found[1]))}")


def places(root: Path) -> tuple[Home, ...]:
    """Where something may be kept, the repository's folder first."""
    return tuple(dict.fromkeys((of(root), cache(root))))


def _key(root: Path, common: Path, top: Path) -> str:
    """The key of a project: its path, or that of before if its folder was moved."""
    key = _by_path(Path(os.path.realpath(root)), top)
    try:
        return _checked((common / _FOLDER / key).read_text("utf-8"), common) or key
    except IsADirectoryError:
        return key
    except PermissionError:  # how Windows refuses to read a folder
        return key
    except (OSError, ValueError):
        return _noted(root, common) or key


def _by_path(project: Path, top: Path) -> str:
    """The path of a project in the repository, as one part."""
    path = project.relative_to(top).as_posix()
    if path == ".":
        return _TOP
    name = quote(path, safe="")
    if len(name) > _LONGEST:
        return f"%{hashlib.sha256(name.encode()).hexdigest()}"
    return name


def _checked(key: str, common: Path) -> str | None:
    """``key`` if it is the name of a folder that exists."""
    is_name = key and not key.startswith(".") and not set(key) & set("/\\\0\n:")
    return key if is_name and (common / _FOLDER / key).is_dir() else None


def _noted(root: Path, common: Path) -> str | None:
    """The key that this checkout has noted: its folder may have been moved since."""
    key = own_notes.read(root, NOTE)
    return None if key is None else _checked(key, common)


def moved_from(place: Home) -> tuple[Path, str] | None:
    """The file that has to name the key of ``place``, and the key, if the project was moved."""
    found = find_repository(str(place.root))
    if not place.is_shared or found is None:
        return None
    file = place.base / _FOLDER / _by_path(Path(os.path.realpath(place.root)), Path(found[1]))
    return None if file == place.path or os.path.lexists(file) else (file, place.path.name)


def _common(git: Path) -> Path | None:
    """The folder that all working trees of a repository share; None if ``git`` is no repository."""
    try:
        shared = git / "commondir"
        if shared.is_file():
            git = git / shared.read_text("utf-8").strip()
        if not _is_repository(git):
            return None
    except (OSError, ValueError):
        return None
    return _of_all_checkouts(Path(os.path.realpath(git)))


def _is_repository(git: Path) -> bool:
    return os.path.lexists(git / "HEAD") and (git / "objects").is_dir()


def _of_all_checkouts(git: Path) -> Path:
    """The folder of a submodule in the main working tree of the repository that contains it.

    For each further working tree, git clones a submodule again, into worktrees/NAME/modules. A
    purchase in any of them counts for all; what was noted in such a clone before stays there.
    """
    parts = git.parts
    for at in range(1, len(parts) - 3):
        if (parts[at], parts[at + 2]) == ("worktrees", "modules"):
            main = Path(*parts[:at], *parts[at + 2 :])
            if _is_repository(main) and not os.path.lexists(git / _FOLDER):
                return _of_all_checkouts(main)
    return git
