"""From an id or any file of an asset to its provenance, and to what its route is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.errors import ManifestError, StorageError
from assetgen.manifest.schema import FORMATS
from assetgen.pages.published import unusable
from assetgen.plan import decide
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import record
from assetgen.record.record import Record, Unusable


@dataclass(frozen=True)
class Provenance:
    """The statement of one asset; ``decision`` is None if the manifest no longer wants it."""

    statement: dict[str, Any]
    decision: Decision | None


def find(root: Path, what: str, folder: Path) -> Provenance:
    """The provenance of the asset ``what``, or of the asset that the file ``what`` belongs to.

    Files are looked for from ``folder``, then from the project. Raises ManifestError or StorageError.
    """
    project = open_workspace(root)
    asset_id = _asset_id(project, what, folder)
    place = record.place(asset_id)
    data = project.tree.read(place)
    if data is None:
        cure = f"assetgen generate {asset_id}, or assetgen adopt {asset_id} FILE"
        raise StorageError(f"asset {asset_id!r} has no record yet", where=place, cure=cure)
    try:
        record.read(data, place)
    except Unusable as exc:
        raise unusable(place, exc) from None
    wanted = [asset for asset in project.manifest.asset if asset.id == asset_id]
    decision = decide.judge(project.wish(asset_id), project.world(), {}) if wanted else None
    return Provenance(record.statement(data), decision)


def _asset_id(project: Workspace, what: str, folder: Path) -> str:
    ids = {asset.id for asset in project.manifest.asset}
    known = {record.id_at(path) for path in project.records()}
    if what in ids | known:
        return what
    for base in (folder, project.root):
        path = (base / what).resolve()
        if path.is_relative_to(project.root.resolve()):
            name = path.relative_to(project.root.resolve()).as_posix()
            for asset_id in sorted(known):
                found = project.record(asset_id)
                if isinstance(found, Record) and name in found.subject:
                    return asset_id
    if (folder / what).is_file() and Path(what).suffix.lower() not in FORMATS:
        raise ManifestError(f"{what} is no picture", cure="assetgen show ID, or one of its files")
    if "." in what or ("/" in what and (project.root / what).exists()):
        raise ManifestError(
            f"no record speaks of {what}", where=what, cure=f"assetgen adopt ID {what}"
        )
    return project.manifest.find(what).id
