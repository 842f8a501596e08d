"""The commands of git that write files again and settle what is not merged."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from assetgen.cure import Cure, advice, command
from assetgen.fs.git import Repository, states
from assetgen.fs.held import OTHER_SIDES, Held, ignored_of

_THEIRS = 3
#: So many files of a folder are named in a command.
_MOST_NAMED = 6


class Side(Struct, frozen=True):
    """One side of a merge: the command that takes an asset from it, and the side's name."""

    command: Cure
    name: str


def joined(first: Cure | None, then: Cure | None) -> Cure | None:
    """One command after the other, or the one that there is."""
    if first and then:
        return command("{first} && {then}", first=first, then=then)
    return first or then


def restoring(held: Held, files: Mapping[str, str]) -> Cure | None:
    """The command that writes ``files``, path -> sha256 (hex), into the working tree again.

    None if git does not have each of them.
    """
    staged = [path for path, digest in files.items() if held.staged(path) == digest]
    rest = [path for path in files if path not in staged]
    if not all(held.committed(path) == files[path] for path in rest):
        return None
    return joined(
        command("git restore -- {staged}", staged=staged) if staged else None,
        command("git restore --staged --worktree -- {rest}", rest=rest) if rest else None,
    )


def ignored(path: str) -> tuple[str, Cure]:
    """What is wrong with a file that .gitignore keeps from being committed, and the fix."""
    cure = advice(
        "remove the rule from .gitignore, or run: {generate}",
        generate=command("assetgen generate --no-commit"),
    )
    return f"{path} is ignored by .gitignore, so it cannot be committed", cure


def other_case(twin: str, path: str) -> tuple[str, Cure]:
    """What is wrong with a file that git takes for ``twin``, in other case, and the fix."""
    what = f"git has {twin} and ignores case here, so {path} cannot be committed"
    return what, advice(
        'write "{twin}", as it is in the repository, or choose another path', twin=twin
    )


def other_record(twin: str, path: str) -> tuple[str, Cure]:
    """The same for the record of an asset: its path follows from the id, which has no capitals."""
    what, _ = other_case(twin, path)
    return what, advice("choose another id, or rename {twin} in the repository", twin=twin)


def adding(held: Held, paths: Sequence[str]) -> Cure:
    """The command that stages ``paths``, ignored or outside a sparse checkout as they may be."""
    sparse = held.repository is not None and is_sparse(held.repository)
    is_forced = bool(ignored_of(held, paths))
    if held.repository is not None and not (is_forced or sparse):
        paths = shorter(held.repository, paths)
    return staging(paths, is_forced=is_forced, needs_sparse=sparse)


def shorter(repository: Repository, paths: Sequence[str]) -> list[str]:
    """``paths`` with a folder in place of many files, where nothing else in it has changed."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        groups[path.partition("/")[0]].append(path)
    found: list[str] = []
    for group in groups.values():
        folder = posixpath.commonpath([posixpath.dirname(path) for path in group])
        is_long = len(group) > _MOST_NAMED and folder
        is_whole = is_long and _changed_below(repository, folder) <= set(group)
        found += [folder] if is_whole else group
    return found


def is_sparse(repository: Repository) -> bool:
    """Whether its working tree is a sparse checkout."""
    return repository.is_on("core.sparseCheckout")


def staging(paths: Sequence[str], *, is_forced: bool = False, needs_sparse: bool = False) -> Cure:
    """``git add`` with the options that ignored files and a sparse checkout need."""
    if is_forced and needs_sparse:
        return command("git add -f --sparse -- {paths}", paths=paths)
    if is_forced:
        return command("git add -f -- {paths}", paths=paths)
    if needs_sparse:
        return command("git add --sparse -- {paths}", paths=paths)
    return command("git add -- {paths}", paths=paths)


def _changed_below(repository: Repository, folder: str) -> set[str]:
    """The files in a folder that differ from the index, or are new."""
    return {path for path, code in states(repository, ["--", folder]) if code[1] != " "}


def sides(held: Held, paths: Sequence[str]) -> list[Side]:
    """For each side of the merge, the command that takes all of ``paths`` from it."""
    other = next((name for name in OTHER_SIDES if held.tree(name)), None)
    theirs = _taking(held, other, paths) if other else _taking_theirs(held, paths)
    found = [("HEAD", _taking(held, "HEAD", paths)), (other or "the other side", theirs)]
    return [Side(cure, name) for name, cure in found if cure]


def _taking(held: Held, commit: str, paths: Sequence[str]) -> Cure | None:
    """The command that sets ``paths`` to what they are in ``commit``."""
    there = [path for path in paths if path in held.tree(commit)]
    gone = [path for path in paths if path not in there and path in held.index]
    return joined(
        command(
            "git restore --source={commit} --staged --worktree -- {there}",
            commit=commit,
            there=there,
        )
        if there
        else None,
        command("git rm -q -f -- {gone}", gone=gone) if gone else None,
    )


def _taking_theirs(held: Held, paths: Sequence[str]) -> Cure | None:
    """The same where no commit has the other side, such as after ``git stash pop``."""
    torn = held.unmerged(paths)
    there = [path for path in torn if _THEIRS in held.index[path].blobs]
    gone = [path for path in torn if path not in there]
    return joined(
        command("git checkout --theirs -- {there} && {add}", there=there, add=adding(held, there))
        if there
        else None,
        command("git rm -q -- {gone}", gone=gone) if gone else None,
    )
