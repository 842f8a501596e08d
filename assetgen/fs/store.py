"""Writes files into the project: first all data, durably, then all names, so that no file is half.

A batch is written to the cache, flushed to disk once, noted, and then renamed over its paths. The
note lists the digests, so that after a kill the next run recognises its own files.

The cache may come from a commit, so it is not trusted: links in it are not followed, and the note
must have the token of this checkout.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from assetgen import snapshot
from assetgen.cure import advice
from assetgen.errors import StorageError
from assetgen.fs import paths, placed_files, platform, staging
from assetgen.terms import UNDER_WAY

CACHE = staging.CACHE
_NOTE = UNDER_WAY
_COMMIT = f"{CACHE}/commit.json"


class Batch:
    """Files that go into place together. ``add`` may be called from several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pending: dict[str, tuple[Path, str]] = {}
        self._waiting = staging.Waiting(root)
        prepare(root)

    def add(self, path: str, data: bytes, digest: str | None = None) -> None:
        """Write ``data`` for ``path`` into the cache. Raises StorageError, and leaves nothing.

        ``digest`` is its sha256 (hex), if it is known.
        """
        try:
            waiting = self._waiting.place(path)
            with _removing(waiting), _new(waiting) as file:
                file.write(data)
        except OSError as exc:
            raise explained(exc, path) from exc
        self._pending[path] = (waiting, digest or hashlib.sha256(data).hexdigest())

    def add_all(self, files: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
        """``add`` all of ``files`` or none: never half an asset. Raises StorageError."""
        try:
            for path, data in files.items():
                self.add(path, data, digests.get(path))
        except StorageError:
            for path in files:
                if path in self._pending:
                    self._pending.pop(path)[0].unlink(missing_ok=True)
            raise

    def absorb(self, other: Batch) -> None:
        """Take over the files of ``other``, so that all are placed together."""
        self._pending.update(other._pending)
        other._pending = {}

    def place(
        self, last: Iterable[str] = (), gone: Iterable[str] = (), then: Iterable[str] = ()
    ) -> None:
        """Place every file, remove those in ``gone``, then place the ones in ``last`` (records).

        At the end, remove those in ``then``: former places of these records.

        Raises StorageError; the note then stays, so that the placed files are known to be ours.
        """
        if not self._pending:
            return
        final = dict.fromkeys(path for path in last if path in self._pending)
        first = [path for path in self._pending if path not in final]
        earlier = interrupted(self._root)
        try:
            _make_room(self._root, (*first, *final))
            platform.sync_files([waiting for waiting, _ in self._pending.values()])
            _note(
                self._root,
                {**earlier, **{path: digest for path, (_, digest) in self._pending.items()}},
            )
            placed_files.note(self._root, {path: self._pending[path][1] for path in first}, replace)
            self._name(first)
            for path in gone:
                remove(self._root, path)
            self._name(final)
            for path in then:
                remove(self._root, path)
            for folder in {(self._root / path).parent for path in (*first, *final)}:
                platform.sync_folder(folder)
        except OSError as exc:
            self.drop()
            raise explained(exc, str(exc.filename2 or exc.filename or "")) from exc
        except StorageError:
            self.drop()
            raise
        _note(
            self._root,
            {path: digest for path, digest in earlier.items() if path not in self._pending},
        )
        self._pending.clear()

    def _name(self, ordered: Iterable[str]) -> None:
        for path in ordered:
            paths.refuse_links(self._root, path)
            os.replace(self._pending[path][0], os.path.join(self._root, path))

    def drop(self) -> None:
        """Remove what has not been placed."""
        for waiting, _ in self._pending.values():
            with suppress(OSError):  # the next run sweeps what is left
                waiting.unlink()
        self._pending.clear()


def prepare(root: Path) -> None:
    """Make the cache folder, which git ignores even without init. Raises StorageError."""
    try:
        paths.refuse_links(root, staging.WRITING)
        (root / staging.WRITING).mkdir(parents=True, exist_ok=True)
        paths.refuse_links(root, f"{CACHE}/lock")
        for name, text in ((".gitignore", "*\n"), ("key", "")):
            paths.refuse_links(root, f"{CACHE}/{name}")
            # After a kill or on a full disk it is empty, and git would see the cache.
            if not (root / CACHE / name).exists() or (
                text and not (root / CACHE / name).stat().st_size
            ):
                (root / CACHE / name).write_text(text)
    except OSError as exc:
        raise explained(exc, CACHE) from exc


def can_cache(root: Path) -> bool:
    """Whether the cache folder can be written; it is made if it does not exist."""
    try:
        prepare(root)
    except StorageError:
        return False
    return os.access(root / CACHE, os.W_OK)


def sweep(root: Path) -> None:
    """Remove what a killed run left half written; only while the project is locked."""
    staging.sweep(root)


def interrupted(root: Path) -> Mapping[str, str]:
    """path -> sha256 of the files that a killed or failed run was placing."""
    try:
        note = json.loads(paths.read_own(root, _NOTE, StorageError))
        if note["token"] != snapshot.checkout_token(str(root)).decode():
            return {}
        return {path: digest for path, digest in note["files"].items() if isinstance(digest, str)}
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        StorageError,
        RecursionError,
    ):
        return {}


def settle(root: Path) -> None:
    """Forget what a killed run was placing: all of it has been planned again."""
    _note(root, {})


