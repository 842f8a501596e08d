"""snippet --for head and its siblings: what a link to a page shows, for each framework."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import yaml

from assetgen.errors import ManifestError, UnsupportedOption
from assetgen.pages import heads
from assetgen.pages.heads import HEAD_FORMS
from assetgen.pages.published import Published
from assetgen.record.schema import Measured
from tests.support.place import Place
from tests.support.tiny import tiny

_SITE = "https://example.org"
_URL = "https://example.org/og/a.png"


def _file(path: str, width: int = 1200, height: int = 630) -> Measured:
    fmt = path.rpartition(".")[2].replace("jpg", "jpeg")
    return Measured(path, width, height, fmt)  # type: ignore[arg-type]


def _one(path: str = "public/og/a.png", *variants: Measured, alt: str = "A") -> Published:
    return Published("a", alt, _file(path), variants, None, {})


def _snippet(form: str, found: Published | None = None, site: str | None = _SITE) -> str:
    return heads.snippet(found or _one(), form, "public", site)


_META = [
    f'<meta property="og:image" content="{_URL}"',
    '<meta property="og:image:type" content="image/png"',
    '<meta property="og:image:width" content="1200"',
    '<meta property="og:image:height" content="630"',
    '<meta property="og:image:alt" content="A"',
    '<meta name="twitter:card" content="summary_large_image"',
]
_ATTRIBUTES = [
    {"property": "og:image", "content": _URL},
    {"property": "og:image:type", "content": "image/png"},
    {"property": "og:image:width", "content": "1200"},
    {"property": "og:image:height", "content": "630"},
    {"property": "og:image:alt", "content": "A"},
    {"name": "twitter:card", "content": "summary_large_image"},
]


def test_html_astro_and_svelte_get_elements() -> None:
    assert _snippet("head") == "\n".join(f"{line}>" for line in _META)
    assert _snippet("astro-head") == "\n".join(f"{line} />" for line in _META)
    inside = [f"  {line} />" for line in _META]
    assert _snippet("svelte-head") == "\n".join(["<svelte:head>", *inside, "</svelte:head>"])


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("docusaurus-front-matter", {"image": "/og/a.png"}),
        ("hugo-front-matter", {"images": ["og/a.png"]}),
        (
            "jekyll-front-matter",
            {"image": {"path": "/og/a.png", "width": 1200, "height": 630, "alt": "A"}},
        ),
        (
            "starlight-front-matter",
            {"head": [{"tag": "meta", "attrs": one} for one in _ATTRIBUTES]},
        ),
        ("vitepress-front-matter", {"head": [["meta", one] for one in _ATTRIBUTES]}),
    ],
)
def test_front_matter_is_as_the_framework_reads_it(form: str, data: Any) -> None:
    found = yaml.safe_load(_snippet(form))
    assert json.loads(json.dumps(found)) == data


def test_next_and_nuxt_get_an_object() -> None:
    made = _snippet("next-metadata")
    assert f'        url: "{_URL}",\n        width: 1200,\n        height: 630,' in made
    assert 'twitter: { card: "summary_large_image" }' in made
    assert f'  ogImage: "{_URL}",\n  ogImageType: "image/png",' in _snippet("nuxt-head")


@pytest.mark.parametrize("form", HEAD_FORMS)
@pytest.mark.parametrize("alt", ["", "\"<b> & {x} 'y' \\ $ ` : # -"])
def test_any_alternative_text_is_escaped(form: str, alt: str) -> None:
    text = _snippet(form, _one(alt=alt))
    assert "<b> &" not in text or '\\"<b>' in text
    if form.endswith("matter"):
        assert yaml.safe_load(text)


def test_the_card_is_small_for_a_square() -> None:
    square = Published("a", "", _file("public/a.png", 600, 600), (), None, {})
    assert 'content="summary"' in _snippet("head", square)
    assert "og:image:alt" not in _snippet("head", square)


def test_networks_get_a_format_that_they_accept() -> None:
    variants = (_file("public/og/a-640.jpg", 640, 336), _file("public/og/a.jpg"))
    assert "/og/a.jpg" in _snippet("head", _one("public/og/a.avif", *variants))
    assert "/og/a.webp" in _snippet("head", _one("public/og/a.webp"))


@pytest.mark.parametrize("form", HEAD_FORMS)
def test_a_whole_url_needs_the_url_of_the_site(form: str) -> None:
    rooted = form.startswith(("docusaurus", "hugo", "jekyll"))
    if rooted:
        assert "og/a.png" in _snippet(form, site=None)
    else:
        with pytest.raises(ManifestError, match="whole URL"):
            _snippet(form, site=None)
    with pytest.raises(UnsupportedOption, match="is not in public"):
        _snippet(form, _one("assets/a.png"))


def test_the_command_writes_the_head_and_check_reads_it(place: Place) -> None:
    tiny(place, "a")
    said = place.run("snippet", "a", "--for", "head")
    assert said.code == 2 and 'add url = "https://example.org"' in said.err
    manifest = place.read("assets.toml").decode()
    project = '[project]\nurl = "https://example.org/docs/"\ncontent = ["*.html"]\n'
    place.manifest(project + manifest)
    made = place.run("snippet", "a", "--for", "head").out
    assert 'content="https://example.org/docs/a.png"' in made
    place.write("page.html", f"<html><head>\n{made}</head></html>")
    assert place.run("check").code == 0
    place.write("page.html", f"<html><head>\n{made.replace('a.png', 'b.png')}</head></html>")
    found = place.run("check")
    assert found.code == 1
    assert "public/b.png" in found.out
    assert place.run("snippet", "a", "--for", "head", "--into", "page.html").code == 2


@pytest.mark.parametrize(
    "url", ["example.org", "ftp://example.org", "https://", "https://a@b.org", "https://a.org/?x"]
)
def test_the_url_of_the_site_is_checked(place: Place, url: str) -> None:
    place.manifest(f'[project]\nurl = "{url}"\n')
    found = place.run("plan")
    assert found.code == 2
    assert "is not the URL of a site" in found.err


def test_the_url_of_a_card_can_change_with_its_content() -> None:
    found = replace(_one(), digests={"public/og/a.png": "0123456789abcdef"})
    for form in HEAD_FORMS:
        text = heads.snippet(found, form, "public", _SITE, is_versioned=True)
        assert text.count("og/a.png?v=01234567") == 1 == text.count("og/a.png")


_BASES = {
    "astro": ("astro.config.mjs", 'export default { base: "/docs/" };', "astro-head"),
    "next": ("next.config.js", 'module.exports = { basePath: "/docs" };', "next-metadata"),
    "vitepress": (
        ".vitepress/config.js",
        'export default { base: "/docs/" };',
        "vitepress-front-matter",
    ),
}


@pytest.mark.parametrize("url", ["https://example.org", "https://example.org/docs/"])
@pytest.mark.parametrize("framework", _BASES)
def test_a_whole_url_has_the_base_path_once(framework: str, url: str, place: Place) -> None:
    name, config, form = _BASES[framework]
    tiny(place, "a")
    place.write(name, config)
    place.write("package.json", "{}")
    place.write("content/de/p.md", "![](https://example.org/docs/a.png)\n")
    text = place.read("assets.toml").decode().replace('alt = ""', 'alt = "A"')
    place.manifest(f'[project]\nurl = "{url}"\ncontent = ["content/**/*.md"]\n{text}')
    said = place.ok("snippet", "a", "--for", form).out
    assert "https://example.org/docs/a.png" in said and "docs/docs" not in said
    found = place.ok("refs", "--json").data
    assert [(one["resolved"], one["exists"]) for one in found] == [("public/a.png", True)]
