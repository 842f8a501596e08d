"""Paid once: a picture from a paid route.

Its entry is durable before the request leaves. Its reply is stored before anything else is done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import AssetgenError, UnknownOutcome
from assetgen.fs import originals
from assetgen.generate.outcome import Observer
from assetgen.generate.slots import Slots, Turn
from assetgen.paid import evidence, limits
from assetgen.paid.answers import Answers, recover
from assetgen.paid.claims import Claims
from assetgen.paid.exchange import Exchange
from assetgen.paid.journal import OPEN, Entry, Fate, Journal
from assetgen.plan import decide, routing
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action, Decision
from assetgen.plan.routing import Drawn, Job, NotBegun
from assetgen.plan.wish import Wish
from assetgen.record.schema import Amount
from assetgen.routes import codex
from assetgen.settings.conditions import Conditions
from assetgen.settings.gateway_profiles import OPENAI, PROFILES
from assetgen.settings.provider import Provider


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
    everything: Sequence[Decision] = ()
    """The decision on every asset of the manifest."""
    at_once: int = 1
    """How many requests may be under way at once."""

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.slots = Slots(self.at_once, self.stop)
        self._journal = Journal(self.root, self.conditions.clock)
        recover(self._journal)
        self._claims = Claims(self._journal.open(), self.everything)
        self._purse = limits.Purse(self.conditions.config)
        self._answers = Answers(self._journal)
        self._exchange = Exchange(
            self._journal, self.conditions, watcher=self.observer, stop=self.stop
        )

    def close(self) -> None:
        self._answers.close()
        self._journal.close()

    # -- before anything is sent -------------------------------------------------------------------

    def refuse_excess(self, decisions: Iterable[Decision]) -> None:
        """Raise TrustError if buying all of ``decisions`` would pass a limit of the user's."""
        to_pay = [_priced(d, self.conditions) for d in decisions if not self._is_paid_for(d.wish)]
        limits.refuse_excess(to_pay, self.conditions.config)

    def _is_paid_for(self, wish: Wish) -> bool:
        """Whether its picture is free: a reply is stored, or an answer can be fetched by its id."""
        known = self._open(wish)
        return any(entry.fate is Fate.ANSWERED or _is_pending(entry) for entry in known)

    def stored(self, wishes: Iterable[Wish]) -> set[str]:
        """The assets among ``wishes`` whose picture is paid for and can be had for free."""
        return {wish.asset.id for wish in wishes if self._is_paid_for(wish)}

    def unsettled(self, wishes: Iterable[Wish]) -> set[str]:
        """The assets among ``wishes`` for which something may be billed that is not in place."""
        return {wish.asset.id for wish in wishes if self._open(wish)}

    def _open(self, wish: Wish) -> list[Entry]:
        """The open entries of an image, also those of its asset's former id."""
        inherited = (self._journal.entry(number) for number in self._claims.of(wish))
        return [
            *self._journal.open(wish.key),
            *(entry for entry in inherited if entry.fate in OPEN and entry.want != wish.key),
        ]

    def forget_placed(self, wish: Wish, original: str | None) -> None:
        """End the entries whose picture is in place because a killed run could not end them.

        ``original`` is the sha256 (hex) of the original in place, if it is known.
        """
        if original:
            for entry in self._journal.open(wish.key):
                if entry.fate is Fate.ANSWERED and self._contains(entry, original):
                    self._journal.end(entry.number, Fate.PLACED)

    def _contains(self, entry: Entry, original: str) -> bool:
        if entry.route == "codex":
            return codex.left(entry, self.conditions) == original
        return self._answers.contains(entry, original)

    # -- one picture -------------------------------------------------------------------------------

    def draw(self, job: Job, turn: Turn) -> Drawn:
        """The picture of ``job``: from a stored reply, by its id, or bought.

        It waits for ``turn``. The next request may leave before the picture is decoded: as soon as
        the reply is stored and counted. Raises an AssetgenError that says what happened and whether
        it may have been billed; NotBegun.
        """
        try:
            turn.take()
            return self._drawn(job, turn)
        finally:
            turn.give_back()

    def _drawn(self, job: Job, turn: Turn) -> Drawn:
        known = self._open(job.wish)
        try:
            if (settled := self._settled(known, job, turn)) is not None:
                return settled
        except AssetgenError:
            if not self.force or self.only_settles:
                raise
        route = job.wish.asset.route or ""
        provider = None if route == "codex" else self._provider(route).with_key()
        if known and not self.force:
            raise _open_purchase(known[-1], job.wish)
        if self.only_settles:
            raise NotBegun
        drawn = self._bought(job, provider, turn) if provider else self._commissioned(job)
        for entry in known:
            self._journal.end(entry.number, Fate.DISMISSED, "bought again")
        return drawn

    def placed(self, drawn_entry: int) -> None:
        """Note that a picture is in place."""
        self._journal.end(drawn_entry, Fate.PLACED)

    def _settled(self, known: Sequence[Entry], job: Job, turn: Turn) -> Drawn | None:
        """The picture that is paid for already, from a stored reply or by its id, if any."""
        for entry in known:
            if entry.route == "codex":
                if (found := codex.settle(entry, job.wish, self.conditions)) is not None:
                    return found
            elif entry.fate is Fate.ANSWERED:
                return self._from_reply(entry, job, self._provider_of(entry), turn)
        route = job.wish.asset.route or ""
        pending = [entry for entry in known if _is_pending(entry) and entry.route != "codex"]
        if route == "codex" or not pending:
            return None
        provider = self._provider(route).with_key()
        for entry in pending:
            if entry.origin == provider.host:
                fetched = self._exchange.poll(entry, provider)
                return self._from_reply(fetched, job, provider, turn)
        return None

    def _bought(self, job: Job, provider: Provider, turn: Turn) -> Drawn:
        wish = job.wish
        job.refuse()
        request = routing.paid_request(job, provider)
        estimate = counted = _estimate(wish, provider.surface, self.conditions)
        self._purse.take(provider.surface, estimate)
        try:
            entry = self._exchange.send(wish, provider, request)
            if early := self._answers.without_images(entry):
                usage = evidence.usage_cost(entry, early, self.conditions.catalog)
                counted = _counted(self._purse, provider.surface, estimate, usage)
                turn.give_back()
            drawn = self._from_reply(entry, job, provider, turn)
        except BaseException:
            self._purse.settle(provider.surface, counted, estimate.micros or 0)
            raise
        micros = drawn.usage_cost.micros if drawn.usage_cost else estimate.micros or 0
        self._purse.settle(provider.surface, counted, micros)
        return drawn

    def _from_reply(self, entry: Entry, job: Job, provider: Provider, turn: Turn) -> Drawn:
        """The checked picture in a stored reply, whether it came now or in a killed run."""
        found = self._answers.read(entry, provider, turn)
        if found.comes_later:
            turn.drops_image()
            fetched = self._exchange.poll(entry, provider, found.answer.response_id)
            return self._from_reply(fetched, job, provider, turn)
        picture, received = self._answers.picture(
            entry, provider, found=found, room=turn, download=self._exchange.download
        )
        others = [originals.keep(self.root, one) for one in found.answer.pictures[1:]]
        return evidence.drawn(
            entry=entry,
            wish=job.wish,
            provider=provider,
            answer=found.answer,
            checked=picture,
            received=received,
            others=others,
            catalog=self.conditions.catalog,
        )

    def _commissioned(self, job: Job) -> Drawn:
        """The picture that Codex draws on plan credits."""
        job.refuse()
        self._purse.take(codex.SURFACE, _estimate(job.wish, codex.SURFACE, self.conditions))
        return codex.draw(job, self.conditions, journal=self._journal, stop=self.stop)

    # -- providers ---------------------------------------------------------------------------------

    def _provider(self, route: str) -> Provider:
        """The provider of a route. Raises RoutingError or TrustError."""
        return self.conditions.provider(route, self.channels.get(route.removeprefix("gateway:")))

    def _provider_of(self, entry: Entry) -> Provider:
        """Who answered a stored reply, even if the configuration has changed since."""
        try:
            provider = self._provider(entry.route)
        except AssetgenError:
            provider = None
        if provider is not None and provider.host == entry.origin:
            return provider
        return _as_stated(entry)


