"""Paid once: a picture from a paid route.

Its entry is durable before the request leaves. Its reply is stored before anything else is done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import AssetgenError, UnknownOutcome
from assetgen.generate.outcome import Observer
from assetgen.generate.requests import Requests, estimated, images_of, is_pending
from assetgen.generate.slots import Slots, Turn
from assetgen.paid import late_answers, limits
from assetgen.paid.answers import recover
from assetgen.paid.claims import Claims
from assetgen.paid.journal import OPEN, Entry, Fate, Journal
from assetgen.plan import estimates
from assetgen.plan.decide import Action, Decision
from assetgen.plan.routing import Drawn, Job, NotBegun
from assetgen.plan.wish import Wish
from assetgen.record.record import Record
from assetgen.routes import codex
from assetgen.settings.conditions import Conditions
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
        self.requests = Requests(
            self.root,
            self.conditions,
            self.channels,
            journal=self._journal,
            watcher=self.observer,
            stop=self.stop,
        )

    def close(self) -> None:
        self.requests.answers.close()
        self._journal.close()

    # -- before anything is sent -------------------------------------------------------------------

    def refuse_excess(self, decisions: Iterable[Decision]) -> None:
        """Raise TrustError if buying all of ``decisions`` would pass a limit of the user's."""
        left = [(d, self.left_to_buy(d)) for d in decisions]
        to_pay = [_priced(d, number, self.conditions) for d, number in left if number]
        limits.refuse_excess(to_pay, self.conditions.config)

    def _is_paid_for(self, wish: Wish) -> bool:
        """Whether a picture is free: a reply is stored, or an answer can be fetched by its id."""
        known = self._open(wish)
        return any(entry.fate is Fate.ANSWERED or is_pending(entry) for entry in known)

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
            *(entry for key in wish.keys for entry in self._journal.open(key)),
            *(one for one in inherited if one.fate in OPEN and one.want not in wish.keys),
        ]

    def forget_placed(self, wish: Wish, known: Record) -> None:
        """End the entries whose picture is in place because a killed run could not end them.

        ``known`` is the record in place, or of an image before a step that is kept.
        """
        received = [known.original, *received_by(known)]
        for entry in (one for key in wish.keys for one in self._journal.open(key)):
            if entry.fate is Fate.ANSWERED and any(
                self._contains(entry, digest) for digest in received if digest
            ):
                self._journal.end(entry.number, Fate.PLACED)

    def _contains(self, entry: Entry, original: str) -> bool:
        if entry.route == "codex":
            return codex.left(entry, self.conditions) == original
        return self.requests.answers.contains(entry, original)

    # -- one picture -------------------------------------------------------------------------------

    def open_of(self, wish: Wish) -> list[Entry]:
        """The purchases of an image that may be billed and are not in place, oldest first."""
        return self._open(wish)

    def left_to_buy(self, decision: Decision) -> int:
        """How many images are still to be bought for a decision, if nothing fails."""
        wish = decision.wish
        if self.only_settles or (decision.action is Action.CHOOSE and not self.force):
            return 0
        known = self._open(wish)
        if self.force:
            known = [one for one in known if one.fate is Fate.ANSWERED or is_pending(one)]
        if wish.asset.images == 1:
            return int(not known)
        return max(0, wish.asset.images - sum(map(images_of, known)))

    def entry(self, number: int) -> Entry:
        """A purchase in the log."""
        return self._journal.entry(number)

    def dismiss(self, entry: Entry) -> None:
        """Note that the user has bought again what this purchase was for."""
        self._journal.end(entry.number, Fate.DISMISSED, "bought again")

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
        provider = None if route == "codex" else self.requests.provider(route).with_key()
        if known and not self.force:
            raise open_purchase(known[-1], job.wish, provider)
        if self.only_settles:
            raise NotBegun
        drawn = (
            self.requests.bought(job, provider, turn).drawn
            if provider
            else self.requests.commissioned(job)
        )
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
                return self.requests.part(entry, job, self.requests.provider_of(entry), turn).drawn
        route = job.wish.asset.route or ""
        pending = [entry for entry in known if is_pending(entry) and entry.route != "codex"]
        if route == "codex" or not pending:
            return None
        provider = self.requests.provider(route).with_key()
        for entry in pending:
            if entry.origin == provider.host:
                fetched = self.requests.poll(entry, provider)
                return self.requests.part(fetched, job, provider, turn).drawn
        return None


def received_by(known: Record) -> Iterator[str]:
    """sha256 (hex) of what a model returned, where the outside of a mask was put back in it."""
    for step in known.steps:
        if isinstance(received := step.get("received"), str):
            yield received.removeprefix("sha256:")


def _priced(decision: Decision, images: int, conditions: Conditions) -> Decision:
    """The decision with the price of some images, even if they are bought because of --force."""
    estimate = estimated(
        estimates.for_images(decision.wish, images), decision.estimate.surface, conditions
    )
    return decision.but(estimate=estimate)


def open_purchase(entry: Entry, wish: Wish, provider: Provider | None = None) -> UnknownOutcome:
    """The error for a picture that may be paid for and is not bought again unless it is forced."""
    if is_pending(entry) and provider is not None and provider.host != entry.origin:
        return UnknownOutcome(
            f"it was requested by {entry.route} from {entry.origin} on {entry.began} "
            f"({late_answers.named(entry)}), and {wish.asset.route} leads to {provider.host}; "
            "nothing was sent, and it is not bought again by itself",
            cure=advice(
                "give {route} the address at {origin} again, then: {resume}",
                resume=command("assetgen generate --resume"),
                route=wish.asset.route or "",
                origin=entry.origin,
            ),
        )
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
