"""Pictures that somebody brought or changed: adopt takes a file in, accept takes files as they lie."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from assetgen.codex.rollout import THREAD
from assetgen.errors import StorageError
from assetgen.fs import paths, store
from assetgen.fs.lock import locked
from assetgen.generate import placing
from assetgen.generate import statement as provenance
from assetgen.generate.commit import command, commit
from assetgen.generate.outcome import Made, Outcome
from assetgen.generate.performer import Options
from assetgen.image import decode, derive, xmp
from assetgen.image.derive import Derived
from assetgen.manifest.schema import FORMATS, Target, targets
from assetgen.plan import cost, decide
from assetgen.plan.decide import Decision, State
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import record
from assetgen.record.record import Record
from assetgen.settings.conditions import Conditions


@dataclass(frozen=True)
class Brought:
    """What is known of a file that somebody brings; None is unknown."""

    route: str | None = None
    surface: str | None = None
    prompt: str | None = None


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
    with locked(root):
        project = open_workspace(root)
        wish = project.wish(asset_id)
        original = _brought_bytes(root, file)
        decision = decide.judge(wish, project.world(), {})
        _refuse_to_replace(decision, root, file, options.force)
        if former := _former(project, wish, file, original, brought):
            return _carry(project, decision, former, original, options, environ)
        surface = brought.surface or (cost.surface(brought.route) if brought.route else None)
        source_type = _mark_for(original, brought.route)
        files = derive.derive(original, wish.asset, source_type, verbatim=True)
        prompts = project.manifest.project.record_prompts
        tiny = decode.placeholder(original)
        statement = provenance.of_adoption(
            wish,
            original,
            files,
            tiny,
            source_type,
            brought.route,
            surface,
            brought.prompt,
            prompts,
        )
        store.keep_original(root, original)
        return _put(project, decision, files, statement, options, environ)


def from_thread(root: Path, asset_id: str, options: Options, conditions: Conditions) -> Outcome:
    """Take the one new picture of the Codex thread that this runs in as the picture of an asset; nothing is committed.

    Raises StorageError if this runs in no thread, or its picture cannot be told for certain; nothing is written then.
    """
    from assetgen.routes import codex

    thread_id = conditions.environ.get("CODEX_THREAD_ID", "")
    if not THREAD.fullmatch(thread_id):
        what = "no file is named, and this does not run inside a Codex thread (CODEX_THREAD_ID)"
        raise StorageError(
            what, where=f"asset {asset_id}", cure=f"name it: assetgen adopt {asset_id} FILE"
        )
    with locked(root):
        project = open_workspace(root)
        wish = project.wish(asset_id)
        decision = decide.judge(wish, project.world(), {})
        if decision.state in (State.FRESH, State.FOREIGN, State.EDITED) and not options.force:
            what = f"{wish.asset.path} is there and {decision.state}; it is not overwritten"
            raise StorageError(
                what, where=f"asset {asset_id}", cure=f"assetgen adopt {asset_id} --force"
            )
        known = {
            one.original
            for one in map(project.record, _ids(project))
            if isinstance(one, Record) and one.original
        }
        drawn = codex.of_thread(wish, thread_id, conditions, root, known)
        as_is = derive.holds_only_a_picture(drawn.original)
        asset = msgspec.structs.replace(
            wish.asset, background="auto"
        )  # measured and said, not required
        files = derive.derive(
            drawn.original, asset, drawn.source_type, verbatim=True, published_as_is=as_is
        )
        bill = cost.Estimate(str(drawn.route["surface"] or ""), None, None, "plan credits")
        prompts, tiny = project.manifest.project.record_prompts, drawn.placeholder or ""
        statement = provenance.of_drawing(wish, drawn, files, tiny, bill, prompts)
        statement["predicate"]["cost"]["surface"] = drawn.route["surface"]
        store.keep_original(root, drawn.original)
        outcome = _put(
            project, decision, files, statement, replace(options, commit=False), conditions.environ
        )
        outcome.made = [replace(one, remarks=drawn.remarks) for one in outcome.made]
        outcome.to_commit = command(outcome.made[0], outcome.module)
        return outcome


def _ids(project: Workspace) -> Iterator[str]:
    return map(record.id_at, project.records())


def _former(
    project: Workspace, wish: Wish, file: Path, data: bytes, brought: Brought
) -> str | None:
    """The asset that ``data`` was made as: this one, or one that the manifest no longer wants, so it was renamed."""
    digest = hashlib.sha256(data).hexdigest()
    own = project.record(wish.asset.id)
    if isinstance(own, Record) and digest in own.subject.values():
        return None if brought != Brought() and _is_adopted(project, own) else own.asset_id
    known = project.world().orphan(digest)
    if (
        known is None
        and not isinstance(own, Record)
        and (project.root / wish.asset.path).resolve() == file.resolve()
    ):
        known = project.world().orphan(wish.asset.path)  # edited since
    return known.asset_id if known else None


def _is_adopted(project: Workspace, known: Record) -> bool:
    """Whether a record knows only what somebody said when they brought the file, who may say it better now."""
    place = record.place(known.asset_id)
    return bool(
        record.statement(project.tree.read(place) or b"")["predicate"]["storage"]["reason"]
        == "adopted"
    )


def _carry(
    project: Workspace,
    decision: Decision,
    former: str,
    data: bytes,
    options: Options,
    environ: Mapping[str, str],
) -> Outcome:
    """Let an asset of another id or path keep its picture with its whole provenance: prompt, route, bill and all."""
    wish, old = decision.wish, project.tree.read(record.place(former)) or b""
    known = record.read(old, record.place(former))
    edited = hashlib.sha256(data).hexdigest() not in known.subject.values()
    original = store.original(project.root, known.original or "") if not edited else None
    as_is = original is None or known.is_brought or derive.holds_only_a_picture(original)
    # What a provider made of a transparent background was said when it was bought.
    files = derive.derive(
        original or data,
        wish.delivered,
        known.source_type,
        verbatim=not edited,
        published_as_is=as_is,
    )
    fields = [reason.field for reason in decide.differences(wish, known, {})]
    prompts = project.manifest.project.record_prompts
    accepted = [wish.asset.path] if edited else []
    statement = provenance.of_renaming(
        record.statement(old), wish, files, fields, accepted, prompts
    )
    gone = [record.place(former)] if former != wish.asset.id else []
    return _put(
        project, decision, files, statement, options, environ, [*gone, *_superseded(project, known)]
    )


def _superseded(project: Workspace, known: Record) -> Iterator[str]:
    """The untouched pictures of a record that nothing in the manifest wants or is made from any more."""
    wanted = {target.path for asset in project.manifest.asset for target in targets(asset)}
    outputs = tuple(folder + "/" for folder in project.manifest.project.outputs)
    # A record is only a file: it may not make us remove anything but a picture where pictures go.
    old = [
        path for path in known.subject if path.startswith(outputs) and path.endswith(tuple(FORMATS))
    ]
    old = [
        path
        for path in old
        if path not in wanted and project.tree.digest(path) == known.subject[path]
    ]
    if old:
        inputs = {
            entry["path"]
            for asset in project.manifest.asset
            for entry in project.wish(asset.id).intent.inputs
        }
        yield from (path for path in old if path not in inputs)


def _brought_bytes(root: Path, file: Path) -> bytes:
    whole = Path(os.path.abspath(file))
    if whole.is_relative_to(
        root
    ):  # the user knows where a link of their own leads, not one in a repository
        paths.refuse_links(root, whole.relative_to(root).as_posix())
    try:
        if not file.is_file():
            raise StorageError(f"{file} is not a file", cure="name the picture to take in")
        if file.stat().st_size > paths.MAX_INPUT_BYTES:
            raise StorageError(f"{file} is larger than any picture", where=str(file))
        data = file.read_bytes()
    except OSError as exc:
        raise StorageError(f"{file} cannot be read: {exc.strerror}", where=str(file)) from exc
    try:
        decode.facts(data)
    except StorageError as exc:
        raise StorageError(
            exc.what, where=str(file), cure="name a PNG, JPEG, WebP or AVIF file"
        ) from None
    return data


def _mark_for(original: bytes, route: str | None) -> str | None:
    """What derived files are marked as: what the original says of itself, else what its route implies."""
    stated = xmp.source_type(original)
    return stated if stated in xmp.SOURCE_TYPES else provenance.adopted_type(route)


def _refuse_to_replace(decision: Decision, root: Path, file: Path, force: bool) -> None:
    """Raise StorageError if adopting would overwrite a picture other than the one that is brought."""
    own = (root / decision.asset.path).resolve() == file.resolve()
    others = [
        r.field
        for r in decision.reasons
        if r.field != decision.asset.path and r.field in decision.wish.paths
    ]
    theirs = decision.state in (State.FOREIGN, State.EDITED) and bool(others)
    if (theirs or (not own and (root / decision.asset.path).exists())) and not force:
        path = others[0] if own else decision.asset.path
        raise StorageError(
            f"{path} is there and {decision.state}; it is not overwritten",
            where=f"asset {decision.asset.id}",
            cure=f"assetgen adopt {decision.asset.id} {file} --force",
        )


def accept(
    root: Path, asset_id: str, options: Options, environ: Mapping[str, str] = os.environ
) -> Outcome:
    """Take the files of an asset as they lie for what is wanted now: the record follows, no pixel changes.

    Raises AssetgenError if there is nothing that could be accepted.
    """
    with locked(root):
        project = open_workspace(root)
        wish = project.wish(asset_id)
        decision = decide.judge(wish, project.world(), {})
        if decision.state in (State.FOREIGN, State.MISSING):
            raise StorageError(
                f"asset {asset_id} is {decision.state}: {decision.reasons[0].field} {decision.reasons[0].new}",
                where=f"asset {asset_id}",
                cure=f"assetgen adopt {asset_id} FILE, or assetgen generate {asset_id}",
            )
        if decision.state is State.FRESH:
            what = f"{wish.asset.path} is as recorded and as wanted; there is nothing to accept"
            raise StorageError(
                what,
                where=f"asset {asset_id}",
                cure=f"nothing needs doing: assetgen show {asset_id}",
            )
        data = project.tree.read(record.place(asset_id)) or b""
        fields = [
            r.field for r in decide.differences(wish, record.read(data, record.place(asset_id)), {})
        ]
        if "fit" in fields or "files" in fields:
            what = "the size or the files that are wanted have changed, which no file that lies here can answer"
            raise StorageError(
                what, where=f"asset {asset_id}", cure=f"assetgen generate {asset_id}"
            )
        statement = record.statement(data)
        marking_was = statement["predicate"]["marking"]
        source_type = marking_was["digitalSourceType"] if marking_was["xmp"] else None
        files = [_as_it_lies(project, target, source_type) for target in wish.targets]
        prompts = project.manifest.project.record_prompts
        accepted = provenance.of_acceptance(statement, wish, files, fields, prompts)
        return _put(project, decision, files, accepted, options, environ)


def _as_it_lies(project: Workspace, target: Target, source_type: str | None) -> Derived:
    data = project.tree.read(target.path)
    if data is None:
        raise StorageError(
            f"{target.path} is not there", where=target.path, cure="assetgen generate"
        )
    seen = decode.facts(data)
    if seen.format != target.format:
        raise StorageError(
            f"{target.path} holds {seen.format}, not {target.format}", where=target.path
        )
    if seen.format == "png" and source_type and not xmp.source_type(data):
        data = xmp.into_png(data, xmp.packet(source_type))  # an editor took the mark out
    return Derived(target.path, data, seen.width, seen.height, seen.format, seen.alpha)


def _put(
    project: Workspace,
    decision: Decision,
    files: Sequence[Derived],
    statement: Mapping[str, object],
    options: Options,
    environ: Mapping[str, str],
    gone: Sequence[str] = (),
) -> Outcome:
    batch = store.Batch(project.root)
    place = record.place(decision.asset.id)
    batch.add_all({**{file.path: file.data for file in files}, place: record.write(statement)})
    batch.place(last=[place], gone=gone)
    outcome = Outcome(made=[Made(decision, tuple(file.path for file in files), tuple(gone))])
    placing.after(project, outcome)
    if options.commit and project.manifest.project.commit:
        commit(project.root, environ, outcome)
    return outcome
