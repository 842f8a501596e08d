"""Commits exactly the files of assetgen, and nothing else that is staged or changed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import GitError
from assetgen.fs.git import Repository
from assetgen.fs.git_command import locked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


def commit(
    repository: Repository,
    written: Sequence[str],
    removed: Sequence[str],
    message: str,
    *,
    seen: Mapping[str, Sequence[str]] | None = None,
) -> str | None:
    """Commit ``written`` and ``removed``; other staged or changed files stay as they are.

    ``seen`` is their status, if git was asked after they changed. Returns the short id of the
    commit, None if there was nothing to commit. Raises GitError.
    """
    if words := repository.under_way():
        what = f"git is in the middle of {words}; the pictures are written but not committed"
        raise GitError(
            what,
            cure=advice(
                "finish {words}, then run: {generate}",
                words=words,
                generate=command("assetgen generate"),
            ),
        )
    if seen is None:
        seen = repository.status([*written, *removed])
    new = _new(repository, written, seen)
    # What is removed may be removed from the index too, as after git mv; then HEAD has it.
    paths = [*written, *(path for path in removed if path in seen)]
    try:
        if new:
            # Intent to add: the content is hashed once, by the commit itself.
            repository.git.index_paths("add", new, "-N")
        if _settled(repository, paths, seen) or not seen.keys() >= set(new):
            seen = repository.status(paths)
        if not any(path in seen for path in paths):
            return None
        _commit(repository, paths, message)
    except GitError:
        if new:
            with suppress(GitError):  # the index as it was
                repository.git.index_paths("rm", new, "-q", "--cached", "--ignore-unmatch")
        raise
    return repository.git.run("rev-parse", "--short", "HEAD")


def _new(
    repository: Repository, written: Sequence[str], seen: Mapping[str, Sequence[str]]
) -> list[str]:
    """Those of ``written`` that the index does not have. Raises GitError if git ignores one."""
    new = {path for path in written if "??" in seen.get(path, ())}
    # The status has neither what is as in HEAD nor what git ignores.
    unsure = [path for path in written if seen.get(path, _DROPPED) == _DROPPED]
    tracked = set(repository.tracked(unsure))
    unknown = [path for path in unsure if path not in tracked]
    refuse_ignored(repository, unknown)
    new.update(unknown)
    return [path for path in written if path in new]


# The status of a file that was removed from the index, if git ignores the one that exists.
_DROPPED = ["D "]


def settle(repository: Repository, paths: Sequence[str]) -> None:
    """Stage those of ``paths`` that are as in HEAD and differ only in the index. Raises GitError.

    A commit that was killed has moved the branch, and may not have written the index.
    """
    _settled(repository, paths, repository.status(paths))


def _settled(
    repository: Repository, paths: Sequence[str], seen: Mapping[str, Sequence[str]]
) -> bool:
    """Settle ``paths`` of this status; whether the index was changed."""
    unsettled = [path for path in paths if _differs_twice(seen.get(path, ()))]
    stale = set(unsettled) - _uncommitted(repository, unsettled) if unsettled else set()
    if stale:
        repository.git.index_paths("add", sorted(stale), "-A")
    return bool(stale)


def _differs_twice(codes: Sequence[str]) -> bool:
    """Whether the index differs from HEAD, and the file from the index: it may be as in HEAD."""
    is_staged = any(code[0] not in " ?" for code in codes)
    return is_staged and any(code[1] != " " for code in codes)


def _uncommitted(repository: Repository, paths: Collection[str]) -> set[str]:
    """Those of ``paths`` that are not in the working tree as they are in HEAD."""
    options = ("--name-only", "--relative", "--no-renames", "-z")
    own_only = ("--no-ext-diff", "--ignore-submodules=all")
    try:
        return set(paths).intersection(repository.git.listed("diff", *options, *own_only, "HEAD"))
    except GitError:  # there is no commit yet
        return set(paths)


def _commit(repository: Repository, paths: Sequence[str], message: str) -> None:
    options = ("-q", "--only", "--no-verify")
    if len(message) <= _LONGEST_ARGUMENT:
        repository.git.run_with_paths("commit", paths, *options, "-m", message)
        return
    import tempfile  # the trailers of a thousand pictures are too long for an argument

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "message")
        file.write_bytes(message.encode())
        repository.git.run_with_paths("commit", paths, *options, "-F", str(file))


# In characters.
_LONGEST_ARGUMENT = 8_000


def refuse_unwritable(repository: Repository) -> None:
    """Raise GitError if no commit can be written, as far as is known before anything is sent."""
    for place in repository.places(["refs/heads", "reftable", "objects", "index"]):
        folder = place if place.is_dir() else place.parent
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            raise GitError(
                f"git cannot write a commit: {folder} is not writable; nothing was sent",
                where=str(folder),
                cure=advice("make it writable, or add --no-commit"),
            )
    _refuse_broken(repository)


def _branch(repository: Repository) -> str | None:
    """The full name of the branch that HEAD names, None without one. Raises GitError.

    Only git knows where it keeps HEAD: the file of that name may be a stub.
    """
    ended = repository.git.ask("symbolic-ref", "-q", "HEAD")
    if ended.status == 1:  # HEAD is a commit
        return None
    if ended.status:
        raise repository.git.refusal(ended, "symbolic-ref")
    return os.fsdecode(ended.out).removesuffix("\n")


def _refuse_broken(repository: Repository) -> None:
    """Raise GitError for a lock that was left behind, and what git cannot read."""
    try:
        branch = _branch(repository)
    except GitError as exc:
        raise GitError(
            "git cannot write a commit: HEAD names no branch; nothing was sent",
            cure=advice("switch to a branch, or add --no-commit"),
        ) from exc
    # Where git keeps branches in tables, their files do not exist.
    locks = ["index.lock", "HEAD.lock", "reftable/tables.list.lock"]
    if branch:
        locks.append(f"{branch}.lock")
    for lock in repository.places(locks):
        if os.path.lexists(lock):
            raise locked(str(lock), "; nothing was sent")
    try:
        repository.git.run("ls-files", "--", ":(literal).assetgen/none")
    except GitError as exc:
        raise GitError(
            f"git cannot write a commit: {exc.what}; nothing was sent",
            cure=exc.cure
            or advice(
                "move {index} away and stage again what was staged, or add --no-commit",
                index=str(repository.place("index")),
            ),
        ) from exc


def refuse_ignored(repository: Repository, paths: Sequence[str]) -> None:
    """Raise GitError if one of ``paths`` cannot be committed because .gitignore excludes it."""
    if ignored := repository.git.ignored(paths):
        from assetgen.fs import git_cures

        what, cure = git_cures.ignored(ignored[0])
        raise GitError(what, where=ignored[0], cure=cure)
