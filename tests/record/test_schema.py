"""The structs of a record: what they write is what records contain, byte for byte."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from assetgen.record import record, schema, steps
from assetgen.record.schema import Costs, Predicate, Statement, Subject
from tests.support.records import PLACE, SAMPLE

_ROOT = Path(__file__).parents[2]
_RECORDS = [
    _ROOT / "tests/data/sample-record.json",
    *sorted((_ROOT / record.FOLDER).rglob("*.json")),
    *sorted((_ROOT / "examples").rglob(f"{record.FOLDER}/**/*.json")),
]


@pytest.mark.parametrize("path", _RECORDS, ids=lambda path: path.relative_to(_ROOT).as_posix())
def test_a_record_is_written_by_its_structs_as_it_was_read(path: Path) -> None:
    data = path.read_bytes()
    assert record.write(msgspec.json.decode(data, type=Statement)) == data


# -- any statement ---------------------------------------------------------------------------------

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
_NUMBERS = st.integers(0, 2**53 - 1)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXTS, inner, max_size=2),
    max_leaves=4,
)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: _TEXTS,
    int: _NUMBERS,
    bool: st.booleans(),
    float: st.floats(0, 1),
    types.NoneType: st.none(),
    UnsetType: st.just(UNSET),
    Any: _JSON,
}


def _limited(base: Any, limits: msgspec.Meta) -> st.SearchStrategy[Any]:
    if limits.pattern:
        return st.text("0123456789abcdef", min_size=64, max_size=64)
    assert base is int, base
    return st.integers(int(limits.ge or 0), int(limits.le or 2**53 - 1))


@cache
def _values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type that a part of a record has."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin is Annotated:
        return _limited(*inner)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, types.UnionType):
        return st.one_of([_values(one) for one in inner])
    if origin is list:
        return st.lists(_values(inner[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(_values(inner[0]), _values(inner[1]), max_size=2)
    hints = get_type_hints(hint, include_extras=True)
    fields = {name: _values(hints[name]) for name in hint.__struct_fields__}
    return st.builds(hint, **fields)


_STATEMENTS = st.builds(
    Statement,
    subject=_values(list[Subject]),
    predicate=_values(Predicate).map(lambda made: msgspec.structs.replace(made, integrity=UNSET)),
)
_SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)


@_SLOW
@given(_STATEMENTS)
def test_any_statement_is_read_as_it_was_written(made: Statement) -> None:
    data = record.write(made)
    read = msgspec.json.decode(data, type=Statement)
    sealed = read.predicate.integrity
    assert sealed is not UNSET
    predicate = msgspec.structs.replace(made.predicate, integrity=sealed)
    assert read == msgspec.structs.replace(made, predicate=predicate)
    assert record.write(read) == data
    assert record.write(record.statement(data)) == data


def test_every_struct_of_the_schema_is_part_of_a_statement() -> None:
    def parts(hint: Any) -> Iterator[type]:
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield hint
            for inner in get_type_hints(hint, include_extras=True).values():
                yield from parts(inner)
        for inner in get_args(hint):
            yield from parts(inner)

    declared = {
        one
        for one in {**vars(schema), **vars(steps)}.values()
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and one is not msgspec.Struct
    }
    assert set(parts(Statement)) == declared


# -- keys that are absent, null or unknown ---------------------------------------------------------


def test_an_unset_value_is_absent_and_a_none_is_null() -> None:
    stated = msgspec.json.encode(schema.RecordedResponse(model=None))
    assert b'"model":null' in stated
    assert b"toolUsage" not in stated


def _with(**parts: Any) -> bytes:
    statement = json.loads(SAMPLE)
    statement["predicate"] |= parts
    return record.write(statement)


def test_a_record_of_a_newer_version_is_read_and_its_keys_are_kept_when_it_is_amended() -> None:
    sample = json.loads(SAMPLE)["predicate"]
    data = _with(route={**sample["route"], "region": "x"}, later={"a": 1}, formerly=["b"])
    assert record.read(data, PLACE).owner == "images"
    old = record.statement(data)
    new = record.amended(old, [], storage={"decision": "commit"}, accepted={"fields": []})
    predicate = json.loads(record.write(new))["predicate"]
    assert predicate["route"]["region"] == "x" and predicate["later"] == {"a": 1}
    assert list(predicate) == [*(key for key in old["predicate"] if key != "integrity"), *_NEW]


_NEW = ("accepted", "integrity")


def test_parts_that_deciding_does_not_read_may_have_any_form() -> None:
    for name in ("prompt", "inputs", "response", "cost", "tool"):
        assert record.read(_with(**{name: "other"}), PLACE).asset_id == "launch/cover", name


def test_costs_without_amounts_are_null_in_every_figure() -> None:
    assert msgspec.to_builtins(Costs()) == dict.fromkeys(
        ("surface", "currency", "estimate", "usage", "provider")
    )