def _note(root: Path, files: Mapping[str, str]) -> None:
    if files:
        note = {"token": snapshot.checkout_token(str(root)).decode(), "files": files}
        replace(root, _NOTE, json.dumps(note).encode())
    else:
        (root / _NOTE).unlink(missing_ok=True)


# -- a commit that begins --------------------------------------------------------------------------


def note_commit(root: Path, files: Sequence[str]) -> None:
    """Note the files of a commit that begins; none when it has ended. Raises StorageError."""
    try:
        if files:
            replace(root, _COMMIT, json.dumps(list(files)).encode())
        else:
            (root / _COMMIT).unlink(missing_ok=True)
    except OSError as exc:
        raise explained(exc, _COMMIT) from exc


def begun_commit(root: Path) -> list[str]:
    """The files of a commit that was begun and not ended."""
    try:
        found = json.loads(paths.read_own(root, _COMMIT, StorageError))
    except (StorageError, ValueError, RecursionError):
        return []
    return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []


def remove(root: Path, path: str) -> None:
    """Remove a file of ours. Raises StorageError."""
    paths.refuse_links(root, path)
    try:
        (root / path).unlink(missing_ok=True)
    except OSError as exc:
        raise explained(exc, path) from exc


def write(root: Path, path: str, data: bytes | Iterable[bytes]) -> None:
    """Write one file of the project in one step, with the folders above it; ``data`` may be pieces.

    A file that exists keeps its permissions. Raises StorageError, also for a path with a symbolic
    link in it; nothing is written then. The cache folder must exist (``prepare``).
    """
    paths.refuse_links(root, path)
    try:
        _make_room(root, [path])
        replace(root, path, data, mode=_mode(root / path))
    except OSError as exc:
        raise explained(exc, path) from exc


def _mode(file: Path) -> int | None:
    """The permissions of a file, None if it does not exist."""
    try:
        return stat.S_IMODE(os.lstat(file).st_mode)
    except FileNotFoundError:
        return None


def replace(
    root: Path,
    path: str,
    data: bytes | Iterable[bytes],
    writing: str = staging.WRITING,
    *,
    mode: int | None = None,
) -> None:
    """Write ``data`` durably over ``path`` in one step. The folder ``writing`` must exist.

    ``mode`` is the file's permissions, by default those of any new file. Raises OSError.
    """
    waiting = staging.Waiting(root, writing).place(path)
    with _removing(waiting):
        with _new(waiting) as file:
            if mode is not None:
                os.chmod(waiting, mode)  # before it has data, so that no one reads them meanwhile
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            platform.sync_file(file.fileno())
        os.replace(waiting, root / path)


@contextmanager
def _removing(waiting: Path) -> Iterator[None]:
    """Remove a file that could not be written."""
    try:
        yield
    except OSError:
        with suppress(OSError):
            waiting.unlink(missing_ok=True)
        raise


def _new(path: Path) -> BinaryIO:
    """A new file that replaces whatever has its name, so that no planted link is followed."""
    path.unlink(missing_ok=True)
    return open(path, "xb")


def _make_room(root: Path, names: Iterable[str]) -> None:
    """Make the folders of ``names``. Raises StorageError for a link, or a name that is a folder."""
    names = list(names)
    for folder in dict.fromkeys(name.rpartition("/")[0] for name in names):
        paths.refuse_links(root, folder)
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        if os.path.islink(os.path.join(root, name)):
            paths.refuse_links(root, name)
        staging.refuse_folder(root, name)


def refuse_unwritable(root: Path, names: Iterable[str], sizes: Mapping[str, int]) -> None:
    """Raise StorageError if files of the project could not be placed; nothing is written.

    ``sizes`` are the bytes for which their disks must have room.
    """
    try:
        staging.refuse_unwritable(root, names)
        staging.refuse_full(root, sizes)
    except OSError as exc:
        found = explained(exc, Path(exc.filename).relative_to(root).as_posix())
        raise StorageError(
            f"{found.what}; nothing was sent", where=found.where, cure=found.cure
        ) from None


def flush(file: Path) -> None:
    """Make a file and its name durable. Raises StorageError."""
    try:
        platform.sync_files([file])
        platform.sync_folder(file.parent)
    except OSError as exc:
        raise explained(exc, file.name) from exc


_CURES = {
    errno.ENOSPC: ("the disk is full", advice("make room, then run the same command again")),
    errno.EDQUOT: (
        "the disk quota is used up",
        advice("make room, then run the same command again"),
    ),
    errno.EROFS: (
        "the file system is read-only",
        advice("run assetgen where it can write to the project"),
    ),
    errno.EACCES: ("permission is denied", advice("make the folder writable")),
    errno.EPERM: ("permission is denied", advice("make the folder writable")),
    errno.ENOTDIR: ("there is a file in place of a folder", advice("move that file away")),
    errno.EEXIST: ("there is a file in place of a folder", advice("move that file away")),
}


def explained(exc: OSError, path: str) -> StorageError:
    """The error for what the system refused, with its cure."""
    what, cure = _CURES.get(exc.errno or 0, (exc.strerror or str(exc), None))
    if platform.is_in_use(exc):
        what, cure = (
            "another program has it open",
            advice("close it there, then run the same command again"),
        )
    return StorageError(f"{path} cannot be written: {what}", where=path or None, cure=cure)
