"""Commits exactly the files of assetgen, and nothing else that is staged or changed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import GitError
from assetgen.fs import git_cures
from assetgen.fs.git import Repository
from assetgen.fs.git_command import locked


def commit(
    repository: Repository, written: Sequence[str], removed: Sequence[str], message: str
) -> str | None:
    """Commit ``written`` and ``removed``; other staged or changed files stay as they are.

    Returns the short id of the commit, None if there was nothing to commit. Raises GitError.
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
    refuse_ignored(repository, written)
    tracked = set(repository.tracked([*written, *removed]))
    new = [path for path in written if path not in tracked]
    if new:
        # Intent to add: the content is hashed once, by the commit itself.
        repository.git.index_paths("add", new, "-N")
    # What is removed may be removed from the index too, as after git mv; then HEAD has it.
    paths = [*written, *_known(repository, removed, tracked)]
    try:
        settle(repository, paths)
        if not repository.differing(paths):
            return None
        _commit(repository, paths, message)
    except GitError:
        with suppress(GitError):  # the index as it was
            repository.git.index_paths("rm", new, "-q", "--cached", "--ignore-unmatch")
        raise
    return str(repository.git.run("rev_parse", "--short", "HEAD"))


def _known(repository: Repository, removed: Sequence[str], tracked: set[str]) -> list[str]:
    """Those of ``removed`` that the index or HEAD has."""
    if tracked.issuperset(removed):
        return list(removed)
    differing = repository.differing(removed)
    return [path for path in removed if path in tracked or path in differing]


def settle(repository: Repository, paths: Sequence[str]) -> None:
    """Stage those of ``paths`` that are as in HEAD and differ only in the index. Raises GitError.

    A commit that was killed has moved the branch, and may not have written the index.
    """
    differing = repository.differing(paths)
    if differing and (stale := differing - _uncommitted(repository, differing)):
        repository.git.index_paths("add", sorted(stale), "-A")


def _uncommitted(repository: Repository, paths: Collection[str]) -> set[str]:
    """Those of ``paths`` that are not in the working tree as they are in HEAD."""
    options = ("--name-only", "--relative", "--no-renames", "-z")
    own_only = ("--no-ext-diff", "--ignore-submodules=all")
    try:
        return set(paths).intersection(repository.git.listed("diff", *options, *own_only, "HEAD"))
    except GitError:  # there is no commit yet
        return set(paths)


def _commit(repository: Repository, paths: Sequence[str], message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # A file: the trailers of a thousand pictures are too long for an argument.
        file = Path(folder, "message")
        file.write_bytes(message.encode())
        options = ("-q", "--only", "--no-verify", "-F", str(file))
        repository.git.run_with_paths("commit", paths, *options)


def refuse_unwritable(repository: Repository) -> None:
    """Raise GitError if no commit can be written, as far as is known before anything is sent."""
    for name in ("refs/heads", "reftable", "objects", "index"):
        place = repository.place(name)
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
    try:
        return str(repository.git.run("symbolic_ref", "-q", "HEAD"))
    except GitError as exc:
        if getattr(exc.__cause__, "status", None) == 1:  # HEAD is a commit
            return None
        raise


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
    for name in locks:
        lock = repository.place(name)
        if os.path.lexists(lock):
            raise locked(str(lock), "; nothing was sent")
    try:
        repository.git.run("ls_files", "--", ":(literal).assetgen/none")
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
    if ignored := repository.ignored(paths):
        what, cure = git_cures.ignored(ignored[0])
        raise GitError(what, where=ignored[0], cure=cure)
