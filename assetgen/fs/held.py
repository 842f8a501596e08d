"""What git holds of a project's files: staged, committed, left out of the working tree, unmerged.

Git is asked when the first question comes; a project whose files all exist asks none.
"""

from __future__ import annotations

import os
import re
import threading
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from assetgen import snapshot
from assetgen.errors import GitError
from assetgen.fs.git import Repository
from assetgen.fs.git_command import Unanswered
from assetgen.fs.git_listings import EMPTY, Row, index_of, row_of, tree_of
from assetgen.fs.lfs import digest_of
from assetgen.gitenv import find_repository

T = TypeVar("T")

#: What is being merged into HEAD, by the reference that git sets for it.
OTHER_SIDES = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")
# The ids of the last commits, newest first.
_LOG = ("--full-history", "-z", "--format=%H", "--no-show-signature", "--no-ext-diff", "-n", "100")

# So many files are looked for in what git lists one by one.
_FEW = 20
# A row of the index that is not merged: mode, blob and a stage that is not 0.
_TORN = re.compile(rb"(?:\A|\0)[0-7]+ [0-9a-f]+ [^0]\t")


def _is_torn(listed: bytes) -> bool:
    """Whether a listing of the index has a row that is not merged."""
    is_near = any(stage in listed for stage in (b" 1\t", b" 2\t", b" 3\t"))  # or a name has it
    return is_near and _TORN.search(listed) is not None


def _answer(ask: Callable[[], T]) -> T | None:
    """What git answers; None if it refuses. Raises Unanswered: then it is not known."""
    try:
        return ask()
    except Unanswered:
        raise
    except GitError:
        return None


class _Listing:
    """The paths that git lists; from some questions on, one answer has all of them."""

    def __init__(self, listed: bytes) -> None:
        self._listed = listed
        self._questions = 0

    def __contains__(self, path: str) -> bool:
        self._questions += 1
        if self._questions < _FEW:
            return row_of(self._listed, path) is not None
        return path in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        rows = self._listed.split(b"\0")
        return frozenset(os.fsdecode(row.partition(b"\t")[2]) for row in rows)


@dataclass
class Entry:
    """One path of the index."""

    blobs: dict[int, str] = field(default_factory=dict)
    """Blob ids by stage: 0, or 1 to 3 if the path is not merged."""
    is_left_out: bool = False
    """Whether a sparse checkout leaves the file out of the working tree."""

    is_submodule: bool = False

    @property
    def is_unmerged(self) -> bool:
        return 0 not in self.blobs


