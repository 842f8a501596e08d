"""Wish + what was drawn + what was delivered -> the statement that goes into the record."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from assetgen import __version__
from assetgen.fs import platform
from assetgen.image import decode, derive, plain, xmp
from assetgen.image.derive import Derived
from assetgen.image.steps import fitted
from assetgen.plan import cost, weight
from assetgen.plan.differences import DERIVED
from assetgen.plan.routing import Drawn
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.record.places import Records
from assetgen.record.record import Record
from assetgen.record.schema import (
    Accepted,
    Amount,
    Candidate,
    Costs,
    DataFile,
    Marking,
    Original,
    Predicate,
    PromptText,
    Purchase,
    RecordedAsset,
    RecordedPrompt,
    RecordedRoute,
    RecordedStep,
    Sha256,
    Statement,
    Storage,
    Subject,
    Tool,
)
from assetgen.record.steps import Derivation, EncodeStep, KeepStep, Step


@dataclass(frozen=True)
class Known:
    """A record as it is in the project: what deciding reads of it, and the whole statement."""

    record: Record
    statement: Mapping[str, Any]


def known(data: bytes, place: str) -> Known:
    """The record in ``data``, from the path ``place``. Raises Unusable."""
    return Known(record.read(data, place), record.statement(data))


def known_of(records: Records, asset_id: str) -> Known:
    """The record of an asset. Raises Unusable."""
    place, data = records.find(asset_id)
    return known(data or b"", place)


# -- new records -----------------------------------------------------------------------------------


def of_drawing(
    wish: Wish,
    drawn: Drawn,
    files: Sequence[Derived],
    *,
    placeholder: str,
    estimate: cost.Estimate,
    prompts: str,
    digest: str | None = None,
    outside: KeepStep | None = None,
    refined: Sequence[Mapping[str, Any]] = (),
) -> Statement:
    """The statement for a picture that a route drew; ``prompts`` is "text" or "digest".

    ``digest`` is the sha256 (hex) of the original, if it is known. ``outside`` is how the original
    was made from what the route gave; ``refined`` are the images before, as their records state
    them.
    """
    revised = prompt_text(drawn.revised, prompts) if drawn.revised else None
    predicate = Predicate(
        asset=_asset(wish),
        intent=wish.intent.stated(prompts),
        prompt=_prompt(wish, wish.intent.prompt or None, revised=revised, prompts=prompts),
        route=drawn.route,
        request=drawn.request,
        inputs=list(wish.intent.inputs),
        response=drawn.response,
        original=_original(drawn.original, digest) if drawn.keeps_original else None,
        derive=_derive(wish, files, [outside] if outside else ()),
        observed=[file.measured() for file in files],
        placeholder=placeholder,
        storage=Storage(received=drawn.received, decision=drawn.decision, reason=drawn.reason),
        marking=_marking(drawn.source_type, files),
        cost=Costs(
            surface=estimate.surface or None,
            currency=estimate.currency,
            estimate=estimated(estimate),
            usage=drawn.usage_cost,
            provider=drawn.provider_cost,
        ),
        tool=_tool(wish),
        refined=msgspec.convert(list(refined), list[RecordedStep]) if refined else msgspec.UNSET,
    )
    return Statement(subject=_subject(files), predicate=predicate)


def picked(
    stated: Statement,
    chosen: Candidate,
    candidates: Sequence[Candidate],
    purchases: Sequence[Purchase],
) -> Statement:
    """The statement for the image of one candidate, with all that it was picked from."""
    predicate = msgspec.structs.replace(
        stated.predicate,
        prompt=msgspec.structs.replace(stated.predicate.prompt, revised=chosen.revised),
        cost=chosen.cost,
        candidates=list(candidates),
        purchases=list(purchases),
    )
    return Statement(subject=stated.subject, predicate=predicate)


def of_adoption(
    wish: Wish,
    original: bytes,
    files: Sequence[Derived],
    *,
    placeholder: str,
    source_type: str | None,
    owner: str | None,
    surface: str | None,
    prompt: str | None,
    prompts: str,
) -> Statement:
    """The statement for a file that the user brought: unknown values are null."""
    predicate = Predicate(
        asset=_asset(wish),
        intent=wish.intent.stated(prompts),
        prompt=_prompt(wish, prompt, revised=None, prompts=prompts),
        route=RecordedRoute(owner=owner, surface=surface),
        request=None,
        inputs=list(wish.intent.inputs),
        response=None,
        original=_original(original),
        derive=_derive(wish, files),
        observed=[file.measured() for file in files],
        placeholder=placeholder,
        storage=Storage(received="file", decision="commit", reason="adopted"),
        marking=_marking(source_type, files),
        cost=Costs(surface=surface),
        tool=_tool(wish),
    )
    return Statement(subject=_subject(files), predicate=predicate)


def private(wish: Wish, revised: str | None) -> list[str]:
    """The texts that no published file may contain: the prompt, and the provider's form of it."""
    texts = [text for text in (wish.asset.prompt, wish.intent.prompt, revised) if text]
    is_hidden = _is_digest(wish.intent.prompt) or (revised is not None and _is_digest(revised))
    return [*texts, plain.ANY] if is_hidden else texts


