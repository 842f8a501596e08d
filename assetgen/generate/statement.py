"""Wish + what was drawn + what was delivered -> the statement that goes into the record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from assetgen import __version__
from assetgen.image import decode, derive, xmp
from assetgen.image.derive import Derived
from assetgen.plan import cost
from assetgen.plan.routing import Drawn
from assetgen.plan.wish import Wish
from assetgen.record import record


def of_drawing(
    wish: Wish,
    drawn: Drawn,
    files: Sequence[Derived],
    placeholder: str,
    estimate: cost.Estimate,
    prompts: str,
) -> dict[str, Any]:
    """The statement for a picture that a route drew; ``prompts`` is "text" or "digest"."""
    predicate = _frame(wish, files, prompts)
    if drawn.revised:
        predicate["prompt"]["revised"] = _text(drawn.revised, prompts)
    predicate["route"] = {
        **drawn.route,
        "gateway": drawn.route.get("gateway"),
        "codex": drawn.route.get("codex"),
    }
    predicate["request"] = dict(drawn.request)
    predicate["response"] = dict(drawn.response) if drawn.response else None
    if drawn.keeps_original:
        predicate["original"] = _original(drawn.original)
    predicate["placeholder"] = placeholder
    predicate["storage"] = {
        "received": drawn.received,
        "decision": drawn.decision,
        "reason": drawn.reason,
    }
    predicate["marking"] = _marking(drawn.source_type, files)
    predicate["cost"] = {
        **_cost(estimate),
        "usage": drawn.usage_cost,
        "provider": drawn.provider_cost,
    }
    return _statement(files, predicate)


def of_adoption(
    wish: Wish,
    original: bytes,
    files: Sequence[Derived],
    placeholder: str,
    source_type: str | None,
    owner: str | None,
    surface: str | None,
    prompt: str | None,
    prompts: str,
) -> dict[str, Any]:
    """The statement for a file that somebody brought: what is not known is null."""
    predicate = _frame(wish, files, prompts)
    predicate["prompt"] = _prompt(prompt, wish, prompts)
    predicate["route"] = dict.fromkeys(
        ("owner", "surface", "endpoint", "origin", "client", "gateway", "codex")
    )
    predicate["route"] |= {"owner": owner, "surface": surface}
    predicate["original"] = _original(original)
    predicate["placeholder"] = placeholder
    predicate["storage"] = {"received": "file", "decision": "commit", "reason": "adopted"}
    predicate["marking"] = _marking(source_type, files)
    predicate["cost"] = {
        "surface": surface,
        "currency": None,
        "estimate": None,
        "usage": None,
        "provider": None,
    }
    return _statement(files, predicate)


def adopted_type(owner: str | None) -> str | None:
    """The source type that follows from who drew an adopted file; None if nobody says."""
    if owner is None:
        return None
    return "algorithmicMedia" if owner == "local" else "trainedAlgorithmicMedia"


def of_derivation(
    statement: Mapping[str, Any], wish: Wish, files: Sequence[Derived]
) -> dict[str, Any]:
    """The old statement with its files made anew from the kept original."""
    predicate = dict(statement["predicate"])
    predicate["derive"] = _derive(wish, files)
    predicate["asset"] = _asset(wish)
    predicate["observed"] = [file.observed() for file in files]
    predicate["marking"] = _marking(predicate["marking"]["digitalSourceType"], files)
    predicate["tool"] = _tool()
    return _statement(files, predicate)


def of_acceptance(
    statement: Mapping[str, Any],
    wish: Wish,
    files: Sequence[Derived],
    fields: Sequence[str],
    prompts: str,
) -> dict[str, Any]:
    """The old statement, saying that somebody took the files as they are for what is wanted now."""
    predicate = dict(statement["predicate"])
    old = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
    edited = [file.path for file in files if old.get(file.path) != file.sha256]
    predicate["intent"] = wish.intent.stated(prompts)
    predicate["asset"] = _asset(wish)
    predicate["observed"] = [file.observed() for file in files]
    predicate["storage"] = {**predicate["storage"], "decision": "commit", "reason": "accepted"}
    predicate["accepted"] = {"fields": list(fields), "files": edited}
    predicate["marking"] = _marking(predicate["marking"]["digitalSourceType"], files)
    predicate["tool"] = _tool()
    return _statement(files, predicate)


def of_renaming(
    statement: Mapping[str, Any],
    wish: Wish,
    files: Sequence[Derived],
    fields: Sequence[str],
    edited: Sequence[str],
    prompts: str,
) -> dict[str, Any]:
    """The statement of an asset that has another id or path now; ``fields`` are what else is wanted otherwise.

    They are accepted, and so is each of its files that was ``edited``.
    """
    predicate = dict(statement["predicate"])
    predicate["asset"] = _asset(wish)
    predicate["intent"] = wish.intent.stated(prompts)
    predicate["derive"] = _derive(wish, files)
    predicate["observed"] = [file.observed() for file in files]
    if (old := statement["predicate"]["asset"]["id"]) != wish.asset.id:
        predicate["formerly"] = [*predicate.get("formerly", ()), old]
    painted = [field for field in fields if field not in ("fit", "files")]
    if painted or edited:
        predicate["storage"] = {**predicate["storage"], "decision": "commit", "reason": "accepted"}
        predicate["accepted"] = {"fields": painted, "files": list(edited)}
    predicate["marking"] = _marking(predicate["marking"]["digitalSourceType"], files)
    predicate["tool"] = _tool()
    return _statement(files, predicate)


def _frame(wish: Wish, files: Sequence[Derived], prompts: str) -> dict[str, Any]:
    """Every key of a predicate, in the order in which records hold them."""
    return {
        "asset": _asset(wish),
        "intent": wish.intent.stated(prompts),
        "prompt": _prompt(wish.intent.prompt or None, wish, prompts),
        "route": None,
        "request": None,
        "inputs": [dict(entry) for entry in wish.intent.inputs],
        "response": None,
        "original": None,
        "derive": _derive(wish, files),
        "observed": [file.observed() for file in files],
        "placeholder": None,
        "storage": None,
        "marking": None,
        "cost": None,
        "tool": _tool(),
    }


def _derive(wish: Wish, files: Sequence[Derived]) -> dict[str, Any]:
    steps = [dict(step) for step in wish.steps]
    encoder = derive.encoder(tuple(file.format for file in files))
    return {"digest": record.digest(steps), "steps": steps, "encoder": encoder}


def _statement(files: Sequence[Derived], predicate: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "_type": record.STATEMENT,
        "subject": [{"name": file.path, "digest": {"sha256": file.sha256}} for file in files],
        "predicateType": record.PREDICATE,
        "predicate": dict(predicate),
    }


def _asset(wish: Wish) -> dict[str, Any]:
    page = {"page": wish.asset.page} if wish.asset.page else {}
    return {"id": wish.asset.id, "kind": wish.asset.kind, "alt": wish.asset.alt, **page}


def _prompt(effective: str | None, wish: Wish, prompts: str) -> dict[str, Any]:
    stated = None if effective is None else _text(effective, prompts)
    return {"effective": stated, "revised": None, "style": wish.asset.style}


def _text(text: str, prompts: str) -> dict[str, Any]:
    return {"digest": record.digest_text(text), "text": text if prompts == "text" else None}


def _original(data: bytes) -> dict[str, Any]:
    seen = decode.facts(data)
    return {
        "digest": "sha256:" + hashlib.sha256(data).hexdigest(),
        "mediaType": f"image/{seen.format}",
        "bytes": len(data),
        "width": seen.width,
        "height": seen.height,
        "alpha": seen.alpha,
        "kept": "cache",
        "c2pa": xmp.credentials(data),
    }


def _marking(source_type: str | None, files: Sequence[Derived]) -> dict[str, Any]:
    marked = all(xmp.source_type(file.data) for file in files)
    signed = any(xmp.has_credentials(file.data) for file in files)
    return {
        "digitalSourceType": source_type,
        "xmp": marked,
        "c2pa": "provider" if signed else "none",
    }


def _cost(estimate: cost.Estimate) -> dict[str, Any]:
    known = (
        {"micros": estimate.micros, "basis": estimate.basis}
        if estimate.micros is not None
        else None
    )
    return {
        "surface": estimate.surface,
        "currency": estimate.currency,
        "estimate": known,
        "usage": None,
        "provider": None,
    }


def _tool() -> dict[str, Any]:
    return {"name": "assetgen", "version": __version__}
