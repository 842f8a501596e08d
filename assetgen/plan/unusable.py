"""What settles that a record is not usable, for every command that says so."""

from __future__ import annotations

from assetgen.cure import Cure
from assetgen.errors import AssetgenError
from assetgen.plan import record_cures
from assetgen.plan.reasons import adopting
from assetgen.plan.workspace import Workspace


def settling(project: Workspace, asset_id: str) -> Cure:
    """The command for the record of ``asset_id``, which cannot be used."""
    if asset_id not in project.paths:
        return record_cures.leaving(project.tree, project.recorded.at(asset_id), None, ())
    try:
        return project.holdings.replacing(project.wish(asset_id))
    except AssetgenError as exc:  # until that is fixed, nothing says what was bought
        kept = project.holdings.record(asset_id)
        return kept.cure if kept else exc.cure or adopting(asset_id, project.paths[asset_id])
