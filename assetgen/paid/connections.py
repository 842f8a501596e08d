"""One connection and one rate limit for each bill of a run."""

from __future__ import annotations

import threading

from assetgen.cure import advice, command
from assetgen.errors import RoutingError
from assetgen.paid import learnt_rates, provider_errors
from assetgen.paid.rate_limit import Pace
from assetgen.paid.transport import Line, NotSent
from assetgen.settings.conditions import Conditions
from assetgen.settings.provider import Provider


class Connections:
    """One connection and one rate limit for each bill."""

    def __init__(self, conditions: Conditions, stop: threading.Event) -> None:
        self._conditions = conditions
        self._stop = stop
        self._lock = threading.Lock()
        self._lines: dict[str, Line] = {}
        self._paces: dict[str, Pace] = {}

    def line(self, provider: Provider) -> Line:
        with self._lock:
            return self._lines.setdefault(
                provider.surface, Line(provider, self._conditions.patience)
            )

    def pace(self, provider: Provider) -> Pace:
        with self._lock:
            if provider.surface not in self._paces:
                self._paces[provider.surface] = self._new_pace(provider)
            return self._paces[provider.surface]

    def _new_pace(self, provider: Provider) -> Pace:
        """The user's own limit, or else the one that the provider stated in an earlier run."""
        conditions = self._conditions
        limit = conditions.config.limit(provider.surface).images_per_minute
        learnt = None if limit else learnt_rates.read(provider, conditions)
        return Pace(
            limit or learnt,
            self._stop,
            keep=lambda per_minute: learnt_rates.keep(provider, conditions, per_minute),
        )


def unreachable(provider: Provider, exc: NotSent, comes_later: str | None = None) -> RoutingError:
    """The error for a request that could not leave; ``comes_later`` is what can be fetched."""
    what = f"{provider.host} cannot be reached: {provider_errors.safe(str(exc), provider)}; "
    cure = exc.cure or advice(
        "check the network, the address and the proxy: {doctor}", doctor=command("assetgen doctor")
    )
    if comes_later is None:
        return RoutingError(f"{what}nothing was sent and nothing was billed", cure=cure)
    what = f"{what}{comes_later} is not lost"
    return RoutingError(
        what,
        cure=advice(
            "{cure}; then: {generate}", cure=cure, generate=command("assetgen generate --resume")
        ),
    )
