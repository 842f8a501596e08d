"""A picture commissioned from the Codex CLI, once: one run, one thread, exactly one picture of that thread.

Neither the exit code of a run nor the words of the agent say whether there is a picture: only the thread's own
folder and its rollout do. The newest file anywhere is never looked for.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from assetgen.codex import cli as codex
from assetgen.codex.cli import Cli, Run
from assetgen.codex.failures import failure_of
from assetgen.codex.rollout import Generation, Rollout
from assetgen.errors import (
    AssetgenError,
    StorageError,
    UnknownOutcome,
    UnsupportedOption,
)
from assetgen.image import decode
from assetgen.paid import evidence, inputs
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.plan.routing import Drawn, Job, NotBegun
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.record.schema import (
    AccountLimits,
    Attempt,
    CodexThread,
    LimitWindow,
    ObservedLimits,
    PartialImages,
    RecordedResponse,
    RecordedRoute,
)
from assetgen.settings.conditions import Conditions

SURFACE = "codex-plan"
#: Runs at the same time: they share one account, and each is a process of a few hundred megabytes.
_AT_ONCE = threading.Semaphore(2)
#: The most pictures that the image tool takes as references.
MAX_REFERENCES = 5


@dataclass(frozen=True)
class FoundImage:
    """The picture of one thread, and what Codex wrote down of it."""

    original: bytes
    generation: Generation
    rollout: Rollout
    is_from_rollout: bool
    """Whether the file was gone and its bytes were taken from the rollout."""


def brief(wish: Wish) -> str:
    """What the agent is told: one call of the built-in tool, with exactly this prompt."""
    transparent = "true" if wish.intent.background == "transparent" else "false"
    references = ""
    if wish.asset.inputs:
        references = " Use the attached images as its references (num_last_images_to_include)."
    return (
        "Call the built-in image generation tool exactly once, with exactly the prompt between the lines of dashes, "
        f"and transparent_background={transparent}.{references} Run no commands, write no files, do not draw with "
        "code, do not call the tool again, whatever it answers. Then answer with the one word: done.\n"
        f"----------\n{prompt(wish)}\n----------\n"
    )


def prompt(wish: Wish) -> str:
    """The prompt of the wish; the shape is asked for in words, since the tool takes no size."""
    return f"{wish.intent.prompt}\n\n{_shape(wish)}".strip()


def _shape(wish: Wish) -> str:
    fit = wish.asset.fit
    size = f"{fit.width}x{fit.height}" if fit else wish.intent.size
    if size == "auto":
        return ""
    width, height = (int(side) for side in size.split("x"))
    if width == height:
        return "Square format."
    form = "Landscape" if width > height else "Portrait"
    common = math.gcd(width, height)
    ratio = (
        f"{width // common}:{height // common}"
        if max(width, height) // common <= 40
        else f"{width / height:.2f}:1"
    )
    return f"{form} format, aspect ratio {ratio}."


# -- one commission ----------------------------------------------------------------------------------


def draw(
    job: Job, conditions: Conditions, journal: Journal, want: str, stop: threading.Event
) -> Drawn:
    """Let Codex draw the picture of ``job``. Raises an AssetgenError that says what happened; NotBegun."""
    wish = job.wish
    if len(wish.asset.inputs) > MAX_REFERENCES:
        what = (
            f"Codex takes {MAX_REFERENCES} reference pictures at most, not {len(wish.asset.inputs)}"
        )
        raise UnsupportedOption(what, cure=f"name {MAX_REFERENCES} inputs at most")
    given = [inputs.of(job.read(entry), job.path(entry)) for entry in job.references]
    cli = codex.preflight(conditions.environ, job.root)
    with _AT_ONCE:
        if stop.is_set():
            raise NotBegun
        entry = journal.sent(
            want, wish.asset.id, "codex", SURFACE, "codex-cli", _evidence(wish, cli, given)
        )
        with codex.scratch() as folder:
            files = [_written(folder, n, one) for n, one in enumerate(given, start=1)]
            run = codex.ask(
                *(cli, brief(wish), files, folder),
                begun=lambda thread_id: journal.identified(entry.number, thread_id),
                patience=conditions.patience,
            )
    return _collected(journal, journal.entry(entry.number), run, wish, cli.home)


def _written(folder: Path, number: int, picture: inputs.Picture) -> Path:
    path = folder / f"reference-{number}.{picture.format}"
    path.write_bytes(picture.data)
    return path


def settle(entry: Entry, wish: Wish, conditions: Conditions) -> Drawn | None:
    """The picture that an earlier run's thread has left, None if it has left none. Raises UnknownOutcome for two."""
    if entry.response_id is None:
        return None
    folder = codex.home(conditions.environ)
    found = find(folder, entry.response_id)
    return _drawn(entry, wish, found) if found else None


