"""The ends of a comparison: BASE, BASE..HEAD or BASE...HEAD, and what git says changed between."""

from __future__ import annotations

import os
from dataclasses import dataclass

from assetgen.cure import Cure, advice, command
from assetgen.diff.model import End
from assetgen.errors import GitError
from assetgen.fs.git import Repository

WORKING_TREE = "working tree"
_GITLINK = "160000"


def ends_of(repository: Repository, said: str | None) -> tuple[End, End]:
    """The ends that a range means. Without one, HEAD and the working tree. Raises GitError."""
    text = said or "HEAD"
    for dots in ("...", ".."):
        base, found, head = text.partition(dots)
        if found:
            first, last = _commit(repository, base or "HEAD"), _commit(repository, head or "HEAD")
            if dots == "...":
                first = _merge_base(repository, first, last)
            return first, last
    return _commit(repository, text), End(WORKING_TREE, None)


def _commit(repository: Repository, name: str) -> End:
    """The commit that ``name`` means. Raises GitError."""
    asked = ("--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    ended = repository.git.ask("rev-parse", *asked)
    found = os.fsdecode(ended.out).strip()
    if ended.status == 0 and found:
        return End(name, found)
    if name == "HEAD":
        what = "there is no commit yet, so there is nothing to compare with"
        raise GitError(what, cure=advice("make a first commit"))
    raise GitError(
        f"git has no commit {name!r} here{_if_shallow(repository)}",
        where=name[:80],
        cure=_fetching(repository),
    )


def _if_shallow(repository: Repository) -> str:
    return ": this clone is shallow" if repository.is_shallow() else ""


def _fetching(repository: Repository) -> Cure:
    if repository.is_shallow():
        return advice(
            "{fetch}; in GitHub Actions, give actions/checkout fetch-depth: 0",
            fetch=command("git fetch --unshallow"),
        )
    return advice("name a commit or a branch, or {fetch}", fetch=command("git fetch --all"))


def _merge_base(repository: Repository, base: End, head: End) -> End:
    assert base.commit and head.commit
    ended = repository.git.ask("merge-base", base.commit, head.commit)
    found = os.fsdecode(ended.out).strip()
    if ended.status or not found:
        raise GitError(
            f"{base.name} and {head.name} have no common commit here{_if_shallow(repository)}",
            cure=_fetching(repository),
        )
    return End(f"merge base of {base.name} and {head.name}", found)


@dataclass(frozen=True)
class Changed:
    """The paths that differ between two ends, and submodules that do."""

    paths: frozenset[str]
    submodules: tuple[str, ...]


def changed(repository: Repository, base: End, head: End) -> Changed:
    """What git says differs, below the project. Raises GitError."""
    assert base.commit
    commits = [base.commit, *([head.commit] if head.commit else [])]
    rows = repository.git.listed(
        "diff",
        "--raw",
        "-z",
        "--no-abbrev",
        "--relative",
        "--no-renames",
        "--no-ext-diff",
        "--ignore-submodules=dirty",
        *commits,
        "--",
    )
    paths: set[str] = set()
    submodules: list[str] = []
    for about, path in zip(rows[::2], rows[1::2], strict=True):
        old, new = about.removeprefix(":").split(" ")[:2]
        if _GITLINK in (old, new):
            submodules.append(path)
        else:
            paths.add(path)
    if head.commit is None:
        paths.update(repository.git.listed("ls-files", "-o", "--exclude-standard", "-z"))
    return Changed(frozenset(paths), tuple(submodules))


def authors(repository: Repository, base: End, head: End) -> dict[str, frozenset[str]] | None:
    """The addresses, in lower case, of who changed each path between two ends.

    None if this clone does not have all of these commits. Merges count for what they change
    themselves.
    """
    assert base.commit
    top = head.commit or "HEAD"
    options = ("--format=%x01%aE", "--name-only", "--relative", "--no-renames", "-z")
    own_only = ("--no-show-signature", "--no-ext-diff", "--ignore-submodules=all")
    listed = repository.git.listed("log", *options, *own_only, f"{base.commit}..{top}", "--")
    if repository.is_shallow() and _reaches_end(repository, f"{base.commit}..{top}"):
        return None
    found: dict[str, set[str]] = {}
    author = ""
    for row in listed:
        text = row.lstrip("\n")
        if text.startswith("\x01"):
            author = text[1:].partition("\n")[0].lower()
        elif text:
            found.setdefault(text, set()).add(author)
    return {path: frozenset(names) for path, names in found.items()}


def _reaches_end(repository: Repository, commits: str) -> bool:
    """Whether a range has a commit whose parents are not in this clone."""
    place = repository.place("shallow")
    try:
        ends = set(place.read_text().split())
    except OSError:
        return False
    return not ends.isdisjoint(repository.git.run("rev-list", commits).split())
