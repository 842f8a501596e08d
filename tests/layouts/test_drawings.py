"""drawings: an SVG file is drawn if it has only shapes; anything else is refused by name."""

from __future__ import annotations

import pytest

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

_REFUSED = {
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
