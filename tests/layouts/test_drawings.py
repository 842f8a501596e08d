"""drawings: an SVG file is drawn if it has only shapes; anything else is refused by name."""

from __future__ import annotations

import pytest

from assetgen.errors import TemplateError
from assetgen.layouts import drawings

_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_BOX = f'{_HEAD} viewBox="0 0 40 20">'


def _svg(inside: str, head: str = _BOX) -> bytes:
    return f"{head}{inside}</svg>".encode()


_RED = '<rect width="40" height="20" fill="#ff0000"/>'

_DRAWN = {
    "a shape": _svg(_RED),
    "with a prologue": b'<?xml version="1.0"?>\n<!-- made by hand -->\n'
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">' + _svg(_RED),
    "with a BOM": b"\xef\xbb\xbf" + _svg(_RED),
    "with what a program keeps": _svg(
        f'<metadata><x/></metadata><title>T</title><s:view xmlns:s="urn:s" s:x="1"/>{_RED}'
    ),
    "used": _svg(f'<defs><g id="a">{_RED}</g></defs><use xlink:href="#a"/>'),
    "used without a prefix": _svg(f'<defs><g id="a">{_RED}</g></defs><use href="#a"/>'),
    "styled": _svg('<style>.a { fill: #f00 }</style><rect class="a" width="40" height="20"/>'),
    "with a gradient": _svg(
        '<linearGradient id="g"><stop stop-color="#f00"/></linearGradient>'
        '<rect width="40" height="20" fill="url(#g)"/>'
    ),
    "with a gradient in quotes": _svg(
        "<linearGradient id='g'><stop stop-color='#f00'/></linearGradient>"
        '<rect width="40" height="20" style="fill: url( \'#g\')"/>'
    ),
    "with a mask by class": _svg(
        "<style>.a, #b { mask: url(#m) } .c { fill: #fff }</style>"
        '<mask id="m"><rect class="c" width="40" height="20"/></mask>'
        f'<g class="a">{_RED}</g>'
    ),
    "without a filter": _svg('<rect width="40" height="20" fill="#f00" filter="none"/>'),
    "with dashes": _svg(
        f'{_RED}<path d="M0 0h40v20" fill="none" stroke="red" stroke-dasharray="0.5 1%"/>'
    ),
    "used by the first of two links": _svg(
        f'<g id="a">{_RED}</g><use href="#a" xlink:href="#gone"/>'
    ),
    "with a handler": _svg('<rect width="40" height="20" fill="#f00" onclick="alert(1)"/>'),
    "with sides only": _svg(_RED, f'{_HEAD} width="40" height="20">'),
    "in millimetres": _svg(_RED, f'{_HEAD} width="40mm" height="20mm" viewBox="0 0 40 20">'),
}


@pytest.mark.parametrize("data", _DRAWN.values(), ids=_DRAWN)
def test_shapes_are_drawn(data: bytes) -> None:
    assert drawings.is_svg(data)
    width, height, rows = drawings.pixels(data, 80)
    assert (width, height) == (80, 40)
    middle = (20 * 80 + 40) * 4
    assert rows[middle : middle + 4] == b"\xff\x00\x00\xff"


def test_what_is_not_painted_is_clear() -> None:
    _, _, rows = drawings.pixels(_svg('<circle cx="20" cy="10" r="5"/>'), 40)
    assert rows[:4] == b"\0\0\0\0"


_LAUGHS = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 9))


def _each(part: str, last: str = "") -> str:
    """Nine parts, each of which refers to the next one."""
    return "".join(part.format(n, n + 1) for n in range(9)) + last.format(9)


_RECT = '<rect width="9" height="9" fill="url(#p{1})"/>'
_MANY = " ".join(f"a{n}='1'" for n in range(300))
_WORK = {
    "patterns of patterns": _each(f'<pattern id="p{{0}}">{_RECT * 10}</pattern>', "<g id='p{}'/>"),
    "patterns of groups": _each(
        f'<pattern id="p{{0}}"><g fill="url(#p{{1}})">{_RED * 10}</g></pattern>',
        f'<pattern id="p{{}}">{_RED}</pattern>',
    ),
    "clips of clips": _each(
        '<clipPath id="c{0}">' + "<rect clip-path=\"url('#c{1}')\"/>" * 10 + "</clipPath>",
        "<clipPath id='c{}'><rect/></clipPath>",
    ),
    "masks in a style": _each(
        "<style>.a{0} {{ mask: url(#m{1}) }}</style>"
        '<mask id="m{0}">' + '<g class="a{0}"/>' * 10 + "</mask>",
        "<mask id='m{}'><rect/></mask>",
    ),
    "markers at points": '<marker id="m">' + "<rect/>" * 100 + "</marker>"
    f'<path marker-mid="url(#m)" d="M0 0{"l1 1" * 1000}"/>',
    "layers": '<g opacity=".5"/>' * 4000,
    "dashes": '<path d="M0 0H100" stroke-dasharray=".001"/>' * 50,
    "two elements of one id": f'<g id="a0">{_RED}</g>{_LAUGHS}'
    + "".join(f'<g id="a{n}"/>' for n in range(9)),
    "many rules": f"<style>{'a b > c { fill: red }' * 9_000}</style>{'<g/>' * 9_000}",
}

