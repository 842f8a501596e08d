"""The provenance of one asset: an in-toto statement in .assetgen/records/<id>.json.

Records are written in one exact form. A record in another form is read if its digest matches what
it says, as after a formatter; one with a duplicate key says nothing for certain.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from assetgen.fs import paths
from assetgen.record.intent import Intent as Intent
from assetgen.record.intent import canonical as canonical
from assetgen.record.intent import chain as chain
from assetgen.record.intent import changes as changes
from assetgen.record.intent import current as current
from assetgen.record.intent import digest as digest
from assetgen.record.intent import digest_text as digest_text
from assetgen.record.schema import (
    PREDICATE,
    STATEMENT,
    Marking,
    Measured,
    Original,
    RecordedAsset,
    RecordedRequest,
    RecordedRoute,
    Statement,
    Storage,
    Subject,
)
from assetgen.record.steps import Derivation

FOLDER = ".assetgen/records"
#: The largest record that is read, in bytes.
MAX_BYTES = 1024 * 1024

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


class Unusable(ValueError):
    """A record that assetgen did not write, or that was changed since; the text says how."""


@dataclass(frozen=True, slots=True)
class Record:
    """What deciding needs to know of a record that is whole."""

    asset_id: str
    path: str
    """Where it was read."""
    subject: Mapping[str, str]  # path -> sha256 (hex)
    intent: Mapping[str, Any]
    """In the form in which it is written now."""
    steps: Sequence[Mapping[str, Any]]
    """As they were written: a key that this version does not know counts as a difference."""
    original: str | None  # sha256 (hex) of the unchanged bytes
    original_size: str | None
    """WIDTHxHEIGHT of the original in pixels."""
    owner: str | None
    surface: str | None
    request: str | None
    """Digest of the request, if there was one."""
    is_draft: bool
    reason: str | None
    """Why the files are as they are: "adopted", "accepted", or what a route stated."""
    marked: bool
    source_type: str | None
    observed: Sequence[Measured]
    placeholder: str | None
    """A blurred miniature as a PNG data URL."""
    collection: str | None = None
    """The id of the collection that made the asset."""
    version: str | None = None
    """The version of assetgen that wrote it."""
    intent_as_written: str | None = None
    """The digest of the intent, as it is written in the record."""
    original_format: str | None = None
    is_signed: bool = False
    """Whether the original has Content Credentials."""
    is_reformatted: bool = False
    """Whether it says what assetgen wrote, but not in the form in which assetgen writes it."""

    @property
    def is_brought(self) -> bool:
        """Whether its files were adopted or accepted: no route drew what exists now."""
        return self.reason in ("adopted", "accepted")


def places(asset_id: str) -> tuple[str, str]:
    """Where the record of an asset belongs, below the project: by itself, and in a collection.

    The records of a collection are in folders by the first two hex digits of the sha256 of the id,
    so that a commit of one among thousands writes small trees. The two are equal where the first
    would be read as the record of another asset.
    """
    alone = f"{FOLDER}/{asset_id}.json"
    in_collection = f"{FOLDER}/{_folder(asset_id)}/{asset_id}.json"
    return (alone if id_at(alone) == asset_id else in_collection), in_collection


def place(asset_id: str) -> str:
    """Where the record of an asset belongs that is of no collection."""
    return places(asset_id)[0]


def id_at(path: str) -> str:
    """The asset that the record at ``path`` belongs to."""
    name = path.removeprefix(_BEFORE).removesuffix(".json")
    if name[_DIGITS : _DIGITS + 1] != "/":  # the short way: it is asked thousands of times
        return name
    folder, _, below = name.partition("/")
    return below if len(folder) == _DIGITS and below and folder == _folder(below) else name


def is_in_folder(path: str) -> bool:
    """Whether the record at ``path`` may be in one of the folders for collections."""
    return path[len(FOLDER) + 1 + _DIGITS :].startswith("/")


_DIGITS = 2
_BEFORE = FOLDER + "/"


def _folder(asset_id: str) -> str:
    return hashlib.sha256(asset_id.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


def recorded_request(
    endpoint: str | None, body: Mapping[str, Any], input_fidelity: str | None = None
) -> RecordedRequest:
    """A request as records state it; large parts of ``body`` are digests already."""
    return RecordedRequest(
        digest=digest({"endpoint": endpoint, "body": body}),
        body=dict(body),
        input_fidelity=input_fidelity,
    )


def write(statement: Statement | Mapping[str, Any]) -> bytes:
    """The one form in which a statement is stored, with its integrity digest."""
    stated = msgspec.to_builtins(statement)
    predicate = {k: v for k, v in stated["predicate"].items() if k != "integrity"}
    bare = {**stated, "predicate": predicate}
    sealed = {"alg": "sha256-jcs", "digest": digest(bare)}
    whole = {**bare, "predicate": {**predicate, "integrity": sealed}}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def amended(
    old: Mapping[str, Any], subject: Sequence[Subject], **parts: object
) -> Mapping[str, Any]:
    """The statement ``old`` about other files, with some parts of its predicate replaced.

    All other parts stay as they are, in their places: another version may have written more than
    this one knows.
    """
    predicate = {**old["predicate"], **parts}
    stated: Mapping[str, Any] = msgspec.to_builtins(
        {
            "_type": STATEMENT,
            "subject": subject,
            "predicateType": PREDICATE,
            "predicate": predicate,
        }
    )
    return stated


def has_merge_markers(data: bytes) -> bool:
    """Whether git left the two sides of a merge in a file."""
    return b"\n<<<<<<< " in data or b"\n>>>>>>> " in data or data.startswith(b"<<<<<<< ")


def statement(data: bytes) -> dict[str, Any]:
    """The statement in a record's bytes. Raises Unusable if it does not say what was written."""
    return sealed(data)[0]


