"""Glob patterns: what each character matches, what is invalid, and that none takes long."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.fs import globs

_MEANT = {
    # name: (patterns, paths that match, paths that do not)
    "a file": (["docs.json"], ["docs.json"], ["a/docs.json", "docs.jsonx", "docsxjson"]),
    "a file from here": (["./docs.json"], ["docs.json"], ["a/docs.json"]),
    "any file of a folder": (["a/*"], ["a/b", "a/.b"], ["a", "a/b/c", "b/a/b"]),
    "any file below a folder": (["a/**"], ["a/b", "a/b/c"], ["a", "ab/c"]),
    "a folder": (["a/"], ["a/b", "a/b/c"], ["ab/c"]),
    "everything": (["**"], ["a", "a/b"], []),
    "folders that may be none": (
        ["a/**/b.md"],
        ["a/b.md", "a/x/b.md", "a/x/y/b.md"],
        ["a/xb.md", "b.md"],
    ),
    "folders before all": (["**/b.md"], ["b.md", "x/y/b.md"], ["xb.md"]),
    "folders twice": (["**/a/**/*.md"], ["a/x.md", "x/a/y/z.md"], ["x.md", "b/x.md", "xa/x.md"]),
    "two stars within a name": (["a**.md"], ["a.md", "abc.md"], ["a/b.md"]),
    "stars within a name": (["*a*b*"], ["ab", "xaxbx", "aab"], ["ba", "a/b", "a"]),
    "one character": (["a?.md"], ["ab.md", "a?.md"], ["a.md", "abc.md", "a/.md"]),
    "braces": (["a.{md,mdx}"], ["a.md", "a.mdx"], ["a.", "a.mdmdx", "a.{md,mdx}"]),
    "braces in braces": (["{a,b{c,d}}/*.md"], ["a/x.md", "bc/x.md", "bd/x.md"], ["b/x.md"]),
    "empty braces": (["a{,.b}.md"], ["a.md", "a.b.md"], []),
    "one of several": (["[a-c]x"], ["ax", "bx", "[a-c]x"], ["dx", "-x"]),
    "none of several": (["[!a-c]x", "[^z]y"], ["dx", "ay"], ["ax", "zy", "/x"]),
    "a set of special characters": (["[&&-]", "[a--b]", "[]x]"], ["&", "]", "x"], ["|"]),
    "a range that runs backwards": (["[z-a]"], ["[z-a]"], ["a", "m", "z", "-"]),
    "a router's folder": (
        ["app/[slug]/*"],
        ["app/[slug]/page.mdx", "app/s/page.mdx"],
        ["app/slug/page.mdx"],
    ),
    "a router's folder of the rest": (
        ["app/[[...slug]]/*"],
        ["app/[[...slug]]/page.mdx"],
        ["app/page.mdx"],
    ),
    "a router's group": (["app/(site)/**"], ["app/(site)/page.mdx"], ["app/site/page.mdx"]),
    "an escaped character": ([r"a\*.md", r"\[a]"], ["a*.md", "[a]"], ["ab.md", "a"]),
    "a bracket alone": (["a[.md"], ["a[.md"], ["a.md"]),
    "characters of other pattern languages": (["a+(b)|c.$md^"], ["a+(b)|c.$md^"], ["a", "aab"]),
    "doubled slashes": (["a//b.md"], ["a/b.md"], []),
    "names with line ends": (["a*", "b/**"], ["a\nb", "b/x\ny"], []),
    "left out": (["**/*.md", "!**/x.md"], ["a.md"], ["x.md", "a/x.md"]),
    "left out and let in": (["a/**", "!a/b/**", "a/b/c.md"], ["a/x", "a/b/c.md"], ["a/b/x"]),
    "left out before it is let in": (["!a", "*"], ["a"], []),
    "nothing": ([], [], ["a"]),
}


@pytest.mark.parametrize(("patterns", "meant", "others"), _MEANT.values(), ids=_MEANT)
def test_a_pattern_matches(patterns: list[str], meant: list[str], others: list[str]) -> None:
    is_meant = globs.matcher(patterns)
    assert [path for path in meant if not is_meant(path)] == []
    assert [path for path in others if is_meant(path)] == []


@pytest.mark.parametrize(
    "pattern",
    ["{a", "a/{b,{c}", "{a,b,c,d}" * 6, "{a,b}" * 60, "{" * 5000],
    ids=["open", "half open", "thousands", "billions", "only open"],
)
def test_an_invalid_pattern_is_an_error_at_once(pattern: str) -> None:
    with pytest.raises(ValueError, match="brace"):
        globs.matcher([pattern])


def test_many_stars_take_no_time() -> None:
    """Trying every length for every star would double the time with each star."""
    assert not globs.matcher(["**/" * 50 + "*a" * 50 + "*b"])("a/" * 60 + "a" * 120)
    assert not globs.matcher(["**/*a/" * 40 + "b"])("a/" * 110 + "c")


def _part_means(part: str, name: str) -> bool:
    tokens = re.findall(r"\*+|.", part)

    @cache
    def means(token: int, at: int) -> bool:
        if token == len(tokens):
            return at == len(name)
        if tokens[token][0] == "*":
            return means(token + 1, at) or (at < len(name) and means(token, at + 1))
        return at < len(name) and tokens[token] in ("?", name[at]) and means(token + 1, at + 1)

    return means(0, 0)


def _means(glob: list[str], path: list[str]) -> bool:
    if not glob:
        return not path
    if glob == ["**"]:
        return bool(path)
    if glob[0] == "**":
        return any(_means(glob[1:], path[at:]) for at in range(len(path) + 1))
    return bool(path) and _part_means(glob[0], path[0]) and _means(glob[1:], path[1:])


_PARTS = st.lists(
    st.one_of(st.just("**"), st.text("ab*?", min_size=1, max_size=5)), min_size=1, max_size=5
)
_NAMES = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=5)


@given(_PARTS, _NAMES)
def test_a_pattern_matches_what_a_full_search_matches(glob: list[str], path: list[str]) -> None:
    is_in_folder = not set("*?").intersection("".join(glob)) and path[: len(glob)] == glob
    assert globs.matcher(["/".join(glob)])("/".join(path)) is (is_in_folder or _means(glob, path))


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_pattern_or_an_assetgen_error(pattern: str, path: str) -> None:
    try:
        globs.matcher([pattern])(path)
    except ValueError as exc:
        assert "brace" in str(exc)


# -- where pages may turn up -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (["content/**/*.mdx", "src/app/*.{tsx,jsx}", "!content/x/**"], {"content", "src/app"}),
        (["docs.json", "**/*.md"], {"docs.json", ""}),
        (["a//b/c.md", "./d/[slug]/e.md", "f/"], {"a/b/c.md", "d", "f"}),
    ],
)
def test_bases_are_the_fixed_folders_of_patterns(patterns: list[str], found: set[str]) -> None:
    assert globs.bases(patterns) == found


@pytest.mark.parametrize(
    ("patterns", "folder", "may"),
    [
        (["a/b/*.md"], "", True),
        (["a/b/*.md"], "a", True),
        (["a/b/*.md"], "a/b", True),
        (["a/b/**"], "a/b/c/d", True),
        (["a/b/**"], "a/bc", False),
        (["a/b/**"], "x", False),
        (["docs.json"], "", True),
        (["docs.json"], "x", False),
        (["**/*.md"], "x/y", True),
        (["!x/**"], "x", False),
    ],
)
def test_a_new_name_matters_in_folders_of_pages_and_above(
    patterns: list[str], folder: str, may: bool
) -> None:
    assert globs.may_hold(patterns)(folder) is may


@pytest.mark.parametrize(
    ("path", "is_meant"),
    [
        ("docs/a.mdx", True),
        (".vitepress/config.mts", True),
        ("a.cts", True),
        ("a.cjs", True),
        ("docs.json", True),
        ("docs/mint.json", True),
        ("package.json", False),
        ("a.png", False),
    ],
)
def test_without_patterns_all_kinds_of_pages_match(path: str, is_meant: bool) -> None:
    assert globs.matcher(globs.EVERYWHERE)(path) is is_meant
