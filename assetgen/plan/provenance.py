"""Where an image came from: the record of an asset, by its id or any of its files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from msgspec import Struct

from assetgen.cure import ID, Cure, advice, command
from assetgen.errors import ManifestError, StorageError
from assetgen.manifest import naming
from assetgen.manifest.schema import DELIVERED, FORMATS
from assetgen.plan import decide
from assetgen.plan.approvals import Verdict
from assetgen.plan.decide import Decision
from assetgen.plan.unusable import settling
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import record
from assetgen.record.record import Record, Unusable


class Provenance(Struct, frozen=True):
    """The record of one asset; ``decision`` is None if the manifest does not list the asset."""

    statement: dict[str, Any]
    decision: Decision | None
    path: str
    """Where the record is."""
    approval: Verdict
    """Whether the picture is approved as it is."""


def find(root: Path, what: str, folder: Path) -> Provenance:
    """The provenance of the asset ``what``, or of the asset that the file ``what`` belongs to.

    A relative path is looked for in ``folder``, then in the project. Raises ManifestError or
    StorageError.
    """
    project = open_workspace(root)
    return _of_asset(project, _asset_id(project, what, folder))


def find_all(root: Path, pattern: str) -> list[Provenance]:
    """The provenance of each asset whose id matches; those without a record are left out.

    Raises ManifestError or StorageError.
    """
    project = open_workspace(root)
    named = naming.named(project.manifest, [pattern])
    recorded = project.recorded.ids()
    if recorded.keys().isdisjoint(named):
        what, cure = f"no asset that matches {pattern} has a record yet", command("assetgen plan")
        raise StorageError(what, where=record.FOLDER, cure=cure)
    return [_of_asset(project, asset_id) for asset_id in named if asset_id in recorded]


def _of_asset(project: Workspace, asset_id: str) -> Provenance:
    place, data = project.recorded.find(asset_id)
    if data is None and project.holdings.choices.at(asset_id):
        cure = command("assetgen pick {asset_id}", asset_id=asset_id)
        what = f"asset {asset_id!r} has no record yet: none of its candidates is picked"
        raise StorageError(what, where=place, cure=cure)
    if data is None:
        cure = advice(
            "{generate}, or {adopt}",
            generate=command("assetgen generate {asset_id}", asset_id=asset_id),
            adopt=command("assetgen adopt {asset_id} FILE", asset_id=asset_id),
        )
        raise StorageError(f"asset {asset_id!r} has no record yet", where=place, cure=cure)
    try:
        record.read(data, place)
    except Unusable as exc:
        raise unusable(project, asset_id, exc) from None
    is_listed = any(asset.id == asset_id for asset in project.manifest.asset)
    decision = decide.judge(project.wish(asset_id), project.world(), {}) if is_listed else None
    approvals = project.approvals
    verdict = approvals.verdict(decision) if decision else approvals.of(asset_id)
    return Provenance(record.statement(data), decision, place, approval=verdict)


def unusable(project: Workspace, asset_id: str, why: Unusable) -> StorageError:
    """The error for a record that cannot be used, with the command that settles it."""
    return StorageError(
        f"the record is not usable: {why}",
        where=project.recorded.at(asset_id),
        cure=settling(project, asset_id),
    )


def _asset_id(project: Workspace, what: str, folder: Path) -> str:
    listed = {asset.id for asset in project.manifest.asset}
    recorded = project.recorded.ids()
    if what in listed or what in recorded:
        return what
    for base in (folder, project.root):
        if asset_id := _owner(project, base / what, recorded):
            return asset_id
    if (folder / what).is_file() and Path(what).suffix.lower() not in DELIVERED:
        raise ManifestError(
            f"{what} is not an image",
            cure=advice(
                "{show}, or name one of its files", show=command("assetgen show {asset}", asset=ID)
            ),
        )
    if "." in what or ("/" in what and (project.root / what).exists()):
        raise ManifestError(
            f"no record mentions {what}", where=what, cure=_cure(project, what, folder)
        )
    return project.manifest.find(what).id


def _cure(project: Workspace, what: str, folder: Path) -> Cure:
    """How to record ``what`` if it is an image of the project, else where ids and files are."""
    file, root = (folder / what).resolve(), project.root.resolve()
    is_image = Path(what).suffix.lower() in FORMATS and file.is_file()
    if is_image and file.is_relative_to(root):
        return command("assetgen adopt {asset} {what}", what=what, asset=ID)
    return command("assetgen plan --all")


def _owner(project: Workspace, file: Path, recorded: Collection[str]) -> str | None:
    """The first asset whose record mentions ``file``."""
    path, root = file.resolve(), project.root.resolve()
    if not path.is_relative_to(root):
        return None
    name = path.relative_to(root).as_posix()
    for asset_id in sorted(recorded):
        found = project.record(asset_id)
        if isinstance(found, Record) and name in found.subject:
            return asset_id
    old = project.old_names.all.get(name)
    return old.asset if old and old.asset in recorded else None
