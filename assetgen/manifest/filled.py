"""What [defaults] and the route say for keys that an asset leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from assetgen import route_names
from assetgen.manifest import grounds, presets, weight
from assetgen.manifest.key_types import Fit
from assetgen.manifest.schema import Asset, Defaults, Manifest, normal


def with_defaults(manifest: Manifest) -> Manifest:
    """``manifest`` with what each asset has from [defaults], its style, its size and [check].

    The grounds of assets are the last ones.
    """
    assets = tuple(grounds.with_ground(_filled(asset, manifest)) for asset in manifest.asset)
    return with_grounds(msgspec.structs.replace(manifest, asset=assets))


def with_grounds(manifest: Manifest) -> Manifest:
    """``manifest`` with the assets of its grounds after all others."""
    painted = grounds.grounds(manifest.asset, manifest.defaults)
    if not painted:
        return manifest
    more = tuple(_filled(one, manifest) for one in painted)
    return msgspec.structs.replace(manifest, asset=(*manifest.asset, *more))


def _filled(asset: Asset, manifest: Manifest) -> Asset:
    defaults = manifest.defaults
    return msgspec.structs.replace(
        asset,
        route=_route(asset, defaults),
        fit=_fit(asset, defaults),
        style=asset.style or defaults.style,
        candidates=_candidates(asset, defaults),
        max_kb=_max_kb(asset, manifest),
        inputs=_inputs(asset, manifest),
        prompt=normal(asset.prompt),
    )


def _route(asset: Asset, defaults: Defaults) -> str | None:
    """The route that draws an asset; its placeholder is drawn here, so a draft is never bought.

    A ground without a route that paints has none, which is a mistake.
    """
    if asset.draft and asset.route != route_names.ADOPTED:
        return "local"
    return asset.route or (None if isinstance(asset, grounds.Painted) else defaults.route)


def _max_kb(asset: Asset, manifest: Manifest) -> int | None:
    """The limit for its files; the ground of a cover has none, because no page shows it."""
    return None if isinstance(asset, grounds.Painted) else weight.max_kb(asset, manifest)


def _candidates(asset: Asset, defaults: Defaults) -> int | None:
    """That of the asset; [defaults] is for what is painted, of which there can be several."""
    is_painted = _route(asset, defaults) not in ("local", route_names.ADOPTED)
    return defaults.candidates if asset.candidates is None and is_painted else asset.candidates


def _inputs(asset: Asset, manifest: Manifest) -> tuple[str, ...]:
    """Those of the asset, then the references of its style if it is painted.

    An asset that is a reference of its style itself gets the files and the assets before it, so
    that there is no circle.
    """
    style = manifest.style.get(asset.style or manifest.defaults.style or "")
    references = style.references if style else ()
    if not references or _route(asset, manifest.defaults) in ("local", route_names.ADOPTED):
        return asset.inputs
    own = f"@{asset.id}"
    if own in references:
        at = references.index(own)
        references = tuple(
            one for n, one in enumerate(references) if n < at or not one.startswith("@")
        )
    new = (one for one in dict.fromkeys(references) if one not in asset.inputs and one != own)
    return (*asset.inputs, *new)


def _fit(asset: Asset, defaults: Defaults) -> Fit | None:
    """That of the asset; a painted image of a preset is fitted to its size."""
    preset = presets.find(asset.size)
    if asset.fit is not None or preset is None or _route(asset, defaults) == "local":
        return asset.fit
    return Fit(preset.width, preset.height)


def without_kinds(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The TOML ``document``, in which adopted assets without a kind have the kind ""."""
    assets = document.get("asset")
    if not isinstance(assets, list):
        return document
    return {**document, "asset": [_with_kind(asset) for asset in assets]}


def _with_kind(asset: Any) -> Any:
    is_adopted = isinstance(asset, dict) and asset.get("route") == route_names.ADOPTED
    return {**asset, "kind": ""} if is_adopted and "kind" not in asset else asset
