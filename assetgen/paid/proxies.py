"""The proxy through which requests to a provider go."""

from __future__ import annotations

import httpx2

from assetgen.settings.config import wrong_proxy
from assetgen.settings.provider import Provider


def transport(provider: Provider, limits: httpx2.Limits) -> httpx2.HTTPTransport | None:
    """The transport through a proxy, if there is one. Raises ValueError if it has no address."""
    if not (named := proxy(provider)):
        return None
    if wrong := wrong_proxy(named):
        raise ValueError(wrong)
    trust = provider.trusts_environment and not provider.proxy
    return httpx2.HTTPTransport(trust_env=trust, limits=limits, proxy=named)


def proxy(provider: Provider) -> str | None:
    """The proxy that a gateway's configuration names; for OpenAI, the one of the environment."""
    if provider.proxy or not provider.trusts_environment:
        return provider.proxy
    import urllib.request

    named = urllib.request.getproxies()
    found = named.get("https") or named.get("all")
    if not found or urllib.request.proxy_bypass(httpx2.URL(provider.base_url).host):
        return None
    return found
