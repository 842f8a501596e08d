"""A step of a refined image, added to assets.toml or taken out of it; all else stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.fs import paths, store
from assetgen.manifest import parse
from assetgen.manifest.add_entries import written
from assetgen.manifest.key_types import Refine
from assetgen.manifest.schema import FILE, MAX_BYTES, Manifest
from assetgen.manifest.toml_positions import Key, positions

_BOM = "\ufeff"
_HEADER = "[[asset.refine]]"


def read(root: Path) -> bytes:
    """The bytes of the manifest of ``root``. Raises ManifestError."""
    return paths.read_own(root, FILE, ManifestError, limit=MAX_BYTES)


def add(root: Path, asset_id: str, step: Mapping[str, Any]) -> bytes:
    """The manifest of ``root`` with ``step`` as the last one of an asset; nothing is written.

    Raises ManifestError.
    """
    data = read(root)
    new = msgspec.convert(step, Refine)
    return _changed(
        data, asset_id, lambda text, at: _added(text, at, step), lambda old: (*old, new)
    )


def undo(root: Path, asset_id: str) -> bytes:
    """The manifest of ``root`` without the last step of an asset; nothing is written.

    Raises ManifestError.
    """
    return _changed(read(root), asset_id, _taken_out, lambda old: old[:-1])


def write(root: Path, data: bytes) -> None:
    """Write the manifest of ``root``. Raises StorageError."""
    store.prepare(root)
    store.write(root, FILE, data)


_Steps = tuple[Refine, ...]


def _changed(
    data: bytes,
    asset_id: str,
    edit: Callable[[str, int], str],
    expected: Callable[[_Steps], _Steps],
) -> bytes:
    before = parse.parse(data)
    number = _number(before, asset_id)
    asset = before.asset[number]
    wanted = msgspec.structs.replace(asset, refine=expected(asset.refine))
    text = data.decode("utf-8")
    places = _places(text)
    if ("asset", number) not in places or (asset.refine and not _are_tables(places, number)):
        raise _as_tables(asset_id)
    made = edit(text, number).encode()
    try:
        after = parse.parse(made)
    except ManifestError as exc:
        what = f"the steps of {asset_id} cannot be changed, and nothing was written: {exc.what}"
        raise ManifestError(what, where=FILE, cure=exc.cure) from None
    assets = (*before.asset[:number], wanted, *before.asset[number + 1 :])
    if after != msgspec.structs.replace(before, asset=assets):
        raise _as_tables(asset_id)
    return made


def _number(manifest: Manifest, asset_id: str) -> int:
    for number, asset in enumerate(manifest.asset):
        if asset.id == asset_id:
            return number
    raise ManifestError(
        f"{FILE} has no [[asset]] with the id {asset_id!r}",
        where=FILE,
        cure=advice(
            "if a collection makes it, add an [[asset]] with this id, which replaces that image"
        ),
    )


def _as_tables(asset_id: str) -> ManifestError:
    return ManifestError(
        f"the steps of {asset_id} cannot be changed without changing other lines; nothing was "
        "written",
        where=FILE,
        cure=advice(
            "write the asset as an [[asset]] table and its steps as {header} tables, then run the "
            "same again",
            header=_HEADER,
        ),
    )


def _are_tables(places: Mapping[Key, Any], number: int) -> bool:
    return ("asset", number, "refine", 0) in places


# -- pure: text to text; every other line keeps its line end ---------------------------------------


def _added(text: str, number: int, step: Mapping[str, Any]) -> str:
    rows = text.split("\n")
    at = _end_of(text, rows, number)
    block = [_HEADER, *(f"{key} = {written(value)}" for key, value in step.items())]
    if at and rows[at - 1].strip():
        block = ["", *block]
    if rows[0].endswith("\r"):
        block = [f"{row}\r" for row in block]
        if at == len(rows):
            rows[-1] += "\r"
    return "\n".join([*rows[:at], *block, *(rows[at:] if rows[at:] else [""])])


def _taken_out(text: str, number: int) -> str:
    places = _lines(text)
    steps = [key[3] for key in places if key[:3] == ("asset", number, "refine") and len(key) > 3]
    last = max(index for index in steps if isinstance(index, int))
    rows = text.split("\n")
    start = places["asset", number, "refine", last] - 1
    end = _end_of(text, rows, number)
    while start and not rows[start - 1].strip():
        start -= 1
    if end < len(rows) - 1 or rows[end:] != [""]:
        return "\n".join([*rows[:start], *rows[end:]])
    return "\n".join([*rows[:start], ""])


def _end_of(text: str, rows: list[str], number: int) -> int:
    """The row before which a new table of an asset goes: after its last line that is not blank.

    A comment that touches the table after it belongs to that one.
    """
    places = _lines(text)
    own = max(line for key, line in places.items() if key[:2] == ("asset", number))
    later = [line for key, line in places.items() if key[:2] != ("asset", number) and line > own]
    end = min(later) - 1 if later else len(rows)
    if later:
        while end > own and rows[end - 1].lstrip().startswith("#"):
            end -= 1
    while end > own and not rows[end - 1].strip():
        end -= 1
    return end


def _lines(text: str) -> dict[Key, int]:
    return {key: at.line for key, at in _places(text).items()}


def _places(text: str) -> Mapping[Key, Any]:
    plain = text.removeprefix(_BOM).replace("\r\n", "\n")
    return positions(plain, inside_values=False)
