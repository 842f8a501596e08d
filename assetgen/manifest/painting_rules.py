"""Rules for what is bought: how many candidates, and the steps that refine an image."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assetgen.cure import advice
from assetgen.manifest import collection
from assetgen.manifest.key_types import MOST_CANDIDATES
from assetgen.manifest.schema import Asset, Defaults
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key


def of_candidates(
    table: Asset | collection.Collection | Defaults,
    at: Key,
    model: str | None,
    usual: Defaults | None = None,
) -> Iterator[Fault]:
    """A number of candidates that no route buys; what ``usual`` states is a mistake of that."""
    number = table.candidates
    if number is None or 1 <= number <= MOST_CANDIDATES:
        return
    if usual is not None and usual.candidates == number:
        return
    route = table.route or (usual.route if usual else None) or "local"
    whose = f"route {route!r}" + (f" with model {model}" if model else "")
    what = f"candidates = {number} is out of range: {whose} makes 1 to {MOST_CANDIDATES}"
    yield Fault((*at, "candidates"), what, advice("candidates = {most}", most=MOST_CANDIDATES))


def of_steps(asset: Asset, at: Key, model: str | None) -> Iterator[Fault]:
    """What is wrong with the steps that refine an image."""
    for index, step in enumerate(asset.refine):
        key: Key = (*at, "refine", index)
        if not step.say.strip():
            yield Fault((*key, "say"), "say is blank", advice("say what changes"))
        if step.box and step.mask is not None:
            what = "a step has a box or a mask, not both"
            yield Fault((*key, "mask"), what, advice("remove one of them"))
        if (step.mask or "").startswith("@"):
            what = "the mask of a step is a file, not another asset"
            yield Fault((*key, "mask"), what, advice("name a PNG below the project"))
        one = msgspec.structs.replace(asset, candidates=step.candidates)
        yield from of_candidates(one, key, model)
