"""What a stored reply means, and the picture in it; replies of a killed run too."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from assetgen import loose_json
from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError, RoutingError, StorageError, UnknownOutcome
from assetgen.fs import store
from assetgen.image import decode
from assetgen.paid import (
    early_usage,
    evidence,
    provider_errors,
    replies,
    service_words,
    task_replies,
)
from assetgen.paid.download import Unfetched
from assetgen.paid.evidence import Checked
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.paid.replies import Unreadable
from assetgen.plan import routing
from assetgen.plan.routing import Answer
from assetgen.settings.provider import Provider

Download = Callable[[str, Provider, Path], bytes]
"""Gets the picture behind a URL; the path is a file beside which it may store it."""


class Room(Protocol):
    """Room in memory for one decoded picture; who has it does not wait for another picture."""

    def decodes(self) -> None: ...

    def drops_image(self) -> None: ...


@dataclass(frozen=True)
class Reading:
    """What a stored reply says; ``picture`` is its first picture, if the reply contains one."""

    answer: Answer
    picture: Checked | None
    was_fetched: bool
    """Whether the reply was fetched by its id."""

    @property
    def comes_later(self) -> bool:
        """Whether the picture can be fetched by the id of the response."""
        answer = self.answer
        broke_off = answer.broke_off and not self.was_fetched
        return bool(answer.response_id) and (answer.is_pending or broke_off)


class Answers:
    """The stored replies of one run. Its methods may be called from several threads."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        # As many threads as cores decode replies: more would only need more memory.
        self._reading = ThreadPoolExecutor(os.cpu_count() or 1)

    def close(self) -> None:
        self._reading.shutdown(cancel_futures=True)

    def read(self, entry: Entry, provider: Provider, room: Room) -> Reading:
        """What the stored reply of ``entry`` says; ``room`` is for its picture, which is decoded.

        Raises StorageError if it cannot be read, and ends the entry if it cannot be used.
        """
        try:
            return self._reading.submit(self._read, entry, room).result()
        except Unreadable as exc:
            raise fruitless(self._journal, entry, provider=provider, exc=exc) from None

    def without_images(self, entry: Entry) -> Answer | None:
        """The answer in a stored reply without its images; None if only ``read`` can tell.

        Then the images are in the reply, and nothing more comes from the provider.
        """
        is_plain = entry.lane in ("images", "openrouter") and not _is_streamed(entry)
        if not is_plain or (entry.reply or {}).get("status") != 200:
            return None
        return early_usage.of_images(stored(self._journal.file(entry.number)))

    def _read(self, entry: Entry, room: Room) -> Reading:
        was_fetched = bool((entry.reply or {}).get("fetched"))
        file = self._journal.file(entry.number)
        try:
            answer = routing.load_lane(entry.lane).read(
                stored(file), streamed=_is_streamed(entry) and not was_fetched
            )
        except Unreadable as exc:
            begun = received(file, entry) if exc.is_cut_short and not was_fetched else None
            begun = begun or _begun_task(entry, stored(file))
            if begun is None:
                raise
            answer = begun
        if not (answer.pictures or answer.urls or answer.failure or answer.response_id):
            answer = _begun_task(entry, stored(file)) or answer
        answer = _with_address(answer, entry)
        if not answer.pictures or answer.failure is not None:
            return Reading(answer, None, was_fetched)
        checked, pictures = first_checked(answer.pictures, room, may_fail=bool(answer.urls))
        return Reading(replace(answer, pictures=pictures), checked, was_fetched)

    def picture(
        self, entry: Entry, provider: Provider, found: Reading, room: Room, download: Download
    ) -> tuple[Checked, str]:
        """The picture of an answer, and how it was received: "base64" or "url".

        Raises an AssetgenError, and ends the entry, if the answer is a failure or has no picture.
        """
        if found.answer.failure is not None:
            raise self._failed(entry, provider, found.answer)
        if found.picture is not None:
            return found.picture, "base64"
        try:
            data = self._downloaded(entry, provider, answer=found.answer, download=download)
            return self._reading.submit(_decoded, data, room).result(), "url"
        except Unreadable as exc:
            raise fruitless(self._journal, entry, provider=provider, exc=exc) from None

    def others(
        self, entry: Entry, provider: Provider, answer: Answer, download: Download
    ) -> tuple[bytes, ...]:
        """The images behind all URLs of an answer but the first. Raises AssetgenError."""
        file, found = self._journal.file(entry.number), []
        for number, url in enumerate(answer.urls[1:], start=2):
            try:
                found.append(download(url, provider, file.with_name(f"{file.name}.{number}")))
            except Unfetched as exc:
                raise self._unfetched(entry, provider, exc) from None
            except Unreadable as exc:
                raise fruitless(self._journal, entry, provider=provider, exc=exc) from None
        return tuple(found)

    def _downloaded(
        self, entry: Entry, provider: Provider, answer: Answer, download: Download
    ) -> bytes:
        if not answer.urls:
            said = f"; it says: {answer.said}" if answer.said else ""
            raise Unreadable(f"the reply contains no picture{said}")
        try:
            return download(answer.urls[0], provider, self._journal.file(entry.number))
        except Unfetched as exc:
            raise self._unfetched(entry, provider, exc) from None

    def _unfetched(self, entry: Entry, provider: Provider, exc: Unfetched) -> StorageError:
        """The error for an image that is paid and not fetched; its entry keeps the reason."""
        kept = self._journal.shown_reply(entry.number)
        named = _request_name(entry, provider)
        what = f"{exc.what}; it was billed; the reply with its URL is in {kept}{named}"
        self._journal.end(entry.number, Fate.ANSWERED, what)
        return StorageError(what, cure=exc.cure or by_hand(entry, kept))

    def _failed(self, entry: Entry, provider: Provider, answer: Answer) -> AssetgenError:
        """The error for an answer that is a failure; what it used may be billed."""
        meta, stated = entry.reply or {}, answer.failure or {}
        named = evidence.request_id(provider, meta.get("headers", {}))
        if task := stated.get("task"):
            error = provider_errors.started(provider, entry, str(task), stated, request_id=named)
            self._journal.end(entry.number, Fate.FRUITLESS, error.what)
            return error
        failure = provider_errors.sort(
            _status(stated, meta),
            stated,
            provider=provider,
            request_id=named,
            may_be_billed=True if answer.response_id else None,
        )
        fate = Fate.FRUITLESS if failure.may_be_billed else Fate.REFUSED
        self._journal.end(entry.number, fate, failure.error.what)
        return failure.error

    def contains(self, entry: Entry, digest: str) -> bool:
        """Whether the stored reply of ``entry`` contains the picture with this sha256 (hex)."""
        try:
            data = stored(self._journal.file(entry.number))
            answer = routing.load_lane(entry.lane).read(data, streamed=_is_streamed(entry))
        except (Unreadable, StorageError):
            return False
        return any(hashlib.sha256(picture).hexdigest() == digest for picture in answer.pictures)


