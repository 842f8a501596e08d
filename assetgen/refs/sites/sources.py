"""The folders of pages that the tools between a framework and its content are configured with.

Sources: the options of velite (``root``), contentlayer (``contentDirPath``), content-collections
(``directory``), fumadocs-mdx (``dir``), Astro's glob loader (``base``), Nuxt Content (``cwd``),
Keystatic (``path``) and gatsby-source-filesystem (``path``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assetgen.refs.folders import below, joined
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals

_ENDS = (".ts", ".js", ".mjs", ".mts", ".cjs", ".cts")
#: The name of a file without its extension: the key that names a folder, its folder if unset.
_TOOLS = {
    "velite.config": ("root", "content"),
    "contentlayer.config": ("contentDirPath", ""),
    "content-collections": ("directory", ""),
    "source.config": ("dir", ""),
    "content.config": ("(?:base|cwd)", ""),
    "src/content.config": ("base", ""),
    "src/content/config": ("base", ""),
    "keystatic.config": ("path", ""),
    "gatsby-config": ("path", ""),
}
#: What a value may begin with that means the folder of the file.
_HERE = r"(?:[\w.]++\(\s*+(?:__dirname|import\.meta\.dirname|process\.cwd\(\))\s*+,\s*+)?"


def named(root: str, listing: Listing) -> tuple[str, ...]:
    """The folders that exist, relative to the repository; never the folder of the site."""
    found = dict.fromkeys(
        place for path in _written(root, listing) if (place := joined(root, path))
    )
    return tuple(one for one in found if one != root and listing.folder_exists(one))


def _written(root: str, listing: Listing) -> Iterator[str]:
    for stem, (key, usual) in _TOOLS.items():
        files = (below(root, f"{stem}{end}") for end in _ENDS)
        file = next((one for one in files if one in listing), None)
        if file is None:
            continue
        config = literals.code(literals.text_of(listing.read(file)))
        values = [one.partition("*")[0] for one in _values(key, config)]
        yield from (one for one in values or [usual] if one and not one.startswith("/"))


def _values(key: str, config: str) -> list[str]:
    pattern = rf"(?<![\w$.-])[\"']?{key}[\"']?\s*+:\s*+{_HERE}[\"'`](?:\$\{{__dirname\}}/)?"
    return re.findall(rf"{pattern}([^\"'`\n$]++)[\"'`]", config)
