"""What a record says twice, compared: a record that was sealed again can contradict itself.

Everything here is read from the record alone; ``assetgen.check.proof`` compares it with the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from assetgen import __version__
from assetgen.record import proof_of_candidates, proof_of_requests, record
from assetgen.record.schema import Predicate, Statement
from assetgen.record.steps import EncodeStep

_OURS = ("adopted", "accepted")
_DECISIONS = ("commit", "draft")
_RECEIVED = ("pixels", "base64", "url", "file", "rollout")
_ROUTES_WITH_PROMPT = ("images", "gateway:")


def contradictions(statement: Mapping[str, Any], stated: Statement) -> Iterator[str]:
    """Everything in which a record contradicts itself.

    ``statement`` is what ``record.statement`` returned, ``stated`` the same in its form.
    """
    if not _is_newer(stated.predicate.tool.version):
        for key in _unknown(statement, msgspec.to_builtins(stated)):
            yield f"there is no part {key!r} in a record"
    yield from _digests(stated.predicate, statement["predicate"])
    yield from _files(stated)
    yield from _words(stated.predicate)
    yield from _bills(stated.predicate)
    yield from proof_of_candidates.contradictions(stated.predicate)
    yield from proof_of_requests.contradictions(stated.predicate)


def _is_newer(version: str) -> bool:
    """Whether a later version wrote the record, which may have parts that are not known here."""
    return _numbers(version) > _numbers(__version__)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,9}", version)[:3])


def _unknown(stated: Any, known: Any, at: str = "") -> Iterator[str]:
    """The keys of ``stated`` that reading it as a statement lost."""
    if isinstance(stated, Mapping) and isinstance(known, Mapping):
        for key, inner in stated.items():
            name = f"{at}.{key}".removeprefix(".")[:200]
            if key not in known:
                yield name
            else:
                yield from _unknown(inner, known[key], name)
    elif isinstance(stated, list) and isinstance(known, list):
        for index, (inner, other) in enumerate(zip(stated, known, strict=True)):
            yield from _unknown(inner, other, f"{at}[{index}]")


# -- digests ---------------------------------------------------------------------------------------


def _digests(predicate: Predicate, raw: Mapping[str, Any]) -> Iterator[str]:
    intent = {name: value for name, value in raw["intent"].items() if name != "digest"}
    if raw["intent"].get("digest") != record.digest(intent):
        yield "intent.digest is not the digest of the intent"
    request = predicate.request
    if request is not None:
        asked = {"endpoint": predicate.route.endpoint, "body": raw["request"]["body"]}
        if request.digest != record.digest(asked):
            yield "request.digest is not the digest of the endpoint and the body"
    if predicate.derive and predicate.derive.digest != record.digest(raw["derive"]["steps"]):
        yield "derive.digest is not the digest of the steps"
    texts = {"effective": predicate.prompt.effective, "revised": predicate.prompt.revised}
    for name, said in texts.items():
        if said and said.text is not None and said.digest != record.digest_text(said.text):
            yield f"prompt.{name}.digest is not the digest of its text"
    yield from _prompts(predicate)


def _prompts(predicate: Predicate) -> Iterator[str]:
    """Whether intent, prompt and request name the same prompt."""
    effective, owner = predicate.prompt.effective, predicate.route.owner or ""
    if predicate.storage.reason in _OURS or predicate.accepted is not msgspec.UNSET:
        return  # the user may have accepted an image for another intent
    text = str(predicate.intent.get("prompt") or "")
    asked = text if text.startswith("sha256:") else record.digest_text(text)
    if (effective.digest if effective else None) != (asked if text else None):
        yield "prompt.effective is not the prompt of the intent"
    if predicate.inputs != predicate.intent.get("inputs"):
        yield "inputs are not the inputs of the intent"
    body = predicate.request.body if predicate.request else {}
    sent = proof_of_requests.prompt(body, owner)
    goes_out_unchanged = owner.startswith(_ROUTES_WITH_PROMPT) or owner == "responses"
    if goes_out_unchanged and sent != asked:
        yield "request.body has the digest of another prompt"
    is_layout = predicate.intent.get("medium") == "typeset"
    if owner == "local" and predicate.storage.decision == "commit" and not is_layout:
        yield "route.owner is local, and the intent is not that of a layout"
    if owner != "local" and is_layout:
        yield f"route.owner is {owner[:80]}, and the intent is that of a layout"


# -- the rest --------------------------------------------------------------------------------------


def _files(stated: Statement) -> Iterator[str]:
    names = [subject.name for subject in stated.subject]
    predicate = stated.predicate
    if len(set(names)) != len(names):
        yield "subject lists a file twice"
    if [one.path for one in predicate.observed] != names:
        yield "observed does not list the files of subject"
    if predicate.derive is None:
        return
    encoded = [step for step in predicate.derive.steps if isinstance(step, EncodeStep)]
    main = next(iter(names), None)
    if [main if step.path is msgspec.UNSET else step.path for step in encoded] != names:
        yield "derive.steps do not make the files of subject"
    formats = [step.format for step in encoded]
    if [one.format for one in predicate.observed] != formats:
        yield "derive.steps make other formats than observed"


def _words(predicate: Predicate) -> Iterator[str]:
    storage = predicate.storage
    if storage.decision not in _DECISIONS:
        yield f"storage.decision is {storage.decision[:40]!r}"
    if storage.received is not msgspec.UNSET and storage.received not in _RECEIVED:
        yield f"storage.received is {str(storage.received)[:40]!r}"
    if predicate.tool.name != "assetgen":
        yield f"tool.name is {predicate.tool.name[:40]!r}"
    if predicate.asset.kind != predicate.intent.get("kind") and predicate.accepted is msgspec.UNSET:
        yield "asset.kind is not the kind of the intent"
    is_answered = predicate.response is not None
    if is_answered and (predicate.request is None or predicate.route.owner == "local"):
        yield "there is a response, and nothing was sent"


def _bills(predicate: Predicate) -> Iterator[str]:
    cost, surface = predicate.cost, predicate.route.surface
    if cost.surface != surface:
        yield "cost.surface is not route.surface"
    if surface == "none" and any(
        amount and amount.micros for amount in (cost.estimate, cost.usage, cost.provider)
    ):
        yield "there is a cost, and no bill"
    owner = predicate.route.owner
    if owner == "local" and surface not in (None, "none"):
        yield f"route local is on the bill {surface[:80]}"
