"""The route that draws with the Codex CLI: one run, one thread, exactly one image of that thread.

Neither the exit code of a run nor the words of the agent show whether there is an image: only the
folder of the thread and its log (its rollout) do. The newest file anywhere is never used.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assetgen.codex import cli
from assetgen.codex.cli import Run
from assetgen.codex.failures import failure_of
from assetgen.codex.rollout import Generation, Rollout
from assetgen.cure import ID, advice, command
from assetgen.errors import (
    AssetgenError,
    RoutingError,
    StorageError,
    UnknownOutcome,
    UnsupportedOption,
)
from assetgen.fs import store
from assetgen.image import decode
from assetgen.paid import inputs
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.plan.routing import Drawn, Job, NotBegun
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.routes import codex_prompt, codex_record
from assetgen.routes.codex_record import FoundImage
from assetgen.settings.conditions import Conditions

SURFACE = "codex-plan"
#: Runs at the same time: they share one account, and each needs a few hundred megabytes.
_AT_ONCE = threading.Semaphore(2)
#: The most references that the image tool accepts.
MAX_REFERENCES = 5
_SUCCESS = {"outcome": "ok", "status": None, "retryReason": None}
_REFUSAL = {"outcome": "refused", "status": None, "retryReason": None}
_DRAW_ANOTHER = advice(
    "{generate} (draws another)", generate=command("assetgen generate {asset} --force", asset=ID)
)


# -- assetgen runs Codex ---------------------------------------------------------------------------


def draw(
    job: Job,
    conditions: Conditions,
    journal: Journal,
    stop: threading.Event,
    more: Mapping[str, Any] = {},
) -> Drawn:
    """Let Codex draw the image of ``job``. Raises AssetgenError or NotBegun.

    The log of paid requests keeps ``more`` with it.
    """
    wish = job.wish
    given = references(job)
    client = cli.preflight(conditions.environ, job.root)
    with _AT_ONCE, cli.scratch() as folder:
        if stop.is_set():
            raise NotBegun
        # What can fail here fails before the entry, so that it blocks nothing.
        files = [_written(folder, n, one) for n, one in enumerate(given, start=1)]
        entry = journal.sent(
            wish.key,
            asset_id=wish.asset.id,
            route="codex",
            surface=SURFACE,
            origin="codex-cli",
            evidence={**codex_record.evidence(wish, client, given, surface=SURFACE), **more},
        )
        try:
            run = cli.ask(
                client,
                prompt=codex_prompt.brief(wish),
                references=files,
                folder=folder,
                begun=lambda thread_id: journal.identified(entry.number, thread_id),
                patience=conditions.patience,
            )
        except cli.NotStarted as exc:
            journal.attempt(entry.number, Fate.REFUSED, [_REFUSAL])
            raise RoutingError(
                str(exc), cure=advice("try it yourself: {exec}", exec=command("codex exec"))
            ) from None
    return _collected(journal, journal.entry(entry.number), run, wish=wish, folder=client.home)


def references(job: Job) -> list[inputs.Picture]:
    """The images that Codex is given for ``job``. Raises UnsupportedOption or ManifestError."""
    number = len(job.references)
    if number > MAX_REFERENCES:
        raise UnsupportedOption(
            f"Codex accepts {MAX_REFERENCES} reference images at most, not {number}",
            cure=advice("name {max_references} inputs at most", max_references=MAX_REFERENCES),
        )
    return [inputs.of(job.read(entry), job.path(entry)) for entry in job.references]


def refuse(job: Job) -> None:
    """Raise the error for which ``job`` cannot be given to Codex, without running it."""
    references(job)


def _written(folder: Path, number: int, picture: inputs.Picture) -> Path:
    path = folder / f"reference-{number}.{picture.format}"
    try:
        path.write_bytes(picture.data)
    except OSError as exc:
        raise store.explained(exc, str(path)) from None
    return path


def _collected(journal: Journal, entry: Entry, run: Run, *, wish: Wish, folder: Path) -> Drawn:
    """The image of a run that has ended. Raises the error that says why there is none."""
    thread_id = run.thread_id
    try:
        found = find(folder, thread_id) if thread_id else None
    except AssetgenError as exc:
        journal.end(entry.number, Fate.FRUITLESS, exc.what)
        raise
    if found is not None:
        journal.answered(entry.number, [_SUCCESS], {"thread": thread_id, "exit": run.exit_code})
        return codex_record.drawn(journal.entry(entry.number), wish, found)
    error = failure_of(run, cli.thread(folder, thread_id) if thread_id else Rollout())
    if isinstance(error, UnknownOutcome):
        journal.end(entry.number, Fate.SENT, error.what)
    else:
        journal.attempt(entry.number, Fate.REFUSED, [_REFUSAL])
    raise error


def settle(entry: Entry, wish: Wish, conditions: Conditions) -> Drawn | None:
    """The image that the thread of an earlier run left; None if it left none.

    Raises UnknownOutcome if there are two, StorageError if it is not the image of that thread.
    """
    if entry.response_id is None:
        return None
    found = find(cli.home(conditions.environ), entry.response_id)
    return codex_record.drawn(entry, wish, found) if found else None


def left(entry: Entry, conditions: Conditions) -> str | None:
    """sha256 (hex) of the one image that the thread of an entry left; None if there is none."""
    try:
        found = find(cli.home(conditions.environ), entry.response_id or "")
    except AssetgenError:
        return None
    return _sha(found.original) if found else None


# -- the image of a thread -------------------------------------------------------------------------


def find(folder: Path, thread_id: str) -> FoundImage | None:
    """The one image of a thread: its file, confirmed by the log of the thread; None if it has none.

    Raises UnknownOutcome if there are several, StorageError if the file is not that image.
    """
    files = cli.pictures(folder, thread_id)
    log = cli.thread(folder, thread_id)
    drawn = [
        one
        for one in log.generations
        # The status may still be "generating" beside a whole image.
        if one.picture or (one.saved_path and one.status in (None, "completed"))
    ]
    if len(files) > 1 or len(drawn) > 1:
        place = folder / "generated_images" / thread_id
        raise UnknownOutcome(
            f"Codex drew {max(len(files), len(drawn))} images in thread {thread_id} "
            "instead of one; none of them is used",
            cure=advice(
                "look at {place}, then: {adopt}",
                place=str(place),
                adopt=command("assetgen adopt {asset} FILE --route codex", asset=ID),
            ),
        )
    if not files and not drawn:
        return None
    generation = drawn[0] if drawn else Generation(call_id=files[0].stem)
    original = files[0].read_bytes() if files else generation.picture or b""
    if files:
        _refuse_others(files[0], original, generation, thread_id=thread_id)
    try:
        decode.decode(original)
    except StorageError as exc:
        what = f"the file that Codex left in thread {thread_id} is not an image: {exc.what}"
        raise StorageError(what, cure=_DRAW_ANOTHER) from None
    return FoundImage(original, generation, log, is_from_rollout=not files)


def _refuse_others(file: Path, original: bytes, generation: Generation, *, thread_id: str) -> None:
    """Raise StorageError if ``file`` is not the image that the log of the thread describes."""
    named = Path(generation.saved_path or "").name
    if named and named != file.name:
        what = f"the log of thread {thread_id} names {named}, but its folder has {file.name}"
        raise StorageError(what, cure=_DRAW_ANOTHER)
    if generation.picture not in (None, original):
        what = f"{file} was changed: it is not the image that thread {thread_id} drew"
        raise StorageError(what, cure=_DRAW_ANOTHER)


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# -- Codex runs assetgen ---------------------------------------------------------------------------


def of_thread(
    wish: Wish, thread_id: str, conditions: Conditions, root: Path, known: Collection[str]
) -> Drawn:
    """The image that the agent of the running thread drew for ``wish``.

    ``known`` are the digests (hex) of originals that have a record. Raises StorageError if the
    thread has no other image, or more than one: assetgen does not guess.
    """
    folder = cli.home(conditions.environ)
    log = cli.thread(folder, thread_id)
    path, original = _one_new(folder, thread_id, known, asset_id=wish.asset.id)
    generation = next(
        (one for one in log.generations if one.picture == original), Generation(call_id=path.stem)
    )
    entry = Entry(
        number=0,
        want="",
        asset_id=wish.asset.id,
        route="codex",
        surface=SURFACE,
        origin="codex-cli",
        fate=Fate.ANSWERED,
        began=conditions.clock(),
        evidence=_agent_evidence(wish, log, surface=_surface(log, conditions, root)),
        attempts=[_SUCCESS],
        reply=None,
        response_id=thread_id,
        note=None,
    )
    found = FoundImage(original, generation, log, is_from_rollout=False)
    return replace(codex_record.drawn(entry, wish, found), entry=None, reason="adopted")


def _one_new(
    folder: Path, thread_id: str, known: Collection[str], asset_id: str
) -> tuple[Path, bytes]:
    """The one image of a thread that has no record yet. Raises StorageError."""
    new = {
        path: data
        for path in cli.pictures(folder, thread_id)
        if _sha(data := path.read_bytes()) not in known
    }
    if len(new) == 1:
        return next(iter(new.items()))
    place = folder / "generated_images" / thread_id
    cure = advice("call the image tool once, then run the same command again")
    if new:
        cure = advice(
            "name the file: {adopt}",
            adopt=command("assetgen adopt {asset} {place}/FILE", asset=asset_id, place=str(place)),
        )
    what = f"thread {thread_id} of Codex has {len(new)} images without a record; it must have one"
    raise StorageError(what, where=str(place), cure=cure)


def _agent_evidence(wish: Wish, log: Rollout, *, surface: str | None) -> dict[str, Any]:
    prompt = record.digest_text(codex_prompt.prompt(wish))
    client = f"codex-cli {log.cli_version}" if log.cli_version else None
    parts = codex_record.parts(
        "codex agent",
        surface=surface,
        client=client,
        body={"prompt": prompt, "model_requested": "gpt-image-2"},
    )
    return {**parts, "version": log.cli_version}


def _surface(log: Rollout, conditions: Conditions, root: Path) -> str | None:
    """The plan if the thread is known to be on it; else None: an agent may run on anything."""
    if log.provider != "openai":
        return None
    try:
        cli.preflight(conditions.environ, root)
    except AssetgenError:
        return None
    return SURFACE