_REFUSED = {
    **{name: (_svg(inside), "elements; the limit is 20,000") for name, inside in _WORK.items()},
    "a mask of all": (_svg("<style>* { mask: url(#m) }</style><mask id='m'><g/></mask>"), "repeat"),
    "paint of itself": (_svg('<pattern id="p"><rect fill="url(#p)"/></pattern>'), "repeat"),
    "a huge number": (_svg('<path d="M0 0A1e30 1 0 0 1 9 9"/>'), "a number that"),
    "a number in a style": (_svg("<style>a { stroke-width: 1e30 }</style>"), "a number that"),
    "scales of scales": (
        _svg('<g transform="scale(1000)">' * 9 + "<path/>" + "</g>" * 9),
        "a number that",
    ),
    "an endless side": (_svg(_RED, f'{_HEAD} width="{"9" * 400}" height="1">'), "a number that"),
    "a thin picture": (_svg(_RED, f'{_HEAD} viewBox="0 0 .01 1e3">'), "px wide and"),
    "no number": (_svg(_RED, f'{_HEAD} width="1111!" height="1">'), "states no size"),
    "an effect by name": (_svg('<rect filter="blur(9)"/>'), "contains an effect"),
    "an effect in a style": (_svg("<style>a { filter: blur(9) }</style>"), "contains an effect"),
    "many attributes": (_svg(f"<g {_MANY}/>"), "attributes"),
    "UTF-16": (_svg(_RED).decode().encode("utf-16"), "is not UTF-8"),
    "many links outside": (_svg(f"<style>{'url(' * 200_000}</style>"), "from elsewhere"),
    "many types": (b"<svg>" + b"<!DOCTYPE" * 100_000, "is damaged"),
    "text": (_svg("<text>Hi</text>"), "contains text"),
    "a picture": (_svg('<image href="https://example.org/a.png"/>'), "contains a picture"),
    "HTML": (_svg("<foreignObject/>"), "contains HTML"),
    "a script": (_svg("<script>alert(1)</script>"), "contains a script"),
    "an effect": (_svg('<filter id="f"/>'), "contains an effect"),
    "an animation": (_svg("<g><rect><animate/></rect></g>"), "contains an animation"),
    "a link outside": (_svg('<use href="https://example.org/a.svg#x"/>'), "from elsewhere"),
    "paint from outside": (_svg('<rect fill="url(https://example.org)"/>'), "from elsewhere"),
    "a file": (_svg('<rect style="fill: url(file:///etc/passwd)"/>'), "from elsewhere"),
    "an import": (_svg('<style>@import "a.css";</style>'), "from elsewhere"),
    "an escape": (_svg(r"<style>a { fill: u\72l(x) }</style>"), "from elsewhere"),
    "an entity": (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + _svg("&a;"), "declares entities"),
    "uses of uses": (_svg(f'<g id="a0">{_RED}</g>{_LAUGHS}'), "elements; the limit is 20,000"),
    "a circle of uses": (_svg('<g id="a"><use href="#a"/></g>'), "repeat each other"),
    "deep": (_svg("<g>" * 90 + "</g>" * 90), "levels deep"),
    "damage": (b"<svg xmlns='http://www.w3.org/2000/svg'><g></svg>", "is damaged"),
    "no namespace": (b"<svg viewBox='0 0 1 1'/>", "has no <svg> element"),
    "no size": (_svg(_RED, f"{_HEAD}>"), "states no size"),
    "too large": (_svg(" " * 1024 * 1024), "the limit is 1,048,576"),
}


@pytest.mark.parametrize(("data", "said"), _REFUSED.values(), ids=_REFUSED)
def test_an_svg_with_more_than_shapes_is_refused_by_name(data: bytes, said: str) -> None:
    with pytest.raises(drawings.Refused, match=said) as caught:
        drawings.pixels(data, 80)
    assert caught.value.cure


@pytest.mark.parametrize("inside", [*_WORK.values(), _LAUGHS], ids=[*_WORK, "uses of uses"])
def test_a_drawing_in_a_layout_has_the_same_limits(inside: str) -> None:
    page = f"<!doctype html><html><body><p>Hi<br></p>{_svg(inside).decode()}</body></html>"
    with pytest.raises(TemplateError, match=r"an SVG of the layout .*(elements|repeat)"):
        drawings.refuse_inline(page)


def test_drawings_of_a_layout_count_together_and_small_ones_are_taken() -> None:
    some = _svg("<rect/>" * 7_000).decode()
    drawings.refuse_inline(f"<body>{some}<hr>{some}</body>")
    with pytest.raises(TemplateError, match="the limit is 20,000"):
        drawings.refuse_inline(f"<body>{some * 3}</body>")
    far = _svg('<path d="M0 0A1e30 1 0 0 1 9 9"/>').decode()
    with pytest.raises(TemplateError, match="a number that is too large"):
        drawings.refuse_inline(f"<body>{far}</body>")
