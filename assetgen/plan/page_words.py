"""The words of its page in the alternative text of an asset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from assetgen.cure import Cure, advice
from assetgen.errors import AssetgenError
from assetgen.manifest import placeholders
from assetgen.manifest.parse import Reading
from assetgen.manifest.rules import problem_of_alt
from assetgen.manifest.schema import Asset
from assetgen.manifest.toml_faults import Fault
from assetgen.plan.page import Page, absent, word


def with_words(reading: Reading, page: Callable[[str], Page]) -> Reading:
    """``reading`` with the alternative texts as pages fill them in, and what is wrong with them.

    ``page`` reads a page; one that cannot be read is reported where its asset is worked out.
    """
    if not any(map(_is_to_fill, reading.manifest.asset)):
        return reading
    faults: list[Fault] = []
    assets = list(reading.manifest.asset)
    for index, asset in enumerate(assets):
        key = ("asset", index, "alt")
        if not _is_to_fill(asset) or reading.doubtful.covers(*key):
            continue
        try:
            found = _alt(asset, page)
        except AssetgenError:
            continue
        if isinstance(found, str):
            assets[index] = msgspec.structs.replace(asset, alt=found)
        else:
            faults.append(Fault(key, *found))
    manifest = msgspec.structs.replace(reading.manifest, asset=tuple(assets))
    filled = replace(reading, manifest=manifest)
    return filled.with_faults(faults) if faults else filled


def _is_to_fill(asset: Asset) -> bool:
    return asset.page is not None and ("{" in asset.alt or "}" in asset.alt)


def _alt(asset: Asset, page: Callable[[str], Page]) -> str | tuple[str, Cure]:
    """The alternative text, or what is wrong with it and the cure. Raises what ``page`` raises."""
    path = asset.page or ""
    found = page(path)
    try:
        alt = placeholders.filled(asset.alt, lambda name: word(found, path, name))
    except placeholders.Absent as exc:
        return absent("alt", str(exc), path)
    if wrong := problem_of_alt(alt):
        return wrong, advice("write a shorter alternative text, without that placeholder")
    return alt
