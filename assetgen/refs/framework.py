"""What each framework serves: from which folders, under which URLs, by its conventions and its configuration.

Sources: the "static assets" pages of https://nextjs.org/docs, https://docs.astro.build, https://vite.dev,
https://docusaurus.io, https://vitepress.dev, https://www.gatsbyjs.com, https://reactrouter.com, https://www.11ty.dev,
https://gohugo.io, https://www.mkdocs.org, https://www.mintlify.com, https://fumadocs.dev, https://nextra.site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from assetgen.refs import literals
from assetgen.refs.aliases import Alias
from assetgen.refs.listing import Listing
from assetgen.refs.place import joined, within

Framework = Literal[
    "next",
    "nextra",
    "fumadocs",
    "astro",
    "vite",
    "docusaurus",
    "mintlify",
    "vitepress",
    "vuepress",
    "gatsby",
    "remix",
    "eleventy",
    "hugo",
    "mkdocs",
    "jekyll",
    "nuxt",
    "sveltekit",
    "create-react-app",
    "mdbook",
    "plain",
]
FRAMEWORKS: tuple[Framework, ...] = get_args(Framework)

#: What a file of each name says about the folder that it lies in; the name as it is, without its script extension.
_CONFIGS: dict[str, Framework] = {
    "docusaurus.config": "docusaurus",
    "next.config": "next",
    "astro.config": "astro",
    "gatsby-config": "gatsby",
    "react-router.config": "remix",
    "remix.config": "remix",
    ".eleventy": "eleventy",
    "eleventy.config": "eleventy",
    "nuxt.config": "nuxt",
    "svelte.config": "sveltekit",
    "vite.config": "vite",
}
_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_PLAIN_CONFIGS: dict[str, Framework] = {
    "docs.json": "mintlify",
    "mint.json": "mintlify",
    "hugo.toml": "hugo",
    "hugo.yaml": "hugo",
    "hugo.yml": "hugo",
    "hugo.json": "hugo",
    "theme.toml": "hugo",
    "mkdocs.yml": "mkdocs",
    "mkdocs.yaml": "mkdocs",
    "zensical.toml": "mkdocs",
    "_config.yml": "jekyll",
    "book.toml": "mdbook",
}
_HUGO_OLD = ("config.toml", "config.yaml", "config.yml", "config.json")
_HUGO_FOLDERS = ("content", "layouts", "archetypes", "themes")

# The first of these that holds is what a folder with several signs is.
_ORDER: tuple[Framework, ...] = (
    *("docusaurus", "mintlify", "nextra", "fumadocs", "next", "astro", "gatsby", "vitepress", "vuepress"),
    *("remix", "nuxt", "sveltekit", "eleventy", "hugo", "mkdocs", "vite", "create-react-app", "jekyll", "mdbook"),
)
# A dependency says what a folder is only beside a folder that the framework needs; a workspace lists them at its top.
_DEPENDENCIES: dict[str, tuple[Framework, tuple[str, ...]]] = {
    "next": ("next", ("app", "pages", "src/app", "src/pages")),
    "astro": ("astro", ("src/pages", "src/content")),
    "gatsby": ("gatsby", ("src/pages", "static")),
    "@react-router/dev": ("remix", ("app",)),
    "@remix-run/dev": ("remix", ("app",)),
    "@11ty/eleventy": ("eleventy", ("_includes", "src/_includes", "_data", "src", "content")),
    "nuxt": ("nuxt", ("pages", "app", "content")),
    "@sveltejs/kit": ("sveltekit", ("src/routes",)),
    "react-scripts": ("create-react-app", ("src", "public")),
    "vite": ("vite", ("src", "public")),
}
# They make icons, and the names of these stand in no repository.
_ICON_MAKERS = {
    *("gatsby-plugin-manifest", "vite-plugin-pwa", "@vite-pwa/astro", "@vite-pwa/vitepress", "@vite-pwa/nuxt"),
    *("@vite-pwa/assets-generator", "astro-webmanifest", "astro-favicons", "favicons", "favicons-webpack-plugin"),
    *("eleventy-plugin-gen-favicons", "vite-plugin-favicons-inject", "unplugin-favicons", "astro-icon-generator"),
}


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder of the repository whose files are served below ``prefix`` ("" is the root of the site)."""

    prefix: str
    folder: str

    def path(self, url: str) -> str | None:
        """The file that answers ``url`` (without the slash that it begins with), if it lies below the prefix."""
        rest = "" if url == self.prefix else within(self.prefix, url)
        return joined(self.folder, rest) if rest is not None else None


