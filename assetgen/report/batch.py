"""What assetgen batch and generate --batch print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from assetgen.cure import advice
from assetgen.plan import batch_cures
from assetgen.report import generate
from assetgen.report.plan import undecided
from assetgen.report.text import MOST, Out, console, error, error_json, show_cure
from assetgen.text import clean, count

if TYPE_CHECKING:
    from assetgen.errors import AssetgenError
    from assetgen.generate.batch_collect import Collected
    from assetgen.generate.batch_recovery import Recovered
    from assetgen.generate.batch_submit import Submission
    from assetgen.generate.batches import Collection, Listing, Row
    from assetgen.record.batch_file import BatchFile


class Waiting:
    """Says how far batches are, each time that changes."""

    def __init__(self, stream: IO[str]) -> None:
        self._out = console(stream)
        self._said: dict[str, str] = {}

    def __call__(self, row: Row) -> None:
        words = f"{row.known.id}  {_status(row)}"
        if self._said.get(row.known.id) != words:
            self._said[row.known.id] = words
            self._out.print(clean(f"waiting  {words}"))


# -- generate --batch ------------------------------------------------------------------------------


def submission(done: Submission, stream: IO[str]) -> None:
    """Print what was sent, and what was not."""
    out = console(stream)
    _recovered(done.recovered, out, stream)
    for one in done.started:
        if one not in done.recovered.found:
            out.print(clean(f"sent  {_sent(one)}"))
    for name in done.untried:
        out.print(clean(f"note  {name} in a batch is untried: no one has published that it works"))
    for asset_id, why in done.left[:MOST]:
        out.print(clean(f"left  {asset_id}: {why}"))
    if len(done.left) > MOST:
        out.print(f"left  ... and {len(done.left) - MOST} more")
    generate.failures(done.outcome, stream)
    generate.in_batches(done.outcome, out)
    undecided(done.outcome.undecided, out)
    out.print(_sum(done))
    generate.commit_words(done.outcome, out, stream)
    if done.error:
        error(done.error, stream)
    if done.started:
        show_cure(_later(done.started), out)


def _sum(done: Submission) -> str:
    images = sum(len(one.requests) for one in done.started)
    sent = len(done.started)
    parts = [f"{count(images, 'image')} in {sent} {'batch' if sent == 1 else 'batches'}"]
    if done.left:
        parts.append(f"{len(done.left)} left")
    parts.append(f"{done.outcome.fresh} fresh")
    if done.outcome.failed:
        parts.append(f"{len(done.outcome.failed)} not sent")
    if done.outcome.commit:
        parts.append(f"committed as {done.outcome.commit}")
    return ", ".join(parts)


def _later(started: Sequence[BatchFile]) -> Any:
    collect = batch_cures.collect_all()
    if len(started) == 1:
        collect = batch_cures.collect(started[0].id)
    return advice("{collect} (within a day, here or in any clone)", collect=collect)


def _sent(one: BatchFile) -> str:
    return f"{one.id}  {count(len(one.requests), 'image')}  {one.model}  {one.endpoint}"


def _recovered(done: Recovered, out: Out, stream: IO[str]) -> None:
    for one in done.found:
        out.print(clean(f"found  {_sent(one)}: an earlier run had sent it"))
    for gone in done.dropped:
        images = count(len(gone.batch.requests), "image")
        out.print(f"dropped  a batch of {images} that an earlier run did not start")
    for unknown in done.unknown:
        error(unknown, stream)


def submission_json(done: Submission) -> dict[str, Any]:
    """What was sent, as data."""
    return {
        **generate.outcome_json(done.outcome),
        "batches": [_known_json(one) for one in done.started],
        "not_in_a_batch": [{"id": name, "why": why} for name, why in done.left],
        "untried": list(done.untried),
        "unknown": [error_json(one) for one in done.recovered.unknown],
        "error": error_json(done.error) if done.error else None,
    }


# -- batch -----------------------------------------------------------------------------------------


def listing(found: Listing, stream: IO[str]) -> None:
    """Print every batch in a line."""
    out = console(stream)
    _recovered(found.recovered, out, stream)
    for row in found.rows:
        out.print(clean(f"{_sent(row.known)}  {row.known.created_at}  {_status(row)}"))
        if row.error:
            error(row.error, stream)
    if not found.rows:
        out.print("no batch was sent; assetgen generate --batch sends one")
    _errors(found.unusable, stream)
    if found.outcome.unemitted:
        error(found.outcome.unemitted, stream)
    if any(row.batch and row.batch.has_ended for row in found.rows):
        out.print("next: assetgen batch collect")


def _errors(errors: Sequence[AssetgenError], stream: IO[str]) -> None:
    for one in errors:
        error(one, stream)


def _status(row: Row) -> str:
    """How far a batch is."""
    if ended := row.known.ended:
        failed = len(ended.failed)
        made = len(row.known.requests) - failed
        return f"{ended.status}, collected: {made} made" + (f", {failed} not" if failed else "")
    if row.batch is None:
        return "not collected; its state is not known"
    counts = row.batch.request_counts
    done = f", {counts.completed + counts.failed} of {counts.total}" if counts else ""
    words = "; it can be collected" if row.batch.has_ended else ""
    return f"{row.batch.status}{done}{words}"


def cancelled(row: Row, stream: IO[str]) -> None:
    """Print what became of a batch that was cancelled."""
    out = console(stream)
    out.print(clean(f"{row.known.id}  {_status(row)}"))
    if not row.known.ended:
        collect = batch_cures.wait(row.known.id)
        show_cure(advice("{collect} (places what was finished)", collect=collect), out)


def listing_json(found: Listing) -> dict[str, Any]:
    """Every batch as data."""
    return {
        "batches": [row_json(row) for row in found.rows],
        "unusable": [error_json(one) for one in found.unusable],
        "unknown": [error_json(one) for one in found.recovered.unknown],
    }


def row_json(row: Row) -> dict[str, Any]:
    """One batch as data."""
    batch = row.batch
    counts = batch.request_counts if batch else None
    return {
        **_known_json(row.known),
        "status": batch.status if batch else (row.known.ended and row.known.ended.status),
        "completed": counts.completed if counts else None,
        "failed": counts.failed if counts else None,
        "collected": row.known.ended is not None,
        "error": error_json(row.error) if row.error else None,
    }


def _known_json(one: BatchFile) -> dict[str, Any]:
    return {
        "id": one.id,
        "created": one.created_at,
        "endpoint": one.endpoint,
        "model": one.model,
        "surface": one.surface,
        "origin": one.origin,
        "assets": [asked.asset for asked in one.requests],
    }


# -- batch collect ---------------------------------------------------------------------------------


def collection(done: Collection, stream: IO[str]) -> None:
    """Print what was collected."""
    out = console(stream)
    _recovered(done.recovered, out, stream)
    for row in done.waiting:
        out.print(clean(f"{row.known.id}  {_status(row)}; there is nothing to collect yet"))
        if row.error:
            error(row.error, stream)
    for one in done.collected:
        out.print(clean(f"{one.id}  {_collected(one)}"))
        for note in one.notes[:MOST]:
            out.print(clean(f"note  {note}"))
        if len(one.notes) > MOST:
            out.print(f"note  ... and {len(one.notes) - MOST} more")
        if one.error:
            error(one.error, stream)
    _errors(done.unusable, stream)
    if not (done.waiting or done.collected or done.unusable):
        out.print("no batch is open")
    if any(one.batch for one in done.collected):
        generate.outcome(done.outcome, stream)
    elif done.outcome.interrupted:
        out.print("interrupted; the batches go on, and can be collected later")


def _collected(one: Collected) -> str:
    if one.batch is None:
        ended = one.known.ended
        failed = len(ended.failed) if ended else 0
        return f"was collected before: {len(one.known.requests) - failed} made, {failed} not"
    parts = [one.batch.status, f"{one.made} made"]
    if one.in_place:
        parts.append(f"{one.in_place} in place before")
    if one.failed:
        parts.append(f"{len(one.failed)} without an image")
    return ", ".join(parts)


def collection_json(done: Collection) -> dict[str, Any]:
    """What was collected, as data."""
    return {
        **generate.outcome_json(done.outcome),
        "batches": [
            {
                **_known_json(one.known),
                "status": one.batch.status if one.batch else None,
                "made": one.made,
                "in_place": one.in_place,
                "without_an_image": dict(one.failed),
                "notes": list(one.notes),
                "collected": one.is_settled,
                "error": error_json(one.error) if one.error else None,
            }
            for one in done.collected
        ],
        "waiting": [row_json(row) for row in done.waiting],
        "unusable": [error_json(one) for one in done.unusable],
        "unknown": [error_json(one) for one in done.recovered.unknown],
    }