def sealed(data: bytes, kind: str = PREDICATE) -> tuple[dict[str, Any], bool]:
    """A statement of ``kind`` in its bytes, and whether their form is another than assetgen's."""
    if len(data) > MAX_BYTES:
        raise Unusable("it is larger than any record")
    lines = data.replace(b"\r\n", b"\n")
    data = lines.removeprefix(codecs.BOM_UTF8)
    if has_merge_markers(data):
        raise Unusable("it contains merge markers")
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Unusable("it is not JSON") from None
    try:
        if whole["_type"] != STATEMENT or whole["predicateType"] != kind:
            raise Unusable("it is not a statement of assetgen's kind")
        stated = whole["predicate"]["integrity"]["digest"]
        rewritten = write(whole)
    except (
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        msgspec.EncodeError,
        ValueError,
        RecursionError,
    ) as exc:
        raise (
            exc
            if isinstance(exc, Unusable)
            else Unusable("parts that every record has are missing")
        ) from None
    same = msgspec.json.decode(rewritten)
    if same["predicate"]["integrity"]["digest"] != stated:
        raise Unusable("it was edited by hand: its integrity digest does not match")
    is_reformatted = rewritten != lines
    if is_reformatted and _has_duplicate_key(data):
        raise Unusable("it has a key twice, so it does not say one thing")
    if same != whole:
        raise Unusable("it was edited by hand: it has another integrity than assetgen writes")
    return dict(whole), is_reformatted


def _has_duplicate_key(data: bytes) -> bool:
    import json  # msgspec takes the last one

    def is_unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key twice")
        return {}

    try:
        json.loads(data, object_pairs_hook=is_unique)
    except (ValueError, RecursionError):
        return True
    return False


def usable(data: bytes | None, path: str) -> Record | None:
    """The record at ``path``; None if there is none, or if it cannot be used."""
    try:
        return read(data or b"", path)
    except Unusable:
        return None


@lru_cache(maxsize=2048)  # ``watch`` reads the same ones at every save
def read(data: bytes, path: str) -> Record:
    """Read the record at ``path``. Raises Unusable if it is damaged or names a forbidden path."""
    whole, is_reformatted = sealed(data)
    try:
        parsed = msgspec.convert(whole, _Decisive)
    except msgspec.ValidationError as exc:
        raise Unusable(f"it does not have the form of a record: {exc}") from None
    predicate = parsed.predicate
    _refuse_forged(parsed, path)
    original, request = predicate.original, predicate.request
    files = {subject.name: subject.digest.sha256 for subject in parsed.subject}
    tiny = predicate.placeholder or ""
    return Record(
        asset_id=predicate.asset.id,
        path=path,
        subject=files,
        intent=current(predicate.intent),
        steps=whole["predicate"]["derive"]["steps"] if predicate.derive else (),
        original=original.digest.removeprefix("sha256:") if original else None,
        original_size=f"{original.width}x{original.height}" if original else None,
        owner=predicate.route.owner,
        surface=predicate.route.surface,
        request=request.digest if request else None,
        is_draft=predicate.storage.decision == "draft",
        reason=predicate.storage.reason,
        marked=predicate.marking.xmp,
        source_type=predicate.marking.digital_source_type,
        observed=tuple(file for file in predicate.observed if file.path in files),
        placeholder=tiny if _PLACEHOLDER.fullmatch(tiny) else None,
        collection=predicate.asset.collection or None,
        version=_version(whole["predicate"].get("tool")),
        intent_as_written=str(predicate.intent.get("digest")),
        original_format=original.media_type.removeprefix("image/") if original else None,
        is_signed=original is not None and original.c2pa is not None,
        is_reformatted=is_reformatted,
    )


def _version(tool: Any) -> str | None:
    return str(tool.get("version")) if isinstance(tool, Mapping) else None


# It goes into pages and modules unescaped.
_PLACEHOLDER = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]{1,8192}")
# A digest names a file in the cache; owner and surface go into commit messages.
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_WORD = re.compile(r"[A-Za-z0-9.:_-]{1,80}")


def _refuse_forged(parsed: _Decisive, path: str) -> None:
    """Raise Unusable for a value of the right type that no record may have."""
    predicate = parsed.predicate
    asset_id, route = predicate.asset.id, predicate.route
    request, original = predicate.request, predicate.original
    for name, value, allowed in (
        ("route.owner", route.owner, _WORD),
        ("route.surface", route.surface, _WORD),
        ("request.digest", request.digest if request else None, _DIGEST),
        ("original.digest", original.digest if original else None, _DIGEST),
    ):
        if value is not None and not allowed.fullmatch(value):
            raise Unusable(f"it does not have the form of a record: {name} is not valid")
    if asset_id != id_at(path):
        raise Unusable(f"it belongs to asset {asset_id[:80]!r}, which has its record elsewhere")
    for subject in parsed.subject:
        if wrong := paths.problem_of_file(subject.name):
            raise Unusable(f"it names the file {subject.name[:80]!r}, which {wrong}")


class _DecisiveParts(msgspec.Struct, frozen=True):
    """The parts of a predicate that deciding reads; what is in the others is not checked."""

    asset: RecordedAsset
    intent: dict[str, Any]
    route: RecordedRoute
    request: RecordedRequest | None
    original: Original | None
    derive: Derivation | None
    observed: list[Measured]
    placeholder: str | None
    storage: Storage
    marking: Marking


class _Decisive(msgspec.Struct, frozen=True):
    subject: list[Subject]
    predicate: _DecisiveParts


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
msgspec.json.Decoder(_Decisive)
