"""The parts of the record about an image of Codex. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from assetgen import loose_json
from assetgen.codex.cli import Cli
from assetgen.codex.rollout import Generation, Rollout
from assetgen.image import decode
from assetgen.paid import inputs
from assetgen.paid.evidence import asked_for, noted
from assetgen.paid.journal import Entry
from assetgen.plan.routing import Drawn
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
from assetgen.routes import codex_prompt
from assetgen.text import brief

#: A larger share of a limit is not a percentage.
_MOST_PERCENT = 1_000_000


@dataclass(frozen=True)
class FoundImage:
    """The image of one thread, and the log of that thread."""

    original: bytes
    generation: Generation
    rollout: Rollout
    is_from_rollout: bool
    """Whether the file was gone, so that its bytes come from the log."""


def evidence(
    wish: Wish, client: Cli, given: Sequence[inputs.Picture], *, surface: str
) -> dict[str, Any]:
    """The parts of the record about a request; the prompt and the references as digests."""
    body = {
        "brief": record.digest_text(codex_prompt.brief(wish)),
        "prompt": record.digest_text(codex_prompt.prompt(wish)),
        "transparent_background": wish.intent.background == "transparent",
        "references": [one.digest for one in given],
        "model_requested": "gpt-image-2",
    }
    return {
        **parts("codex exec", surface=surface, client=client.name, body=body),
        "version": client.version,
        "tested": client.is_tested,
    }


def parts(
    endpoint: str, *, surface: str | None, client: str | None, body: Mapping[str, Any]
) -> dict[str, Any]:
    """The parts ``route`` and ``request`` of the record, as the log stores them."""
    route = RecordedRoute(
        owner="codex",
        surface=surface,
        endpoint=endpoint,
        origin="chatgpt.com",
        client=client,
    )
    return noted(route, record.recorded_request(endpoint, body))


def drawn(entry: Entry, wish: Wish, found: FoundImage) -> Drawn:
    """The result of the route, from an image that was checked. Raises StorageError."""
    sent = found.generation.prompt
    asked = codex_prompt.prompt(wish)
    differs = sent is not None and " ".join(sent.split()) != " ".join(asked.split())
    route, request = asked_for(entry)
    return Drawn(
        original=found.original,
        source_type="trainedAlgorithmicMedia",
        route=msgspec.structs.replace(route, codex=_thread(entry, found, differs=differs)),
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
        remarks=(
            *_run_remarks(entry, differs=differs),
            *_image_remarks(wish, decode.facts(found.original)),
        ),
    )


def _thread(entry: Entry, found: FoundImage, *, differs: bool) -> CodexThread:
    generation, limits = found.generation, found.rollout.limits
    return CodexThread(
        thread_id=entry.response_id,
        turn_id=generation.turn_id,
        call_id=generation.call_id,
        generation_id=generation.generation_id,
        cli_version=found.rollout.cli_version or entry.evidence.get("version"),
        agent_model=found.rollout.model,
        prompt_differs=differs,
        inputs=[{"sha256": _shown(one.get("sha256"), 64)} for one in generation.inputs],
        account_limits=ObservedLimits(
            before=_limits(limits[0]) if limits else None,
            after=_limits(limits[-1]) if limits else None,
        ),
    )


def _limits(found: Mapping[str, Any]) -> AccountLimits:
    """The limits of an account, in whole numbers: percentages in hundredths of a percent."""
    windows = {
        name: _window(found[name])
        for name in ("primary", "secondary")
        if isinstance(found.get(name), Mapping)
    }
    credits = found.get("credits")
    balance = credits.get("balance") if isinstance(credits, Mapping) else None
    plan = found.get("plan_type")
    return AccountLimits(
        primary=windows.get("primary", UNSET),
        secondary=windows.get("secondary", UNSET),
        credit_balance=_shown(balance, 40) if balance else None,
        plan_type=_shown(plan, 40) if plan else None,
    )


def _window(found: Mapping[str, Any]) -> LimitWindow:
    used = found.get("used_percent")
    return LimitWindow(
        used_hundredths_of_percent=_hundredths(used),
        window_minutes=_whole(found.get("window_minutes")),
        resets_at=_whole(found.get("resets_at")),
    )


def _hundredths(value: Any) -> int | None:
    """A percentage in hundredths of a percent; None for what is no percentage."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return round(value * 100) if 0 <= value <= _MOST_PERCENT else None


def _whole(value: Any) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and abs(value) < 2**53 else None


def _shown(value: Any, limit: int) -> str:
    """Text of a log for a record: nothing that a file cannot contain, and not too long."""
    return loose_json.shown(brief(value) if not isinstance(value, str) else value)[:limit]


def _run_remarks(entry: Entry, *, differs: bool) -> Iterator[str]:
    if differs:
        yield "the agent sent a different prompt than requested; the record has both"
    if not entry.evidence.get("tested", True):
        yield f"codex {entry.evidence.get('version')} is not a tested version"


def _image_remarks(wish: Wish, seen: decode.Facts) -> Iterator[str]:
    """Where the image is far from the requested shape, or opaque instead of transparent."""
    fit = wish.asset.fit
    size = f"{fit.width}x{fit.height}" if fit else wish.intent.size
    if size != "auto":
        width, height = (int(side) for side in size.split("x"))
        if abs(seen.width / seen.height - width / height) > 0.1 * width / height:
            yield f"requested the shape of {size}, received {seen.width}x{seen.height}"
    if wish.intent.background == "transparent" and not seen.alpha:
        yield "requested a transparent background, received an opaque one"
