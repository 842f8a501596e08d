"""Picking: one of the candidates of an asset goes into place, as if it alone had been bought."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from assetgen.cure import Cure, advice, command
from assetgen.errors import GitError, ManifestError, StorageError, UnsupportedOption
from assetgen.fs import originals, store
from assetgen.fs.git import Repository
from assetgen.fs.lock import locked
from assetgen.generate import one_asset, placing, statement
from assetgen.generate.commit import commit
from assetgen.generate.making import Maker
from assetgen.generate.options import Options
from assetgen.generate.outcome import Made, Outcome, Picture
from assetgen.generate.placing import Superseded
from assetgen.generate.selection import refuse_claimed
from assetgen.plan import choices, cost, provenance, settle
from assetgen.plan.choices import Found, Option
from assetgen.plan.decide import Decision, State
from assetgen.plan.describe import reason_in_words
from assetgen.plan.files import stated_in
from assetgen.plan.routing import Drawn, Job
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace
from assetgen.record import candidates
from assetgen.record.record import Record, Unusable
from assetgen.record.schema import Candidate, Statement
from assetgen.settings.conditions import Conditions, load_conditions


def offered(project: Workspace, asset_id: str) -> tuple[Option, ...]:
    """The candidates from which one can be picked, numbered.

    Raises UnsupportedOption for an asset that has none by its route, StorageError if there are
    none of what assets.toml asks for.
    """
    asset = project.manifest.find(asset_id)
    if not asset.is_painted:
        raise UnsupportedOption(
            f"route {asset.route!r} has no candidates: only painted images are picked",
            where=f"asset {asset_id}",
            cure=command("assetgen generate {asset_id}", asset_id=asset_id),
        )
    wish, found = project.wish(asset_id), project.holdings.choices
    if torn := project.holdings.unmerged((*wish.paths, *stated_in(asset))):
        raise StorageError(settle.unsettled(torn.paths), where=f"asset {asset_id}", cure=torn.cure)
    known = project.record(asset_id)
    if isinstance(known, Unusable):  # it may say what was bought
        raise provenance.unusable(project, asset_id, known)
    pending = found.pending(wish)
    if isinstance(pending, Unusable):
        path = found.at(asset_id) or found.place(asset_id)
        what = f"its candidates cannot be read: {pending}"
        raise StorageError(what, where=path, cure=choices.restoring(path))
    options = found.options(wish)
    if not options:
        raise _none(project, wish)
    return options


def _none(project: Workspace, wish: Wish) -> StorageError:
    """The error for an asset without candidates of what it asks for now."""
    found, asset_id = project.holdings.choices, wish.asset.id
    at = found.at(asset_id)
    file = found.read(at) if at else None
    cure = command("assetgen generate {asset_id} --candidates 4", asset_id=asset_id)
    if not isinstance(file, candidates.CandidatesFile):
        return StorageError("it has no candidates", where=f"asset {asset_id}", cure=cure)
    changes = wish.intent.changes(file.choices[-1].intent)
    words = "; ".join(reason_in_words(*one) for one in changes[:3])
    what = f"its candidates were bought for something else: {words}"
    undo = advice("change assets.toml back, or {buy}", buy=cure)
    return StorageError(what, where=f"asset {asset_id}", cure=undo)


def pick(
    root: Path,
    asset_id: str,
    which: str,
    options: Options,
    environ: Mapping[str, str] = os.environ,
    conditions: Conditions | None = None,
) -> Outcome:
    """Put a candidate into place and record all of them; ``which`` is its number or its sha256.

    Raises AssetgenError; nothing is written then.
    """
    environ = dict(environ)  # opening the repository removes git's variables from the process
    conditions = conditions or load_conditions(environ, root)
    with locked(root, options.patience):
        store.sweep(root)
        project = one_asset.opened(root, asset_id, conditions, options)
        every = offered(project, asset_id)
        chosen = choices.numbered(every, which)
        if chosen is None:
            raise ManifestError(
                f"there is no candidate {which[:80]!r}; there are 1 to {len(every)}",
                where=f"asset {asset_id}",
                cure=command("assetgen pick {asset_id}", asset_id=asset_id),
            )
        decision = one_asset.judged(project, asset_id)
        _refuse_to_replace(project, decision, force=options.force)
        data = bytes_of(project, asset_id, chosen, environ)
        made, left = _placed(project, decision, chosen, every=every, data=data)
        outcome = Outcome(made=[made], baseline=left, manifest=project.manifest)
        outcome.others = len(project.others)
        placing.after(project, outcome)
        if options.commit and project.manifest.project.commit:
            commit(root, environ, outcome)
        return outcome


def _refuse_to_replace(project: Workspace, decision: Decision, *, force: bool) -> None:
    """Raise StorageError if a file would be lost that assetgen did not make."""
    if decision.state in (State.FOREIGN, State.EDITED) and not force:
        raise StorageError(
            settle.why_left(decision),
            where=f"asset {decision.asset.id}",
            cure=_forcing(decision),
        )
    if not force:
        refuse_claimed(project, decision)


def _forcing(decision: Decision) -> Cure:
    return advice(
        "move {path} to another folder to keep it, or pick with --force (overwrites it)",
        path=decision.reasons[0].field,
    )


def bytes_of(
    project: Workspace, asset_id: str, option: Option, environ: Mapping[str, str]
) -> bytes:
    """The original of a candidate. Raises StorageError that says where it was bought."""
    digest = option.candidate.sha256
    if (data := originals.read(project.root, digest)) is not None:
        return data
    known = [project.record(asset.id) for asset in project.manifest.asset]
    for one in known:
        if not isinstance(one, Record) or one.original != digest:
            continue
        if (data := project.holdings.original_bytes(one)) is not None:
            return data
    raise _elsewhere(project, asset_id, option, environ)


def _elsewhere(
    project: Workspace, asset_id: str, option: Option, environ: Mapping[str, str]
) -> StorageError:
    bought = option.purchase
    began = bought.response.created_at if bought.response else None
    when = f" on {began}" if began else ""
    who = _committer(project, environ)
    what = f"candidate {option.number} (sha256 {option.candidate.sha256[:12]}) is not in this clone"
    return StorageError(
        f"{what}: it was bought from {bought.route.origin or 'an unknown host'}{when}"
        f"{f', by {who}' if who else ''}, and its bytes are in the repository that bought it",
        cure=advice(
            "run {pick} there and push, or copy {file} from there",
            pick=command("assetgen pick {id} {n}", id=asset_id, n=str(option.number)),
            file=originals.shown(project.root, option.candidate.sha256),
        ),
    )


def _committer(project: Workspace, environ: Mapping[str, str]) -> str | None:
    """Who committed candidates last, as git knows; None if it does not."""
    try:
        repository = Repository.open(project.root, environ)
        if repository is None:
            return None
        with closing(repository):
            paths = ("--", candidates.FOLDER)
            return repository.git.run("log", "-1", "--format=%an (commit %h)", *paths) or None
    except GitError:
        return None


# -- into place ------------------------------------------------------------------------------------


def _placed(
    project: Workspace, decision: Decision, chosen: Option, *, every: Sequence[Option], data: bytes
) -> tuple[Made, bool]:
    picture = _picture(project, decision, chosen, every=every, data=data)
    batch = store.Batch(project.root)
    made = placing.stage(batch, picture, Superseded(project).by(picture))
    pending = project.holdings.choices.pending(decision.wish)
    if isinstance(pending, Found):
        rest = pending.file.without([pending.choice.digest])
        if rest is None:
            made = replace(made, removed=(*made.removed, pending.path))
        else:
            batch.add(pending.path, candidates.write(rest))
            made = replace(made, also=(pending.path,))
    left = placing.place(project, batch, [made], overwrite=True)  # refused before, if need be
    placing.keep_record(project, made)
    return made, left


def _picture(
    project: Workspace, decision: Decision, chosen: Option, *, every: Sequence[Option], data: bytes
) -> Picture:
    one, bought = chosen.candidate, chosen.purchase
    surface = bought.route.surface or ""
    drawn = Drawn(
        original=data,
        source_type="trainedAlgorithmicMedia",
        route=bought.route,
        request=bought.request,
        response=bought.response,
        received=bought.received,
        keeps_original=True,
        revised=(one.revised.text or one.revised.digest) if one.revised else None,
    )
    maker = Maker(project, lambda: project.world().the_catalog, _buys_nothing)
    nothing = cost.Estimate(surface, None, one.cost.currency, basis="picked")
    picture = maker.delivered(decision, drawn, map, one.sha256, estimate=nothing)
    assert isinstance(picture.statement, Statement)
    listed = [structs.replace(each.candidate, picked=each is chosen) for each in every]
    purchases = list({id(each.purchase): each.purchase for each in every}.values())
    stated = statement.picked(picture.statement, one, _renumbered(listed), purchases)
    return replace(picture, statement=stated)


def _renumbered(listed: Sequence[Candidate]) -> list[Candidate]:
    """Candidates whose purchases are numbered in the order in which they come."""
    numbers = {one: at for at, one in enumerate(dict.fromkeys(one.purchase for one in listed))}
    return [structs.replace(one, purchase=numbers[one.purchase]) for one in listed]


def _buys_nothing(_job: Job, _turn: object) -> Drawn:
    raise AssertionError("a candidate is bought already")
