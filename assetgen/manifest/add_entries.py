"""New entries for assets.toml, added without changing any byte of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.fs import paths, store
from assetgen.manifest import parse
from assetgen.manifest.schema import FILE, MAX_BYTES, Manifest
from assetgen.manifest.toml_positions import Key, positions

_BOM = "\ufeff"
#: What ``add`` writes: the keys of one ``[[asset]]``, in order; ``values`` becomes its own table.
New = Mapping[str, Any]


@dataclass(frozen=True)
class Added:
    """What was added, by id, in order, each with its line of assets.toml (from 1)."""

    lines: Mapping[str, int]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.lines)


def add(
    root: Path,
    new: Sequence[New],
    remarks: Mapping[str, str] | None = None,
    *,
    examine: Callable[[bytes], None] = lambda _data: None,
) -> Added:
    """Add assets to the manifest of ``root``, in one step; ``remarks`` by id become comments on
    their last key.

    ``examine`` gets the new manifest before it is written, and may refuse it. Raises ManifestError,
    and writes nothing, if the manifest has a mistake or would have one; StorageError; what
    ``examine`` raises.
    """
    data = paths.read_own(root, FILE, ManifestError, limit=MAX_BYTES)
    before = parse.parse(data)
    if not new:
        return Added({})
    text = inserted(data.decode("utf-8"), new, remarks)
    after = _proved(before, data, text.encode(), ids=[str(entry.get("id", "")) for entry in new])
    examine(text.encode())
    store.prepare(root)
    store.write(root, FILE, text.encode())
    places = _lines(text)
    numbers = {asset.id: index for index, asset in enumerate(after.asset)}
    at = {
        asset_id: _line(places, numbers[asset_id])
        for asset_id in numbers
        if asset_id not in _ids(before)
    }
    return Added(at)


def _ids(known: Manifest) -> set[str]:
    return {asset.id for asset in known.asset}


def _line(places: Mapping[Key, int], number: int) -> int:
    keys: tuple[Key, ...] = (("asset", number, "id"), ("asset",))
    return next((places[key] for key in keys if key in places), 1)


def _proved(before: Manifest, old: bytes, new: bytes, ids: Sequence[str]) -> Manifest:
    """The manifest as it will be. Raises ManifestError for a mistake or any other change in it."""
    try:
        after = parse.parse(new)
    except ManifestError as exc:
        what = f"{', '.join(ids)} cannot be added, and nothing was written: {exc.what}"
        raise ManifestError(what, where=FILE, cure=exc.cure) from None
    kept = tuple(asset for asset in after.asset if asset.id in _ids(before))
    same = all(
        getattr(before, name) == getattr(after, name)
        for name in ("project", "check", "defaults", "style", "gateway")
    )
    if (
        not same
        or kept != before.asset
        or len(after.asset) != len(kept) + len(ids)
        or not _is_within(old, new)
    ):
        what = f"{', '.join(ids)} cannot be added without changing other lines; nothing was written"
        raise ManifestError(
            what,
            where=FILE,
            cure=advice("write the assets as [[asset]] tables, then run the same again"),
        )
    return after


def _is_within(old: bytes, new: bytes) -> bool:
    """Whether ``new`` is ``old`` with something inserted."""
    at = 0
    for row in old.splitlines(keepends=True):
        found = new.find(row, at)
        if found < 0:
            return _is_subsequence(old, new)
        at = found + len(row)
    return True


def _is_subsequence(old: bytes, new: bytes) -> bool:
    rest = iter(new)
    return all(byte in rest for byte in old)


# -- pure: text to text ----------------------------------------------------------------------------


def inserted(text: str, new: Sequence[New], remarks: Mapping[str, str] | None = None) -> str:
    """The manifest ``text`` with ``new`` after its last asset, in the style of the file.

    ``remarks`` has comments for assets, by id, each of one line; a list in brackets gets none.
    """
    places = _lines(text)
    if ("asset",) in places and ("asset", 0) not in places:
        return _in_brackets(text, new)
    rows = text.split("\n")
    end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    aligned, equals = _manner(rows, places)
    said = remarks or {}
    blocks = [
        _block(entry, aligned, equals, said.get(str(entry.get("id")), "")).replace("\n", end)
        for entry in new
    ]
    at = _after_assets(rows, places)
    if at is None:
        return text + _gap(text.removeprefix(_BOM), end) + end.join(blocks)
    head, rest = "\n".join(rows[:at]) + "\n", "\n".join(rows[at:])
    return (
        head
        + "".join(end + block for block in blocks)
        + (rest if rest.startswith(("\r", "\n")) else end + rest)
    )


def _gap(text: str, end: str) -> str:
    """What separates a manifest from an asset after it: one blank line."""
    if text.endswith(("\n\n", "\n\r\n")) or not text.strip("\r\n"):
        return ""
    return end if text.endswith("\n") else end + end


def _lines(text: str) -> dict[Key, int]:
    """The line of every key and table that is not inside a value."""
    folded = text.removeprefix(_BOM).replace("\r\n", "\n")
    return {key: at.line for key, at in positions(folded, inside_values=False).items()}


def _after_assets(rows: Sequence[str], places: Mapping[Key, int]) -> int | None:
    """The row before which new assets go, if another table follows the last one; None: the end."""
    last = max((line for key, line in places.items() if key[0] == "asset"), default=0)
    follows = min(
        (line for key, line in places.items() if key[0] != "asset" and line > last), default=0
    )
    if not last or not follows:
        return None
    at = follows - 1
    while at > last and (not rows[at - 1].strip() or rows[at - 1].lstrip().startswith("#")):
        at -= 1
    blank = next((row for row in range(at, follows - 1) if not rows[row].strip()), None)
    return at if blank is None else blank  # a comment that touches the last asset belongs to it


def _manner(rows: Sequence[str], places: Mapping[Key, int]) -> tuple[bool, str]:
    """Whether the file aligns the "=" of the keys in a table, and how it writes "="."""
    tables: dict[Key, list[str]] = {}
    for key, line in places.items():
        row = rows[line - 1]
        if isinstance(key[-1], str) and "=" in row and not row.lstrip().startswith("["):
            tables.setdefault(key[:-1], []).append(row)
    columns = [
        ([row.index("=") for row in held], [len(row[: row.index("=")].strip()) for row in held])
        for held in tables.values()
    ]
    telling = [set(at) for at, names in columns if len(set(names)) > 1]
    alone = [row for held in tables.values() for row in held]
    tight = bool(alone) and all("= " not in row and " =" not in row for row in alone)
    aligned = [len(at) == 1 for at in telling]
    return sum(aligned) * 2 > len(aligned), "=" if tight else " = "


def _block(entry: New, aligned: bool, equals: str, remark: str) -> str:
    own = {key: value for key, value in entry.items() if key != "values"}
    rows = _rows(own, aligned, equals).splitlines(keepends=True)
    if remark:  # it is about the last key
        rows.insert(-1, f"# {remark}\n")
    block = "[[asset]]\n" + "".join(rows)
    if values := entry.get("values"):
        block += "[asset.values]\n" + _rows(values, aligned, equals)
    return block


def _rows(table: Mapping[str, Any], aligned: bool, equals: str) -> str:
    names = {key: key_of(key) for key in table}
    wide = max(map(len, names.values()), default=0) if aligned else 0
    return "".join(f"{names[key]:{wide}}{equals}{written(value)}\n" for key, value in table.items())


def key_of(key: str) -> str:
    """A key as TOML, in quotes if it needs them."""
    import tomlkit

    return tomlkit.key(key).as_string()


def written(value: Any) -> str:
    """A value as TOML, on one line."""
    import tomlkit

    if isinstance(value, Mapping):
        return (
            "{ "
            + ", ".join(f"{key_of(key)} = {written(inner)}" for key, inner in value.items())
            + " }"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(tomlkit.item(value).as_string())


def _in_brackets(text: str, new: Sequence[New]) -> str:
    """``text``, whose assets are a list in brackets, with ``new`` at the end of the list."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import Array

    bom = _BOM if text.startswith(_BOM) else ""
    try:
        document = tomlkit.parse(text.removeprefix(_BOM))
    except TOMLKitError as exc:
        raise ManifestError(
            f"entries cannot be added to this manifest: {exc}", where=FILE
        ) from None
    held = document["asset"]
    if isinstance(held, Array):
        for entry in new:
            held.append(tomlkit.parse(f"new = {written(entry)}")["new"])
    return bom + document.as_string()
