"""An approval: a person's word for exactly these bytes and this intent, in a file of its own.

It is an in-toto statement in .assetgen/approvals/, beside the record of the asset. It hangs on no
commit, so it survives whatever git does with commits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from assetgen import __version__
from assetgen.fs import paths
from assetgen.record import record
from assetgen.record.record import Record, Unusable
from assetgen.record.schema import STATEMENT, Sha256, Subject, Tool

FOLDER = ".assetgen/approvals"
PREDICATE = "urn:assetgen:approval:v1"
#: The longest note, in characters.
MAX_NOTE = 2000


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who approved, as git names them. It is a claim: only a signed commit proves it."""

    name: str
    email: str

    @property
    def words(self) -> str:
        """Name and address as git writes them."""
        return f"{self.name} <{self.email}>"


class _Predicate(msgspec.Struct, frozen=True, kw_only=True):
    intent: str
    by: By
    at: str
    note: str
    tool: Tool


class _Statement(msgspec.Struct, frozen=True, kw_only=True):
    type: str = msgspec.field(name="_type", default=STATEMENT)
    subject: list[Subject]
    predicate_type: str = msgspec.field(name="predicateType", default=PREDICATE)
    predicate: _Predicate


class Approval(Struct, frozen=True):
    """What an approval says."""

    subject: Mapping[str, str]
    """path -> sha256 (hex) of each file that was approved."""
    intent: str
    """The digest of the intent, as the record had it."""
    by: By
    at: str
    """The time in UTC, as ISO 8601 to the second."""
    note: str = ""

    def moved(self, paths_of: Sequence[str]) -> Approval:
        """The same word for the same bytes under other paths, in the same order."""
        moved = dict(zip(paths_of, self.subject.values(), strict=True))
        return Approval(moved, self.intent, by=self.by, at=self.at, note=self.note)


def places(asset_id: str) -> tuple[str, str]:
    """Where the approval of an asset may be: by itself, and in a collection, as its record."""
    alone, in_collection = record.places(asset_id)
    return beside(alone), beside(in_collection)


def beside(place: str) -> str:
    """Where the approval belongs whose record is at ``place``."""
    return f"{FOLDER}{place.removeprefix(record.FOLDER)}"


def id_at(path: str) -> str:
    """The asset that the approval at ``path`` belongs to."""
    return record.id_at(f"{record.FOLDER}{path.removeprefix(FOLDER)}")


def of(known: Record, by: By, at: str, note: str = "") -> Approval:
    """The approval of what a record describes."""
    return Approval(known.subject, str(known.intent_as_written), by=by, at=at, note=note)


def write(approval: Approval) -> bytes:
    """The one form in which an approval is stored, with its integrity digest."""
    stated = _Statement(
        subject=[Subject(name, Sha256(digest)) for name, digest in approval.subject.items()],
        predicate=_Predicate(
            intent=approval.intent,
            by=approval.by,
            at=approval.at,
            note=approval.note,
            tool=Tool(name="assetgen", version=__version__),
        ),
    )
    return record.write(msgspec.to_builtins(stated))


_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def read(data: bytes) -> Approval:
    """Read an approval. Raises Unusable if it was edited, or never was one."""
    whole, _ = record.sealed(data, PREDICATE)
    try:
        stated = msgspec.convert(whole, _Statement)
    except msgspec.ValidationError as exc:
        raise Unusable(f"it does not have the form of an approval: {exc}") from None
    said = stated.predicate
    subject = {one.name: one.digest.sha256 for one in stated.subject}
    if not subject or len(subject) != len(stated.subject):
        raise Unusable("it does not have the form of an approval: subject is not valid")
    if wrong := next(filter(paths.problem_of_file, subject), None):
        raise Unusable(f"it names the file {wrong[:80]!r}, which no asset can have")
    for name, value, form in (("intent", said.intent, _DIGEST), ("at", said.at, _TIME)):
        if not form.fullmatch(value):
            raise Unusable(f"it does not have the form of an approval: {name} is not valid")
    return Approval(subject, said.intent, by=said.by, at=said.at, note=said.note)


OTHER_INTENT = "it is for another intent"


def objection(approval: Approval, known: Record) -> str | None:
    """Why an approval does not hold for what a record describes; None if it does."""
    if missing := [path for path in known.subject if path not in approval.subject]:
        return f"it does not name {missing[0]}"
    for path, digest in approval.subject.items():
        if path not in known.subject:
            return f"it names {path}, which the asset does not have"
        if known.subject[path] != digest:
            return f"it is for other bytes of {path}"
    if approval.intent not in _intents(known):
        return OTHER_INTENT
    return None


def _intents(known: Record) -> tuple[str, ...]:
    """The digests of a recorded intent: as it is written, and with a digest of its prompt."""
    stated = {name: value for name, value in known.intent.items() if name != "digest"}
    prompt = str(stated.get("prompt") or "")
    found = (str(known.intent_as_written), str(known.intent.get("digest")))
    if not prompt or prompt.startswith("sha256:"):
        return found
    return *found, record.digest({**stated, "prompt": record.digest_text(prompt)})
