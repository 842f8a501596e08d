"""The user's limits for each bill: checked before the first request, and again during a run."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from assetgen.cure import advice
from assetgen.errors import TrustError
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Decision
from assetgen.settings.config import Config
from assetgen.text import count


def refuse_excess(decisions: Sequence[Decision], config: Config) -> None:
    """Raise TrustError if generating all of ``decisions`` would exceed a limit; nothing is sent."""
    bills: dict[str, list[Estimate]] = {}
    for decision in decisions:
        bills.setdefault(decision.estimate.surface, []).append(decision.estimate)
    for surface, estimates in sorted(bills.items()):
        limit = config.limit(surface)
        images = sum(one.images for one in estimates)
        if images > limit.images:
            what = (
                f"this would buy {count(images, 'image')} on {surface}; "
                f"the limit for one run is {limit.images}"
            )
            raise _excess(what, surface, config, line=f"images = {images}")
        dollars = sum(e.micros or 0 for e in estimates) / 1e6
        if dollars > limit.per_run_usd:
            what = (
                f"this would spend about ${dollars:.2f} on {surface}; "
                f"the limit for one run is ${limit.per_run_usd:.2f}"
            )
            raise _excess(what, surface, config, line=f"per_run_usd = {dollars:.2f}")


def _excess(what: str, surface: str, config: Config, *, line: str) -> TrustError:
    place = config.path or "~/.config/assetgen/config.toml"
    cure = advice(
        'name fewer assets, or put "{surface}" = {{ {line} }} under [limits] in {place}',
        surface=surface,
        line=line,
        place=place,
    )
    return TrustError(f"{what}; nothing was sent", cure=cure)


def excess(decisions: Sequence[Decision], config: Config) -> list[str]:
    """The lines of the error that ``refuse_excess`` would raise for ``decisions``, for a plan."""
    try:
        refuse_excess(decisions, config)
    except TrustError as exc:
        return [exc.what.replace("; nothing was sent", ""), f"cure: {exc.cure}"]
    return []


class Purse:
    """What is left of the limits during a run. Threads may share it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._used: dict[str, int] = {}
        """Micros by bill: the usage in replies, and the estimates of open requests."""
        self._images: dict[str, int] = {}

    def take(self, surface: str, estimate: Estimate) -> None:
        """Count the images of a request. Raises TrustError if that would exceed a limit."""
        limit = self._config.limit(surface)
        with self._lock:
            images, used = self._images.get(surface, 0), self._used.get(surface, 0)
            if (
                images + estimate.images > limit.images
                or used + (estimate.micros or 0) > limit.per_run_usd * 1e6
            ):
                what = (
                    f"this run has reached its limit on {surface}: "
                    f"{count(images, 'image')}, ${used / 1e6:.2f}"
                )
                raise _excess(what, surface, self._config, line="per_run_usd = MORE")
            self._images[surface] = images + estimate.images
            self._used[surface] = used + (estimate.micros or 0)

    def settle(self, surface: str, estimate: Estimate, micros: int | None) -> None:
        """Replace an estimate by the usage in the reply; keep it if the reply states none."""
        if micros is not None:
            with self._lock:
                self._used[surface] = self._used.get(surface, 0) - (estimate.micros or 0) + micros