def private_of(known: Known, wish: Wish) -> list[str]:
    """``private`` for files that are made again, from what their record says of the prompt."""
    texts = private(wish, None)
    digests = {record.digest_text(text) for text in texts}
    prompt = known.statement["predicate"]["prompt"]
    for stated in (prompt["effective"], prompt["revised"]):
        if stated and stated["digest"] not in digests:
            texts.append(stated["text"] or plain.ANY)
    return texts


def adopted_type(owner: str | None) -> str | None:
    """The source type that follows from who drew an adopted file; None if that is unknown."""
    if owner is None:
        return None
    return "algorithmicMedia" if owner == "local" else "trainedAlgorithmicMedia"


# -- records of files that were made before --------------------------------------------------------


def of_derivation(old: Known, wish: Wish, files: Sequence[Derived]) -> Mapping[str, Any]:
    """The old statement with its files made again from the kept original."""
    return record.amended(
        old.statement,
        _subject(files),
        derive=_derive(wish, files, _kept_outside(old)),
        asset=_asset(wish),
        observed=[file.measured() for file in files],
        marking=_marking(old.record.source_type, files),
        tool=_tool(wish),
    )


def of_acceptance(
    old: Known, wish: Wish, files: Sequence[Derived], fields: Sequence[str], prompts: str
) -> Mapping[str, Any]:
    """The old statement, and that the user accepted the files for what the manifest asks now."""
    was = old.record.subject
    edited = [file.path for file in files if was.get(file.path) != file.sha256]
    return record.amended(
        old.statement,
        _subject(files),
        intent=_intent(old, wish, prompts),
        asset=_asset(wish),
        observed=[file.measured() for file in files],
        storage=_accepted_storage(old),
        accepted=Accepted(fields=list(fields), files=edited),
        marking=_marking(old.record.source_type, files),
        tool=_tool(wish),
    )


def of_renaming(
    old: Known,
    wish: Wish,
    files: Sequence[Derived],
    *,
    fields: Sequence[str],
    edited: Sequence[str],
    prompts: str,
) -> Mapping[str, Any]:
    """The old statement for an asset that has another id or path now.

    ``fields`` are the other differences to the manifest. They are accepted, and so is each file
    that was ``edited``.
    """
    intent = _intent(old, wish, prompts)
    parts: dict[str, object] = {
        "asset": _asset(wish),
        "intent": intent,
        "derive": _derive(wish, files, _kept_outside(old), old.record),
        "observed": [file.measured() for file in files],
    }
    if old.record.asset_id != wish.asset.id:
        earlier = old.statement["predicate"].get("formerly", ())
        parts["formerly"] = [*earlier, old.record.asset_id]
    painted = [field for field in fields if field not in DERIVED]
    if not painted:
        parts["inputs"] = intent["inputs"]
    if painted or edited:
        parts["storage"] = _accepted_storage(old)
        parts["accepted"] = Accepted(fields=painted, files=list(edited))
    return record.amended(
        old.statement,
        _subject(files),
        **parts,
        marking=_marking(old.record.source_type, files),
        tool=_tool(wish),
    )


def _intent(old: Known, wish: Wish, prompts: str) -> Mapping[str, Any]:
    """The intent of a wish; as it is written already, if that asks for the same.

    Approvals name the digest of what is written.
    """
    was: Mapping[str, Any] = old.statement["predicate"]["intent"]
    made = wish.intent.stated(prompts)
    return was if record.current(was) == made else made


