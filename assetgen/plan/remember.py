"""What a run found out about files, kept for the next run, and what it said of the whole project.

One snapshot has the rows of all commands. What check or plan said is valid as long as all rows
hold, so a run that adds rows keeps what the other command said, if all rows from before hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from assetgen import snapshot, terminal, terms
from assetgen.errors import AssetgenError
from assetgen.fs import store
from assetgen.fs.tree import WorkTree
from assetgen.gitenv import find_repository
from assetgen.layouts import closure
from assetgen.manifest.schema import FILE
from assetgen.plan import leftover
from assetgen.plan.describe import all_fresh
from assetgen.plan.workspace import Workspace
from assetgen.record import candidates, record
from assetgen.settings.conditions import Conditions

# So many files are digested again by each run before their rows are worth a new snapshot.
_FEW = 64


def settled(tree: WorkTree, *, with_rest: bool = False) -> snapshot.Rows:
    """The rows of files that were not just written, whose next change shows in their stats.

    ``with_rest``: also those from before that this run did not need.
    """
    until = tree.taken_ns - snapshot.RACY_NS
    rows = tree.rows.items()
    found = {path: row for path, row in rows if row[1] and max(row[0][1], row[0][2]) <= until}
    if with_rest:
        found = {path: row for path, row in tree.before.items() if path not in tree.rows} | found
    return found


def checked(tree: WorkTree, message: str, until: int | None = None) -> None:
    """Store what check said if nothing is wrong, else ""; the next check is slower without it.

    At the time ``until``, in nanoseconds since 1970, it is no longer valid.
    """
    root = tree.root
    is_new = message or not tree.is_cached or _is_worth_it(tree)
    if is_new and store.can_cache(root) and _note_all(tree):
        rows, is_same = _rows(tree)
        plan = tree.said[1] if is_same else b""
        said = snapshot.said_until(message, until)
        snapshot.write(str(root), rows, tree.taken_ns, said, plan)


def planned(project: Workspace, conditions: Conditions, as_json: str | None = None) -> None:
    """Store what plan says if all images are fresh, so that the next plan answers at once.

    ``as_json`` is what it says with --json, if it was asked for that.
    """
    tree = project.tree
    assert isinstance(tree, WorkTree)
    message = _of_plan(project, tree, conditions)
    if not store.can_cache(tree.root) or not (message or _is_worth_it(tree)):
        return
    if not _note_all(tree):
        return
    root = str(tree.root)
    settled = tree.taken_ns - snapshot.RACY_NS
    known = terms.of(root, conditions.environ, settled) if message else None
    line = snapshot.plan_line(tree.taken_ns, message, known) if known else b""
    rows, is_same = _rows(tree)
    snapshot.write(root, rows, tree.taken_ns, tree.said[0] if is_same else "", line)
    # What gateways publish about their prices is not one of the terms.
    if any((asset.route or "").startswith("gateway:") for asset in project.manifest.asset):
        return
    if line and as_json is not None and terminal.is_harmless(as_json):
        snapshot.write_plan_as_json(root, tree.taken_ns, as_json)


def _of_plan(project: Workspace, tree: WorkTree, conditions: Conditions) -> str:
    """The line that is the whole plan; "" if it is longer, or rests on more than files."""
    if not project.is_all_fresh or tree.held.was_asked:  # no stat shows what git holds
        return ""
    if any(project.rebuilt.lacking(asset) for asset in project.manifest.asset):
        return ""
    if leftover.ids(project):
        return ""
    try:
        _ = conditions.catalog  # an entry that is not usable is an error each time
    except AssetgenError:
        return ""
    count = len(project.manifest.asset)
    return all_fresh(count) if count else ""


def _is_worth_it(tree: WorkTree) -> bool:
    """Whether many files were digested that the rows from before do not have."""
    before = tree.before
    new = sum(before.get(path) is not row for path, row in tree.rows.items())
    return new > _FEW


def _rows(tree: WorkTree) -> tuple[snapshot.Rows, bool]:
    """All rows that hold now, and whether all those from before still do."""
    found, seen = dict(tree.rows), 0
    for path, row in tree.before.items():
        own = found.get(path)
        if own is not None and own[0] == row[0]:
            seen += 1
            found[path] = own if own[1] else row
    rest = {path: row for path, row in tree.before.items() if path not in found}
    same = snapshot.unchanged(str(tree.root), rest)
    return same | found, seen + len(same) == len(tree.before)


def _note_all(tree: WorkTree) -> bool:
    """Make rows of everything that a verdict depends on and that nobody read through the tree."""
    root = tree.root
    index = list(_index_of(root))  # a merge can change the index and no file
    try:
        for place in (*index, *_watched(root)):
            name = place.relative_to(root).as_posix() if place.is_relative_to(root) else str(place)
            if place.is_dir() or place in index:
                tree.rows[name] = (snapshot.stats(place), b"")
            elif place.is_file():
                tree.digest(name)
        # Templates that ship are outside: what is above them changes for other reasons.
        own = [one for one in tree.straight if not os.path.isabs(one)]
        for folder in {above for one in own for above in _with_parents(one)}:
            tree.note(folder)  # it could become a link to the same files
    except (OSError, AssetgenError):
        return False
    return True


def _watched(root: Path) -> Iterator[Path]:
    """Where a new or removed name can change a verdict, and all templates."""
    yield root / FILE
    yield from filter(Path.is_dir, _folders(root))
    if closure.roots(root)[0] != root / "templates":
        yield root  # changes when the project gets templates of its own
    for templates in closure.roots(root):
        yield templates
        yield from sorted(templates.rglob("*"))


def _folders(root: Path) -> tuple[Path, ...]:
    return (root / ".assetgen", root / record.FOLDER, root / candidates.FOLDER)


def _index_of(root: Path) -> Iterator[Path]:
    """The index of the repository, or the folder that gets one; none without a repository."""
    if found := find_repository(str(root)):
        folder = Path(found[0])
        index = folder / "index"
        yield index if index.is_file() else folder


def _with_parents(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
