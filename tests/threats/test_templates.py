"""Layouts are untrusted: they reach nothing outside templates/, and runaways are stopped."""

from __future__ import annotations

import gzip

import pytest

from assetgen.errors import AssetgenError, TemplateError
from assetgen.layouts import closure, kind, render
from assetgen.layouts.spec import Order
from assetgen.record import record
from tests.support.attack import KIND, generate, link, own_kind, page, refusals, run_check, victim
from tests.support.place import Place
from tests.support.rows import every, one_of_each

_DATA = "image/svg+xml,<svg/>"

# name: (body, a part of the message)
_HOSTILE = {
    # elements that are not allowed
    "script": ("<script>x</script>", "element"),
    "iframe": ("<iframe></iframe>", "element"),
    "object": ('<OBJECT data="x.png"></OBJECT>', "element"),
    "embed": ("<embed>", "element"),
    "link to a style sheet elsewhere": (
        '<link rel="stylesheet" href="file:///etc/x.css">',
        "stylesheet|element|refers to",
    ),
    "base": ('<base href="file:///etc/">', "element"),
    "video": ('<video poster="/etc/x.png"></video>', "element"),
    "svg image": ('<svg><image href="#x"/></svg>', "element"),
    "svg image in capitals": ('<svg><IMAGE href="#x"/></svg>', "element"),
    "svg text": ("<svg><text>x</text></svg>", "element"),
    "svg foreignObject": ("<svg><foreignObject></foreignObject></svg>", "element"),
    "svg feImage": ('<svg><filter><feImage href="#x"/></filter></svg>', "element"),
    "element through safe": ('{{ "<script>x</script>"|safe }}', "element"),
    # files of the machine
    "file by path": ('<img src="/etc/passwd">', "not a file of its templates"),
    "file without quotes": ("<img src=/etc/passwd>", "not a file of its templates"),
    "file by address": ('<img src="file:///etc/x.png">', "not a file of its templates"),
    "file in capitals": ('<img SRC="FILE:///etc/x.png">', "not a file of its templates"),
    "file on the next line": ('<img\nsrc\n=\n"file:///etc/x.png">', "not a file of its templates"),
    "file by character references": (
        '<img src="&#102;ile:///etc/x.png">',
        "not a file of its templates",
    ),
    "name without extension": ('<img src="secret">', "not a file of its templates"),
    "web": ('<img src="http://example.org/x.png">', "not a file of its templates"),
    "srcset": ('<img srcset="file:///etc/x.png 2x">', "not a file of its templates"),
    "old background": (
        '<table background="file:///etc/x.png"></table>',
        "not a file of its templates",
    ),
    "css file": (
        '<p style="background:url(file:///etc/x.png)">x</p>',
        "not a file of its templates",
    ),
    "css file in quotes": (
        "<p style=\"background:url('file:///etc/x.png')\">x</p>",
        "not a file of its templates",
    ),
    "css web": (
        '<p style="background:url(http://example.org/x.png)">x</p>',
        "not a file of its templates",
    ),
    "css escape": (
        '<p style="background:u\\72l(file:///etc/x.png)">x</p>',
        "not a file of its templates",
    ),
    "css reference": (
        '<p style="background:u&#114;l(file:///etc/x.png)">x</p>',
        "not a file of its templates",
    ),
    "use of a file": ('<svg><use href="x.svg#a"/></svg>', "href|does not exist"),
    "use by xlink": ("<svg><use xlink:href='/etc/x#a'/></svg>", "href"),
    "link": ('<p href="http://example.org">x</p>', "href"),
    "computed name": ('{% set n = "x.png" %}<img src="{{ n }}">', "not written out"),
    # data: addresses, however they are written
    "data": (f'<img src="data:{_DATA}">', "data: URL"),
    "data in capitals": (f'<img src="DATA:{_DATA}">', "data: URL"),
    "data after white space": (f'<img src="  data:{_DATA}">', "data: URL"),
    "data after a control character": (f'<img src="\x01data:{_DATA}">', "data: URL"),
    "data with a tab inside": (f'<img src="da\tta:{_DATA}">', "data: URL"),
    "data with a line end inside": (f'<img src="da\nta:{_DATA}">', "data: URL"),
    "data by decimal references": (f'<img src="&#100;ata:{_DATA}">', "data: URL"),
    "data by hexadecimal references": (f'<img src="d&#x61;ta:{_DATA}">', "data: URL"),
    "data by a named reference": (f'<img src="data&colon;{_DATA}">', "data: URL"),
    "data by a reference to a tab": (f'<img src="da&Tab;ta:{_DATA}">', "data: URL"),
    "data without quotes": ("<img src=data:image/png;base64,AAAA>", "data: URL"),
    "css data": ('<p style="background:url(data:image/png;base64,AAAA)">x</p>', "data: URL"),
    "css data by an escape": (
        '<p style="background:url(d\\61ta:image/png;base64,AAAA)">x</p>',
        "data: URL",
    ),
    "css data after an escape": (
        "<p style=\"background:url('\\1 data:image/png;base64,AAAA')\">x</p>",
        "data: URL",
    ),
    "css image-set": (
        "<p style=\"background:image-set('data:image/png;base64,A' 1x)\">x</p>",
        "data: URL",
    ),
    # style sheets and fonts
    "import": ("<style>@import 'x.css';</style>", "by itself"),
    "import in capitals": ("<style>@IMPORT 'x.css';</style>", "by itself"),
    "import by an escape": ("<style>@\\69mport 'x.css';</style>", "by itself"),
    "font-face": ("<style>@font-face{font-family:x;src:local(Arial)}</style>", "by itself"),
    "font by name": ('<p style="font-family:Arial">x</p>', "font 'Arial'"),
    "font in quotes": ("<style>p{font-family:'Arial'}</style>", "font"),
    "font by shorthand": ('<p style="font:12px Arial">x</p>', "font"),
    "font before ours": ('<p style="font-family:Arial,var(--font)">x</p>', "font"),
    "font after ours": ('<p style="font-family:var(--font),Arial">x</p>', "font"),
    "font without quotes": ("<p style=font-family:Arial>x</p>", "font 'Arial'"),
    "font by an escape": ('<p style="font-f\\61mily:Arial">x</p>', "font 'Arial'"),
    "font by a reference": ('<p style="font-fami&#108;y:Arial">x</p>', "font 'Arial'"),
    "font before a space in the end tag": ("<style>p{font:1px Arial}</style >", "font"),
    "font before a comment of HTML": ("<style>p{font:1px Arial}<!-- --></style>", "ambiguous"),
    "number in another style sheet": (
        "<style>p{--x:infinity}</style><p style='width:calc(1px*var(--x))'>x</p>",
        "the number 'infinity'",
    ),
    "font by another variable": (
        '<p style="--font-x:Arial;font-family:var(--font-x)">x</p>',
        "font",
    ),
    # markup that two parsers could read differently
    "quote in an attribute's name": ("""<img a"='" > ' src="data:,x" b="c">""", "ambiguous"),
    "attribute of text that ends early": (
        """<p style="x: ' title='" class="b" lang="' src='data:,x'">x</p>""",
        "data: URL|not a file",
    ),
    "quote that does not end": ('<p title="x>y</p>', "ambiguous"),
    "attributes that touch": ('<p a="b"c="d">x</p>', "ambiguous"),
    "slash for a space": ('<img/src="x.png">', "ambiguous|does not exist"),
    "comment in a comment": ("<!-- <!-- --> <b> -->", "ambiguous"),
    "comment that ends early": ("<!--> <p>x</p> -->", "ambiguous"),
    "cdata": ("<svg><![CDATA[<]]></svg>", "ambiguous"),
    "instruction": ("<?xml x?>", "ambiguous"),
    "bracket in text": ("a < b", "ambiguous"),
    # engines stopped
    "endless loop": ("{% for i in range(1000000000) %}x{% endfor %}", "cannot be filled"),
    "loops in loops": (
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "cannot be filled",
    ),
    "endless text": ("{{ 'a' * 1000000000 }}", "cannot be filled"),
    "long text": ("{% for i in range(30) %}{{ 'a' * 100000 }}{% endfor %}", "the limit is"),
    "include of itself": ("{% include 'l.html' %}", "cannot be filled"),
    "endless macro": ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "cannot be filled"),
    "brackets in brackets": (
        "{{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}",
        "cannot be filled",
    ),
    "elements in elements": ("<div>" * 100_000, "deep"),
    "columns": (
        '<p style="display:grid;grid-template-columns:repeat(100000000,1px)">x</p>',
        "at most 1000 are drawn",
    ),
    "filter that divides by zero": ("{{ [1, 2]|ticks(1) }}", "a filter"),
    "filter of nothing": ("{{ 5|numbers(3) }}", "a filter"),
    "filter without end": ("{{ 5|em }}", "a filter"),
    # other files of the project
    "include by path": ("{% include '/etc/passwd' %}", "has an empty part"),
    "include above": ("{% include '../../assets.toml' %}", "outside templates/"),
    "include of a value": ("{% include values.title %}", "not written out"),
    "include of a value, other spelling": (
        "{%+ include values.title %}",
        "not written out|cannot be filled",
    ),
    "include of a choice": ("{% include ['x', 'y'] %}", "not written out"),
    "import of a value": ("{% from values.title import x %}", "not written out"),
    "extends a value": ("{% extends values.title %}", "not written out"),
    "unknown variable": ("{{ environ.HOME }}", "cannot be filled"),
    "inside of an object": ("{{ values.__class__.__mro__ }}", "cannot be filled"),
}


