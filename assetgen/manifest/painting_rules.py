"""Rules for what is bought: how many candidates, from which images, and the steps after it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assetgen.cure import advice
from assetgen.errors import UnsupportedOption
from assetgen.fs import paths
from assetgen.manifest import collection
from assetgen.manifest.key_types import MOST_CANDIDATES
from assetgen.manifest.schema import Asset, Defaults, Manifest, references_at
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


def of_inputs(manifest: Manifest, asset: Asset, at: Key) -> Iterator[Fault]:
    """What is wrong with the images that an asset is made from."""
    given = manifest.style_references(asset)
    own = len(asset.inputs) - len(given)
    for key, reference in references_at(asset):
        if key[0] != "inputs" or int(key[1]) < own:  # a mistake of a style is reported there
            yield from of_input(reference, (*at, *key))
    if asset.mask and given and not own:
        what = "a mask marks the part of an image to edit, and the asset has no inputs of its own"
        cure = advice('add inputs = ["..."], or remove mask')
        yield Fault((*at, "mask"), what, cure, error=UnsupportedOption)
    if given and len(asset.inputs) > _MOST_INPUTS:
        what = f"{own} inputs and {len(given)} references of style {asset.style!r} are too many"
        yield Fault((*at, "inputs"), what, advice("list at most {n} in all", n=_MOST_INPUTS))


#: The most images that are sent with a request.
_MOST_INPUTS = 16


def of_input(reference: str, at: Key) -> Iterator[Fault]:
    """What is wrong with the name of an image."""
    if "://" in reference:
        what, cure = (
            "URLs are not fetched",
            advice("download it into the project and name the file"),
        )
        yield Fault(at, f"{reference!r}: {what}", cure)
    elif not reference.startswith("@") and (wrong := paths.problem_of_file(reference)):
        what = f"{reference!r} {wrong}"
        yield Fault(at, what, advice("name a file below the project"))
