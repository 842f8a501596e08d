"""What an Eleventy site serves, by its configuration.

Sources: https://www.11ty.dev/docs/copy, https://www.11ty.dev/docs/config,
https://www.11ty.dev/docs/plugins/html-base.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from assetgen.refs.folders import joined, within
from assetgen.refs.listing import Listing
from assetgen.refs.sites import base_paths, literals
from assetgen.refs.sites.served import Mount, Served

_PASSTHROUGH = re.compile(
    r"addPassthroughCopy\(\s*+(\{(?:[^{}]|\{[^{}]*+\})*+\}|[\"'`][^\"'`\n]+[\"'`])"
)
_PAIR = re.compile(r"(?<![^\"'{},:\s])([^\"'{},:\s]++)[\"']?\s*+:\s*[\"']([^\"'\n]*)[\"']")
_FROM_PACKAGE = re.compile(
    r"(?:\]|[\"'](?:\./)?node_modules/[^\"'\n]*[\"'])\s*+:\s*[\"']([^\"'\n]+)[\"']"
)
_DIR = re.compile(r"\bdir\s*+:\s*+\{([^{}]*+)\}")
_INPUT = re.compile(r"setInputDirectory\(\s*[\"']([^\"'\n]+)[\"']")
# What changes the paths in pages, or the URLs of pages.
_CHANGES = re.compile(r"ImageTransform|InputPath|permalink|addTransform|addLinter|posthtml")
_CHANGING_PACKAGE = re.compile(r"eleventy-(?:img|plugin-.*(?:vite|asset|image))|posthtml|-it-.*im")
# Formats that Eleventy copies by themselves, and configuration that is in other files too.
_COPIES_FORMATS = re.compile(r"[\"'](?:png|jpe?g|gif|svg|webp|avif|css)[\"']")
_ELSEWHERE = re.compile(r"(?:\bfrom|\brequire\(|\bimport\(?)\s*[\"']\.")


def served(root: str, config: str, packages: Set[str], listing: Listing) -> Served:
    """What the site in ``root`` with the source ``config`` of its configuration serves."""
    source = _input(config)
    inputs = _mounts(root, source)
    copied = [
        mount
        for found in _PASSTHROUGH.findall(config)
        for mount in _copied(found, source, root, listing)
    ]
    is_whole = not _ELSEWHERE.search(config)
    is_plain = is_whole and not _CHANGES.search(config)
    is_plain = is_plain and not any(map(_CHANGING_PACKAGE.search, packages))
    is_stated = len(_PASSTHROUGH.findall(config)) == config.count("addPassthroughCopy(")
    copies_others = not is_stated or not is_whole or _COPIES_FORMATS.search(config)
    return Served(
        public=(*copied, *inputs),
        content=(*inputs, *_mounts(root, f"{source}/content", f"{source}/pages")),
        base=base_paths.of(config, "pathPrefix"),
        sources=tuple(_parts(root, source, config, listing)),
        made=tuple(_copied_from_packages(config)),
        markdown_by_url=is_plain,
        adds_base=not is_whole or "HtmlBasePlugin" in config,
        unpublished=() if copies_others else tuple(mount.folder for mount in inputs),
    )


def _mounts(root: str, *folders: str) -> tuple[Mount, ...]:
    places = (joined(root, folder) for folder in folders)
    return tuple(Mount("", place) for place in dict.fromkeys(places) if place is not None)


def _input(config: str) -> str:
    directories = _DIR.search(config)
    if directories and (stated := literals.string(directories[1], "input")):
        return stated
    called = _INPUT.search(config)
    return called[1] if called else literals.string(config, "input") or "."


def _parts(root: str, source: str, config: str, listing: Listing) -> Iterator[str]:
    """The folders of templates and data that exist, which are relative to the input folder."""
    directories = _DIR.search(config)
    for part in ("includes", "layouts", "data"):
        called = re.search(rf"set{part.title()}Directory\(\s*[\"']([^\"'\n]+)[\"']", config)
        stated = literals.string(directories[1], part) if directories else None
        if path := called[1] if called else stated:
            place = joined(root, f"{source}/{path}")
            if place and place != root and listing.folder_exists(place):
                yield place


def _copied_from_packages(config: str) -> Iterator[str]:
    """The URLs that Eleventy copies packages to: ``{[require.resolve("x/a.png")]: "img/a.png"}``"""
    for found in _PASSTHROUGH.findall(config):
        for target in _FROM_PACKAGE.findall(found):
            if prefix := joined("", target):
                yield prefix


def _copied(found: str, source: str, root: str, listing: Listing) -> Iterator[Mount]:
    """Where Eleventy copies a folder: to its name below the input folder, or as the table says."""
    inputs = joined(root, source) or root
    pairs = (
        _PAIR.findall(found) if found.startswith("{") else [(literals.quoted(found) or ("",))[0]]
    )
    for pair in pairs:
        path, target = (pair, None) if isinstance(pair, str) else pair
        path = path.partition("*")[0]
        place = joined(root, path)
        if place is None or ("]" in path and "[" not in path):  # the end of a computed key
            continue
        if target is None:
            rest = within(inputs, place)
            target = (rest if rest is not None else within(root, place)) or ""
        prefix = joined("", target) or ""
        yield Mount(prefix or (place.rpartition("/")[2] if place in listing else ""), place)
