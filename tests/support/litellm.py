"""A real LiteLLM proxy."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.place import Place
from tests.support.provider import Provider, Seen
from tests.support.shop import Shop

MASTER = "sk-master-0123456789"


@dataclass
class Lite:
    """One running proxy and the provider behind it."""

    url: str
    upstream: Provider

    def reset(self) -> Lite:
        """Itself, without requests and faults of earlier tests."""
        self.upstream.requests.clear()
        while self.upstream.take("POST", ""):
            pass
        return self

    @property
    def asked(self) -> list[Seen]:
        """The paid requests that reached the provider since the test began."""
        return [seen for seen in self.upstream.requests if seen.method == "POST"]


def customer(place: Place, proxy: Lite, key: str = MASTER) -> Shop:
    """A project whose assets go to ``proxy`` with ``key``."""
    shop = Shop(place, proxy.upstream)
    shop.gateway("lite", "litellm", base_url=proxy.url)
    shop.environ |= {
        "GATEWAY_KEY": key,
        "OPENAI_ORG_ID": "org-canary",
        "OPENAI_PROJECT_ID": "proj-canary",
        "OPENAI_CUSTOM_HEADERS": "X-Canary: custom-canary",
    }
    return shop