class Held:
    """The index and the commits of the repository around a project, if there is one.

    A repository that git refuses to read holds nothing. Where git ends without an answer, a
    question raises Unanswered: it is not known what the repository holds.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = dict(environ)
        self._lock = threading.RLock()
        self._trees: dict[str, Mapping[str, str]] = {}
        self._digests: dict[str, str | None] = {}
        self._listing = cache(_Listing)
        self.listed = cache(lambda: _listed(root, self._environ))
        """What git lists of the index; None if that takes asking in another way."""
        self.was_asked = False
        """Whether an answer may rest on what git said, apart from what is in the index file."""

    @property
    def repository(self) -> Repository | None:
        """The repository around the project; None if there is none that git reads."""
        self.was_asked = True
        return self._opened

    @cached_property
    def _opened(self) -> Repository | None:
        found = _answer(lambda: Repository.open(self._root, self._environ, index_file=True))
        if found is not None:
            weakref.finalize(self, found.close)  # the process that blobs are read from
        return found

    @cached_property
    def _rows(self) -> list[Row]:
        with self._lock:
            opened = self._opened
            rows = _answer(lambda: index_of(opened.git)) if opened else None
            return rows or []

    @property
    def index(self) -> Mapping[str, Entry]:
        """The index by path, without files that are only intended to be added."""
        self.was_asked = True
        return self._index

    @cached_property
    def _index(self) -> Mapping[str, Entry]:
        found: dict[str, Entry] = {}
        for row in self._rows:
            if not row.is_intended:
                entry = found.setdefault(row.path, Entry())
                entry.blobs[row.stage] = row.blob
                entry.is_left_out |= row.is_left_out
                entry.is_submodule |= row.mode == "160000"
        return found

    @property
    def intended(self) -> list[str]:
        """The files that are only intended to be added."""
        self.was_asked = True
        return [row.path for row in self._rows if row.is_intended]

    def tree(self, commit: str) -> Mapping[str, str]:
        """The blob ids of the project's files in a commit; empty if there is no such commit."""
        with self._lock:
            if commit not in self._trees:
                opened = self.repository
                found = _answer(lambda: tree_of(opened.git, commit)) if opened else None
                self._trees[commit] = found or {}
            return self._trees[commit]

    # -- one file ----------------------------------------------------------------------------------

    def is_left_out(self, path: str) -> bool:
        """Whether a sparse checkout leaves ``path`` out of the working tree."""
        if (listed := self.listed()) is not None and path not in self._listing(listed):
            return False
        entry = self._index.get(path)  # the index file says it all
        return entry is not None and entry.is_left_out and not entry.is_unmerged

    def staged(self, path: str) -> str | None:
        """sha256 (hex) of a file as staged; None if it is not staged, or not merged."""
        return self._digest(_staged_blob(self, path))

    def committed(self, path: str) -> str | None:
        """sha256 (hex) of a file in HEAD; None if HEAD does not have it."""
        return self._digest(self.tree("HEAD").get(path))

    def is_in_a_commit(
        self, path: str, digest: str, commits: Sequence[str] = ("HEAD", *OTHER_SIDES)
    ) -> bool:
        """Whether HEAD, or what is being merged into it, has the file with this sha256 (hex)."""
        return any(self._digest(self.tree(name).get(path)) == digest for name in commits)

    def versions(self, path: str) -> list[bytes]:
        """The bytes of a file as staged and as in HEAD, those that exist and differ."""
        entry = self.index.get(path)
        blobs = dict.fromkeys([entry.blobs.get(0) if entry else None, self.tree("HEAD").get(path)])
        found = [self.read(blob) for blob in blobs if blob]
        return [data for data in found if data is not None]

    def staged_bytes(self, path: str) -> bytes | None:
        """The bytes of a file as staged."""
        entry = self.index.get(path)
        return self.read(entry.blobs.get(0)) if entry else None

    def committed_bytes(self, path: str) -> bytes | None:
        """The bytes of a file in HEAD."""
        return self.read(self.tree("HEAD").get(path))

    def earlier(self, path: str) -> Iterator[tuple[str, bytes]]:
        """(commit, bytes) of a file in the last commits up to HEAD that changed it."""
        opened = self.repository
        if opened is None:
            return
        commits = _answer(lambda: opened.git.listed("log", *_LOG, "--", path))
        for commit in commits or ():  # none such as before the first commit
            if (data := bytes_at(self, commit, path)) is not None:
                yield commit, data

    def read(self, blob: str | None) -> bytes | None:
        """The content of a blob; None if this clone does not have it."""
        if blob is None or self.repository is None:
            return None
        with self._lock:  # all answers come through one pipe
            try:
                return self.repository.blob(blob)
            except ValueError:
                return None

    def _digest(self, blob: str | None) -> str | None:
        if blob is None:
            return None
        if blob not in self._digests:
            data = self.read(blob)
            self._digests[blob] = None if data is None else digest_of(data)
        return self._digests[blob]

    def unmerged(self, paths: Collection[str]) -> list[str]:
        """Those of ``paths`` that git has not merged."""
        torn = self.all_unmerged
        return [path for path in paths if path in torn]

    @cached_property
    def all_unmerged(self) -> frozenset[str]:
        """Every file of the project that git has not merged: one process, and no import if none."""
        listed = self.listed()
        if listed is not None and not _is_torn(listed):
            return frozenset()
        return frozenset(path for path, entry in self.index.items() if entry.is_unmerged)


def _listed(root: Path, environ: Mapping[str, str]) -> bytes | None:
    is_in_git = find_repository(str(root)) is not None
    return snapshot.index_listing(str(root), (), environ) if is_in_git else b""


def _staged_blob(held: Held, path: str) -> str | None:
    """The blob of one file as staged; the whole index is not read for it."""
    held.was_asked = True
    if (listed := held.listed()) is not None:
        row = row_of(listed, path)
        if row is None or (row[2] == "0" and row[1] not in EMPTY):
            return row[1] if row else None
    entry = held.index.get(path)
    return entry.blobs.get(0) if entry else None


def bytes_at(held: Held, commit: str, path: str) -> bytes | None:
    """The bytes of a file in a commit; the tree of the commit is not listed for it."""
    if held.repository is None:
        return None
    name = f"{commit}:{held.repository.prefix()}{path}"
    return held.read(name) if "\n" not in name else None


def ignored_of(held: Held, paths: Sequence[str]) -> list[str]:
    """Those of ``paths`` that .gitignore excludes and that are not tracked."""
    return held.repository.git.ignored(paths) if held.repository else []


def ignored(held: Held, paths: Sequence[str]) -> frozenset[str]:
    """Those of ``paths`` that git ignores: no other clone has them."""
    new = [path for path in paths if path not in held.index]  # git ignores no others
    return frozenset(_answer(lambda: ignored_of(held, new)) or ())


def submodule_of(held: Held, path: str) -> str | None:
    """The submodule that ``path`` is in, also if it is not checked out; None if in none."""
    listed = held.listed()
    if listed is not None and b"\x00160000 " not in b"\0" + listed:
        return None
    parts = path.split("/")
    above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    found = ((folder, held.index.get(folder)) for folder in above)
    return next((folder for folder, entry in found if entry and entry.is_submodule), None)
