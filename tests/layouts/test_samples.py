"""samples: the example of every layout can be pasted, and it is drawn."""

from __future__ import annotations

import re

import pytest

from assetgen.errors import TemplateError
from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.layouts import closure, fonts, kind, listed, samples
from assetgen.layouts.kind import Kind
from assetgen.manifest import parse
from assetgen.manifest.schema import Manifest
from tests.support.place import Place

_OWN = """
size = [400, 200]
layout = "plain"
[values]
title = { type = "text", required = true }
mood = { type = "choice", of = ["calm", "loud"], required = true }
points = { type = "list", min = 3, fields = { name = { type = "text", required = true } } }
photo = { type = "picture", required = true }
[layouts.plain]
doc = "Four values"
"""
_PAGE = '<!doctype html><html><head></head><body><img src="{{ values.photo }}"></body></html>'


def _own(place: Place, sheet: str) -> None:
    place.write("templates/own/template.toml", sheet)
    place.write("templates/own/plain.html", _PAGE)


def test_the_example_of_every_layout_is_drawn_as_it_is_printed(place: Place) -> None:
    _own(place, _OWN)
    text = '[defaults]\nroute = "images"\n[style.brand]\npalette = ["#0f172a", "#4f46e5"]\n'
    found = listed.all_kinds(place.root)
    layouts = [(one, layout) for one in found.kinds for layout in found.layouts(one)]
    for one, layout in layouts:
        text += "\n" + samples.toml(samples.entries(one, layout, parse.parse(text.encode())))
    place.manifest(text)
    outcome = performer.generate(place.root, Options(), place.environ)
    assert not outcome.failed
    made = {one.decision.asset.id for one in outcome.made}
    assert len(layouts) >= 15
    shown = [
        layout
        for one, layout in layouts
        if any(spec.type == "picture" and spec.required for spec in one.fields(layout).values())
    ]
    assert "photo" in shown
    assert len(made) == len(layouts) + len(shown)  # and the picture that each of them shows
    assert "photo-picture" in made


def test_the_example_of_a_template_is_checked_like_an_asset(bare: Place) -> None:
    sheet = _OWN + '[layouts.plain.example]\ntitle = "Hi"\nmood = "lound"\n'
    _own(bare, sheet)
    with pytest.raises(TemplateError, match="example of layout 'plain' is wrong") as caught:
        samples.entries(kind.find(bare.root, "own"), "plain", Manifest())
    assert str(caught.value.cure) == "did you mean loud?"


def test_an_example_makes_no_image_stale(bare: Place) -> None:
    def digest(sheet: str) -> str:
        _own(bare, sheet)
        found: Kind = kind.find(bare.root, "own")
        return found.digest("plain", fonts.Stack(()))

    assert digest(_OWN) == digest(_OWN + '[layouts.plain.example]\ntitle = "Hi"\n')


def test_no_style_of_a_layout_that_ships_has_an_escape_of_html() -> None:
    """An expression escapes ``/`` and quotes, which a browser does not undo in a style."""
    root = closure.shipped_root()
    for name in kind.names(root.parent):
        for path in (root / name).glob("*.html"):
            source = path.read_text("utf-8")
            for style in re.findall(r"<style>(.*?)</style>", source, re.S):
                for said in re.findall(r"{{(.*?)}}", style, re.S):
                    texts = re.findall(r"'([^']*)'|\"([^\"]*)\"", said)
                    assert not any(set("/'\"<>&") & set("".join(one)) for one in texts), path
