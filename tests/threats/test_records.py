"""Anyone can write a record: an odd one is reported and left alone, never acted on."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from assetgen.errors import AssetgenError
from assetgen.generate import adopt
from assetgen.generate.options import Options
from assetgen.plan import decide, provenance
from assetgen.plan.decide import State
from assetgen.plan.workspace import open_workspace
from assetgen.record import record
from assetgen.report import show as report_record
from tests.support.attack import generate, link, poison, run_check, victim
from tests.support.place import Place
from tests.support.rows import every


def _nest(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": [value]}
    return value


def _put(*keys: str | int, value: Any) -> Callable[[Any], None]:
    def change(statement: Any) -> None:
        place = statement
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return change


# With a correct digest, and not allowed in a record.
_POISONED = {
    "another asset": _put("predicate", "asset", "id", value="b"),
    "an id that climbs": _put("predicate", "asset", "id", value="../../a"),
    "a file outside": _put("subject", 0, "name", value="../victim"),
    "an absolute file": _put("subject", 0, "name", value="/etc/passwd"),
    "a file in .git": _put("subject", 0, "name", value=".git/config"),
    "a digest that is a path": _put("subject", 0, "digest", "sha256", value="../../victim"),
    "a digest with a line end": _put("subject", 0, "digest", "sha256", value="0" * 64 + "\n"),
    "an original elsewhere": _put(
        "predicate", "original", value={"digest": "sha256:../../../../victim"}
    ),
    "an original that is a device": _put("predicate", "original", value={"digest": "/dev/zero"}),
    "no subject": _put("subject", value=None),
    "a subject of texts": _put("subject", value=["public/a.png"]),
    "a predicate that is a list": _put("predicate", value=[]),
    "an intent that is text": _put("predicate", "intent", value="x"),
    "steps without an operation": _put("predicate", "derive", "steps", value=[{}]),
    "steps of texts": _put("predicate", "derive", "steps", value=["fit"]),
    "an unknown step": _put("predicate", "derive", "steps", value=[{"op": "run", "command": "x"}]),
    "a fit without size": _put("predicate", "derive", "steps", value=[{"op": "fit"}]),
    "a route that is text": _put("predicate", "route", value="local"),
    "a request that is text": _put("predicate", "request", value="x"),
    "marking of nothing": _put("predicate", "marking", value=None),
    "storage of nothing": _put("predicate", "storage", value={}),
    "another type": _put("_type", value="https://in-toto.io/Statement/v0.1"),
    "too large": _put("predicate", "extra", value="x" * record.MAX_BYTES),
}


@pytest.mark.parametrize("change", every(2, _POISONED.values()), ids=_POISONED.keys())
def test_a_poisoned_record_is_reported_and_never_acted_on(
    bare: Place, change: Callable[[Any], None]
) -> None:
    bare.covers("a")
    generate(bare)
    kept = victim(bare)
    statement = json.loads(bare.read(record.place("a")))
    change(statement)
    try:
        bare.write(record.place("a"), record.write(statement))
    except (TypeError, AttributeError):  # not even our own writer takes it
        bare.write(record.place("a"), json.dumps(statement, indent=2) + "\n")
    bare.covers("a", title="Other")
    before = bare.read("public/a.png")
    assert {finding.code for finding in run_check(bare).findings} >= {"record"}
    outcome = generate(bare)
    assert [failure.state for failure in outcome.failed] == [State.FOREIGN]
    for act in (
        lambda: provenance.find(bare.root, "a", bare.root),
        lambda: adopt.accept(bare.root, "a", Options(commit=False), bare.environ),
    ):
        with pytest.raises(AssetgenError):
            act()
    assert bare.read("public/a.png") == before
    assert kept.read_bytes() == b"precious"


_DAMAGED = {
    "empty": lambda data: b"",
    "not JSON": lambda data: b"{",
    "not UTF-8": lambda data: b"\xff" + data,
    "a list": lambda data: b"[]",
    "null": lambda data: b"null",
    "nested": lambda data: b"[" * 500_000,
    "a doubled key": lambda data: data.replace(
        b'"predicateType"', b'"predicateType": "x",\n  "predicateType"', 1
    ),
    "merge markers": lambda data: (
        b"<<<<<<< ours\n" + data + b"=======\n" + data + b">>>>>>> theirs\n"
    ),
    "merge markers inside": lambda data: data.replace(b"\n", b"\n<<<<<<< ours\n", 1),
    "a number without end": lambda data: data.replace(b'"take": 1', b'"take": 1e999'),
    "an edited title": lambda data: data.replace(b"Hello", b"Hullo"),
    "two records": lambda data: data + data,
}


@pytest.mark.parametrize("damage", _DAMAGED.values(), ids=_DAMAGED.keys())
def test_a_damaged_record_is_reported_and_never_acted_on(
    bare: Place, damage: Callable[[bytes], bytes]
) -> None:
    bare.covers("a")
    generate(bare)
    bare.write(record.place("a"), damage(bare.read(record.place("a"))))
    assert [finding.code for finding in run_check(bare).findings] == ["record"]
    assert not generate(bare).made
    with pytest.raises(AssetgenError, match="not usable"):
        provenance.find(bare.root, "a", bare.root)


@pytest.mark.parametrize(
    "part", ["observed", "prompt", "tool", "inputs", "marking", "asset", "route"]
)
@pytest.mark.parametrize("value", [None, "x", 1], ids=repr)
def test_a_record_without_a_shown_field_is_reported_in_words(
    bare: Place, part: str, value: Any
) -> None:
    bare.covers("a")
    generate(bare)
    poison(bare, _put("predicate", part, value=value))
    with pytest.raises(AssetgenError, match=r"(record|it) (lacks|is incomplete|is not usable)"):
        found = provenance.find(bare.root, "a", bare.root)
        report_record.show(found.statement, found.decision, io.StringIO())


def test_a_deep_intent_is_compared_and_described(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    poison(bare, _put("predicate", "intent", "values", value=_nest(200)))
    project = open_workspace(bare.root)
    assert isinstance(project.record("a"), record.Record)
    poison(bare, _put("predicate", "intent", "digest", value=""))
    [finding] = run_check(bare).findings
    assert (finding.code, "values.title none -> Hello" in finding.message) == ("stale", True)
    [decision] = decide.decide(open_workspace(bare.root).manifest, project.world())
    nested = next(reason for reason in decision.reasons if reason.field == "values.a")
    assert decision.state is State.STALE and nested.new is None


def test_a_record_that_is_a_link_is_not_read_and_not_written_through(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    path = bare.root / record.place("a")
    kept = victim(bare, path.read_bytes())
    path.unlink()
    link(bare, record.place("a"), kept)
    before = kept.read_bytes()
    assert not generate(bare).made
    assert not generate(bare, force=True).made
    assert kept.read_bytes() == before


def test_a_record_without_an_asset_removes_nothing(bare: Place) -> None:
    bare.covers("a", "b")
    generate(bare)
    bare.covers("b")
    generate(bare)
    assert [finding.code for finding in run_check(bare).findings] == ["orphan"]
    assert bare.has("public/a.png")
