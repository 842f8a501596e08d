"""Which folders of a site have its pictures, and which of its files are pages, by its framework.

The answers depend on the framework and its configuration, not on the files that exist today, so
they are also right for a folder that is made later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assetgen.fs import paths
from assetgen.refs.folders import below, within
from assetgen.refs.sites.framework import NEXT, Framework
from assetgen.refs.sites.site import Site

_SCRIPTED = "*.{tsx,jsx,md,mdx,css,scss}"
_MARKDOWN = "*.{md,mdx}"
_CONFIG = ".{js,mjs,cjs,ts,mts,cts}"


@dataclass(frozen=True, slots=True)
class _Usual:
    """Folders with pictures beside the public one, and the pages, relative to the site.

    ``SRC`` is the folder of the pages, as the configuration sets it.
    """

    outputs: tuple[str, ...]
    pages: tuple[str, ...]


_OF_NEXT = _Usual(
    ("app", "src"),
    (
        *(f"{folder}/**/{_SCRIPTED}" for folder in ("app", "pages", "components", "src")),
        *(f"{folder}/**/{_MARKDOWN}" for folder in ("content", "docs")),
        f"next.config{_CONFIG}",
    ),
)
_USUAL: Mapping[Framework, _Usual] = {
    **dict.fromkeys(NEXT, _OF_NEXT),
    "astro": _Usual(
        ("SRC", "content"),
        (
            "SRC/**/*.{astro,md,mdx,mdoc,tsx,jsx,vue,svelte,css,scss}",
            f"content/**/{_MARKDOWN}",
            f"astro.config{_CONFIG}",
        ),
    ),
    "docusaurus": _Usual(
        ("docs", "blog", "src"),
        (
            *(f"{folder}/**/{_MARKDOWN}" for folder in ("docs", "blog", "versioned_docs", "i18n")),
            f"src/**/{_SCRIPTED}",
            f"docusaurus.config{_CONFIG}",
        ),
    ),
    "vite": _Usual(("src",), ("index.html", "src/**/*.{tsx,jsx,vue,svelte,mdx,css,scss}")),
    "create-react-app": _Usual(("src",), ("public/index.html", "src/**/*.{tsx,jsx,css,scss}")),
    "vitepress": _Usual(
        ("SRC",),
        (
            "SRC/**/*.md",
            ".vitepress/theme/**/*.{vue,css,scss}",
            f".vitepress/config{_CONFIG}",
            f".vitepress/config/**/*{_CONFIG}",
        ),
    ),
    "vuepress": _Usual(("SRC",), ("SRC/**/*.md", f".vuepress/config{_CONFIG}")),
    "mintlify": _Usual(("images", "logo", "assets"), (f"**/{_MARKDOWN}", "{docs,mint}.json")),
    "gatsby": _Usual(
        ("src", "content"),
        (f"src/**/{_SCRIPTED}", f"content/**/{_MARKDOWN}", f"gatsby-config{_CONFIG}"),
    ),
    "remix": _Usual(("app",), (f"app/**/{_SCRIPTED}", f"content/**/{_MARKDOWN}")),
    "nuxt": _Usual(
        ("app", "assets", "content"),
        (
            "app/**/*.{vue,css,scss}",
            *(f"{folder}/**/*.vue" for folder in ("pages", "components", "layouts")),
            "app.vue",
            "assets/**/*.{css,scss}",
            "content/**/*.md",
            f"nuxt.config{_CONFIG}",
        ),
    ),
    "sveltekit": _Usual(("src",), ("src/**/*.{svelte,svx,md,html,css,scss}",)),
    "eleventy": _Usual(
        ("SRC", "assets", "content"),
        ("SRC/**/*.{md,html,njk,liquid,webc,css,scss}",),
    ),
    "hugo": _Usual(
        ("assets", "SRC"),
        (
            "SRC/**/*.{md,html}",
            "layouts/**/*.html",
            "assets/**/*.{css,scss}",
            "static/**/*.css",
        ),
    ),
    "mkdocs": _Usual(("SRC",), ("SRC/**/*.{md,css}",)),
    "jekyll": _Usual(
        ("assets", "images", "img"),
        (
            "*.{md,html}",
            *(f"{folder}/**/*.{{md,html}}" for folder in ("_posts", "_layouts", "_includes")),
            "assets/**/*.{css,scss}",
        ),
    ),
    "mdbook": _Usual(("SRC",), ("SRC/**/*.md",)),
    "plain": _Usual(("assets", "images", "img"), ("**/*.{html,css}",)),
}
# What builds write, for patterns that would match everywhere.
_BUILT = "!{dist,build,out,_site,coverage,target,vendor}/**"
_ICONS = re.compile(r"fav-?icon|icons?$", re.I)
_SERVED_NAMES = ("public", "static", "assets", "images", "img")


@dataclass(frozen=True)
class Folders:
    """What a manifest says about a site; paths are relative to the manifest."""

    public: str | None
    """The folder that is served at ``/``; None if that is not known."""
    outputs: tuple[str, ...]
    first: str
    """The output folder where a first picture belongs."""
    content: tuple[str, ...]


def of(site: Site) -> Folders:
    """The folders and the pages of a site."""
    usual, source = _USUAL[site.framework], _source(site)
    public = _public(site)
    elsewhere = [_placed(site, one, source) for one in usual.outputs]
    served = [mount.folder for mount in site.served.public] if site.framework == "eleventy" else []
    own = [folder for folder in served if "node_modules" not in folder.split("/")]
    named = [folder for folder in own if not _ICONS.search(folder)]
    outputs = _apart([one for one in (public, *elsewhere, *named) if one])
    if not outputs:
        outputs = (below(site.root, "assets"),)
    first = public if public and _is_inside(public, outputs) else outputs[0]
    pages = [_pattern(site, one, source) for one in usual.pages]
    pages += [_BUILT] if any(one.startswith("**/") for one in pages) else []
    return Folders(public, outputs, first, tuple(dict.fromkeys(pages)))


def _source(site: Site) -> str:
    """The folder of the pages of a site, relative to the repository; "" is the repository."""
    content = [mount.folder for mount in site.served.content]
    if not content:
        return site.root
    if site.framework == "astro":
        return content[0].rpartition("/")[0]
    if site.framework == "hugo" and any(within(content[-1], one) for one in content):
        return content[-1]  # of the folders of several languages, the one that contains them
    return content[0]


def _public(site: Site) -> str | None:
    """The folder that is served at ``/``, as far as it can be a folder of a manifest."""
    served = site.served.public
    if site.framework == "nuxt":
        found = [mount.folder for mount in served]
        return next(iter(found), None)
    plain = [
        mount.folder
        for mount in served
        if not mount.prefix
        and mount.folder != site.root
        and not paths.problem_of_file(mount.folder)
    ]
    if site.framework == "eleventy":
        plain = [folder for folder in plain if not _ICONS.search(folder)]
        plain.sort(key=lambda folder: folder.rpartition("/")[2] not in _SERVED_NAMES)
    return next(iter(plain), None)


def _placed(site: Site, folder: str, source: str) -> str | None:
    found = source if folder == "SRC" else below(site.root, folder)
    return None if not found or paths.problem_of_file(found) else found


def _pattern(site: Site, pattern: str, source: str) -> str:
    if pattern.startswith("SRC/"):
        return below(source, pattern.removeprefix("SRC/"))
    return below(site.root, pattern)


def _apart(folders: Iterable[str]) -> tuple[str, ...]:
    """The folders without those that are in another one."""
    unique = list(dict.fromkeys(folders))
    return tuple(
        one for one in unique if not any(within(other, one) for other in unique if other != one)
    )


def _is_inside(path: str, folders: Sequence[str]) -> bool:
    return any(path == one or within(one, path) is not None for one in folders)
