"""snippet of a favicon set: the links for the head and the web manifest, for each framework."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from assetgen.errors import UnsupportedOption
from assetgen.manifest.key_types import Variants
from assetgen.manifest.schema import Asset, targets
from assetgen.manifest.target import Target
from assetgen.pages import icons
from assetgen.pages.heads import HEAD_FORMS
from assetgen.pages.published import Published
from assetgen.pages.snippets import FORMS
from assetgen.record.schema import Measured
from tests.support.place import Place

_PATHS = ["favicon.ico", "apple-touch-icon.png", *(f"icon-{n}.png" for n in (16, 32, 48, 96, 192))]
_LINKED = [*_PATHS, "site.webmanifest"]


def _measured(target: Target) -> Measured:
    return Measured(target.path, target.width or 0, target.width or 0, target.format)


def _one(path: str = "public/icon.png", alt: str = "A") -> Published:
    favicon = Variants(set="favicon")
    own, *others = targets(Asset(id="a", kind="icon", path=path, alt=alt, variants=favicon))
    files = [
        (one, Measured(one.path, one.width or 0, one.width or 0, one.format)) for one in others
    ]
    main = Measured(own.path, 512, 512, "png")
    return Published("a", alt, main, (), None, {}, icons=tuple(files))


@pytest.mark.parametrize("form", [*(form for form in FORMS if form != "css"), *HEAD_FORMS])
def test_every_form_names_every_file_once(form: str) -> None:
    text = icons.snippet(_one(), form, "public", "docs")
    before = "%sveltekit.assets%" if form == "sveltekit" else "/docs"
    assert re.findall(r'"([^"\s]*/[^"\s]*\.[a-z]+)"', text) == [
        f"{before}/{path}" for path in sorted(_LINKED, key=_order(form))
    ]


def _order(form: str) -> Any:
    """Next has a list for each kind of icon."""
    is_next = form in ("next", "next-metadata")
    return lambda path: (path == "site.webmanifest", is_next and path.startswith("apple"))


def test_html_says_the_sizes() -> None:
    assert icons.snippet(_one("public/i/a b.png"), "html", "public", "").split("\n")[:3] == [
        '<link rel="icon" href="/i/favicon.ico" sizes="16x16 32x32 48x48">',
        '<link rel="apple-touch-icon" href="/i/apple-touch-icon.png">',
        '<link rel="icon" type="image/png" href="/i/a%20b-16.png" sizes="16x16">',
    ]


@pytest.mark.parametrize("form", ["starlight-front-matter", "vitepress-front-matter"])
def test_front_matter_is_yaml(form: str) -> None:
    head = yaml.safe_load(icons.snippet(_one(), form, "public", ""))["head"]
    attrs = [one["attrs"] if isinstance(one, dict) else one[1] for one in head]
    assert attrs[0] == {"rel": "icon", "href": "/favicon.ico", "sizes": "16x16 32x32 48x48"}
    assert attrs[-1] == {"rel": "manifest", "href": "/site.webmanifest"}


def test_the_web_manifest_names_the_icons_of_home_screens_beside_it() -> None:
    found = json.loads(icons.web_manifest(_one("public/i/a b.png")))["icons"]
    assert [one["src"] for one in found] == [
        *("a%20b-192.png", "a%20b-512.png"),
        *("a%20b-maskable-192.png", "a%20b-maskable-512.png"),
    ]
    assert [one.get("purpose") for one in found] == [None, None, "maskable", "maskable"]
    assert icons.manifest_path(_one("public/i/a b.png")) == "public/i/site.webmanifest"


def test_a_style_sheet_and_a_file_without_a_url_are_refused() -> None:
    with pytest.raises(UnsupportedOption, match="does not have"):
        icons.snippet(_one(), "css", "public", "")
    with pytest.raises(UnsupportedOption, match="so it has no URL"):
        icons.snippet(_one("assets/icon.png"), "html", "public", "")


_MANIFEST = """
[project]
content = ["public/*.{html,webmanifest}"]
[[asset]]
id = "icon"
kind = "icon"
path = "public/icon.png"
alt = "A"
variants = { set = "favicon" }
values = { text = "A" }
"""
_PAGE = '<!doctype html><html lang="en"><head><title>t</title>{}</head><body>t</body></html>'


def test_check_compares_the_printed_links_and_the_manifest_with_the_files(place: Place) -> None:
    place.manifest(_MANIFEST)
    place.ok("generate")
    printed = place.ok("snippet", "icon").out
    told = place.ok("snippet", "icon", "--json").data
    assert told["for"] == "html"
    assert printed == f"{told['snippet']}\n\n{told['file']}:\n{told['content']}\n"
    place.write(told["file"], told["content"])
    place.write("public/index.html", _PAGE.format(told["snippet"]))
    place.ok("check")
    place.write(told["file"], told["content"].replace("maskable-512", "maskable-500"))
    place.write("public/index.html", _PAGE.format(told["snippet"].replace("icon-96", "icon-97")))
    said = place.run("check").out
    assert "there is no public/icon-maskable-500.png" in said
    assert "there is no public/icon-97.png" in said


def test_the_image_itself_can_be_shown_in_a_page(place: Place) -> None:
    place.manifest(_MANIFEST)
    place.ok("generate")
    place.write("a.md", "# A\n")
    place.ok("snippet", "icon", "--into", "a.md")
    assert place.read("a.md").decode() == "# A\n\n![A](/icon.png)\n"
