"""A record has one exact form with a digest, and every stale field can be named from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from assetgen.record import record
from assetgen.record.record import Intent, Unusable
from tests.support.records import PLACE, SAMPLE

Change = Callable[[dict[str, Any]], object]


def _sealed(change: Change) -> bytes:
    """The sample with a change, with a new digest, as anyone with the source of assetgen can."""
    statement = json.loads(SAMPLE)
    change(statement)
    return record.write(statement)


# -- the form --------------------------------------------------------------------------------------


def test_every_digest_of_the_sample_is_correct() -> None:
    statement = json.loads(SAMPLE)
    predicate = statement["predicate"]
    integrity = predicate.pop("integrity")
    assert integrity == {"alg": "sha256-jcs", "digest": record.digest(statement)}
    intent = dict(predicate["intent"])
    assert intent.pop("digest") == record.digest(intent)
    request = predicate["request"]
    assert request["digest"] == record.digest(
        {"endpoint": predicate["route"]["endpoint"], "body": request["body"]}
    )
    assert predicate["derive"]["digest"] == record.digest(predicate["derive"]["steps"])
    effective = predicate["prompt"]["effective"]
    assert effective["digest"] == record.digest_text(effective["text"]) == request["body"]["prompt"]


def test_the_sample_is_written_as_it_was_read() -> None:
    assert record.write(record.statement(SAMPLE)) == SAMPLE


def test_the_fields_that_plan_needs_are_read_from_the_sample() -> None:
    found = record.read(SAMPLE, PLACE)
    assert found.asset_id == "launch/cover"
    assert list(found.subject) == ["public/img/launch.webp"]
    assert (found.owner, found.surface, found.is_draft, found.marked) == (
        "images",
        "openai-api",
        False,
        True,
    )
    assert found.original == "495b651357ec3680b88c57810ceee9bf05a1ddd0553b1e62e7e7a1f5977d22ea"
    assert [step["op"] for step in found.steps] == ["fit", "encode"]


def test_line_ends_of_a_windows_checkout_change_nothing() -> None:
    assert record.read(SAMPLE.replace(b"\n", b"\r\n"), PLACE) == record.read(SAMPLE, PLACE)


@pytest.mark.parametrize("asset_id", ["a", "a/b", "launch/cover", "a-1/b/c"])
def test_the_path_of_a_record_follows_from_its_id(asset_id: str) -> None:
    assert record.id_at(record.place(asset_id)) == asset_id


_NAMES = st.text(st.characters(max_codepoint=0xD7FF))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    assert record.canonical(value) == rfc8785.dumps(value)


# -- what is refused -------------------------------------------------------------------------------

_REWRITTEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not JSON"),
    "no JSON": (b"{", "not JSON"),
    "not UTF-8": (SAMPLE.replace(b"plane", b"pl\xffne"), "not JSON"),
    "nested endlessly": (b"[" * 100_000, "not JSON"),
    "a list": (b"[]", "parts that every record has"),
    "a number": (b"1", "parts that every record has"),
    "another statement": (
        SAMPLE.replace(b"provenance:v1", b"provenance:v2"),
        "not a statement of assetgen's kind",
    ),
    "no integrity": (SAMPLE.replace(b'"integrity"', b'"integritx"'), "parts that every record has"),
    "edited": (SAMPLE.replace(b'"A paper plane', b'"A paper crane'), "edited by hand"),
    "edited number": (SAMPLE.replace(b"41315", b"41314"), "edited by hand"),
    "doubled key": (
        SAMPLE.replace(
            b'"inputs": [],\n    "response"', b'"inputs": [],\n    "inputs": [],\n    "response"'
        ),
        "a key twice",
    ),
    "key smuggled in first": (SAMPLE.replace(b'"alg":', b'"x": 1,\n      "alg":'), "integrity"),
    "something after it": (SAMPLE + b"{}", "not JSON"),
    "merge markers": (
        b"<<<<<<< ours\n" + SAMPLE + b"=======\n" + SAMPLE + b">>>>>>> theirs\n",
        "merge markers",
    ),
    "huge": (SAMPLE + b" " * record.MAX_BYTES, "larger than any record"),
}


@pytest.mark.parametrize(("data", "said"), _REWRITTEN.values(), ids=_REWRITTEN)
def test_any_other_form_is_unusable_and_the_reason_is_given(data: bytes, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        record.read(data, PLACE)


_REFORMATTED = {
    "indented otherwise": SAMPLE.replace(b"  ", b" "),
    "in one line": msgspec.json.format(SAMPLE, indent=0),
    "no last line end": SAMPLE.rstrip(b"\n"),
    "escaped": SAMPLE.replace(b"A paper", b"\\u0041 paper"),
    "mark before it": b"\xef\xbb\xbf" + SAMPLE,
}


@pytest.mark.parametrize("data", _REFORMATTED.values(), ids=_REFORMATTED)
def test_a_form_that_says_the_same_is_read_and_noticed(data: bytes) -> None:
    assert not record.read(SAMPLE, PLACE).is_reformatted
    found = record.read(data, PLACE)
    assert found.is_reformatted
    assert replace(found, is_reformatted=False) == record.read(SAMPLE, PLACE)
    assert record.write(record.statement(data)) == SAMPLE


def _set(*path: str | int, to: object) -> Change:
    def change(statement: dict[str, Any]) -> None:
        part: Any = statement
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = to

    return change


_FORGED: dict[str, tuple[Change, str]] = {
    "another asset": (_set("predicate", "asset", "id", to="other"), "belongs to asset 'other'"),
    "file outside": (_set("subject", 0, "name", to="../../.ssh/id_rsa"), "'..'"),
    "file in git": (_set("subject", 0, "name", to=".git/hooks/post-commit"), "'.git'"),
    "absolute file": (_set("subject", 0, "name", to="/etc/passwd"), "absolute"),
    "file name as option": (_set("subject", 0, "name", to="--output=x"), "--output=x"),
    "subject is no list": (_set("subject", to={}), "form of a record"),
    "digest is a number": (_set("subject", 0, "digest", "sha256", to=1), "form of a record"),
    "no digest": (_set("subject", 0, "digest", to={}), "form of a record"),
    "no intent": (_set("predicate", "intent", to=None), "form of a record"),
    "intent is a list": (_set("predicate", "intent", to=[]), "form of a record"),
    "no storage": (_set("predicate", "storage", to=None), "form of a record"),
    "marking is text": (_set("predicate", "marking", to="xmp"), "form of a record"),
    "steps are text": (_set("predicate", "derive", "steps", to="fit"), "form of a record"),
    "owner is a list": (_set("predicate", "route", "owner", to=["images"]), "form of a record"),
}


@pytest.mark.parametrize(("change", "said"), _FORGED.values(), ids=_FORGED)
def test_a_forged_record_with_a_correct_digest_is_refused_for_what_it_names(
    change: Change, said: str
) -> None:
    with pytest.raises(Unusable, match=said.replace(".", r"\.")):
        record.read(_sealed(change), PLACE)


# -- intent ----------------------------------------------------------------------------------------

_INTENT = Intent(
    "cover",
    "typeset",
    "",
    {"title": "T", "tags": ["a", "b"]},
    [],
    None,
    None,
    "9x9",
    None,
    "auto",
    1,
    "t",
    ["#000"],
    "Inter",
)

_CHANGED: dict[str, tuple[dict[str, Any], list[tuple[str, Any, Any]]]] = {
    "kind": ({"kind": "ui"}, [("kind", "cover", "ui")]),
    "medium": ({"medium": "painted"}, [("medium", "typeset", "painted")]),
    "prompt": ({"prompt": "p"}, [("prompt", "", "p")]),
    "value": ({"values": {"title": "U", "tags": ["a", "b"]}}, [("values.title", "T", "U")]),
    "value in a list": (
        {"values": {"title": "T", "tags": ["a", "c"]}},
        [("values.tags[1]", "b", "c")],
    ),
    "longer list": (
        {"values": {"title": "T", "tags": ["a"]}},
        [("values.tags", ["a", "b"], ["a"])],
    ),
    "value gone": ({"values": {"tags": ["a", "b"]}}, [("values.title", "T", None)]),
    "value added": ({"values": {**_INTENT.values, "x": 1}}, [("values.x", None, 1)]),
    "input": ({"inputs": [{"path": "p"}]}, [("inputs", [], [{"path": "p"}])]),
    "mask": ({"mask": "m"}, [("mask", None, "m")]),
    "model": ({"model": "m"}, [("model", None, "m")]),
    "size": ({"size": "8x8"}, [("size", "9x9", "8x8")]),
    "quality": ({"quality": "low"}, [("quality", None, "low")]),
    "background": ({"background": "opaque"}, [("background", "auto", "opaque")]),
    "take": ({"take": 2}, [("take", 1, 2)]),
    "template": ({"template": "u"}, [("template", "t", "u")]),
    "template gone": ({"template": None}, [("template", "t", None)]),
    "palette": ({"palette": ["#fff"]}, [("palette[0]", "#000", "#fff")]),
    "font": ({"font": "Mono"}, [("font", "Inter", "Mono")]),
    "options": ({"options": {"complexity": "low"}}, [("options", None, {"complexity": "low"})]),
    "box": ({"box": [0, 0, 8, 8]}, [("box", None, [0, 0, 8, 8])]),
    "after": ({"after": {"prompt": "a"}}, [("after", None, {"prompt": "a"})]),
}


@pytest.mark.parametrize(("changed", "expected"), _CHANGED.values(), ids=_CHANGED)
def test_a_changed_field_is_named_with_old_and_new(
    changed: dict[str, Any], expected: list[tuple[str, Any, Any]]
) -> None:
    now = msgspec.structs.replace(_INTENT, **changed)
    assert now.changes(_INTENT.stated("text")) == expected


def test_every_field_of_the_intent_can_be_named() -> None:
    assert {
        words[0].partition(".")[0].partition("[")[0]
        for _, found in _CHANGED.values()
        for words in found
    } == set(Intent.__struct_fields__)


@pytest.mark.parametrize("prompts", ["text", "digest"])
@pytest.mark.parametrize(
    "prompt", ["", "a plane", "sha256: a painting about hashes", record.digest_text("x")]
)
def test_an_intent_is_unchanged_against_itself_however_prompts_are_kept(
    prompt: str, prompts: str
) -> None:
    intent = msgspec.structs.replace(_INTENT, prompt=prompt)
    assert intent.changes(intent.stated(prompts)) == []


def test_a_prompt_that_is_kept_as_a_digest_is_neither_shown_nor_forgotten() -> None:
    old = msgspec.structs.replace(_INTENT, prompt="a secret plane").stated("digest")
    assert "secret" not in json.dumps(old)
    [(name, before, after)] = msgspec.structs.replace(_INTENT, prompt="a public plane").changes(old)
    assert (name, before, after) == (
        "prompt",
        record.digest_text("a secret plane"),
        record.digest_text("a public plane"),
    )
