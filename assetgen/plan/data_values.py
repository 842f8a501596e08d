"""Values that are read from data files: ``{ file = "data/bench.csv", column = "ms" }``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from assetgen.cure import Cure, advice
from assetgen.fs import paths
from assetgen.manifest import data_query
from assetgen.manifest.data_file import Document, NoData, Table
from assetgen.manifest.data_query import Datum
from assetgen.manifest.toml_faults import Fault, dotted
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief

_KEYS = {"file", "column", "pointer"}
#: Stands for a value that could not be read; nothing else is wrong with it.
UNKNOWN = Datum(None, "", is_unknown=True)

Reader = Callable[[str], Table | Document]


def is_named(value: Any) -> bool:
    """Whether a value says where it is in a data file."""
    return isinstance(value, Mapping) and "file" in value and not value.keys() - _KEYS


def files(value: Any) -> Iterator[str]:
    """The data files that a value, or a table of values, names."""
    if is_named(value):
        yield str(value["file"])
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from files(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from files(inner)


def read_in(value: Any, read: Reader, at: Key, wrong: list[Fault]) -> Any:
    """``value`` with the data that it names; all that is wrong with these is added to ``wrong``."""
    if is_named(value):
        return _data(value, read, at, wrong)
    if isinstance(value, Mapping):
        return {key: read_in(inner, read, (*at, key), wrong) for key, inner in value.items()}
    if isinstance(value, list):
        return [read_in(inner, read, (*at, index), wrong) for index, inner in enumerate(value)]
    return value


def _data(value: Mapping[str, Any], read: Reader, at: Key, wrong: list[Fault]) -> Any:
    if bad := _bad_request(value):
        what, cure = bad
        wrong.append(Fault(at, f"{dotted(at)}: {what}", cure))
        return UNKNOWN
    try:
        source = read(value["file"])
        if "column" in value:
            return data_query.column(source, value["column"], value.get("pointer"))
        return data_query.at_pointer(source, value["pointer"])
    except NoData as exc:
        wrong.append(Fault(at, f"{dotted(at)}: {exc.what}", exc.cure, where=exc.where))
        return UNKNOWN


def _bad_request(value: Mapping[str, Any]) -> tuple[str, Cure] | None:
    """What is wrong with the table that names data, and the cure."""
    for name, one in value.items():
        if not isinstance(one, str):
            return f"{name} = {brief(one)} is not a text", advice("write it in quotes")
    file = value["file"]
    if problem := paths.problem_of_page(file):
        return f"file = {brief(file)} {problem}", advice("name a file below the project")
    if len(value) == 1:
        example = 'column = "ms", or pointer = "/runs/0/ms"'
        return f"which part of {file} is not said", advice("add {example}", example=example)
    return None


def plain(value: Any) -> Any:
    """``value`` without the places of its data, for what no layout types."""
    if isinstance(value, Datum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value
