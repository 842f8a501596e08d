"""Images in several themes and sizes: one snippet for both themes, one entry in code."""

from __future__ import annotations

import json

import pytest

from assetgen.manifest.collection import NO_AXIS, Part, family_id
from assetgen.plan.families import Families
from tests.support.place import Place
from tests.support.tiny import tiny

_MANIFEST = """
[project]
url = "https://example.org"
emit = "src/assets.EXT"
[[collection]]
id = "og/{slug}-{theme}-{size}"
from = "content/*.md"
kind = "tiny"
path = "public/og/{slug}-{theme}-{size}.png"
alt = "A & B"
[collection.matrix]
theme = ["dark", "light"]
size = ["square", "og"]
"""


@pytest.fixture
def drawn(place: Place) -> Place:
    tiny(place)
    place.write("content/a.md", "---\ntitle: A\n---\n")
    place.manifest(_MANIFEST.replace("EXT", "ts"))
    place.ok("generate")
    return place


@pytest.mark.parametrize(
    ("name", "family"),
    [
        (f"og/a-{NO_AXIS}-{NO_AXIS}", "og/a"),
        (f"{NO_AXIS}/a", "a"),
        (f"{NO_AXIS}-a/{NO_AXIS}b", "a/b"),
        (f"a-{NO_AXIS}-b", "a-b"),
        (f"og/日-{NO_AXIS}", "og-e65a10"),
    ],
)
def test_the_id_of_a_family_has_no_axes(name: str, family: str) -> None:
    assert family_id(name) == family


def test_a_family_has_an_id_that_nothing_else_has_and_several_assets() -> None:
    parts = [Part("a", "light", "", "a-light"), Part("a", "dark", "", "a-dark")]
    assert Families(parts, ["a-light", "a-dark"]).find("a")
    assert Families(parts, ["a-light", "a-dark", "a"]).find("a") is None
    assert Families(parts, ["a-light"]).find("a") is None
    assert Families([*parts, parts[0]], ["a-light", "a-dark"]).find("a") is None


_DARK = 'media="(prefers-color-scheme: dark)" type="image/png"'


@pytest.mark.parametrize("form", ["html", "markdown", "next", "astro", "react", "vue", "svelte"])
@pytest.mark.parametrize("name", ["og/a", "og/a-dark-square", "og/a-light-square"])
def test_a_light_and_a_dark_image_are_one_picture(name: str, form: str, drawn: Place) -> None:
    text = drawn.ok("snippet", name, "--for", form).out
    assert text.startswith("<picture>\n") and text.count("<source") == 1
    assert f"{_DARK} src" in text and "/og/a-dark-square.png" in text
    assert 'src="/og/a-light-square.png"' in text and text.count("alt=") == 1


def test_frameworks_with_a_switch_get_their_own_form(drawn: Place) -> None:
    text = drawn.ok("snippet", "og/a", "--for", "docusaurus").out
    assert 'import ThemedImage from "@theme/ThemedImage";\n\n<ThemedImage\n' in text
    light, dark = (f'useBaseUrl("/og/a-{theme}-square.png")' for theme in ("light", "dark"))
    assert f"sources={{{{ light: {light}, dark: {dark} }}}}" in text
    css = drawn.ok("snippet", "og/a", "--for", "css").out
    assert css.index("light-square.png") < css.index("@media (prefers-color-scheme: dark) {")
    assert css.count("{") == css.count("}") == 3
    package = {"dependencies": {"astro": "5", "@astrojs/starlight": "0.36"}}
    drawn.write("package.json", json.dumps(package))
    drawn.write("astro.config.mjs", "export default {};")
    text = drawn.ok("snippet", "og/a").out
    assert text.count("<Image") == 2 and "<picture" not in text
    assert text.index('class="dark:sl-hidden"') < text.index('class="light:sl-hidden"')


def test_the_card_of_a_family_has_one_theme_and_the_right_size(drawn: Place) -> None:
    assert "/og/a-light-og.png" in drawn.ok("snippet", "og/a", "--for", "head").out
    assert "/og/a-dark-og.png" in drawn.ok("snippet", "og/a-dark-og", "--for", "head").out


def test_the_module_has_one_entry_with_named_themes_and_sizes(drawn: Place) -> None:
    text = drawn.read("src/assets.ts").decode()
    assert text.count('"og/a') == 1 and '\n  "og/a": {\n    src: "/og/a-light-square.png",' in text
    assert "readonly themes?: { readonly [theme: string]: Asset };" in text
    inner = text[text.index("    sizes: {") :]
    assert inner.index("      og: {") and inner.count("        themes: {") == 2
    drawn.write("src/page.ts", 'import { assets } from "./assets";\nassets["og/a"];\n')
    drawn.manifest(_MANIFEST.replace("EXT", "ts").replace("emit", 'content = ["src/*.ts"]\nemit'))
    assert "unreferenced" not in drawn.run("check").out


def test_an_art_directed_dark_image_stays_the_dark_one(drawn: Place) -> None:
    own = '[[asset]]\nid = "og/a-dark-og"\nkind = "tiny"\npath = "public/own.png"\nalt = "x"\n'
    drawn.manifest(own + _MANIFEST.replace("EXT", "ts"))
    drawn.ok("generate")
    assert "/own.png" in drawn.ok("snippet", "og/a-light-og", "--for", "html").out


def test_an_image_is_used_if_a_page_names_it_in_another_theme_or_size(drawn: Place) -> None:
    text = _MANIFEST.replace("emit", 'content = ["content/*.md"]\nemit').replace("EXT", "ts")
    drawn.manifest(text.replace("alt =", 'writes = "image"\nalt ='))
    assert "unreferenced" not in drawn.run("check").out
    drawn.manifest(text)
    assert drawn.run("check").out.count("unreferenced:") == 4
    drawn.write("content/a.md", "---\ntitle: A\n---\n![A & B](/og/a-light-og.png)\n")
    assert "unreferenced" not in drawn.run("check").out
