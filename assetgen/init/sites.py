"""The sites of a repository that gets its first manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import ManifestError, StorageError
from assetgen.fs import globs, paths
from assetgen.fs.tree import WorkTree
from assetgen.manifest.schema import FILE
from assetgen.refs.folders import below
from assetgen.refs.listing import Listing
from assetgen.refs.sites.framework import Framework
from assetgen.refs.sites.site import Site, Sites

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
_SAMPLES = frozenset(
    {
        *("example", "examples", "fixture", "fixtures", "__fixtures__", "test", "tests"),
        *("__tests__", "e2e", "playground", "playgrounds", "template", "templates", "benchmarks"),
        *("themes", "exampleSite", "_vendor", "vendor"),
    }
)
_PAGES = globs.matcher(["**/*.{html,mdx,astro,vue,svelte}", "*/**/*.{md,css}"])
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
    """The sites that a manifest can be for, by folder: no samples, and no parts of another site."""
    built = [
        site
        for site in Sites(listing).all
        if site.framework != "plain" and not (site.root and paths.problem(site.root))
    ]
    return [site for site in built if _SAMPLES.isdisjoint(site.root.split("/"))] or built


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


def refuse_several(listing: Listing) -> None:
    """Raise ManifestError if there are several sites and none of them is in the root."""
    sites = found(listing)
    if chosen(listing) is not None or len(sites) < 2:
        return
    waiting = [site for site in sites if below(site.root, FILE) not in listing]
    if not waiting:
        raise ManifestError(
            f"each site here has a manifest of its own already: {_named(sites)}",
            cure=command("assetgen plan -C {folder}", folder=sites[0].root),
        )
    raise ManifestError(
        f"there are {len(sites)} sites here, and each needs a manifest of its own: "
        f"{_named(sites)}; nothing was written",
        cure=advice(
            "{one} ({several})",
            one=command("assetgen init -C {folder}", folder=waiting[0].root),
            several="then the same for the next one" if len(waiting) > 1 else "the last one",
        ),
    )


def _named(sites: Sequence[Site]) -> str:
    named = ", ".join(f"{site.root} ({NAMES[site.framework]})" for site in sites[:_MOST])
    more = len(sites) - _MOST
    return f"{named} and {more} more" if more > 0 else named
