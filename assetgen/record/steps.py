"""The steps from what was received to the files, as a record states them."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType


class KeepStep(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="keep-outside"):
    """Put the image before an edit back wherever the mask allowed no change; counts of pixels."""

    received: str
    """Digest of the image as the model returned it."""
    parent: str
    """Digest of the image before the edit."""
    outside: int
    """How many pixels are outside the mask."""
    changed: int
    """How many of these the model had changed."""
    left: int = 0
    """How many of these differ in the image that was kept."""
    edge: int
    """How far inside the mask the two are blended."""


class FitStep(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="fit"):
    """Crop or pad to a size in pixels."""

    mode: str
    width: int
    height: int
    filter: str = "lanczos"
    focus: list[float] | UnsetType = UNSET


class EncodeStep(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="encode"):
    """Write one file; without ``path`` it is the asset's main file."""

    format: str
    path: str | UnsetType = UNSET
    width: int | UnsetType = UNSET
    quality: int | UnsetType = UNSET
    use: str | UnsetType = UNSET
    """What a file of an icon set is for: "ico", "touch" or "maskable"."""
    max_kb: int | UnsetType = UNSET
    """The limit that the file was made to fit, if it did not fit by itself."""
    colours: int | UnsetType = UNSET
    """The number of colours of the palette that it got for that."""


Step = KeepStep | FitStep | EncodeStep


class Derivation(msgspec.Struct, frozen=True, kw_only=True):
    """The steps from the original to the files, and the encoders that took them."""

    digest: str = ""
    steps: list[Step]
    encoder: str = ""
