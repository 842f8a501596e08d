"""Where a file waits until it gets its name: always on the file system of its target.

Usually that is the cache. A folder of the project can be another file system, or a mount of the
same one, over whose edge no file can be renamed; then the file waits beside its target, hidden.
"""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from assetgen.cure import advice
from assetgen.errors import StorageError
from assetgen.fs import paths

CACHE = ".assetgen/cache"
WRITING = f"{CACHE}/writing"
#: The folders beside whose files something has waited, one a line, so that a kill leaves nothing.
_BESIDE = f"{CACHE}/beside"
_PREFIX = ".assetgen-writing-"
_MOUNTS = Path("/proc/self/mountinfo")


class Waiting:
    """The places in which the files of one batch wait; each folder is looked at once."""

    def __init__(self, root: Path, writing: str = WRITING) -> None:
        self._root = root
        self._usual = root / writing
        self._apart: dict[Path, bool] = {}

    def place(self, path: str) -> Path:
        """The place of the data for ``path`` until it is renamed. Raises OSError.

        Usually it is in the cache. It differs between processes and threads. It is hidden, and on
        the file system of its target. May be called from several threads.
        """
        digest = hashlib.sha256(path.encode()).hexdigest()[:32]
        name = f"{os.getpid()}-{threading.get_ident()}-{digest}"
        target = nearest(self._root / path)
        if target not in self._apart:
            self._apart[target] = _is_apart(self._usual, target)
        if not self._apart[target]:
            return self._usual / name
        _note(self._root, target)
        return target / f"{_PREFIX}{name}"


def nearest(path: Path) -> Path:
    """The innermost folder above ``path`` that exists."""
    return next((folder for folder in path.parents if folder.is_dir()), path.parent)


def _is_apart(one: Path, other: Path) -> bool:
    """Whether no file can be renamed from ``one`` to ``other``, both of which are folders."""
    if os.stat(one).st_dev != os.stat(other).st_dev:
        return True
    return _mount(one) != _mount(other)


def _mount(folder: Path) -> str:
    """The mount that contains a folder; "" where the system does not list mounts.

    Two mounts of one file system have one device, and no file can be renamed between them.
    """
    try:
        rows = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return ""
    here = os.fsencode(folder.resolve()) + b"/"
    points = [row.split(b" ")[4] for row in rows]
    plain = [p.replace(rb"\040", b" ").replace(rb"\011", b"\t").rstrip(b"/") for p in points]
    return os.fsdecode(max((p for p in plain if here.startswith(p + b"/")), key=len, default=b""))


def _note(root: Path, folder: Path) -> None:
    """Note that something waits in ``folder``, so that the next run sweeps it after a kill."""
    line = folder.relative_to(root).as_posix()
    if line not in _noted(root):
        paths.refuse_links(root, _BESIDE)
        with open(root / _BESIDE, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def _noted(root: Path) -> list[str]:
    try:
        found = paths.read_own(root, _BESIDE, StorageError)
    except StorageError:
        return []
    return found.decode("utf-8", "replace").splitlines()


def sweep(root: Path) -> None:
    """Remove what a killed run left half written; only while the project is locked."""
    left = list((root / WRITING).glob("*"))
    for folder in _noted(root):
        with suppress(StorageError):  # a link, which is not followed
            if ".." not in folder.split("/") and not os.path.isabs(folder):
                paths.refuse_links(root, folder)
                left += (root / folder).glob(f"{_PREFIX}*")
    for file in left:
        with suppress(OSError):  # a folder, which is not ours
            file.unlink()
    with suppress(OSError):
        (root / _BESIDE).unlink(missing_ok=True)


def refuse_unwritable(root: Path, names: Iterable[str]) -> None:
    """Raise OSError or StorageError if the files ``names`` could not be placed, as far as is known.

    Nothing is written: it is asked before anything is bought.
    """
    for name in names:
        paths.refuse_links(root, name)
        refuse_folder(root, name)
        folder = _first_existing((root / name).parent)
        if not folder.is_dir():
            where = folder.relative_to(root).as_posix()
            what = f"{where} is a file, where a folder has to be"
            raise StorageError(what, where=name, cure=advice("move {name} away", name=where))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OSError(_why(folder), "", str(folder))


def refuse_full(root: Path, sizes: Mapping[str, int]) -> None:
    """Raise OSError if a disk has no room for files of these sizes (bytes by path)."""
    if not hasattr(os, "statvfs"):
        return
    needed: dict[int, int] = {}
    for name, size in sizes.items():
        folder = nearest(root / name)
        device = os.stat(folder).st_dev
        needed[device] = needed.get(device, 0) + size
        disk = os.statvfs(folder)
        if needed[device] > disk.f_bavail * disk.f_frsize:
            raise OSError(errno.ENOSPC, "", str(folder))


def _first_existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if os.path.lexists(one))


def _why(folder: Path) -> int:
    """The error number for a folder in which nothing can be written."""
    is_read_only = hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY
    return errno.EROFS if is_read_only else errno.EACCES


def refuse_folder(root: Path, name: str) -> None:
    """Raise StorageError if ``name`` is a folder."""
    if os.path.isdir(os.path.join(root, name)) and not os.path.islink(os.path.join(root, name)):
        raise StorageError(
            f"{name} is a folder, where a file has to be written",
            where=name,
            cure=advice("move {name} away", name=name),
        )
