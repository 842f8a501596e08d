"""Configuration files of any content: they are read without an error."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.sites.site import Sites
from tests.support.repository import reference

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
def test_any_configuration_is_read_and_no_path_leaves_the_repository(
    names: set[str], text: str, raw: str
) -> None:
    data = text.encode(errors="surrogatepass")
    listing = Listing([*names, "app/page.tsx", "x/a.png"], lambda _: data)
    sites = Sites(listing, public="public")
    for kind in ("import", "md_image"):
        found = resolve(reference("app/page.tsx", kind, raw), sites, listing)
        assert found.path is None or not {"..", "", "."} & set(found.path.split("/"))


@given(st.text(max_size=200))
def test_any_text_is_read_as_jsonc_without_an_error(text: str) -> None:
    literals.jsonc(text)
    literals.code(text)


def test_deeply_nested_json_is_not_read() -> None:
    assert literals.jsonc("[" * 100_000) is None
