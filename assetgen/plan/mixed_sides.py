"""A picture of one purchase beside the record of another, such as after a merge by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from assetgen.cure import Cure, advice, command
from assetgen.fs.held import OTHER_SIDES, Held, bytes_at
from assetgen.fs.lfs import digest_of
from assetgen.record import record
from assetgen.record.record import Record


def settling(held: Held, known: Record, found: Mapping[str, str]) -> Cure | None:
    """The commands that take files and record from one side; None if ``found`` is no purchase.

    ``found`` is path -> sha256 (hex) of the files that differ from the record ``known``.
    """
    asset_id = known.asset_id
    of_files = next(_sides(held, asset_id, lambda side: _is_of(side, known, found)), None)
    if of_files is None:
        return None
    cure = advice("{take} (takes the record of the file)", take=_taking(*of_files))
    of_known = _sides(held, asset_id, lambda side: side.original == known.original)
    if of_record := next(of_known, None):
        take = _taking(*of_record)
        cure = advice("{cure}, or {take} (takes the file of the record)", cure=cure, take=take)
    return cure


def _is_of(side: Record, known: Record, found: Mapping[str, str]) -> bool:
    """Whether the files ``found`` are of the purchase that ``side`` records, not of ``known``."""
    is_other = side.original is not None and side.original != known.original
    return is_other and all(side.subject.get(path) == digest for path, digest in found.items())


def _taking(commit: str, side: Record) -> Cure:
    paths = [side.path, *side.subject]
    return command(
        "git restore --source={commit} --staged --worktree -- {paths}", commit=commit, paths=paths
    )


def _sides(
    held: Held, asset_id: str, fits: Callable[[Record], bool]
) -> Iterator[tuple[str, Record]]:
    """(commit, record) of each version of an asset that ``fits``, and that a commit has whole."""
    places = dict.fromkeys(record.places(asset_id))
    of_now = (
        (name, place, bytes_at(held, name, place))
        for name in ("HEAD", *OTHER_SIDES)
        for place in places
    )
    earlier = (
        (commit[:12], place, data) for place in places for commit, data in held.earlier(place)
    )
    for commit, place, data in chain(of_now, earlier):
        side = record.usable(data, place)
        if side and fits(side) and _is_whole(held, commit, side):
            yield commit, side


def _is_whole(held: Held, commit: str, side: Record) -> bool:
    """Whether ``commit`` has the files of ``side`` as it says: few, so no tree is listed."""
    found = ((bytes_at(held, commit, path), digest) for path, digest in side.subject.items())
    return all(data is not None and digest_of(data) == digest for data, digest in found)