@dataclass(frozen=True)
class Served:
    """What a site serves, all paths relative to the repository."""

    public: tuple[Mount, ...]
    """Where ``/x`` is looked for, in order."""
    content: tuple[Mount, ...] = ()
    """Where pages lie, and below which URL they are served."""
    base: str = ""
    """The path below which the site is deployed, without slashes at its ends."""
    usual: tuple[Alias, ...] = ()
    """Aliases that projects of this kind have."""
    config: str = ""
    """The source of the configuration, without comments."""
    elsewhere: tuple[str, ...] = ()
    """Folders outside of the site that hold its pages."""
    page_is_folder: bool = True
    """Whether docs/a.md is served at /a/, rather than at /a."""
    raw_by_url: bool = False
    """Whether raw HTML in Markdown is left alone, so that a relative path in it is relative to the page's URL."""
    in_languages: bool = False
    """Whether a file that one language lacks is taken from another."""
    makes_icons: bool = False


Signs = Mapping[str, str]
"""The names of the files in a folder that say what it is, and their paths."""


#: What a file is called that can make a folder a site, or say what its paths mean.
NAMES = (
    *(stem + end for stem in _CONFIGS for end in _SCRIPTS),
    *(*_PLAIN_CONFIGS, *_HUGO_OLD, "package.json", "tsconfig.json", "jsconfig.json"),
)


def signs(listing: Listing) -> dict[str, dict[str, str]]:
    """Every folder that may be a site, with the files that say so."""
    found: dict[str, dict[str, str]] = {}
    names = [stem + end for stem in _CONFIGS for end in _SCRIPTS]
    for name in (*names, *_PLAIN_CONFIGS, *_HUGO_OLD, "package.json"):
        for path in listing.named(name):
            folder = path.rpartition("/")[0]
            if name in (*_HUGO_OLD, "hugo.toml", "hugo.yaml") and f"/{folder}".endswith("/config/_default"):
                folder = folder[: -len("/config/_default")] if "/" in folder.removesuffix("/_default") else ""
            found.setdefault(folder, {})[name] = path
    for tool in ("vitepress", "vuepress"):
        for end in _SCRIPTS:
            for path in listing.named(f"config{end}"):
                folder = path.rpartition("/")[0]
                if f"/{folder}".endswith(f"/.{tool}"):
                    found.setdefault(folder.rpartition("/")[0], {})[f".{tool}"] = path
        for folder in listing.folders_called(f".{tool}"):  # its configuration may lie elsewhere
            found.setdefault(folder.rpartition("/")[0], {}).setdefault(f".{tool}", folder)
    return {folder: names for folder, names in found.items() if "/node_modules/" not in f"/{folder}/"}


def identify(folder: str, found: Signs, listing: Listing) -> Framework | None:
    """Which framework a folder is a site of, by the files in it; None if by none."""
    depends = dependencies(found, listing)
    said = {framework for name in found for framework in _said_by(name, found[name], folder, listing)}
    for package, (framework, folders) in _DEPENDENCIES.items():
        if package in depends and any(listing.folder_exists(_in(folder, one)) for one in folders):
            said.add(framework)
    if "next" in said:
        said |= {"nextra"} if depends & {"nextra"} else set()
        said |= {"fumadocs"} if depends & {"fumadocs-core", "fumadocs-ui", "fumadocs-mdx"} else set()
    return next((framework for framework in _ORDER if framework in said), None)


def _said_by(name: str, path: str, folder: str, listing: Listing) -> Iterator[Framework]:
    stem, _, end = name.rpartition(".")
    if f".{end}" in _SCRIPTS and stem in _CONFIGS:
        yield _CONFIGS[stem]
    elif name == ".vitepress":
        yield "vitepress"
    elif name == ".vuepress":
        yield "vuepress"
    elif name == "docs.json":
        if literals.table(literals.text_of(listing.read(path))).keys() & {"navigation", "theme"}:
            yield "mintlify"
    elif name == "theme.toml" or name in _HUGO_OLD:
        holds = [one for one in _HUGO_FOLDERS if listing.folder_exists(_in(folder, one))]
        if len(holds) > 1 or "/_default/" in path or (holds and name == "theme.toml"):
            yield "hugo"
    elif name in _PLAIN_CONFIGS:
        yield _PLAIN_CONFIGS[name]


