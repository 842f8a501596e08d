"""A step of a refined image, added to assets.toml or taken out of it; all else stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.fs import paths, store
from assetgen.manifest import grounds, inline_steps, parse
from assetgen.manifest.add_entries import written
from assetgen.manifest.filled import with_grounds
from assetgen.manifest.grounds import Grounds
from assetgen.manifest.key_types import Refine
from assetgen.manifest.schema import FILE, MAX_BYTES, Manifest
from assetgen.manifest.schema_faults import GROUND
from assetgen.manifest.toml_positions import Key, positions

_BOM = "\ufeff"


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
        data,
        asset_id,
        lambda text, at: _added(text, at, step),
        lambda text, at: inline_steps.added(text, at, step),
        lambda old: (*old, new),
    )


def undo(root: Path, asset_id: str) -> bytes:
    """The manifest of ``root`` without the last step of an asset; nothing is written.

    Raises ManifestError.
    """
    taken_out = inline_steps.taken_out
    return _changed(read(root), asset_id, _taken_out, taken_out, lambda old: old[:-1])


def write(root: Path, data: bytes) -> None:
    """Write the manifest of ``root``. Raises StorageError."""
    store.prepare(root)
    store.write(root, FILE, data)


_Steps = tuple[Refine, ...]
_Edit = Callable[[str, Key], str]


def _changed(
    data: bytes,
    asset_id: str,
    edit: _Edit,
    inline: _Edit,
    expected: Callable[[_Steps], _Steps],
) -> bytes:
    before = parse.parse(data)
    at = _place(before, asset_id)
    text = data.decode("utf-8")
    places = _places(text)
    if at[:2] not in places:
        raise _as_tables(asset_id, at)
    is_inline = len(at) > _ENTRY and inline_steps.is_inline(text, at)
    if not is_inline and _steps_at(before, at) and (*at, "refine", 0) not in places:
        raise _as_tables(asset_id, at)
    made = (inline if is_inline else edit)(text, at).encode()
    try:
        after = parse.parse(made)
    except ManifestError as exc:
        what = f"the steps of {asset_id} cannot be changed, and nothing was written: {exc.what}"
        raise ManifestError(what, where=FILE, cure=exc.cure) from None
    if after != _with_steps(before, at, expected(_steps_at(before, at))):
        raise _as_tables(asset_id, at)
    return made


#: The length of the key of an entry; that of the ground in it is longer.
_ENTRY = 2


def _place(manifest: Manifest, asset_id: str) -> Key:
    """The key of the table that has the steps of an asset."""
    for number, asset in enumerate(manifest.asset):
        if asset.id == asset_id:
            return Grounds.of(manifest.asset).stated(("asset", number))
    entry = asset_id.removesuffix(f"/{grounds.KEY}")
    if entry != asset_id and any(asset.id == entry for asset in manifest.asset):
        raise ManifestError(
            f"asset {entry!r} has no ground",
            where=FILE,
            cure=advice("add ground = {table} to it", table=GROUND),
        )
    raise ManifestError(
        f"{FILE} has no [[asset]] with the id {entry!r}",
        where=FILE,
        cure=advice(
            "if a collection makes it, add an [[asset]] with this id, which replaces that image"
        ),
    )


def _steps_at(manifest: Manifest, at: Key) -> _Steps:
    asset = manifest.asset[int(at[1])]
    ground = asset.ground if len(at) > _ENTRY else None
    return ground.refine if ground else asset.refine


def _with_steps(manifest: Manifest, at: Key, steps: _Steps) -> Manifest:
    """``manifest`` with these steps in the table at ``at``."""
    number = int(at[1])
    asset = manifest.asset[number]
    if len(at) > _ENTRY and asset.ground:
        ground = msgspec.structs.replace(asset.ground, refine=steps)
        wanted = msgspec.structs.replace(asset, ground=ground)
    else:
        wanted = msgspec.structs.replace(asset, refine=steps)
    listed = manifest.asset[: Grounds.of(manifest.asset).first]
    assets = (*listed[:number], wanted, *listed[number + 1 :])
    return with_grounds(msgspec.structs.replace(manifest, asset=assets))


def _as_tables(asset_id: str, at: Key) -> ManifestError:
    return ManifestError(
        f"the steps of {asset_id} cannot be changed without changing other lines; nothing was "
        "written",
        where=FILE,
        cure=advice(
            "write the {what} as a table {table} and its steps as {header} tables, then run the "
            "same again",
            what="ground" if len(at) > _ENTRY else "asset",
            table="[asset.ground]" if len(at) > _ENTRY else "[[asset]]",
            header=_header(at),
        ),
    )


def _header(at: Key) -> str:
    return f"[[{'.'.join(one for one in (*at, 'refine') if isinstance(one, str))}]]"


# -- pure: text to text; every other line keeps its line end ---------------------------------------


def _added(text: str, table: Key, step: Mapping[str, Any]) -> str:
    rows = text.split("\n")
    at = _end_of(text, rows, table[1])
    block = [_header(table), *(f"{key} = {written(value)}" for key, value in step.items())]
    if at and rows[at - 1].strip():
        block = ["", *block]
    if rows[0].endswith("\r"):
        block = [f"{row}\r" for row in block]
        if at == len(rows):
            rows[-1] += "\r"
    return "\n".join([*rows[:at], *block, *(rows[at:] if rows[at:] else [""])])


def _taken_out(text: str, table: Key) -> str:
    places, within = _lines(text), (*table, "refine")
    steps = [key[-1] for key in places if key[:-1] == within]
    last = max(index for index in steps if isinstance(index, int))
    rows = text.split("\n")
    start = places[*within, last] - 1
    end = _end_of(text, rows, table[1])
    while start and not rows[start - 1].strip():
        start -= 1
    if end < len(rows) - 1 or rows[end:] != [""]:
        return "\n".join([*rows[:start], *rows[end:]])
    return "\n".join([*rows[:start], ""])


def _end_of(text: str, rows: list[str], number: str | int) -> int:
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
