"""What the page asks for is done here, by the same code as the commands."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from assetgen.cure import Cure, command
from assetgen.errors import AssetgenError, ManifestError
from assetgen.generate import approving, pick, refine
from assetgen.generate.options import Options
from assetgen.generate.outcome import Observer, Outcome
from assetgen.report import approving as report
from assetgen.report import generate
from assetgen.report.text import error_json
from assetgen.review.session import Progress, Review

# Seconds to wait for another run in the project.
_PATIENCE = 30


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One action on one image, as the page sends it."""

    action: Literal["approve", "revoke", "pick", "price", "refine", "unrefine"]
    id: str
    picture: str | None = None
    """The id of the picture that was looked at."""
    note: str = ""
    candidate: str | None = None
    """The sha256 (hex) of the candidate to pick."""
    say: Annotated[str, msgspec.Meta(max_length=32_000)] = ""
    """What a refinement changes."""
    box: tuple[int, int, int, int] | None = None
    candidates: Annotated[int, msgspec.Meta(ge=1, le=10)] | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: what the command prints, its command line, and what takes it back."""

    words: str
    command: str
    undo: Act | None = None
    uncommitted: dict[str, Any] | None = None


def parse(data: bytes) -> Act:
    """The action that ``data``, JSON, asks for. Raises ManifestError."""
    try:
        return msgspec.json.decode(data, type=Act)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise ManifestError(f"this is no action of the page: {exc}") from None


def perform(review: Review, act: Act) -> Done:
    """Do what the page asks for, and look at the project again. Raises AssetgenError."""
    if act.id not in review.reading.decisions:
        raise ManifestError("assets.toml lists no such asset")
    try:
        return _ACTS[act.action](review, act)
    finally:
        review.progress = None
        if act.action != "price":
            review.again()


def _approve(review: Review, act: Act) -> Done:
    seen = {act.id: act.picture or ""}
    result = approving.approve(review.root, [act.id], review.conditions, note=act.note, seen=seen)
    line = command("assetgen approve {asset_id}", asset_id=act.id)
    if act.note:
        line = command("{line} --note {note}", line=line, note=act.note)
    is_new = any(one.is_new for one in result.done)
    return Done(
        words=_printed(lambda stream: report.approving(result, stream)),
        command=str(line),
        undo=Act("revoke", act.id) if is_new else None,
        uncommitted=_uncommitted(result.uncommitted),
    )


def _revoke(review: Review, act: Act) -> Done:
    result = approving.revoke(review.root, [act.id], review.conditions)
    return Done(
        words=_printed(lambda stream: report.revoking(result, stream)),
        command=str(command("assetgen revoke {asset_id}", asset_id=act.id)),
        uncommitted=_uncommitted(result.uncommitted),
    )


def _pick(review: Review, act: Act) -> Done:
    """Pick the candidate that was seen: by its digest, whatever its number is by now."""
    project, wish = review.reading.project, review.reading.decisions[act.id].wish
    before = project.holdings.choices.options(wish)
    chosen = next((one for one in before if one.candidate.sha256 == act.candidate), None)
    if chosen is None:
        raise ManifestError("there is no such candidate any more")
    conditions = review.conditions
    outcome = pick.pick(
        review.root,
        act.id,
        chosen.candidate.sha256,
        Options(patience=_PATIENCE),
        conditions.environ,
        conditions,
    )
    earlier = next((one.candidate.sha256 for one in before if one.is_picked), None)
    is_other = earlier is not None and earlier != act.candidate
    number = chosen.number
    return Done(
        words=_printed(lambda stream: generate.outcome(outcome, stream, "picked")),
        command=str(command("assetgen pick {asset} {number}", asset=act.id, number=number)),
        undo=Act("pick", act.id, candidate=earlier) if is_other else None,
        uncommitted=_uncommitted(outcome.uncommitted),
    )


def _asked(act: Act) -> refine.Asked:
    if not act.say.strip():
        raise ManifestError("a refinement says what changes")
    return refine.Asked(act.say.strip(), act.box, None, act.candidates)


def _line(act: Act) -> Cure:
    """The command line of a refinement."""
    line = command("assetgen refine {asset} {say}", asset=act.id, say=act.say.strip())
    if act.box:
        line = command("{line} --box {box}", line=line, box=",".join(map(str, act.box)))
    if act.candidates:
        line = command("{line} --candidates {number}", line=line, number=act.candidates)
    return line


def _price(review: Review, act: Act) -> Done:
    """What a refinement would cost. Nothing is sent."""
    options = Options(patience=_PATIENCE)
    found = refine.priced(review.root, act.id, _asked(act), review.conditions, options).estimate
    return Done(words=f"{found.words}, on {found.surface}", command=str(_line(act)))


def _refine(review: Review, act: Act) -> Done:
    environ, options = review.conditions.environ, Options(patience=_PATIENCE)
    live = Live(review)
    outcome = refine.refine(
        review.root, act.id, _asked(act), options, environ, review.conditions, live
    )
    return _outcome(outcome, _line(act), "refined", Act("unrefine", act.id))


def _unrefine(review: Review, act: Act) -> Done:
    environ, options = review.conditions.environ, Options(patience=_PATIENCE)
    outcome = refine.undo(review.root, act.id, options, environ, review.conditions)
    return _outcome(outcome, command("assetgen refine {asset} --undo", asset=act.id), "made", None)


def _outcome(outcome: Outcome, line: Cure, verb: str, undo: Act | None) -> Done:
    """The result of a run. Raises the error of the one image that was asked for."""
    if outcome.failed:
        raise outcome.failed[0].error
    return Done(
        words=_printed(lambda stream: generate.outcome(outcome, stream, verb)),
        command=str(line),
        undo=undo if outcome.made else None,
        uncommitted=_uncommitted(outcome.uncommitted),
    )


class Live(Observer):
    """Shows on the page what a refinement is at."""

    def __init__(self, review: Review) -> None:
        self._review = review
        review.progress = Progress(words="Sent; waiting for the picture")

    def preview(self, asset_id: str, number: int, picture: bytes) -> None:
        """A partial image was received."""
        name = self._review.pictures.of_preview(asset_id, picture)
        self._review.progress = Progress(words=f"Preview {number}", picture=name)

    def waits(self, surface: str, seconds: float, per_minute: int | None) -> None:
        """A rate limit delays the request."""
        words = f"{surface}: rate limit; waiting {math.ceil(seconds)} s"
        self._review.progress = Progress(words=words)


_ACTS: dict[str, Callable[[Review, Act], Done]] = {
    "approve": _approve,
    "revoke": _revoke,
    "pick": _pick,
    "price": _price,
    "refine": _refine,
    "unrefine": _unrefine,
}


def _printed(report_to: Callable[[io.StringIO], None]) -> str:
    stream = io.StringIO()
    report_to(stream)
    return stream.getvalue().strip()


def _uncommitted(error: AssetgenError | None) -> dict[str, Any] | None:
    return error_json(error) if error else None
