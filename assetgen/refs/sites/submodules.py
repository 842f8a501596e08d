"""The submodules of a repository: their files may be on another machine only."""

from __future__ import annotations

import re
from functools import lru_cache

from assetgen.refs.folders import joined
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals

_PATH = re.compile(r"^[ \t]*+path[ \t]*+=[ \t]*+([^\r\n]+)", re.M)


def folders(listing: Listing) -> frozenset[str]:
    """The folders of submodules that were not fetched."""
    stated = _paths(literals.text_of(listing.read(".gitmodules")))
    return frozenset(path for path in stated if not listing.folder_exists(path))


@lru_cache(16)
def _paths(text: str) -> frozenset[str]:
    found = (joined("", one.strip().strip('"')) for one in _PATH.findall(text))
    return frozenset(path for path in found if path)
