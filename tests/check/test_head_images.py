"""``writes``: a page names its own image in its front matter, as its framework reads it."""

from __future__ import annotations

import pytest

from tests.support.place import Place
from tests.support.tiny import tiny

_PAGE = "---\ntitle: A\n---\ntext\n"
_FRAMEWORKS = {
    "hugo": {"hugo.toml": 'baseURL = "https://example.org/docs/"\n'},
    "docusaurus": {"docusaurus.config.js": 'module.exports = { baseUrl: "/docs/" };\n'},
    "astro": {"astro.config.mjs": 'export default { base: "/docs" };\n'},
    "jekyll": {"_config.yml": "baseurl: /docs\n"},
    "vitepress": {".vitepress/config.js": 'export default { base: "/docs/" };\n'},
    "nuxt": {"nuxt.config.ts": "export default {};\n"},
    "next": {"next.config.js": "module.exports = {};\n", "package.json": '{"name": "x"}'},
    "plain": {},
}


def _site(place: Place, framework: str, page: str, path: str, writes: str, text: str) -> None:
    """A page and its image; ``writes`` is TOML."""
    tiny(place)
    for name, content in _FRAMEWORKS[framework].items():
        place.write(name, content)
    place.write(page, text)
    top = path.partition("/")[0]
    public = {"hugo": "static", "docusaurus": "static", "jekyll": "assets"}.get(framework, "public")
    place.manifest(
        f'[project]\nurl = "https://example.org"\npublic = "{public}"\noutputs = ["{top}"]\n'
        f'[[asset]]\nid = "a"\nkind = "tiny"\nfrom = "{page}"\npath = "{path}"\nalt = "A"\n'
        f"writes = {writes}\n"
    )


def _found(place: Place) -> list[tuple[str, int]]:
    findings = place.run("check", "--json").data["findings"]
    return [(one["path"], one["line"]) for one in findings if one["code"] == "head-image"]


# Rows of a kind that others have.
_ALIKE = ("Hugo, nested", "Hugo, assets", "Docusaurus, locale", "Docusaurus, beside", "Next")
# framework, page, image, writes, what is written
_VALUES = {
    "Hugo": ("hugo", "content/a.md", "static/og/a.png", "images[0]", "  - og/a.png"),
    "Hugo, nested": ("hugo", "content/a.md", "static/og/a.png", "cover.image", "  image: og/a.png"),
    "Hugo, bundle": ("hugo", "content/a/index.md", "content/a/b.png", "image", "image: b.png"),
    "Hugo, assets": ("hugo", "content/a.md", "assets/og/a.png", "images[0]", "  - og/a.png"),
    "Docusaurus": ("docusaurus", "blog/a.md", "static/og/a.png", "image", "image: /og/a.png"),
    "Docusaurus, locale": (
        *("docusaurus", "i18n/de/docusaurus-plugin-content-blog/a.md", "static/og/a.png"),
        *("image", "image: /og/a.png"),
    ),
    "Docusaurus, beside": ("docusaurus", "blog/a/index.md", "blog/a/b.png", "image", "./b.png"),
    "Astro": ("astro", "src/content/a.md", "public/og/a.png", "ogImage", ": /docs/og/a.png"),
    "Astro, imported": (
        *("astro", "src/content/blog/a.md", "src/assets/a.png"),
        *("heroImage", "heroImage: ../../assets/a.png"),
    ),
    "VitePress": ("vitepress", "a.md", "public/og/a.png", "hero.image.src", "src: /og/a.png"),
    "Next": ("next", "posts/a.mdx", "public/og/a.png", "image", "image: /og/a.png"),
    "unknown": ("plain", "posts/a.md", "public/og/ä b.png", "image", 'image: "/og/ä%20b.png"'),
}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=name, marks=pytest.mark.more if name in _ALIKE else [])
        for name, row in _VALUES.items()
    ],
)
def test_a_page_names_its_image_as_the_framework_reads_it(
    row: tuple[str, str, str, str, str], bare: Place
) -> None:
    framework, page, path, key, written = row
    _site(bare, framework, page, path, f'"{key}"', _PAGE)
    assert _found(bare) == [(page, 1)]
    bare.ok("refs", "--fix")
    text = bare.read(page).decode()
    assert written in text and text.startswith("---\ntitle: A\n") and text.endswith("\n---\ntext\n")
    assert _found(bare) == []
    assert bare.ok("refs", "--fix").out.startswith("nothing to fix")


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("url", "https://example.org/docs/og/a.png"),
        ("root", "/og/a.png"),
        ("page", "../public/og/a.png"),
    ],
)
def test_the_manifest_may_choose_the_form(form: str, written: str, bare: Place) -> None:
    writes = f'{{ key = "image", as = "{form}" }}'
    _site(bare, "astro", "posts/a.md", "public/og/a.png", writes, _PAGE)
    bare.ok("refs", "--fix")
    assert f"image: {written}\n" in bare.read("posts/a.md").decode()


