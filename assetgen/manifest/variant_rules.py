"""Rules for the variants of an asset: widths, formats, and sets of icons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from assetgen.cure import advice
from assetgen.fs import paths
from assetgen.manifest.schema import FORMATS, Asset, targets
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key


def broken(asset: Asset, at: Key) -> Iterator[Fault]:
    """The mistakes in the variants of an asset."""
    if asset.variants is None:
        return
    if asset.variants.set is not None:
        yield from _of_set(asset, at)
    lists: tuple[tuple[str, Sequence[int | str]], ...] = (
        ("widths", asset.variants.widths),
        ("formats", asset.variants.formats),
    )
    for name, entries in lists:
        for index, entry in enumerate(entries):
            if entry in entries[:index]:
                what = f"variants.{name} lists {entry} twice"
                yield Fault((*at, "variants", name, index), what, advice("remove one of them"))


def _of_set(asset: Asset, at: Key) -> Iterator[Fault]:
    """What keeps an asset from having an icon set; its size is known only when it is planned."""
    assert asset.variants is not None
    named = f'variants.set = "{asset.variants.set}"'
    form = FORMATS.get("." + asset.path.rpartition(".")[2].lower())
    if form not in (None, "png"):
        what = f"{named} needs a PNG, and {asset.path} is {form}"
        png = PurePosixPath(asset.path).with_suffix(".png").as_posix()
        yield Fault((*at, "path"), what, advice('write path = "{png}"', png=png))
    for key in ("widths", "formats"):
        if getattr(asset.variants, key):
            what = f"{named} has widths and formats of its own, so variants.{key} has no effect"
            yield Fault((*at, "variants", key), what, advice("remove variants.{key}", key=key))
    if asset.fit and asset.fit.width != asset.fit.height:
        what = f"{named} needs a square image, and fit is {asset.fit.width}x{asset.fit.height}"
        cure = advice("write fit = {{ width = {side}, height = {side} }}", side=asset.fit.width)
        yield Fault((*at, "fit"), what, cure)
    if form == "png":
        others = [paths.folded(target.path) for target in targets(asset)[1:]]
        if paths.folded(asset.path) in others:
            what = f"{asset.path} is also the name of another file of {named}"
            cure = advice("give the image another name, such as icon.png")
            yield Fault((*at, "path"), what, cure)
