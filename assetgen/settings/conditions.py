"""What a repository never decides: environment, user configuration, model catalogue, clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from assetgen.settings import catalog, config, provider
from assetgen.settings.catalog import Catalog
from assetgen.settings.config import Config
from assetgen.settings.descriptors import Descriptor, Descriptors
from assetgen.settings.gateway_profiles import PROFILES
from assetgen.settings.provider import Provider

#: Seconds without a byte before a paid request times out; complex prompts take two minutes.
PATIENCE = 600.0


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Conditions:
    """The terms of one run."""

    environ: Mapping[str, str]
    config: Config = field(default_factory=Config)
    clock: Callable[[], str] = _now
    """The time in UTC, as ISO 8601 to the second."""
    patience: float = PATIENCE

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue with the user's entries. Raises TrustError for an invalid entry."""
        return catalog.with_overrides(
            catalog.shipped(), self.config.model, where=self.config.path or ""
        )

    @cached_property
    def descriptors(self) -> Descriptors:
        """What services published about their models, as it was read before."""
        return Descriptors(self.environ)

    def are_described(self, route: str) -> bool:
        """Whether the gateway of ``route`` publishes what its models take."""
        account = self.config.gateway.get(route.removeprefix("gateway:"))
        if account is None or not route.startswith("gateway:"):
            return False
        return PROFILES[account.profile].describes is not None

    def described(self, provider: Provider, model: str | None) -> Descriptor | None:
        """What was read before about ``model`` at ``provider``; nothing is sent for it."""
        if provider.profile.describes is None or not model:
            return None
        return self.descriptors.find(provider.base_url, model, provider.channel)

    def the_catalog(self) -> Catalog:
        """``catalog`` as a function, so that it is loaded only when needed."""
        return self.catalog

    def today(self) -> date:
        """The date in UTC."""
        return date.fromisoformat(self.clock()[:10])

    def surface(self, route: str) -> str:
        """The bill that a route is charged to here."""
        return provider.surface(route, self.environ)

    def provider(self, route: str, channel: str | None = None) -> Provider:
        """Where a paid route's requests go. Raises RoutingError or TrustError."""
        return provider.resolve(route, channel, self.environ, self.config)


def load_conditions(
    environ: Mapping[str, str], root: Path, named: Path | None = None
) -> Conditions:
    """The terms as they are in this environment. Raises TrustError."""
    return Conditions(environ, config.load(environ, root, named))
