"""A record that was changed and sealed again: check --rehash finds what contradicts itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetgen.check import check
from assetgen.check.findings import Finding
from assetgen.generate import adopt
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.record import record
from tests.support.images import picture
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

_PLACE = ".assetgen/records/{}.json"
Damage = Callable[[dict[str, Any], dict[str, Any]], object]


@pytest.fixture(scope="module")
def bought(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A project with a bought image in two files, and a layout."""
    folder: Path = tmp_path_factory.mktemp("proof")
    place = Place(folder / "project", folder / "home")
    with Provider() as vendor:
        shop = Shop(place, vendor)
        place.picture("in/photo.png")
        shop.wants("paid", more='inputs = ["in/photo.png"]\nvariants = { widths = [512] }')
        layout = (
            '\n[[asset]]\nid = "layout"\nkind = "cover"\npath = "public/layout.png"\nalt = ""\n'
            'values.title = "Hello"\n'
        )
        place.manifest(place.read("assets.toml").decode() + layout)
        shop.buys()
    return place


def _rehashed(place: Place) -> tuple[Finding, ...]:
    return check.check(place.root, place.environ, rehash=True).findings


_ZERO = "sha256:" + "0" * 64


def _set(path: str, value: Any) -> Damage:
    """Set a key of the predicate, such as "request.digest"."""

    def damage(_statement: dict[str, Any], predicate: dict[str, Any]) -> None:
        *above, name = path.split(".")
        part: Any = predicate
        for key in above:
            part = part[int(key)] if isinstance(part, list) else part[key]
        assert part.get(name, "new") != value
        part[name] = value

    return damage


def _rewritten_prompt(_statement: dict[str, Any], predicate: dict[str, Any]) -> None:
    text = "Another prompt"
    predicate["prompt"]["effective"] = {"digest": record.digest_text(text), "text": text}


def _rewritten_intent(_statement: dict[str, Any], predicate: dict[str, Any]) -> None:
    intent = {name: value for name, value in predicate["intent"].items() if name != "digest"}
    intent["prompt"] = "Another prompt"
    predicate["intent"] = {**intent, "digest": record.digest(intent)}


def _other_body(_statement: dict[str, Any], predicate: dict[str, Any]) -> None:
    """A body that was changed together with its digest: its prompt is another one then."""
    body = {**predicate["request"]["body"], "prompt": record.digest_text("Another prompt")}
    stated = record.recorded_request(predicate["route"]["endpoint"], body)
    predicate["request"] |= {"digest": stated.digest, "body": body}


def _body(**changed: Any) -> Damage:
    """Another body, with its digest."""

    def damage(_statement: dict[str, Any], predicate: dict[str, Any]) -> None:
        body = {**predicate["request"]["body"], **changed}
        assert body != predicate["request"]["body"]
        stated = record.recorded_request(predicate["route"]["endpoint"], body)
        predicate["request"] |= {"digest": stated.digest, "body": body}

    return damage


def _endpoint(endpoint: str) -> Damage:
    """Another endpoint, with the digest of the request."""

    def damage(_statement: dict[str, Any], predicate: dict[str, Any]) -> None:
        predicate["route"]["endpoint"] = endpoint
        stated = record.recorded_request(endpoint, predicate["request"]["body"])
        predicate["request"]["digest"] = stated.digest

    return damage


def _bill(surface: str) -> Damage:
    def damage(_statement: dict[str, Any], predicate: dict[str, Any]) -> None:
        predicate["route"]["surface"] = predicate["cost"]["surface"] = surface

    return damage


