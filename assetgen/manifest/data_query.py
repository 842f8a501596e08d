"""Values of a data file, by column or by pointer, and the numbers in its texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from msgspec import Struct

from assetgen.cure import Cure, advice
from assetgen.manifest.data_file import MAX_ROWS, Document, NoData, Scalar, Table, too_many
from assetgen.manifest.toml_faults import nearest
from assetgen.text import brief

# So many names are compared with a wrong one.
_MOST_NAMES = 500
#: The most values in an answer, and the most levels in it.
MAX_VALUES = 20_000
MAX_DEPTH = 32


class Datum(Struct, frozen=True):
    """One value of a data file, and where it is there, for messages."""

    value: Scalar
    where: str
    is_cell: bool = False
    """Whether the format has only texts, so that a number is one that is written as a number."""
    is_unknown: bool = False
    """Whether it could not be read, which is a fault of its own."""
    is_whole: bool = False
    """Whether it is a whole file, of which no part was named."""


def column(source: Table | Document, name: str, pointer: str | None = None) -> list[Datum]:
    """The values of the column ``name``, without the empty ones at its end.

    In a document, the rows are the list at ``pointer`` (RFC 6901), or the document itself. Raises
    NoData.
    """
    if isinstance(source, Table):
        if pointer is not None:
            raise _no_pointer(source)
        if name not in source.header:
            raise _no_column(source.path, name, source.header)
        at = source.header.index(name)
        found = [
            Datum(row[at], f"{source.path}:{line}, column {name}", is_cell=True)
            for line, row in source.rows
        ]
    else:
        found = [_member(row, name, where) for where, row in _rows(source, pointer or "")]
    while found and found[-1].value in ("", None):
        found.pop()
    return found


def _rows(source: Document, pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rows = _at(source, pointer)
    place = _place(source.path, pointer)
    if not isinstance(rows, list):
        raise NoData(
            f"{place} is not a list of tables, so it has no columns",
            where=source.path,
            cure=advice('name the list: pointer = "/runs"'),
        )
    if len(rows) > MAX_ROWS:
        raise too_many(source.path)
    for number, row in enumerate(rows):
        where = _place(source.path, f"{pointer}/{number}")
        if not isinstance(row, Mapping):
            what = f"{where} is not a table, so it has no columns"
            raise NoData(what, where=source.path, cure=advice("use pointer alone for a plain list"))
        yield where, row


def table_rows(source: Table | Document, pointer: str | None) -> list[tuple[str, dict[str, str]]]:
    """Each row as texts by column, with its place; an empty value is "".

    In a document, the rows are the list at ``pointer``, or the document itself, or the only list of
    tables at its top. Raises NoData.
    """
    if isinstance(source, Table):
        if pointer is not None:
            raise _no_pointer(source)
        header = source.header
        return [
            (f"{source.path}:{line}", dict(zip(header, row, strict=True)))
            for line, row in source.rows
        ]
    place = _only_list(source.root) if pointer is None else pointer
    return [
        (where, {str(key): _as_text(value) for key, value in row.items()})
        for where, row in _rows(source, place)
    ]


def _only_list(root: Any) -> str:
    """The pointer to the only list at the top of a table; "" for anything else."""
    items = root.items() if isinstance(root, Mapping) else ()
    lists = [key for key, one in items if isinstance(one, list)]
    return f"/{lists[0]}" if len(lists) == 1 else ""


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    scalar = _scalar(value)
    return str(scalar) if isinstance(scalar, (str, int, float)) else ""


def _member(row: Mapping[str, Any], name: str, where: str) -> Datum:
    if name not in row:
        raise _no_column(where, name, list(map(str, row)))
    value = row[name]
    if isinstance(value, (list, Mapping)):
        what, cure = (
            f"{where}/{name} is not a single value",
            advice("use pointer instead of column"),
        )
        raise NoData(what, where=where, cure=cure)
    return Datum(_scalar(value), f"{where}/{name}")


def _no_column(where: str, name: str, known: Sequence[str], word: str = "column") -> NoData:
    names = ", ".join(map(brief, known[:12])) + (", ..." if len(known) > 12 else "")
    meant = nearest(name, known[:_MOST_NAMES])
    return NoData(
        f"{where} has no {word} {brief(name)}; it has: {names}",
        where=where,
        cure=advice("did you mean {meant}?", meant=meant) if meant else advice("name one of these"),
    )


def at_pointer(source: Table | Document, pointer: str) -> Any:
    """The value at ``pointer`` (RFC 6901), with a Datum for each text, number and flag in it.

    Raises NoData.
    """
    if isinstance(source, Table):
        raise _no_pointer(source)
    left = [MAX_VALUES]
    return _marked(_at(source, pointer), _place(source.path, pointer), left, MAX_DEPTH)


def _marked(value: Any, where: str, left: list[int], deep: int) -> Any:
    """``value`` with its places; an alias of YAML can make a small file endless."""
    left[0] -= 1
    if left[0] < 0 or deep < 0:
        what = f"{where} has too many values, or they are nested too deeply"
        raise NoData(what, where=where, cure=advice("name a smaller part with pointer"))
    if isinstance(value, Mapping):
        return {
            str(key): _marked(inner, f"{where}/{key}", left, deep - 1)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [
            _marked(inner, f"{where}/{number}", left, deep - 1)
            for number, inner in enumerate(value)
        ]
    return Datum(_scalar(value), where)


def _scalar(value: Any) -> Scalar:
    """TOML and YAML know dates; an image shows them as they are written."""
    return value.isoformat() if isinstance(value, (date, time)) else value


def _at(source: Document, pointer: str) -> Any:
    if pointer and not pointer.startswith("/"):
        what = f"pointer = {brief(pointer)} does not begin with a slash"
        raise NoData(
            what, where=source.path, cure=advice('write pointer = "/{pointer}"', pointer=pointer)
        )
    found, place = source.root, ""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        found = _below(found, name, source.path, place)
        place += f"/{step}"
    return found


def _below(value: Any, name: str, path: str, place: str) -> Any:
    if isinstance(value, Mapping):
        known = {str(key): inner for key, inner in value.items()}
        if name in known:
            return known[name]
        raise _no_column(_place(path, place), name, list(known), word="key")
    if isinstance(value, list) and re.fullmatch(r"0|[1-9][0-9]{0,8}", name):
        if int(name) < len(value):
            return value[int(name)]
        what = f"{_place(path, place)} has {len(value)} entries, and the first is 0"
        raise NoData(what, where=path, cure=advice("name an entry that exists"))
    what = f"{_place(path, place)} has no {brief(name)}: it is {_kind_of(value)}"
    raise NoData(what, where=path, cure=advice("shorten pointer"))


def _kind_of(value: Any) -> str:
    return "a list, whose entries are numbered" if isinstance(value, list) else "a single value"


def _place(path: str, pointer: str) -> str:
    return f"{path}#{pointer}" if pointer else path


def _no_pointer(source: Table) -> NoData:
    return NoData(
        f"{source.path} is a table, and pointer is for JSON, YAML and TOML",
        where=source.path,
        cure=advice('write column = "{first}" instead', first=source.header[0]),
    )


# -- numbers ---------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)


def number(text: str) -> int | float | None:
    """The number that a cell contains, written with a point and without separators; else None."""
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    found = float(text)
    return int(found) if re.fullmatch(r"[-+]?\d{1,15}", text, re.ASCII) else found


def better_number(text: str) -> Cure:
    """What to write instead of a cell that is no number."""
    bare = re.sub(r"[\s'\u2019_%\u20ac$\u00a3]", "", text).replace("\u2212", "-")
    if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare, re.ASCII):
        bare = bare.replace(",", "")
        return advice("write {bare}, without separators", bare=bare)
    if re.fullmatch(r"[-+]?\d{1,3}(?:\.\d{3})*,\d+", bare, re.ASCII):
        bare = bare.replace(".", "").replace(",", ".")
        return advice("write {bare}, with a decimal point", bare=bare)
    if number(bare) is not None:
        return advice("write {bare}", bare=bare)
    return advice("write a number such as 12.5")
