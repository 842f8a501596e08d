"""Values that are read from files: ``{ file = "data/bench.csv", column = "ms" }``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import dedent
from typing import Any, Protocol

from assetgen.cure import Cure, advice
from assetgen.fs import paths
from assetgen.manifest import data_query, line_ranges
from assetgen.manifest.data_file import Document, NoData, Table
from assetgen.manifest.data_query import Datum
from assetgen.manifest.toml_faults import Fault, dotted
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief, count

_KEYS = {"file", "column", "pointer", "lines"}
#: Stands for a value that could not be read; nothing else is wrong with it.
UNKNOWN = Datum(None, "", is_unknown=True)


class Reader(Protocol):
    """Reads the files that values name. Raises NoData."""

    @property
    def data(self) -> Callable[[str], Table | Document]: ...

    @property
    def text(self) -> Callable[[str], str]: ...


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
        if "lines" in value:
            return _lines(value["file"], value["lines"], read)
        if len(value) == 1:
            return Datum(read.text(value["file"]), value["file"], is_whole=True)
        source = read.data(value["file"])
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
    if "lines" in value and len(value) > 2:
        return "lines is not read together with column or pointer", advice("remove one of them")
    return None


def _lines(file: str, asked: str, read: Reader) -> Datum:
    """Lines of a text file, without the blanks that begin all of them. Raises NoData."""
    found = line_ranges.one(asked)
    if found is None:
        what = f"lines = {brief(asked)} does not name lines"
        raise NoData(what, cure=advice('write lines = "5-20", "5-" or "5"'))
    first, last = found
    lines = read.text(file).splitlines()
    if max(first, last or 0) > len(lines):
        what = f"lines = {brief(asked)}: {file} has {count(len(lines), 'line')}"
        raise NoData(what, where=file, cure=advice("name lines that it has"))
    return Datum(dedent("\n".join(lines[first - 1 : last])), f"{file}:{first}")


def plain(value: Any) -> Any:
    """``value`` without the places of its data, for what no layout types."""
    if isinstance(value, Datum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value
