"""The manifest read again after an edit: only the entries whose text has changed are parsed.

The text is cut into blocks of whole ``[[asset]]`` entries. A block that is a TOML document by
itself means the same in its file, so what it says is kept by its text and by the text above all
entries. A file with any mistake is read as a whole, so that every mistake is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Any
from zlib import crc32

import msgspec
import tomli

from assetgen.fs import paths
from assetgen.manifest import parse
from assetgen.manifest.collection import Origins
from assetgen.manifest.filled import with_defaults, with_grounds, without_kinds
from assetgen.manifest.grounds import Grounds
from assetgen.manifest.parse import Block, Expand, Reading
from assetgen.manifest.rules import broken_rules_of_assets, broken_rules_of_tables
from assetgen.manifest.schema import Asset, Manifest, references_at, targets
from assetgen.manifest.schema_faults import trust_faults
from assetgen.verdicts import Verdicts, key

_ENTRY = b"\n[[asset]]"
# A block ends after about one entry in so many; which ones, their text decides, so that a new entry
# changes one block only.
_BLOCK = 32


class Entries(msgspec.Struct, array_like=True, frozen=True):
    """The assets of a block without mistakes, and what must not clash with others."""

    assets: list[Asset]
    files: list[str]
    """The paths of the files of each, in the form in which they are compared."""
    folders: list[str]
    """Those that the main files are in."""
    needs: list[str]
    """The ids of the assets that their own keys name."""


def read(data: bytes, kept: Verdicts, expand: Expand | None = None) -> Reading:
    """What assets.toml says. Entries that ``kept`` knows are not parsed again.

    ``expand`` is as for ``parse.read``: a file with collections is read as a whole. Raises
    ManifestError if it is not TOML.
    """
    text = parse.text_of(data)
    try:
        found = _sound(text, kept)
    except (ValueError, RecursionError, msgspec.MsgspecError):  # reported by the whole reading
        found = None
    return found or parse.read(data, expand)


def _sound(text: str, kept: Verdicts) -> Reading | None:
    """What ``text`` says; None if anything is wrong with it, or may be."""
    data = text.encode()
    bounds = _bounds(data)
    head = data[: bounds[0]]
    tables = _tables(head.decode())
    if tables is None:
        return None
    decoder = msgspec.msgpack.Decoder(Entries)
    entries: list[Entries] = []
    blocks: list[Block] = []
    for start, end in pairwise(bounds):
        block = data[start:end]
        own = key(head, block)
        found = kept.made.get(own)
        if found is None and (known := kept.get(own)) is not None:
            found = decoder.decode(known)
        if found is None:
            if (found := _entries(tables, block.decode())) is None:
                return None
            kept.put(own, _encoded(found))
        kept.made[own] = found
        blocks.append(Block(own, start, len(found.assets)))
        entries.append(found)
    manifest = msgspec.structs.replace(
        tables, asset=tuple(chain.from_iterable([one.assets for one in entries]))
    )
    painted = Grounds.of(manifest.asset)
    if painted.covers:
        manifest = with_grounds(manifest)
        more = manifest.asset[len(manifest.asset) - len(painted.covers) :]
        entries.append(_of(more))
        blocks.append(Block(key(head, msgspec.msgpack.encode(more)), len(data), len(more)))
        painted = Grounds.of(manifest.asset)
    if not _agree(entries):
        return None
    return Reading(text, manifest, origins=Origins(grounds=painted.stated), blocks=tuple(blocks))


def _encoded(found: Entries) -> bytes:
    """A block to keep: of each asset, only what is not the default, which is read faster."""
    fields = msgspec.structs.fields(Asset)  # once: it resolves every annotation again
    stated = [
        {
            one.encode_name: value
            for one in fields
            if (value := getattr(asset, one.name)) != one.default
        }
        for asset in found.assets
    ]
    return msgspec.msgpack.encode((stated, found.files, found.folders, found.needs))


def _bounds(data: bytes) -> list[int]:
    """Where the first block begins, and where each block ends."""
    head, *entries = (b"\n" + data).split(_ENTRY)
    if not entries:
        return [len(data)]
    at, bounds = len(head), [len(head)]
    for length, end in zip(map(len, entries[:-1]), map(crc32, entries), strict=False):
        at += len(_ENTRY) + length
        if end % _BLOCK == 0:
            bounds.append(at)
    return [*bounds, len(data)]


def _tables(head: str) -> Manifest | None:
    """Everything but the assets."""
    document = tomli.loads(head)
    if "asset" in document or any(trust_faults(document)):
        return None
    manifest = msgspec.convert(document, Manifest, strict=True)
    is_whole = not (manifest.collection or any(broken_rules_of_tables(manifest)))
    return manifest if is_whole else None


def _entries(tables: Manifest, block: str) -> Entries | None:
    """The assets of a block that is a document by itself; None if one may have a mistake."""
    document: dict[str, Any] = tomli.loads(block)
    if list(document) != ["asset"] or any(trust_faults(document)):
        return None
    assets = msgspec.convert(without_kinds(document)["asset"], tuple[Asset, ...], strict=True)
    manifest = with_defaults(msgspec.structs.replace(tables, asset=assets))
    if any(broken_rules_of_assets(manifest)):
        return None
    return _of(manifest.asset[: len(assets)])


def _of(assets: Sequence[Asset]) -> Entries:
    files = [
        list(dict.fromkeys(paths.folded(target.path) for target in targets(asset)))
        for asset in assets
    ]
    return Entries(
        list(assets),
        files=[name for own in files for name in own],
        folders=list(dict.fromkeys(own[0].rpartition("/")[0] for own in files)),
        needs=[
            name[1:] for asset in assets for _, name in references_at(asset) if name.startswith("@")
        ],
    )


def _agree(entries: Sequence[Entries]) -> bool:
    """Whether no two assets have an id or a file in common, and all that they name exist."""
    ids = [asset.id for one in entries for asset in one.assets]
    files = list(chain.from_iterable([one.files for one in entries]))
    places, known = set(files), set(ids)
    folders = {folder for one in entries for folder in one.folders}
    above = {folder for one in folders for folder in _with_parents(one)}
    named = {name for one in entries for name in one.needs}
    is_unique = len(known) == len(ids) and len(places) == len(files)
    return is_unique and places.isdisjoint(above) and named <= known


def _with_parents(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
