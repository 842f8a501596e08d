"""Aliases and patterns of bundlers: the files that a module specifier means."""

from __future__ import annotations

import pytest

from assetgen.refs.sites.module_names import matched
from assetgen.refs.sites.site import Sites
from tests.support.repository import with_texts


def test_a_tsconfig_above_the_site_applies_to_it() -> None:
    files = {
        "tsconfig.json": '{"compilerOptions": {"paths": {"@shared/*": ["./shared/*"]}}}',
        "apps/a/vite.config.ts": "",
    }
    found = Sites(with_texts(files)).of("apps/a/x.ts").modules.find("@shared/x.png")
    assert found and found[1] == ("shared/x.png",)


_TSCONFIG = {
    "comments and commas": '{ /* a */ "compilerOptions": { // b\n "paths": { "@/*": '
    '["./src/*", ], }, }, }',
    "a comment's mark in a string": '{"compilerOptions": {"x": "//", "paths": {"@/*": '
    '["./src/*"]}}}',
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


def test_the_longest_alias_comes_first_and_an_exact_one_matches_only_itself() -> None:
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
def test_a_pattern_matches_the_files_that_a_bundler_matches(pattern: str, files: list[str]) -> None:
    listing = with_texts(dict.fromkeys(["img/a.png", "img/deep/b.png", "img/c.jpg"], ""))
    assert list(matched(pattern, listing)) == files
