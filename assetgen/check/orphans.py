"""Records of assets that the manifest no longer lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from assetgen.check.findings import Finding
from assetgen.cure import Cure, command
from assetgen.manifest.schema import FILE
from assetgen.plan import leftover, record_cures
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record, Unusable


def findings(
    project: Workspace, subjects: Mapping[str, Sequence[str]], owned: set[str]
) -> Iterator[Finding]:
    """A finding for each orphan; ``subjects`` are the files that each record lists.

    ``owned`` are the files of assets.
    """
    gone = [asset_id for asset_id in subjects if asset_id not in project.places.numbers]
    pruning = _pruning(project, gone, owned)
    for asset_id in gone:
        path = project.recorded.at(asset_id)
        found = project.record(asset_id)
        known = found if isinstance(found, Record) else None
        files = [name for name in subjects[asset_id] if name not in owned]
        what = f"belongs to asset {asset_id!r}, which is not in {FILE}"
        if isinstance(found, Unusable):
            if project.holdings.unmerged([path]):
                continue  # it is settled first
            what += f", and is not usable: {found}"
        yield Finding(
            path=path,
            code="orphan",
            message=what,
            cure=pruning.get(asset_id) or record_cures.leaving(project.tree, path, known, files),
        )


def _pruning(project: Workspace, gone: Sequence[str], owned: set[str]) -> Mapping[str, Cure]:
    """The command that removes all orphans of a collection that has several, by their ids."""
    of: defaultdict[str, list[str]] = defaultdict(list)
    for known in map(project.record, gone):
        if isinstance(known, Record) and known.collection and _is_plain(project, known, owned):
            of[known.collection].append(known.asset_id)
    return {
        asset_id: command("assetgen generate --prune {pattern}", pattern=leftover.pattern(ids))
        for ids in of.values()
        if len(ids) > 1
        for asset_id in ids
    }


def _is_plain(project: Workspace, known: Record, owned: set[str]) -> bool:
    """Whether no file of an orphan was changed, so that it can be removed."""
    files = {path: digest for path, digest in known.subject.items() if path not in owned}
    found = ((project.tree.digest(path), digest) for path, digest in files.items())
    return all(now is None or now == digest for now, digest in found)
