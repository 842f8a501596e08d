"""Which paths git ignores: what is not in the repository because a build makes it.

Source: https://git-scm.com/docs/gitignore. Kept to patterns that name folders and files; negated ones are left out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assetgen.refs.folders import below, upwards, within
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals


def is_ignored(path: str, listing: Listing) -> bool:
    """Whether a .gitignore in the folders above ``path`` leaves it out."""
    for folder in upwards(path.rpartition("/")[0]):
        name = below(folder, ".gitignore")
        if name in listing:
            rules = _rules(literals.text_of(listing.read(name)))
            rest = within(folder, path)
            if rules and rest is not None and rules.match(rest):
                return True
    return False


@lru_cache(64)
def _rules(text: str) -> re.Pattern[str] | None:
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith(("#", "!"))]
    patterns = [_pattern(line) for line in kept if line.strip("/*.")]
    return re.compile("|".join(patterns)) if patterns else None


def _pattern(line: str) -> str:
    """A pattern for a path below the folder of the .gitignore, and for all that lies below what it names."""
    anywhere = "" if "/" in line.rstrip("/") else "(?:.*/)?"
    parts = line.strip("/").split("/")
    body = "/".join(".*" if part == "**" else _part(part) for part in parts).replace(
        ".*/", "(?:.*/)?"
    )
    return f"{anywhere}{body}{'/' if line.endswith('/') else '(?:/|$)'}"


def _part(part: str) -> str:
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)) for char in part)
