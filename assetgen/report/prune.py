"""What generate --prune removed, or would remove, and what it kept."""

from __future__ import annotations

import json
from typing import IO, Any

from assetgen.generate.prune import Pruning
from assetgen.report.text import MOST, console, error, error_json, show_cure
from assetgen.text import clean


def show(found: Pruning, stream: IO[str], *, as_json: bool, verb: str = "removed") -> None:
    """Print each orphan that is removed, and each that stays with the reason and the cure."""
    if as_json:
        stream.write(json.dumps(_json(found), indent=2) + "\n")
        return
    out = console(stream)
    for one in found.removed[:MOST]:
        files = ", ".join(one.files) or "its files were gone"
        out.print(clean(f"{verb} {one.asset_id}: {files}"))
    if len(found.removed) > MOST:
        out.print(f"{verb} ... and {len(found.removed) - MOST} more")
    for kept in found.kept:
        out.print(clean(f"kept {kept.asset_id}: {kept.error.what}"))
        show_cure(kept.error.cure, out)
    parts = [f"{len(found.removed)} {verb}", f"{len(found.kept)} kept"]
    if found.commit:
        parts.append(f"committed as {found.commit}")
    out.print(", ".join(parts))
    if found.uncommitted:
        error(found.uncommitted, stream)


def _json(found: Pruning) -> dict[str, Any]:
    return {
        "removed": [
            {"id": one.asset_id, "files": list(one.files), "record": one.record}
            for one in found.removed
        ],
        "kept": [{"id": one.asset_id, **error_json(one.error)} for one in found.kept],
        "commit": found.commit,
        "uncommitted": error_json(found.uncommitted) if found.uncommitted else None,
    }
