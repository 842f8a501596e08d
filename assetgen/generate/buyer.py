"""Paid once: a picture from a paid route, with its entry durable before the request and its reply before all else."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assetgen.errors import AssetgenError, BusyError, RoutingError, StorageError, UnknownOutcome
from assetgen.fs import store
from assetgen.generate.outcome import Observer
from assetgen.image import decode
from assetgen.paid import evidence as receipt
from assetgen.paid import limits, provider_errors, replies
from assetgen.paid.evidence import Checked
from assetgen.paid.journal import Entry, Fate, Journal, want
from assetgen.paid.previews import Previews
from assetgen.paid.provider_errors import Failure
from assetgen.paid.rate_limit import Pace
from assetgen.paid.replies import Unreadable
from assetgen.paid.transport import Line, Lost, NotSent, Refused
from assetgen.plan import decide, routing
from assetgen.plan.decide import Decision
from assetgen.plan.routing import Answer, Drawn, Job, NotBegun, Request
from assetgen.plan.wish import Wish, refuse_untaken
from assetgen.routes import codex
from assetgen.settings.catalog import Catalog
from assetgen.settings.conditions import Conditions
from assetgen.settings.gateway_profiles import OPENAI, PROFILES
from assetgen.settings.provider import Provider

#: The longest wait that a provider may ask for before it is asked again, in seconds.
MAX_WAIT = 120.0
#: How often one picture is asked for when only rate limits or dead connections stand in the way.
MAX_ATTEMPTS = 5
_UNCONNECTED = 3
_FIRST_POLL, _SLOWEST_POLL = 0.5, 5.0
#: Statuses by which a provider says that it has no response of an id, or hands none out.
_NOT_THERE = (404, 405, 410)


@dataclass
class Buyer:
    """Everything bought in one run. ``draw`` may be called from several threads."""

    root: Path
    conditions: Conditions
    channels: Mapping[str, str | None]
    """The channel that the manifest declares for each gateway."""
    observer: Observer = field(default_factory=Observer)
    force: bool = False
    only_settles: bool = False
    """Whether nothing may be bought: stored replies are placed, answers fetched by their id."""

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.journal = Journal(self.root, self.conditions.clock)
        recover(self.journal)
        self._lock = threading.Lock()
        self._lines: dict[str, Line] = {}
        self._paces: dict[str, Pace] = {}
        self._purse = limits.Purse(self.conditions.config)
        # Replies are decoded by as many threads as there are cores: more would only hold more memory.
        self._reading = ThreadPoolExecutor(os.cpu_count() or 1)

    def close(self) -> None:
        self._reading.shutdown(cancel_futures=True)
        self.journal.close()

    # -- before anything is sent ---------------------------------------------------------------------

    def provider(self, route: str) -> Provider:
        """The provider of a route. Raises RoutingError or TrustError."""
        return self.conditions.provider(route, self.channels.get(route.removeprefix("gateway:")))

    def _provider_of(self, entry: Entry) -> Provider:
        """Who answered a stored reply, even if the configuration has changed since."""
        try:
            provider = self.provider(entry.route)
        except AssetgenError:
            provider = None
        if provider is not None and provider.host == entry.origin:
            return provider
        gateway = entry.evidence.get("route", {}).get("gateway") or {}
        profile = PROFILES.get(str(gateway.get("profile")), OPENAI)
        return Provider(
            entry.surface, f"https://{entry.origin}", profile, None, name=gateway.get("name")
        )

    def refuse_excess(self, decisions: Iterable[Decision]) -> None:
        """Raise TrustError if buying all of ``decisions`` would pass a limit of the user's."""
        to_pay = [self._priced(d) for d in decisions if not self._is_paid_for(d.wish)]
        limits.refuse_excess(to_pay, self.conditions.config)

    def _priced(self, decision: Decision) -> Decision:
        """The decision with what drawing costs, also if it is only drawn because somebody forces it."""
        surface = decision.estimate.surface
        return replace(
            decision,
            estimate=decide.estimate(decision.wish, decide.Action.DRAW, surface, self._catalog),
        )

    def _catalog(self) -> Catalog:
        return self.conditions.catalog

    def _is_paid_for(self, wish: Wish) -> bool:
        """Whether its picture can be had without paying: a reply is stored, or an answer waits under its id."""
        return any(
            entry.fate is Fate.ANSWERED or _waits(entry) for entry in self.journal.open(want(wish))
        )

    def stored(self, wishes: Iterable[Wish]) -> set[str]:
        """The assets among ``wishes`` that a stored reply, or an answer under its id, can settle for free."""
        return {wish.asset.id for wish in wishes if self._is_paid_for(wish)}

    def unsettled(self, wishes: Iterable[Wish]) -> set[str]:
        """The assets among ``wishes`` for which something may have been billed that is not in place."""
        return {wish.asset.id for wish in wishes if self.journal.open(want(wish))}

    def forget_placed(self, wish: Wish, known_original: str | None) -> None:
        """Close entries whose picture a killed run had put in place without saying so."""
        for entry in self.journal.open(want(wish)):
            if (
                entry.fate is Fate.ANSWERED
                and known_original
                and self._shows(entry, known_original)
            ):
                self.journal.end(entry.number, Fate.PLACED)

    def _shows(self, entry: Entry, original: str) -> bool:
        if entry.route == "codex":
            return codex.left(entry, self.conditions) == original
        try:
            answer = routing.load_paid(entry.route).read(
                _stored(self.journal.file(entry.number)), streamed=_streamed(entry)
            )
        except (Unreadable, StorageError):
            return False
        return any(hashlib.sha256(picture).hexdigest() == original for picture in answer.pictures)

    # -- one picture ---------------------------------------------------------------------------------

    def draw(self, job: Job) -> Drawn:
        """The picture that ``job`` wants: from a stored reply, by its id, or bought.

        Raises an AssetgenError that says what happened and whether it may have been billed; NotBegun.
        """
        known = self.journal.open(want(job.wish))
        try:
            if (settled := self._settled(known, job)) is not None:
                return settled
        except AssetgenError:
            if not self.force or self.only_settles:
                raise
        route = job.wish.asset.route or ""
        provider = None if route == "codex" else self.provider(route).with_key()
        if known and not self.force:
            raise _standing(known[-1], job.wish)
        if self.only_settles:
            raise NotBegun
        drawn = self._bought(job, provider) if provider else self._commissioned(job)
        for entry in known:
            self.journal.end(entry.number, Fate.DISMISSED, "bought again")
        return drawn

    def _settled(self, known: Sequence[Entry], job: Job) -> Drawn | None:
        """What is paid for already: from a stored reply, or by its id; None if there is nothing to be had."""
        for entry in known:
            if entry.route == "codex":
                if (found := codex.settle(entry, job.wish, self.conditions)) is not None:
                    return found
            elif entry.fate is Fate.ANSWERED:
                return self._from_reply(entry, job, self._provider_of(entry))
        if job.wish.asset.route == "codex":
            return None
        waiting = [entry for entry in known if _waits(entry) and entry.route != "codex"]
        provider = self.provider(job.wish.asset.route or "").with_key() if waiting else None
        for entry in waiting:
            if provider is not None and entry.origin == provider.host:
                return self._fetched(entry, job, provider)
        return None

    def placed(self, drawn_entry: int) -> None:
        """Say that a picture is in place."""
        self.journal.end(drawn_entry, Fate.PLACED)

    def _bought(self, job: Job, provider: Provider) -> Drawn:
        wish = job.wish
        refuse_untaken(wish, self.conditions.catalog, self.conditions.today())
        request = routing.load_paid(wish.asset.route or "").request(job, provider)
        estimate = decide.estimate(wish, decide.Action.DRAW, provider.surface, self._catalog)
        self._purse.take(provider.surface, estimate)
        try:
            entry, meta = self._exchanged(job, provider, request)
            drawn = self._from_reply(replace(entry, reply=meta), job, provider)
        except BaseException:
            self._purse.settle(provider.surface, estimate, None)
            raise
        self._purse.settle(provider.surface, estimate, (drawn.usage_cost or {}).get("micros"))
        return drawn

    def _commissioned(self, job: Job) -> Drawn:
        """The picture that Codex draws on plan credits."""
        estimate = decide.estimate(job.wish, decide.Action.DRAW, codex.SURFACE, self._catalog)
        self._purse.take(codex.SURFACE, estimate)
        return codex.draw(job, self.conditions, self.journal, want(job.wish), self.stop)

    def _exchanged(
        self, job: Job, provider: Provider, request: Request
    ) -> tuple[Entry, Mapping[str, Any]]:
        """Send ``request`` until it is answered, as often as nothing can have been billed."""
        pace, line = self._pace(provider), self._line(provider)
        previews = Previews(lambda *shown: self.observer.preview(job.wish.asset.id, *shown))
        attempts: list[dict[str, Any]] = []
        entry: Entry | None = None
        while True:
            if not pace.wait():
                raise NotBegun
            if entry is None:
                entry = self._noted(job.wish, provider, request)
            else:
                self.journal.attempt(entry.number, Fate.SENT, attempts)
            try:
                came = line.post(request, self.journal.file(entry.number), previews.watch)
            except NotSent as exc:
                attempts.append(
                    {"outcome": "refused", "status": None, "retryReason": "no_connection"}
                )
                self.journal.attempt(entry.number, Fate.REFUSED, attempts)
                if sum(a["status"] is None for a in attempts) >= _UNCONNECTED:
                    raise _unreachable(provider, str(exc)) from None
                pace.learn(float(len(attempts)), None)
            except Refused as exc:
                failure = self._refused(entry, attempts, exc, provider)
                self._wait_or_raise(failure, exc, attempts, pace, provider)
            except Lost as exc:
                return self._lost(entry, provider, attempts, exc)
            except OSError as exc:  # the reply cannot be kept: the disk is full, say
                attempts.append({"outcome": "lost", "status": None, "retryReason": None})
                self.journal.attempt(entry.number, Fate.SENT, attempts)
                error = store.explained(exc, store.REPLIES)
                raise _standing_error(
                    UnknownOutcome, f"{error.what}; the reply is lost, and it was billed"
                ) from exc
            else:
                attempts.append({"outcome": "ok", "status": came.status, "retryReason": None})
                meta = {"status": came.status, "headers": dict(came.headers)}
                self.journal.answered(entry.number, attempts, meta)
                return replace(entry, attempts=attempts, fate=Fate.ANSWERED), meta

    def _noted(self, wish: Wish, provider: Provider, request: Request) -> Entry:
        """The entry of a request that is about to leave, durable."""
        evidence = receipt.evidence(wish, provider, request)
        route = wish.asset.route or ""
        return self.journal.sent(
            want(wish), wish.asset.id, route, provider.surface, provider.host, evidence
        )

    def _refused(
        self, entry: Entry, attempts: list[dict[str, Any]], exc: Refused, provider: Provider
    ) -> Failure:
        failure = provider_errors.sort(
            exc.status, replies.error(exc.body), provider, receipt.request_id(provider, exc.headers)
        )
        outcome = "failed" if failure.may_be_billed else "refused"
        attempts.append({"outcome": outcome, "status": exc.status, "retryReason": failure.code})
        self.journal.attempt(
            entry.number, Fate.SENT if failure.may_be_billed else Fate.REFUSED, attempts
        )
        return failure

    def _wait_or_raise(
        self,
        failure: Failure,
        exc: Refused,
        attempts: Sequence[Mapping[str, Any]],
        pace: Pace,
        provider: Provider,
    ) -> None:
        """Hold requests for as long as a rate limit asks, or raise what was refused."""
        if not failure.rule.retries or failure.may_be_billed or len(attempts) >= MAX_ATTEMPTS:
            raise failure.error
        message = failure.error.what
        seconds = provider_errors.wait_asked(exc.headers, message)
        seconds = min(2.0 ** len(attempts), MAX_WAIT) if seconds is None else seconds
        if seconds > MAX_WAIT:
            raise BusyError(
                f"{provider.host} asks to wait {seconds:.0f} s, more than the {MAX_WAIT:.0f} s that assetgen waits",
                cure="run the same command again later; what is made stays made",
            )
        pace.learn(seconds, provider_errors.pace_stated(message))
        self.observer.waits(provider.surface, seconds, pace.per_minute)

    def _lost(
        self, entry: Entry, provider: Provider, attempts: list[dict[str, Any]], exc: Lost
    ) -> tuple[Entry, Mapping[str, Any]]:
        """After a request without an answer: what can still be fetched by its id, or the error that says so."""
        attempts.append({"outcome": "lost", "status": None, "retryReason": None})
        self.journal.attempt(entry.number, Fate.SENT, attempts)
        answer = _came(self.journal.file(entry.number), entry)
        if answer is None:
            self.journal.end(entry.number, Fate.SENT, provider_errors.safe(str(exc), provider))
            raise provider_errors.unknown(
                provider, str(exc), receipt.request_id(provider, exc.headers)
            )
        _note_answer(self.journal, replace(entry, attempts=attempts), answer, exc.headers)
        entry = self.journal.entry(entry.number)
        return entry, self._polled(entry, provider) if entry.response_id else entry.reply or {}

    # -- an answer that comes later ------------------------------------------------------------------

    def _fetched(self, entry: Entry, job: Job, provider: Provider) -> Drawn:
        meta = self._polled(entry, provider)
        return self._from_reply(
            replace(self.journal.entry(entry.number), reply=meta), job, provider
        )

    def _polled(self, entry: Entry, provider: Provider) -> Mapping[str, Any]:
        """Ask for a response by its id until it has ended. Raises AssetgenError; the entry stays open then."""
        file, pause, left = (
            self.journal.file(entry.number),
            _FIRST_POLL,
            2 * self.conditions.patience,
        )
        while True:
            try:
                came = self._line(provider).get(f"/responses/{entry.response_id}", file)
                answer = replies.of_response(_stored(file), streamed=False)
            except Refused as exc:
                if exc.status < 500 and exc.status not in (408, 429):
                    raise self._unfetched(entry, provider, exc) from None
            except OSError as exc:  # the answer cannot be kept; it still waits under its id
                raise store.explained(exc, store.REPLIES) from exc
            except (NotSent, Lost, Unreadable) as exc:
                if isinstance(exc, Unreadable) and exc.is_whole:
                    raise self._fruitless(entry, provider, exc) from None
                if left <= 0:
                    raise provider_errors.unknown(
                        provider, f"response {entry.response_id}: {exc}"
                    ) from None
            else:
                if not answer.is_pending:
                    meta = {"status": came.status, "headers": dict(came.headers), "fetched": True}
                    self.journal.answered(entry.number, entry.attempts, meta)
                    return meta
            if left <= 0 or self.stop.wait(pause):
                raise _standing_error(
                    UnknownOutcome,
                    f"response {entry.response_id} is not finished yet",
                    "assetgen generate --resume",
                )
            left -= pause
            pause = min(pause * 1.5, _SLOWEST_POLL)

    def _unfetched(self, entry: Entry, provider: Provider, exc: Refused) -> AssetgenError:
        """The error for a response that is not handed out: given up only if it is not there."""
        stated = replies.error(exc.body)
        why = f"response {entry.response_id} cannot be fetched: {stated.get('message') or f'status {exc.status}'}"
        error = provider_errors.unknown(provider, why, receipt.request_id(provider, exc.headers))
        if exc.status in _NOT_THERE:
            self.journal.end(entry.number, Fate.FRUITLESS, provider_errors.safe(why, provider))
            return error
        return _standing_error(
            UnknownOutcome, error.what, "settle that, then fetch it: assetgen generate --resume"
        )

    # -- what a reply holds --------------------------------------------------------------------------

    def _from_reply(self, entry: Entry, job: Job, provider: Provider) -> Drawn:
        """The picture in a stored reply, checked; the same way for one that came just now."""
        was_fetched = bool((entry.reply or {}).get("fetched"))
        try:
            answer, first = self._reading.submit(self._read, entry, was_fetched).result()
        except Unreadable as exc:
            raise self._fruitless(entry, provider, exc) from None
        if answer.response_id and (answer.is_pending or (answer.broke_off and not was_fetched)):
            self.journal.identified(entry.number, answer.response_id)
            self.journal.attempt(entry.number, Fate.SENT, entry.attempts)
            return self._fetched(replace(entry, response_id=answer.response_id), job, provider)
        if answer.failure is not None:
            raise self._failed(entry, provider, answer)
        try:
            checked, received = (
                (first, "base64")
                if first
                else (self._fetched_picture(entry, provider, answer), "url")
            )
        except Unreadable as exc:
            raise self._fruitless(entry, provider, exc) from None
        others = [store.keep_original(self.root, extra) for extra in answer.pictures[1:]]
        return receipt.drawn(
            entry, job.wish, provider, answer, checked, received, others, self.conditions.catalog
        )

    def _read(self, entry: Entry, was_fetched: bool) -> tuple[Answer, Checked | None]:
        """What a stored reply says, and its first picture. Raises Unreadable or StorageError."""
        file = self.journal.file(entry.number)
        try:
            answer = routing.load_paid(entry.route).read(
                _stored(file), streamed=_streamed(entry) and not was_fetched
            )
        except Unreadable as exc:
            begun = _came(file, entry) if exc.is_cut_short and not was_fetched else None
            if begun is None:
                raise
            answer = begun
        return answer, _checked(
            answer.pictures[0]
        ) if answer.pictures and answer.failure is None else None

    def _fetched_picture(self, entry: Entry, provider: Provider, answer: Answer) -> Checked:
        """The picture behind the URL of a reply. Raises StorageError or Unreadable."""
        from assetgen.paid import download

        if not answer.urls:
            raise Unreadable("the reply holds no picture")
        try:
            beside = self.journal.file(entry.number)
            data = download.picture(answer.urls[0], provider, self._line(provider), beside)
        except StorageError as exc:
            raise StorageError(f"{exc.what}{_asked(entry, provider)}", cure=exc.cure) from None
        return self._reading.submit(_checked, data).result()

    def _failed(self, entry: Entry, provider: Provider, answer: Answer) -> AssetgenError:
        """An answer that says that it failed: what was used for it is billed."""
        meta = entry.reply or {}
        named = receipt.request_id(provider, meta.get("headers", {}))
        failure = provider_errors.sort(
            int(meta.get("status", 200)), answer.failure or {}, provider, named, may_be_billed=True
        )
        self.journal.end(entry.number, Fate.FRUITLESS, failure.error.what)
        return failure.error

    def _fruitless(self, entry: Entry, provider: Provider, exc: Unreadable) -> AssetgenError:
        why = provider_errors.safe(str(exc), provider)
        self.journal.end(entry.number, Fate.FRUITLESS, why)
        what = f"the reply of {provider.host} cannot be used: {why}; it may have been billed{_asked(entry, provider)}"
        kind = UnknownOutcome if exc.is_cut_short else RoutingError
        place = f"{store.REPLIES}/{entry.number}"
        return kind(
            what,
            cure=f"look at the reply in {place}; assetgen generate {entry.asset_id} --force buys it again",
        )

    # -- connections ---------------------------------------------------------------------------------

    def _line(self, provider: Provider) -> Line:
        with self._lock:
            return self._lines.setdefault(
                provider.surface, Line(provider, self.conditions.patience)
            )

    def _pace(self, provider: Provider) -> Pace:
        with self._lock:
            limit = self.conditions.config.limit(provider.surface)
            return self._paces.setdefault(
                provider.surface, Pace(limit.images_per_minute, self.stop)
            )