def by_hand(entry: Entry, kept: str) -> Cure:
    """What to do about an image that only the user can fetch; ``kept`` is the path of its reply."""
    return advice(
        "get the image from its URL in {kept}, then: {adopt} (it settles the request); "
        "{forget} discards the request",
        kept=kept,
        adopt=command(
            "assetgen adopt {asset} FILE --route {route}", asset=entry.asset_id, route=entry.route
        ),
        forget=command("assetgen doctor --forget {number}", number=entry.number),
    )


def recover(journal: Journal) -> None:
    """Note the replies that a killed run had stored but not noted; call it with the project locked.

    Raises StorageError.
    """
    journal.sweep()
    for entry in journal.open():
        if entry.fate is not Fate.SENT or entry.response_id:
            continue
        answer = received(journal.file(entry.number), entry)
        if answer is not None:
            note(journal, entry, answer)


def note(
    journal: Journal, entry: Entry, answer: Answer, headers: Mapping[str, str] | None = None
) -> None:
    """Note the answer in an entry's file, or the id of an answer that is still being made."""
    if answer.is_pending and answer.response_id:
        journal.identified(entry.number, answer.response_id)
    else:
        store.flush(journal.file(entry.number))
        meta = {"status": 200, "headers": dict(headers or {})}
        journal.answered(entry.number, entry.attempts, meta)


def stored(file: Path) -> bytes:
    """The bytes of a stored reply. Raises StorageError."""
    try:
        return file.read_bytes()
    except OSError as exc:
        what = f"the stored reply cannot be read: {exc.strerror}"
        raise StorageError(what, where=str(file), cure=command("assetgen doctor")) from exc


