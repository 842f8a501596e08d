"""A project opened for one asset, as pick and refine need it."""

from __future__ import annotations

from pathlib import Path

from assetgen.fs.tree import WorkTree
from assetgen.generate.options import Options
from assetgen.manifest.schema import Asset
from assetgen.plan import decide
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions


def opened(root: Path, asset_id: str, conditions: Conditions, options: Options) -> Workspace:
    """The project, with the mistakes of other assets set aside. Raises AssetgenError."""
    tree = WorkTree(root, environ=conditions.environ, cached=options.cached)
    return Workspace(root, tree, conditions, only=[asset_id], commits=options.commit)


def judged(project: Workspace, asset_id: str) -> Decision:
    """The decision on an asset, whatever becomes of the others."""
    return decide.judge(project.wish(asset_id), project.world(), {})


def why_unpainted(asset: Asset) -> str:
    """Why an asset that no route paints has no other image than its own."""
    return "nothing draws it" if asset.is_adopted else "a layout always gives the same image"
