"""The files of several assets stay as they are: one commit for all that a pattern names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import StorageError
from assetgen.generate import adopt
from assetgen.generate.commit import commit
from assetgen.generate.options import Options
from assetgen.generate.outcome import Outcome
from assetgen.manifest import naming
from assetgen.plan.decide import State
from assetgen.plan.workspace import open_workspace

#: The states in which an asset has files of its own that may be kept.
_KEPT = (State.EDITED, State.STALE)


def accept_all(
    root: Path, pattern: str, options: Options, environ: Mapping[str, str] = os.environ
) -> Outcome:
    """Accept the edited and stale files of every asset whose id matches ``pattern``.

    Raises AssetgenError for the first that cannot be accepted; those before it are.
    """
    environ = dict(environ)  # opening the repository removes git's variables from the process
    project = open_workspace(root)
    named = set(naming.named(project.manifest, [pattern]))
    due = [one.asset.id for one in project.decide() if one.asset.id in named and one.state in _KEPT]
    if not due:
        raise StorageError(
            f"no asset that matches {pattern} is edited or stale; there is nothing to accept",
            cure=advice("nothing to do: {plan}", plan=command("assetgen plan {one}", one=pattern)),
        )
    whole = Outcome()
    try:
        for asset_id in due:
            done = adopt.accept(root, asset_id, Options(commit=False), environ)
            whole.made += done.made
            whole.module, whole.schema = done.module, done.schema or whole.schema
            whole.module_gone += done.module_gone
            whole.baseline = whole.baseline or done.baseline
    finally:
        if options.commit and project.manifest.project.commit:
            commit(root, environ, whole)
    return whole
