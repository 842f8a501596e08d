"""The references in one file, as tests write and compare them."""

from __future__ import annotations

import textwrap

from assetgen.refs.reference import Reference
from assetgen.refs.scan.scan import find


def scanned(file: str, text: str, *, mdx: bool = False) -> list[Reference]:
    """The references in ``text``, whose common indentation does not count."""
    return find(file, textwrap.dedent(text).encode(), mdx=mdx)


def kinds_and_targets(found: list[Reference]) -> list[tuple[str, str]]:
    """The kind of each reference and the target as it is written."""
    return [(row.kind, row.raw) for row in found]
