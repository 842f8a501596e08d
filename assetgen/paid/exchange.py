"""One paid request on the wire: send it once, retry only what cannot have been billed."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import msgspec

from assetgen import embedded
from assetgen.cure import advice, command
from assetgen.errors import BusyError, UnknownOutcome
from assetgen.fs import store
from assetgen.paid import (
    answers,
    download,
    evidence,
    found_images,
    provider_errors,
    replies,
    reply_file,
)
from assetgen.paid.connections import Connections, unreachable
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.paid.late_answers import LateAnswers
from assetgen.paid.previews import Previews
from assetgen.paid.provider_errors import Failure
from assetgen.paid.rate_limit import Pace
from assetgen.paid.reply_file import Room
from assetgen.paid.transport import MAX_REPLY, Line, Lost, NotSent, Refused
from assetgen.plan.routing import NotBegun, Request
from assetgen.plan.wish import Wish
from assetgen.record.schema import Attempt
from assetgen.settings.conditions import Conditions
from assetgen.settings.provider import Provider

#: The longest wait that a provider may ask for before the next attempt, in seconds.
MAX_WAIT = 120.0
#: How often one picture is asked for while there are only rate limits or dead connections.
MAX_ATTEMPTS = 5
_UNCONNECTED = 3


class Watcher(Protocol):
    """Is called while a request is under way, from any thread."""

    def preview(self, asset_id: str, number: int, picture: bytes) -> None: ...

    def waits(self, surface: str, seconds: float, per_minute: int | None) -> None: ...


@dataclass
class _Sending:
    """One request under way: its entry in the log, and how each attempt ended."""

    entry: Entry
    provider: Provider
    pace: Pace
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def ended(self, outcome: str, status: int | None = None, reason: str | None = None) -> None:
        attempt = Attempt(outcome=outcome, status=status, retry_reason=reason)
        self.attempts.append(msgspec.to_builtins(attempt))


class Exchange:
    """All requests of one run. Its methods may be called from several threads."""

    def __init__(
        self, journal: Journal, conditions: Conditions, watcher: Watcher, stop: threading.Event
    ) -> None:
        """When ``stop`` is set, nothing new is sent and nothing is polled any more."""
        self._journal = journal
        self._watcher = watcher
        self._stop = stop
        self._connections = Connections(conditions, stop)
        self._late = LateAnswers(journal, self._connections, conditions.patience, stop)

    # -- a request ---------------------------------------------------------------------------------

    def send(
        self, wish: Wish, provider: Provider, request: Request, more: Mapping[str, Any] = {}
    ) -> Entry:
        """Send ``request`` until it is answered; retry only what cannot have been billed.

        Returns its entry, with a stored reply; the log keeps ``more`` with it. Raises an
        AssetgenError that says what happened and whether it may have been billed; NotBegun.
        """
        line, pace = self._connections.line(provider), self._connections.pace(provider)
        previews = Previews(lambda *shown: self._watcher.preview(wish.asset.id, *shown))
        if not pace.wait():
            raise NotBegun
        self._prepare(line, provider)
        with self._journal.room(_reply_size(wish)) as room:
            entry = self._noted(wish, provider, request, more)
            sending = _Sending(entry, provider, pace)
            return self._exchanged(sending, request, line, previews, room)

    def _exchanged(
        self, sending: _Sending, request: Request, line: Line, previews: Previews, room: Room
    ) -> Entry:
        file, pace = self._journal.file(sending.entry.number), sending.pace
        while True:
            try:
                reply = line.post(request, file, previews.watch, room)
            except NotSent as exc:
                self._not_sent(sending, exc)
            except Refused as exc:
                if self._holds_picture(sending.entry, request, exc, room):
                    return self._answered(sending, exc.status, exc.headers)
                self._wait_or_raise(sending, self._refused(sending, exc), exc)
            except Lost as exc:
                return self._lost(sending, exc)
            except OSError as exc:  # the reply cannot be stored: for example, the disk is full
                raise self._unstored(sending, exc) from exc
            else:
                return self._answered(sending, reply.status, reply.headers)
            if not pace.wait():
                raise NotBegun
            self._journal.attempt(sending.entry.number, Fate.SENT, sending.attempts)

    def _prepare(self, line: Line, provider: Provider) -> None:
        """Do what can fail before anything is sent, while the log has no entry yet."""
        try:
            line.ready()
        except NotSent as exc:
            raise unreachable(provider, exc) from None

    def _noted(
        self, wish: Wish, provider: Provider, request: Request, more: Mapping[str, Any]
    ) -> Entry:
        """The entry of a request that is about to leave, durable."""
        return self._journal.sent(
            want=wish.key,
            asset_id=wish.asset.id,
            route=wish.asset.route or "",
            surface=provider.surface,
            origin=provider.host,
            evidence={**evidence.evidence(wish, provider, request), **more},
        )

    def _answered(self, sending: _Sending, status: int, headers: Mapping[str, str]) -> Entry:
        sending.ended("ok", status)
        entry, meta = sending.entry, {"status": status, "headers": dict(headers)}
        self._journal.answered(entry.number, sending.attempts, meta)
        return replace(entry, attempts=sending.attempts, fate=Fate.ANSWERED, reply=meta)

    def _not_sent(self, sending: _Sending, exc: NotSent) -> None:
        """Note an attempt without a connection; raises after a few of them."""
        sending.ended("refused", reason="no_connection")
        self._journal.attempt(sending.entry.number, Fate.REFUSED, sending.attempts)
        tried = sum(one["status"] is None for one in sending.attempts)
        if exc.cure or tried >= _UNCONNECTED:
            raise unreachable(sending.provider, exc) from None
        sending.pace.learn(float(len(sending.attempts)), None)

    def _holds_picture(self, entry: Entry, request: Request, exc: Refused, room: Room) -> bool:
        """Whether a refusal has a picture in spite of its status; it is stored then."""
        if len(exc.whole) < found_images.FEWEST_BYTES or exc.status < 400:
            return False
        answer = answers.in_reply(exc.whole, entry)
        if answer is None or answer.failure is not None or answer.is_in_words:
            return False
        pictures = filter(embedded.is_image, answer.pictures)
        if all(_is_sent(one, request) for one in pictures):
            return False
        file = self._journal.file(entry.number)
        try:
            reply_file.write(file, iter((exc.whole,)), lambda _chunk: None, room)
        except OSError:
            file.unlink(missing_ok=True)
            return False
        return True

    def _refused(self, sending: _Sending, exc: Refused) -> Failure:
        provider = sending.provider
        failure = provider_errors.sort(
            exc.status,
            replies.error(exc.body),
            provider=provider,
            request_id=evidence.request_id(provider, exc.headers),
        )
        sending.ended("failed" if failure.may_be_billed else "refused", exc.status, failure.code)
        fate = Fate.SENT if failure.may_be_billed else Fate.REFUSED
        self._journal.attempt(sending.entry.number, fate, sending.attempts)
        return failure

    def _wait_or_raise(self, sending: _Sending, failure: Failure, exc: Refused) -> None:
        """Hold requests for as long as a rate limit asks, or raise the refusal."""
        tried, provider = len(sending.attempts), sending.provider
        if not failure.rule.retries or failure.may_be_billed or tried >= MAX_ATTEMPTS:
            raise failure.error
        message = failure.error.what
        seconds = provider_errors.wait_asked(exc.headers, message)
        if seconds is None:
            seconds = min(2.0**tried, MAX_WAIT)
        if seconds > MAX_WAIT:
            raise BusyError(
                f"{message}; it asks to wait {seconds:.0f} s, more than the {MAX_WAIT:.0f} s "
                "that assetgen waits",
                cure=advice("run the same command again later; finished pictures stay"),
            )
        sending.pace.learn(seconds, provider_errors.pace_stated(message))
        self._watcher.waits(provider.surface, seconds, sending.pace.per_minute)

    def _unstored(self, sending: _Sending, exc: OSError) -> UnknownOutcome:
        """The error for a reply that the disk could not take."""
        sending.ended("lost")
        entry = sending.entry
        self._journal.attempt(entry.number, Fate.SENT, sending.attempts)
        error = store.explained(exc, self._journal.shown_reply(entry.number))
        what = f"{error.what}; the request was sent and may be billed"
        part = answers.received(self._journal.file(entry.number), entry)
        if part is None or not part.response_id:
            what = f"{what}, and its reply is lost"
            return UnknownOutcome(what, cure=command("assetgen doctor"))
        self._journal.identified(entry.number, part.response_id)
        return UnknownOutcome(
            f"{what}; response {part.response_id} can still be fetched",
            cure=command("assetgen generate --resume"),
        )

    def _lost(self, sending: _Sending, exc: Lost) -> Entry:
        """The entry of a request without an answer, if the answer can still be fetched by its id.

        Raises UnknownOutcome if it cannot.
        """
        sending.ended("lost")
        entry, provider = sending.entry, sending.provider
        self._journal.attempt(entry.number, Fate.SENT, sending.attempts)
        answer = answers.received(self._journal.file(entry.number), entry)
        if answer is None:
            self._journal.end(entry.number, Fate.SENT, provider_errors.safe(str(exc), provider))
            raise provider_errors.unknown(
                provider, str(exc), evidence.request_id(provider, exc.headers)
            )
        entry = replace(entry, attempts=sending.attempts)
        answers.note(self._journal, entry, answer=answer, headers=exc.headers)
        entry = self._journal.entry(entry.number)
        return self._late.poll(entry, provider) if entry.response_id else entry

    def poll(self, entry: Entry, provider: Provider, response_id: str | None = None) -> Entry:
        """``LateAnswers.poll``."""
        return self._late.poll(entry, provider, response_id)

    # -- connections -------------------------------------------------------------------------------

    def download(self, url: str, provider: Provider, beside: Path) -> bytes:
        """The picture behind a URL that a reply names. Raises StorageError or Unreadable."""
        return download.picture(url, provider, line=self._connections.line(provider), beside=beside)


def _is_sent(picture: bytes, request: Request) -> bool:
    """Whether a service repeats an input of the request."""
    if any(part.data == picture for part in request.parts):
        return True
    return base64.b64encode(picture) in msgspec.json.encode(request.body)


#: The bytes of a reply beside its pictures.
_BESIDE = 64 * 1024


def _reply_size(wish: Wish) -> int:
    """The size in bytes that a reply may have: its pictures without compression, as base64."""
    depth = 4 if wish.intent.background == "transparent" else 3
    pictures = wish.asset.images + (wish.options.partial_images or 0)
    return min(wish.intent.pixels * depth * 4 // 3 * pictures + _BESIDE, MAX_REPLY)