def dependencies(found: Signs, listing: Listing) -> set[str]:
    """The packages that the package.json of a folder names."""
    if "package.json" not in found:
        return set()
    document = literals.table(literals.text_of(listing.read(found["package.json"])))
    tables = (document.get("dependencies"), document.get("devDependencies"))
    return {name for one in tables if isinstance(one, dict) for name in one}


def served(framework: Framework, root: str, found: Signs, listing: Listing) -> Served:
    """What a site of ``framework`` in ``root`` serves."""
    config = _config(framework, found, listing)
    read = _SERVED[framework](_Site(root, listing, config))
    icons = bool(dependencies(found, listing) & _ICON_MAKERS)
    return replace(read, config=config, makes_icons=icons, usual=read.usual or _usual(root, "src", ""))


@dataclass(frozen=True, slots=True)
class _Site:
    root: str
    listing: Listing
    config: str

    def at(self, path: str) -> str:
        return joined(self.root, path) or self.root

    def mounts(self, *folders: str, prefix: str = "") -> tuple[Mount, ...]:
        """Mounts at the root for these folders, except those that lead out of the repository."""
        places = (joined(self.root, folder) for folder in folders)
        return tuple(Mount(prefix, place) for place in dict.fromkeys(places) if place is not None)


def _in(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def _config(framework: Framework, found: Signs, listing: Listing) -> str:
    base = "next" if framework in ("nextra", "fumadocs") else framework
    names = [stem + end for stem, one in _CONFIGS.items() for end in _SCRIPTS if one in (base, "vite")]
    names += [name for name, one in _PLAIN_CONFIGS.items() if one == framework]
    names += _HUGO_OLD if framework == "hugo" else []
    names += [f".{framework}"] if framework in ("vitepress", "vuepress") else []
    texts = [literals.text_of(listing.read(found[name])) for name in names if name in found]
    scripted = framework not in ("hugo", "mkdocs", "jekyll", "mdbook")
    return "\n".join(literals.code(text) if scripted else text for text in texts)


def _usual(root: str, *folders: str) -> tuple[Alias, ...]:
    """``@/`` and ``~/`` for projects that do not say what they stand for."""
    targets = tuple(_in(root, f"{folder}/*" if folder else "*") for folder in folders)
    return (Alias("@/*", targets, sure=False), Alias("~/*", targets, sure=False))


def _base(site: _Site, key: str) -> str:
    stated = literals.string(site.config, key) or ""
    return stated.strip("/") if stated.startswith("/") else ""


def _next(site: _Site) -> Served:
    pages = ("pages", "src/pages", "app", "src/app", "content", "src/content", "content/docs")
    return Served(
        public=site.mounts("public"),
        content=site.mounts(*pages) + site.mounts("content/docs", "docs", prefix="docs"),
        base=_base(site, "basePath"),
        page_is_folder=False,
    )


def _astro(site: _Site) -> Served:
    source = literals.string(site.config, "srcDir") or "src"
    pages = site.mounts(f"{source}/pages", f"{source}/content/docs", f"{source}/content", "content")
    return Served(
        public=site.mounts(literals.string(site.config, "publicDir") or "public"),
        content=pages,
        base=_base(site, "base"),
        usual=_usual(site.root, source, ""),
    )


def _vite(site: _Site) -> Served:
    root = literals.string(site.config, "root") or "."
    public = literals.string(site.config, "publicDir") or "public"
    pages = site.mounts(root, f"{root}/src/pages", f"{root}/src")
    return Served(public=site.mounts(f"{root}/{public}", root), content=pages, base=_base(site, "base"))


def _create_react_app(site: _Site) -> Served:
    return Served(public=site.mounts("public"), content=site.mounts("public", "src"))


def _docusaurus(site: _Site) -> Served:
    folders = literals.strings(site.config, "staticDirectories") or ("static",)
    outside = [path for path in _DOCUSAURUS_PATH.findall(site.config) if path.startswith("..")]
    elsewhere = tuple(place for path in outside if (place := joined(site.root, path)))
    pages = site.mounts("src/pages", "docs", "blog")
    pages += site.mounts("docs", *outside, prefix="docs") + site.mounts("blog", prefix="blog")
    aliases = (Alias("@site/*", (_in(site.root, "*"),)), *_usual(site.root, "src", ""))
    return Served(
        public=site.mounts(*folders),
        content=pages,
        base=_base(site, "baseUrl"),
        usual=aliases,
        elsewhere=elsewhere,
        page_is_folder=False,
    )


_DOCUSAURUS_PATH = re.compile(r"\bpath\s*:\s*[\"']([^\"'\n]+)[\"']")


def _mintlify(site: _Site) -> Served:
    return Served(public=site.mounts("."), content=site.mounts("."), page_is_folder=False)


def _vitepress(site: _Site) -> Served:
    source = literals.string(site.config, "srcDir") or "."
    outside = joined(site.root, source)
    elsewhere = (outside,) if outside is not None and within(site.root, f"{outside}/") is None else ()
    return Served(
        public=site.mounts(f"{source}/public", source),
        content=site.mounts(source),
        base=_base(site, "base"),
        elsewhere=elsewhere,
        page_is_folder=False,
    )


def _vuepress(site: _Site) -> Served:
    aliases = (Alias("@source/*", (_in(site.root, "*"),)), *_usual(site.root, "src", ""))
    return Served(
        public=site.mounts(literals.string(site.config, "public") or ".vuepress/public", "."),
        content=site.mounts("."),
        base=_base(site, "base"),
        usual=aliases,
        page_is_folder=False,
    )


def _gatsby(site: _Site) -> Served:
    pages = site.mounts("src/pages", "content", "src/content", "content/blog")
    return Served(public=site.mounts("static"), content=pages, base=_base(site, "pathPrefix"))


def _remix(site: _Site) -> Served:
    return Served(
        public=site.mounts(literals.string(site.config, "publicDir") or "public"),
        content=site.mounts("app/routes", "content", "data"),
        base=_base(site, "basename") or _base(site, "base"),
        usual=_usual(site.root, "app", "src", ""),
        page_is_folder=False,
    )


def _nuxt(site: _Site) -> Served:
    public = ("public", "static", "app/public")
    return Served(
        public=site.mounts(*[one for one in public if site.listing.folder_exists(site.at(one))] or ["public"]),
        content=site.mounts("content", "pages", "app/pages"),
        base=_base(site, "baseURL"),
        usual=_usual(site.root, "", "app", "src"),
    )


def _sveltekit(site: _Site) -> Served:
    aliases = (Alias("$lib/*", (_in(site.root, "src/lib/*"),)), *_usual(site.root, "src", ""))
    public = literals.string(site.config, "assets") or "static"
    return Served(public=site.mounts(public), content=site.mounts("src/routes"), usual=aliases)


_PASSTHROUGH = re.compile(r"addPassthroughCopy\(\s*(\{[^}]*\}|[\"'`][^\"'`\n]+[\"'`])")
_PAIR = re.compile(r"[\"']?([^\"'{},:\s]+)[\"']?\s*:\s*[\"']([^\"'\n]*)[\"']")


def _eleventy(site: _Site) -> Served:
    directories = _DIR.search(site.config)
    source = (literals.string(directories[1], "input") if directories else None) or _eleventy_input(site)
    copied = tuple(mount for found in _PASSTHROUGH.findall(site.config) for mount in _copied(found, source, site))
    return Served(
        public=(*copied, *site.mounts(source)),
        content=site.mounts(source, f"{source}/content", f"{source}/pages"),
        base=_base(site, "pathPrefix"),
    )


_DIR = re.compile(r"\bdir\s*:\s*\{([^}]*)\}")
_INPUT = re.compile(r"setInputDirectory\(\s*[\"']([^\"'\n]+)[\"']")


def _eleventy_input(site: _Site) -> str:
    called = _INPUT.search(site.config)
    return called[1] if called else literals.string(site.config, "input") or "."


def _copied(found: str, source: str, site: _Site) -> Iterator[Mount]:
    """Where Eleventy copies a folder: to its own name (the input folder falls away), or as the table says."""
    pairs = _PAIR.findall(found) if found.startswith("{") else [(literals.quoted(found) or ("",))[0]]
    for pair in pairs:
        path, target = (pair, None) if isinstance(pair, str) else pair
        path = path.partition("*")[0]
        place = joined(site.root, path)
        if place is None:
            continue
        if target is None:
            below = within(site.at(source), place)
            target = (below if below is not None else within(site.root, place)) or ""
        prefix = joined("", target) or ""
        yield Mount(prefix or (place.rpartition("/")[2] if place in site.listing else ""), place)


_MOUNT = re.compile(
    r"(?:source\s*[:=]\s*[\"']?(?P<s1>[^\"'\n]+?)[\"']?\s*\n\s*target\s*[:=]\s*[\"']?(?P<t1>[^\"'\n]+?)[\"']?\s*$)"
    r"|(?:target\s*[:=]\s*[\"']?(?P<t2>[^\"'\n]+?)[\"']?\s*\n\s*source\s*[:=]\s*[\"']?(?P<s2>[^\"'\n]+?)[\"']?\s*$)",
    re.M,
)
_HUGO_STATIC = re.compile(r"^\s*staticDir\d?\s*[:=]\s*(\[[^\]]*\]|[^#\n]+)", re.M | re.I)
_HUGO_CONTENT = re.compile(r"^\s*contentDir\s*[:=]\s*[\"']?([^\"'#\n]+?)[\"']?\s*(?:#.*)?$", re.M | re.I)


def _hugo(site: _Site) -> Served:
    """Static files, assets (by pipes and render hooks), page resources; those of themes after the site's own."""
    static = [one for found in _HUGO_STATIC.findall(site.config) for one in _listed(found)] or ["static"]
    content = ["content", *(one.strip() for one in _HUGO_CONTENT.findall(site.config))]
    public = site.mounts(*static) + tuple(_hugo_mounts(site)) + site.mounts("assets", *content)
    public += site.mounts(*_theme_folders(site))
    return Served(public=public, content=site.mounts(*reversed(content)), in_languages=True)


def _listed(found: str) -> list[str]:
    return list(literals.quoted(found)) if '"' in found or "'" in found else [found.strip()]


def _hugo_mounts(site: _Site) -> Iterator[Mount]:
    for found in _MOUNT.finditer(site.config):
        source, target = found["s1"] or found["s2"], (found["t1"] or found["t2"]).strip("/")
        kind, _, prefix = target.partition("/")
        place = joined(site.root, source.strip())
        if place is not None and kind in ("static", "assets", "content"):
            yield Mount(prefix, place)


def _theme_folders(site: _Site) -> list[str]:
    """What themes serve, whether they lie in themes/ or were vendored as modules."""
    found = set()
    for kept in ("themes", "_vendor"):
        for path in site.listing.starting(f"{site.at(kept)}/"):
            inside = within(site.root, path) or ""
            if folder := _THEME_FOLDER.match(inside):
                found.add(folder[0].rstrip("/"))
    return sorted(found, reverse=True)  # static before assets


_THEME_FOLDER = re.compile(r"(?:themes/[^/]+|_vendor/.+?)/(?:static|assets)/")


def _mkdocs(site: _Site) -> Served:
    docs = literals.yaml_value(site.config, "docs_dir") or literals.string(site.config, "docs_dir") or "docs"
    custom = literals.string(site.config, "custom_dir") or _CUSTOM.search(site.config)
    theme = custom if isinstance(custom, str) else custom[1] if custom else None
    flat = literals.yaml_value(site.config, "use_directory_urls") == "false"
    return Served(
        public=site.mounts(docs, *([theme] if theme else [])),
        content=site.mounts(docs),
        raw_by_url=not flat,
        page_is_folder=not flat,
        in_languages=True,
    )


_CUSTOM = re.compile(r"^\s+custom_dir\s*:\s*[\"']?([^\"'#\n]+?)[\"']?\s*(?:#.*)?$", re.M)


def _jekyll(site: _Site) -> Served:
    source = literals.yaml_value(site.config, "source") or "."
    base = (literals.yaml_value(site.config, "baseurl") or "").strip("/")
    return Served(public=site.mounts(source), content=site.mounts(source), base=base, in_languages=True)


def _mdbook(site: _Site) -> Served:
    source = literals.string(site.config, "src") or "src"
    return Served(public=site.mounts(source), content=site.mounts(source), page_is_folder=False)


def _plain(site: _Site) -> Served:
    public = [one for one in ("public", "static") if site.listing.folder_exists(_in(site.root, one))]
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
