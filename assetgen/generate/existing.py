"""``adopt --existing``: the pictures that a repository has already, taken into its baseline."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError, GitError, StorageError
from assetgen.fs import commits, git_cures, globs, held, paths, store
from assetgen.fs.git import Repository
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.manifest.schema import FILE as MANIFEST
from assetgen.manifest.schema import listed_paths, targets
from assetgen.plan import standing
from assetgen.plan.standing import PICTURES, Standing
from assetgen.plan.wish import rests_on
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import baseline
from assetgen.record.baseline import FILE, Baseline, Line
from assetgen.record.record import Record


@dataclass
class Taken:
    """What ``adopt --existing`` did to the lines of the baseline, by path."""

    total: int = 0
    """The number of lines that the baseline has now."""
    added: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    """Pictures that were changed since they were taken."""
    moved: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    """Pictures that are gone, that have a record now, or that project.ignore matches."""
    repaired: tuple[str, ...] = ()
    """What was wrong with the text of the baseline."""
    left: dict[str, str] = field(default_factory=dict)
    """Pictures that were not taken, and why."""
    is_written: bool = False
    commit: str | None = None
    uncommitted: AssetgenError | None = None
    to_add: Cure | None = None
    """The command that stages the baseline, where the commit is left to the user."""
    is_staged: bool = False
    """Whether the baseline is staged, for the commit that the user prepares."""

    @property
    def exit_code(self) -> int:
        return self.uncommitted.exit_code if self.uncommitted else 0


@dataclass(frozen=True)
class _Accounted:
    """The files that something else than the baseline accounts for."""

    recorded: frozenset[str]
    listed: frozenset[str]
    """Files of assets."""
    made_from: frozenset[str]
    """The files that assets are made from."""

    @property
    def known(self) -> frozenset[str]:
        return self.recorded | self.listed | self.made_from

    @classmethod
    def of(cls, project: Workspace) -> _Accounted:
        known = map(project.record, project.recorded.ids())
        recorded = {path for one in known if isinstance(one, Record) for path in one.subject}
        made_from = {path for one in project.decide() for path in rests_on(one.wish)}
        return cls(frozenset(recorded), listed_paths(project.manifest), frozenset(made_from))


def adopt_existing(
    root: Path,
    files: Sequence[Path] = (),
    *,
    merge: bool = False,
    commit: bool = True,
    environ: Mapping[str, str] = os.environ,
) -> Taken:
    """Take pictures into the baseline as they are: ``files``, or all that nothing accounts for.

    With ``merge``, none: only what happened to the lines is settled. In each case, lines follow
    pictures that were moved, and lines of pictures that are gone or recorded are dropped.

    Raises AssetgenError; nothing is written then.
    """
    environ = dict(environ)  # opening the repository removes git's variables from the process
    with locked(root):
        project = open_workspace(root)
        tree = project.tree
        assert isinstance(tree, WorkTree)
        accounted = _Accounted.of(project)
        is_ignored = globs.matcher(project.manifest.project.ignore)
        named = [_named(project, accounted, file, is_ignored) for file in files]
        is_partial = bool(named) or merge
        seen = standing.compare(project, accounted.known, watched=None if is_partial else PICTURES)
        local = held.ignored(tree.held, named) if named else seen.ignored
        named = [path for path in named if path not in local]
        writer = _Writer(project, tree, seen, Taken(repaired=seen.baseline.faults))
        writer.taken.left.update(dict.fromkeys(sorted(local), "git ignores it"))
        lines = writer.lines(accounted, named if is_partial else (*seen.new, *seen.edited))
        taken = writer.taken
        taken.total = len(lines)
        data = baseline.write(lines)
        current = tree.read(FILE)
        if data != (current or b"").replace(b"\r\n", b"\n"):
            store.write(root, FILE, data)
            taken.is_written = True
        if current is not None or taken.is_written:
            _commit(project, taken, environ, is_wanted=commit)
        return taken


def count(root: Path) -> tuple[int, int]:
    """The number of pictures that ``adopt_existing`` would add, and of those that check reports.

    Raises AssetgenError.
    """
    project = open_workspace(root)
    known = _Accounted.of(project).known
    seen = standing.compare(project, known, watched=PICTURES)
    asked = standing.watched_with(seen.baseline)
    return len(seen.new), sum(standing.extension(path) in asked for path in seen.new)


def _named(
    project: Workspace, accounted: _Accounted, file: Path, is_ignored: Callable[[str], bool]
) -> str:
    """The path of a file that the user names. Raises StorageError if it cannot be a line."""
    whole = Path(os.path.abspath(file))
    if not whole.is_relative_to(project.root):  # the folder may be reached through a link
        whole = Path(os.path.realpath(whole.parent), whole.name)
    if not whole.is_relative_to(project.root):
        raise StorageError(f"{file} is outside the project", cure=advice("name a picture in it"))
    path = whole.relative_to(project.root).as_posix()
    if standing.extension(path) not in PICTURES or path.startswith((".git/", ".assetgen/")):
        known = ", ".join(sorted(PICTURES))
        raise StorageError(f"{path} is not a picture ({known})", cure=advice("name a picture"))
    paths.refuse_links(project.root, path)
    if path in accounted.recorded or path in accounted.listed:
        raise _of_asset(project, path, is_recorded=path in accounted.recorded)
    if is_ignored(path):
        raise StorageError(
            f"project.ignore matches {path}, so it needs no line in the baseline",
            where=path,
            cure=advice("to have it there, change the pattern in {file}", file=MANIFEST),
        )
    tree = project.tree
    is_there = isinstance(tree, WorkTree) and standing.line_of(tree, path) is not None
    if not is_there and path not in standing.baseline_of(tree).lines:
        raise StorageError(f"{path} is not a file", where=path, cure=advice("name a picture"))
    return path


def _of_asset(project: Workspace, path: str, *, is_recorded: bool) -> StorageError:
    """The error for a picture that has a better origin than the baseline states."""
    owner = next(
        (a.id for a in project.manifest.asset if path in [one.path for one in targets(a)]), None
    )
    if owner is None or is_recorded:
        what = f"{path} has a record, which says where it came from"
        return StorageError(what, where=path, cure=command("assetgen show {path}", path=path))
    return StorageError(
        f"{path} belongs to asset {owner}",
        where=path,
        cure=command("assetgen adopt {owner} {path}", owner=owner, path=path),
    )


@dataclass
class _Writer:
    """Works out the lines of the new baseline, and notes in ``taken`` what becomes of each."""

    project: Workspace
    tree: WorkTree
    seen: Standing
    taken: Taken

    def lines(self, accounted: _Accounted, wanted: Iterable[str]) -> list[Line]:
        """The lines as they will be: those that still hold, and the pictures to add or renew."""
        before, seen = self.seen.baseline, self.seen
        kept = {path: self._kept(before, path) for path in (*seen.same, *seen.edited)}
        listed = (accounted.listed | accounted.made_from) - accounted.recorded
        kept |= {path: before.first(path) for path in before.lines if path in listed}
        for old, new in seen.moved.items():
            line = before.first(old)
            kept[new] = Line(line.sha256, line.size, new)
            self.taken.moved[old] = new
        dropped = (path for path in before.lines if path not in kept and path not in seen.moved)
        self.taken.dropped += self._not_left_out(dropped, kept)
        renewed = set(seen.edited)
        pending = [p for p in dict.fromkeys(wanted) if p not in kept or p in renewed]
        self.tree.warm(pending)
        for path in pending:
            now = standing.line_of(self.tree, path)
            if now is not None:
                kept[path] = now
                (self.taken.renewed if path in renewed else self.taken.added).append(path)
            elif path not in before.lines:
                self.taken.left[path] = "it is a link, or larger than any picture"
        return list(kept.values())

    def _kept(self, before: Baseline, path: str) -> Line:
        """The line of a picture; of several, the one that it still matches."""
        known = before.lines[path]
        digests = (self.tree.digest(path), standing.fingerprint(self.tree, path))
        return next((line for line in known if line.sha256 in digests), known[0])

    def _not_left_out(self, dropped: Iterable[str], kept: dict[str, Line]) -> Iterator[str]:
        """Those of ``dropped`` that no sparse checkout leaves out; those are ``kept``."""
        for path in list(dropped):
            if path not in self.seen.gone and self.tree.held.is_left_out(path):
                kept[path] = self.seen.baseline.first(path)
            else:
                yield path


# -- the commit ------------------------------------------------------------------------------------


def _commit(
    project: Workspace, taken: Taken, environ: Mapping[str, str], *, is_wanted: bool
) -> None:
    """Commit the baseline with the pictures of its changed lines, as ``adopt`` commits its own."""
    changed = [*taken.added, *taken.renewed, *taken.moved.values()]
    add: Cure | None = None
    try:
        repository = Repository.open(project.root, environ)
        if repository is None:
            return
        differing = repository.differing([FILE, *changed])
        written = [FILE, *(path for path in changed if path in differing)]
        removed = [*taken.moved, *taken.dropped]
        removed = [path for path in removed if not os.path.lexists(project.root / path)]
        staged = [*(written if differing else ()), *repository.tracked(removed)]
        add = git_cures.adding(project.tree.held, staged) if staged else None
        is_wanted = is_wanted and project.manifest.project.commit
        if not is_wanted or "GIT_INDEX_FILE" in environ or repository.under_way():
            taken.to_add = add
            return
        if _is_any_staged(project, [*taken.added, *taken.renewed]):
            commits.refuse_ignored(repository, [FILE])
            repository.git.index_paths("add", [FILE])
            taken.is_staged = True
            return
        store.note_commit(project.root, [*written, *removed])
        taken.commit = commits.commit(repository, written, removed, "assetgen: baseline\n")
        store.note_commit(project.root, ())
    except GitError as exc:
        taken.uncommitted = exc
        taken.to_add = add


def _is_any_staged(project: Workspace, paths: Iterable[str]) -> bool:
    """Whether the next commit of the user changes one of the pictures: he has chosen its files."""
    index, before = project.tree.held.index, project.tree.held.tree("HEAD")
    staged = (path for path in paths if path in index)
    return any(index[path].blobs.get(0) != before.get(path) for path in staged)