def _accepted_storage(old: Known) -> Mapping[str, Any]:
    """How the files were received, as it was; and that they were accepted."""
    accepted = Storage(decision="commit", reason="accepted")
    return {**old.statement["predicate"]["storage"], **msgspec.to_builtins(accepted)}


# -- the parts -------------------------------------------------------------------------------------


def _subject(files: Sequence[Derived]) -> list[Subject]:
    return [Subject(name=file.path, digest=Sha256(sha256=file.sha256)) for file in files]


def _asset(wish: Wish) -> RecordedAsset:
    asset = wish.asset
    data = [DataFile(path=path, sha256=digest) for path, digest in sorted(wish.data.items())]
    return RecordedAsset(
        id=asset.id,
        kind=asset.kind,
        alt=asset.alt,
        page=asset.page or msgspec.UNSET,
        data=data or msgspec.UNSET,
        collection=wish.collection or msgspec.UNSET,
    )


def _prompt(
    wish: Wish, effective: str | None, revised: PromptText | None, prompts: str
) -> RecordedPrompt:
    return RecordedPrompt(
        effective=None if effective is None else prompt_text(effective, prompts),
        revised=revised,
        style=None if wish.asset.is_adopted else wish.asset.style,
    )


#: A longer prompt is recorded as its digest only, so that the record stays readable; in bytes.
LONGEST_PROMPT = 100_000


def _is_digest(prompt: str) -> bool:
    """Whether only the digest of a prompt is known: it was in a batch, and has changed since."""
    return re.fullmatch(r"sha256:[0-9a-f]{64}", prompt) is not None


def prompt_text(text: str, prompts: str) -> PromptText:
    """A prompt as a record states it; ``prompts`` is "text" or "digest"."""
    if _is_digest(text):
        return PromptText(digest=text, text=None)
    kept = prompts == "text" and len(text.encode()) <= LONGEST_PROMPT
    return PromptText(digest=record.digest_text(text), text=text if kept else None)


def _kept_outside(old: Known) -> tuple[KeepStep, ...]:
    """The step that made the original of a record from what a model gave, if there is one."""
    first = [one for one in old.record.steps if one.get("op") == "keep-outside"]
    return tuple(msgspec.convert(one, KeepStep) for one in first)


def _derive(
    wish: Wish,
    files: Sequence[Derived],
    first: Sequence[KeepStep] = (),
    old: Record | None = None,
) -> Derivation:
    """The steps to ``files``; some of them may be those of an ``old`` record, under other names."""
    before = weight.fittings(old) if old else {}
    made = {file.path: file.fitting or before.get(file.sha256) for file in files}
    main = wish.asset.path
    steps: list[Step] = [*first]
    for step in wish.steps:
        path = (step.path or main) if isinstance(step, EncodeStep) else ""
        steps.append(fitted(step, made.get(path)))
    return Derivation(
        digest=record.digest(steps),
        steps=steps,
        encoder=derive.encoder(tuple(file.format for file in files)),
    )


def _original(data: bytes, digest: str | None = None) -> Original:
    seen = decode.facts(data)
    return Original(
        digest=f"sha256:{digest or hashlib.sha256(data).hexdigest()}",
        media_type=f"image/{seen.format}",
        bytes=len(data),
        width=seen.width,
        height=seen.height,
        alpha=seen.alpha,
        c2pa=xmp.credentials(data),
    )


def _marking(source_type: str | None, files: Sequence[Derived]) -> Marking:
    signed = any(xmp.has_credentials(file.data) for file in files)
    return Marking(
        digital_source_type=source_type,
        xmp=all(xmp.source_type(file.data) for file in files),
        c2pa="provider" if signed else "none",
    )


def estimated(estimate: cost.Estimate) -> Amount | None:
    """An estimate as a record states it."""
    if estimate.micros is None:
        return None
    return Amount(micros=estimate.micros, basis=estimate.basis)


def _tool(wish: Wish) -> Tool:
    where = platform.machine() if wish.asset.is_rebuilt else msgspec.UNSET
    return Tool(name="assetgen", version=__version__, machine=where)
