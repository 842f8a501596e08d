"""What a Docusaurus site serves: the folders of its docs, blog and pages plugins.

Source: https://docusaurus.io/docs/api/plugins/@docusaurus/plugin-content-docs, and its options in
@docusaurus/plugin-content-docs 3.9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.refs.folders import below, joined, within
from assetgen.refs.listing import Listing
from assetgen.refs.sites import base_paths, literals
from assetgen.refs.sites.aliases import Alias
from assetgen.refs.sites.served import Mount, Served

# ``path: "../docs"`` and ``path: path.resolve(__dirname, "../docs")``
_PATH = re.compile(r"\bpath[\"']?\s*+:\s*+(?:[\w.]++\(\s*+__dirname\s*+,\s*+)?[\"'`]([^\"'`\n$]++)")
_ROUTE = re.compile(r"\brouteBasePath[\"']?\s*+:\s*+[\"'`]/?([^\"'`\n$]*+)")
_OF_BLOG = re.compile(r"blog[\"'`\])]*\s*+[:,]\s*+\Z")
#: How far the object around a ``path`` is searched, in characters.
_AROUND = 4_000


@dataclass(frozen=True, slots=True)
class _Plugin:
    """The folder of one plugin, as written, and the URL below which its pages are."""

    path: str
    route: str


def served(root: str, config: str, listing: Listing, usual: tuple[Alias, ...]) -> Served:
    """``config`` is the configuration without comments; ``usual`` are aliases of all projects."""
    folders = literals.strings(config, "staticDirectories") or ("static",)
    plugins = list(_plugins(config))
    places = [(one, joined(root, one.path)) for one in plugins]
    named = [
        (one, place)
        for one, place in places
        if place and place != root and listing.folder_exists(place)
    ]
    sources = tuple(dict.fromkeys(place for _, place in named))
    return Served(
        public=_mounts(root, *folders),
        content=(
            *_mounts(root, "src/pages", "docs", "blog"),
            *_mounts(root, "docs", prefix="docs"),
            *(Mount(one.route, place) for one, place in named),
            *_mounts(root, "blog", prefix="blog"),
        ),
        base=base_paths.of(config, "baseUrl"),
        usual=(Alias("@site/*", (below(root, "*"),)), *usual),
        elsewhere=tuple(one for one in sources if within(root, f"{one}/") is None),
        sources=sources,
        beyond=tuple(one.path for one, place in places if place is None),
        page_is_folder=False,
    )


def _plugins(config: str) -> Iterator[_Plugin]:
    for found in _PATH.finditer(config):
        path = found[1].strip()
        if path.startswith("/") or "://" in path or path == "i18n":
            continue
        start, end = _object(config, found.start())
        is_of_blog = _OF_BLOG.search(config, max(0, start - 100), start)
        route = _ROUTE.search(config, start, end)
        yield _Plugin(path, route[1].strip("/") if route else "blog" if is_of_blog else "docs")


def _object(config: str, at: int) -> tuple[int, int]:
    """Where the object around ``at`` begins and ends."""
    first, last = max(0, at - _AROUND), min(len(config), at + _AROUND)
    depth, start = 0, at
    while start > first and depth <= 0:
        start -= 1
        depth += (config[start] == "{") - (config[start] == "}")
    depth, end = 1, at
    while end < last and depth:
        depth += (config[end] == "{") - (config[end] == "}")
        end += 1
    return start, end


def _mounts(root: str, *folders: str, prefix: str = "") -> tuple[Mount, ...]:
    places = (joined(root, folder) for folder in folders)
    return tuple(Mount(prefix, place) for place in dict.fromkeys(places) if place is not None)