def recover(journal: Journal) -> None:
    """Note the replies that a killed run had on the disk before it could say so (call it while holding the project).

    Raises StorageError.
    """
    journal.sweep()
    for entry in journal.open():
        if entry.fate is not Fate.SENT or entry.response_id:
            continue
        answer = _came(journal.file(entry.number), entry)
        if answer is not None:
            _note_answer(journal, entry, answer)


def _note_answer(
    journal: Journal, entry: Entry, answer: Answer, headers: Mapping[str, str] | None = None
) -> None:
    """Note what lies in the file of an entry: an answer, or the id of one that is still being made."""
    if answer.is_pending and answer.response_id:
        journal.identified(entry.number, answer.response_id)
    else:
        store.flush(journal.file(entry.number))
        journal.answered(
            entry.number, entry.attempts, {"status": 200, "headers": dict(headers or {})}
        )


def _checked(data: bytes) -> Checked:
    """A picture that came, decoded once to be sure that it is one. Raises Unreadable."""
    try:
        return Checked(data, decode.facts(data), decode.placeholder(data))
    except StorageError as exc:
        raise Unreadable(f"what came is not a picture: {exc.what}") from None


def _stored(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as exc:
        what = f"the stored reply cannot be read: {exc.strerror}"
        raise StorageError(what, where=str(file.name), cure="assetgen doctor") from exc


def _waits(entry: Entry) -> bool:
    """Whether an answer can be fetched for it by its id."""
    return entry.fate is Fate.SENT and entry.response_id is not None


def _streamed(entry: Entry) -> bool:
    return bool(entry.evidence.get("streamed"))


def _came(file: Path, entry: Entry) -> Answer | None:
    """The answer in a reply whose end nobody noted, None if it is not whole and names nothing to ask for."""
    if not file.exists():
        return None
    try:
        data = _stored(file)
        return routing.load_paid(entry.route).read(data, streamed=_streamed(entry))
    except Unreadable:
        begun = replies.begun_id(data) if entry.route == "responses" else None
        return Answer(response_id=begun, status="in_progress") if begun else None


def _asked(entry: Entry, provider: Provider) -> str:
    """The provider's own name for the request, for its support."""
    named = receipt.request_id(provider, (entry.reply or {}).get("headers", {}))
    return f" (request {named})" if named else ""


def _standing(entry: Entry, wish: Wish) -> AssetgenError:
    """The error for a picture that was paid for, perhaps, and that nobody may buy again unasked."""
    what = f"it was asked for at {entry.origin} on {entry.began}, and the outcome is unknown"
    if entry.note:
        what = f"it was asked for at {entry.origin} on {entry.began}: {entry.note}"
    return _standing_error(
        UnknownOutcome,
        f"{what}; it may have been billed and is not bought again by itself",
        f"assetgen generate {wish.asset.id} --force (buys it again), or assetgen doctor",
    )


def _standing_error(
    kind: type[AssetgenError], what: str, cure: str = "assetgen doctor"
) -> AssetgenError:
    return kind(what, cure=cure)


def _unreachable(provider: Provider, why: str) -> AssetgenError:
    what = f"{provider.host} cannot be reached: {provider_errors.safe(why, provider)}; nothing was sent and nothing was billed"
    return RoutingError(
        what, cure="look at the network, the address and the proxy: assetgen doctor"
    )
