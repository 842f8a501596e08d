"""What was read before about the models of gateways; nothing is sent for it."""

from __future__ import annotations

from collections.abc import Callable

from assetgen.errors import AssetgenError
from assetgen.manifest.schema import Manifest
from assetgen.settings.conditions import Conditions
from assetgen.settings.descriptors import Descriptor


def finder(
    manifest: Manifest, conditions: Conditions | None
) -> Callable[[str, str], Descriptor | None]:
    """A function that gives what the gateway of a route published about a model."""

    def find(route: str, model: str) -> Descriptor | None:
        if conditions is None or not conditions.are_described(route):
            return None
        gateway = manifest.gateway.get(route.removeprefix("gateway:"))
        try:
            provider = conditions.provider(route, gateway.channel if gateway else None)
        except AssetgenError:  # it is reported where something would be sent
            return None
        return conditions.described(provider, model)

    return find
