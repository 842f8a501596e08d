"""The files of a project, in the working tree or the git index, with the same methods."""

from __future__ import annotations

import copy
import os
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, partial
from operator import attrgetter
from pathlib import Path

from assetgen import snapshot
from assetgen.errors import GitError, StorageError
from assetgen.fs import paths, walk
from assetgen.fs.git import Repository
from assetgen.fs.git_listings import entries_of
from assetgen.fs.held import Held
from assetgen.fs.lfs import digest_of, is_pointer
from assetgen.fs.look import look

# Files that are digested at the same time, and how many are not worth the threads.
_AT_ONCE = 4
_FEW = 100
# Files in which git changes no line ends; other filters give what they are to give each time.
_AS_STORED = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".json")
# The digest of a folder in the rows from before.
_FOLDER = bytes(32)
#: The digest of what is not a regular file; it equals no sha256.
NOT_A_FILE = "not-a-file"
#: The digest of a file that is larger than any picture, which is not read; it equals no sha256.
TOO_LARGE = "too-large"
#: The size of the largest file that is digested, in bytes.
MAX_DIGESTED = 4 * paths.MAX_INPUT_BYTES


Row = tuple[snapshot.Stats, bytes]


class WorkTree:
    """The files on disk. Remembers every stat, so that the verdict can be stored.

    A file that a sparse checkout leaves out is as in the index.
    """

    def __init__(
        self,
        root: Path,
        *,
        trust_stats: bool = True,
        cached: bool = True,
        before: Mapping[str, Row] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """``before`` is what an earlier tree ``remembered``, by default what the last check did.

        Unless ``cached``, nothing that an earlier run stored is read. ``environ`` is for git.
        """
        self.root = root
        self.held = Held(root, environ)
        # Joined as text: a Path for each of thousands of files costs more than its stat.
        self._base = str(root)
        self.taken_ns = time.time_ns()
        self.rows: dict[str, Row] = {}
        self.folders: list[str] = []
        """The folders that ``everything`` searched, "" first."""
        self._links: dict[str, str] = {}
        self.straight: set[str] = set()
        """Folders that are no links."""
        self.is_cached = cached and trust_stats
        """Whether answers of earlier runs may be used: file digests, verdicts, references."""
        is_read = self.is_cached and not before
        kept = snapshot.stored(str(root)) if is_read else ("", b"", before or {})
        self.said, self.before = kept[:2], dict(kept[2])
        """What check and plan said when they stored the rows from before."""
        self._unchanged: snapshot.Rows = {}

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file, None if it does not exist.

        Raises StorageError if it cannot be read, is too large or is behind a link.
        """
        found = self._looked_at(path, whole=True)
        is_absent = found is None and not os.path.lexists(os.path.join(self._base, path))
        if is_absent and self.held.is_left_out(path):  # by a sparse checkout
            return self.held.staged_bytes(path)
        return found[1] if found else None

    def _looked_at(self, path: str, *, whole: bool) -> tuple[str, bytes] | None:
        """sha256 (hex) and, if ``whole``, the bytes of a regular file; None if there is none."""
        self._refuse_links(path)
        looked = look(os.path.join(self._base, path), path, whole=whole)
        if looked is None:
            return None
        info, found, data = looked
        own = b"" if is_pointer(data) else bytes.fromhex(found)  # else it is another file's
        self.rows.setdefault(path, (snapshot.stats_of(info), own))
        return found, data

    def _refuse_links(self, path: str) -> None:
        """Raise StorageError if a folder of ``path`` is a link, which may leave the project."""
        folder = path.rpartition("/")[0]
        if folder and folder not in self.straight:
            paths.refuse_links(self.root, folder)
            self.straight.add(folder)

    def digest(self, path: str) -> str | None:
        """sha256 (hex) of the file, None if missing; not read again if its stats are the same."""
        if row := self.known(path):
            return row[1].hex()
        try:
            size = os.lstat(os.path.join(self._base, path)).st_size
        except (FileNotFoundError, NotADirectoryError):
            return self.held.staged(path) if self.held.is_left_out(path) else None
        except OSError as exc:
            raise StorageError(f"{path} cannot be read: {exc.strerror}", where=path) from exc
        if size > MAX_DIGESTED:
            return TOO_LARGE
        found = self._looked_at(path, whole=False)
        return found[0] if found else NOT_A_FILE

    def known(self, path: str) -> Row | None:
        """The row of a file that was digested and did not change. Raises StorageError."""
        if path not in self.rows:
            self._refuse_links(path)
            row = self._unchanged.get(path) or _same(self._base, path, self.before.get(path))
            if row and row[1] != _FOLDER:
                self.rows[path] = row
        return row if (row := self.rows.get(path)) and row[1] else None

    def identity(self, path: str) -> str:
        """What two files share only if they have the same bytes: a Git LFS pointer has its size."""
        row = self._unchanged.get(path)
        if row is not None and path.rpartition("/")[0] in self.straight:
            self.rows[path] = row  # the short way: it is asked thousands of times
            return f"{row[1].hex()} {row[0][0]}"
        found = self.digest(path) or "none"
        return f"{found} {row[0][0]}" if (row := self.rows.get(path)) else found

    def identities(self, paths: Iterable[str]) -> Iterator[bytes]:
        """The same of many files, in a shorter form."""
        for path in paths:
            row = self._unchanged.get(path)
            if row is None or path[: path.rfind("/")] not in self.straight:
                found = self.identity(path)
                row = self.rows.get(path)
                yield row[1] + b"%d" % row[0][0] if row and row[1] else found.encode()
            else:
                self.rows[path] = row
                yield row[1] + b"%d" % row[0][0]

    def look_at_all(self) -> None:
        """Compare the stats of every file that is remembered, which is faster than one by one."""
        files = {path: row for path, row in self.before.items() if row[1] != _FOLDER}
        self._unchanged = snapshot.unchanged(self._base, files)

    def warm(self, paths: Iterable[str]) -> None:
        """Digest files that exist, on several cores, so that ``digest`` knows them."""
        waiting = [path for path in paths if path not in self.rows]
        if len(waiting) > _FEW:
            from concurrent.futures import ThreadPoolExecutor  # loads logging

            parts = [waiting[at::_AT_ONCE] for at in range(_AT_ONCE)]
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(partial(_digest_all, self), parts))

    def forget(self, path: str) -> None:
        """Read ``path`` again the next time: it was just written."""
        self.rows.pop(path, None)
        self.before.pop(path, None)
        self._unchanged.pop(path, None)

    def changed_since(self, path: str) -> bool:
        """Whether ``path`` has changed since it was first read or digested."""
        try:
            now = snapshot.stats(self.root / path)
        except OSError:
            return path in self.rows
        return path not in self.rows or self.rows[path][0] != now

    def everything(self) -> Iterator[str]:
        """Every path that is not a folder, except in folders of other programs."""
        self.folders.clear()
        self._links.clear()
        return walk.everything(self._base, self.folders, self._links)

    def links(self) -> dict[str, str]:
        """The symbolic links among ``everything`` that was listed, and what each leads to."""
        return dict(self._links)

    def note(self, path: str) -> None:
        """Make the verdict depend on the stats of ``path``."""
        if path not in self.rows:
            with suppress(OSError):
                self.rows[path] = (snapshot.stats(os.path.join(self._base, path)), b"")

    def files(self, folder: str) -> Iterator[str]:
        """Every path in ``folder`` that is not a folder, sorted; links are not followed."""
        if (self.root / folder).is_symlink():
            yield folder
            return
        try:
            entries = sorted(os.scandir(self.root / folder), key=_name)
            self.rows[folder] = (snapshot.stats(self.root / folder), b"")
        except (FileNotFoundError, NotADirectoryError):
            self.note_absence(folder)
            return
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                yield path
            elif path.count("/") < walk.MAX_DEPTH:
                yield from self.files(path)
            else:
                raise StorageError(
                    f"{folder} is nested more than {walk.MAX_DEPTH} folders deep",
                    where=folder[:200],
                )

    def note_absence(self, path: str) -> None:
        """Make the verdict depend on whether ``path`` exists.

        The times of the nearest existing folder change when it is created.
        """
        folder = path.rpartition("/")[0]
        while folder and not (self.root / folder).is_dir():
            folder = folder.rpartition("/")[0]
        self.rows[folder or "."] = (snapshot.stats(self.root / folder), b"")

    def templates(self) -> Path:
        """The folder that contains templates/."""
        return self.root


_name = attrgetter("name")


def _same(base: str, path: str, row: Row | None) -> Row | None:
    """``row``, if the file still has its stats."""
    with suppress(OSError):
        return row if row and row[0] == snapshot.stats(os.path.join(base, path)) else None
    return None


def _digest_all(tree: WorkTree, paths: Iterable[str]) -> None:
    for path in paths:
        with suppress(StorageError):  # who asks for it is told
            tree.digest(path)


class Index:
    """The files as staged. A file that git calls unmodified is read from the working tree."""

    def __init__(
        self,
        root: Path,
        repository: Repository,
        scratch: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        cached: bool = True,
    ) -> None:
        self.root = root
        self._repository = repository
        self.work = WorkTree(root, environ=environ, cached=cached)
        """The same files in the working tree."""
        self.is_cached = cached
        self.held = self.work.held
        self._scratch = scratch
        self._entries, self._differs = repository.staged()
        self._sorted: list[str] | None = None

    def read(self, path: str) -> bytes | None:
        """The bytes of the staged blob, None if the index has no such file."""
        entry = self._entries.get(path)
        if entry is None or not entry[0].startswith("100"):
            return None
        if path not in self._differs and (data := self.work.read(path)) is not None:
            return data
        return self._repository.blob(entry[1])

    def digest(self, path: str) -> str | None:
        """sha256 (hex) of the staged blob or, with Git LFS, of the file that it points to."""
        entry = self._entries.get(path)
        if entry is None:
            return None
        if not entry[0].startswith("100"):
            return NOT_A_FILE
        if path not in self._differs and (found := self.work.digest(path)) not in (
            None,
            NOT_A_FILE,
        ):
            return found
        return digest_of(self._repository.blob(entry[1]))

    def blob_id(self, path: str) -> str | None:
        """The id of a staged file; None if the index has no such file."""
        mode, blob = self._entries.get(path, ("", ""))
        return blob if mode.startswith("100") else None

    def blob(self, blob_id: str) -> bytes:
        """The bytes of a blob."""
        return self._repository.blob(blob_id)

    def identity(self, path: str) -> str:
        """What two staged files have in common only if they have the same bytes."""
        mode, blob = self._entries.get(path, ("", "none"))
        is_sure = path.endswith(_AS_STORED)  # the short way, for most
        if not is_sure and mode.startswith("100") and not path.lower().endswith(_AS_STORED):
            blob += f" {self.digest(path)}"  # a checkout may change its line ends
        return f"{mode} {blob}"

    def identities(self, paths: Iterable[str]) -> Iterator[bytes]:
        """The same of many files."""
        return (self.identity(path).encode() for path in paths)

    def look_at_all(self) -> None:
        """Do nothing: the index has the identity of every file."""

    def warm(self, paths: Iterable[str]) -> None:
        """Digest files that exist, on several cores, so that ``digest`` knows them."""
        self.work.warm(path for path in paths if path not in self._differs)

    def everything(self) -> Iterator[str]:
        """Every staged path, except in folders of other programs."""
        return (path for path in self._entries if walk.KEPT_APART.isdisjoint(path.split("/")[:-1]))

    def links(self) -> dict[str, str]:
        """The staged symbolic links, and what each leads to."""
        return {
            path: os.fsdecode(self._repository.blob(blob))
            for path, (mode, blob) in self._entries.items()
            if mode == "120000"
        }

    def files(self, folder: str) -> Iterator[str]:
        """Every staged path in ``folder``, sorted."""
        if self._sorted is None:
            self._sorted = sorted(self._entries)
        first = bisect_left(self._sorted, f"{folder}/")
        yield from self._sorted[first : bisect_left(self._sorted, f"{folder}0", first)]

    def at(self, commit: str = "HEAD") -> Index:
        """The same files as in a commit. Raises GitError if there is none."""
        return self._with(entries_of(self._repository.git, commit), f"at-{commit}")

    def with_files_of(self, other: Index, paths: Iterable[str]) -> Index:
        """The same files, but ``paths`` as ``other`` has them."""
        taken = {path: entry for path in paths if (entry := other._entries.get(path))}
        return self._with({**self._entries, **taken}, "mixed")

    def _with(self, entries: dict[str, tuple[str, str]], folder: str) -> Index:
        made = copy.copy(self)
        made.__dict__.pop("_templates", None)
        made._entries, made._scratch = entries, self._scratch / folder
        made._sorted = None
        # What git calls unmodified is as in the index, not as in these entries.
        made._differs = self._differs | self.changed_since(made)
        return made

    def changed_since(self, before: Index) -> set[str]:
        """The paths of files that are not the same in ``before``."""
        ours, theirs = self._entries, before._entries
        return {path for path, _ in ours.items() ^ theirs.items()}

    def is_new(self, path: str) -> bool:
        """Whether ``path`` is staged and not in HEAD."""
        return path in self._entries and path not in self._committed

    @cached_property
    def _committed(self) -> dict[str, tuple[str, str]]:
        """The entries of HEAD; none before the first commit."""
        try:
            return entries_of(self._repository.git, "HEAD")
        except GitError:
            return {}

    def templates(self) -> Path:
        """A folder with templates/ as staged: the project itself if nothing in it differs."""
        return self._templates

    @cached_property
    def _templates(self) -> Path:
        own = [path for path in self._entries if path.startswith("templates/")]
        untracked = self._repository.untracked("templates")
        if not untracked and not any(path in self._differs for path in own):
            return self.root
        for path in own:
            data = self.read(path)
            if data is not None:
                (self._scratch / path).parent.mkdir(parents=True, exist_ok=True)
                (self._scratch / path).write_bytes(data)
        return self._scratch


Tree = WorkTree | Index
