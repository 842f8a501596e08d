"""Files into place: all of an image or none of it."""

from __future__ import annotations

from assetgen.errors import AssetgenError
from assetgen.generate.outcome import Outcome
from assetgen.pages.typed_module import renew
from assetgen.plan.workspace import Workspace


def after(project: Workspace, outcome: Outcome) -> None:
    """Renew the module after a run, if there is one; what keeps it from that is part of ``outcome``."""
    if project.manifest.project.emit is None:
        return
    try:
        outcome.module = renew(project).files
    except AssetgenError as exc:
        outcome.unemitted = exc
