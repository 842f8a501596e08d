"""The names that pages give to the images of a collection."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.manifest.collection import MAX_ID, asset_id, slug
from assetgen.plan.page import Page, word

_BLOG = ("content/blog/**/*.{md,mdx}",)
_ALL = ("**/*.md",)


@pytest.mark.parametrize(
    ("page", "patterns", "name"),
    [
        pytest.param("content/blog/post.md", _BLOG, "post", id="file"),
        pytest.param("content/blog/2026/post.mdx", _BLOG, "2026/post", id="folder"),
        pytest.param("content/blog/post/index.md", _BLOG, "post", id="page-bundle"),
        pytest.param("content/blog/post/_index.md", _BLOG, "post", id="section-of-hugo"),
        pytest.param("content/blog/post/README.md", _BLOG, "post", id="readme"),
        pytest.param("content/blog/index.md", _BLOG, "index", id="index-at-the-top"),
        pytest.param("content/blog/2026-01-02-post.md", _BLOG, "post", id="date"),
        pytest.param("content/blog/2026-01-02.md", _BLOG, "2026-01-02", id="only-a-date"),
        pytest.param("content/blog/My Post.md", _BLOG, "my-post", id="blanks-and-capitals"),
        pytest.param("content/blog/v1.2.md", _BLOG, "v1.2", id="dots"),
        pytest.param("content/blog/日本.md", _BLOG, "日本", id="any-script"),
        pytest.param("content/blog/cafe\u0301.md", _BLOG, "caf\u00e9", id="NFD"),
        pytest.param("src/app/(site)/about/page.mdx", ("src/app/**/*.mdx",), "about", id="group"),
        pytest.param("src/routes/a/+page.md", ("src/routes/**/*.md",), "a", id="sveltekit"),
        pytest.param("src/pages/[slug].md", ("src/pages/*.md",), "slug", id="parameter"),
        pytest.param("src/pages/[...rest]/x.md", ("src/pages/**",), "rest/x", id="rest-parameter"),
        pytest.param("docs/guide/a.md", _ALL, "docs/guide/a", id="no-fixed-folder"),
        pytest.param("about.md", ("about.md",), "about", id="one-page"),
        pytest.param("a/x.md", ("b/**", "!b/y.md", "a/**"), "x", id="second-pattern"),
    ],
)
def test_a_slug_is_the_path_below_the_fixed_folder(
    page: str, patterns: tuple[str, ...], name: str
) -> None:
    assert slug(page, patterns) == name


def test_front_matter_can_replace_the_last_part() -> None:
    assert slug("content/blog/2026/post.md", _BLOG, own="Other Name") == "2026/other-name"
    assert slug("content/blog/post/index.md", _BLOG, own="other") == "other"
    assert slug("content/blog/post/README.md", _BLOG, own="README") == "post"


@pytest.mark.parametrize(
    ("page", "locale", "name"),
    [
        ("content/blog/de/post.md", "de", "post"),
        ("content/blog/post.pt-BR.md", "pt-BR", "post"),
        ("content/blog/post/index.fr.md", "fr", "post"),
        ("content/blog/v1.2.md", "", "v1.2"),
    ],
)
def test_a_locale_is_no_part_of_the_slug(page: str, locale: str, name: str) -> None:
    assert word(Page(), page, "locale") == locale
    assert slug(page, _BLOG, locale=locale) == name


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("og/post", "og/post"),
        ("og/2026/my-post", "og/2026/my-post"),
        ("og/v1.2", "og/v1-2-"),
        ("og/日本", "og-"),
        ("og/日本-dark", "og/dark-"),
        ("-x-", "x-"),
        ("og//x", "og/x-"),
        ("x" * 90, "x" * 73 + "-"),
    ],
)
def test_an_id_has_a_digest_where_it_differs_from_the_name(name: str, made: str) -> None:
    found = asset_id(name)
    assert found == made or re.fullmatch(rf"{re.escape(made)}[0-9a-f]{{6}}", found), found


def test_both_unicode_forms_have_one_id() -> None:
    assert asset_id("og/caf\u00e9") == asset_id("og/cafe\u0301")


@given(st.text(min_size=1, max_size=200))
def test_every_name_makes_an_id(name: str) -> None:
    found = asset_id(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*", found), found
    assert len(found) <= MAX_ID
