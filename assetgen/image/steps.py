"""The steps from an original to the files of an asset, as planning compares them."""

from __future__ import annotations

from msgspec import UNSET

from assetgen.manifest.key_types import Fit
from assetgen.manifest.schema import Asset, targets
from assetgen.manifest.target import FileFormat, Target
from assetgen.record.steps import EncodeStep, FitStep, Step

#: Encoder quality in the units of each encoder. A change makes every picture of that format stale.
QUALITY: dict[FileFormat, int | None] = {
    "png": None,
    "jpeg": 85,
    "webp": 80,
    "avif": 60,
    "ico": None,
}


def steps(asset: Asset) -> tuple[Step, ...]:
    """The steps from the original to the files, as the record states them."""
    fit = asset.fit
    first = [_fit_step(fit)] if fit else []
    return (*first, *(_encode_step(asset, target) for target in targets(asset)))


def _fit_step(fit: Fit) -> FitStep:
    focus = list(fit.focus) if fit.focus else UNSET
    return FitStep(mode=fit.mode, width=fit.width, height=fit.height, focus=focus)


def _encode_step(asset: Asset, target: Target) -> EncodeStep:
    quality = QUALITY[target.format]
    return EncodeStep(
        format=target.format,
        path=target.path if target.path != asset.path else UNSET,
        width=target.width or UNSET,
        quality=UNSET if quality is None else quality,
        use=target.use or UNSET,
    )
