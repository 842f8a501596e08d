"""A picture of one purchase beside the record of another, such as after a merge by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assetgen.cure import Cure, advice, command
from assetgen.fs.held import OTHER_SIDES, Held
from assetgen.record import record
from assetgen.record.record import Record, Unusable


def settling(held: Held, known: Record, found: Mapping[str, str]) -> Cure | None:
    """The commands that take files and record from one side; None if ``found`` is no purchase.

    ``found`` is path -> sha256 (hex) of the files that differ from the record ``known``.
    """
    sides = list(_sides(held, known.asset_id))
    of_files = next((one for one in sides if _is_of(one[1], known, found)), None)
    if of_files is None:
        return None
    cure = advice("{take} (takes the record of the file)", take=_taking(*of_files))
    if of_record := next((one for one in sides if one[1].original == known.original), None):
        take = _taking(*of_record)
        cure = advice("{cure}, or {take} (takes the file of the record)", cure=cure, take=take)
    return cure


def _is_of(side: Record, known: Record, found: Mapping[str, str]) -> bool:
    """Whether the files ``found`` are of the purchase that ``side`` records, not of ``known``."""
    is_other = side.original is not None and side.original != known.original
    return is_other and all(side.subject.get(path) == digest for path, digest in found.items())


def _taking(commit: str, side: Record) -> Cure:
    paths = [record.place(side.asset_id), *side.subject]
    return command(
        "git restore --source={commit} --staged --worktree -- {paths}", commit=commit, paths=paths
    )


def _sides(held: Held, asset_id: str) -> Iterator[tuple[str, Record]]:
    """(commit, record) of each version of an asset whose files a commit has with its record."""
    place = record.place(asset_id)
    for name in ("HEAD", *OTHER_SIDES):
        data = held.read(held.tree(name).get(place))
        if side := _whole(held, name, data, place):
            yield name, side
    for commit, data in held.earlier(place):
        if side := _whole(held, commit, data, place):
            yield commit[:12], side


def _whole(held: Held, commit: str, data: bytes | None, place: str) -> Record | None:
    """The record in ``data`` if ``commit`` has its files as it says."""
    try:
        side = record.read(data or b"", place)
    except Unusable:
        return None
    files = side.subject.items()
    is_whole = all(held.is_in_a_commit(path, digest, (commit,)) for path, digest in files)
    return side if is_whole else None