@pytest.mark.parametrize(
    ("framework", "page", "path", "text"),
    [
        ("hugo", "content/a/index.md", "content/a/feature.png", _PAGE),
        ("hugo", "content/_index.md", "content/My-Cover-1.png", _PAGE),
        ("next", "app/a/page.mdx", "app/a/opengraph-image.png", "# A\n"),
        ("plain", "a.md", "public/og/a.png", "---\ntitle: A\nimage: /og/a.png?v=1\n---\n"),
        ("docusaurus", "blog/a.md", "static/a.png", "---\ntitle: A\nimage: ../static/a.png\n---\n"),
    ],
)
def test_an_image_that_is_found_otherwise_needs_nothing(
    framework: str, page: str, path: str, text: str, bare: Place
) -> None:
    _site(bare, framework, page, path, '"image"', text)
    bare.run("generate", "--no-commit")
    assert _found(bare) == []


# The page, and where the finding is.
_BY_HAND = {
    "another type": ("---\ntitle: A\nimage: false\n---\n", 3),
    "an anchor": ("---\ntitle: A\nimage: &x b.png\n---\n", 3),
    "a table": ("---\ntitle: A\nimage:\n  path: b.png\n---\n", 3),
}


@pytest.mark.parametrize("row", _BY_HAND.values(), ids=_BY_HAND)
def test_what_cannot_be_written_surely_is_said(row: tuple[str, int], bare: Place) -> None:
    text, line = row
    _site(bare, "plain", "a.md", "public/og/a.png", '"image"', text)
    assert _found(bare) == [("a.md", line)]
    assert "write /og/a.png under image in its front matter" in bare.run("check").out
    assert bare.run("refs", "--fix").code == 1
    assert bare.read("a.md").decode() == text


_BLOG = """
[project]
content = ["content/**/*.md"]
[[collection]]
id = "og/{slug}-{theme}"
from = "content/**/*.md"
kind = "tiny"
path = "public/og/{slug}-{theme}.png"
alt = "A"
writes = "WRITES"
[collection.matrix]
theme = ["light", "dark"]
"""


def test_one_command_writes_many_pages_and_staged_reads_the_index(place: Place) -> None:
    tiny(place)
    pages = [f"content/p{number}.md" for number in range(11)]
    for page in pages:
        place.write(page, _PAGE)
    place.manifest(_BLOG.replace("WRITES", "hero.image.{theme}"))
    place.ok("generate")
    ran = place.run("check")
    assert ran.out.count("head-image") == 1 and "assetgen refs --fix\n" in ran.out
    place.git("add", "-A")
    staged = place.run("check", "--staged", "--json").data["findings"]
    assert len([one for one in staged if one["code"] == "head-image"]) == 22
    place.ok("refs", "--fix")
    hero = "hero:\n  image:\n    {}: /og/p7-{}.png\n    {}: /og/p7-{}.png\n---"
    text = place.read("content/p7.md").decode()
    assert any(hero.format(a, a, b, b) in text for a, b in (("light", "dark"), ("dark", "light")))
    assert place.ok("check").code == 0
    assert place.run("check", "--staged").code == 1
    place.git("add", "-A")
    assert place.ok("check", "--staged").code == 0
    place.write("content/p7.md", text.replace("p7-dark", "p8-dark"))
    assert _found(place) == [("content/p7.md", text[: text.index("dark:")].count("\n") + 1)]


