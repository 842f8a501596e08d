"""``writes``: the key in the front matter of a page in which the page names its image. Pure."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta, field

from assetgen.cure import Cure, advice
from assetgen.manifest.key_types import Table, Text
from assetgen.text import brief

_NAME = r"[A-Za-z_][\w-]*(?::[\w-]+)*"
#: ``cover.image``, ``images[0]``, ``og:image``: names, and positions in lists.
KEY = re.compile(rf"{_NAME}(?:\[\d{{1,2}}\]|\.{_NAME})*", re.A)
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


class Writes(Table, frozen=True):
    """A key of front matter, and the form of its value."""

    key: Annotated[Text, Meta(description='the key: "cover.image", "images[0]"')]
    form: Annotated[
        Literal["url", "root", "page"] | None,
        Meta(
            description="url: the whole URL; root: the path from the root of the site; page: the "
            "path from the page; by default what the framework reads"
        ),
    ] = field(default=None, name="as")


def of(stated: str | Writes | None) -> Writes | None:
    """What ``writes`` of an asset says."""
    return Writes(stated) if isinstance(stated, str) else stated


def problem(stated: str | Writes, *, has_page: bool) -> tuple[str, Cure] | None:
    """What is wrong with ``writes``, and the cure; placeholders count as names."""
    if not has_page:
        what = "writes names a key in the front matter of a page, and from names no page"
        return what, advice("add from, or remove writes")
    key = stated if isinstance(stated, str) else stated.key
    if KEY.fullmatch(_PLACEHOLDER.sub("a", key)):
        return None
    what = f"writes = {brief(key)} is not a key of front matter"
    return what, advice('write it as in "image", "cover.image", "images[0]" or "head"')
