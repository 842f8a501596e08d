"""Sizes by name: what a network shows and takes, from the catalogue. Pure, except for that file."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
import tomli

from assetgen.cure import Cure, advice
from assetgen.manifest.key_types import Format
from assetgen.text import brief


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A size with a name, and the limits of the networks that it is for."""

    purpose: str = msgspec.field(name="for")
    width: int
    height: int
    max_kb: int
    """The most that a file may weigh, in kB of 1000 bytes."""
    formats: tuple[Format, ...]
    source: str
    as_of: datetime.date

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"


@cache
def known() -> Mapping[str, Preset]:
    """Every preset by its name."""
    text = (Path(__file__).parents[1] / "catalog.toml").read_text("utf-8")
    return msgspec.convert(tomli.loads(text)["preset"], dict[str, Preset])


def find(size: str | None) -> Preset | None:
    """The preset that ``size`` names; None for pixels, "auto" and unknown names."""
    return known().get(size) if size is not None and _is_name(size) else None


def _is_name(size: str) -> bool:
    return size[:1].isalpha() and size != "auto"


def problem(size: str | None) -> tuple[str, Cure] | None:
    """What is wrong with a name of a size, and the cure."""
    if size is None or not _is_name(size) or size in known():
        return None
    near = difflib.get_close_matches(size.lower(), known(), n=1, cutoff=0.5)
    what = f"there is no size {brief(size)}; there are: {', '.join(known())}, or WIDTHxHEIGHT"
    if near:
        return what, advice('did you mean size = "{near}"?', near=near[0])
    return what, advice('write size = "og", or pixels such as size = "1200x630"')
