"""The commands that take a record out of the project, or replace one that contradicts itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from assetgen.cure import Cure, advice, command
from assetgen.fs import git_cures
from assetgen.fs.tree import Index, Tree
from assetgen.manifest.schema import Asset, targets
from assetgen.record import record
from assetgen.record.record import Record

#: Where records that git does not have are moved to, instead of removing them.
REMOVED = ".assetgen/removed"


def leaving(tree: Tree, place: str, known: Record | None, files: Sequence[str]) -> Cure:
    """The command that takes the record at ``place``, which no asset has, and its ``files`` out.

    What git has stays in its history; what it does not have goes to its stash. Without a commit
    there is no stash: then the record is moved aside.
    """
    held = tree.held
    subject = known.subject if known else {}
    own = [path for path in files if tree.digest(path) == subject.get(path)]
    if _is_as_committed(tree, place):
        same = [path for path in own if _is_as_committed(tree, path)]
        return command("git rm -- {paths}", paths=[place, *same])
    if not held.tree("HEAD"):
        return aside(tree, place)
    named = [place, *(path for path in own if path not in held.tree("HEAD"))]
    # git stash fails while a file is only intended to be added.
    return command(
        "git reset -q -- {reset} && git stash push -q --include-untracked -- {named}",
        reset=list(dict.fromkeys([*named, *held.intended])),
        named=named,
    )


def _is_as_committed(tree: Tree, path: str) -> bool:
    """Whether HEAD, the index and this tree have the same file, so that git removes it."""
    found = {tree.held.committed(path), tree.held.staged(path), tree.digest(path)}
    return None not in found and len(found) == 1


def aside(tree: Tree, place: str, files: Sequence[str] = ()) -> Cure:
    """The command that moves the record at ``place`` to a folder where it counts for no asset.

    Those of ``files`` that exist are moved with it.
    """
    work = tree.work if isinstance(tree, Index) else tree
    to = _unused(work, f"{record.id_at(place)}.json")
    folder = to.rpartition("/")[0]  # an id may have folders
    move = command("mkdir -p {folder} && mv -- {place} {to}", folder=folder, place=place, to=to)
    taken: set[str] = set()
    for path in files:
        if work.digest(path) is not None:
            to = _unused(work, path.rpartition("/")[2], taken)
            taken.add(to)
            also = command("mv -- {path} {to}", path=path, to=to)
            move = command("{move} && {also}", move=move, also=also)
    if place not in tree.held.index and place not in tree.held.intended:
        return move
    unstage = command("git reset -q -- {place}", place=place)
    if work.digest(place) is None:
        unstage = command("git restore -- {place} && {unstage}", place=place, unstage=unstage)
    return git_cures.joined(unstage, move) or move


def _unused(work: Tree, name: str, taken: Collection[str] = ()) -> str:
    """A path for a file in the folder of what was removed, where nothing is."""
    stem, dot, end = name.rpartition(".")
    to, number = f"{REMOVED}/{name}", 1
    while to in taken or work.digest(to) is not None:
        number += 1
        to = f"{REMOVED}/{stem}-{number}{dot}{end}"
    return to


def replacing(tree: Tree, place: str, asset: Asset, proves: Callable[[bytes], bool]) -> Cure:
    """The command that replaces the record of ``asset`` at ``place``, for free.

    It contradicts itself. ``proves`` says whether the bytes of a record agree with themselves and
    with its files.
    """
    if proves(tree.held.staged_bytes(place) or b""):
        return command("git restore -- {place}", place=place)
    for commit, data in tree.held.earlier(place):
        if proves(data):
            return command(
                "git restore --source={commit} -- {place}", commit=commit[:12], place=place
            )
    known = record.usable(tree.read(place), place)
    if asset.is_local and known and not known.is_brought:  # else nothing is drawn over the file
        return command("assetgen generate {asset_id} --force", asset_id=asset.id)
    if len(targets(asset)) > 1:  # its variants belong to no record once it is moved
        adopt = command("assetgen adopt {id} {path} --force", id=asset.id, path=asset.path)
    else:
        adopt = command("assetgen adopt {id} {path}", id=asset.id, path=asset.path)
    move = aside(tree, place)
    both = command("{move} && {adopt}", move=move, adopt=adopt)
    return advice("{both} (keeps the file, in a new record)", both=both)
