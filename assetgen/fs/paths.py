"""Relative paths that are safe to join: inside the project, with names for every system."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import platform

# One component. No leading dot (.git, .assetgen), no "~" (8.3 names), no ":" (streams), no
# control or format characters: only plain ASCII names are accepted.
_COMPONENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")

#: The size of the largest input picture, in bytes.
MAX_INPUT_BYTES = 64 * 1024 * 1024


def problem(path: str) -> str | None:
    """What is wrong with a path from the manifest, None if it is safe to join."""

    def of_part(part: str) -> str | None:
        if not _COMPONENT.fullmatch(part):
            return (
                f"has the part {part!r}; a part consists of A-Z a-z 0-9 . _ - "
                "and starts with a letter, digit or _"
            )
        return f"has the part {part!r}; a part cannot end in a dot" if part.endswith(".") else None

    return _problem(path, of_part)


# Routers name folders [slug], (group) and @modal; Windows allows none of these characters.
_NEVER = re.compile(r'[<>:"|?*\\]')


def problem_of_page(path: str) -> str | None:
    """What is wrong with the path of a page, None if it is safe; frameworks choose its name."""

    def of_part(part: str) -> str | None:
        if unseen := next((char for char in part if unicodedata.category(char)[0] == "C"), None):
            return f"contains the invisible character U+{ord(unseen):04X}"
        if bad := _NEVER.search(part):
            return f"contains {bad[0]!r}, which not every system allows in a name"
        if part.startswith(".") or re.match(r"(?i)git~[0-9]", part):
            return f"has the part {part!r}; a hidden file is not a page"
        if part != part.strip() or part.endswith("."):
            return f"has the part {part!r}; a part cannot begin or end in a space, or end in a dot"
        return None

    return _problem(path, of_part)


def _problem(path: str, of_part: Callable[[str], str | None]) -> str | None:
    """What is wrong with a path, or by ``of_part`` with a part between two slashes."""
    if not path:
        return "is empty"
    if len(path) > 240:
        return "is longer than 240 characters"
    if path.startswith("/"):
        return "is absolute; paths are relative to the project"
    for part in path.split("/"):
        if part in ("..", "."):
            return f"contains {part!r}; paths must stay inside the project"
        if not part:
            return "has an empty part (a doubled or trailing slash)"
        if wrong := of_part(part):
            return wrong
        if _DEVICES.fullmatch(part):
            return f"has the part {part!r}, which is a device on Windows"
    return None


def refuse_links(
    root: Path,
    path: str,
    error: type[AssetgenError] = StorageError,
    shown: Callable[[str], str] = str,
) -> None:
    """Raise unless every existing part of ``root/path`` is a real directory or a real file.

    ``shown`` gives the path of a part for people, by default the path in ``root``.
    """
    parts = path.split("/")
    current = str(root)  # joined as text: this runs for every folder above every file
    for depth, part in enumerate(parts, start=1):
        current = os.path.join(current, part)
        try:
            info = os.lstat(current)
        except (FileNotFoundError, NotADirectoryError):
            return
        if platform.is_link(info):
            where = shown("/".join(parts[:depth]))
            raise error(
                f"{where} is a symbolic link; assetgen does not read or write through links",
                where=shown(path),
                cure=advice(
                    "replace the link with a real folder or file: {rm}",
                    rm=command("rm {where}", where=where),
                ),
            )


def obstacle(root: Path, path: str, *, is_committed: bool) -> tuple[str, Cure] | None:
    """What keeps a new file from being put at ``path``, and the fix; None if nothing does.

    A file that ``is_committed`` cannot be in a repository inside the project's own repository.
    """
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth])
        if (root / folder).is_file():
            return f"{folder} is a file, and {path} needs a folder there", advice(
                "move {folder} away", folder=folder
            )
        is_nested = is_committed and os.path.lexists(root / folder / ".git")
        if is_nested and any(os.path.lexists(above / ".git") for above in (root, *root.parents)):
            return in_a_repository(folder, path)
    if (root / path).is_dir():
        what = f"{path} is a folder, where a file has to be written"
        return what, advice("move {path} away", path=path)
    return None


def in_a_repository(folder: str, path: str) -> tuple[str, Cure]:
    """What is wrong with a file in another repository, and the fix."""
    what = f"{folder} is a git repository of its own, so {path} cannot be committed here"
    return what, advice(
        "choose a path outside {folder}, or set commit = false in [project]", folder=folder
    )


def read_regular(
    root: Path, path: str, error: type[AssetgenError], limit: int = MAX_INPUT_BYTES
) -> bytes:
    """Read a regular file inside ``root``, of at most ``limit`` bytes.

    Raises ``error`` for a path out of it, a link, a device, a pipe, or a missing file.
    """
    if wrong := problem(path):
        raise error(f"{path} {wrong}", where=path)
    return read_own(root, path, error, limit)


def read_own(
    root: Path, path: str, error: type[AssetgenError], limit: int = MAX_INPUT_BYTES
) -> bytes:
    """``read_regular`` for a path of assetgen's own, which may be in .assetgen."""
    refuse_links(root, path, error)
    full = root / path
    try:
        info = os.lstat(full)
        if not stat.S_ISREG(info.st_mode):
            raise error(f"{path} is not a regular file", where=path)
        if info.st_size > limit:
            raise error(f"{path} has {info.st_size} bytes; the limit is {limit}", where=path)
        return full.read_bytes()
    except FileNotFoundError:
        raise error(
            f"{path} does not exist",
            where=path,
            cure=advice("add {path}, or correct its name", path=path),
        ) from None
    except OSError as exc:
        raise error(f"{path} cannot be read: {exc.strerror}", where=path) from exc
