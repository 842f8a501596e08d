"""Images that no page refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Names that frameworks find by themselves: Next's app/opengraph-image.png.
FOUND_BY_NAME = re.compile(
    r"(?:^|/)app/(?:.*/)?(?:opengraph-image|twitter-image|icon|apple-icon)\d*\.\w+\Z"
)
# How many pages are tried for the end of one that a snippet suits.
MOST_PAGES = 8
# What a template fills in when the page is made.
HOLE = re.compile(r"\$\{[^}]*\}|\{\{.*?\}\}|#\{[^}]*\}")
QUOTED = re.compile(r"(?<=[\"'`])[a-z0-9][a-z0-9/-]*(?=[\"'`])")


def may_name(pieces: Sequence[str], path: str) -> bool:
    """Whether ``path`` ends in these pieces, in their order, with anything between them."""
    text, at = f"/{path}", 0
    for piece in pieces[:-1]:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text.endswith(pieces[-1]) and at + len(pieces[-1]) <= len(text)
