"""The lines of .gitignore that a project needs for files that are built from records."""

from __future__ import annotations

from assetgen.plan import gitignore, standing
from assetgen.plan.workspace import Workspace


def of(project: Workspace) -> list[str]:
    """The lines of the block; none if no file is built from a record."""
    others = standing.baseline_of(project.tree).lines
    return gitignore.lines(project.manifest, project.places.origins, others)
