"""Which files a glob of a bundler takes in (``import.meta.glob``): ``*``, ``**``, ``?`` and ``{a,b}``."""

from __future__ import annotations

import re
from functools import lru_cache

from assetgen.refs.listing import Listing

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\{[^{}]*\}|\[[^\]]*\]|.", re.S)


def matched(pattern: str, listing: Listing) -> tuple[str, ...]:
    """The files of the repository that a glob, relative to it, takes in."""
    fixed = re.split(r"[*?{\[]", pattern, maxsplit=1)[0]
    compiled = _compiled(pattern)
    return tuple(path for path in listing.starting(fixed) if compiled.fullmatch(path))


@lru_cache(256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_expression(token[0]) for token in _TOKEN.finditer(pattern)))


def _expression(token: str) -> str:
    fixed = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in fixed:
        return fixed[token]
    if len(token) > 1 and token[0] == "{":
        return "(?:" + "|".join(_compiled(part).pattern for part in token[1:-1].split(",")) + ")"
    return re.escape(token)
