"""Data files that values are read from: CSV, TSV, JSON, YAML, TOML. Pure.

Nothing is guessed: a number is written as in TOML, a cell stays a text until a number is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from msgspec import Struct

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.text import brief

#: The largest data file, in bytes; the most rows in a table.
MAX_BYTES = 8 * 1024 * 1024
MAX_ROWS = 100_000

Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Table:
    """The rows of a CSV or TSV file: its header, and the cells of each row with its line."""

    path: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


class Document(Struct, frozen=True):
    """What a JSON, YAML or TOML file contains."""

    path: str
    root: Any


class NoData(ManifestError):
    """A data file, or a place in one, that cannot be used."""


def suffix(path: str) -> str:
    """The extension of a path in lower case, such as ".csv"."""
    dot, extension = path.rpartition("/")[2].rpartition(".")[1:]
    return (dot + extension).lower()


def read(path: str, data: bytes) -> Table | Document:
    """The content of the data file ``path``. Raises NoData."""
    _refuse_large(path, data)
    reader = _READERS.get(suffix(path))
    if reader is None:
        raise NoData(
            f"{path} is not a data file: its name does not end in {', '.join(_READERS)}",
            where=path,
            cure=advice("save the data in one of these formats"),
        )
    return reader(path, _text(path, data))


def text(path: str, data: bytes) -> str:
    """The text in the file ``path``. Raises NoData."""
    _refuse_large(path, data)
    return _text(path, data)


def _refuse_large(path: str, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise NoData(
            f"{path} has {len(data)} bytes; at most {MAX_BYTES} are read",
            where=path,
            cure=advice("keep only the data that the image shows"),
        )


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        is_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        name = "UTF-16" if is_utf16 else "not UTF-8"
        line = data[: exc.start].count(b"\n") + 1
        where = path if is_utf16 else f"{path}:{line}"
        raise NoData(
            f"{path} is {name}", where=where, cure=advice("save {path} as UTF-8", path=path)
        ) from None


# -- CSV -------------------------------------------------------------------------------------------


def _csv(path: str, text: str, delimiter: str = ",") -> Table:
    import csv  # with io, for the few projects that have data
    import io

    rows: list[tuple[int, tuple[str, ...]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        line = 1
        for read_row in reader:
            cells = tuple(cell.strip() for cell in read_row)
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
            if len(rows) > MAX_ROWS:
                raise too_many(path)
    except csv.Error as exc:
        raise NoData(
            f"{path} cannot be read: {exc}",
            where=f"{path}:{reader.line_num}",
            cure=advice("correct the quotes on that line"),
        ) from None
    if not rows:
        raise NoData(
            f"{path} is empty",
            where=path,
            cure=advice("add a header and rows to {path}", path=path),
        )
    header, rest = rows[0][1], rows[1:]
    _refuse_header(path, header, delimiter)
    for number, row in rest:
        if len(row) != len(header):
            raise NoData(
                f"the row has {len(row)} cells, and the header has {len(header)}",
                where=f"{path}:{number}",
                cure=advice("give the row as many cells as the header, or quote its text"),
            )
    return Table(path, header, tuple(rest))


def _refuse_header(path: str, header: Sequence[str], delimiter: str) -> None:
    """Raise NoData for a header that does not name every column once."""
    if len(header) == 1 and delimiter == "," and re.search(r"[;\t]", header[0]):
        other = "semicolons" if ";" in header[0] else "tabs"
        cure = advice("export it with commas") if other == "semicolons" else _AS_TSV
        raise NoData(f"{path} separates its columns by {other}", where=f"{path}:1", cure=cure)
    seen: set[str] = set()
    for index, name in enumerate(header):
        if not name:
            what, cure = f"column {index + 1} has no name", advice("name it in the first line")
            raise NoData(what, where=f"{path}:1", cure=cure)
        if name in seen:
            what, cure = f"two columns are called {brief(name)}", advice("rename one of them")
            raise NoData(what, where=f"{path}:1", cure=cure)
        seen.add(name)


_AS_TSV = advice("rename it to .tsv")


def too_many(path: str) -> NoData:
    """The error for a table that is too long to be read."""
    return NoData(
        f"{path} has more than {MAX_ROWS} rows",
        where=path,
        cure=advice("keep only the rows that the image shows"),
    )


def _tsv(path: str, text: str) -> Table:
    return _csv(path, text, "\t")


# -- JSON, YAML, TOML ------------------------------------------------------------------------------


def _json(path: str, text: str) -> Document:
    def refuse(word: str) -> float:
        raise ValueError(f"{word} is not a number")

    try:
        return Document(path, json.loads(text, parse_constant=refuse))
    except json.JSONDecodeError as exc:
        where = f"{path}:{exc.lineno}:{exc.colno}"
        raise _broken(path, "JSON", exc.msg, where=where) from None
    except (ValueError, RecursionError) as exc:
        raise _broken(path, "JSON", _why(exc)) from None


def _toml(path: str, text: str) -> Document:
    import tomli

    try:
        return Document(path, tomli.loads(text))
    except (ValueError, RecursionError) as exc:
        raise _broken(path, "TOML", _why(exc)) from None


def _yaml(path: str, text: str) -> Document:
    import yaml

    try:
        return Document(path, yaml.load(text, Loader=_loader()))
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
        raise _broken(path, "YAML", exc.problem or "it is broken", where=where) from None
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        raise _broken(path, "YAML", _why(exc)) from None


def _loader() -> type[Any]:
    """Reads plain words as the core schema of YAML 1.2 does: 1_000, 12:30 and no stay texts."""
    import yaml

    from assetgen.refs.scan.front_values import plain

    base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def scalar(loader: Any, node: Any) -> Scalar:
        text: str = loader.construct_scalar(node)
        if node.style in ("'", '"', "|", ">"):
            return text
        found = plain(text)
        is_decimal = found == text and _DECIMAL.fullmatch(text) is not None
        return float(text) if is_decimal else found

    Loader.add_constructor("tag:yaml.org,2002:str", scalar)
    return Loader


_DECIMAL = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", re.ASCII)


def _why(exc: Exception) -> str:
    return "it is nested too deeply" if isinstance(exc, RecursionError) else str(exc)[:200]


def _broken(path: str, form: str, why: str, where: str | None = None) -> NoData:
    return NoData(
        f"{path} is not {form}: {why}", where=where or path, cure=advice("fix {path}", path=path)
    )


_READERS: dict[str, Callable[[str, str], Table | Document]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".json": _json,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".toml": _toml,
}
