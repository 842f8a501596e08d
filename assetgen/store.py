"""Writing into the project: everything durable first, then every name in one step, so that nothing is half there.

A batch is written beside its places, flushed to disk once, noted, and then renamed over the names. The
note says which bytes were under way, so that after a kill the next run knows its own files again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from assetgen import paths
from assetgen.errors import StorageError

CACHE = ".assetgen/cache"
_NOTE = f"{CACHE}/under-way.json"
_ORIGINALS = f"{CACHE}/originals"


class Batch:
    """Files that go into place together. ``add`` may be called from several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / CACHE / "writing"
        self._pending: dict[str, tuple[Path, str]] = {}
        prepare(root)

    def add(self, path: str, data: bytes) -> None:
        """Write ``data`` for ``path`` where nobody looks yet. Raises StorageError, leaving nothing behind."""
        name = hashlib.sha256(path.encode()).hexdigest()[:32]
        waiting = self._folder / f"{os.getpid()}-{name}"
        try:
            with open(waiting, "wb") as file:
                file.write(data)
        except OSError as exc:
            waiting.unlink(missing_ok=True)
            raise _explained(exc, path) from exc
        self._pending[path] = (waiting, hashlib.sha256(data).hexdigest())

    def place(self, last: Iterable[str] = ()) -> None:
        """Give every file its name; the paths in ``last`` (records) after all others. Raises StorageError."""
        if not self._pending:
            return
        final = [path for path in last if path in self._pending]
        ordered = [path for path in self._pending if path not in set(final)] + final
        try:
            for path in ordered:
                _make_room(self._root, path)
            _flush([self._pending[path][0] for path in ordered])
            replace(self._root / _NOTE, json.dumps({p: digest for p, (_, digest) in self._pending.items()}).encode())
            for path in ordered:
                paths.refuse_links(self._root, path)
                os.replace(self._pending[path][0], self._root / path)
            _flush_folders({(self._root / path).parent for path in ordered})
        except OSError as exc:
            self.drop()
            raise _explained(exc, str(exc.filename2 or exc.filename or "")) from exc
        except StorageError:
            self.drop()
            raise
        (self._root / _NOTE).unlink(missing_ok=True)
        self._pending.clear()

    def drop(self) -> None:
        """Take away what has not been given its name."""
        for waiting, _ in self._pending.values():
            waiting.unlink(missing_ok=True)
        self._pending.clear()


def prepare(root: Path) -> None:
    """Make the cache folder, ignored by git even where nobody ran init. Raises StorageError."""
    try:
        for folder in (f"{CACHE}/writing", _ORIGINALS):
            paths.refuse_links(root, folder)
            (root / folder).mkdir(parents=True, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("key", "")):
            if not (root / CACHE / name).exists():
                (root / CACHE / name).write_text(text)
    except OSError as exc:
        raise _explained(exc, CACHE) from exc


def sweep(root: Path) -> None:
    """Remove what a killed run left half written (call it while holding the lock)."""
    for waiting in (root / CACHE / "writing").glob("*"):
        waiting.unlink(missing_ok=True)


def interrupted(root: Path) -> Mapping[str, str]:
    """path -> sha256 of what a killed run was putting into place; empty if none was."""
    try:
        note = json.loads((root / _NOTE).read_bytes())
        return {path: digest for path, digest in note.items() if isinstance(digest, str)}
    except (OSError, ValueError, AttributeError):
        return {}


def settle(root: Path) -> None:
    """Forget what a killed run was doing: everything it touched has been decided on anew."""
    (root / _NOTE).unlink(missing_ok=True)


def keep_original(root: Path, data: bytes) -> str:
    """Keep the untouched bytes in the cache and return their sha256 (hex). Raises StorageError."""
    prepare(root)
    digest = hashlib.sha256(data).hexdigest()
    place = root / _ORIGINALS / digest
    if not place.exists():
        try:
            temporary = place.with_suffix(f".{os.getpid()}")
            temporary.write_bytes(data)
            _flush([temporary])
            os.replace(temporary, place)
        except OSError as exc:
            raise _explained(exc, f"{_ORIGINALS}/{digest}") from exc
    return digest


def original(root: Path, digest: str) -> bytes | None:
    """The kept bytes of ``digest``, None if they are not here or no longer what they were."""
    try:
        data = (root / _ORIGINALS / digest).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


def remove(root: Path, path: str) -> None:
    """Remove a file of ours. Raises StorageError."""
    paths.refuse_links(root, path)
    try:
        (root / path).unlink(missing_ok=True)
    except OSError as exc:
        raise _explained(exc, path) from exc


def replace(path: Path, data: bytes) -> None:
    """Write ``data`` durably over ``path`` in one step."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _make_room(root: Path, path: str) -> None:
    paths.refuse_links(root, path)
    parent = (root / path).parent
    parent.mkdir(parents=True, exist_ok=True)
    if (root / path).is_dir():
        raise StorageError(f"{path} is a folder; a picture is to go there", where=path, cure=f"move {path} away")


def _flush(files: list[Path]) -> None:
    """Make the contents of ``files`` durable: one call for the whole file system where Linux has it."""
    if len(files) > 2 and sys.platform == "linux" and _syncfs(files[0]):
        return
    for path in files:
        with open(path, "rb") as file:
            os.fsync(file.fileno())


def _syncfs(path: Path) -> bool:
    """Flush the file system of ``path`` (Linux, syncfs(2)); False if that cannot be done here."""
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if call(descriptor) != 0:
            number = ctypes.get_errno()
            if number in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                raise OSError(number, os.strerror(number), str(path))
            return False
        return True
    finally:
        os.close(descriptor)


def _flush_folders(folders: set[Path]) -> None:
    for folder in folders if os.name == "posix" else ():
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as exc:
            if exc.errno not in (errno.EINVAL, errno.EBADF):
                raise
        finally:
            os.close(descriptor)


_CURES = {
    errno.ENOSPC: ("the disk is full", "make room, then run the same command again"),
    errno.EDQUOT: ("the disk quota is used up", "make room, then run the same command again"),
    errno.EROFS: ("the file system is read-only", "run it where the project can be written"),
    errno.EACCES: ("permission is denied", "make the folder writable for yourself"),
    errno.EPERM: ("permission is denied", "make the folder writable for yourself"),
    errno.ENOTDIR: ("a file is where a folder is needed", "move that file away"),
    errno.EEXIST: ("a file is where a folder is needed", "move that file away"),
}


def _explained(exc: OSError, path: str) -> StorageError:
    what, cure = _CURES.get(exc.errno or 0, (exc.strerror or str(exc), None))
    return StorageError(f"{path} cannot be written: {what}", where=path or None, cure=cure)
