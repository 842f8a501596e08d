"""The bytes of assets.toml -> a Manifest, or all the mistakes in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import msgspec
import tomli

from assetgen.cure import Cure, advice
from assetgen.errors import AssetgenError, ManifestError, Mistake, refusal
from assetgen.manifest import joined_entries, toml_faults
from assetgen.manifest.collection import Expansion, Origins, Part
from assetgen.manifest.filled import with_defaults, without_kinds
from assetgen.manifest.grounds import Grounds
from assetgen.manifest.repair import Doubtful, repaired
from assetgen.manifest.rules import broken_rules
from assetgen.manifest.schema import FILE, MAX_BYTES, Manifest
from assetgen.manifest.schema_faults import trust_faults, type_faults
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key, Position, nearest, positions
from assetgen.text import shortened

Expand = Callable[[Mapping[str, Any]], Expansion]


class Block(NamedTuple):
    """Whole entries of the file that follow each other, and mean the same wherever they are."""

    key: bytes
    """What they say depends on nothing else: the digest of their text and of the other tables."""
    start: int
    """Where they begin in the text, in bytes of UTF-8."""
    assets: int


@dataclass(frozen=True)
class Reading:
    """What assets.toml says, as far as it can be read.

    With ``faults``, ``manifest`` has every asset of the file under its own number, but what is
    not of its type is left out; ``doubtful`` has the keys of all that is wrong.
    """

    text: str
    manifest: Manifest
    faults: tuple[Fault, ...] = ()
    doubtful: Doubtful = field(default_factory=Doubtful)
    origins: Origins = field(default_factory=Origins)
    """The collections that the last assets come from."""
    parts: Sequence[Part] = ()
    """The assets of collections that show the same in several themes or sizes."""
    blocks: tuple[Block, ...] = ()
    """All assets in blocks; none if the file was read as a whole."""

    def with_faults(self, more: Sequence[Fault]) -> Reading:
        """The same with ``more`` that is wrong, though of the right type."""
        faults = (*self.faults, *more)
        return replace(self, faults=faults, doubtful=Doubtful.of(faults))


def parse(data: bytes) -> Manifest:
    """Parse and check the bytes of assets.toml.

    Raises the error of the first mistake, which has all of them as ``mistakes``: ManifestError, or
    TrustError if the repository tries to decide what only its user may.
    """
    reading = read(data)
    if reading.faults:
        raise refusal(located(reading, reading.faults))
    return reading.manifest


def read(data: bytes, expand: Expand | None = None) -> Reading:
    """Parse the bytes of assets.toml as far as that can be done.

    ``expand`` makes the assets of its collections; without it, there are none of them. Raises
    ManifestError if the bytes are not TOML.
    """
    text = text_of(data)
    try:
        document = without_kinds(tomli.loads(text))
    except (tomli.TOMLDecodeError, RecursionError) as exc:
        raise _not_toml(exc, text) from None
    except ValueError as exc:  # numbers that Python refuses, dates out of range
        raise _unreadable(f"a value in this file cannot be read: {exc}") from None
    try:
        made = Expansion()
        if expand is not None and "collection" in document:
            made = expand(document)
            document = _with_entries(document, made)
        reading = None if made.faults else _sound(document, text)
        reading = reading or _with_faults(document, text, made.faults)
        painted = Grounds.of(reading.manifest.asset)
        first = painted.first - len(made.entries)
        origins = Origins(first, made.origins, painted.stated)
        return replace(reading, origins=origins, parts=made.parts)
    except RecursionError:
        raise _unreadable("values are nested too deeply") from None


def _with_entries(document: Mapping[str, Any], made: Expansion) -> Mapping[str, Any]:
    listed = document.get("asset", [])
    return {**document, "asset": [*listed, *made.entries]} if isinstance(listed, list) else document


def _sound(document: Mapping[str, Any], text: str) -> Reading | None:
    """The manifest in ``document``; None if anything is wrong with it."""
    if any(trust_faults(document)):
        return None
    try:
        manifest = with_defaults(msgspec.convert(document, Manifest, strict=True))
    except msgspec.ValidationError:
        return None
    return None if any(broken_rules(manifest)) else Reading(text, manifest)


def _with_faults(document: Mapping[str, Any], text: str, made: Sequence[Fault]) -> Reading:
    """What is sound of a document that is not, and everything that is wrong with the rest."""
    trust = tuple(trust_faults(document))
    document = _without(document, trust)
    types = tuple(type_faults(document))
    doubtful = Doubtful.of((*trust, *types))
    manifest = repaired(document, doubtful)
    rules = tuple(
        fault
        for fault in broken_rules(manifest)
        if not doubtful.touches(*fault.key) and not _rests_on(fault.key, doubtful)
    )
    faults = (*trust, *types, *rules, *made)
    return Reading(text, manifest, faults, doubtful=Doubtful.of(faults))


def _without(document: Mapping[str, Any], trust: Sequence[Fault]) -> dict[str, Any]:
    """``document`` without what only the user may decide, so that it is reported once."""
    gone = {fault.key for fault in trust}
    kept = {name: table for name, table in document.items() if (name,) not in gone}
    if isinstance(gateways := kept.get("gateway"), dict):
        kept["gateway"] = {
            name: {key: value for key, value in table.items() if ("gateway", name, key) not in gone}
            if isinstance(table, dict)
            else table
            for name, table in gateways.items()
        }
    return kept


def _rests_on(key: Key, doubtful: Doubtful) -> bool:
    """Whether a rule about ``key`` looks into a table that cannot be used."""
    return (key[-1] == "style" and doubtful.covers("style")) or (
        key[-1] == "route" and doubtful.covers("gateway")
    )


# -- places ----------------------------------------------------------------------------------------


def located(reading: Reading, faults: Sequence[Fault]) -> tuple[Mistake, ...]:
    """``faults`` with their places in the text, in the order of the file."""
    places, origins = positions(reading.text), reading.origins
    found = [
        _located(fault, nearest(places, origins.stated(fault.key)), reading) for fault in faults
    ]
    return tuple(sorted(found, key=lambda one: (one.line or 0, one.col or 0)))


def _located(fault: Fault, place: Position | None, reading: Reading) -> Mistake:
    if (own := _of_page(fault.key, reading)) is not None:
        place = None
    where = own or (f"{FILE}:{place.line}:{place.col}" if place else FILE)
    if name := _asset_id(fault.key, reading.manifest):
        where += f", asset {name}"
    origin = reading.origins.find(fault.key)
    if origin and not own:
        where += f", {origin.label}"
    if fault.where:
        where += f", {fault.where}"
    line, col = place or (None, None)
    return Mistake(
        shortened(fault.what),
        where=where,
        cure=fault.cure,
        key=fault.key,
        error=fault.error,
        line=line,
        col=col,
    )


def _of_page(key: Key, reading: Reading) -> str | None:
    """The place of a value that a page states for its image itself."""
    origin = reading.origins.find(key)
    if origin is None or key[2:3] != ("values",) or len(key) < 4:
        return None
    line = origin.own.get(str(key[3]))
    return f"{origin.page}:{line}" if line else None


def _asset_id(key: Key, manifest: Manifest) -> str:
    number = key[1] if key[:1] == ("asset",) and len(key) > 1 else None
    is_known = isinstance(number, int) and number < len(manifest.asset)
    return manifest.asset[number].id if is_known and isinstance(number, int) else ""


# -- text ------------------------------------------------------------------------------------------

_MERGE = re.compile(r"^(<<<<<<<|>>>>>>>)", re.M)


def text_of(data: bytes) -> str:
    """The text of assets.toml. Raises ManifestError if it is too long or not UTF-8."""
    if len(data) > MAX_BYTES:
        raise _unreadable(f"{len(data)} bytes is more than the limit of {MAX_BYTES}")
    try:
        # A byte order mark and CRLF come from Windows editors and mean nothing.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        line = data[: exc.start].count(b"\n") + 1
        what, cure = "this is not UTF-8 text", advice("save it as UTF-8")
        raise _unreadable(what, line=line, cure=cure) from None


def _not_toml(exc: Exception, text: str) -> AssetgenError:
    if found := joined_entries.joined(text):
        return _unreadable(found.what, line=found.line, cure=found.cure)
    if conflict := _MERGE.search(text):
        return _unreadable(
            "this is not TOML: it contains the markers of a merge conflict",
            line=text.count("\n", 0, conflict.start()) + 1,
            cure=advice("resolve the merge conflict in {file}", file=FILE),
        )
    line, col = getattr(exc, "lineno", None), getattr(exc, "colno", None)
    cure = advice("fix {file}", file=FILE)
    if str(exc).startswith("Invalid value"):
        cure = toml_faults.unquoted(text, line or 0) or advice('text needs quotes: kind = "cover"')
    return _unreadable(f"this is not TOML: {exc}", line=line, col=col, cure=cure)


def _unreadable(
    what: str, *, line: int | None = None, col: int | None = None, cure: Cure | None = None
) -> AssetgenError:
    """The one mistake of a file that nothing else can be said about."""
    where = ":".join([FILE, *(str(number) for number in (line, col) if number)])
    mistake = Mistake(what, where=where, cure=cure, key=(), error=ManifestError, line=line, col=col)
    return refusal([mistake])


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
msgspec.json.Decoder(Manifest)
