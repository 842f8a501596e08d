"""The sites of a repository that gets its first manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import ManifestError, StorageError
from assetgen.fs import globs, paths
from assetgen.fs.tree import WorkTree
from assetgen.manifest.schema import FILE
from assetgen.refs.folders import below
from assetgen.refs.listing import Listing
from assetgen.refs.sites.framework import NEXT, Framework
from assetgen.refs.sites.site import Site, Sites
from assetgen.refs.sites.tongues import is_english
from assetgen.text import count

NAMES: dict[Framework, str] = {
    "next": "Next.js",
    "nextra": "Nextra",
    "fumadocs": "Fumadocs",
    "astro": "Astro",
    "vite": "Vite",
    "docusaurus": "Docusaurus",
    "mintlify": "Mintlify",
    "vitepress": "VitePress",
    "vuepress": "VuePress",
    "gatsby": "Gatsby",
    "remix": "React Router",
    "eleventy": "Eleventy",
    "hugo": "Hugo",
    "mkdocs": "MkDocs",
    "jekyll": "Jekyll",
    "nuxt": "Nuxt",
    "sveltekit": "SvelteKit",
    "create-react-app": "Create React App",
    "mdbook": "mdBook",
    "plain": "plain HTML",
}
# Folders with sites that no one publishes.
_SAMPLES = re.compile(
    r"(?:.+[-_.])?(?:example|sample|fixture|template|starter|playground|repro|sandbox|benchmark"
    r"|test)s?(?:[-_.].+)?|__fixtures__|__tests__|e2e|scripts|themes|exampleSite|_vendor|vendor",
)
_PAGES = globs.matcher(["**/*.{html,mdx,astro,vue,svelte}", "*/**/*.{md,css}"])
#: Folders of which each site of a framework has one.
_ROUTES = ("app", "pages", "src/app", "src/pages")
_NEEDED: dict[Framework, tuple[str, ...]] = {
    **dict.fromkeys(NEXT, _ROUTES),
    "sveltekit": ("src/routes",),
}
# The most sites that a message names.
_MOST = 20


def listing_of(root: Path) -> Listing:
    """The files in ``root``, which needs no manifest."""
    tree = WorkTree(root)

    def read(path: str) -> bytes | None:
        try:
            return tree.read(path)
        except StorageError:  # what cannot be read tells nothing
            return None

    return Listing(list(tree.everything()), read, tree.links())


def found(listing: Listing) -> list[Site]:
    """The sites that a manifest can be for, by folder: no samples, and no parts of another site.

    Of a site that has a folder for each language, only the one that others are translated from.
    """
    every = Sites(listing)
    built = [
        site
        for site in every.all
        if site.framework != "plain"
        and not (site.root and paths.problem(site.root))
        and _is_published(site, listing)
    ]
    own = [site for site in built if not is_sample(f"{site.root}/")] or built
    return [site for site in own if _is_first_language(site, every, listing)]


def is_sample(path: str) -> bool:
    """Whether a file is in a folder with sites or pages that no one publishes."""
    return any(map(_SAMPLES.fullmatch, path.split("/")[:-1]))


def languages(site: Site, listing: Listing) -> list[Site]:
    """The sites beside ``site`` that are the same one in other languages."""
    beside = Sites(listing).translations(site)
    return [one for one in beside if one.framework == site.framework]


def _is_first_language(site: Site, every: Sites, listing: Listing) -> bool:
    """Whether no site beside ``site`` is the one that it is translated from."""
    beside = [one for one in every.translations(site) if one.framework == site.framework]

    def rank(one: Site) -> tuple[bool, int, str]:
        return not is_english(f"{one.root}/"), -len(listing.starting(f"{one.root}/")), one.root

    return not beside or site.root == min([site, *beside], key=rank).root


def _is_published(site: Site, listing: Listing) -> bool:
    """Whether a folder with the configuration has what the framework builds a site from.

    Libraries have a vite.config or svelte.config too, and a monorepo may keep a next.config for
    each platform in folders of their own.
    """
    if site.framework == "vite":
        return ".html" in site.served.config or any(
            below(mount.folder, "index.html") in listing for mount in site.served.content
        )
    needed = _NEEDED.get(site.framework)
    return needed is None or any(
        listing.folder_exists(below(site.root, folder)) for folder in needed
    )


def chosen(listing: Listing) -> Site | None:
    """The site in the root, or the only site below it; None without one, or among several."""
    every = found(listing)
    own = [site for site in every if not site.root] or every
    if len(own) == 1:
        return own[0]
    if not own and "index.html" in listing:
        return replace(Sites(listing).all[0], framework="plain")
    return None


def has_pages(listing: Listing) -> bool:
    """Whether there is any page, apart from a README."""
    return any(_PAGES(path) and not globs.is_built(path) for path in listing)


def several(listing: Listing) -> dict[str, str]:
    """The sites without a manifest, folder -> framework, if there are several and none in the root.

    Raises ManifestError if each of them has a manifest.
    """
    sites = found(listing)
    if chosen(listing) is not None or len(sites) < 2:
        return {}
    waiting = [site for site in sites if below(site.root, FILE) not in listing]
    if not waiting:
        raise ManifestError(
            f"each site here has a manifest of its own already: {_named(sites)}",
            cure=command("assetgen plan -C {folder}", folder=sites[0].root),
        )
    return {site.root: NAMES[site.framework] for site in waiting}


def refusal(waiting: Mapping[str, str]) -> ManifestError:
    """The error for several sites, ``waiting`` for a manifest, where nobody can be asked."""
    named = [f"{folder} ({framework})" for folder, framework in waiting.items()]
    more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
    need = "needs a manifest of its" if len(named) == 1 else "need a manifest of their"
    return ManifestError(
        f"{count(len(named), 'site')} here {need} own: {', '.join(named[:_MOST])}{more}; "
        "nothing was written",
        cure=advice(
            "{one} ({several})",
            one=command("assetgen init -C {folder}", folder=next(iter(waiting))),
            several="then the same for the next one" if len(waiting) > 1 else "the last one",
        ),
    )


def _named(sites: Sequence[Site]) -> str:
    named = ", ".join(f"{site.root} ({NAMES[site.framework]})" for site in sites[:_MOST])
    more = len(sites) - _MOST
    return f"{named} and {more} more" if more > 0 else named