_PAID: dict[str, Damage] = {
    "the size in the request": _body(size="2048x2048"),
    "the quality in the request": _body(quality="high"),
    "the model in the request": _body(model="gpt-image-9"),
    "the background in the request": _body(background="transparent"),
    "an image in the request": _body(image=[_ZERO]),
    "another image in the request": _body(image=["sha256:" + "1" * 64]),
    "no image in the request": _body(image=[]),
    "the endpoint of another route": _endpoint("POST /v1/responses"),
    "the endpoint without inputs": _endpoint("POST /v1/images/generations"),
    "the owner": _set("route.owner", "gateway:other"),
    "an owner that is none": _set("route.owner", None),
    "the bill of OpenAI": _bill("openai-api"),
    "the bill of Codex": _bill("codex-plan"),
    "the origin": _set("route.origin", "api.openai.com"),
    "no gateway": _set("route.gateway", None),
    "no response": _set("response", None),
    "no original": _set("original", None),
    "adopted": _set("storage.reason", "adopted"),
    "accepted": _set("accepted", {"fields": ["prompt"], "files": []}),
    "a draft": _set("storage.decision", "draft"),
    "received from a log": _set("storage.received", "rollout"),
    "the digest of the original": _set("original.digest", "sha256:" + "1" * 64),
    "the digest of the request": _set("request.digest", _ZERO),
    "the body of the request": _set("request.body.quality", "high"),
    "the endpoint": _set("route.endpoint", "POST /elsewhere"),
    "the request with its digest": _other_body,
    "the digest of the prompt": _set("prompt.effective.digest", _ZERO),
    "the text of the prompt": _set("prompt.effective.text", "Another prompt"),
    "the prompt with its digest": _rewritten_prompt,
    "the digest of the intent": _set("intent.digest", _ZERO),
    "a part of the intent": _set("intent.size", "1536x1024"),
    "the intent with its digest": _rewritten_intent,
    "the source type": _set("marking.digitalSourceType", "algorithmicMedia"),
    "no source type": _set("marking.digitalSourceType", None),
    "no mark": _set("marking.xmp", False),
    "credentials that are not there": _set("marking.c2pa", "provider"),
    "credentials of the original": _set("original.c2pa", {"generator": "Camera"}),
    "the digest of the steps": _set("derive.digest", _ZERO),
    "a step": _set("derive.steps.1.width", 400),
    "the width of a file": _set("observed.0.width", 999),
    "the format of a file": _set("observed.1.format", "webp"),
    "the alpha of a file": _set("observed.0.alpha", True),
    "files that were not observed": lambda _statement, parts: parts["observed"].pop(),
    "the size of the original": _set("original.width", 999),
    "the bytes of the original": _set("original.bytes", 1),
    "the format of the original": _set("original.mediaType", "image/webp"),
    "the bill of the cost": _set("cost.surface", "none"),
    "the bill of the route": _set("route.surface", "none"),
    "the owner of the route": _set("route.owner", "local"),
    "the inputs": _set("inputs", [{"path": "a.png", "sha256": "0" * 64, "role": "reference"}]),
    "the kind": _set("asset.kind", "ui"),
    "the decision": _set("storage.decision", "kept"),
    "how it was received": _set("storage.received", "pigeon"),
    "the tool": _set("tool.name", "other"),
    "the type of a part": _set("response", "none"),
    "an unknown part": _set("note", "drawn by hand"),
    "an unknown key in a part": _set("route.note", "drawn by hand"),
    "an unknown field of the statement": lambda statement, _parts: statement.update(note="x"),
    "an unknown digest": lambda statement, _parts: statement["subject"][0]["digest"].update(
        md5="0"
    ),
    "a file that is listed twice": lambda statement, _parts: statement["subject"].append(
        statement["subject"][0]
    ),
}
_LAYOUT: dict[str, Damage] = {
    "a bill": _set("route.surface", "openai-api"),
    "a cost": _set("cost.usage", {"micros": 5, "basis": "stated"}),
    "another route": _set("route.owner", "codex"),
    "a response": _set("response", {"id": "1"}),
    "another medium": _set("intent.medium", "painted"),
}


def test_records_as_they_are_written_are_proved(bought: Place) -> None:
    assert _rehashed(bought) == ()


@pytest.mark.parametrize(
    ("asset_id", "damage"),
    [
        *(("paid", damage) for damage in _PAID.values()),
        *(("layout", damage) for damage in _LAYOUT.values()),
    ],
    ids=[*_PAID, *(f"{name} of a layout" for name in _LAYOUT)],
)
def test_a_record_that_was_sealed_again_contradicts_itself(
    bought: Place, asset_id: str, damage: Damage
) -> None:
    place = _PLACE.format(asset_id)
    before = bought.read(place)
    statement = json.loads(before)
    damage(statement, statement["predicate"])
    bought.write(place, record.write(statement))
    try:
        found = [one for one in _rehashed(bought) if one.code in ("record", "stale")]
        assert [one.path for one in found if one.code == "record"] == [place]
    finally:
        bought.write(place, before)


@pytest.mark.parametrize("route", ["images", "responses", "gateway:g"])
@pytest.mark.parametrize("prompts", ["text", pytest.param("digest", marks=pytest.mark.more)])
def test_the_records_of_every_way_to_an_image_are_proved(
    bare: Place, tmp_path: Path, route: str, prompts: str
) -> None:
    bare.write("in/photo.jpg", picture("JPEG"))
    (tmp_path / "x.jpg").write_bytes(picture("JPEG", size=(1024, 1024)))
    head = f'[project]\nrecord_prompts = "{prompts}"\n'
    with Provider() as vendor:
        shop = Shop(bare, vendor, route)
        if route == "gateway:g":
            shop.gateway()

        def wants(*ids: str, more: str = 'inputs = ["in/photo.jpg"]') -> None:
            shop.wants(*ids, more=more)
            bare.manifest(head + bare.read("assets.toml").decode())

        wants("a", "b", "c", "d")
        shop.generate("a", draft=True)
        assert _rehashed_codes(bare) == {"draft", "missing"}
        shop.buys("b")
        adopt.adopt(bare.root, "c", tmp_path / "x.jpg", Brought(), _HERE, bare.environ)
        adopt.adopt(bare.root, "d", tmp_path / "x.jpg", Brought("codex"), _HERE, bare.environ)
        assert _rehashed_codes(bare) == {"draft"}
        for one in ("b", "c"):
            bare.write(f"public/{one}.png", picture("PNG", size=(1024, 1024)))
            adopt.accept(bare.root, one, _HERE, bare.environ)
        wants("a", "b", "c", "d", more="fit = { width = 100, height = 100 }")
        shop.generate("b", "c", "d", force=True)
        assert _rehashed_codes(bare) <= {"draft", "stale"}


_HERE = Options(commit=False, force=True)


def _rehashed_codes(place: Place) -> set[str]:
    return {one.code for one in _rehashed(place)}


def test_a_later_version_may_write_parts_that_this_one_does_not_know(bought: Place) -> None:
    place = _PLACE.format("paid")
    before = bought.read(place)
    statement = json.loads(before)
    statement["predicate"] |= {"note": "x", "tool": {"name": "assetgen", "version": "99.0.0"}}
    bought.write(place, record.write(statement))
    try:
        assert _rehashed(bought) == ()
    finally:
        bought.write(place, before)
