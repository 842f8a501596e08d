"""Candidates that are bought and not picked: the committed file .assetgen/candidates/<id>.json.

It says to every clone that they exist, so that no one buys them again. Their bytes are in the
repository that bought them. The file comes with the repository, so it is not trusted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from assetgen.record import record
from assetgen.record.record import Unusable
from assetgen.record.schema import Candidate, Integrity, Purchase

FOLDER = ".assetgen/candidates"
VERSION = 1
#: The largest file that is read, in bytes.
MAX_BYTES = 8 * 1024 * 1024
#: The most candidates of one request, and the most requests that a file keeps candidates of.
MOST, MOST_SETS = 100, 16

MEDIA_TYPES = ("image/png", "image/jpeg", "image/webp", "image/avif")


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Candidates of one intent, in the order in which they are numbered."""

    intent: dict[str, Any]
    """What all of them were bought for, with its digest, as a record states it."""
    purchases: Annotated[list[Purchase], msgspec.Meta(min_length=1, max_length=MOST)]
    candidates: Annotated[list[Candidate], msgspec.Meta(min_length=1, max_length=MOST)]

    @property
    def digest(self) -> str:
        """The digest of the intent, in the form in which it is written now."""
        return str(record.current(self.intent).get("digest"))

    def with_more(self, other: Choice) -> Choice:
        """These candidates and then those of ``other``, for the same intent."""
        known = {one.token for one in self.purchases}
        new = {at for at, one in enumerate(other.purchases) if one.token not in known}
        first = len(self.purchases)
        places = {at: first + number for number, at in enumerate(sorted(new))}
        more = [
            msgspec.structs.replace(one, purchase=places[one.purchase])
            for one in other.candidates
            if one.purchase in new
        ]
        return Choice(
            intent=self.intent,
            purchases=[*self.purchases, *(other.purchases[at] for at in sorted(new))],
            candidates=[*self.candidates, *more],
        )


class CandidatesFile(msgspec.Struct, frozen=True, kw_only=True):
    """The candidates of one asset: a choice for each intent that it had, the newest last."""

    version: Annotated[int, msgspec.Meta(ge=VERSION, le=VERSION)] = VERSION
    asset: str
    choices: Annotated[list[Choice], msgspec.Meta(min_length=1, max_length=MOST_SETS)]
    integrity: Integrity | msgspec.UnsetType = msgspec.UNSET
    """Set where a file is read; a writer leaves it to ``write``."""

    def of(self, digests: Collection[str]) -> Choice | None:
        """The candidates of the intent that has one of these digests."""
        return next((one for one in self.choices if one.digest in digests), None)

    def having(self, choice: Choice) -> CandidatesFile:
        """The file with the candidates of ``choice`` added to those of the same intent.

        Those of the oldest intents leave a file that is full.
        """
        before = self.of([choice.digest])
        others = [one for one in self.choices if one is not before]
        newest = before.with_more(choice) if before else choice
        return CandidatesFile(asset=self.asset, choices=[*others[1 - MOST_SETS :], newest])

    def without(self, digests: Collection[str]) -> CandidatesFile | None:
        """The file without the candidates of one intent; None if there are no others."""
        left = [one for one in self.choices if one.digest not in digests]
        return CandidatesFile(asset=self.asset, choices=left) if left else None


def places(asset_id: str) -> tuple[str, str]:
    """Where the candidates of an asset belong: by itself, and in a collection, as its record."""
    alone, in_collection = record.places(asset_id)
    return _here(alone), _here(in_collection)


def place_beside(place_of_record: str) -> str:
    """Where the candidates of an asset belong whose record belongs at ``place_of_record``."""
    return _here(place_of_record)


def _here(place_of_record: str) -> str:
    return FOLDER + place_of_record.removeprefix(record.FOLDER)


def id_at(path: str) -> str:
    """The asset that the file at ``path`` belongs to."""
    return record.id_at(record.FOLDER + path.removeprefix(FOLDER))


def write(file: CandidatesFile) -> bytes:
    """The one form in which a file is stored, with its integrity digest."""
    stated = msgspec.to_builtins(file)
    bare = {name: value for name, value in stated.items() if name != "integrity"}
    sealed = {**bare, "integrity": {"alg": "sha256-jcs", "digest": record.digest(bare)}}
    return msgspec.json.format(msgspec.json.encode(sealed), indent=2) + b"\n"


@lru_cache(maxsize=256)
def read(data: bytes, path: str) -> CandidatesFile:
    """Read the file at ``path``. Raises Unusable if assetgen did not write what it says."""
    if len(data) > MAX_BYTES:
        raise Unusable("it is larger than any file of candidates")
    if record.has_merge_markers(data):
        raise Unusable("it contains merge markers")
    try:
        whole = msgspec.json.decode(data)
        found = msgspec.convert(whole, CandidatesFile)
    except msgspec.ValidationError as exc:
        raise Unusable(f"it does not have the form of a file of candidates: {exc}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Unusable("it is not JSON") from None
    _refuse_edited(whole, found)
    _refuse_forged(found, path)
    return found


def _refuse_edited(whole: Mapping[str, Any], found: CandidatesFile) -> None:
    bare = {name: value for name, value in whole.items() if name != "integrity"}
    try:
        digest = record.digest(bare)
    except (TypeError, ValueError, RecursionError):
        raise Unusable("it has a value that no such file has") from None
    stated = found.integrity.digest if found.integrity else ""
    if stated != digest:
        raise Unusable("it was edited by hand: its integrity digest does not match")


_WORD = re.compile(r"[A-Za-z0-9.:_-]{1,80}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _refuse_forged(found: CandidatesFile, path: str) -> None:
    """Raise Unusable for a value of the right type that no such file may have."""
    if found.asset != id_at(path):
        raise Unusable(f"it belongs to asset {found.asset[:80]!r}, whose candidates are elsewhere")
    digests = [choice.intent.get("digest") for choice in found.choices]
    if len(set(digests)) != len(digests):
        raise Unusable("it has the candidates of one request twice")
    for choice in found.choices:
        bare = {name: value for name, value in choice.intent.items() if name != "digest"}
        if choice.intent.get("digest") != record.digest(bare):
            raise Unusable("the digest of an intent is not that of the intent")
        for problem in problems(choice.candidates, choice.purchases):
            raise Unusable(problem)


def problems(candidates: Sequence[Candidate], purchases: Sequence[Purchase]) -> list[str]:
    """What candidates say that no candidates can be like."""
    found = []
    for number, one in enumerate(purchases, start=1):
        texts = (one.route.owner, one.route.surface)
        if any(text is not None and not _WORD.fullmatch(text) for text in texts):
            found.append(f"the route of purchase {number} is not valid")
        if not _DIGEST.fullmatch(one.request.digest):
            found.append(f"the request of purchase {number} has no valid digest")
        elif one.request.digest != record.digest(
            {"endpoint": one.route.endpoint, "body": one.request.body}
        ):
            found.append(f"the digest of purchase {number} is not that of its request")
    for number, candidate in enumerate(candidates, start=1):
        if candidate.purchase >= len(purchases):
            found.append(f"candidate {number} is of a purchase that is not listed")
        if candidate.media_type not in MEDIA_TYPES:
            found.append(f"candidate {number} is no image")
    if len({one.token for one in purchases}) != len(purchases):
        found.append("a purchase is listed twice")
    return found


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
msgspec.json.Decoder(CandidatesFile)