@pytest.mark.parametrize(
    ("body", "said"), one_of_each(_HOSTILE.values(), lambda row: row[1]), ids=_HOSTILE.keys()
)
def test_a_hostile_layout_is_refused(bare: Place, body: str, said: str) -> None:
    bare.write("templates/mine/x.png.txt", "")
    own_kind(bare, page(body))
    with pytest.raises(TemplateError, match=said):
        outcome = generate(bare)
        assert not outcome.made
        raise outcome.failed[0].error
    assert not bare.has("public/a.png")


_HARMLESS = {
    "picture in place": (
        "<svg><defs><linearGradient id='g'/></defs><rect fill='url(#g)'/><use href='#g'/></svg>"
    ),
    "attribute with brackets": '<p title="a < b > c">x</p>',
    "single quotes": "<p class='a b'>x</p>",
    "no quotes": "<p class=a>x<br><br/></p>",
    "comment": "<!-- a comment --><p>x</p>",
    "our fonts": (
        '<p style="font:600 12px/1.2 var(--font-mono)">x</p>'
        '<p style="font-family: var(--font)">y</p>'
    ),
    "text about links": "<p>href=x src=y data:z @import url(q) font-family: Arial</p>",
}


@pytest.mark.parametrize("body", _HARMLESS.values(), ids=_HARMLESS.keys())
def test_a_harmless_layout_is_drawn(bare: Place, body: str) -> None:
    own_kind(bare, page(body))
    assert refusals(generate(bare)) == ""


