"""The provenance of one asset: an in-toto statement in .assetgen/records/<id>.json.

Written in one exact form, so that anything else than our own writing (a hand edit, a merge, a doubled
key) shows as a difference from the form itself, before any digest is asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec

from assetgen.fs import paths

FOLDER = ".assetgen/records"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:assetgen:provenance:v1"
#: The largest record that is read, in bytes.
MAX_BYTES = 1024 * 1024

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


class Unusable(ValueError):
    """A record that was not written by assetgen, or was changed since; the text says how."""


class Intent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that decides what the picture is. This type is the staleness key: nothing else counts."""

    kind: str
    medium: str
    prompt: str
    values: dict[str, Any]
    inputs: list[dict[str, Any]]
    mask: str | None
    model: str | None
    size: str
    quality: str | None
    background: str
    take: int
    template: str | None = None
    palette: list[str] | None = None
    font: str | None = None
    options: dict[str, Any] | None = None

    def stated(self, prompts: str) -> dict[str, Any]:
        """The intent as a record holds it, with its digest; ``prompts`` is "text" or "digest"."""
        stated: dict[str, Any] = msgspec.to_builtins(self)
        if prompts == "digest" and self.prompt:
            stated["prompt"] = digest_text(self.prompt)
        return {**stated, "digest": digest(stated)}

    def changes(self, old: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
        """Each field that differs from a recorded intent, as (name, old, new)."""
        new: dict[str, Any] = msgspec.to_builtins(self)
        stated = str(old.get("prompt", ""))
        if stated.startswith("sha256:") and stated != self.prompt:
            new["prompt"] = digest_text(self.prompt)
        if old.get("digest") == digest(new):
            return []
        return list(_changes({k: v for k, v in old.items() if k != "digest"}, new, ""))


def _changes(old: Any, new: Any, at: str) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*new, *old)):
            yield from _changes(old.get(key), new.get(key), f"{at}.{key}" if at else str(key))
    elif isinstance(old, list) and isinstance(new, list) and old and new and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _changes(before, after, f"{at}[{index}]")
    elif old != new:
        yield at, old, new


class Measured(msgspec.Struct, frozen=True):
    """What was measured of one file when it was made; pixels."""

    path: str
    width: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    height: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    format: Literal["png", "jpeg", "webp", "avif"]

    @property
    def media_type(self) -> str:
        return f"image/{self.format}"


@dataclass(frozen=True, slots=True)
class Record:
    """What deciding needs to know of a record that proved itself whole."""

    asset_id: str
    subject: Mapping[str, str]  # path -> sha256 (hex)
    intent: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    original: str | None  # sha256 (hex) of the untouched bytes
    owner: str | None
    surface: str | None
    is_draft: bool
    is_brought: bool
    """Somebody adopted or accepted its files: no route drew what is there now."""
    marked: bool
    source_type: str | None
    observed: Sequence[Measured]
    placeholder: str | None
    """A blurred miniature as a PNG data URL."""


def place(asset_id: str) -> str:
    """Where the record of an asset lies, below the project."""
    return f"{FOLDER}/{asset_id}.json"


def id_at(path: str) -> str:
    """The asset that the record at ``path`` belongs to."""
    return path.removeprefix(FOLDER + "/").removesuffix(".json")


def canonical(value: Any) -> bytes:
    """RFC 8785 JSON of a value without floats and with names below U+D800 (records hold no others)."""
    return msgspec.json.encode(value, order="sorted")


def digest(value: Any) -> str:
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def digest_text(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def write(statement: Mapping[str, Any]) -> bytes:
    """The one form in which a statement is stored, with its integrity digest."""
    predicate = {k: v for k, v in statement["predicate"].items() if k != "integrity"}
    bare = {**statement, "predicate": predicate}
    sealed = {"alg": "sha256-jcs", "digest": digest(bare)}
    whole = {**bare, "predicate": {**predicate, "integrity": sealed}}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def statement(data: bytes) -> dict[str, Any]:
    """The statement in a record's bytes. Raises Unusable if it is not exactly as it was written."""
    if len(data) > MAX_BYTES:
        raise Unusable("it is larger than any record")
    data = data.replace(b"\r\n", b"\n")
    if b"\n<<<<<<< " in data or b"\n>>>>>>> " in data or data.startswith(b"<<<<<<< "):
        raise Unusable("it holds merge markers")
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Unusable("it is not JSON") from None
    try:
        if whole["_type"] != STATEMENT or whole["predicateType"] != PREDICATE:
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
            exc if isinstance(exc, Unusable) else Unusable("it lacks parts that every record has")
        ) from None
    if msgspec.json.decode(rewritten)["predicate"]["integrity"]["digest"] != stated:
        raise Unusable("it was edited by hand: its integrity digest does not match")
    if rewritten != data:
        raise Unusable(
            "it was rewritten: not in the form that assetgen writes (a merge, a formatter, a doubled key)"
        )
    return dict(whole)


