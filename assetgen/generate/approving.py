"""A person approves pictures, or takes an approval back: one small file each, and one commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError, GitError, ManifestError, StorageError, TrustError
from assetgen.fs import identity, store
from assetgen.fs.git import Repository
from assetgen.fs.lock import locked
from assetgen.generate.commit import commit_approvals
from assetgen.manifest import naming
from assetgen.manifest.schema import FILE
from assetgen.plan import settle
from assetgen.plan.decide import Decision, State
from assetgen.plan.describe import describe
from assetgen.plan.rebuilt import BUILDING
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import approval
from assetgen.record.approval import Approval, By
from assetgen.record.record import Record
from assetgen.settings import agents
from assetgen.settings.conditions import Conditions
from assetgen.text import clean


@dataclass(frozen=True)
class Approved:
    """One picture with its approval."""

    asset_id: str
    place: str
    """Where the approval is."""
    approval: Approval
    is_new: bool
    """Whether it was approved now, not before."""


@dataclass
class Approving:
    """What was approved, and the commit of it."""

    done: list[Approved] = field(default_factory=list)
    by: By | None = None
    commit: str | None = None
    """The short id of the commit that was made."""
    uncommitted: AssetgenError | None = None
    """Why nothing was committed, where it failed."""
    codeowners: str = ""
    """The line that makes the owners of the repository agree to each approval."""
    is_owned: bool = False
    """Whether the repository has such a line already."""

    @property
    def exit_code(self) -> int:
        return self.uncommitted.exit_code if self.uncommitted else 0


@dataclass
class Revoking:
    """The approvals that were taken back."""

    done: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """id -> the paths of its approvals, which do not exist any more."""
    commit: str | None = None
    uncommitted: AssetgenError | None = None

    @property
    def exit_code(self) -> int:
        return self.uncommitted.exit_code if self.uncommitted else 0


# -- approve ---------------------------------------------------------------------------------------


def approve(
    root: Path,
    names: Sequence[str],
    conditions: Conditions,
    *,
    note: str = "",
    commit: bool = True,
    seen: Mapping[str, str] | None = None,
) -> Approving:
    """Approve the pictures that ``names`` mean, ids or patterns: all of them, or none.

    An approval that holds already stays as it is. ``seen`` is the sha256 (hex) of the main file of
    an asset that was looked at, by its id. Raises AssetgenError; TrustError if an agent runs this,
    StorageError if a file is another than was seen. Nothing is written then.
    """
    refuse_agents(conditions)
    note = _sound(note)
    with locked(root):
        project = open_workspace(root, only=names)
        ids = naming.named(project.manifest, names)
        repository = _repository(root, conditions)
        by = By(**dict(zip(("name", "email"), identity.identity(repository), strict=True)))
        is_to_commit = commit and project.manifest.project.commit
        chosen = _chosen(project, ids)
        _refuse_unseen(project, chosen, seen or {})
        if is_to_commit:
            _refuse_under_way(repository, conditions)
            _refuse_unclean(project, repository, chosen)
        result = Approving(by=by)
        stale: list[str] = []
        for decision in chosen:
            one, gone = _written(project, decision, by=by, at=conditions.clock(), note=note)
            result.done.append(one)
            stale += gone
        if is_to_commit:
            written = [one.place for one in result.done]
            new = [one.asset_id for one in result.done if one.is_new] or list(ids)
            try:
                result.commit = commit_approvals(
                    root, conditions.environ, "approve", new, written=written, removed=stale
                )
            except GitError as exc:
                result.uncommitted = GitError(
                    f"the approval is written and not committed: {exc.what}",
                    where=exc.where,
                    cure=advice("correct that, then run the same command again"),
                )
        result.codeowners, result.is_owned = _ownership(project, repository)
        return result


def refuse_agents(conditions: Conditions) -> None:
    """Raise TrustError if the environment says that an agent runs this."""
    if found := agents.sign_of(conditions.environ):
        agent, sign = found
        raise TrustError(
            f"{agent} runs this command ({sign}): only a person approves a picture",
            cure=advice("look at the picture, and run this command yourself in a terminal"),
        )


def _sound(note: str) -> str:
    """``note`` as it is written. Raises ManifestError if it is too long."""
    text = clean(note).strip()
    if len(text) > approval.MAX_NOTE:
        what = f"the note has {len(text)} characters, and {approval.MAX_NOTE} are allowed"
        raise ManifestError(what, where="--note", cure=advice("shorten it"))
    return text


def _repository(root: Path, conditions: Conditions) -> Repository:
    repository = Repository.open(root, conditions.environ)
    if repository is None:
        what = "there is no git repository here, so no one can tell who approves"
        raise GitError(what, where=str(root), cure=command("git init"))
    return repository


def _chosen(project: Workspace, ids: Sequence[str]) -> list[Decision]:
    """The decisions of ``ids``. Raises the error of the first that cannot be approved."""
    of = {one.asset.id: one for one in project.decide()}
    chosen = [of[asset_id] for asset_id in ids]
    for decision in chosen:
        _refuse(project, decision)
    return chosen


def _refuse(project: Workspace, decision: Decision) -> None:
    """Raise StorageError unless the picture is as recorded and as requested."""
    asset = decision.asset
    if decision.state is not State.FRESH:
        why = describe(decision)
        raise StorageError(
            f"asset {asset.id} is {decision.state}, so there is nothing to approve"
            + (f": {why}" if why else ""),
            where=asset.path,
            cure=settle.cure(decision),
        )
    if project.rebuilt.lacking(asset):
        what = f"the files of asset {asset.id} are not built, so no one can look at them"
        raise StorageError(what, where=asset.path, cure=BUILDING)


def _refuse_unseen(project: Workspace, chosen: Sequence[Decision], seen: Mapping[str, str]) -> None:
    """Raise StorageError if a file changed after it was looked at."""
    for decision in chosen:
        path, known = decision.asset.path, seen.get(decision.asset.id)
        if known is not None and project.tree.digest(path) != known:
            what = f"{path} has changed since it was shown"
            raise StorageError(what, where=path, cure=advice("look at it again"))


def _refuse_under_way(repository: Repository, conditions: Conditions) -> None:
    """Raise GitError where no commit can be made, before anything is written."""
    words = repository.under_way()
    if "GIT_INDEX_FILE" in conditions.environ:
        words = "a commit"
    if words:
        raise GitError(
            f"git is in the middle of {words}, so no approval can be committed",
            cure=advice("finish {words}, then run the same command again", words=words),
        )


def _refuse_unclean(project: Workspace, repository: Repository, chosen: Sequence[Decision]) -> None:
    """Raise GitError if what is approved is not committed, so that no commit has what it is for."""
    paths = [FILE]
    for decision in chosen:
        paths += () if decision.asset.is_rebuilt else decision.paths
        paths.append(project.recorded.at(decision.asset.id))
    seen = repository.status(paths)
    if unclean := [path for path in paths if path in seen]:
        also = f" (and {len(unclean) - 1} more files)" if len(unclean) > 1 else ""
        raise GitError(
            f"{unclean[0]} has changes that are not committed{also}: an approval is for what "
            "everybody can see",
            where=unclean[0],
            cure=command(
                "git add -- {paths} && git commit -m {message} -- {paths}",
                paths=unclean,
                message="Change pictures",
            ),
        )


def _written(
    project: Workspace, decision: Decision, *, by: By, at: str, note: str
) -> tuple[Approved, list[str]]:
    """The approval of one picture, in its place; and the paths of others that it replaced."""
    asset_id = decision.asset.id
    old = project.approvals.at(asset_id)
    known = project.approvals.of(asset_id)
    if old and known.is_approved and known.approval:
        return Approved(asset_id, old, known.approval, is_new=False), []
    of = project.record(asset_id)
    assert isinstance(of, Record)  # it is fresh
    place = approval.beside(project.recorded.place(asset_id))
    said = approval.of(of, by, at=at, note=note)
    store.write(project.root, place, approval.write(said))
    gone = [path for path in approval.places(asset_id) if path != place and path == old]
    for path in gone:
        store.remove(project.root, path)
    return Approved(asset_id, place, said, is_new=True), gone


# -- code owners -----------------------------------------------------------------------------------

#: Where GitHub looks for it. Source: docs.github.com, "About code owners".
_CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


def _ownership(project: Workspace, repository: Repository) -> tuple[str, bool]:
    """The line for CODEOWNERS, and whether the repository has one for this folder."""
    folder = f"/{repository.prefix()}{approval.FOLDER}/"
    top = Path(repository.git.place[1])
    for name in _CODEOWNERS:
        try:
            text = (top / name).read_text("utf-8", "replace")
        except OSError:
            continue
        words = (line.split() for line in text.splitlines())
        if any(line[:1] and line[0].strip("/") == folder.strip("/") for line in words):
            return f"{folder} @OWNER", True
    return f"{folder} @OWNER", False


# -- revoke ----------------------------------------------------------------------------------------


def revoke(
    root: Path, names: Sequence[str], conditions: Conditions, *, commit: bool = True
) -> Revoking:
    """Take approvals back, also those of assets that do not exist any more.

    Raises AssetgenError; ManifestError if there is no such approval.
    """
    with locked(root):
        project = open_workspace(root)
        found = {one: tuple(_own(project, one)) for one in _named(project, names)}
        paths = [path for own in found.values() for path in own]
        repository = Repository.open(root, conditions.environ)
        is_to_commit = commit and project.manifest.project.commit and repository is not None
        if is_to_commit and repository:
            _refuse_under_way(repository, conditions)
        for path in paths:
            store.remove(root, path)
        result = Revoking(found)
        if is_to_commit:
            try:
                result.commit = commit_approvals(
                    root, conditions.environ, "revoke", list(found), removed=paths
                )
            except GitError as exc:
                result.uncommitted = GitError(
                    f"the approval is removed, and that is not committed: {exc.what}",
                    where=exc.where,
                    cure=advice("correct that, then commit the removal of {paths}", paths=paths),
                )
        return result


def _named(project: Workspace, names: Sequence[str]) -> Sequence[str]:
    """The ids that have an approval and that ``names`` mean. Raises ManifestError."""
    approved = list(dict.fromkeys(approval.id_at(path) for path in project.approvals.paths))
    plain = [name for name in names if not naming.is_pattern(name)]
    for name in plain:
        if name not in approved:
            listed = name in project.paths or bool(project.manifest.find(name))
            assert listed  # find raises ManifestError for another
            what = f"asset {name} has no approval that could be taken back"
            raise ManifestError(what, where=approval.FOLDER, cure=_showing(name))
    found = naming.matching(approved, names)
    if not found:
        what = f"no approval is for an id that matches {' '.join(names)}"
        raise ManifestError(what, where=approval.FOLDER, cure=command("assetgen plan --all"))
    return found


def _showing(asset_id: str) -> Cure:
    show = command("assetgen show {asset_id}", asset_id=asset_id)
    return advice("nothing to do: {show}", show=show)


def _own(project: Workspace, asset_id: str) -> Iterator[str]:
    for path in dict.fromkeys(approval.places(asset_id)):
        if path in project.approvals.paths:
            yield path