_VALUES = [
    "<script>alert(1)</script>",
    "</title></style><img src=x>",
    "{{ 7 * 7 }} {% include 'x' %} {# x #}",
    '" style="font-family:Arial" x="',
    "'><img src='/etc/passwd'>",
    "&lt;b&gt; &#60;b&#62;",
    "@import url(x.png); href=x src=y",
    "see url(../base.css) and url('x.png')",
    'a "data:text/plain,x" URL',
    "input:0 and \\x02input:1\\x03",
    "}</style><b>",
    "$HOME ${HOME} %(x)s {0}",
]


@pytest.mark.parametrize("text", every(3, _VALUES))
def test_a_value_is_text_and_nothing_else(bare: Place, text: str) -> None:
    own_kind(
        bare,
        page('<p title="{{ values.title }}">{{ values.title }}</p>'),
        values=f"title = '''{text}'''",
    )
    html = render.page(_order(bare, {"title": text}))[0]
    assert html.count("<") == page('<p title=""></p>').count("<")
    assert refusals(generate(bare)) == ""


def _order(place: Place, values: dict[str, str]) -> Order:
    mine = kind.find(place.root, "mine")
    return Order(mine, mine.fill(values), 200, 100, fonts=kind.available_fonts(place.root))


def test_a_value_inserted_as_markup_is_checked_like_the_layout(bare: Place) -> None:
    own_kind(bare, page("{{ values.title|safe }}"), values="title = '<script>x</script>'")
    assert "<script>" in refusals(generate(bare))


