"""site, listing and what they read: which site a file belongs to, and what that site serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.refs.folders import clamped, joined
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals
from assetgen.refs.sites.framework import Framework
from assetgen.refs.sites.module_names import matched
from assetgen.refs.sites.public_folders import Mount
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.sites.site import Sites
from tests.support.repository import reference, with_texts

_NEXT = '{"dependencies": {"next": "16"}}'
_SIGNS: dict[str, tuple[Mapping[str, str], str, Framework]] = {
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


@pytest.mark.parametrize(("files", "folder", "framework"), _SIGNS.values(), ids=_SIGNS)
def test_a_framework_is_known_by_its_files(
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
            ".eleventy.js": "c.addPassthroughCopy('in/img'); c.addPassthroughCopy({ 'pub': '/', a: 'b/c' });"
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
def test_what_a_site_serves_is_read_from_plain_literals(
    files: Mapping[str, str], root: str, public: tuple[Mount, ...], base: str
) -> None:
    site = Sites(with_texts(files)).of(f"{root}/x.md".lstrip("/"))
    assert (site.root, site.served.public, site.served.base) == (root, public, base)


_PUBLIC: dict[str, tuple[Mapping[str, str], str, str]] = {
    "the default that is there": ({"public/a.png": ""}, "public", "public/x.png"),
    "the default that is not there": ({}, "public", "public/x.png"),
    "the framework's, if only that is there": (
        {"docusaurus.config.js": "", "static/a.png": ""},
        "public",
        "static/x.png",
    ),
    "the framework's, if both are there and nobody chose": (
        {"hugo.toml": "", "static/a": "", "public/b": ""},
        "public",
        "static/x.png",
    ),
    "the framework's, if none is there and nobody chose": (
        {"docusaurus.config.js": ""},
        "public",
        "static/x.png",
    ),
    "the chosen one that is there": (
        {"docusaurus.config.js": "", "static/a": "", "web/b": ""},
        "web",
        "web/x.png",
    ),
    "the chosen one that is not there": (
        {"docusaurus.config.js": "", "static/a": ""},
        "web",
        "static/x.png",
    ),
    "the chosen one, if nothing is there": ({"docusaurus.config.js": ""}, "web", "web/x.png"),
}


@pytest.mark.parametrize(("files", "public", "path"), _PUBLIC.values(), ids=_PUBLIC)
def test_the_folder_that_the_manifest_names_goes_before_the_frameworks_where_it_is_there(
    files: Mapping[str, str], public: str, path: str
) -> None:
    listing = with_texts(files)
    found = resolve(
        reference("a.mdx", "md_image", "/x.png"), Sites(listing, public=public), listing
    )
    assert found.path == path


def test_the_folder_that_the_manifest_names_belongs_to_the_site_that_it_lies_in() -> None:
    listing = with_texts({"web/next.config.js": "", "web/assets/a.png": "", "docs/mkdocs.yml": ""})
    sites = Sites(listing, public="web/assets")
    assert sites.of("web/app/page.tsx").served.public == (
        Mount("", "web/assets"),
        Mount("", "web/public"),
    )
    assert sites.of("docs/docs/x.md").declared is None
    assert sites.of("README.md").declared is None


def test_a_framework_that_is_named_is_that_of_the_root() -> None:
    listing = with_texts({"vite.config.ts": "", "docs/mkdocs.yml": ""})
    sites = Sites(listing, framework="eleventy")
    assert [site.framework for site in sites.all] == ["eleventy", "mkdocs"]


@pytest.mark.parametrize("framework", get_args(Framework))
def test_every_framework_serves_something_in_an_empty_repository(framework: Framework) -> None:
    site = Sites(with_texts({}), framework=framework, public="public").of("x/page.mdx")
    assert site.framework == framework
    assert site.files("a.png")


def test_a_package_without_a_framework_belongs_to_the_site_around_it_unless_it_has_names_of_its_own() -> (
    None
):
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


def test_a_tsconfig_above_the_site_holds_for_it() -> None:
    files = {
        "tsconfig.json": '{"compilerOptions": {"paths": {"@shared/*": ["./shared/*"]}}}',
        "apps/a/vite.config.ts": "",
    }
    found = Sites(with_texts(files)).of("apps/a/x.ts").modules.find("@shared/x.png")
    assert found and found[1] == ("shared/x.png",)


_TSCONFIG = {
    "comments and commas": '{ /* a */ "compilerOptions": { // b\n "paths": { "@/*": ["./src/*", ], }, }, }',
    "a comment's mark in a string": '{"compilerOptions": {"x": "//", "paths": {"@/*": ["./src/*"]}}}',
    "a mark at the beginning": '\ufeff{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
    "from baseUrl": '{"compilerOptions": {"baseUrl": "./src", "paths": {"@/*": ["*"]}}}',
    "by reference": '{"files": [], "references": [{"path": "./tsconfig.app.json"}]}',
    "by a folder's reference": '{"references": [{"path": "./app"}]}',
    "extended": '{"extends": ["some-package/base", "./tsconfig.app"]}',
    "a circle": '{"extends": "./tsconfig.json", "references": [{"path": "./app"}]}',
}


@pytest.mark.parametrize("text", _TSCONFIG.values(), ids=_TSCONFIG)
def test_aliases_are_read_from_tsconfig_as_people_write_it(text: str) -> None:
    stated = '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}'
    nested = '{"compilerOptions": {"paths": {"@/*": ["../src/*"]}}}'
    files = {"tsconfig.json": text, "tsconfig.app.json": stated, "app/tsconfig.json": nested}
    found = Sites(with_texts(files)).of("a.ts").modules.find("@/x.png")
    assert found and found[0].sure and found[1] == ("src/x.png",)


def test_the_longest_alias_is_asked_first_and_an_exact_one_stands_for_itself() -> None:
    paths = '{"@/*": ["./src/*"], "@/img/*": ["./pictures/*"], "logo": ["./brand/logo.svg"]}'
    modules = (
        Sites(with_texts({"jsconfig.json": f'{{"compilerOptions": {{"paths": {paths}}}}}'}))
        .of("a.js")
        .modules
    )
    assert [
        found[1] for one in ("@/img/a.png", "@/b.png", "logo") if (found := modules.find(one))
    ] == [
        ("pictures/a.png",),
        ("src/b.png",),
        ("brand/logo.svg",),
    ]
    assert modules.find("logo/x.png") is None


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("img/*.png", ["img/a.png"]),
        ("img/**/*.png", ["img/a.png", "img/deep/b.png"]),
        ("img/**", ["img/a.png", "img/c.jpg", "img/deep/b.png"]),
        ("img/*.{png,jpg}", ["img/a.png", "img/c.jpg"]),
        ("**/?.png", ["img/a.png", "img/deep/b.png"]),
        ("other/*", []),
    ],
)
def test_a_glob_takes_in_what_a_bundler_would(pattern: str, files: list[str]) -> None:
    listing = with_texts(dict.fromkeys(["img/a.png", "img/deep/b.png", "img/c.jpg"], ""))
    assert list(matched(pattern, listing)) == files


def test_a_listing_knows_folders_names_endings_and_case() -> None:
    listing = with_texts(dict.fromkeys(["b/x.png", "a/b/x.png", "ab/x.png", "A/y.png"], ""))
    assert listing.named("x.png") == ("a/b/x.png", "ab/x.png", "b/x.png")
    assert listing.ending("b/x.png") == ("a/b/x.png", "b/x.png")
    assert [listing.folder_exists(one) for one in ("", "a", "a/b", "A", "B", "x.png")] == [
        True
    ] * 4 + [False] * 2
    assert "a/B/x.png" not in listing
    assert listing.other_case("a/B/X.png") == "a/b/x.png"
    assert list(listing.starting("a")) == ["a/b/x.png", "ab/x.png"]
    assert (list(listing), len(listing)) == (["A/y.png", "a/b/x.png", "ab/x.png", "b/x.png"], 4)


def test_a_listing_remembers_what_was_read_and_reads_nothing_that_it_does_not_have() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        return b"{}"

    listing = Listing(["package.json", "docs/a.md"], read)
    Sites(listing).of("docs/a.md")
    assert listing.read("tsconfig.json") is None
    assert set(asked) == listing.consulted == {"package.json"}


_PARTS = st.lists(st.sampled_from(["..", ".", "", "a", "b"]), max_size=8).map("/".join)


@given(folder=st.sampled_from(["", "a", "a/b"]), path=_PARTS)
def test_a_joined_path_stays_inside_and_a_clamped_one_always_does(folder: str, path: str) -> None:
    inside = joined(folder, path)
    assert inside is None or not {"..", "."} & set(inside.split("/"))
    assert not {"..", "."} & set(clamped(folder, path).split("/"))
    assert inside is None or inside == clamped(folder, path)


_NAMES = [
    "package.json",
    "tsconfig.json",
    "next.config.js",
    ".eleventy.js",
    "hugo.toml",
    "mkdocs.yml",
    "docs.json",
]
_NAMES += [
    "vercel.json",
    ".gitignore",
    "docusaurus.config.ts",
    ".vitepress/config.ts",
    "vite.config.ts",
    "netlify.toml",
]
_SCRAPS = st.sampled_from(
    [
        *(
            "{",
            "}",
            "[",
            "]",
            '"',
            "'",
            "`",
            ":",
            ",",
            "\n",
            "//",
            "/*",
            "*/",
            "\\",
            "..",
            "/",
            "*",
            "(",
            ")",
            "=",
        ),
        *(
            "paths",
            "imports",
            "#a/*",
            "baseUrl",
            "extends",
            "alias",
            "@",
            "addPassthroughCopy(",
            "dir",
            "input",
            "source",
        ),
        *(
            "target",
            "staticDir",
            "docs_dir",
            "publicDir",
            "root",
            "srcDir",
            "staticDirectories",
            "rewrites",
            "destination",
        ),
        *("compilerOptions", "dependencies", "next", "./x", "../../x", "\x00", "\ud800", "é"),
    ]
)


@given(
    names=st.sets(st.sampled_from(_NAMES), min_size=1, max_size=4),
    text=st.one_of(st.lists(_SCRAPS, max_size=30).map("".join), st.text(max_size=80)),
    raw=st.sampled_from(["/x/a.png", "@/a.png", "a.png", "../a.png", "#a/b.png"]),
)
def test_no_configuration_makes_it_raise_or_leave_the_repository(
    names: set[str], text: str, raw: str
) -> None:
    data = text.encode(errors="surrogatepass")
    listing = Listing([*names, "app/page.tsx", "x/a.png"], lambda _: data)
    sites = Sites(listing, public="public")
    for kind in ("import", "md_image"):
        found = resolve(reference("app/page.tsx", kind, raw), sites, listing)
        assert found.path is None or not {"..", "", "."} & set(found.path.split("/"))


@given(st.text(max_size=200))
def test_jsonc_reads_anything_without_raising(text: str) -> None:
    literals.jsonc(text)
    literals.code(text)


def test_deeply_nested_json_is_not_read() -> None:
    assert literals.jsonc("[" * 100_000) is None
