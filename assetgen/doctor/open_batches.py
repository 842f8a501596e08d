"""doctor: batches that were sent and are not collected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assetgen.cure import advice
from assetgen.doctor.notes import Note, Urgency
from assetgen.errors import TrustError, UnknownOutcome
from assetgen.plan import batch_cures, batches
from assetgen.plan.workspace import Workspace
from assetgen.record.batch_file import BatchFile, Pending
from assetgen.text import count


def notes(root: Path | None, project: Workspace | None) -> list[Note]:
    """A note on each batch that is open, and a problem for what is not usable or not known."""
    if root is None:
        return []
    found = {one.id: one for one in project.holdings.batches.open_batches()} if project else {}
    pending = batches.pending(root, found)
    found |= {one.batch.id: one.batch for one in pending if one.is_started}
    return [
        *(_unstarted(one) for one in pending if not one.is_started),
        *(_open(one) for one in found.values()),
        *(_unusable(project) if project else ()),
    ]


def _open(one: BatchFile) -> Note:
    what = (
        f"batch {one.id}: {count(len(one.requests), 'image')}, sent to {one.origin} on "
        f"{one.created_at} ({one.surface}), not collected"
    )
    return Note(Urgency.NOTE, what, cure=batch_cures.collect(one.id))


def _unstarted(one: Pending) -> Note:
    images = count(len(one.batch.requests), "image")
    if one.step == "preparing":
        what = (
            f"a batch of {images} was prepared on {one.began} and never started; nothing is billed"
        )
        clean = advice("{batch} forgets it", batch=batch_cures.look())
        return Note(Urgency.WARNING, what, cure=clean)
    return Note(
        Urgency.PROBLEM,
        f"a batch of {images} was sent to {one.batch.origin} on {one.began}, and it is not known "
        "whether it was started; it may be billed",
        cure=advice(
            "{batch} looks for it; {forget} gives it up",
            batch=batch_cures.look(),
            forget=batch_cures.forget(one.entry),
        ),
        exit_code=UnknownOutcome.exit_code,
    )


def _unusable(project: Workspace) -> Iterator[Note]:
    for path, why in project.holdings.batches.unusable().items():
        yield Note(
            Urgency.PROBLEM,
            f"it is not the file of a batch of assetgen: {why}",
            where=path,
            cure=advice("find out who changed it; then restore it from git, or remove it"),
            exit_code=TrustError.exit_code,
        )