def received(file: Path, entry: Entry) -> Answer | None:
    """The answer in a reply whose end was not noted.

    None if the reply is not complete and has no id to ask for.
    """
    if not file.exists():
        return None
    return in_reply(stored(file), entry)


def in_reply(data: bytes, entry: Entry) -> Answer | None:
    """The answer in the data of a reply; None if it has none and no id to ask for."""
    try:
        return routing.load_lane(entry.lane).read(data, streamed=_is_streamed(entry))
    except Unreadable:
        begun = _begun(data, entry.lane)
        return Answer(response_id=begun, status="in_progress") if begun else None


def _begun(data: bytes, lane: str) -> str | None:
    """The id of an answer that comes later, in a reply whose end is missing."""
    if lane == "tasks":
        return task_replies.begun_id(data)
    return replies.begun_id(data) if lane == "responses" else None


def fruitless(journal: Journal, entry: Entry, provider: Provider, exc: Unreadable) -> AssetgenError:
    """End the entry of a reply that cannot be used; returns the error to raise."""
    why = provider_errors.safe(str(exc), provider)
    journal.end(entry.number, Fate.FRUITLESS, why)
    kind = UnknownOutcome if exc.is_cut_short else RoutingError
    return kind(
        f"the reply of {provider.host} cannot be used: {why}; "
        f"it may have been billed{_request_name(entry, provider)}",
        cure=advice(
            "look at the reply in {reply}; {generate} buys it again",
            reply=journal.shown_reply(entry.number),
            generate=command("assetgen generate {asset_id} --force", asset_id=entry.asset_id),
        ),
    )


def _begun_task(entry: Entry, data: bytes) -> Answer | None:
    """The answer of a service that only accepted a request (202), and says where its task is."""
    meta = entry.reply or {}
    at = _address(entry)
    if meta.get("status") != 202 and not (at and meta.get("status") == 201):
        return None
    try:
        body = next(loose_json.values(loose_json.unpacked(data)), None)
    except RecursionError:
        body = None
    found = service_words.task(body, is_accepted=True) or {"message": ""}
    last = urlsplit(at).path.rstrip("/").rpartition("/")[2]
    named = found.get("task") or last or "(no id)"
    return Answer(failure={**found, "at": found.get("at") or at, "task": named})


def _address(entry: Entry) -> str:
    """Where the header of a reply says that its task can be read."""
    headers = (entry.reply or {}).get("headers", {})
    return str(headers.get("operation-location") or headers.get("location") or "")


def _with_address(answer: Answer, entry: Entry) -> Answer:
    """``answer`` with the address of the task that it names, if only a header has it."""
    stated = answer.failure or {}
    if not stated.get("task") or stated.get("at"):
        return answer
    return replace(answer, failure={**stated, "at": _address(entry)})


def _request_name(entry: Entry, provider: Provider) -> str:
    """The provider's own name for the request, for its support."""
    named = evidence.request_id(provider, (entry.reply or {}).get("headers", {}))
    return f" (request {named})" if named else ""


def _is_streamed(entry: Entry) -> bool:
    return bool(entry.evidence.get("streamed"))


def _status(stated: Mapping[str, Any], meta: Mapping[str, Any]) -> int:
    """The status that an error in a reply states as its code, else that of the reply."""
    code = str(stated.get("code") or "")
    if code.isdecimal() and 400 <= int(code) < 600:
        return int(code)
    return int(meta.get("status", 200))


def first_checked(
    pictures: Sequence[bytes], room: Room, *, may_fail: bool
) -> tuple[Checked | None, tuple[bytes, ...]]:
    """The first of ``pictures`` that is whole, and all of them with it in front.

    Raises Unreadable if none is, unless it ``may_fail``.
    """
    first: Unreadable | None = None
    for at, data in enumerate(pictures):
        try:
            checked = _decoded(data, room)
        except Unreadable as exc:
            first = first or exc
            continue
        return checked, (data, *pictures[:at], *pictures[at + 1 :])
    if first is not None and not may_fail:
        raise first
    return None, ()


def _decoded(data: bytes, room: Room) -> Checked:
    """A received picture, decoded once, to be sure that it is one. Raises Unreadable."""
    room.decodes()
    try:
        image = decode.decode(data)
        return Checked(data, decode.facts(data), image, decode.placeholder(image))
    except BaseException as exc:
        room.drops_image()
        if not isinstance(exc, StorageError):
            raise
        raise Unreadable(f"the data received is not a picture: {exc.what}") from None
