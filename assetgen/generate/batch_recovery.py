"""Batches whose run was killed: found at the provider by their metadata, or known not to exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from assetgen.cure import advice
from assetgen.errors import AssetgenError, StorageError, UnknownOutcome
from assetgen.fs import store
from assetgen.fs.git import Repository
from assetgen.paid.batch_api import Batch, BatchApi, time_of
from assetgen.paid.batch_log import BatchLog
from assetgen.paid.journal import Fate
from assetgen.plan import batch_cures
from assetgen.plan.workspace import Workspace
from assetgen.record import batch_file
from assetgen.record.batch_file import BatchFile, Pending

#: After this many seconds, a batch that the provider does not list was never started.
_CERTAIN = 600


@dataclass
class Recovered:
    """What became of the batches that an earlier run left."""

    found: list[BatchFile] = field(default_factory=list)
    """Those whose file was written now."""
    sent: list[BatchFile] = field(default_factory=list)
    """All that are under way, also those whose file was written before."""
    dropped: list[Pending] = field(default_factory=list)
    """Those that were never started."""
    unknown: list[UnknownOutcome] = field(default_factory=list)
    """Those that may have been started, though the provider does not list them yet."""


def recover(
    project: Workspace, log: BatchLog, api: Callable[[], BatchApi], clock: Callable[[], str]
) -> Recovered:
    """Settle what an earlier run left. ``api`` needs the key, and is called only if it is needed.

    Raises an AssetgenError.
    """
    done = Recovered()
    for one in log.pending():
        known = project.holdings.batches.committed.get(batch_file.place(one.batch.id))
        if isinstance(known, BatchFile) and known.ended:
            log.end(one, Fate.PLACED)
        elif one.is_started:
            done.sent.append(one.batch)
            if known is None:
                write(project.root, one.batch)
                done.found.append(one.batch)
        elif one.batch.origin != api().provider.host:
            done.unknown.append(_unknown(one))
        elif (batch := _listed(one, api())) is not None:
            done.found.append(started(project.root, log, one, batch))
            done.sent.append(done.found[-1])
        elif one.step == "preparing" or _age(one, clock()) > _CERTAIN:
            clean(api(), one.batch)
            log.end(one, Fate.REFUSED, "it was never started")
            done.dropped.append(one)
        else:
            done.unknown.append(_unknown(one))
    return done


def slim(done: Recovered) -> Recovered:
    """The same without what the requests ask for: what follows uses their number alone."""
    dropped = [
        msgspec.structs.replace(one, batch=batch_file.slim(one.batch)) for one in done.dropped
    ]
    return Recovered(
        found=[batch_file.slim(one) for one in done.found],
        sent=[batch_file.slim(one) for one in done.sent],
        dropped=dropped,
        unknown=done.unknown,
    )


def _listed(one: Pending, api: BatchApi) -> Batch | None:
    """The batch at the provider; None if it lists none that was started with this token."""
    if one.step == "preparing":
        return None
    return api.with_metadata(one.batch.token, since=_seconds(one.began) - 24 * 3600)


def started(root: Path, log: BatchLog, pending: Pending, batch: Batch) -> BatchFile:
    """Note that a batch was started, and write the file that is committed. Raises StorageError."""
    known = msgspec.structs.replace(
        pending.batch,
        id=_id(batch),
        created_at=time_of(batch.created_at),
        input_file=batch.input_file_id,
    )
    log.started(msgspec.structs.replace(pending, step="started", batch=known))
    write(root, known)
    return known


def _id(batch: Batch) -> str:
    if not batch_file.is_id(batch.id):
        raise StorageError(f"the provider's id of the batch cannot be a name: {batch.id[:80]!r}")
    return batch.id


def write(root: Path, batch: BatchFile) -> str:
    """Write the committed file of a batch; returns its path. Raises StorageError."""
    path = batch_file.place(batch.id)
    store.prepare(root)
    store.write(root, path, batch_file.parts(batch))
    return path


def uncommitted(root: Path, environ: Mapping[str, str], known: Sequence[BatchFile]) -> list[str]:
    """The files of ``known`` that a killed run wrote and could not commit.

    Raises GitError.
    """
    paths = [batch_file.place(one.id) for one in known]
    repository = Repository.open(root, environ) if paths else None
    if repository is None:
        return []
    with closing(repository):
        seen = repository.status(paths)
        return [path for path in paths if path in seen]


def clean(api: BatchApi, batch: BatchFile, *, requests: bool = True) -> None:
    """Delete the files that were uploaded for a batch: its input images, and its ``requests``.

    They are known by their names: an id alone, from a repository, could be that of another file.
    What cannot be deleted expires by itself.
    """
    try:
        ids = api.named("vision", batch.token) if _has_images(batch) else []
        ids += api.named("batch", batch.token) if requests else []
        for one in ids:
            api.delete(one)
    except AssetgenError:
        return


def _has_images(batch: BatchFile) -> bool:
    return batch.endpoint.endswith("edits")


def _age(one: Pending, now: str) -> int:
    return _seconds(now) - _seconds(one.began)


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _unknown(one: Pending) -> UnknownOutcome:
    images = len(one.batch.requests)
    return UnknownOutcome(
        f"a batch of {images} images was sent to {one.batch.origin} on {one.began}, and it is not "
        "known whether it was started; it may be billed, and nothing of it is sent again by itself",
        cure=advice(
            "{batch}, some minutes later (looks for it), or {forget} (gives it up)",
            batch=batch_cures.look(),
            forget=batch_cures.forget(one.entry),
        ),
    )


def first(errors: Sequence[AssetgenError]) -> int:
    """The exit code of the first error, 0 without one."""
    return errors[0].exit_code if errors else 0
