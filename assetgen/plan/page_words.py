"""The words of its page in the alternative text of an asset, and in the prompt of a ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import msgspec

from assetgen.cure import Cure, advice
from assetgen.errors import AssetgenError
from assetgen.manifest import placeholders
from assetgen.manifest.grounds import page_of_cover
from assetgen.manifest.parse import Reading
from assetgen.manifest.rules import problem_of_alt
from assetgen.manifest.schema import Asset
from assetgen.manifest.toml_faults import Fault
from assetgen.plan.page import Page, absent, word


def with_words(reading: Reading, page: Callable[[str], Page]) -> Reading:
    """``reading`` with the texts as pages fill them in, and what is wrong with them.

    ``page`` reads a page; one that cannot be read is reported where its asset is worked out.
    """
    if not any(map(_to_fill, reading.manifest.asset)):
        return reading
    faults: list[Fault] = []
    assets = list(reading.manifest.asset)
    for index, asset in enumerate(assets):
        found = _to_fill(asset)
        if found is None or reading.doubtful.covers("asset", index, found.key):
            continue
        try:
            made = _filled(found, page)
        except AssetgenError:
            continue
        if isinstance(made, str):
            assets[index] = msgspec.structs.replace(asset, **{found.key: made})
        else:
            faults.append(Fault(("asset", index, found.key), *made))
    manifest = msgspec.structs.replace(reading.manifest, asset=tuple(assets))
    filled = replace(reading, manifest=manifest)
    return filled.with_faults(faults) if faults else filled


class _Text(NamedTuple):
    """A text with placeholders: the key of its asset, and the page whose words it may have."""

    key: str
    text: str
    page: str


def _to_fill(asset: Asset) -> _Text | None:
    """The text of an asset that is filled in here: the alt, or the prompt of a ground."""
    if page := page_of_cover(asset):
        found = _Text("prompt", asset.prompt, page)
    else:
        found = _Text("alt", asset.alt, asset.page or "")
    return found if found.page and ("{" in found.text or "}" in found.text) else None


def _filled(stated: _Text, page: Callable[[str], Page]) -> str | tuple[str, Cure]:
    """The text, or what is wrong with it and the cure. Raises what ``page`` raises."""
    found = page(stated.page)
    try:
        text = placeholders.filled(stated.text, lambda name: word(found, stated.page, name))
    except placeholders.Absent as exc:
        return absent(stated.key, str(exc), stated.page)
    if stated.key == "alt" and (wrong := problem_of_alt(text)):
        return wrong, advice("write a shorter alternative text, without that placeholder")
    return text
