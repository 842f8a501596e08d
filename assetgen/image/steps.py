"""The steps from an original to the files of an asset, as planning compares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
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


@dataclass(frozen=True)
class Fitting:
    """How a file was made to fit a limit that it did not fit by itself."""

    max_kb: int
    quality: int | None = None
    """The quality of the encoder, where it has one."""
    colours: int | None = None
    """The number of colours of its palette, if it got one."""


def steps(asset: Asset) -> tuple[Step, ...]:
    """The steps from the original to the files, as the record states them."""
    fit = asset.fit
    first = [_fit_step(fit)] if fit else []
    return (*first, *(_encode_step(asset, target) for target in targets(asset)))


def _fit_step(fit: Fit) -> FitStep:
    focus = list(fit.focus) if fit.focus else UNSET
    return FitStep(mode=fit.mode, width=fit.width, height=fit.height, focus=focus)


def fitted(step: Step, how: Fitting | None) -> Step:
    """``step``, and how its file was made to fit a limit."""
    if how is None or not isinstance(step, EncodeStep):
        return step
    return msgspec.structs.replace(
        step,
        max_kb=how.max_kb,
        quality=UNSET if how.quality is None else how.quality,
        colours=UNSET if how.colours is None else how.colours,
    )


def unfitted(step: Mapping[str, Any]) -> Mapping[str, Any]:
    """A recorded step as it would be without a limit."""
    if "max_kb" not in step:
        return step
    plain = {key: value for key, value in step.items() if key not in _OF_FITTING}
    quality = QUALITY.get(step.get("format"))  # type: ignore[arg-type]
    return plain if quality is None else {**plain, "quality": quality}


_OF_FITTING = ("max_kb", "colours", "quality")


def _encode_step(asset: Asset, target: Target) -> EncodeStep:
    quality = QUALITY[target.format]
    return EncodeStep(
        format=target.format,
        path=target.path if target.path != asset.path else UNSET,
        width=target.width or UNSET,
        quality=UNSET if quality is None else quality,
        use=target.use or UNSET,
    )
