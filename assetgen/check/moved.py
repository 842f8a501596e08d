"""Where a picture is now that a page refers to by the path that it had before it was moved."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from urllib.parse import quote, unquote

from assetgen.errors import StorageError
from assetgen.fs.lfs import digest_of
from assetgen.plan import standing
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record
from assetgen.refs.folders import within
from assetgen.refs.sites import judged
from assetgen.refs.sites.question import IN_MODULES, Question
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.survey import ResolvedReference

# Of an older move, only the baseline and the records know.
_COMMITS = ("HEAD", "HEAD~1")


@dataclass(frozen=True)
class _Known:
    """The pictures of an earlier time that are lost, and the new ones, by sha256 (hex)."""

    digests: Mapping[str, frozenset[str]]
    """Those of each lost picture, by path."""
    new: Mapping[str, list[str]]

    def place(self, path: str) -> str | None:
        """The new path of a lost picture; None if it is not certain."""
        return next(
            filter(None, (self._with(path, one) for one in self.digests.get(path, ()))), None
        )

    def _with(self, path: str, digest: str) -> str | None:
        return standing.paired(self._lost[digest], self.new.get(digest, [])).get(path)

    @cached_property
    def _lost(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, digests in self.digests.items():
            for digest in digests:
                found.setdefault(digest, []).append(path)
        return found


class MovedPictures:
    """The new paths of pictures, by what the baseline, the records and the last commits say."""

    def __init__(self, project: Workspace) -> None:
        self._project = project
        self.place = cache(self._place)
        """The path that a picture has now; None unless it was moved, and that is certain."""
        self._by_commit = cache(self._of_commit)

    def _place(self, path: str) -> str | None:
        if not _is_picture(path):
            return None
        if path in self._of_project.digests:
            return self._of_project.place(path)
        held = self._project.tree.held
        commit = next((one for one in _COMMITS if path in held.tree(one)), None)
        return self._by_commit(commit).place(path) if commit else None

    @cached_property
    def _of_project(self) -> _Known:
        """As the baseline and the records of the project state it."""
        project = self._project
        before = standing.baseline_of(project.tree)
        digests = {path: before.digests(path) for path in before.lines}
        for found in map(project.record, project.recorded.ids()):
            if isinstance(found, Record):
                digests |= {path: frozenset([one]) for path, one in found.subject.items()}
        return self._known(digests, before=digests)

    def _of_commit(self, commit: str) -> _Known:
        held = self._project.tree.held
        blobs = held.tree(commit)
        lost = [path for path in blobs if _is_picture(path) and path not in self._project.listing]
        read = {path: held.read(blobs[path]) for path in lost}
        digests = {path: frozenset([digest_of(data)]) for path, data in read.items() if data}
        return self._known(digests, before=blobs)

    def _known(self, digests: Mapping[str, frozenset[str]], before: Container[str]) -> _Known:
        listing, tree = self._project.listing, self._project.tree
        lost = {path: one for path, one in digests.items() if path not in listing}
        paths = [one for one in listing if lost and _is_picture(one) and one not in before]
        tree.warm(paths)
        new: dict[str, list[str]] = {}
        for path in paths:
            with suppress(StorageError):  # it is behind a link
                for digest in {tree.digest(path), standing.fingerprint(tree, path)} - {None}:
                    new.setdefault(str(digest), []).append(path)
        return _Known(lost, new)

    # -- what to write -----------------------------------------------------------------------------

    def written(self, row: ResolvedReference, place: str) -> str | None:
        """What a page can write to mean the picture at ``place``; None if nothing works there."""
        sites, listing = self._project.sites, self._project.listing
        for raw in self._spellings(row, place):
            means = resolve(replace(row.reference, raw=raw), sites, listing)
            if means.exists and means.path == place and means.hint is None and means.wrong is None:
                return raw
        return None

    def _spellings(self, row: ResolvedReference, place: str) -> Iterator[str]:
        reference, path = row.reference, row.resolution.path or ""
        named = re.split(r"[?#]", reference.raw, maxsplit=1)[0]
        rest = reference.raw[len(named) :]
        is_escaped = "%" in named

        def spelled(begin: str, end: str) -> str:
            return begin + (quote(end) if is_escaped else end) + rest

        yield from (spelled(begin, end) for begin, end in _same_way(named, path, place))
        page = reference.file
        sites = self._project.sites
        question = Question(reference, sites.of(page), sites, self._project.listing)
        if reference.kind not in IN_MODULES and (url := judged.served_url(question, place)):
            yield spelled("", url)
        relative = posixpath.relpath(f"/{place}", f"/{page.rpartition('/')[0]}")
        is_dotted = relative.startswith(".") or not named.startswith(".")
        yield spelled("", relative if is_dotted else f"./{relative}")


def _is_picture(path: str) -> bool:
    return standing.extension(path) in standing.PICTURES


def _same_way(named: str, path: str, place: str) -> Iterator[tuple[str, str]]:
    """``place`` named as ``named`` names ``path``: what is before their common parts, and the rest.

    ``/docs/img/a.png`` is ``public/img/a.png``, so ``public/b.png`` is ``/docs`` and ``/b.png``.
    """
    parts, folders = named.split("/"), path.split("/")
    same = 0
    while same < min(len(parts), len(folders)) and unquote(parts[-same - 1]) == folders[-same - 1]:
        same += 1
    for number in range(same, 0, -1):
        begin, folder = parts[:-number], folders[:-number]
        after = within("/".join(folder), place)
        if begin and after is not None:
            yield "/".join((*begin, "")), after
