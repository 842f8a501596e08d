"""What a Hugo site serves, by its configuration: one file, or a folder of them.

Sources: https://gohugo.io/configuration/introduction, https://gohugo.io/configuration/module,
https://gohugo.io/content-management/multilingual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from assetgen.refs.folders import below, joined, within
from assetgen.refs.listing import Listing
from assetgen.refs.scan import frontmatter
from assetgen.refs.sites import literals
from assetgen.refs.sites.base_paths import NOWHERE, Base
from assetgen.refs.sites.served import Mount, Served

_KINDS: Mapping[str, Literal["yaml", "toml", "json"]] = {
    "toml": "toml",
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
}
#: The environments whose folder of configuration counts: the one for all, and the built site's.
_ENVIRONMENTS = ("_default", "production")
# What a program makes a file of configuration from, which git ignores then.
_GENERATED = re.compile(r"[-_.](?:template|tmpl|tpl|base|example)$")
# Settings with which a page has another URL, or a path in it another meaning. Several languages
# make Hugo look for images itself.
_OTHER_URLS = ("permalinks", "relativeurls", "languages")
_HOOK = re.compile(r"(?:^|/)_markup/render-(?:image|link)[^/]*$")
_THEME_FOLDER = re.compile(r"(?:themes/[^/]+|_vendor/.+?)/(?:static|assets)/")


def served(root: str, files: Mapping[str, str], listing: Listing) -> Served:
    """Static files, assets (by pipes and render hooks) and page resources; themes come last.

    ``files`` are the configuration files in the folder of the site, by name.
    """
    tables = list(_tables(root, files, listing))
    languages = [one for table in tables for one in _rows(table.get("languages"))]
    static = _named([*tables, *languages], "staticdir") or ["static"]
    content = ["content", *_named([*tables, *languages], "contentdir")]
    assets = ["assets", *_named(tables, "assetdir")]
    module = [one for table in tables if isinstance(one := table.get("module"), dict)]
    mounted = [row for one in module for row in _mounts(root, one.get("mounts"))]
    imported = list(_imported(root, module, listing))
    pages = tuple(mount for kind, mount in mounted if kind == "content")
    is_plain = _is_plain(root, tables=tables, modules=module, listing=listing)
    return Served(
        public=(
            *_folders(root, static),
            *(mount for _, mount in mounted),
            *_folders(root, [*assets, *content]),
            *(mount for _, mount in imported if listing.folder_exists(mount.folder)),
            *_folders(root, _theme_folders(root, listing)),
        ),
        content=(*_folders(root, reversed(content)), *pages),
        sources=tuple(
            dict.fromkeys(one.folder for one in pages if listing.folder_exists(one.folder))
        ),
        base=_stated_base([*tables, *languages]),
        in_languages=True,
        raw_by_url=is_plain,
        markdown_by_url=is_plain,
        adds_base=any(_is_on(one, "canonifyurls") for one in tables),
        page_is_folder=not any(_is_on(one, "uglyurls") for one in tables),
        unpublished=tuple(
            mount.folder
            for mount in (
                *_folders(root, assets),
                *(mount for kind, mount in mounted if kind == "assets"),
            )
        ),
        made=tuple(
            mount.prefix
            for _, mount in (*mounted, *imported)
            if mount.prefix and not listing.folder_exists(mount.folder)
        ),
    )


def _tables(root: str, files: Mapping[str, str], listing: Listing) -> Iterator[dict[str, Any]]:
    """The settings of each file: those of languages.toml are below ``languages``."""
    paths = list(files.values())
    for environment in _ENVIRONMENTS:
        folder = below(root, f"config/{environment}")
        if inside := listing.starting(f"{folder}/"):
            listing.consulted.add(folder)  # a new file in it counts
            paths += inside
    for path in dict.fromkeys(paths):
        stem, _, end = path.rpartition("/")[2].rpartition(".")
        stem = _GENERATED.sub("", stem)
        if kind := _KINDS.get(end):
            read = _read(literals.text_of(listing.read(path)), kind)
            for key in reversed([] if stem in ("hugo", "config", "theme") else stem.split(".")):
                read = {key.lower(): read}
            yield read


def _read(text: str, kind: Literal["yaml", "toml", "json"]) -> dict[str, Any]:
    start = text.find("{") if kind == "json" else 0
    if start < 0:
        return {}
    end = len(text)
    front = frontmatter.Front(kind, page=text, start=start, end=end, body=end)
    found = _lower(frontmatter.values(front))
    return found if isinstance(found, dict) else {}


def _lower(tree: Any) -> Any:
    """The same with keys in lower case, as their case does not count."""
    if isinstance(tree, dict):
        return {key.lower(): _lower(value) for key, value in tree.items()}
    return [_lower(one) for one in tree] if isinstance(tree, list) else tree


def _rows(value: Any) -> list[dict[str, Any]]:
    """The tables in a table or list."""
    rows = list(value.values()) if isinstance(value, dict) else value
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _named(tables: list[dict[str, Any]], key: str) -> list[str]:
    """The folders that ``staticDir``, ``staticDir0`` ... name."""
    found: list[str] = []
    for table in tables:
        for name, value in table.items():
            if name.rstrip("0123456789") == key:
                listed = value if isinstance(value, list) else [value]
                found += [one.strip() for one in listed if isinstance(one, str) and one.strip()]
    return found


def _mounts(root: str, rows: Any) -> Iterator[tuple[str, Mount]]:
    """The kind of each mount ("static", "assets" or "content"), and where it is served."""
    for row in _rows(rows):
        source, target = row.get("source"), row.get("target")
        if isinstance(source, str) and isinstance(target, str):
            kind, _, prefix = target.strip("/ ").partition("/")
            place = joined(root, source.strip())
            if place is not None and kind in ("static", "assets", "content"):
                yield kind, Mount(prefix, place)


def _imported(
    root: str, modules: list[dict[str, Any]], listing: Listing
) -> Iterator[tuple[str, Mount]]:
    """The mounts of imported modules: in _vendor/ or themes/, or nowhere in the repository."""
    for module in modules:
        for one in _rows(module.get("imports")):
            name = one.get("path")
            if isinstance(name, str):
                places = (below(root, f"{kept}/{name}") for kept in ("_vendor", "themes"))
                kept = next(filter(listing.folder_exists, places), below(root, f"_vendor/{name}"))
                yield from _mounts(kept, one.get("mounts"))


def _is_plain(
    root: str, tables: list[dict[str, Any]], modules: list[dict[str, Any]], listing: Listing
) -> bool:
    """Whether Markdown is rendered without hooks, at URLs that follow from the paths of pages."""
    if any(_is_on(one, *_OTHER_URLS) or "renderhooks" in str(one.get("markup")) for one in tables):
        return False
    hooks = (path for path in listing if _HOOK.search(path))
    themes = [one for table in tables for one in _listed(table.get("theme"))]
    themes += [row["path"] for one in modules for row in _rows(one.get("imports")) if "path" in row]
    is_whole = all(
        any(listing.folder_exists(below(root, f"{kept}/{one}")) for kept in ("themes", "_vendor"))
        for one in themes
    )
    return is_whole and next(hooks, None) is None


def _listed(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _is_on(table: dict[str, Any], *keys: str) -> bool:
    return any(table.get(key) not in (None, False, "", {}, "false") for key in keys)


def _stated_base(tables: list[dict[str, Any]]) -> Base:
    urls = [one["baseurl"] for one in tables if isinstance(one.get("baseurl"), str)]
    bases = list(dict.fromkeys(map(_base, urls)))
    if len(bases) > 1:
        return Base(possible=tuple(filter(None, bases)))
    return Base(bases[0]) if bases else NOWHERE


def _base(url: Any) -> str:
    try:
        return urlsplit(url).path.strip("/") if isinstance(url, str) else ""
    except ValueError:
        return ""


def _folders(root: str, paths: Any) -> Iterator[Mount]:
    places = (joined(root, path) for path in paths)
    for place in dict.fromkeys(places):
        if place is not None:
            yield Mount("", place)


def _theme_folders(root: str, listing: Listing) -> list[str]:
    """The folders that themes serve, in themes/ or vendored as modules."""
    found = set()
    for kept in ("themes", "_vendor"):
        for path in listing.starting(f"{below(root, kept)}/"):
            inside = within(root, path) or ""
            if folder := _THEME_FOLDER.match(inside):
                found.add(folder[0].rstrip("/"))
    return sorted(found, reverse=True)  # static before assets
