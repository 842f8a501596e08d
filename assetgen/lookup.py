"""From an id or any file of an asset to its provenance, and to what its route is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen import derive, plan, record, render, routes
from assetgen.delivered import Delivered
from assetgen.delivered import of as of_record
from assetgen.errors import ManifestError, StorageError, UnsupportedOption
from assetgen.manifest import FORMATS
from assetgen.plan import Decision
from assetgen.project import Project
from assetgen.record import Measured, Record, Unusable
from assetgen.routes import Job
from assetgen.terms import Terms
from assetgen.tree import WorkTree

if TYPE_CHECKING:
    from assetgen.provider import Provider
    from assetgen.wire import Request


@dataclass(frozen=True)
class Found:
    """The statement of one asset; ``decision`` is None if the manifest no longer wants it."""

    statement: dict[str, Any]
    decision: Decision | None


def find(root: Path, what: str, folder: Path) -> Found:
    """The provenance of the asset ``what``, or of the asset that the file ``what`` belongs to.

    Files are looked for from ``folder``, then from the project. Raises ManifestError or StorageError.
    """
    project = Project(root, WorkTree(root))
    asset_id = _asset_id(project, what, folder)
    place = record.place(asset_id)
    data = project.tree.read(place)
    if data is None:
        cure = f"assetgen generate {asset_id}, or assetgen adopt {asset_id} FILE"
        raise StorageError(f"asset {asset_id!r} has no record yet", where=place, cure=cure)
    try:
        record.read(data, place)
    except Unusable as exc:
        raise _unusable(place, exc) from None
    wanted = [asset for asset in project.manifest.asset if asset.id == asset_id]
    decision = plan.judge(project.wish(asset_id), project.world(), {}) if wanted else None
    return Found(record.statement(data), decision)


def _asset_id(project: Project, what: str, folder: Path) -> str:
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
        raise ManifestError(f"no record speaks of {what}", where=what, cure=f"assetgen adopt ID {what}")
    return project.manifest.find(what).id


def _unusable(place: str, why: Unusable) -> StorageError:
    return StorageError(f"the record is not usable: {why}", where=place, cure=f"git checkout -- {place}")


def delivered(project: Project, asset_id: str) -> Delivered:
    """The files of an asset as they lie there, measured. Raises ManifestError or StorageError if one is not there."""
    asset = project.manifest.find(asset_id)
    known, cure = project.record(asset_id), f"assetgen generate {asset_id}"
    if isinstance(known, Unusable):
        raise _unusable(record.place(asset_id), known)
    if known is None and (project.root / asset.path).exists():
        what = f"{asset.path} has no record: nobody can say where it came from"
        raise StorageError(what, where=f"asset {asset_id}", cure=f"assetgen adopt {asset_id} {asset.path}")
    found = of_record(asset, known) if known else None
    if known is None or found is None:
        raise StorageError(f"{asset.path} has not been made", where=f"asset {asset_id}", cure=cure)
    for file in found.files:
        digest = project.tree.digest(file.path)
        if digest is None:
            raise StorageError(f"{file.path} is not there", where=f"asset {asset_id}", cure=cure)
        if digest != known.subject[file.path]:
            found = found.with_file(_measured(project, file))
    return found


def _measured(project: Project, file: Measured) -> Measured:
    """A file that was changed since it was made, as it is now."""
    seen = derive.facts(project.tree.read(file.path) or b"")
    return Measured(file.path, seen.width, seen.height, seen.format)


def page(root: Path, asset_id: str) -> str:
    """The self-contained HTML page of a local asset. Raises an AssetgenError."""
    from assetgen.routes import local

    project = Project(root, WorkTree(root))
    return render.standalone(local.order(_job(project, asset_id)))


def is_local(root: Path, asset_id: str) -> bool:
    """Whether an asset is drawn here. Raises ManifestError."""
    return Project(root, WorkTree(root)).manifest.find(asset_id).is_local


def request(root: Path, asset_id: str, conditions: Terms) -> tuple[Provider, Request]:
    """What a paid route would send for an asset, and where to. Raises UnsupportedOption for other routes."""
    project = Project(root, WorkTree(root), conditions)
    asset = project.manifest.find(asset_id)
    if not routes.is_paid(asset.route):
        raise UnsupportedOption(
            f"what route {asset.route!r} would send cannot be shown by this version", where=f"asset {asset_id}"
        )
    gateway = project.manifest.gateway.get((asset.route or "").removeprefix("gateway:"))
    provider = conditions.provider(asset.route or "", gateway.channel if gateway else None)
    return provider, routes.load_paid(asset.route or "").request(_job(project, asset_id), provider)


def _job(project: Project, asset_id: str) -> Job:
    wish = project.wish(asset_id)
    palette, font = plan.palette_and_font(project.manifest, wish.asset)
    return Job(wish, palette, font, project.fonts(), project.read_input, project.root, lambda _reference: None)
