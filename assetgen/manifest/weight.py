"""What the files of an asset may weigh: the nearest max_kb. Pure."""

from __future__ import annotations

import msgspec

from assetgen.manifest import presets
from assetgen.manifest.schema import Asset, Manifest, Style


def max_kb(asset: Asset, manifest: Manifest) -> int | None:
    """The limit for each file of ``asset``, in kB; None if it has none.

    That of the asset itself. Without it the nearest of its style, [defaults] and [check], unless
    the networks that its size is for take less.
    """
    if asset.max_kb is not None:
        return asset.max_kb
    tables = (_style(asset, manifest).max_kb, manifest.defaults.max_kb, manifest.check.max_kb)
    stated = next((one for one in tables if one is not None), None)
    preset = presets.find(asset.size)
    return min((one for one in (stated, preset and preset.max_kb) if one), default=None)


def said_by(asset: Asset, manifest: Manifest) -> str:
    """What states the limit of ``asset``, for messages; ``max_kb`` has filled it in."""
    own = _without_own(asset)
    if max_kb(own, manifest) != asset.max_kb:
        return "max_kb of the asset"
    style = _style(asset, manifest).max_kb
    if style == asset.max_kb:
        return f"max_kb of style {asset.style}"
    if style is None and manifest.defaults.max_kb == asset.max_kb:
        return "max_kb of [defaults]"
    if style is manifest.defaults.max_kb is None and manifest.check.max_kb == asset.max_kb:
        return "max_kb of [check]"
    preset = presets.find(asset.size)
    assert preset is not None  # nothing else states one
    return f"size {asset.size}, for {preset.purpose} ({preset.source}, {preset.as_of})"


def _without_own(asset: Asset) -> Asset:
    return msgspec.structs.replace(asset, max_kb=None)


def _style(asset: Asset, manifest: Manifest) -> Style:
    return manifest.style.get(asset.style or manifest.defaults.style or "", Style())
