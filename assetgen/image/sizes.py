"""The size of each delivered file, and what keeps a size from being delivered.

One rule for both sides: ``plan`` applies it to the size that is asked for, before anything is paid
or drawn, and ``derive`` to the size that came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.cure import Cure, advice
from assetgen.image.decode import MAX_PIXELS
from assetgen.manifest.schema import Asset, targets
from assetgen.manifest.target import LEAST, FileFormat, Target

#: The longest side of a file in pixels, as far as its encoder and its decoder go.
LONGEST: dict[FileFormat, int] = {
    "png": 2**31 - 1,
    "jpeg": 65_500,
    "webp": 16_383,
    "avif": 32_768,
    "ico": 256,
}

Size = tuple[int, int]


@dataclass(frozen=True)
class Misfit:
    """A size that cannot be delivered: the key of the asset that asks for it, why, and the fix."""

    key: tuple[str, ...]
    what: str
    cure: Cure


def of_file(asset: Asset, target: Target, own: Size) -> Size:
    """The size in pixels of a file that is made from a picture of the size ``own``."""
    width, height = (asset.fit.width, asset.fit.height) if asset.fit else own
    if target.width:
        width, height = target.width, max(1, round(height * target.width / width))
    return width, height


def misfits(asset: Asset, own: Size) -> Iterator[Misfit]:
    """Every reason why the files of ``asset`` cannot be made from a picture of the size ``own``."""
    if own[0] * own[1] > MAX_PIXELS:
        what = f"{own[0]}x{own[1]} is {own[0] * own[1]:,} pixels; the limit is {MAX_PIXELS:,}"
        yield Misfit(("size",), what, advice("ask for a smaller size"))
        return
    if wrong := no_icon(asset, own):
        yield wrong
        return
    seen = set()
    for target in targets(asset):
        for one in misfits_of_file(asset, target, own):
            if one not in seen:
                seen.add(one)
                yield one


def no_icon(asset: Asset, own: Size) -> Misfit | None:
    """Why an icon set cannot be made from a picture of the size ``own``."""
    if asset.variants is None or asset.variants.set is None:
        return None
    needs = f'variants.set = "{asset.variants.set}" needs a square image of at least'
    is_cut = asset.fit is not None and asset.fit.mode != "exact"
    if own[0] != own[1] and not is_cut:
        what = f"{needs} {LEAST}x{LEAST} pixels, and this one has {own[0]}x{own[1]}"
        cure = advice("use a square image, or cut it: fit = {{ width = 1024, height = 1024 }}")
        return Misfit(("variants",), what, cure)
    longest = max(own) if asset.fit and asset.fit.mode == "contain" else min(own)
    if longest >= LEAST:
        return None
    what = f"{needs} {LEAST}x{LEAST} pixels, and this one has {own[0]}x{own[1]}"
    return Misfit(("variants",), what, advice("use a larger image, or remove variants.set"))


def misfits_of_file(asset: Asset, target: Target, own: Size) -> Iterator[Misfit]:
    """Every reason why one file cannot be made from a picture of the size ``own``."""
    width, height = of_file(asset, target, own)
    mode = asset.fit.mode if asset.fit else "exact"
    is_other_ratio = abs(own[0] * height - own[1] * width) > max(own)
    if asset.fit and mode == "exact" and is_other_ratio:
        yield Misfit(
            ("fit",),
            f"fit.mode = 'exact' asks for {asset.fit.width}x{asset.fit.height}, but the picture is "
            f"{own[0]}x{own[1]}, another ratio",
            advice("use mode cover (crops) or contain (pads)"),
        )
        return
    widest = round(min(own[0], own[1] * width / height)) if mode == "cover" else own[0]
    if target.width and mode != "contain" and width > widest:
        yield Misfit(
            ("variants",),
            f"variant width {width} is larger than the picture's own {widest} pixels",
            advice("remove it from variants.widths, or ask for a larger size"),
        )
    longest = LONGEST[target.format]
    key = "fit" if asset.fit else "size"
    if target.width:
        key = "variants"
    if max(width, height) > longest:
        what = f"{target.path} would be {width}x{height}; the longest side of {target.format} files"
        yield Misfit(
            (key,), f"{what} is {longest:,} pixels", advice("ask for less, or use a .png path")
        )
    elif width * height > MAX_PIXELS:
        what = f"{target.path} would have {width}x{height} pixels; the limit is {MAX_PIXELS:,}"
        yield Misfit((key,), what, advice("ask for less"))
