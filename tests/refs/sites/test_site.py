"""Sites: which one a file belongs to, and what each serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest

from assetgen.refs.sites.framework import Framework
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.sites.served import Mount
from assetgen.refs.sites.site import Sites
from tests.support.repository import reference, with_texts

_NEXT = '{"dependencies": {"next": "16"}}'


_CONFIGURED: dict[str, tuple[Mapping[str, str], str, Framework]] = {
    "next by its configuration": ({"next.config.ts": ""}, "", "next"),
    "next by its package and folder": ({"package.json": _NEXT, "app/page.tsx": ""}, "", "next"),
    "nextra": (
        {"package.json": '{"dependencies": {"next": "1", "nextra": "4"}}', "app/x.tsx": ""},
        "",
        "nextra",
    ),
    "fumadocs": (
        {"package.json": '{"dependencies": {"fumadocs-core": "1"}}', "next.config.mjs": ""},
        "",
        "fumadocs",
    ),
    "astro": ({"astro.config.mjs": ""}, "", "astro"),
    "vite": ({"vite.config.ts": ""}, "", "vite"),
    "vite with svelte": (
        {
            "vite.config.ts": "",
            "svelte.config.js": "",
            "package.json": '{"devDependencies": {"vite": "8", "svelte": "5"}}',
            "src/App.svelte": "",
        },
        "",
        "vite",
    ),
    "docusaurus before its own bundler": (
        {"docusaurus.config.js": "", "vite.config.ts": ""},
        "",
        "docusaurus",
    ),
    "mintlify": ({"docs/docs.json": '{"navigation": {}}'}, "docs", "mintlify"),
    "mintlify of old": ({"mint.json": "{}"}, "", "mintlify"),
    "another docs.json": ({"docs.json": '{"a": 1}'}, "", "plain"),
    "vitepress": ({"docs/.vitepress/config.ts": ""}, "docs", "vitepress"),
    "vitepress in the root": ({".vitepress/config.mts": ""}, "", "vitepress"),
    "vuepress": ({"docs/.vuepress/config.js": ""}, "docs", "vuepress"),
    "gatsby": ({"gatsby-config.ts": ""}, "", "gatsby"),
    "remix": ({"react-router.config.ts": "", "vite.config.ts": ""}, "", "remix"),
    "eleventy": ({".eleventy.js": ""}, "", "eleventy"),
    "hugo": ({"site/hugo.yaml": ""}, "site", "hugo"),
    "hugo of old": ({"config.toml": "", "content/a.md": "", "layouts/b.html": ""}, "", "hugo"),
    "another config.toml": ({"config.toml": "", "content/a.md": ""}, "", "plain"),
    "hugo with a folder of configuration": (
        {"config/_default/hugo.toml": "", "content/a.md": ""},
        "",
        "hugo",
    ),
    "the same below a folder": (
        {"s/config/_default/config.toml": "", "s/content/a.md": ""},
        "s",
        "hugo",
    ),
    "mkdocs": ({"mkdocs.yml": ""}, "", "mkdocs"),
    "zensical": ({"zensical.toml": ""}, "", "mkdocs"),
    "jekyll": ({"docs/_config.yml": ""}, "docs", "jekyll"),
    "create-react-app": (
        {"package.json": '{"dependencies": {"react-scripts": "5"}}', "src/a.js": ""},
        "",
        "create-react-app",
    ),
    "a workspace that only lists what its members use": ({"package.json": _NEXT}, "", "plain"),
    "a package.json that is no JSON": ({"package.json": "{", "app/page.tsx": ""}, "", "plain"),
    "what is installed": ({"node_modules/x/next.config.js": ""}, "node_modules/x", "plain"),
    "nothing": ({}, "", "plain"),
}


@pytest.mark.parametrize(("files", "folder", "framework"), _CONFIGURED.values(), ids=_CONFIGURED)
def test_a_framework_is_identified_by_its_files(
    files: Mapping[str, str], folder: str, framework: Framework
) -> None:
    assert Sites(with_texts(files)).of(f"{folder}/x.md".lstrip("/")).framework == framework


_SERVES: dict[str, tuple[Mapping[str, str], str, tuple[Mount, ...], str]] = {
    "next": (
        {"next.config.js": "const basePath = '/docs'\nmodule.exports = { basePath }"},
        "",
        (Mount("", "public"),),
        "docs",
    ),
    "a base that is computed": (
        {"next.config.js": "module.exports = { basePath: process.env.X }"},
        "",
        (Mount("", "public"),),
        "",
    ),
    "a base in a comment": (
        {"vite.config.js": "/* base: '/a/' */ export default {} // base: '/b/'"},
        "",
        (Mount("", "public"), Mount("", "")),
        "",
    ),
    "an address in a string is no comment": (
        {"docusaurus.config.js": "module.exports = { url: 'https://x.example', baseUrl: \"/p/\" }"},
        "",
        (Mount("", "static"),),
        "p",
    ),
    "vite below a folder": (
        {"web/vite.config.ts": "export default { root: 'client', publicDir: '../pub' }"},
        "web",
        (Mount("", "web/pub"), Mount("", "web/client")),
        "",
    ),
    "astro": (
        {"astro.config.ts": "export default { publicDir: './static/', base: '/x' }"},
        "",
        (Mount("", "static"),),
        "x",
    ),
    "a folder outside of the repository": (
        {"astro.config.ts": "export default { publicDir: '../../up' }"},
        "",
        (),
        "",
    ),
    "docusaurus": (
        {"docusaurus.config.ts": "export default { staticDirectories: ['a', \"b\"] }"},
        "",
        (Mount("", "a"), Mount("", "b")),
        "",
    ),
    "eleventy": (
        {
            ".eleventy.js": "c.addPassthroughCopy('in/img'); c.addPassthroughCopy({ 'pub': "
            "'/', a: 'b/c' });"
            " c.setInputDirectory('in')"
        },
        "",
        (Mount("img", "in/img"), Mount("", "pub"), Mount("b/c", "a"), Mount("", "in")),
        "",
    ),
    "hugo": (
        {"hugo.toml": "staticDir = ['s1', 's2']\ncontentDir = 'pages'"},
        "",
        (
            Mount("", "s1"),
            Mount("", "s2"),
            Mount("", "assets"),
            Mount("", "content"),
            Mount("", "pages"),
        ),
        "",
    ),
    "mkdocs": ({"mkdocs.yml": "docs_dir: 'hand'\n"}, "", (Mount("", "hand"),), ""),
    "mkdocs with a tag that no loader knows": (
        {"mkdocs.yml": "x: !!python/name:a.b\ndocs_dir: hand # here\n"},
        "",
        (Mount("", "hand"),),
        "",
    ),
    "plain": ({"static/a.png": ""}, "", (Mount("", "static"),), ""),
}


@pytest.mark.parametrize(("files", "root", "public", "base"), _SERVES.values(), ids=_SERVES)
def test_plain_literals_configure_what_a_site_serves(
    files: Mapping[str, str], root: str, public: tuple[Mount, ...], base: str
) -> None:
    site = Sites(with_texts(files)).of(f"{root}/x.md".lstrip("/"))
    assert (site.root, site.served.public) == (root, public)
    assert site.served.base.named == ((base,) if base else ())


_PUBLIC: dict[str, tuple[Mapping[str, str], str, str]] = {
    "the default that is there": ({"public/a.png": ""}, "public", "public/x.png"),
    "the default that is missing": ({}, "public", "public/x.png"),
    "the framework's, if only that exists": (
        {"docusaurus.config.js": "", "static/a.png": ""},
        "public",
        "static/x.png",
    ),
    "the framework's, if both exist and none is declared": (
        {"hugo.toml": "", "static/a": "", "public/b": ""},
        "public",
        "static/x.png",
    ),
    "the framework's, if none exists and none is declared": (
        {"docusaurus.config.js": ""},
        "public",
        "static/x.png",
    ),
    "a declared one that exists": (
        {"docusaurus.config.js": "", "static/a": "", "web/b": ""},
        "web",
        "web/x.png",
    ),
    "a declared one that is missing": (
        {"docusaurus.config.js": "", "static/a": ""},
        "web",
        "static/x.png",
    ),
    "the declared one, if no folder exists": ({"docusaurus.config.js": ""}, "web", "web/x.png"),
}


@pytest.mark.parametrize(("files", "public", "path"), _PUBLIC.values(), ids=_PUBLIC)
def test_an_existing_folder_of_the_manifest_comes_before_those_of_the_framework(
    files: Mapping[str, str], public: str, path: str
) -> None:
    listing = with_texts(files)
    found = resolve(
        reference("a.mdx", "md_image", "/x.png"), Sites(listing, public=public), listing
    )
    assert found.path == path


def test_the_folder_of_the_manifest_belongs_to_the_site_that_contains_it() -> None:
    listing = with_texts({"web/next.config.js": "", "web/assets/a.png": "", "docs/mkdocs.yml": ""})
    sites = Sites(listing, public="web/assets")
    assert sites.of("web/app/page.tsx").served.public == (
        Mount("", "web/assets"),
        Mount("", "web/public"),
    )
    assert sites.of("docs/docs/x.md").declared is None
    assert sites.of("README.md").declared is None


def test_a_framework_that_is_set_is_that_of_the_root() -> None:
    listing = with_texts({"vite.config.ts": "", "docs/mkdocs.yml": ""})
    sites = Sites(listing, framework="eleventy")
    assert [site.framework for site in sites.all] == ["eleventy", "mkdocs"]


@pytest.mark.parametrize("framework", get_args(Framework))
def test_every_framework_serves_something_in_an_empty_repository(framework: Framework) -> None:
    site = Sites(with_texts({}), framework=framework, public="public").of("x/page.mdx")
    assert site.framework == framework
    assert site.files("a.png")


def test_a_package_without_a_framework_or_aliases_belongs_to_the_site_around_it() -> None:
    files = {
        "next.config.js": "",
        "lib/package.json": "{}",
        "ui/package.json": "{}",
        "ui/tsconfig.json": "{}",
    }
    files |= {"public/demo/package.json": "{}", "public/demo/index.html": ""}
    sites = Sites(with_texts(files))
    assert [
        sites.of(page).root for page in ("lib/a.tsx", "ui/a.tsx", "public/demo/index.html")
    ] == ["", "ui", ""]