def left(entry: Entry, conditions: Conditions) -> str | None:
    """sha256 (hex) of the one picture that a commission's thread has left, None if there is none."""
    try:
        found = find(codex.home(conditions.environ), entry.response_id or "")
    except AssetgenError:
        return None
    return _sha(found.original) if found else None


def find(folder: Path, thread_id: str) -> FoundImage | None:
    """The one picture of a thread: its file, proved by the rollout. Raises UnknownOutcome if there are several."""
    files = codex.pictures(folder, thread_id)
    told = codex.thread(folder, thread_id)
    drawn = [
        one
        for one in told.generations
        if one.status in (None, "completed") and (one.picture or one.saved_path)
    ]
    if len(files) > 1 or len(drawn) > 1:
        raise UnknownOutcome(
            f"Codex drew {max(len(files), len(drawn))} pictures in thread {thread_id}, and one was asked for; "
            "none is taken",
            cure=f"look at {folder / 'generated_images' / thread_id}, then: assetgen adopt ID FILE --route codex",
        )
    if not files and not drawn:
        return None
    generation = drawn[0] if drawn else Generation(call_id=files[0].stem)
    original = files[0].read_bytes() if files else generation.picture or b""
    named = Path(generation.saved_path).name if files and generation.saved_path else None
    if named and named != files[0].name:
        what = f"thread {thread_id} says that it drew {named}, and {files[0].name} is there"
        raise StorageError(what, cure="assetgen generate ID --force (draws another)")
    if files and generation.picture is not None and generation.picture != original:
        what = f"the picture in {files[0]} is not the one that thread {thread_id} drew: it was changed since"
        raise StorageError(what, cure="assetgen generate ID --force (draws another)")
    try:
        decode.decode(original)
    except StorageError as exc:
        what = f"what thread {thread_id} of Codex left is not a picture: {exc.what}"
        raise StorageError(what, cure="assetgen generate ID --force (draws another)") from None
    return FoundImage(original, generation, told, is_from_rollout=not files)


def of_thread(
    wish: Wish, thread_id: str, conditions: Conditions, root: Path, known: Collection[str]
) -> Drawn:
    """The picture that the running thread's agent drew for ``wish``; ``known`` are originals that are taken already.

    Raises StorageError if there is none or more than one, none of which is guessed at.
    """
    folder = codex.home(conditions.environ)
    told = codex.thread(folder, thread_id)
    new = {
        path: data
        for path in codex.pictures(folder, thread_id)
        if _sha(data := path.read_bytes()) not in known
    }
    if len(new) != 1:
        place = folder / "generated_images" / thread_id
        what = f"thread {thread_id} of Codex has {len(new)} pictures that are not taken yet, and one is needed"
        cure = (
            "call the image tool once, then run it again"
            if not new
            else f"name it: assetgen adopt ID {place}/FILE"
        )
        raise StorageError(what, where=str(place), cure=cure)
    [(path, original)] = new.items()
    made = next(
        (one for one in told.generations if one.picture == original), Generation(call_id=path.stem)
    )
    found = FoundImage(original, made, told, is_from_rollout=False)
    body = {"prompt": record.digest_text(prompt(wish)), "model_requested": "gpt-image-2"}
    client = f"codex-cli {told.cli_version}" if told.cli_version else None
    stated = {
        **_stated("codex agent", _surface(conditions, root), client, body),
        "version": told.cli_version,
    }
    attempts = [{"outcome": "ok", "status": None, "retryReason": None}]
    entry = Entry(
        number=0,
        want="",
        asset_id=wish.asset.id,
        route="codex",
        surface=SURFACE,
        origin="codex-cli",
        fate=Fate.ANSWERED,
        began=conditions.clock(),
        evidence=stated,
        attempts=attempts,
        reply=None,
        response_id=thread_id,
        note=None,
    )
    return replace(_drawn(entry, wish, found), entry=None, reason="adopted")


def _surface(conditions: Conditions, root: Path) -> str | None:
    """The plan if Codex is known to be on it, else unknown: an agent may run on anything."""
    try:
        codex.preflight(conditions.environ, root)
    except AssetgenError:
        return None
    return SURFACE


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _collected(journal: Journal, entry: Entry, run: Run, wish: Wish, folder: Path) -> Drawn:
    """The picture of a run that has ended, or the error that says why there is none."""
    thread_id = run.thread_id
    try:
        found = find(folder, thread_id) if thread_id else None
    except AssetgenError as exc:
        journal.end(entry.number, Fate.FRUITLESS, exc.what)
        raise
    if found is not None:
        attempts = [{"outcome": "ok", "status": None, "retryReason": None}]
        journal.answered(entry.number, attempts, {"thread": thread_id, "exit": run.exit_code})
        return _drawn(journal.entry(entry.number), wish, found)
    told = codex.thread(folder, thread_id) if thread_id else Rollout()
    error = failure_of(run, told)
    if isinstance(error, UnknownOutcome):
        journal.end(entry.number, Fate.SENT, error.what)
    else:
        journal.attempt(
            entry.number,
            Fate.REFUSED,
            [{"outcome": "refused", "status": None, "retryReason": None}],
        )
    raise error


