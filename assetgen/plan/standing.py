"""The baseline against the pictures that exist: unchanged, edited, moved, gone, new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from assetgen.errors import StorageError
from assetgen.fs import globs, held, lfs, paths
from assetgen.fs.tree import NOT_A_FILE, TOO_LARGE, Tree, WorkTree
from assetgen.manifest.schema import FORMATS
from assetgen.record import baseline as baselines
from assetgen.record.baseline import Baseline, Line

if TYPE_CHECKING:
    from assetgen.plan.workspace import Workspace

#: The extensions of what a baseline takes: images that assetgen makes, and others of web pages.
PICTURES = frozenset(FORMATS) | {".svg", ".gif", ".ico", ".bmp"}


@dataclass(frozen=True)
class Standing:
    """What has become of the pictures of a baseline, by path."""

    baseline: Baseline
    same: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    """The new path of each picture that has left its path and is found once elsewhere."""
    new: tuple[str, ...] = ()
    """The pictures in the output folders that nothing accounts for."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """The path of a picture of the baseline with the same bytes, for each new one that has one."""
    ignored: frozenset[str] = frozenset()
    """Other new pictures, which git ignores: they are on this machine only."""


def extension(path: str) -> str:
    """The extension of a path in lower case, with its dot; "." if it has none."""
    return "." + path.rpartition(".")[2].lower()


def baseline_of(tree: Tree) -> Baseline:
    """The baseline of a tree; one without lines if there is none."""
    return baselines.read(tree.read(baselines.FILE) or b"")


def watched_with(baseline: Baseline) -> frozenset[str]:
    """The extensions of the new pictures that check asks about, with this baseline."""
    return frozenset(FORMATS) | {extension(path) for path in baseline.lines}


def compare(project: Workspace, known: Set[str], *, watched: Set[str] | None = None) -> Standing:
    """What has become of each picture. Other things account for those that are ``known``.

    New pictures are those with an extension of ``watched``, by default of a format of assetgen or
    of one that the baseline lists. Reads what it has to; writes nothing.
    """
    tree = project.tree
    baseline = baseline_of(tree)
    is_ignored = globs.matcher(project.manifest.project.ignore)
    if watched is None:
        watched = watched_with(baseline)
    folders = project.manifest.project.outputs
    files = dict.fromkeys(path for folder in folders for path in tree.files(folder))
    asked = [path for path in baseline.lines if path not in known and not is_ignored(path)]
    inside = tuple(f"{folder}/" for folder in folders)
    there = [
        path
        for path in asked
        if path in files or (not path.startswith(inside) and _exists(tree, path))
    ]
    lost = _lost(tree, asked, there)
    tree.warm(there)
    same = [path for path in there if _is_same(tree, path, baseline)]
    found = [
        path
        for path in files
        if extension(path) in watched and path not in baseline.lines and path not in known
    ]
    new = [path for path in found if not is_ignored(path)]
    local = held.ignored(tree.held, new) if new and isinstance(tree, WorkTree) else frozenset()
    new = [path for path in new if path not in local]
    moved, copies = _placed(tree, baseline, new, lost=lost, same=same)
    arrived = set(moved.values())
    unchanged = set(same)
    return Standing(
        baseline,
        same=tuple(same),
        edited=tuple(path for path in there if path not in unchanged),
        gone=tuple(path for path in lost if path not in moved),
        moved=moved,
        new=tuple(path for path in new if path not in arrived),
        copies=copies,
        ignored=local,
    )


def _exists(tree: Tree, path: str) -> bool:
    """Whether a file outside the output folders exists; the verdict depends on it from now on."""
    try:
        found = tree.digest(path) is not None
    except StorageError:  # behind a link
        found = False
    if not found and isinstance(tree, WorkTree):
        tree.note_absence(path)
    return found


def _lost(tree: Tree, asked: Iterable[str], there: Iterable[str]) -> list[str]:
    """The pictures that do not exist, apart from those that a sparse checkout leaves out."""
    existing = set(there)
    lost = [path for path in asked if path not in existing]
    if isinstance(tree, WorkTree):
        return [path for path in lost if not tree.held.is_left_out(path)]
    return lost


def _is_same(tree: Tree, path: str, baseline: Baseline) -> bool:
    digests = baseline.digests(path)
    return tree.digest(path) in digests or (
        extension(path) == ".svg" and fingerprint(tree, path) in digests
    )


def _placed(
    tree: Tree, baseline: Baseline, new: list[str], lost: list[str], same: list[str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Where each lost picture is now, if that is certain; and of what new pictures are copies."""
    if not new or not baseline.lines:
        return {}, {}
    tree.warm(new)
    by_digest: dict[str, list[str]] = {}
    for path in new:
        by_digest.setdefault(fingerprint(tree, path) or "", []).append(path)
    left: dict[str, list[str]] = {}
    for path in lost:
        left.setdefault(baseline.first(path).sha256, []).append(path)
    moved: dict[str, str] = {}
    for digest, before in left.items():
        moved.update(paired(before, by_digest.get(digest, [])))
    arrived = set(moved.values())
    originals = {digest: path for path in reversed(same) for digest in baseline.digests(path)}
    copies = {
        path: originals[digest]
        for digest, paths in by_digest.items()
        if digest in originals
        for path in paths
        if path not in arrived
    }
    return moved, copies


def paired(before: list[str], after: list[str]) -> Mapping[str, str]:
    """The new path of each of some equal pictures: of the only one, or of all by their names.

    Empty if it is not certain which is which.
    """
    if len(before) == len(after) == 1:
        return {before[0]: after[0]}
    names = {PurePosixPath(path).name: path for path in after}
    pairs = {path: names.get(PurePosixPath(path).name, "") for path in before}
    is_certain = len(before) == len(after) == len(set(pairs.values()) - {""})
    return pairs if is_certain else {}


# -- one picture -----------------------------------------------------------------------------------


def fingerprint(tree: Tree, path: str) -> str | None:
    """sha256 (hex) of a picture as a baseline states it; None if it does not exist.

    An SVG file is text: its line ends count as LF, as git stores them, whatever a checkout made of
    them. A Git LFS pointer counts as the picture behind it.
    """
    if extension(path) != ".svg" or (tree.digest(path) in (None, NOT_A_FILE, TOO_LARGE)):
        return tree.digest(path)
    try:
        return lfs.digest_of(_with_lf(tree.read(path) or b""))
    except StorageError:  # too large to be read as text
        return tree.digest(path)


def line_of(tree: WorkTree, path: str) -> Line | None:
    """The line of a picture as it is now; None if it does not exist or is no regular file."""
    digest = tree.digest(path)
    if digest is None or digest in (NOT_A_FILE, TOO_LARGE):
        return None
    size = tree.rows[path][0][0] if path in tree.rows else lfs.POINTER_BYTES
    if extension(path) == ".svg" and size <= paths.MAX_INPUT_BYTES:
        data = _with_lf(tree.read(path) or b"")
        return Line(lfs.digest_of(data), lfs.size_of(data), path)
    if size <= lfs.POINTER_BYTES:
        size = lfs.size_of(tree.read(path) or b"")
    return Line(digest, size, path)


def _with_lf(data: bytes) -> bytes:
    """Text with the line ends that git stores; what git takes for binary stays as it is."""
    return data if b"\0" in data[:8000] else data.replace(b"\r\n", b"\n")
