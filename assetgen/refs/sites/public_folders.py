"""What each framework serves, and under which URLs, by its conventions and its configuration.

Sources: the "static assets" pages of https://nextjs.org/docs, https://docs.astro.build,
https://vite.dev, https://docusaurus.io, https://vitepress.dev, https://www.gatsbyjs.com,
https://reactrouter.com, https://www.11ty.dev, https://gohugo.io, https://www.mkdocs.org,
https://www.mintlify.com, https://fumadocs.dev, https://nextra.site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, replace

from assetgen.refs.folders import below, joined, within
from assetgen.refs.listing import Listing
from assetgen.refs.sites import (
    base_paths,
    docusaurus,
    eleventy,
    framework,
    hugo,
    jekyll,
    literals,
    sources,
)
from assetgen.refs.sites.aliases import Alias
from assetgen.refs.sites.framework import ConfigFiles, Framework
from assetgen.refs.sites.served import Mount, Served

# They make icons, which are in no repository.
_ICON_MAKERS = {
    *(
        "gatsby-plugin-manifest",
        "vite-plugin-pwa",
        "@vite-pwa/astro",
        "@vite-pwa/vitepress",
        "@vite-pwa/nuxt",
    ),
    *(
        "@vite-pwa/assets-generator",
        "astro-webmanifest",
        "astro-favicons",
        "favicons",
        "favicons-webpack-plugin",
    ),
    *(
        "eleventy-plugin-gen-favicons",
        "vite-plugin-favicons-inject",
        "unplugin-favicons",
        "astro-icon-generator",
    ),
}


# Their commands take it as an option.
_BASE_IN_COMMANDS: Set[Framework] = frozenset({"vite", "vitepress", "astro"})
# A command of a deployment often overrides it.
_BASE_ELSEWHERE: Set[Framework] = frozenset({"hugo", "jekyll", "eleventy"})
# How many folders of a site count: each is tried for each path of a page.
_MAX_MOUNTS = 200


def of(
    known: Framework, root: str, found: ConfigFiles, packages: Set[str], listing: Listing
) -> Served:
    """What a site of the framework ``known`` in ``root``, with ``packages``, serves."""
    config = framework.configuration(known, found, listing)
    read = _SERVED[known](_Site(root, listing, config, found, packages))
    icons = bool(packages & _ICON_MAKERS)
    if known in _BASE_IN_COMMANDS and "package.json" in found:
        passed = base_paths.of_commands(literals.text_of(listing.read(found["package.json"])))
        read = replace(read, base=replace(read.base, possible=(*read.base.possible, *passed)))
    if known in _BASE_ELSEWHERE and read.base.stated and base_paths.is_passed(root, listing):
        read = replace(read, base=base_paths.Base(possible=read.base.named, is_open=True))
    return replace(
        read,
        public=read.public[:_MAX_MOUNTS],
        content=read.content[:_MAX_MOUNTS],
        config=config,
        makes_icons=icons,
        sources=(*read.sources, *sources.named(root, listing)),
        usual=read.usual or _usual(root, "src", ""),
    )


@dataclass(frozen=True, slots=True)
class _Site:
    root: str
    listing: Listing
    config: str
    files: ConfigFiles
    packages: Set[str] = frozenset()

    def at(self, path: str) -> str:
        return joined(self.root, path) or self.root

    def mounts(self, *folders: str, prefix: str = "") -> tuple[Mount, ...]:
        """Mounts at the root for these folders, except those outside of the repository."""
        places = (joined(self.root, folder) for folder in folders)
        return tuple(Mount(prefix, place) for place in dict.fromkeys(places) if place is not None)


def _usual(root: str, *folders: str) -> tuple[Alias, ...]:
    """``@/`` and ``~/`` for projects that do not define them."""
    targets = tuple(below(root, f"{folder}/*" if folder else "*") for folder in folders)
    return (Alias("@/*", targets, sure=False), Alias("~/*", targets, sure=False))


def _next(site: _Site) -> Served:
    pages = ("pages", "src/pages", "app", "src/app", "content", "src/content", "content/docs")
    return Served(
        public=site.mounts("public"),
        content=site.mounts(*pages) + site.mounts("content/docs", "docs", prefix="docs"),
        base=base_paths.of(site.config, "basePath"),
        page_is_folder=False,
    )


def _astro(site: _Site) -> Served:
    source = literals.string(site.config, "srcDir") or "src"
    pages = site.mounts(f"{source}/pages", f"{source}/content/docs", f"{source}/content", "content")
    return Served(
        public=site.mounts(literals.string(site.config, "publicDir") or "public"),
        content=pages,
        base=base_paths.of(site.config, "base"),
        usual=_usual(site.root, source, ""),
    )


def _vite(site: _Site) -> Served:
    root = literals.string(site.config, "root") or "."
    public = literals.string(site.config, "publicDir") or "public"
    pages = site.mounts(root, f"{root}/src/pages", f"{root}/src")
    return Served(
        public=site.mounts(f"{root}/{public}", root),
        content=pages,
        base=base_paths.of(site.config, "base"),
    )


def _create_react_app(site: _Site) -> Served:
    return Served(public=site.mounts("public"), content=site.mounts("public", "src"))


def _docusaurus(site: _Site) -> Served:
    usual = _usual(site.root, "src", "")
    return docusaurus.served(site.root, site.config, site.listing, usual)


def _mintlify(site: _Site) -> Served:
    return Served(public=site.mounts("."), content=site.mounts("."), page_is_folder=False)


def _vitepress(site: _Site) -> Served:
    source = literals.string(site.config, "srcDir") or "."
    public = literals.string(site.config, "publicDir") or "public"
    outside = joined(site.root, source)
    elsewhere = (
        (outside,) if outside is not None and within(site.root, f"{outside}/") is None else ()
    )
    left_out = literals.strings(site.config, "srcExclude")
    return Served(
        public=site.mounts(f"{source}/{public}", source),
        content=site.mounts(source),
        base=base_paths.of(site.config, "base"),
        elsewhere=elsewhere,
        unread=tuple(below(outside or "", one) for one in left_out),
        beyond=(source,) if outside is None else (),
        page_is_folder=False,
    )


def _vuepress(site: _Site) -> Served:
    aliases = (Alias("@source/*", (below(site.root, "*"),)), *_usual(site.root, "src", ""))
    return Served(
        public=site.mounts(literals.string(site.config, "public") or ".vuepress/public", "."),
        content=site.mounts("."),
        base=base_paths.of(site.config, "base"),
        usual=aliases,
        page_is_folder=False,
    )


def _gatsby(site: _Site) -> Served:
    pages = site.mounts("src/pages", "content", "src/content", "content/blog")
    return Served(
        public=site.mounts("static"), content=pages, base=base_paths.of(site.config, "pathPrefix")
    )


def _remix(site: _Site) -> Served:
    return Served(
        public=site.mounts(literals.string(site.config, "publicDir") or "public"),
        content=site.mounts("app/routes", "content", "data"),
        base=base_paths.of(site.config, "base(?:name)?"),
        usual=_usual(site.root, "app", "src", ""),
        page_is_folder=False,
    )


def _nuxt(site: _Site) -> Served:
    """Nuxt 4 has its sources in app/, Nuxt 3 in the root; public/ is in the root or beside them."""
    holds = any(
        site.listing.folder_exists(site.at(f"app/{one}"))
        for one in ("pages", "components", "layouts", "assets")
    )
    is_new = holds or site.at("app/app.vue") in site.listing
    source = literals.string(site.config, "srcDir") or ("app" if is_new else ".")
    stated = literals.string(site.config, "public")
    public = [stated, f"{source}/{stated}"] if stated else []
    public += ["public", f"{source}/public", "static", "app/public"]
    there = [one for one in public if site.listing.folder_exists(site.at(one))]
    root = below(site.root, "*")
    aliases = (Alias("~~/*", (root,)), Alias("@@/*", (root,)))
    folders = dict.fromkeys(("" if source == "." else source.strip("/"), "", "app", "src"))
    return Served(
        public=site.mounts(*there or public[:1]),
        content=site.mounts("content", "pages", f"{source}/pages", "app/pages"),
        base=base_paths.of(site.config, "baseURL"),
        usual=(*aliases, *_usual(site.root, *folders)),
        sources=() if source in (".", "app") else _existing(site, source),
    )


def _existing(site: _Site, *paths: str) -> tuple[str, ...]:
    """Those of the folders that exist in the repository, and are not the site itself."""
    places = (joined(site.root, path) for path in paths)
    return tuple(
        one for one in places if one and one != site.root and site.listing.folder_exists(one)
    )


def _sveltekit(site: _Site) -> Served:
    aliases = (Alias("$lib/*", (below(site.root, "src/lib/*"),)), *_usual(site.root, "src", ""))
    public = literals.string(site.config, "assets") or "static"
    return Served(
        public=site.mounts(public),
        content=site.mounts("src/routes"),
        base=base_paths.of(site.config, "base"),
        usual=aliases,
        page_is_folder=False,
    )


def _eleventy(site: _Site) -> Served:
    return eleventy.served(site.root, site.config, site.packages, site.listing)


def _hugo(site: _Site) -> Served:
    return hugo.served(site.root, site.files, site.listing)


def _mkdocs(site: _Site) -> Served:
    docs = (
        literals.yaml_value(site.config, "docs_dir")
        or literals.string(site.config, "docs_dir")
        or "docs"
    )
    custom = literals.string(site.config, "custom_dir") or _CUSTOM.search(site.config)
    theme = custom[1].strip() if isinstance(custom, re.Match) else custom
    flat = literals.yaml_value(site.config, "use_directory_urls") == "false"
    docs_place = joined(site.root, docs)
    return Served(
        public=site.mounts(docs, *([theme] if theme else [])),
        content=site.mounts(docs),
        elsewhere=() if docs_place is None or within(site.root, docs_place) else (docs_place,),
        sources=_existing(site, theme) if theme else (),
        beyond=(docs,) if docs_place is None else (),
        raw_by_url=not flat,
        page_is_folder=not flat,
        in_languages=True,
    )


_CUSTOM = re.compile(
    r"^[ \t]++custom_dir[ \t]*+:[ \t]*+[\"']?([^\"'#\n]++)[\"']?[ \t\r]*+(?:#.*)?$", re.M
)


def _jekyll(site: _Site) -> Served:
    return jekyll.served(site.root, site.config)


def _mdbook(site: _Site) -> Served:
    source = literals.string(site.config, "src") or "src"
    return Served(public=site.mounts(source), content=site.mounts(source), page_is_folder=False)


def _plain(site: _Site) -> Served:
    public = [
        one for one in ("public", "static") if site.listing.folder_exists(below(site.root, one))
    ]
    return Served(public=site.mounts(*public), content=site.mounts("."), page_is_folder=False)


_SERVED: dict[Framework, Callable[[_Site], Served]] = {
    "next": _next,
    "nextra": _next,
    "fumadocs": _next,
    "astro": _astro,
    "vite": _vite,
    "create-react-app": _create_react_app,
    "docusaurus": _docusaurus,
    "mintlify": _mintlify,
    "vitepress": _vitepress,
    "vuepress": _vuepress,
    "gatsby": _gatsby,
    "remix": _remix,
    "nuxt": _nuxt,
    "sveltekit": _sveltekit,
    "eleventy": _eleventy,
    "hugo": _hugo,
    "mkdocs": _mkdocs,
    "jekyll": _jekyll,
    "mdbook": _mdbook,
    "plain": _plain,
}
