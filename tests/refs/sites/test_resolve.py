"""resolve: the file that a reference means, framework by framework, on small repositories."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.refs.reference import Kind
from assetgen.refs.sites.resolution import Resolution
from assetgen.refs.sites.resolve import is_dangling, resolve
from assetgen.refs.sites.site import Sites
from tests.support.repository import reference, with_texts
from tests.support.site_repository import Expected, SiteRepository
from tests.support.sites_docs import ASTRO, DOCUSAURUS, MINTLIFY, VITEPRESS
from tests.support.sites_generators import ELEVENTY, HUGO, MKDOCS
from tests.support.sites_next import FUMADOCS, NEXT, NEXTRA
from tests.support.sites_plain import PLAIN, WORKSPACE
from tests.support.sites_react import GATSBY, REMIX, VITE

_REPOSITORIES = {
    "next": NEXT,
    "nextra": NEXTRA,
    "fumadocs": FUMADOCS,
    "astro": ASTRO,
    "vite": VITE,
    "docusaurus": DOCUSAURUS,
    "mintlify": MINTLIFY,
    "vitepress": VITEPRESS,
    "gatsby": GATSBY,
    "remix": REMIX,
    "eleventy": ELEVENTY,
    "hugo": HUGO,
    "mkdocs": MKDOCS,
    "plain": PLAIN,
    "workspace": WORKSPACE,
}


_ROWS = {
    f"{name}: {what}": (repository, row)
    for name, repository in _REPOSITORIES.items()
    for what, row in repository.rows.items()
}


def _resolved(repository: SiteRepository, row: Expected) -> Resolution:
    files = with_texts(repository.files)
    return resolve(
        reference(row.file, row.kind, row.raw, row.element, row.key), Sites(files), files
    )


@pytest.mark.parametrize(("repository", "row"), _ROWS.values(), ids=_ROWS)
def test_a_reference_means_the_file_that_its_framework_serves(
    repository: SiteRepository, row: Expected
) -> None:
    found = replace(_resolved(repository, row), wrong=None)
    assert found == Resolution(row.how, row.path, row.exists, row.candidates, row.hint)


@pytest.mark.parametrize(("repository", "row"), _ROWS.values(), ids=_ROWS)
def test_only_a_file_that_is_certainly_missing_dangles(
    repository: SiteRepository, row: Expected
) -> None:
    asked = reference(row.file, row.kind, row.raw, row.element, row.key)
    assert is_dangling(_resolved(repository, row), asked) == (row.exists is False)


def test_a_missing_file_in_an_ignored_folder_is_not_certain() -> None:
    files = with_texts(
        {
            ".gitignore": "build/\n/public/og/*.png\n!/public/og/keep.png\n",
            "docs/.gitignore": "*.gen.svg\n",
        }
    )
    sites = Sites(files)
    for raw, exists in {
        "/build/x.png": None,
        "/a/build/x.png": None,
        "/public/og/x.png": None,
        "/public/og/keep.png": False,
        "/public/og/deep/x.png": False,
        "/docs/x.gen.svg": None,
        "/x.gen.svg": False,
    }.items():
        assert resolve(reference("docs/a.md", "md_image", raw), sites, files).exists is exists, raw


def test_a_reference_without_a_site_is_resolved_in_an_empty_repository() -> None:
    files = with_texts({})
    assert resolve(reference("a.md", "md_image", "/x.png"), Sites(files), files) == Resolution(
        "absolute", "x.png", False
    )


_KINDS: list[Kind] = [
    *(
        "md_image",
        "jsx_attr",
        "import_ref",
        "import",
        "require",
        "new_url",
        "js_string",
        "frontmatter",
    ),
    *("json_string", "css_url", "inline_css_url", "srcset", "link", "dynamic", "glob"),
]


_PIECES = st.sampled_from(
    [
        *(
            "..",
            ".",
            "/",
            "//",
            "~",
            "@",
            "@/",
            "@site",
            "public",
            "static",
            "img",
            "a.png",
            ".png",
            "?",
            "#",
            "%",
            "%2e%2e",
        ),
        *(
            "%2F",
            "%00",
            "\\",
            "{",
            "}",
            "{{",
            "}}",
            "${",
            "*",
            "**",
            "[",
            "]",
            "<",
            "pathname://",
            "http:",
            "!",
            "&amp;",
            " ",
        ),
        *("docs", "x", "\0", "\n", "é", "%PUBLIC_URL%"),
    ]
)


_RAW = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map("".join))


_PAGES = [
    "README.md",
    "docs/guide/page.mdx",
    "src/app/page.tsx",
    "website/docs/a.mdx",
    "a/b/c.scss",
    ".github/README.md",
]


@given(
    raw=_RAW,
    kind=st.sampled_from(_KINDS),
    page=st.sampled_from(_PAGES),
    element=st.sampled_from(["", "img", "Card"]),
    name=st.sampled_from(sorted(_REPOSITORIES)),
)
def test_any_path_is_resolved_and_stays_in_the_repository(
    raw: str, kind: Kind, page: str, element: str, name: str
) -> None:
    files = with_texts(_REPOSITORIES[name].files)
    asked = reference(page, kind, raw, element)
    found = resolve(asked, Sites(files), files)
    for path in (found.path, *found.candidates):
        assert path is None or (
            path and not path.startswith("/") and not {"..", ".", ""} & set(path.split("/"))
        )
    assert (found.exists is True) == (found.path is not None and found.path in files)
    assert not is_dangling(found, asked) or found.path is not None
