"""Pictures from outside: ``adopt`` takes a file in, ``accept`` takes changed files as they are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from assetgen import route_names
from assetgen.codex.rollout import THREAD
from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import lfs, originals, store
from assetgen.fs.lock import locked
from assetgen.generate import brought_file, placing, statement, unlisted
from assetgen.generate.commit import by_hand, commit
from assetgen.generate.options import Options
from assetgen.generate.outcome import Outcome, Picture
from assetgen.generate.placing import Leaving, Superseded
from assetgen.image import decode, derive, xmp
from assetgen.image.derive import Derived
from assetgen.image.remarks import remarks
from assetgen.manifest.target import Target
from assetgen.paid import journal
from assetgen.paid.journal import Fate, Journal
from assetgen.plan import cost, decide, drafts, guards
from assetgen.plan.decide import Decision, State
from assetgen.plan.differences import differences
from assetgen.plan.reasons import MIXED, UNPROVEN
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record.record import Record
from assetgen.settings.conditions import Conditions


@dataclass(frozen=True)
class Brought:
    """What the user states about a file that they bring; None is unknown."""

    route: str | None = None
    surface: str | None = None
    prompt: str | None = None

    @property
    def bill(self) -> str | None:
        """The bill that the file is on, as stated or as it follows from the route."""
        return self.surface or (route_names.bill(self.route) if self.route else None)


# -- adopt -----------------------------------------------------------------------------------------


def adopt(
    root: Path,
    asset_id: str,
    file: Path,
    brought: Brought,
    options: Options,
    environ: Mapping[str, str] = os.environ,
) -> Outcome:
    """Take ``file`` as the picture of an asset: keep its bytes as the original, derive and record.

    Raises AssetgenError; nothing is written then.
    """
    environ = dict(environ)  # opening the repository removes git's variables from the process
    with locked(root):
        project = unlisted.opened(root, asset_id, file)
        wish = drafts.no_draft(project.wish(asset_id), project.world())
        data = brought_file.read(root, file)
        decision = decide.judge(wish, project.world(), {})
        _refuse_to_replace(project, decision, file=file, force=options.force)
        leaving: Leaving | None = None
        if former := _former(project, wish, file=file, data=data, brought=brought):
            picture, leaving = _carried(project, decision, former=former, data=data)
        else:
            picture = _adopted(project, decision, original=data, brought=brought)
        outcome = _put(project, picture, options=options, environ=environ, leaving=leaving)
        _settle(project, wish)
        return outcome


def _adopted(project: Workspace, decision: Decision, original: bytes, brought: Brought) -> Picture:
    wish = decision.wish
    brought_file.refuse_rebuilt(wish.asset)
    source_type = _mark_for(original, brought.route)
    image = decode.decoded_once(original)
    files = derive.derive(original, wish.asset, source_type, is_brought=True, image=image)
    stated = statement.of_adoption(
        wish,
        original,
        files,
        placeholder=decode.placeholder(image()),
        source_type=source_type,
        owner=brought.route,
        surface=brought.bill,
        prompt=brought.prompt,
        prompts=project.manifest.project.record_prompts,
    )
    originals.keep(project.root, original)
    return Picture(decision, files, stated, remarks=remarks(original, wish.asset, files))


def from_thread(root: Path, asset_id: str, options: Options, conditions: Conditions) -> Outcome:
    """Take the one new picture of the Codex thread that this runs in; nothing is committed.

    Raises StorageError if this runs in no thread, or if its picture is not certain; nothing is
    written then.
    """
    from assetgen.routes import codex

    thread_id = conditions.environ.get("CODEX_THREAD_ID", "")
    if not THREAD.fullmatch(thread_id):
        open_workspace(root).wish(asset_id)  # the id goes into the cure
        raise StorageError(
            "no file is named, and this does not run inside a Codex thread (CODEX_THREAD_ID)",
            where=f"asset {asset_id}",
            cure=advice(
                "name it: {adopt}",
                adopt=command("assetgen adopt {asset_id} FILE", asset_id=asset_id),
            ),
        )
    with locked(root):
        project = open_workspace(root)
        wish = project.wish(asset_id)
        decision = decide.judge(wish, project.world(), {})
        if decision.state in (State.FRESH, State.FOREIGN, State.EDITED) and not options.force:
            raise StorageError(
                f"{wish.asset.path} exists and is {decision.state}; it is not overwritten",
                where=f"asset {asset_id}",
                cure=_move_away(wish.asset.path),
            )
        drawn = codex.of_thread(
            wish, thread_id, conditions=conditions, root=root, known=set(_originals(project))
        )
        files = derive.derive(
            drawn.original,
            # The background is measured and stated, not required.
            msgspec.structs.replace(wish.asset, background="auto"),
            drawn.source_type,
            private=statement.private(wish, drawn.revised),
        )
        stated = statement.of_drawing(
            wish,
            drawn,
            files,
            placeholder=drawn.placeholder or "",
            estimate=cost.Estimate(
                surface=drawn.route.surface or "",
                micros=None,
                currency=None,
                basis="plan credits",
            ),
            prompts=project.manifest.project.record_prompts,
        )
        originals.keep(root, drawn.original)
        picture = Picture(decision, files, stated, remarks=drawn.remarks)
        outcome = _put(
            project, picture, options=replace(options, commit=False), environ=conditions.environ
        )
        _settle(project, wish)
        outcome.to_commit = by_hand(outcome, project.tree.held)
        return outcome


def _originals(project: Workspace) -> Iterator[str]:
    """The digests of all originals that records name."""
    for known in map(project.record, project.recorded.ids()):
        if isinstance(known, Record) and known.original:
            yield known.original


def _mark_for(original: bytes, route: str | None) -> str | None:
    """The mark of derived files: what the original states, else what follows from its route."""
    stated = xmp.source_type(original)
    return stated if stated in xmp.SOURCE_TYPES else statement.adopted_type(route)


def _refuse_to_replace(project: Workspace, decision: Decision, file: Path, force: bool) -> None:
    """Raise StorageError if adopting would overwrite a picture other than the adopted one."""
    path, root = decision.asset.path, project.root
    is_own = (root / path).resolve() == file.resolve()
    others, how = _of_others(project, decision), f"is {decision.state}"
    if others and decision.state not in (State.FOREIGN, State.EDITED):
        how = UNPROVEN
    kept = project.old_names.digest(path)  # assetgen left it there under an old name
    is_free = not (root / path).exists() or (kept and kept == project.tree.digest(path))
    if (others or not (is_own or is_free)) and not force:
        raise StorageError(
            f"{others[0] if is_own else path} exists and {how}; it is not overwritten",
            where=f"asset {decision.asset.id}",
            cure=_move_away(others[0] if is_own else path),
        )


def _of_others(project: Workspace, decision: Decision) -> list[str]:
    """The files beside the main one that are not assetgen's."""
    if decision.state in (State.FOREIGN, State.EDITED):
        fields = [reason.field for reason in decision.reasons]
    else:
        found = guards.claimed(decision.wish, project.record(decision.asset.id), project.world())
        fields = [reason.field for reason in found.reasons] if found else []
    return [path for path in decision.wish.paths[1:] if path in fields]


