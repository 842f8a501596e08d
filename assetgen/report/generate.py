"""What generate did, and its progress."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Mapping, Sequence
from typing import IO, Any

from assetgen.cure import Cure, command
from assetgen.errors import StorageError
from assetgen.generate.outcome import Failed, Left, Made, Observer, Outcome
from assetgen.plan import made_with
from assetgen.record import candidates
from assetgen.record.old_names import FOLDER as OLD_NAMES
from assetgen.record.record import FOLDER
from assetgen.report import inline_images
from assetgen.report.plan import bills, plan_json, route_and_bill, undecided
from assetgen.report.text import (
    MOST,
    Out,
    by_batch,
    console,
    error,
    error_json,
    show_cure,
    show_others,
    text_of,
)
from assetgen.terminal import own
from assetgen.text import clean, count


class Progress(Observer):
    """Progress: a bar and previews in a terminal, elsewhere only the important messages."""

    def __init__(self, stream: IO[str], environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._protocol = inline_images.protocol(environ) if stream.isatty() else None
        self._out: Any = console(stream)
        self._lock = threading.Lock()
        self._bar: Any = None
        self._task: Any = None

    def begins(self, total: int) -> None:
        if total < 2 or not self._stream.isatty():
            return
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._bar = Bar(*columns, console=self._out, transient=True)
        self._bar.start()
        self._task = self._bar.add_task("drawing", total=total)

    def done(self, made: Made | Failed) -> None:
        if self._bar:
            self._bar.advance(self._task)

    def preview(self, asset_id: str, number: int, picture: bytes) -> None:
        if not self._stream.isatty():
            return
        self._say(f"preview {number} of {asset_id}")
        if self._protocol is None:
            return
        try:
            shown = inline_images.picture(picture, self._protocol)
        except StorageError:
            return
        with self._lock:
            own(self._stream).write(shown + "\n")
            self._stream.flush()

    def waits(self, surface: str, seconds: float, per_minute: int | None) -> None:
        pace = f", then {per_minute} a minute" if per_minute else ""
        self._say(f"{surface}: rate limit; waiting {math.ceil(seconds)} s{pace}")

    def finishes(self, in_flight: int) -> None:
        self._say(
            f"interrupted: waiting for {count(in_flight, 'running request')}, which will be billed"
            "; interrupt again to stop waiting and leave the outcome unknown"
        )

    def abandons(self, in_flight: int) -> None:
        self._say(
            f"stopped waiting for {count(in_flight, 'request')}; to list them: assetgen doctor"
        )
        self.end()
        self._stream.flush()
        os._exit(130)  # without waiting for the threads that wait for replies

    def _say(self, text: str) -> None:
        with self._lock:
            self._out.print(clean(text))

    def end(self) -> None:
        if self._bar:
            self._bar.stop()


def show_unread(result: Outcome, stream: IO[str]) -> None:
    """Say that assets.toml has other mistakes, and that the typed module was not updated."""
    show_others(result.others, stream)
    for one in result.manifest.project.modules if result.others else ():
        console(stream).print(clean(f"{one.path} was not updated: it needs all of assets.toml"))


def outcome(result: Outcome, stream: IO[str], verb: str = "made") -> None:
    """Print what was made (adopted, accepted), what failed and why, and the commit."""
    out = console(stream)
    wide = max((len(one.decision.asset.id) for one in result.made), default=0)
    drafts = sum(one.is_draft for one in result.made)
    word = max(len(verb), len("draft") if drafts else 0)
    for one in result.made[:MOST]:
        if one.candidates:
            _bought(one, out)
        else:
            _made(one, verb, out, word=word, wide=wide)
    if len(result.made) > MOST:
        out.print(f"{verb}  ... and {len(result.made) - MOST} more")
        _folded_remarks(result.made[MOST:], out)
    failures(result, stream)
    _left(result.left, out)
    _built(result, out)
    in_batches(result, out)
    undecided(result.undecided, out)
    choices = sum(bool(one.candidates) for one in result.made)
    moved = sum(one.former is not None for one in result.made) if verb == "made" else 0
    parts = [f"{len(result.made) - drafts - choices - moved} {verb}"]
    parts += [f"{moved} moved"] if moved else []
    if bought := sum(one.candidates for one in result.made):
        parts.append(f"{count(bought, 'candidate')} bought")
    if result.built:
        parts.append(f"{len(result.built)} built from records")
    if drafts:
        parts.append(count(drafts, "draft"))
    if verb == "made":  # nothing else was looked at
        parts.append(f"{result.fresh} fresh")
    if result.older:
        parts.append(f"{result.older} drawn by an older assetgen")
    if result.failed:
        parts.append(f"{len(result.failed)} not {verb}")
    if result.commit:
        parts.append(f"committed as {result.commit}")
    out.print(", ".join(parts))
    if result.older and not result.left:
        out.print("to draw them again: assetgen generate --redraw")
    commit_words(result, out, stream)
    if result.interrupted:
        out.print(
            "interrupted; finished images are in place; run the same command again for the rest"
        )
        if result.not_begun:
            out.print(clean(f"not started, nothing was sent: {', '.join(result.not_begun)}"))


def _made(one: Made, verb: str, out: Out, *, word: int, wide: int) -> None:
    """Print one image in columns that are ``word`` and ``wide``, and what left for it."""
    more = f" (+{len(one.files) - 1})" if len(one.files) > 1 else ""
    if one.former and verb == "made":  # its record, its files and its name moved
        out.print(clean(f"moved {one.former} to {one.decision.asset.id}: {one.files[0]}{more}"))
        _remarks(one, out)
        return
    said = "draft" if one.is_draft else verb
    out.print(clean(f"{said:{word}}  {one.decision.asset.id:{wide}}  {one.files[0]}{more}"))
    for path in one.removed:
        if path.startswith((f"{candidates.FOLDER}/", f"{OLD_NAMES}/")):
            continue  # the record has them now
        if path.startswith(f"{FOLDER}/"):
            out.print(clean(f"moved   {path} to {one.record}"))
        else:
            out.print(clean(f"removed {path}, which no asset needs any more"))
    _remarks(one, out)


def _folded_remarks(folded: Sequence[Made], out: Out) -> None:
    """Print what is to be said of images that are not listed one by one."""
    notes = [(one.decision.asset.id, remark) for one in folded for remark in one.remarks]
    for asset_id, remark in notes[:MOST]:
        out.print(clean(f"note  {asset_id}: {remark}"))
    if len(notes) > MOST:
        out.print(f"note  ... and {len(notes) - MOST} more")


def _bought(one: Made, out: Out) -> None:
    """Print that candidates of an image came, and how to go on."""
    asset_id = one.decision.asset.id
    out.print(clean(f"bought  {asset_id}  {count(one.candidates, 'candidate')}, none in place yet"))
    _remarks(one, out)
    out.print(f"pick one: {command('assetgen pick {id}', id=asset_id)}")


def _remarks(one: Made, out: Out) -> None:
    for remark in one.remarks:
        out.print(clean(f"note  {one.decision.asset.id}: {remark}"))


def failures(result: Outcome, stream: IO[str]) -> None:
    """Print what failed and why."""
    out = console(stream)
    groups = _alike(result.failed)
    for failure, others in groups[:MOST]:
        error(failure.error, stream)
        if others:
            more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
            out.print(clean(f"  the same: {', '.join(others[:MOST])}{more}"))
    if len(groups) > MOST:
        rest = sum(1 + len(others) for _, others in groups[MOST:])
        out.print(f"... and {rest} more failed (--json has all)")


def in_batches(result: Outcome, out: Out) -> None:
    """Print which images are in a batch, so that they are not made again."""
    for words, group in by_batch(result.in_batch).items():
        first = group[0].asset.id + (f" and {len(group) - 1} more" if len(group) > 1 else "")
        out.print(clean(f"waits  {first}  {words}; not bought again without --force"))
        show_cure(group[0].cure, out)


def commit_words(result: Outcome, out: Out, stream: IO[str]) -> None:
    """Print why something was not committed, and how to do that."""
    if result.unemitted:
        error(result.unemitted, stream)
    if result.uncommitted:
        error(result.uncommitted, stream)
    elif result.to_commit:
        out.print(f"commit it: {result.to_commit}")
    elif result.to_add:
        out.print("nothing was staged; stage the files, then commit again")
        show_cure(result.to_add, out)
    if result.has_no_repository and (result.made or result.batches):
        out.print("nothing was committed: the project is not in a git repository")


def _built(result: Outcome, out: Out) -> None:
    """Print what was built otherwise than its record says, and that .gitignore was written."""
    differing = [one for one in result.built if one.build and one.build.differing]
    for one in differing[:MOST]:
        path = next(iter(one.build.differing)) if one.build else ""
        why = one.build.why if one.build else ""
        out.print(clean(f"warning: {path} differs from the file in its record: {why}"))
    if len(differing) > MOST:
        out.print(f"warning: ... and {len(differing) - MOST} more differ")
    if differing:
        show_cure(made_with.cure([one.decision.asset.id for one in differing]), out)
    if result.wrote_gitignore:
        out.print("wrote .gitignore: it lists the files that are built from records")


def _left(left: Sequence[Left], out: Out) -> None:
    """Print what was not made because it costs money, for each bill, and what waits for it."""
    bought = [one.decision for one in left if not one.waits_for]
    for d in bought[:MOST]:
        out.print(clean(f"would cost  {d.asset.id}  {route_and_bill(d)}"))
    if len(bought) > MOST:
        out.print(f"would cost  ... and {len(bought) - MOST} more")
    for one in [one for one in left if one.waits_for][:MOST]:
        out.print(clean(f"waits  {one.decision.asset.id}  for @{', @'.join(one.waits_for)}"))
    for bill, words in bills(bought):
        out.print(f"{bill}: {words}, not bought; to buy: assetgen generate")


def _alike(failures: Sequence[Failed]) -> list[tuple[Failed, list[str]]]:
    """Each failure once, with the ids of the other assets that failed in the same way."""
    groups: dict[tuple[str, Cure | None], tuple[Failed, list[str]]] = {}
    for failure in failures:
        key = (failure.error.what, failure.error.cure)
        if key in groups:
            groups[key][1].append(failure.asset_id)
        else:
            groups[key] = (failure, [])
    return list(groups.values())


def outcome_json(result: Outcome) -> dict[str, Any]:
    """What a run did, as data."""
    return {
        "made": [made_json(one) for one in result.made],
        "built": [_built_json(one) for one in result.built],
        "failed": [
            {"id": f.asset_id, "state": f.state.value, **error_json(f.error)} for f in result.failed
        ],
        "fresh": result.fresh,
        "older": result.older,
        "left": [
            {**one, "waits_for": list(left.waits_for)}
            for one, left in zip(
                plan_json(left.decision for left in result.left), result.left, strict=True
            )
        ],
        "undecided": [
            {"id": d.asset.id, "why": str(d.reasons[-1].new), "cure": text_of(d.cure)}
            for d in result.undecided
        ],
        "in_batch": [
            {"id": d.asset.id, "why": str(d.reasons[-1].new), "cure": text_of(d.cure)}
            for d in result.in_batch
        ],
        "commit": result.commit,
        "uncommitted": error_json(result.uncommitted) if result.uncommitted else None,
        "module": list(result.module),
        "schema": list(result.schema),
        "unemitted": error_json(result.unemitted) if result.unemitted else None,
        "interrupted": result.interrupted,
        "not_begun": list(result.not_begun),
        "to_commit": text_of(result.to_commit),
        "to_add": text_of(result.to_add),
    }


def _built_json(one: Made) -> dict[str, Any]:
    """What was built from a record, as data."""
    differing = one.build.differing if one.build else {}
    return {
        "id": one.decision.asset.id,
        "files": list(one.files),
        "from": "layout" if one.build and one.build.is_drawn else "cache",
        "differs": [{"path": path, "sha256": digest} for path, digest in differing.items()],
        "why": one.build.why if one.build and differing else None,
    }


def made_json(one: Made) -> dict[str, Any]:
    """What was made for one asset, as data."""
    return {
        "id": one.decision.asset.id,
        "files": list(one.files),
        "removed": list(one.removed),
        "remarks": list(one.remarks),
        "draft": one.is_draft,
        **({"candidates": one.candidates} if one.candidates else {}),
    }
