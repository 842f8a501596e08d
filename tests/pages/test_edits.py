"""Edits of pages: the alternative text in each of its places, and nothing else in the page."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from assetgen.pages import edits
from assetgen.pages.edits import Edit
from assetgen.refs.reference import Marks, Reference
from assetgen.refs.scan import scan


def references(file: str, text: str) -> list[Reference]:
    return scan.find(file, text.encode())


def with_alt(file: str, text: str, alt: str, number: int = 0) -> str | None:
    """The page with the alt of one of its pictures written; None if there is no place for it."""
    made = edits.of_alt(references(file, text)[number], text, alt)
    return edits.applied(text, [made])[0] if made else None


_QUOTES = 'a "b" & c'
_ALTS = {
    # page: (before, alt, after)
    "Markdown": ("a.md", "x ![old](/a.png) y", "new", "x ![new](/a.png) y"),
    "Markdown without a text": ("a.md", "![](/a.png)", "new", "![new](/a.png)"),
    "Markdown with a title": ("a.md", '![old](/a.png "T")', "new", '![new](/a.png "T")'),
    "Markdown with special characters": (
        "a.md",
        "![old](/a.png)",
        "[a] *b* <c> \\",
        "![\\[a\\] \\*b\\* \\<c\\> \\\\](/a.png)",
    ),
    "Markdown with an entity": ("a.md", "![old](/a.png)", "&amp;", "![\\&amp;](/a.png)"),
    "MDX with braces": ("a.mdx", "![old](/a.png)", "{x} ${y}", "![\\{x\\} \\$\\{y\\}](/a.png)"),
    "Markdown by reference": (
        "a.md",
        "![old][p]\n\n[p]: /a.png",
        "new",
        "![new][p]\n\n[p]: /a.png",
    ),
    "Markdown by its own text": (
        "a.md",
        "![old]\n\n[old]: /a.png",
        "new",
        "![new][old]\n\n[old]: /a.png",
    ),
    "Markdown by its own text in brackets": (
        "a.md",
        "![old][]\n\n[old]: /a.png",
        "new",
        "![new][old]\n\n[old]: /a.png",
    ),
    "in two lines": ("a.md", "> ![old\n> text](/a.png)", "new", "> ![new](/a.png)"),
    "an element": (
        "a.mdx",
        '<img src="/a.png" alt="old" />',
        "new",
        '<img src="/a.png" alt="new" />',
    ),
    "blanks are folded": (
        "a.mdx",
        '<img src="/a.png" alt="old" />',
        " a \n b ",
        '<img src="/a.png" alt="a b" />',
    ),
    "no alt": ("a.mdx", '<img src="/a.png" />', "new", '<img alt="new" src="/a.png" />'),
    "no alt, over lines": (
        "a.mdx",
        "<Image\r\n  src='/a.png'\r\n/>",
        "n",
        "<Image alt=\"n\"\r\n  src='/a.png'\r\n/>",
    ),
    "an alt without a value": (
        "a.mdx",
        '<img alt src="/a.png" />',
        "new",
        '<img alt="new" src="/a.png" />',
    ),
    "an alt without a value, and the word elsewhere": (
        "a.mdx",
        '<img title="an alt text" alt src="/a.png" />',
        "n",
        None,
    ),
    "an empty alt": (
        "a.mdx",
        '<img alt="" src="/a.png" />',
        "new",
        '<img alt="new" src="/a.png" />',
    ),
    "JSX with quotes": (
        "a.mdx",
        '<img src="/a.png" alt="old" />',
        _QUOTES,
        '<img src="/a.png" alt={"a \\"b\\" & c"} />',
    ),
    "JSX in single quotes": (
        "a.tsx",
        "x = <img src='/a.png' alt='old' />",
        "it's",
        "x = <img src='/a.png' alt=\"it's\" />",
    ),
    "JSX in braces": (
        "a.tsx",
        'x = <img src="/a.png" alt={"old"} />',
        "new",
        'x = <img src="/a.png" alt={"new"} />',
    ),
    "JSX in braces with quotes": (
        *("a.tsx", "x = <img src='/a.png' alt={ 'old' } />", 'it\'s "b"'),
        'x = <img src=\'/a.png\' alt={ "it\'s \\"b\\"" } />',
    ),
    "JSX in a template": (
        *("a.tsx", "x = <img src='/a.png' alt={`old`} />", "`${x}`"),
        "x = <img src='/a.png' alt={\"`${x}`\"} />",
    ),
    "JSX with escapes": (
        "a.tsx",
        r'x = <img src="/a.png" alt={"\"old\""} />',
        "new",
        'x = <img src="/a.png" alt={"new"} />',
    ),
    "Astro in a template": (
        "a.astro",
        "<img src='/a.png' alt=`old` />",
        "n",
        "<img src='/a.png' alt=`n` />",
    ),
    "an alt worked out": ("a.tsx", 'x = <img src="/a.png" alt={t("old")} />', "new", None),
    "type arguments": ("a.tsx", 'x = <Image<T> src="/a.png" />', "new", None),
    "HTML": (
        "a.html",
        '<img src="/a.png" alt="old">',
        _QUOTES,
        '<img src="/a.png" alt="a &quot;b&quot; &amp; c">',
    ),
    "HTML in single quotes": (
        "a.html",
        "<img src='/a.png' alt='old'>",
        "it's",
        "<img src='/a.png' alt=\"it's\">",
    ),
    "HTML without quotes": (
        "a.html",
        "<img src=/a.png alt=old>",
        "a b",
        '<img src=/a.png alt="a b">',
    ),
    "HTML with braces": (
        "a.html",
        '<img src="/a.png" alt="old">',
        "{{x}}",
        '<img src="/a.png" alt="&#123;&#123;x&#125;&#125;">',
    ),
    "Vue": (
        "a.vue",
        '<template><img src="/a.png" alt="old"></template>',
        "n",
        '<template><img src="/a.png" alt="n"></template>',
    ),
    "Vue's code": (
        "a.vue",
        "<template><img src='/a.png' :alt=\"'old'\"></template>",
        "'+alert(1)+'",
        None,
    ),
    "a shortcode": (
        "a.md",
        '{{< img src="/a.png" alt="old" >}}',
        "new",
        '{{< img src="/a.png" alt="new" >}}',
    ),
    "a shortcode and quotes": ("a.md", '{{< img src="/a.png" alt="old" >}}', 'a "b"', None),
    "a shortcode without alt": ("a.md", '{{< img src="/a.png" >}}', "new", None),
    "YAML": (
        "a.md",
        "---\nimage: /a.png\nimageAlt: old # x\n---\n",
        "new",
        '---\nimage: /a.png\nimageAlt: "new" # x\n---\n',
    ),
    "YAML in quotes": (
        "a.md",
        '---\nimage: /a.png\nalt: "old"\n---\n',
        'a: "b"',
        '---\nimage: /a.png\nalt: "a: \\"b\\""\n---\n',
    ),
    "YAML in single quotes": (
        "a.md",
        "---\nimage: /a.png\nalt: 'old'\n---\n",
        "it's",
        '---\nimage: /a.png\nalt: "it\'s"\n---\n',
    ),
    "YAML in braces": (
        "a.md",
        "---\nhero: { src: /a.png, alt: old }\n---\n",
        "a, b",
        '---\nhero: { src: /a.png, alt: "a, b" }\n---\n',
    ),
    "YAML over lines": ("a.md", "---\nimage: /a.png\nalt: >\n  old\n---\n", "new", None),
    "YAML without one": ("a.md", "---\nimage: /a.png\n---\n", "new", None),
    "TOML": (
        "a.md",
        '+++\nimage = "/a.png"\nalt = "old"\n+++\n',
        'a "b"',
        '+++\nimage = "/a.png"\nalt = "a \\"b\\""\n+++\n',
    ),
    "TOML in single quotes": (
        "a.md",
        "+++\nimage = '/a.png'\nalt = 'old'\n+++\n",
        "it's",
        "+++\nimage = '/a.png'\nalt = \"it's\"\n+++\n",
    ),
    "after characters beyond the basic plane": (
        "a.md",
        "\U0001f600 ![old](/a.png)",
        "\U0001f680",
        "\U0001f600 ![\U0001f680](/a.png)",
    ),
    "after a byte order mark": ("a.md", "\ufeff![old](/a.png)", "new", "\ufeff![new](/a.png)"),
}


@pytest.mark.parametrize(("file", "before", "alt", "after"), _ALTS.values(), ids=_ALTS)
def test_an_alternative_text_is_escaped_for_its_place(
    file: str, before: str, alt: str, after: str | None
) -> None:
    assert with_alt(file, before, alt) == after


_PAGES = {
    "Markdown": ("a.md", "![x](/a.png)\n\n![y](/b.png)"),
    "Markdown by its own text": ("a.md", "![old]\n\n![y](/b.png)\n\n[old]: /a.png\n"),
    "MDX": ("a.mdx", "![x](/a.png) ![y](/b.png)"),
    "an element": ("a.mdx", '<img src="/a.png" alt="x" width={3} />\n<img src="/b.png" alt="y" />'),
    "an element without alt": ("a.mdx", '<img src="/a.png" />\n<img src="/b.png" alt="y" />'),
    "braces": ("a.jsx", "x = [<img alt={'x'} src='/a.png' />, <img src='/b.png' alt='y' />]"),
    "a template": ("a.tsx", "x = [<img alt={`x`} src='/a.png' />, <img src='/b.png' alt='y' />]"),
    "single quotes": ("a.tsx", "x = [<img alt='x' src='/a.png' />, <img src='/b.png' alt='y' />]"),
    "Astro": (
        "a.astro",
        "---\nconst a = 1\n---\n<img alt=`x` src='/a.png' /><img src='/b.png' alt='y' />",
    ),
    "HTML": ("a.html", "<img alt=x src='/a.png'><img src='/b.png' alt='y'>"),
    "HTML in quotes": ("a.html", "<img alt='x' src='/a.png'><img src='/b.png' alt='y'>"),
    "Vue": ("a.vue", '<template><img alt="x" src="/a.png"><img src="/b.png" alt="y"></template>'),
    "YAML": ("a.md", "---\nimage: /a.png\nimageAlt: x\ncover: /b.png\ncoverAlt: y\n---\n"),
    "YAML in quotes": (
        "a.mdx",
        "---\nimage: /a.png\nimageAlt: 'x'\ncover: /b.png\ncoverAlt: \"y\"\n---\n",
    ),
    "TOML": (
        "a.md",
        '+++\nimage = "/a.png"\nimageAlt = "x"\ncover = "/b.png"\ncoverAlt = "y"\n+++\n',
    ),
}
# As the manifest allows: no control characters, surrogates or direction characters; and no
# noncharacters, which YAML refuses.
_TEXTS = st.text(
    st.one_of(
        st.sampled_from("\"'`\\{}$<>&[]()*_#:,!|-~;=\u2028\u00ad\u200b\U0001f600"),
        st.characters(
            exclude_categories=("Cc", "Cs", "Cn"),
            exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
        ),
    ),
    max_size=24,
)


@pytest.mark.parametrize(("file", "before"), _PAGES.values(), ids=_PAGES)
@given(alt=_TEXTS)
@example(alt="{{x}}")
@example(alt="<b> {x} & `y` *z* _w_ <")
@example(alt="&amp; &lt &notit; &#38;")
@example(alt='"); alert(`${1}`) //')
@example(alt="</script> --> ]]> */ {/*")
@example(alt="a](/c.png) ![b")
@example(alt="https://example.org/c.png")
def test_a_written_text_is_read_back_and_nothing_else_changes(
    file: str, before: str, alt: str
) -> None:
    after = with_alt(file, before, alt)
    assert after is not None
    now, then = references(file, after), references(file, before)
    assert " ".join((now[0].alt or "").split()) == " ".join(alt.split())
    assert len(now) == len(then)
    assert [_without_place(row) for row in now[1:]] == [_without_place(row) for row in then[1:]]
    assert replace(_without_place(now[0]), alt=None, alt_status="n/a") == replace(
        _without_place(then[0]), alt=None, alt_status="n/a"
    )


def _without_place(row: Reference) -> Reference:
    return replace(row, line=0, col=0, marks=Marks((0, 0)))


@given(alt=_TEXTS)
@example(alt='say "hi" -- it\'s...')
def test_typography_does_not_change_a_written_text(alt: str) -> None:
    before = "![x](/a.png)"
    made = edits.of_alt(references("a.mdx", before)[0], before, alt, is_typographic=True)
    assert made is not None
    after = edits.applied(before, [made])[0]
    assert " ".join((references("a.mdx", after)[0].alt or "").split()) == " ".join(alt.split())
    assert not re.search(r"(?<!\\)[\"']|--|\.\.\.", after.removesuffix("](/a.png)"))


# -- paths and sizes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "before", "new", "after"),
    [
        ("a.md", "![a](/a.png 'T')", "/b.png", "![a](/b.png 'T')"),
        ("a.md", "![a](</a b.png>)", "/b.png", "![a](</b.png>)"),
        ("a.tsx", "import a from './a.png'", "./b.png", "import a from './b.png'"),
        (
            "a.css",
            "a { background: url( './a.png' ) }",
            "./b.png",
            "a { background: url( './b.png' ) }",
        ),
        ("a.md", "---\nimage: ./a.png\n---\n", "./b.png", "---\nimage: ./b.png\n---\n"),
        ("a.json", '{"icon": "/a.png"}', "/b.png", '{"icon": "/b.png"}'),
        (
            "a.html",
            '<img srcset="/a.png 1x, /c.png 2x">',
            "/b.png",
            '<img srcset="/b.png 1x, /c.png 2x">',
        ),
        ("a.md", r"![a](/a\_b.png)", "/b.png", r"![a](/a\_b.png)"),
        (
            "a.html",
            "<img src='/a.png?x=1&amp;y' alt=''>",
            "/b.png",
            "<img src='/a.png?x=1&amp;y' alt=''>",
        ),
    ],
    ids=[
        "Markdown",
        "angles",
        "import",
        "CSS",
        "YAML",
        "JSON",
        "srcset",
        "escapes stay",
        "entities stay",
    ],
)
def test_a_path_is_replaced_where_it_is_written_without_escapes(
    file: str, before: str, new: str, after: str
) -> None:
    made = edits.of_path(references(file, before)[0], new)
    assert edits.applied(before, [made])[0] == after


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (
            "a.mdx",
            '<img src="/a.png" width={10} height={20} />',
            '<img src="/a.png" width={300} height={400} />',
        ),
        (
            "a.html",
            '<img src="/a.png" height="20px" width=10>',
            '<img src="/a.png" height="400px" width=300>',
        ),
        ("a.md", "![a](/a.png =10x20)", "![a](/a.png =300x400)"),
        ("a.html", '<img src="/a.png" width="10">', '<img src="/a.png" width="10">'),
    ],
    ids=["JSX", "HTML", "Markdown", "one alone"],
)
def test_a_size_is_replaced_where_both_width_and_height_are_written(
    file: str, before: str, after: str
) -> None:
    assert edits.applied(before, edits.of_size(references(file, before)[0], (300, 400)))[0] == after


# -- several edits ---------------------------------------------------------------------------------

_EDITS = st.lists(
    st.builds(
        Edit,
        st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda ends: (min(ends), max(ends))),
        st.text("xy", max_size=3),
    ),
    max_size=6,
)


@given(st.text("abc", min_size=12, max_size=12), _EDITS)
def test_of_overlapping_edits_one_is_made_and_reported(text: str, asked: list[Edit]) -> None:
    after, made = edits.applied(text, asked)
    assert bool(made) is bool(asked)
    ordered = sorted(made, key=lambda one: one.span)
    assert all(one.span[1] <= other.span[0] for one, other in pairwise(ordered))
    expected, at = "", 0
    for one in ordered:
        expected += text[at : one.span[0]] + one.new
        at = one.span[1]
    assert after == expected + text[at:]
    assert edits.applied(text, list(reversed(asked))) == (after, made)


def test_an_edit_of_changed_text_is_not_made() -> None:
    made = Edit((0, 3), "new", old="old")
    assert edits.applied("old text", [made]) == ("new text", frozenset({made}))
    assert edits.applied("odd text", [made]) == ("odd text", frozenset())


@given(_TEXTS)
def test_a_browser_reads_back_an_html_attribute(alt: str) -> None:
    assume(" ".join(alt.split()) == alt)
    after = with_alt("a.html", '<img src="/a.png" alt="x">', alt) or ""
    assert html.unescape(after.removeprefix('<img src="/a.png" alt="').removesuffix('">')) == alt