@lru_cache(maxsize=2048)  # who watches reads the same ones at every save
def read(data: bytes, path: str) -> Record:
    """Read the record at ``path``. Raises Unusable if it is damaged or names what no record may name."""
    whole = statement(data)
    try:
        parsed = msgspec.convert(whole, _Statement)
    except msgspec.ValidationError as exc:
        raise Unusable(f"it does not have the form of a record: {exc}") from None
    predicate = parsed.predicate
    if predicate.asset.id != id_at(path):
        raise Unusable(
            f"it belongs to asset {predicate.asset.id[:80]!r}, whose record lies elsewhere"
        )
    for subject in parsed.subject:
        if wrong := paths.problem(subject.name):
            raise Unusable(f"it names the file {subject.name[:80]!r}, which {wrong}")
    original = predicate.original
    files = {subject.name: subject.digest.sha256 for subject in parsed.subject}
    return Record(
        asset_id=predicate.asset.id,
        subject=files,
        intent=predicate.intent,
        steps=whole["predicate"]["derive"]["steps"] if predicate.derive else (),
        original=original.digest.removeprefix("sha256:") if original else None,
        owner=predicate.route.owner,
        surface=predicate.route.surface,
        is_draft=predicate.storage.decision == "draft",
        is_brought=predicate.storage.reason in ("adopted", "accepted"),
        marked=predicate.marking.xmp,
        source_type=predicate.marking.digital_source_type,
        observed=tuple(file for file in predicate.observed if file.path in files),
        placeholder=tiny if _PLACEHOLDER.fullmatch(tiny := predicate.placeholder or "") else None,
    )


# It goes into pages and modules as it stands.
_PLACEHOLDER = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]{1,8192}")

# What of a record is read back; the rest is evidence for people and other programs.


_Digest = Annotated[str, msgspec.Meta(pattern=r"\Asha256:[0-9a-f]{64}\Z")]
_Word = Annotated[
    str, msgspec.Meta(pattern=r"\A[A-Za-z0-9.:_-]{1,80}\Z")
]  # goes into commit messages


class _Sha256(msgspec.Struct, frozen=True):
    sha256: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class _Subject(msgspec.Struct, frozen=True):
    name: str
    digest: _Sha256


class _Asset(msgspec.Struct, frozen=True):
    id: str


class _Route(msgspec.Struct, frozen=True):
    owner: _Word | None
    surface: _Word | None


class _Request(msgspec.Struct, frozen=True):
    digest: _Digest


class _Original(msgspec.Struct, frozen=True):
    digest: _Digest


class _Fit(msgspec.Struct, frozen=True, tag_field="op", tag="fit"):
    mode: str
    width: int
    height: int


class _Encode(msgspec.Struct, frozen=True, tag_field="op", tag="encode"):
    format: str


class _Derive(msgspec.Struct, frozen=True):
    steps: list[_Fit | _Encode]


class _Storage(msgspec.Struct, frozen=True):
    decision: str
    reason: str | None = None


class _Marking(msgspec.Struct, frozen=True, rename="camel"):
    digital_source_type: str | None
    xmp: bool


class _Predicate(msgspec.Struct, frozen=True):
    asset: _Asset
    intent: dict[str, Any]
    route: _Route
    request: _Request | None
    original: _Original | None
    derive: _Derive | None
    observed: list[Measured]
    placeholder: str | None
    storage: _Storage
    marking: _Marking


class _Statement(msgspec.Struct, frozen=True):
    subject: list[_Subject]
    predicate: _Predicate