def _move_away(path: str) -> Cure:
    """The way to a new picture that keeps the old one; --force would lose it."""
    return advice("move {path} to another folder, then run the same command again", path=path)


# -- a picture that was made here before -----------------------------------------------------------


def _former(
    project: Workspace, wish: Wish, file: Path, data: bytes, brought: Brought
) -> str | None:
    """The asset that ``data`` was made as: this one, or one that was renamed since."""
    digest = hashlib.sha256(data).hexdigest()
    own = project.record(wish.asset.id)
    if isinstance(own, Record) and digest in own.subject.values():
        # If the record contains only what the user stated, they may state it better now.
        return None if brought != Brought() and own.reason == "adopted" else own.asset_id
    known = project.world().orphan(digest)
    is_in_place = (project.root / wish.asset.path).resolve() == file.resolve()
    if known is None and not isinstance(own, Record) and is_in_place:
        known = project.world().orphan(wish.asset.path)  # edited since
    return known.asset_id if known else None


def _carried(
    project: Workspace, decision: Decision, former: str, data: bytes
) -> tuple[Picture, Leaving]:
    """The picture of another id or path, with its whole record, and the files that it leaves."""
    wish, old = decision.wish, statement.known_of(project.recorded, former)
    known = old.record
    is_edited = hashlib.sha256(data).hexdigest() not in known.subject.values()
    original = None if is_edited else project.holdings.original_bytes(known)
    is_brought = original is None or known.is_brought
    files = derive.derive(
        original or data,
        wish.delivered,
        known.source_type,
        marks=is_edited or known.marked,
        is_brought=is_brought,
        private=None if is_brought else statement.private_of(old, wish),
    )
    stated = statement.of_renaming(
        old,
        wish,
        files,
        fields=[reason.field for reason in differences(wish, known)],
        edited=[wish.asset.path] if is_edited else [],
        prompts=project.manifest.project.record_prompts,
    )
    was = former if former != wish.asset.id else None
    return Picture(decision, files, stated, former=was), Superseded(project).of(known, wish.asset)


# -- accept ----------------------------------------------------------------------------------------


