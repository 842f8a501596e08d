"""Rules for what an asset names apart from files: a key of its page, a size by its name."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.errors import UnsupportedOption
from assetgen.manifest import presets, writes
from assetgen.manifest.schema import Asset
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key


def broken(asset: Asset, at: Key) -> Iterator[Fault]:
    """What is wrong with ``writes`` and ``size``."""
    if asset.writes and (wrong := writes.problem(asset.writes, has_page=bool(asset.page))):
        yield Fault((*at, "writes"), *wrong)
    if no_size := presets.problem(asset.size):
        yield Fault((*at, "size"), *no_size, error=UnsupportedOption)