def test_of_several_images_for_one_key_the_page_names_the_first(place: Place) -> None:
    tiny(place)
    place.write("content/a.md", _PAGE.replace("A\n", "A\nimage: /og/a-dark.png\n"))
    place.manifest(_BLOG.replace("WRITES", "image"))
    place.ok("generate")
    [finding] = place.run("check", "--json").data["findings"]
    assert finding["code"] == "head-image" and "public/og/a-light.png" in finding["message"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('writes = "a..b"', "writes = 'a..b' is not a key of front matter"),
        ('writes = { key = "a", as = "x" }', "as"),
        ('writes = "{no}"', "there is no placeholder {no}"),
    ],
)
def test_a_wrong_key_is_a_mistake(lines: str, said: str, place: Place) -> None:
    place.write("content/a.md", _PAGE)
    place.manifest(_BLOG.replace('writes = "WRITES"', lines))
    ran = place.run("plan")
    assert ran.code == 2 and said in ran.err


_STARLIGHT = "  - tag: meta\n    attrs:\n      property: og:image\n      content: {}\n"
_URL = "https://example.org/docs/a.png"
# framework, key, front matter after the title, and the same afterwards
_HEADS = {
    "Starlight": ("astro", "head", "", f"head:\n{_STARLIGHT.format(_URL)}"),
    "a position": ("astro", "head[0].attrs.content", "", f"head:\n{_STARLIGHT.format(_URL)}"),
    "other elements": (
        *("astro", "head[0].attrs.content"),
        "head:\n  - tag: meta\n    attrs: { name: description, content: b }\n",
        "head:\n  - tag: meta\n    attrs: { name: description, content: b }\n"
        + _STARLIGHT.format(_URL),
    ),
    "another image": (
        *("astro", "head", f"head:\n  - tag: title\n{_STARLIGHT.format('/b.png')}"),
        f"head:\n  - tag: title\n{_STARLIGHT.format(_URL)}",
    ),
    "that of X": (
        *("astro", "head[0].attrs.content"),
        "head: [{tag: meta, attrs: {name: 'twitter:image', content: 'b.png'}}]\n",
        f"head: [{{tag: meta, attrs: {{name: 'twitter:image', content: '{_URL}'}}}}]\n",
    ),
    "VitePress": (
        *("vitepress", "head", "head:\n  - [link, {rel: x}]\n"),
        (
            "head:\n  - [link, {rel: x}]\n  - - meta\n    - property: og:image\n"
            f"      content: {_URL}\n"
        ),
    ),
    "Nuxt": (
        *("nuxt", "head", ""),
        "head:\n  meta:\n    - property: og:image\n      content: https://example.org/a.png\n",
    ),
    "Jekyll": (
        *("jekyll", "image", "image:\n  alt: b\n"),
        "image:\n  alt: b\n  path: /a.png\n",
    ),
}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=name, marks=pytest.mark.more if row[0] != "astro" else [])
        for name, row in _HEADS.items()
    ],
)
def test_the_element_of_the_image_is_found_or_made(
    row: tuple[str, str, str, str], bare: Place
) -> None:
    framework, key, before, after = row
    public = "assets" if framework == "jekyll" else "public"
    page = "src/content/docs/a.md"
    _site(
        bare, framework, page, f"{public}/a.png", f'"{key}"', _PAGE.replace("A\n", f"A\n{before}")
    )
    assert [path for path, _ in _found(bare)] == [page]
    bare.ok("refs", "--fix")
    assert bare.read(page).decode() == _PAGE.replace("A\n", f"A\n{after}")
    assert _found(bare) == []


def test_a_page_names_the_content_of_its_image_where_networks_cache(place: Place) -> None:
    tiny(place)
    place.write("content/a.md", _PAGE)
    text = _BLOG.replace("WRITES", "image").replace("[project]", "[project]\ncard_version = true")
    place.manifest(text)
    place.ok("generate")
    place.ok("refs", "--fix")
    before = place.read("content/a.md").decode()
    assert 'image: "/og/a-light.png?v=' in before and place.ok("check").code == 0
    place.write("templates/tiny/plain.html", "<!doctype html><html><body>A</body></html>")
    place.ok("generate")
    assert "but the content of the image is" in place.run("check").out
    place.ok("refs", "--fix")
    after = place.read("content/a.md").decode()
    assert after != before and place.ok("check").code == 0
    versions = (text[text.index("?v=") :][:11] for text in (before, after))
    assert before.replace(next(versions), next(versions)) == after
