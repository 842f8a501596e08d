"""A project that buys images from a provider on loopback, in this process or by the command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.generate.outcome import Observer, Outcome
from assetgen.paid.journal import Entry, Journal
from assetgen.settings import config
from assetgen.settings.conditions import Conditions
from assetgen.settings.config import Config
from tests.support.place import Place, Ran
from tests.support.provider import Provider, Seen

WHEN = "2026-11-23T12:00:00Z"
PLANE = """
[[asset]]
id = "{id}"
kind = "cover"
path = "public/{id}.png"
alt = "A paper plane"
route = "{route}"
prompt = "A paper plane leaving an open notebook"
size = "1024x1024"
quality = "low"
{more}
"""


def posts(provider: Provider) -> list[Seen]:
    """The paid requests that a provider received."""
    return [seen for seen in provider.requests if seen.method == "POST"]


class Shop:
    """One project and one provider; ``route`` is the default route of its assets."""

    def __init__(self, place: Place, provider: Provider, route: str = "images") -> None:
        self.place = place
        self.provider = provider
        self.route = route
        self.environ = {
            **place.environ,
            "OPENAI_API_KEY": provider.key,
            "OPENAI_BASE_URL": provider.url,
        }
        self.user_config = ""

    def wants(self, *ids: str, more: str = "", model: str | None = None) -> None:
        """Write a manifest with one asset for each id."""
        gateway = f"[gateway.{self.route[8:]}]\n" if self.route.startswith("gateway:") else ""
        named = model or ("gpt-image-2" if gateway else None)
        lines = more + (f'\nmodel = "{named}"' if named else "")
        assets = "".join(
            PLANE.format(id=asset_id, route=self.route, more=lines) for asset_id in ids
        )
        self.place.manifest(gateway + assets)

    def gateway(self, name: str = "g", profile: str = "openai", **more: Any) -> None:
        """Configure the provider as a gateway of the user, and use it for the assets."""
        self.route = f"gateway:{name}"
        rows = {"base_url": self.provider.url, "key_env": "GATEWAY_KEY", "profile": profile, **more}
        self.user_config += f"[gateway.{name}]\n" + "".join(
            f"{k} = {json.dumps(v)}\n" for k, v in rows.items() if v
        )
        self.environ |= {
            "GATEWAY_KEY": self.provider.key,
            "OPENAI_API_KEY": "sk-canary-OPENAI-ONLY",
        }
        del self.environ["OPENAI_BASE_URL"]

    # -- in this process ---------------------------------------------------------------------------

    def conditions(
        self, patience: float = 5.0, environ: Mapping[str, str] | None = None
    ) -> Conditions:
        known = (
            config.parse(self.user_config.encode(), "config.toml") if self.user_config else Config()
        )
        return Conditions(environ or self.environ, known, lambda: WHEN, patience)

    def generate(
        self, *ids: str, observer: Observer | None = None, patience: float = 5.0, **options: Any
    ) -> Outcome:
        """Run generate here; its outcome."""
        how = Options(ids=ids, commit=False, **options)
        return performer.generate(
            self.place.root, how, self.environ, observer, self.conditions(patience)
        )

    def buys(self, *ids: str, **options: Any) -> dict[str, Any]:
        """Generate, which must succeed; the record of the first asset made."""
        outcome = self.generate(*ids, **options)
        assert not outcome.failed, [failure.error.what for failure in outcome.failed]
        record: dict[str, Any] = self.place.record(outcome.made[0].decision.asset.id)
        return record

    def fails(self, *ids: str, **options: Any) -> Any:
        """Generate, of which exactly one picture must fail; its error."""
        outcome = self.generate(*ids, **options)
        assert len(outcome.failed) == 1, outcome
        return outcome.failed[0].error

    def open_entries(self) -> list[Entry]:
        """What may have been billed and has no picture in place."""
        journal = Journal(self.place.root, lambda: WHEN)
        try:
            return journal.open()
        finally:
            journal.close()

    # -- by the real command -----------------------------------------------------------------------

    def run(self, *arguments: str, **environ: str) -> Ran:
        """Run the command with the provider and the user's configuration in its environment."""
        paid = {
            name: value for name, value in self.environ.items() if name not in self.place.environ
        }
        if self.user_config:
            path = self.place.root.parent / "config.toml"
            path.write_text(self.user_config)
            paid["ASSETGEN_CONFIG"] = str(path)
        return self.place.run(*arguments, **{**paid, **environ})
