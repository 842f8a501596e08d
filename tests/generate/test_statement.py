"""The statement records what was requested, drawn and delivered, and nothing that is unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assetgen.generate import statement
from assetgen.generate.statement import Known
from assetgen.image import derive, xmp
from assetgen.manifest import parse
from assetgen.plan import cost, intent
from assetgen.plan.routing import Drawn
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.record.record import Record
from assetgen.record.schema import RecordedRequest, RecordedRoute, Statement
from tests.support.images import picture, with_mark
from tests.support.planning import Kept, cover, painted

_SAMPLE = json.loads((Path(__file__).parents[1] / "data" / "sample-record.json").read_bytes())


def _wish(text: str) -> Wish:
    parsed = parse.parse(text.encode())
    asset = parsed.asset[0]
    return intent.wish(parsed, asset, Kept().world(), {asset.id: asset.path})


def _drawn(original: bytes, **changed: Any) -> Drawn:
    known: dict[str, Any] = {
        "original": original,
        "source_type": "trainedAlgorithmicMedia",
        "route": RecordedRoute(
            owner="images", surface="openai-api", endpoint="POST /x", origin="h", client="c"
        ),
        "request": RecordedRequest(digest="sha256:" + "0" * 64),
        "response": None,
        "received": "base64",
        "keeps_original": True,
    }
    return Drawn(**{**known, **changed})


def drawing(text: str = painted(), prompts: str = "text", **changed: Any) -> dict[str, Any]:
    wish = _wish(text)
    drawn = _drawn(picture(), **changed)
    files = derive.derive(drawn.original, wish.asset, drawn.source_type)
    estimate = cost.estimate(wish.asset, wish.intent, "draw")
    made = statement.of_drawing(
        wish, drawn, files, placeholder="data:", estimate=estimate, prompts=prompts
    )
    return _rewritten(made)


def _rewritten(stated: Statement | Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record.write(stated))
    return found


def _known(stated: Mapping[str, Any]) -> Known:
    place = record.place(stated["predicate"]["asset"]["id"])
    return statement.known(record.write(stated), place)


def _read(stated: Mapping[str, Any]) -> Record:
    return _known(stated).record


def test_a_drawing_has_every_part_of_the_sample() -> None:
    found = drawing()
    assert list(found["predicate"]) == list(_SAMPLE["predicate"])
    for part in (
        "asset",
        "intent",
        "prompt",
        "route",
        "request",
        "derive",
        "storage",
        "marking",
        "cost",
        "tool",
    ):
        assert set(found["predicate"][part]) == set(_SAMPLE["predicate"][part]), part
    assert set(found["predicate"]["original"]) == set(_SAMPLE["predicate"]["original"])
    observed = set(_SAMPLE["predicate"]["observed"][0]) | {"bytes"}  # which it did not have yet
    assert set(found["predicate"]["observed"][0]) == observed


def test_a_drawing_is_fresh_against_the_wish_it_was_made_for() -> None:
    for text in (cover(), painted()):
        assert _wish(text).intent.changes(_read(drawing(text)).intent) == []


def test_what_was_delivered_is_measured_and_the_original_is_untouched() -> None:
    found = drawing(
        painted("p", "fit = { width = 30, height = 20 }", "variants = { widths = [10] }")
    )
    observed = found["predicate"]["observed"]
    assert [(seen["path"], seen["width"], seen["format"]) for seen in observed] == [
        ("public/p.webp", 30, "webp"),
        ("public/p-10.webp", 10, "webp"),
    ]
    assert [subject["name"] for subject in found["subject"]] == [
        "public/p.webp",
        "public/p-10.webp",
    ]
    original = found["predicate"]["original"]
    assert (original["mediaType"], original["width"], original["bytes"]) == (
        "image/png",
        60,
        len(picture()),
    )


def test_a_local_picture_has_no_original_no_prompt_and_no_bill() -> None:
    predicate = drawing(cover(), keeps_original=False)["predicate"]
    assert (predicate["original"], predicate["prompt"]["effective"]) == (None, None)
    assert (predicate["cost"]["surface"], predicate["cost"]["estimate"]["micros"]) == ("none", 0)


def test_prompts_are_kept_as_text_or_only_as_their_digest() -> None:
    said = "a plane"
    assert said in json.dumps(drawing())
    hidden = drawing(prompts="digest")
    assert said not in json.dumps(hidden)
    effective = hidden["predicate"]["prompt"]["effective"]
    assert effective["text"] is None
    assert effective["digest"] == hidden["predicate"]["intent"]["prompt"]


def test_a_record_is_json_without_floats_or_absolute_paths() -> None:
    def check(value: Any) -> None:
        assert not isinstance(value, float)
        assert not (isinstance(value, str) and value.startswith("/"))
        for inner in (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        ):
            check(inner)

    check(drawing(cover() + "variant = 2.5\n"))


def test_the_same_drawing_is_the_same_record_byte_for_byte() -> None:
    assert record.write(drawing()) == record.write(drawing())


# -- adoption --------------------------------------------------------------------------------------


def _adopted(
    original: bytes, route: str | None = None, surface: str | None = None, prompt: str | None = None
) -> Any:
    wish = _wish(cover())
    stated = xmp.source_type(original) or statement.adopted_type(route)
    files = derive.derive(original, wish.asset, stated)
    made = statement.of_adoption(
        wish,
        original,
        files,
        placeholder="data:",
        source_type=stated,
        owner=route,
        surface=surface,
        prompt=prompt,
        prompts="text",
    )
    return _rewritten(made)


def test_unknown_facts_of_an_adopted_file_are_null() -> None:
    predicate = _adopted(picture())["predicate"]
    assert set(predicate["route"].values()) == {None}
    assert predicate["cost"] == {
        "surface": None,
        "currency": None,
        "estimate": None,
        "usage": None,
        "provider": None,
    }
    assert predicate["marking"] == {"digitalSourceType": None, "xmp": False, "c2pa": "none"}
    assert predicate["storage"]["reason"] == "adopted"
    assert predicate["request"] is None and predicate["response"] is None


def test_known_facts_of_an_adopted_file_are_recorded() -> None:
    predicate = _adopted(picture(), "codex", "codex-plan", "a plane")["predicate"]
    assert (predicate["route"]["owner"], predicate["cost"]["surface"]) == ("codex", "codex-plan")
    assert predicate["prompt"]["effective"]["text"] == "a plane"
    assert predicate["marking"]["digitalSourceType"] == "trainedAlgorithmicMedia"


def test_the_record_repeats_what_an_adopted_file_states() -> None:
    marked = with_mark(picture(), xmp.packet("compositeWithTrainedAlgorithmicMedia"))
    found = _adopted(marked)["predicate"]["marking"]
    assert found == {
        "digitalSourceType": "compositeWithTrainedAlgorithmicMedia",
        "xmp": True,
        "c2pa": "none",
    }


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        (None, None),
        ("local", "algorithmicMedia"),
        ("images", "trainedAlgorithmicMedia"),
        ("gateway:x", "trainedAlgorithmicMedia"),
    ],
)
def test_the_source_type_follows_from_who_drew_it(owner: str | None, expected: str | None) -> None:
    assert statement.adopted_type(owner) == expected


# -- later -----------------------------------------------------------------------------------------


def test_files_that_are_made_again_keep_the_evidence_of_the_purchase() -> None:
    old = drawing()
    wish = _wish(painted("p", "fit = { width = 30, height = 20 }"))
    files = derive.derive(picture(), wish.asset, "trainedAlgorithmicMedia")
    new = _rewritten(statement.of_derivation(_known(old), wish, files))
    changed = {key for key in new["predicate"] if new["predicate"][key] != old["predicate"][key]}
    assert changed == {"derive", "observed", "integrity"}
    assert new["subject"] != old["subject"]
    assert list(_read(new).steps) == list(msgspec.to_builtins(wish.steps))


def test_an_acceptance_records_which_files_were_accepted() -> None:
    old = drawing()
    wish = _wish(painted().replace("a plane", "a train"))
    files = derive.derive(picture("WEBP", (50, 40)), wish.asset, None)
    accepted = statement.of_acceptance(_known(old), wish, files, ["prompt"], "text")
    new = _rewritten(accepted)["predicate"]
    assert new["accepted"] == {"fields": ["prompt"], "files": ["public/p.webp"]}
    assert new["intent"]["prompt"] != old["predicate"]["intent"]["prompt"]
    assert new["prompt"] == old["predicate"]["prompt"], "what it was really drawn from stays"
    assert new["request"] == old["predicate"]["request"] and new["cost"] == old["predicate"]["cost"]