@pytest.mark.parametrize("name", ["x.html", "x.css", "x.png"])
def test_a_layout_cannot_use_a_link_a_pipe_or_an_endless_file(bare: Place, name: str) -> None:
    kept = victim(bare, b"p{}")
    use = {
        "x.html": '{% include "x.html" %}',
        "x.css": '<link rel="stylesheet" href="x.css">',
        "x.png": '<img src="x.png">',
    }
    own_kind(bare, page(use[name]))
    path = bare.root / "templates/mine" / name
    link(bare, f"templates/mine/{name}", kept)
    with pytest.raises(TemplateError, match="symbolic link"):
        generate(bare)
    path.unlink()
    path.write_bytes(b"")
    with path.open("r+b") as file:
        file.truncate(closure.MAX_TEMPLATE_BYTES + 1)
    with pytest.raises(TemplateError, match="the limit is"):
        generate(bare)


_SHEETS = {
    "not UTF-8": b"\xff\xfe",
    "not TOML": b"size = [",
    "no size": b"",
    "unknown key": KIND.encode() + b"[evil]\n",
    "nested": b"size = " + b"[" * 100_000,
    "size of nothing": KIND.replace("[200, 100]", "[0, 0]").encode(),
    "size without end": KIND.replace("[200, 100]", "[1000000000, 1]").encode(),
    "pattern": KIND.replace('"text"', '"regex"').encode(),
}


@pytest.mark.parametrize("data", _SHEETS.values(), ids=_SHEETS.keys())
def test_a_broken_template_toml_is_reported_as_such(bare: Place, data: bytes) -> None:
    own_kind(bare, page("x"))
    bare.write("templates/mine/template.toml", data)
    with pytest.raises(TemplateError, match=r"template\.toml"):
        generate(bare)


def test_the_scaffold_of_a_prompt_reads_no_other_file(bare: Place) -> None:
    own_kind(bare, page("x"))
    bare.manifest(
        '[[asset]]\nid="a"\nkind="mine"\npath="public/a.png"\nalt=""\nroute="images"\nprompt="x"\n'
    )
    link(bare, "templates/mine/prompt.md", victim(bare, b"PRIVATE $prompt"))
    with pytest.raises(AssetgenError, match="symbolic link"):
        run_check(bare)
    assert not bare.has(record.place("a"))


def test_the_engine_never_opens_a_file_for_a_picture_that_hides_its_address(bare: Place) -> None:
    """Why the guard exists: the engine would publish any PNG of the machine."""
    secret = bare.picture("elsewhere.png")
    image = f'<image href="{secret}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{image}</svg>'
    own_kind(bare, page('<img src="x.svg">'))
    for data in (svg.encode(), gzip.compress(svg.encode()), svg.encode("utf-16")):
        bare.write("templates/mine/x.svg", data)
        outcome = generate(bare)
        assert (len(outcome.made), len(outcome.failed)) == (0, 1)