def accept(
    root: Path, asset_id: str, options: Options, environ: Mapping[str, str] = os.environ
) -> Outcome:
    """Take the files of an asset as they are: the record changes, and no pixel does.

    Raises AssetgenError if there is nothing that could be accepted.
    """
    environ = dict(environ)  # opening the repository removes git's variables from the process
    with locked(root):
        project = open_workspace(root)
        wish = project.wish(asset_id)
        decision = decide.judge(wish, project.world(), {})
        was = project.record(asset_id)
        if decision.state is State.FRESH and isinstance(was, Record) and was.is_reformatted:
            files = [_as_it_is(project, target, None) for target in wish.targets]
            same = Picture(
                decision, files, statement.known_of(project.recorded, asset_id).statement
            )
            return _put(project, same, options=options, environ=environ)
        _refuse_to_accept(decision)
        brought_file.refuse_rebuilt(wish.asset)
        old = statement.known_of(project.recorded, asset_id)
        fields = [reason.field for reason in differences(wish, old.record)]
        if "fit" in fields or "files" in fields:
            raise StorageError(
                "the requested size or files have changed, so the existing files cannot be "
                "accepted for them",
                where=f"asset {asset_id}",
                cure=command("assetgen generate {asset_id}", asset_id=asset_id),
            )
        source_type = old.record.source_type if old.record.marked else None
        files = [_as_it_is(project, target, source_type) for target in wish.targets]
        prompts = project.manifest.project.record_prompts
        stated = statement.of_acceptance(old, wish, files=files, fields=fields, prompts=prompts)
        return _put(project, Picture(decision, files, stated), options=options, environ=environ)


def _refuse_to_accept(decision: Decision) -> None:
    asset_id = decision.asset.id
    where = f"asset {asset_id}"
    for reason in decision.reasons:
        if reason.new == MIXED:
            what = f"{reason.field} {MIXED}; accepting it would join the two"
            raise StorageError(what, where=where, cure=decision.cure)
    if decision.state in (State.FOREIGN, State.MISSING):
        first = decision.reasons[0]
        raise StorageError(
            f"asset {asset_id} is {decision.state}: {first.field} {first.new}",
            where=where,
            cure=advice(
                "{adopt}, or {generate}",
                adopt=command("assetgen adopt {asset_id} FILE", asset_id=asset_id),
                generate=command("assetgen generate {asset_id}", asset_id=asset_id),
            ),
        )
    if decision.state is State.FRESH:
        raise StorageError(
            f"{decision.asset.path} is as recorded and as requested; there is nothing to accept",
            where=where,
            cure=advice(
                "nothing to do: {show}", show=command("assetgen show {asset_id}", asset_id=asset_id)
            ),
        )


def _as_it_is(project: Workspace, target: Target, source_type: str | None) -> Derived:
    data = project.tree.read(target.path)
    if data is None:
        cure = command("assetgen generate")
        raise StorageError(f"{target.path} does not exist", where=target.path, cure=cure)
    if lfs.is_pointer(data):
        raise brought_file.a_pointer(project.root, project.root / target.path)
    seen = brought_file.delivered(data, target)
    if source_type:  # an editor may have removed the mark
        data = derive.as_it_is(data, seen.format, source_type) or data
    return Derived(
        path=target.path,
        data=data,
        width=seen.width,
        height=seen.height,
        format=seen.format,
        alpha=seen.alpha,
    )


# -- into place ------------------------------------------------------------------------------------


def _settle(project: Workspace, wish: Wish) -> None:
    """End the open requests for exactly this picture, whose file the user has brought now.

    Also those of a former id. A response that can still be fetched by its id stays open.
    """
    if not journal.is_there(project.root):
        return
    with suppress(AssetgenError):  # the picture is in place; doctor reports a damaged log
        log = Journal(project.root, lambda: "")
        try:
            for entry in log.open():
                is_former = entry.asset_id not in project.paths
                keys = (wish.key_as(entry.asset_id),) if is_former else wish.keys
                if entry.want not in keys:
                    continue
                is_pending = entry.fate is Fate.SENT and entry.response_id is not None
                if entry.route == "codex" or not is_pending:
                    note = "; ".join(filter(None, (entry.note, "adopted from a file")))
                    log.end(entry.number, Fate.DISMISSED, note)
        finally:
            log.close()


def _put(
    project: Workspace,
    picture: Picture,
    options: Options,
    environ: Mapping[str, str],
    leaving: Leaving | None = None,
) -> Outcome:
    batch = store.Batch(project.root)
    leaves = placing.with_former(project, picture, leaving or Leaving())
    made = placing.stage(batch, picture, leaves)
    left = placing.place(project, batch, [made], overwrite=True)  # the caller has decided
    outcome = Outcome(made=[made], baseline=left)
    placing.after(project, outcome)
    if options.commit and project.manifest.project.commit:
        commit(project.root, environ, outcome)
    return outcome
