"""Compares two ends of a range: digests first, and pixels only where they differ."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from assetgen.cure import command
from assetgen.diff import ends, links, model, pixels
from assetgen.diff.ends import Changed
from assetgen.diff.model import Change, Diff, End, File, Status, Version
from assetgen.diff.pixels import Pair
from assetgen.diff.side import Side
from assetgen.errors import GitError
from assetgen.fs import identity
from assetgen.fs.git import Repository
from assetgen.fs.tree import Index, Tree, WorkTree
from assetgen.record import approval, record

#: What counts as a picture, whoever made it.
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".svg", ".tif", ".tiff", ".ico")


def diff(root: Path, said: str | None, environ: Mapping[str, str], *, small: bool = False) -> Diff:
    """What became of the pictures of the project in a range. Raises AssetgenError.

    With ``small``, each change has small pictures of both sides.
    """
    environ = dict(environ)
    repository = Repository.open(root, environ)
    if repository is None:
        raise GitError(
            "there is no git repository here, so there is nothing to compare with",
            where=str(root),
            cure=command("git init"),
        )
    with tempfile.TemporaryDirectory(prefix="assetgen-") as scratch, closing(repository):
        base, head = ends.ends_of(repository, said)
        what = ends.changed(repository, base, head)
        index = Index(root, repository, Path(scratch), environ)
        lock = threading.Lock()
        assert base.commit
        newer: Tree = index.at(head.commit) if head.commit else WorkTree(root, environ=environ)
        sides = Side(root, index.at(base.commit), lock), Side(root, newer, lock)
        found = _looked_at(list(_changes(sides, what.paths)), sides, small=small)
        found = _with_approvals(found, sides, repository=repository, ends_=(base, head), what=what)
        notes = [
            f"{path} is a submodule that changed: its pictures are not compared"
            for path in what.submodules
        ]
        for end, side in zip((base, head), sides, strict=True):
            if side.mistake and side.tree.digest("assets.toml") is not None:
                notes.append(f"assets.toml of {end.name} was not read: {side.mistake.what}")
        return Diff(base, head, tuple(sorted(found, key=_order)), notes=tuple(notes))


def where(root: Path, environ: Mapping[str, str]) -> tuple[str | None, str]:
    """OWNER/NAME on GitHub, if that is known, and the path from the top to the project."""
    repository = Repository.open(root, environ)
    if repository is None:
        return None, ""
    with closing(repository):
        return links.repository_of(repository), repository.prefix()


def _order(change: Change) -> tuple[bool, str]:
    return change.shown.asset_id is None, change.name


# -- which pictures --------------------------------------------------------------------------------


def _changes(sides: tuple[Side, Side], paths: frozenset[str]) -> Iterator[Change]:
    """The change of each picture that one of ``paths`` is about, as far as digests say."""
    ids = dict.fromkeys(sorted(_ids(sides, paths)))
    of: list[dict[str, Version]] = [{}, {}]
    for side, found in zip(sides, of, strict=True):
        for asset_id in ids:
            if version := side.version(asset_id, paths):
                found[asset_id] = version
    owned = {file.path for found in of for one in found.values() for file in one.files}
    for path in sorted(path for path in paths if path.lower().endswith(_PICTURES)):
        if path not in owned:
            for side, found in zip(sides, of, strict=True):
                if version := side.alone(path):
                    found[f"/{path}"] = version  # no id begins so
    for before, after in model.paired(of[0], of[1]):
        if change := model.compared(before, after):
            yield change


def _ids(sides: tuple[Side, Side], paths: frozenset[str]) -> Iterator[str]:
    """The assets that may have changed."""
    for path in paths:
        if path.startswith(f"{record.FOLDER}/") and path.endswith(".json"):
            yield record.id_at(path)
        elif path.startswith(f"{approval.FOLDER}/") and path.endswith(".json"):
            yield approval.id_at(path)
        elif path.lower().endswith(_PICTURES):
            yield from (side.owners[path] for side in sides if path in side.owners)
    before, after = (side.assets for side in sides)
    for asset_id, asset in after.items():
        if asset_id in before and before[asset_id].alt != asset.alt:
            yield asset_id


# -- pixels ----------------------------------------------------------------------------------------


def _looked_at(changes: list[Change], sides: tuple[Side, Side], *, small: bool) -> list[Change]:
    """The changes with sizes and pixels; on all cores, one picture at a time on each."""
    import PIL.Image  # in one thread, before the others need it

    PIL.Image.init()
    with ThreadPoolExecutor(_cores()) as pool:
        return list(pool.map(partial(_looked, sides=sides, small=small), changes))


def _cores() -> int:
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _looked(change: Change, *, sides: tuple[Side, Side], small: bool) -> Change:
    pairs: list[Pair] = []
    for number, pair in enumerate(_pairs(change)):
        is_same = pair.before and pair.after and pair.before.sha256 == pair.after.sha256
        old = sides[0].content(pair.before.path) if pair.before else None
        new = sides[1].content(pair.after.path) if pair.after else None
        is_small = small and number == 0
        seen = pixels.look(pair, (old, new), small=is_small)
        pairs.append(seen if not is_same or is_small else replace(seen, pixels=None))
    before = _with_files(change.before, [pair.before for pair in pairs])
    after = _with_files(change.after, [pair.after for pair in pairs])
    verdicts = {pair.pixels for pair in pairs if pair.pixels}
    is_alone = any(pair.before is None or pair.after is None for pair in pairs)
    verdict = _verdict(verdicts)
    status = change.status
    if status is Status.CHANGED and verdict == "equal" and not is_alone:
        status = Status.ENCODED
    thumbnails = pairs[0].thumbnails if pairs else (None, None)
    return replace(
        change,
        status=status,
        before=before,
        after=after,
        pixels=verdict,
        thumbnails=thumbnails,
    )


def _verdict(found: set[str]) -> str | None:
    return next((one for one in ("differ", "unknown", "equal") if one in found), None)


def _pairs(change: Change) -> Iterator[Pair]:
    """The files of both sides: the main ones together, the others by their paths."""
    before = list(change.before.files) if change.before else []
    after = list(change.after.files) if change.after else []
    is_moved = change.status is Status.MOVED
    if before and after and not is_moved:
        yield Pair(before.pop(0), after.pop(0))
    if is_moved:
        yield from (Pair(*both) for both in zip(before, after, strict=True))
        return
    others = {file.path: file for file in after}
    for file in before:
        yield Pair(file, others.pop(file.path, None))
    yield from (Pair(None, file) for file in others.values())


def _with_files(version: Version | None, files: list[File | None]) -> Version | None:
    if version is None:
        return None
    seen = {file.path: file for file in files if file}
    return replace(version, files=tuple(seen.get(file.path, file) for file in version.files))


# -- approvals -------------------------------------------------------------------------------------


def _with_approvals(
    changes: list[Change],
    sides: tuple[Side, Side],
    *,
    repository: Repository,
    ends_: tuple[End, End],
    what: Changed,
) -> list[Change]:
    """The changes with who approved in this range, and whether they made the picture too."""
    places = [_approved_here(one, sides[1], what.paths) for one in changes]
    if not any(places):
        return changes
    authors = ends.authors(repository, *ends_)
    own: set[str] = set()
    if ends_[1].commit is None:
        with suppress(GitError):
            own.add(identity.identity(repository)[1].lower())
    uncommitted = repository.differing(what.paths) if own else set()
    found = []
    for change, is_here in zip(changes, places, strict=True):
        paths = _made_of(change, sides[1])
        known = None
        if authors is not None:
            known = frozenset(name for path in paths for name in authors.get(path, ()))
            known |= own if not uncommitted.isdisjoint(paths) else set()
        found.append(model.approved(change, is_here, known))
    return found


def _approved_here(change: Change, side: Side, paths: frozenset[str]) -> bool:
    after = change.after
    if after is None or after.asset_id is None or not after.is_approved:
        return False
    return side.approvals.at(after.asset_id) in paths


def _made_of(change: Change, side: Side) -> list[str]:
    """The files of a picture and its record."""
    after = change.after
    if after is None or after.asset_id is None:
        return []
    return [*(file.path for file in after.files), side.records.at(after.asset_id)]
