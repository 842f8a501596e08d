"""Assets that have two records: one is in a folder, and one is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assetgen.check.findings import Finding
from assetgen.plan import record_cures
from assetgen.plan.workspace import Workspace
from assetgen.record import record


def findings(project: Workspace, listed: Sequence[str]) -> Iterator[Finding]:
    """A finding for each second record of an asset; ``listed`` is every record of the tree."""
    ids = {record.id_at(path) for path in listed if record.is_in_folder(path)}
    paths = set(listed) if ids else set()
    for asset_id in sorted(one for one in ids if paths.issuperset(record.places(one))):
        path = project.recorded.second(asset_id)
        if path is None or project.holdings.unmerged([path]):
            continue
        counts = project.recorded.at(asset_id)
        known = record.usable(project.tree.read(path), path)
        yield Finding(
            path=path,
            code="record",
            message=f"is a second record of asset {asset_id}; {counts} counts",
            cure=record_cures.leaving(project.tree, path, known, ()),
        )
