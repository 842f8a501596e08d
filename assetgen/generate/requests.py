"""One paid request for an image, or for several: it is sent and stored once, and read."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assetgen.errors import AssetgenError
from assetgen.fs import originals
from assetgen.generate.outcome import Observer
from assetgen.generate.slots import Turn
from assetgen.paid import evidence, limits
from assetgen.paid.answers import Answers
from assetgen.paid.exchange import Exchange
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.plan import estimates, routing
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action
from assetgen.plan.routing import Drawn, Job
from assetgen.plan.wish import Wish
from assetgen.record.schema import Amount
from assetgen.routes import codex
from assetgen.settings.conditions import Conditions
from assetgen.settings.gateway_profiles import OPENAI, PROFILES
from assetgen.settings.provider import Provider

#: Keys of the evidence of a purchase of candidates: its own name, and how many it asks for.
TOKEN, IMAGES = "token", "images"


@dataclass(frozen=True)
class Part:
    """What one request brought: the record of its first image, and the bytes of all of them."""

    drawn: Drawn
    originals: tuple[bytes, ...] = field(repr=False)


def images_of(entry: Entry) -> int:
    """How many images a purchase asked for."""
    stated = entry.evidence.get(IMAGES, 1)
    return stated if isinstance(stated, int) and 0 < stated <= 100 else 1


class Requests:
    """The requests of one run. Its methods may be called from several threads."""

    def __init__(
        self,
        root: Path,
        conditions: Conditions,
        channels: Mapping[str, str | None],
        journal: Journal,
        watcher: Observer,
        stop: threading.Event,
    ) -> None:
        """When ``stop`` is set, nothing new is sent; ``channels`` are those of gateways."""
        self.root, self.conditions, self.channels = root, conditions, channels
        self.stop = stop
        self._journal = journal
        self._purse = limits.Purse(conditions.config)
        self.answers = Answers(journal)
        self._exchange = Exchange(journal, conditions, watcher=watcher, stop=stop)

    def received(self, entry: Entry, job: Job, turn: Turn) -> Part | None:
        """All images of a purchase that is paid for already; None if there is nothing to be had.

        Raises an AssetgenError that says why there is no image.
        """
        if entry.route == "codex":
            found = codex.settle(entry, job.wish, self.conditions)
            return None if found is None else Part(found, (found.original,))
        if entry.fate is Fate.ANSWERED:
            return self.part(entry, job, self.provider_of(entry), turn)
        route = job.wish.asset.route or ""
        if not is_pending(entry) or route == "codex":
            return None
        provider = self.provider(route).with_key()
        if entry.origin != provider.host:
            return None
        return self.part(self._exchange.poll(entry, provider), job, provider, turn)

    def buy(self, job: Job, turn: Turn, token: str) -> Part:
        """The images of one new request, which the log calls ``token``. It waits for ``turn``.

        Raises what ``draw`` raises.
        """
        try:
            turn.take()
            route, more = job.wish.asset.route or "", {TOKEN: token, IMAGES: job.wish.asset.images}
            if route == "codex":
                drawn = self.commissioned(job, more)
                return Part(drawn, (drawn.original,))
            return self.bought(job, self.provider(route).with_key(), turn, more)
        finally:
            turn.give_back()

    def per_request(self, job: Job) -> int:
        """How many images one request for ``job`` can ask for."""
        route = job.wish.asset.route or ""
        return 1 if route == "codex" else routing.per_request(job, self.provider(route))

    def poll(self, entry: Entry, provider: Provider) -> Entry:
        """The entry with the answer that is fetched by its id."""
        return self._exchange.poll(entry, provider)

    def bought(
        self, job: Job, provider: Provider, turn: Turn, more: Mapping[str, Any] = {}
    ) -> Part:
        wish = job.wish
        job.refuse()
        request = routing.paid_request(job, provider)
        estimate = counted = estimated(wish, provider.surface, self.conditions)
        self._purse.take(provider.surface, estimate)
        try:
            entry = self._exchange.send(wish, provider, request, more)
            if early := self.answers.without_images(entry):
                usage = evidence.usage_cost(entry, early, self.conditions.catalog)
                counted = _counted(self._purse, provider.surface, estimate, usage)
                turn.give_back()
            part = self.part(entry, job, provider, turn)
        except BaseException:
            self._purse.settle(provider.surface, counted, estimate.micros or 0)
            raise
        usage = part.drawn.usage_cost
        micros = usage.micros if usage else estimate.micros or 0
        self._purse.settle(provider.surface, counted, micros)
        return part

    def part(self, entry: Entry, job: Job, provider: Provider, turn: Turn) -> Part:
        """The images in a stored reply, the first one checked, whenever the reply came."""
        found = self.answers.read(entry, provider, turn)
        if found.comes_later:
            turn.drops_image()
            fetched = self._exchange.poll(entry, provider, found.answer.response_id)
            return self.part(fetched, job, provider, turn)
        picture, received = self.answers.picture(
            entry, provider, found=found, room=turn, download=self._exchange.download
        )
        others = [originals.keep(self.root, one) for one in found.answer.pictures[1:]]
        drawn = evidence.drawn(
            entry=entry,
            wish=job.wish,
            provider=provider,
            answer=found.answer,
            checked=picture,
            received=received,
            others=others,
            catalog=self.conditions.catalog,
        )
        more = found.answer.pictures[1:]
        if images_of(entry) > 1 and not found.answer.pictures:
            more = self.answers.others(entry, provider, found.answer, self._exchange.download)
        return Part(drawn, (picture.original, *more))

    def commissioned(self, job: Job, more: Mapping[str, Any] = {}) -> Drawn:
        """The picture that Codex draws on plan credits."""
        job.refuse()
        self._purse.take(codex.SURFACE, estimated(job.wish, codex.SURFACE, self.conditions))
        return codex.draw(job, self.conditions, journal=self._journal, stop=self.stop, more=more)

    # -- providers ---------------------------------------------------------------------------------

    def provider(self, route: str) -> Provider:
        """The provider of a route. Raises RoutingError or TrustError."""
        return self.conditions.provider(route, self.channels.get(route.removeprefix("gateway:")))

    def provider_of(self, entry: Entry) -> Provider:
        """Who answered a stored reply, even if the configuration has changed since."""
        try:
            provider = self.provider(entry.route)
        except AssetgenError:
            provider = None
        if provider is not None and provider.host == entry.origin:
            return provider
        return _as_stated(entry)


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


def estimated(wish: Wish, surface: str, conditions: Conditions) -> Estimate:
    return estimates.estimate(wish, Action.DRAW, surface=surface, catalog=conditions.the_catalog)


def is_pending(entry: Entry) -> bool:
    """Whether an answer can be fetched for it by its id."""
    return entry.fate is Fate.SENT and entry.response_id is not None