def _priced(decision: Decision, conditions: Conditions) -> Decision:
    """The decision with the price of drawing, even if it is drawn only because of --force."""
    estimate = _estimate(decision.wish, decision.estimate.surface, conditions)
    return decision.but(estimate=estimate)


def _estimate(wish: Wish, surface: str, conditions: Conditions) -> Estimate:
    return decide.estimate(wish, Action.DRAW, surface=surface, catalog=conditions.the_catalog)


def _as_stated(entry: Entry) -> Provider:
    """Who answered a stored reply, as the log says."""
    gateway = entry.evidence.get("route", {}).get("gateway") or {}
    return Provider(
        surface=entry.surface,
        base_url=f"https://{entry.origin}",
        profile=PROFILES.get(str(gateway.get("profile")), OPENAI),
        key_env=None,
        name=gateway.get("name"),
    )


def _counted(
    purse: limits.Purse, surface: str, estimate: Estimate, usage: Amount | None
) -> Estimate:
    """Count the usage in a reply in place of ``estimate``; returns what counts for it now."""
    if usage is None:
        return estimate
    purse.settle(surface, estimate, usage.micros)
    return replace(estimate, micros=usage.micros)


def _is_pending(entry: Entry) -> bool:
    """Whether an answer can be fetched for it by its id."""
    return entry.fate is Fate.SENT and entry.response_id is not None


def _open_purchase(entry: Entry, wish: Wish) -> UnknownOutcome:
    """The error for a picture that may be paid for and is not bought again unless it is forced."""
    note = (entry.note or "").replace("; it may have been billed", "")
    known = f": {note}" if note else ", and the outcome is unknown"
    former = f"as asset {entry.asset_id} " if entry.asset_id != wish.asset.id else ""
    return UnknownOutcome(
        f"it was requested {former}from {entry.origin} on {entry.began}{known}; "
        "it may have been billed and is not bought again by itself",
        cure=advice(
            "{generate} (buys it again), or {doctor}",
            generate=command("assetgen generate {id} --force", id=wish.asset.id),
            doctor=command("assetgen doctor"),
        ),
    )
