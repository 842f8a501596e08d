"""Answers that come later: a response is asked for by its id until it has ended."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

from assetgen.cure import advice, command
from assetgen.errors import AssetgenError, UnknownOutcome
from assetgen.fs import store
from assetgen.paid import answers, evidence, provider_errors, replies
from assetgen.paid.connections import Connections, unreachable
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.paid.replies import Unreadable
from assetgen.paid.transport import Lost, NotSent, Refused
from assetgen.plan import routing
from assetgen.plan.routing import Answer
from assetgen.settings.gateway_profiles import PROFILES
from assetgen.settings.provider import Provider

_FIRST_POLL, _SLOWEST_POLL = 0.5, 5.0
#: Statuses by which a provider says that it does not have a response, or does not hand it out.
_NOT_THERE = (404, 405, 410)


class LateAnswers:
    """Fetches responses by their ids, at no cost. Threads may share it."""

    def __init__(
        self, journal: Journal, connections: Connections, patience: float, stop: threading.Event
    ) -> None:
        self._journal = journal
        self._connections = connections
        self._patience = patience
        self._stop = stop

    def poll(self, entry: Entry, provider: Provider, response_id: str | None = None) -> Entry:
        """Ask for a response by its id until it has ended; ``response_id`` is an id to note first.

        Returns the entry with its stored reply. Raises AssetgenError; the entry stays open, except
        if the provider does not have the response or if it cannot be used.
        """
        if response_id is not None:
            self._journal.identified(entry.number, response_id)
            self._journal.attempt(entry.number, Fate.SENT, entry.attempts)
            entry = replace(entry, response_id=response_id)
        return self._polled(entry, provider)

    def _polled(self, entry: Entry, provider: Provider) -> Entry:
        pause, left = _FIRST_POLL, 2 * self._patience
        while True:
            if self._asked_again(entry, provider, is_last=left <= 0):
                return self._journal.entry(entry.number)
            if left <= 0 or self._stop.wait(pause):
                raise UnknownOutcome(
                    f"{named(entry)} is not finished yet",
                    cure=command("assetgen generate --resume"),
                )
            left -= pause
            pause = min(pause * 1.5, _SLOWEST_POLL)

    def _asked_again(self, entry: Entry, provider: Provider, *, is_last: bool) -> bool:
        """Ask for a response once; whether it has ended and is stored."""
        file = self._journal.file(entry.number)
        try:
            reply = self._connections.line(provider).get(_path(entry, provider), file)
            answer = routing.load_lane(entry.lane).read(answers.stored(file), streamed=False)
        except Refused as exc:
            if exc.status < 500 and exc.status not in (408, 429):
                raise self._unfetched(entry, provider, exc) from None
            return False
        except OSError as exc:  # the answer cannot be stored; it can still be fetched by its id
            raise store.explained(exc, self._journal.shown_reply(entry.number)) from exc
        except (NotSent, Lost, Unreadable) as exc:
            if isinstance(exc, Unreadable) and exc.is_whole:
                raise answers.fruitless(self._journal, entry, provider=provider, exc=exc) from None
            if isinstance(exc, NotSent) and exc.cure:
                raise unreachable(provider, exc, named(entry)) from None
            if is_last:
                why = f"{named(entry)}: {exc}"
                raise provider_errors.unknown(provider, why) from None
            return False
        return self._ended(entry, answer, status=reply.status, headers=reply.headers)

    def _ended(self, entry: Entry, answer: Answer, status: int, headers: Mapping[str, str]) -> bool:
        if answer.is_pending:
            return False
        meta = {"status": status, "headers": dict(headers), "fetched": True}
        self._journal.answered(entry.number, entry.attempts, meta)
        return True

    def _unfetched(self, entry: Entry, provider: Provider, exc: Refused) -> AssetgenError:
        """The error for a response that is not handed out; its entry ends only if it is gone."""
        stated = replies.error(exc.body).get("message") or f"status {exc.status}"
        why = f"{named(entry)} cannot be fetched: {stated}"
        error = provider_errors.unknown(provider, why, evidence.request_id(provider, exc.headers))
        if exc.status in _NOT_THERE and entry.lane != "tasks":  # a wrong path of tasks says so too
            self._journal.end(entry.number, Fate.FRUITLESS, provider_errors.safe(why, provider))
            return error
        cure = advice(
            "fix that, then fetch it: {generate}", generate=command("assetgen generate --resume")
        )
        return UnknownOutcome(error.what, cure=cure)


def named(entry: Entry) -> str:
    """What is asked for by the id of an entry, for people."""
    return f"{'task' if entry.lane == 'tasks' else 'response'} {entry.response_id}"


def _path(entry: Entry, provider: Provider) -> str:
    """Where the answer of an entry is asked for, below the base URL."""
    if entry.lane == "tasks":
        gateway = entry.evidence.get("route", {}).get("gateway") or {}
        bought = PROFILES.get(str(gateway.get("profile")), provider.profile)
        return replace(provider, profile=bought).task_path(entry.response_id or "")
    return f"/responses/{entry.response_id}"
