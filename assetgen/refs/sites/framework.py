"""Which framework a folder is a site of, by its configuration files and its package.json."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from assetgen.refs.folders import below, joined
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals

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
#: Next, and what is built on it.
NEXT: frozenset[Framework] = frozenset({"next", "nextra", "fumadocs"})

#: The framework that a file of each name belongs to; the names are without script extensions.
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
_HUGO = (*_HUGO_OLD, *(f"hugo.{end}" for end in ("toml", "yaml", "yml", "json")))
_HUGO_FOLDER = re.compile(r"(?:(?P<site>.*)/)?config/(?P<environment>[^/]+)")
_HUGO_FOLDERS = ("content", "layouts", "archetypes", "themes")

# A folder with files of several frameworks is a site of the first one here.
_ORDER: tuple[Framework, ...] = (
    *(
        "docusaurus",
        "mintlify",
        "nextra",
        "fumadocs",
        "next",
        "astro",
        "gatsby",
        "vitepress",
        "vuepress",
    ),
    *(
        "remix",
        "nuxt",
        "sveltekit",
        "eleventy",
        "hugo",
        "mkdocs",
        "vite",
        "create-react-app",
        "jekyll",
        "mdbook",
    ),
)
# A dependency counts only beside a folder that the framework needs: workspaces list them all.
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


ConfigFiles = Mapping[str, str]
"""The configuration files of a folder: name -> path."""


#: The names of the files that can make a folder a site, or that its paths depend on.
NAMES = (
    *(stem + end for stem in _CONFIGS for end in _SCRIPTS),
    *(*_PLAIN_CONFIGS, *_HUGO_OLD, "package.json", "tsconfig.json", "jsconfig.json"),
)


def config_files(listing: Listing) -> dict[str, dict[str, str]]:
    """Every folder that may be a site, with its configuration files."""
    found: dict[str, dict[str, str]] = {}
    names = [stem + end for stem in _CONFIGS for end in _SCRIPTS]
    for name in (*names, *_PLAIN_CONFIGS, *_HUGO_OLD, "package.json"):
        for path in listing.named(name):
            folder = path.rpartition("/")[0]
            if name in _HUGO and (inside := _HUGO_FOLDER.fullmatch(folder)):
                site = inside["site"] or ""
                if inside["environment"] == "_default":
                    folder = site
                elif listing.folder_exists(below(site, "config/_default")):
                    continue  # what differs in one environment
            found.setdefault(folder, {})[name] = path
    for tool in ("vitepress", "vuepress"):
        for end in _SCRIPTS:
            for path in listing.named(f"config{end}"):
                folder = path.rpartition("/")[0]
                if f"/{folder}".endswith(f"/.{tool}"):
                    found.setdefault(folder.rpartition("/")[0], {})[f".{tool}"] = path
        for folder in listing.folders_called(f".{tool}"):  # its configuration may be elsewhere
            found.setdefault(folder.rpartition("/")[0], {}).setdefault(f".{tool}", folder)
    return {
        folder: names for folder, names in found.items() if "/node_modules/" not in f"/{folder}/"
    }


def identify(folder: str, found: ConfigFiles, listing: Listing) -> Framework | None:
    """Which framework a folder is a site of, by the files in it; None if by none."""
    depends = dependencies(found, listing)
    said = {
        framework
        for name in found
        for framework in _said_by(name, path=found[name], folder=folder, listing=listing)
    }
    for package, (framework, folders) in _DEPENDENCIES.items():
        if package in depends and any(listing.folder_exists(below(folder, one)) for one in folders):
            said.add(framework)
    has_kit = "@sveltejs/kit" in depends or listing.folder_exists(below(folder, "src/routes"))
    if not has_kit and "package.json" in found:
        said.discard("sveltekit")  # Vite with Svelte has a svelte.config.js too
    if "next" in said:
        said |= {"nextra"} if depends & {"nextra"} else set()
        said |= (
            {"fumadocs"} if depends & {"fumadocs-core", "fumadocs-ui", "fumadocs-mdx"} else set()
        )
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
        holds = [one for one in _HUGO_FOLDERS if listing.folder_exists(below(folder, one))]
        if len(holds) > 1 or "/_default/" in path or (holds and name == "theme.toml"):
            yield "hugo"
    elif name in _PLAIN_CONFIGS:
        yield _PLAIN_CONFIGS[name]


def dependencies(found: ConfigFiles, listing: Listing) -> frozenset[str]:
    """The packages that the package.json of a folder names."""
    if "package.json" not in found:
        return frozenset()
    document = literals.table(literals.text_of(listing.read(found["package.json"])))
    tables = (document.get("dependencies"), document.get("devDependencies"))
    return frozenset(name for one in tables if isinstance(one, dict) for name in one)


def configuration(framework: Framework, found: ConfigFiles, listing: Listing) -> str:
    """The source of the configuration of a site of ``framework``, without comments."""
    base = "next" if framework in NEXT else framework
    names = [
        stem + end for stem, one in _CONFIGS.items() for end in _SCRIPTS if one in (base, "vite")
    ]
    names += [name for name, one in _PLAIN_CONFIGS.items() if one == framework]
    names += _HUGO_OLD if framework == "hugo" else []
    names += [f".{framework}"] if framework in ("vitepress", "vuepress") else []
    texts = [literals.text_of(listing.read(found[name])) for name in names if name in found]
    if framework == "mkdocs":
        texts = [
            text for name in names if name in found for text in _with_parents(found[name], listing)
        ]
    scripted = framework not in ("hugo", "mkdocs", "jekyll", "mdbook")
    return "\n".join(literals.code(text) if scripted else text for text in texts)


# How many files of MkDocs may each inherit from the next.
_MAX_PARENTS = 5


def _with_parents(path: str, listing: Listing) -> Iterator[str]:
    """A configuration of MkDocs, and those that it inherits from: the first to set a key counts.

    The folders in them are relative to the first one (mkdocs.config.base.load_config).
    """
    for _ in range(_MAX_PARENTS):
        text = literals.text_of(listing.read(path))
        yield text
        parent = literals.yaml_value(text, "INHERIT")
        above = joined(path.rpartition("/")[0], parent) if parent else None
        if above is None or above not in listing:
            return
        path = above
