"""Paid once: a picture from a paid route, with its entry durable before the request and its reply before all else."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assetgen import budget, derive, failures, plan, receipt, record, reply, routes, store
from assetgen.errors import AssetgenError, BusyError, RoutingError, StorageError, UnknownOutcome
from assetgen.failures import Failure
from assetgen.journal import Entry, Fate, Journal
from assetgen.outcome import NotBegun, Observer
from assetgen.pace import Pace
from assetgen.plan import Decision, Wish
from assetgen.preview import Previews
from assetgen.profile import OPENAI, PROFILES
from assetgen.provider import Provider
from assetgen.reply import Answer, Unreadable
from assetgen.routes import Drawn, Job
from assetgen.terms import Terms
from assetgen.wire import Line, Lost, NotSent, Refused, Request

#: The longest wait that a provider may ask for before it is asked again, in seconds.
MAX_WAIT = 120.0
#: How often one picture is asked for when only rate limits or dead connections stand in the way.
MAX_ATTEMPTS = 5
_UNCONNECTED = 3
_FIRST_POLL, _SLOWEST_POLL = 0.5, 5.0


@dataclass
class Buyer:
    """Everything bought in one run. ``draw`` may be called from several threads."""

    root: Path
    terms: Terms
    channels: Mapping[str, str | None]
    """The channel that the manifest declares for each gateway."""
    observer: Observer = field(default_factory=Observer)
    force: bool = False
    only_settles: bool = False
    """Whether nothing may be bought: stored replies are placed, answers fetched by their id."""

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.journal = Journal(self.root, self.terms.clock)
        self._lock = threading.Lock()
        self._lines: dict[str, Line] = {}
        self._paces: dict[str, Pace] = {}
        self._purse = budget.Purse(self.terms.config)

    def close(self) -> None:
        self.journal.close()

    # -- before anything is sent ---------------------------------------------------------------------

    def provider(self, route: str) -> Provider:
        """The provider of a route. Raises RoutingError or TrustError."""
        return self.terms.provider(route, self.channels.get(route.removeprefix("gateway:")))

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
        return Provider(entry.surface, f"https://{entry.origin}", profile, None, name=gateway.get("name"))

    def refuse_excess(self, decisions: Iterable[Decision]) -> None:
        """Raise TrustError if buying all of ``decisions`` would pass a limit of the user's."""
        budget.refuse_excess([d for d in decisions if not self._is_paid_for(d.wish)], self.terms.config)

    def _is_paid_for(self, wish: Wish) -> bool:
        """Whether its picture can be had without paying: a reply is stored, or an answer waits under its id."""
        return any(entry.fate is Fate.ANSWERED or entry.response_id for entry in self.journal.open(want(wish)))

    def stored(self, wishes: Iterable[Wish]) -> set[str]:
        """The assets among ``wishes`` that a stored reply, or an answer under its id, can settle for free."""
        return {wish.asset.id for wish in wishes if self._is_paid_for(wish)}

    def forget_placed(self, wish: Wish, known_original: str | None) -> None:
        """Close entries whose picture a killed run had put in place without saying so."""
        for entry in self.journal.open(want(wish)):
            if entry.fate is Fate.ANSWERED and known_original and self._shows(entry, known_original):
                self.journal.end(entry.number, Fate.PLACED)

    def _shows(self, entry: Entry, original: str) -> bool:
        try:
            answer = routes.load_paid(entry.route).read(
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
        for entry in known:
            if entry.fate is Fate.ANSWERED:
                return self._from_reply(entry, job, self._provider_of(entry))
        provider = self.provider(job.wish.asset.route or "").with_key()
        for entry in known:
            if entry.fate is Fate.SENT and entry.response_id and entry.origin == provider.host:
                return self._fetched(entry, job, provider)
        if known and not self.force:
            raise _standing(known[-1], job.wish)
        if self.only_settles:
            raise NotBegun
        drawn = self._bought(job, provider)
        for entry in known:
            self.journal.end(entry.number, Fate.DISMISSED, "bought again")
        return drawn

    def placed(self, drawn_entry: int) -> None:
        """Say that a picture is in place."""
        self.journal.end(drawn_entry, Fate.PLACED)

    def _bought(self, job: Job, provider: Provider) -> Drawn:
        wish = job.wish
        plan.refuse_untaken(wish, self.terms.catalog, self.terms.today())
        request = routes.load_paid(wish.asset.route or "").request(job, provider)
        estimate = plan.estimate(wish, plan.Action.DRAW, provider.surface, lambda: self.terms.catalog)
        self._purse.take(provider.surface, estimate)
        entry, meta = self._exchanged(job, provider, request)
        return self._from_reply(replace(entry, reply=meta), job, provider)

    def _exchanged(self, job: Job, provider: Provider, request: Request) -> tuple[Entry, Mapping[str, Any]]:
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
                attempts.append({"outcome": "refused", "status": None, "retryReason": "no_connection"})
                self.journal.attempt(entry.number, Fate.REFUSED, attempts)
                if sum(a["status"] is None for a in attempts) >= _UNCONNECTED:
                    raise _unreachable(provider, str(exc)) from None
                pace.learn(float(len(attempts)), None)
            except Refused as exc:
                failure = self._refused(entry, attempts, exc, provider)
                self._wait_or_raise(failure, exc, attempts, pace, provider)
            except Lost as exc:
                return self._lost(entry, job, provider, attempts, str(exc))
            except OSError as exc:  # the reply cannot be kept: the disk is full, say
                attempts.append({"outcome": "lost", "status": None, "retryReason": None})
                self.journal.attempt(entry.number, Fate.SENT, attempts)
                error = store.explained(exc, store.REPLIES)
                raise _standing_error(UnknownOutcome, f"{error.what}; the reply is lost, and it was billed") from exc
            else:
                attempts.append({"outcome": "ok", "status": came.status, "retryReason": None})
                meta = {"status": came.status, "headers": dict(came.headers)}
                self.journal.answered(entry.number, attempts, meta)
                return replace(entry, attempts=attempts, fate=Fate.ANSWERED), meta

    def _noted(self, wish: Wish, provider: Provider, request: Request) -> Entry:
        """The entry of a request that is about to leave, durable."""
        evidence = receipt.evidence(wish, provider, request)
        route = wish.asset.route or ""
        return self.journal.sent(want(wish), wish.asset.id, route, provider.surface, provider.host, evidence)

    def _refused(self, entry: Entry, attempts: list[dict[str, Any]], exc: Refused, provider: Provider) -> Failure:
        failure = failures.sort(exc.status, reply.error(exc.body), provider, receipt.request_id(provider, exc.headers))
        outcome = "failed" if failure.may_be_billed else "refused"
        attempts.append({"outcome": outcome, "status": exc.status, "retryReason": failure.code})
        self.journal.attempt(entry.number, Fate.SENT if failure.may_be_billed else Fate.REFUSED, attempts)
        return failure

    def _wait_or_raise(
        self, failure: Failure, exc: Refused, attempts: Sequence[Mapping[str, Any]], pace: Pace, provider: Provider
    ) -> None:
        """Hold requests for as long as a rate limit asks, or raise what was refused."""
        if not failure.rule.retries or failure.may_be_billed or len(attempts) >= MAX_ATTEMPTS:
            raise failure.error
        message = failure.error.what
        seconds = failures.wait_asked(exc.headers, message)
        seconds = min(2.0 ** len(attempts), MAX_WAIT) if seconds is None else seconds
        if seconds > MAX_WAIT:
            raise BusyError(
                f"{provider.host} asks to wait {seconds:.0f} s, more than the {MAX_WAIT:.0f} s that assetgen waits",
                cure="run the same command again later; what is made stays made",
            )
        pace.learn(seconds, failures.pace_stated(message))
        self.observer.waits(provider.surface, seconds, pace.per_minute)

    def _lost(
        self, entry: Entry, job: Job, provider: Provider, attempts: list[dict[str, Any]], why: str
    ) -> tuple[Entry, Mapping[str, Any]]:
        """After a request without an answer: what can still be fetched by its id, or the error that says so."""
        attempts.append({"outcome": "lost", "status": None, "retryReason": None})
        self.journal.attempt(entry.number, Fate.SENT, attempts)
        begun = _begun(self.journal.file(entry.number), entry.route)
        if begun is None:
            self.journal.end(entry.number, Fate.SENT, failures.safe(why, provider))
            raise failures.unknown(provider, why)
        self.journal.identified(entry.number, begun)
        found = self._polled(replace(entry, response_id=begun, attempts=attempts), provider)
        return replace(entry, response_id=begun, attempts=attempts), found

    # -- an answer that comes later ------------------------------------------------------------------

    def _fetched(self, entry: Entry, job: Job, provider: Provider) -> Drawn:
        meta = self._polled(entry, provider)
        return self._from_reply(replace(self.journal.entry(entry.number), reply=meta), job, provider)

    def _polled(self, entry: Entry, provider: Provider) -> Mapping[str, Any]:
        """Ask for a response by its id until it has ended. Raises AssetgenError; the entry stays open then."""
        file, pause, left = self.journal.file(entry.number), _FIRST_POLL, 2 * self.terms.patience
        while True:
            try:
                came = self._line(provider).get(f"/responses/{entry.response_id}", file)
                answer = reply.of_response(_stored(file), streamed=False)
            except Refused as exc:
                if exc.status < 500 and exc.status not in (408, 429):
                    stated = reply.error(exc.body)
                    why = f"response {entry.response_id} cannot be fetched: {stated.get('message') or exc.status}"
                    self.journal.end(entry.number, Fate.FRUITLESS, failures.safe(why, provider))
                    raise failures.unknown(provider, why, receipt.request_id(provider, exc.headers)) from None
            except (NotSent, Lost, Unreadable) as exc:
                if left <= 0:
                    raise failures.unknown(provider, f"response {entry.response_id}: {exc}") from None
            else:
                if not answer.is_pending:
                    meta = {"status": came.status, "headers": dict(came.headers), "fetched": True}
                    self.journal.answered(entry.number, entry.attempts, meta)
                    return meta
            if left <= 0 or self.stop.wait(pause):
                raise _standing_error(
                    UnknownOutcome, f"response {entry.response_id} is not finished yet", "assetgen generate --resume"
                )
            left -= pause
            pause = min(pause * 1.5, _SLOWEST_POLL)

    # -- what a reply holds --------------------------------------------------------------------------

    def _from_reply(self, entry: Entry, job: Job, provider: Provider) -> Drawn:
        """The picture in a stored reply, checked; the same way for one that came just now."""
        file = self.journal.file(entry.number)
        try:
            streamed = _streamed(entry) and not (entry.reply or {}).get("fetched")
            answer = routes.load_paid(entry.route).read(_stored(file), streamed=streamed)
        except Unreadable as exc:
            raise self._fruitless(entry, provider, exc) from None
        if answer.is_pending and answer.response_id:
            self.journal.identified(entry.number, answer.response_id)
            self.journal.attempt(entry.number, Fate.SENT, entry.attempts)
            return self._fetched(replace(entry, response_id=answer.response_id), job, provider)
        if answer.failure is not None:
            raise self._failed(entry, provider, answer)
        original, received = self._picture(entry, provider, answer)
        try:
            seen, placeholder = derive.facts(original), derive.placeholder(original)
        except StorageError as exc:
            raise self._fruitless(entry, provider, Unreadable(f"what came is not a picture: {exc.what}")) from None
        others = [store.keep_original(self.root, extra) for extra in answer.pictures[1:]]
        self._purse.settle(provider.surface, self._usage_cost(entry, answer))
        return receipt.drawn(
            entry, job.wish, provider, answer, original, received, seen, placeholder, others, self.terms.catalog
        )

    def _picture(self, entry: Entry, provider: Provider, answer: Answer) -> tuple[bytes, str]:
        if answer.pictures:
            return answer.pictures[0], "base64"
        if answer.urls:
            from assetgen import fetch

            return fetch.picture(answer.urls[0], provider, self._line(provider), self.journal.file(entry.number)), "url"
        raise self._fruitless(entry, provider, Unreadable("the reply holds no picture"))

    def _failed(self, entry: Entry, provider: Provider, answer: Answer) -> AssetgenError:
        """An answer that says that it failed: what was used for it is billed."""
        meta = entry.reply or {}
        named = receipt.request_id(provider, meta.get("headers", {}))
        failure = failures.sort(int(meta.get("status", 200)), answer.failure or {}, provider, named, may_be_billed=True)
        self.journal.end(entry.number, Fate.FRUITLESS, failure.error.what)
        return failure.error

    def _fruitless(self, entry: Entry, provider: Provider, exc: Unreadable) -> AssetgenError:
        why = failures.safe(str(exc), provider)
        self.journal.end(entry.number, Fate.FRUITLESS, why)
        named = receipt.request_id(provider, (entry.reply or {}).get("headers", {}))
        told = f" (request {named})" if named else ""
        what = f"the reply of {provider.host} cannot be used: {why}; it may have been billed{told}"
        kind = UnknownOutcome if exc.is_cut_short else RoutingError
        place = f"{store.REPLIES}/{entry.number}"
        return kind(
            what, cure=f"look at the reply in {place}; assetgen generate {entry.asset_id} --force buys it again"
        )

    def _usage_cost(self, entry: Entry, answer: Answer) -> int | None:
        amount = receipt.usage_cost(entry, answer, self.terms.catalog)
        return amount.micros if amount else None

    # -- connections ---------------------------------------------------------------------------------

    def _line(self, provider: Provider) -> Line:
        with self._lock:
            return self._lines.setdefault(provider.surface, Line(provider, self.terms.patience))

    def _pace(self, provider: Provider) -> Pace:
        with self._lock:
            limit = self.terms.config.limit(provider.surface)
            return self._paces.setdefault(provider.surface, Pace(limit.images_per_minute, self.stop))


def want(wish: Wish) -> str:
    """What is wanted, whoever draws it: the key under which it is paid only once."""
    stated = wish.intent.stated("text")
    return record.digest({"asset": wish.asset.id, "intent": stated["digest"]})


def _stored(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as exc:
        what = f"the stored reply cannot be read: {exc.strerror}"
        raise StorageError(what, where=str(file.name), cure="assetgen doctor") from exc


def _streamed(entry: Entry) -> bool:
    return bool(entry.evidence.get("streamed"))


def _begun(file: Path, route: str) -> str | None:
    """The id of a response whose stream broke off after it was named."""
    if route != "responses" or not file.exists():
        return None
    try:
        return routes.load_paid(route).read(_stored(file), streamed=True).response_id
    except Unreadable:
        return None


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


def _standing_error(kind: type[AssetgenError], what: str, cure: str = "assetgen doctor") -> AssetgenError:
    return kind(what, cure=cure)


def _unreachable(provider: Provider, why: str) -> AssetgenError:
    what = f"{provider.host} cannot be reached: {failures.safe(why, provider)}; nothing was sent and nothing was billed"
    return RoutingError(what, cure="look at the network, the address and the proxy: assetgen doctor")