# -- the record --------------------------------------------------------------------------------------


def _evidence(wish: Wish, cli: Cli, given: Sequence[inputs.Picture]) -> dict[str, Any]:
    """What the record will say of the commission; the prompt and the references as digests."""
    body = {
        "brief": record.digest_text(brief(wish)),
        "prompt": record.digest_text(prompt(wish)),
        "transparent_background": wish.intent.background == "transparent",
        "references": [one.digest for one in given],
        "model_requested": "gpt-image-2",
    }
    return {
        **_stated("codex exec", SURFACE, cli.name, body),
        "version": cli.version,
        "tested": cli.is_tested,
    }


def _stated(
    endpoint: str, surface: str | None, client: str | None, body: Mapping[str, Any]
) -> dict[str, Any]:
    """The record's own parts on who was asked for what, as the log stores them."""
    route = RecordedRoute(
        owner="codex",
        surface=surface,
        endpoint=endpoint,
        origin="chatgpt.com",
        client=client,
    )
    return evidence.noted(route, record.recorded_request(endpoint, body))


def _drawn(entry: Entry, wish: Wish, found: FoundImage) -> Drawn:
    made = found.generation
    asked, sent = prompt(wish), made.prompt
    differs = sent is not None and " ".join(sent.split()) != " ".join(asked.split())
    limits = found.rollout.limits
    seen = decode.facts(found.original)
    route, request = evidence.asked_for(entry)
    thread = CodexThread(
        thread_id=entry.response_id,
        turn_id=made.turn_id,
        call_id=made.call_id,
        generation_id=made.generation_id,
        cli_version=found.rollout.cli_version or entry.evidence.get("version"),
        agent_model=found.rollout.model,
        prompt_differs=differs,
        inputs=[_input(one) for one in made.inputs],
        account_limits=ObservedLimits(
            before=_limits(limits[0]) if limits else None,
            after=_limits(limits[-1]) if limits else None,
        ),
    )
    remarks = (
        ["the agent sent another prompt than was asked; the record has both"] if differs else []
    )
    remarks += (
        []
        if entry.evidence.get("tested", True)
        else [f"codex {entry.evidence.get('version')} is not a tested version"]
    )
    remarks += _shape_remarks(wish, seen)
    return Drawn(
        original=found.original,
        source_type="trainedAlgorithmicMedia",
        route=msgspec.structs.replace(route, codex=thread),
        request=request,
        response=RecordedResponse(
            created_at=entry.began,
            model=None,
            tool_usage=None,
            partial_images=PartialImages(requested=0, received=0),
            images=1,
            others=[],
            attempts=msgspec.convert(entry.attempts, list[Attempt]),
        ),
        received="rollout" if found.is_from_rollout else "file",
        keeps_original=True,
        revised=sent if differs else None,
        placeholder=decode.placeholder(decode.decode(found.original)),
        entry=entry.number,
        remarks=tuple(remarks),
    )


def _input(stated: Mapping[str, Any]) -> dict[str, str]:
    return {"sha256": str(stated.get("sha256"))[:64]}


def _limits(found: Mapping[str, Any]) -> AccountLimits:
    """An account's limits in whole numbers: percents are stated in hundredths."""
    windows = {}
    for name in ("primary", "secondary"):
        window = found.get(name)
        if isinstance(window, Mapping):
            used = window.get("used_percent")
            windows[name] = LimitWindow(
                used_hundredths_of_percent=round(used * 100)
                if isinstance(used, (int, float))
                else None,
                window_minutes=_whole(window.get("window_minutes")),
                resets_at=_whole(window.get("resets_at")),
            )
    credits = found.get("credits")
    balance = credits.get("balance") if isinstance(credits, Mapping) else None
    plan = found.get("plan_type")
    return AccountLimits(
        primary=windows.get("primary", UNSET),
        secondary=windows.get("secondary", UNSET),
        credit_balance=str(balance)[:40] if balance else None,
        plan_type=str(plan)[:40] if plan else None,
    )


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _shape_remarks(wish: Wish, seen: decode.Facts) -> list[str]:
    """Where the picture's shape is far from the one that was asked for in words."""
    fit = wish.asset.fit
    size = f"{fit.width}x{fit.height}" if fit else wish.intent.size
    found = []
    if size != "auto":
        width, height = (int(side) for side in size.split("x"))
        if abs(seen.width / seen.height - width / height) > 0.1 * width / height:
            found.append(f"asked for the shape of {size}, {seen.width}x{seen.height} came")
    if wish.intent.background == "transparent" and not seen.alpha:
        found.append("asked for a transparent background, an opaque one came")
    return found
