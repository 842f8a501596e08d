"""Refining: a step is added to assets.toml and bought, or the last one is taken out again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from msgspec import structs

from assetgen.cure import advice, command
from assetgen.errors import ManifestError, StorageError, UnsupportedOption
from assetgen.fs.git import Repository
from assetgen.fs.lock import locked
from assetgen.generate import one_asset, performer
from assetgen.generate.options import Options
from assetgen.generate.outcome import Observer, Outcome
from assetgen.manifest import parse, refine_entries
from assetgen.manifest.schema import FILE, Asset
from assetgen.paid import forecast, journal, limits
from assetgen.plan import settle
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.wish import Wish, earlier
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record
from assetgen.settings.conditions import Conditions, load_conditions


@dataclass(frozen=True)
class Asked:
    """A step: what changes, where (pixels of the image, or a mask), and of how many to pick."""

    say: str
    box: tuple[int, int, int, int] | None = None
    mask: Path | None = None
    candidates: int | None = None


def refine(
    root: Path,
    asset_id: str,
    asked: Asked,
    options: Options,
    environ: Mapping[str, str] = os.environ,
    conditions: Conditions | None = None,
    observer: Observer | None = None,
) -> Outcome:
    """Add a step to an asset and buy its image.

    assets.toml stays as it was, if nothing was bought and nothing may be billed. Raises
    AssetgenError; nothing was sent then, or the outcome is in the log.
    """
    environ, conditions = dict(environ), conditions or load_conditions(environ, root)
    with locked(root, options.patience):
        project = one_asset.opened(root, asset_id, conditions, options)
        decision = one_asset.judged(project, asset_id)
        _refuse_unready(project, decision)
        step = _entry(root, asked)
        before, after = refine_entries.read(root), refine_entries.add(root, asset_id, step)
        wish = _refuse_unsupported(project, asset_id, after).wish
        mask = str(step["mask"]) if asked.mask else None
        also = _to_commit(root, environ, mask)
        refine_entries.write(root, after)
    is_kept = False
    try:
        how = replace(options, ids=(asset_id,), also=also)
        outcome = performer.generate(root, how, environ, observer, conditions)
        is_kept = bool(outcome.made) or outcome.is_done
    finally:
        if not (is_kept or _may_be_billed(root, wish)):
            _restore(root, after, before)
    return outcome


def priced(
    root: Path, asset_id: str, asked: Asked, conditions: Conditions, options: Options
) -> Decision:
    """The decision that ``refine`` would perform, with its estimate; nothing is written or sent.

    Raises AssetgenError for what ``refine`` would refuse.
    """
    project = one_asset.opened(root, asset_id, conditions, options)
    _refuse_unready(project, one_asset.judged(project, asset_id))
    after = refine_entries.add(root, asset_id, _entry(root, asked))
    decision = _refuse_unsupported(project, asset_id, after)
    limits.refuse_excess([decision], conditions.config)
    return decision


def undo(
    root: Path,
    asset_id: str,
    options: Options,
    environ: Mapping[str, str] = os.environ,
    conditions: Conditions | None = None,
) -> Outcome:
    """Take the last step of an asset out again, and put the image before it into place: for free.

    Raises AssetgenError; nothing is written then.
    """
    environ, conditions = dict(environ), conditions or load_conditions(environ, root)
    with locked(root, options.patience):
        project = one_asset.opened(root, asset_id, conditions, options)
        if not project.manifest.find(asset_id).refine:
            raise ManifestError(
                f"{asset_id} has no step to take out",
                where=f"{FILE}, asset {asset_id}",
                cure=command("assetgen plan {id}", id=asset_id),
            )
        after = refine_entries.undo(root, asset_id)
        _use(project, asset_id, after)
        decision = one_asset.judged(project, asset_id)
        if decision.action not in (Action.DERIVE, Action.NOTHING, Action.CHOOSE):
            raise _not_free(decision)
        also = _to_commit(root, environ, None)
        refine_entries.write(root, after)
    return performer.generate(
        root, replace(options, ids=(asset_id,), also=also), environ, None, conditions
    )


# -- before anything is written --------------------------------------------------------------------


def _refuse_unready(project: Workspace, decision: Decision) -> None:
    """Raise the error for an image that is not there as assets.toml asks for it."""
    asset, where = decision.asset, f"{FILE}, asset {decision.asset.id}"
    if not asset.is_painted:
        raise UnsupportedOption(
            f"route {asset.route!r} cannot refine: {one_asset.why_unpainted(asset)}",
            where=where,
            cure=advice("choose a route that paints, or change the values of the layout"),
        )
    if decision.state is not State.FRESH:
        raise StorageError(
            f"{asset.id} is {decision.state}: only an image that is as assets.toml asks can be "
            "refined",
            where=where,
            cure=settle.cure(decision),
        )
    known = project.record(asset.id)
    if isinstance(known, Record) and known.reason == "accepted":
        raise StorageError(
            f"{asset.id} was edited by hand, so its original is another image",
            where=where,
            cure=advice(
                "{adopt} (makes the file the original)",
                adopt=command("assetgen adopt {id} {path} --force", id=asset.id, path=asset.path),
            ),
        )


def _entry(root: Path, asked: Asked) -> dict[str, Any]:
    """The step as assets.toml has it. Raises ManifestError for a mask outside the project."""
    step: dict[str, Any] = {"say": asked.say}
    if asked.box:
        step["box"] = list(asked.box)
    if asked.mask is not None:
        whole = Path(os.path.abspath(asked.mask))
        if not whole.is_relative_to(root) and whole.parent.exists():
            whole = Path(os.path.realpath(whole.parent), whole.name)
        if not whole.is_relative_to(os.path.realpath(root)) and not whole.is_relative_to(root):
            raise ManifestError(
                f"the mask {asked.mask} is outside the project, and a clone would not have it",
                cure=advice("copy it into the project, for example into assets/"),
            )
        base = root if whole.is_relative_to(root) else Path(os.path.realpath(root))
        step["mask"] = whole.relative_to(base).as_posix()
    if asked.candidates is not None:
        step["candidates"] = asked.candidates
    return step


def _refuse_unsupported(project: Workspace, asset_id: str, data: bytes) -> Decision:
    """The decision with the new step. Raises the error for which its image could not be bought."""
    _use(project, asset_id, data)
    decision = one_asset.judged(project, asset_id)
    if decision.problem is None and decision.action is Action.DRAW:
        decision = forecast.with_problem(project, decision)
    if decision.problem is not None:
        raise decision.problem
    return decision


def _use(project: Workspace, asset_id: str, data: bytes) -> None:
    """Let the asset have the steps that it has in the manifest ``data``."""
    changed = parse.parse(data).find(asset_id)
    project.use(
        structs.replace(
            project.manifest,
            asset=tuple(_as_in(one, changed) for one in project.manifest.asset),
        )
    )


def _as_in(asset: Asset, changed: Asset) -> Asset:
    return structs.replace(asset, refine=changed.refine) if asset.id == changed.id else asset


def _not_free(decision: Decision) -> StorageError:
    return StorageError(
        f"the image of {decision.asset.id} before its last step is not stored here, and would have "
        "to be bought again; nothing was changed",
        where=f"{FILE}, asset {decision.asset.id}",
        cure=advice("run the same command in the clone where it was bought"),
    )


# -- what is committed, and what is put back -------------------------------------------------------


def _to_commit(root: Path, environ: Mapping[str, str], mask: str | None) -> tuple[str, ...]:
    """What is committed with the image: assets.toml if nobody else has changed it, and the mask."""
    repository = Repository.open(root, environ)
    if repository is None:
        return ()
    seen = repository.status([FILE, *([mask] if mask else [])])
    return (*(() if FILE in seen else (FILE,)), *([mask] if mask in seen else ()))


def _may_be_billed(root: Path, wish: Wish) -> bool:
    """Whether the log has a purchase of the step that is not settled."""
    keys = {key for one in (wish, *earlier(wish)) for key in one.keys}
    return any(entry.want in keys for entry in journal.read_open(root))


def _restore(root: Path, after: bytes, before: bytes) -> None:
    """Write assets.toml as it was, unless somebody else has changed it meanwhile."""
    with locked(root):
        if refine_entries.read(root) == after:
            refine_entries.write(root, before)
