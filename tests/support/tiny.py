"""A tiny kind, and projects that use it."""

from __future__ import annotations

from assetgen.check import pictures
from assetgen.check.findings import Report, Strictness
from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.plan.workspace import open_workspace
from tests.support.place import Place

KIND = """
size = [40, 20]
layout = "plain"
[values]
title = { type = "text" }
logo = { type = "picture" }
[layouts.plain]
"""
LAYOUT = """<!doctype html><html><head></head><body style="background:#fff">
{% if values.logo %}<img src="{{ values.logo }}">{% endif %}</body></html>"""


def tiny(place: Place, *ids: str, **lines: str) -> Place:
    """Add small pictures to ``place``, draw and record them; ``lines`` are more TOML by id."""
    place.write("templates/tiny/template.toml", KIND)
    place.write("templates/tiny/plain.html", LAYOUT)
    want(place, *ids, **lines)
    assert not performer.generate(place.root, Options(), place.environ).failed
    return place


def want(place: Place, *ids: str, **lines: str) -> None:
    text = ""
    for name in ids:
        text += f'[[asset]]\nid = "{name}"\nkind = "tiny"\npath = "public/{name}.png"\nalt = ""\n'
        text += lines.get(name, "") + "\n"
    place.manifest(text)


def look(
    place: Place, *, staged: bool = False, strict: bool = False, release: bool = False
) -> Report:
    how = Strictness(staged=staged, strict=strict, release=release)
    return pictures.check(open_workspace(place.root), how)
