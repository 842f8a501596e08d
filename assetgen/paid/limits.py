"""What a run may put on each bill: asked before the first request, and again as usage comes in."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from assetgen.errors import TrustError
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Decision
from assetgen.settings.config import Config


def refuse_excess(decisions: Sequence[Decision], config: Config) -> None:
    """Raise TrustError if drawing all of ``decisions`` would pass a limit; nothing is sent then."""
    bills: dict[str, list[Estimate]] = {}
    for decision in decisions:
        bills.setdefault(decision.estimate.surface, []).append(decision.estimate)
    for surface, estimates in sorted(bills.items()):
        limit = config.limit(surface)
        if len(estimates) > limit.images:
            what = f"{len(estimates)} pictures would be bought on {surface}, and one run may buy {limit.images}"
            raise _excess(what, surface, config, f"images = {len(estimates)}")
        dollars = sum(e.micros or 0 for e in estimates) / 1e6
        if dollars > limit.per_run_usd:
            what = f"about ${dollars:.2f} would go on {surface}, and one run may spend ${limit.per_run_usd:.2f}"
            raise _excess(what, surface, config, f"per_run_usd = {dollars:.2f}")


def _excess(what: str, surface: str, config: Config, line: str) -> TrustError:
    place = config.path or "~/.config/assetgen/config.toml"
    cure = f'name fewer assets, or put "{surface}" = {{ {line} }} under [limits] in {place}'
    return TrustError(f"{what}; nothing was sent", cure=cure)


def excess(decisions: Sequence[Decision], config: Config) -> list[str]:
    """What ``refuse_excess`` would say of ``decisions``, for a plan."""
    try:
        refuse_excess(decisions, config)
    except TrustError as exc:
        return [exc.what.replace("; nothing was sent", ""), f"cure: {exc.cure}"]
    return []


class Purse:
    """What is left of the limits while a run goes on. May be used from several threads."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._used: dict[
            str, int
        ] = {}  # micros: what replies have stated, and the estimates of what is under way
        self._images: dict[str, int] = {}

    def take(self, surface: str, estimate: Estimate) -> None:
        """Take one picture out. Raises TrustError if what is used and under way leaves no room for it."""
        limit = self._config.limit(surface)
        with self._lock:
            images, used = self._images.get(surface, 0), self._used.get(surface, 0)
            if images >= limit.images or used + (estimate.micros or 0) > limit.per_run_usd * 1e6:
                what = f"this run has used what it may on {surface}: {images} pictures, ${used / 1e6:.2f}"
                raise _excess(what, surface, self._config, "per_run_usd = MORE")
            self._images[surface] = images + 1
            self._used[surface] = used + (estimate.micros or 0)

    def settle(self, surface: str, estimate: Estimate, micros: int | None) -> None:
        """Put what a reply says was used in the place of its estimate, which stays where nothing is said."""
        if micros is not None:
            with self._lock:
                self._used[surface] = self._used.get(surface, 0) - (estimate.micros or 0) + micros
