"""snippet: the code to paste, in each language, with measured sizes and exact texts."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assetgen import escapes
from assetgen.errors import ManifestError, StorageError, UnsupportedOption
from assetgen.pages import snippets
from assetgen.pages.published import Published
from assetgen.pages.snippets import FORMS, Pages, fitting
from assetgen.plan.workspace import open_workspace
from assetgen.record.schema import Measured
from assetgen.refs.sites.aliases import Alias, Modules
from assetgen.refs.sites.framework import Framework
from assetgen.refs.sites.served import Served
from assetgen.refs.sites.site import Site
from tests.support.place import Place
from tests.support.tiny import tiny, want

_BLUR = "data:image/png;base64,AAAA"


def pages(
    framework: Framework = "plain", alias: str | None = None, public: str = "public"
) -> Pages:
    """Pages of a site in the root, in which ``@/*`` may mean ``alias``."""
    aliases = (Alias("@/*", (alias,)),) if alias else ()
    return Pages(Site("", framework, Served(()), Modules(aliases)), public)


_PUBLIC = pages()
_VITE = pages("vite")
_NEXT = pages("next", "*")


def file(path: str, width: int = 1200, height: int = 630) -> Measured:
    fmt = path.rpartition(".")[2].replace("jpg", "jpeg")
    return Measured(path, width, height, fmt)  # type: ignore[arg-type]


def one(
    path: str = "public/img/a.png", *variants: Measured, alt: str = "A", name: str = "launch/cover"
) -> Published:
    return Published(name, alt, file(path), variants, _BLUR, {})


_WIDE = tuple(
    file(f"public/img/a-{w}.{f}", w, w * 630 // 1200) for f in ("avif", "webp") for w in (640, 1200)
)
_LINE = 'src="/img/a.png" alt="A" width={1200} height={630}'
_LINES = "\n".join(f"  {part}" for part in _LINE.split(" "))
_JSX_FITS = 'style={{ maxWidth: "100%", height: "auto" }}'
_FITS = 'style="max-width: 100%; height: auto"'
_TAG = f'src="/img/a.png" alt="A" width="1200" height="630" {_FITS}'

_SIZE = "width={1200}\n  height={630}"
_BACKGROUND = 'background: url("/img/a.png") center / cover no-repeat;'


# -- one file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "text"),
    [
        *((form, f"<img\n{_LINES}\n  {_JSX_FITS}\n/>") for form in ("react", "mdx")),
        ("astro", f"<Image {_LINE} {_FITS} />"),
        ("html", f"<img {_TAG}>"),
        *((form, f"<img {_TAG} />") for form in ("vue", "nuxt", "vitepress")),
        *((form, f"<img {_TAG} />") for form in ("svelte", "sveltekit")),
        ("markdown", "![A](/img/a.png)"),
        ("docusaurus", "![A](/img/a.png)"),
        (
            "next",
            (
                f'<Image\n  src="/img/a.png"\n  alt="A"\n  {_SIZE}\n  placeholder="blur"\n'
                f'  blurDataURL="{_BLUR}"\n  {_JSX_FITS}\n/>'
            ),
        ),
        (
            "css",
            f"/* A */\n.launch-cover {{\n  aspect-ratio: 1200 / 630;\n  {_BACKGROUND}\n}}",
        ),
    ],
)
def test_an_image_of_one_file_is_one_element(form: str, text: str) -> None:
    assert snippets.snippet(one(), form, _PUBLIC) == text


@pytest.mark.parametrize("form", FORMS)
def test_no_form_spreads_attributes(form: str) -> None:
    assert "..." not in snippets.snippet(one("public/img/a.png", *_WIDE), form, _PUBLIC)


def test_a_decorative_image_has_an_empty_alt() -> None:
    decor = one(alt="")
    assert snippets.snippet(decor, "markdown", _PUBLIC) == "![](/img/a.png)"
    assert 'alt=""' in snippets.snippet(decor, "next", _PUBLIC)
    assert snippets.snippet(decor, "css", _PUBLIC).startswith(".launch-cover {")
    # Its Markdown would drop an empty alt.
    assert snippets.snippet(decor, "docusaurus", _PUBLIC).splitlines()[-1] == (
        '<img src={useBaseUrl("/img/a.png")} alt="" width={1200} height={630} style={{ height: '
        '"auto" }} />'
    )


def test_next_gets_no_blur_for_a_small_image() -> None:
    small = replace(one(), main=file("public/img/a.png", 32, 32))
    assert "blur" not in snippets.snippet(small, "next", _PUBLIC)
    assert "blur" not in snippets.snippet(replace(one(), blur=None), "next", _PUBLIC)


# -- variants --------------------------------------------------------------------------------------


def test_formats_are_offered_avif_before_webp_before_the_fallback() -> None:
    assert snippets.snippet(one("public/img/a.png", *_WIDE), "html", _PUBLIC) == (
        "<picture>\n"
        '  <source\n    type="image/avif"\n'
        '    srcset="/img/a-640.avif 640w, /img/a-1200.avif 1200w"\n'
        '    sizes="(max-width: 1200px) 100vw, 1200px"\n  >\n'
        '  <source\n    type="image/webp"\n'
        '    srcset="/img/a-640.webp 640w, /img/a-1200.webp 1200w"\n'
        '    sizes="(max-width: 1200px) 100vw, 1200px"\n  >\n'
        f"  <img {_TAG}>\n"
        "</picture>"
    )


def test_several_widths_need_a_picture_element_only_in_components_without_srcset() -> None:
    webp = one("public/a.webp", file("public/a-480.webp", 480, 252))
    assert snippets.snippet(webp, "react", _PUBLIC).startswith(
        '<img\n  src="/a.webp"\n  srcSet="/a-480.webp 480w, /a.webp 1200w"\n  sizes='
    )
    text = snippets.snippet(webp, "next", _PUBLIC)
    assert '    srcSet="/a-480.webp 480w, /a.webp 1200w"\n' in text
    assert (
        text.startswith('<picture>\n  <source\n    type="image/webp"\n')
        and "\n    unoptimized\n" in text
    )
    assert 'srcset="/a-480.webp 480w' in snippets.snippet(webp, "astro", _PUBLIC)


@pytest.mark.parametrize(
    ("main", "others", "sources", "src"),
    [
        ("avif", ["png"], ["avif"], "png"),
        ("webp", ["avif"], ["avif"], "webp"),
        ("jpg", ["png", "webp"], ["webp"], "jpg"),
        ("png", ["jpg", "avif"], ["avif"], "png"),
        ("avif", ["webp"], ["avif"], "webp"),
    ],
    ids=["png for avif", "avif for webp", "jpeg keeps", "png keeps", "no plain one"],
)
def test_the_fallback_is_a_format_that_every_browser_supports(
    main: str, others: list[str], sources: list[str], src: str
) -> None:
    found = one(f"public/a.{main}", *(file(f"public/a.{fmt}") for fmt in others))
    text = snippets.snippet(found, "html", _PUBLIC)
    assert re.findall(r'<source type="image/(\w+)" srcset="/a\.\w+">', text) == sources
    assert f'<img src="/a.{src}" alt="A" width="1200" height="630" {_FITS}>' in text


def test_a_style_sheet_gets_only_files_in_full_width() -> None:
    narrow = file("public/img/a-640.avif", 640, 336)
    assert "image-set" not in snippets.snippet(one("public/img/a.png", narrow), "css", _PUBLIC)
    assert (
        '  background-image: image-set(\n    url("/img/a-1200.avif") type("image/avif"),\n'
        '    url("/img/a-1200.webp") type("image/webp"),\n'
        '    url("/img/a.png") type("image/png")\n  );\n'
    ) in snippets.snippet(one("public/img/a.png", *_WIDE), "css", _PUBLIC)


def test_docusaurus_adds_its_base_to_urls_with_its_hook() -> None:
    text = snippets.snippet(
        one("static/a.png", file("static/a.webp")), "docusaurus", pages(public="static")
    )
    assert text == (
        'import useBaseUrl from "@docusaurus/useBaseUrl";\n\n<picture>\n'
        '  <source type="image/webp" srcSet={useBaseUrl("/a.webp")} />\n'
        '  <img src={useBaseUrl("/a.png")} alt="A" width={1200} height={630} style={{ height: '
        '"auto" }} />\n'
        "</picture>"
    )


# -- outside of the public folder ------------------------------------------------------------------

_INSIDE = one("src/assets/a.png", file("src/assets/a-640.webp", 640, 336), name="2024/in-side")
_NAMES = ("_2024InSideImage", "_2024InSideImage640Webp")


@pytest.mark.parametrize(
    ("form", "where", "specifier", "source", "src"),
    [
        ("react", _VITE, "/src/assets/", "{0}", "{0}"),
        ("mdx", _PUBLIC, "/src/assets/", "{0}", "{0}"),
        ("mdx", pages("astro"), "/src/assets/", "{0}.src", "{0}.src"),
        ("mdx", _NEXT, "@/src/assets/", "{0}.src", "{0}.src"),
        ("astro", _PUBLIC, "/src/assets/", "{0}.src", "{0}"),
        ("next", _NEXT, "@/src/assets/", "{0}.src", "{0}"),
        ("next", pages("next", "src/*"), "@/assets/", "{0}.src", "{0}"),
        ("docusaurus", _PUBLIC, "@site/src/assets/", "{0}", "{0}"),
        ("svelte", _VITE, "/src/assets/", "{0}", "{0}"),
        ("sveltekit", _PUBLIC, "/src/assets/", "{0}", "{0}"),
    ],
    ids=[
        "react",
        "mdx",
        "mdx in astro",
        "mdx in next",
        "astro",
        "next",
        "next with src",
        "docusaurus",
        "svelte",
        "sveltekit",
    ],
)
def test_a_file_without_a_url_is_imported(
    form: str, where: Pages, specifier: str, source: str, src: str
) -> None:
    text = snippets.snippet(_INSIDE, form, where)
    main, small = _NAMES
    head = f'import {main} from "{specifier}a.png";\nimport {small} from "{specifier}a-640.webp";\n'
    head += "\n<picture>\n"
    assert text.startswith(head)
    assert f"={{{source.format(small)}}} />" in text
    assert f"src={{{src.format(main)}}}" in text


@pytest.mark.parametrize(
    ("form", "specifier"), [("vue", "/src/a"), ("nuxt", "~~/src/a"), ("vitepress", "/src/a")]
)
def test_vue_binds_what_is_imported(form: str, specifier: str) -> None:
    found = one("src/a.webp", file("src/a-480.webp", 480, 252), name="a")
    text = snippets.snippet(found, form, _PUBLIC)
    assert text.startswith(f'import aImage from "{specifier}.webp";\n')
    assert '  :src="aImage"\n  :srcset="`${aImage480Webp} 480w, ${aImage} 1200w`"\n' in text


def test_sveltekit_needs_its_base_path_and_its_library() -> None:
    site = Site("", "sveltekit", Served((), config="kit: { paths: { base } }"), Modules())
    below = snippets.snippet(one(), "sveltekit", Pages(site, "public"))
    assert below.startswith('import { base } from "$app/paths";\n\n<img')
    assert 'src="{base}/img/a.png"' in below
    inside = snippets.snippet(one("src/lib/a.png", name="a"), "sveltekit", _PUBLIC)
    assert inside.startswith('import aImage from "$lib/a.png";\n')
    with pytest.raises(UnsupportedOption) as caught:
        snippets.snippet(one("assets/a.png"), "sveltekit", _PUBLIC)
    assert str(caught.value.cure) == "give it a path in public or in src/lib"


def test_braces_in_a_text_are_no_code_in_svelte() -> None:
    text = snippets.snippet(one(alt='a {b} "c"'), "svelte", _PUBLIC)
    assert 'alt="a &#123;b&#125; &quot;c&quot;"' in text


def test_widths_of_imported_files_are_listed_by_an_expression() -> None:
    found = one("src/a.webp", file("src/a-480.webp", 480, 252), name="a")
    text = snippets.snippet(found, "react", _VITE)
    assert "srcSet={`${aImage480Webp} 480w, ${aImage} 1200w`}" in text


@pytest.mark.parametrize("form", ["next", "astro"])
def test_a_component_gets_the_imported_object_and_a_srcset_its_url(form: str) -> None:
    found = one("src/a.webp", file("src/a-480.webp", 480, 252), name="a")
    text = snippets.snippet(found, form, _NEXT)
    assert "{`${aImage480Webp.src} 480w, ${aImage.src} 1200w`}" in text
    assert "src={aImage}\n" in text or "src={aImage} " in text


@pytest.mark.parametrize(
    ("framework", "packages", "cure"),
    [
        (
            "astro",
            "",
            "give it a path in public, or import it: assetgen snippet 2024/in-side --for astro",
        ),
        (
            "next",
            "",
            "give it a path in public, or import it: assetgen snippet 2024/in-side --for next",
        ),
        (
            "docusaurus",
            "",
            (
                "give it a path in public, or import it: assetgen snippet 2024/in-side --for "
                "docusaurus"
            ),
        ),
        (
            "vite",
            "react",
            "give it a path in public, or import it: assetgen snippet 2024/in-side --for react",
        ),
        ("hugo", "", "give it a path in public"),
    ],
    ids=["astro", "next", "docusaurus", "react", "nothing that imports"],
)
def test_a_file_without_a_url_is_imported_as_in_the_project(
    framework: Framework, packages: str, cure: str
) -> None:
    where = pages(framework)
    where = replace(where, site=replace(where.site, packages=frozenset(packages.split())))
    with pytest.raises(UnsupportedOption) as caught:
        snippets.snippet(_INSIDE, "html", where)
    assert str(caught.value.cure) == cure


@pytest.mark.parametrize("form", ["html", "css", "markdown"])
def test_a_form_without_imports_is_refused_for_a_file_without_a_url(form: str) -> None:
    with pytest.raises(
        UnsupportedOption, match=r"src/assets/a\.png is not in public, so it has no URL"
    ):
        snippets.snippet(_INSIDE, form, _PUBLIC)


@pytest.mark.parametrize("alias", [None, "lib/*"], ids=["no alias", "elsewhere"])
def test_next_without_a_usable_alias_is_refused_with_a_cure(
    alias: str | None,
) -> None:
    with pytest.raises(UnsupportedOption) as caught:
        snippets.snippet(_INSIDE, "next", pages("next", alias))
    assert '"paths": { "@/*": ["./*"] }' in str(caught.value.cure)


# -- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alt", "jsx", "in_html", "markdown"),
    [
        ("plain", '"plain"', '"plain"', "plain"),
        ('say "hi"', r'{"say \"hi\""}', '"say &quot;hi&quot;"', 'say "hi"'),
        ("<b> & {x}", '{"<b> & {x}"}', '"&lt;b&gt; &amp; {x}"', r"\<b\> \& \{x\}"),
        ("a\\b", r'{"a\\b"}', '"a\\b"', r"a\\b"),
        ("a ] [b", '"a ] [b"', '"a ] [b"', r"a \] \[b"),
        ("two\nlines", r'{"two\nlines"}', '"two&#10;lines"', "two&#10;lines"),
        ("a\u2028b", r'{"a\u2028b"}', '"a&#8232;b"', "a&#8232;b"),
        ("it's", '"it\'s"', '"it\'s"', "it's"),
        (" edge ", '" edge "', '" edge "', "&#32;edge&#32;"),
    ],
    ids=[
        "plain",
        "quotes",
        "markup",
        "backslash",
        "brackets",
        "lines",
        "separator",
        "apostrophe",
        "edges",
    ],
)
def test_a_text_is_escaped_for_each_language(
    alt: str, jsx: str, in_html: str, markdown: str
) -> None:
    assert (escapes.jsx(alt), escapes.html(alt), escapes.markdown(alt)) == (jsx, in_html, markdown)


@pytest.mark.parametrize(
    ("alt", "text"),
    [("ends */ here", "ends * / here"), ("</style>", "< /style>"), ("two\nlines", "two lines")],
    ids=["comment", "style element", "lines"],
)
def test_an_alternative_text_cannot_end_a_css_comment(alt: str, text: str) -> None:
    assert snippets.snippet(one(alt=alt), "css", _PUBLIC).splitlines()[0] == f"/* {text} */"


# As a manifest allows and UTF-8 encodes: no surrogates, no controls except line feed and tab.
_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t"))


@given(_TEXT)
def test_every_text_is_read_back_from_a_script(text: str) -> None:
    assert json.loads(escapes.script(text)) == text
    assert escapes.script(text).isascii() or all(map(escapes.is_printable, escapes.script(text)))


@given(_TEXT)
def test_every_text_is_read_back_from_html(text: str) -> None:
    written = escapes.html(text)
    assert html.unescape(written[1:-1]) == text
    assert set('"<>\n') & set(written[1:-1]) == set()


@given(_TEXT, st.booleans())
def test_every_text_is_read_back_from_markdown(text: str, is_typographic: bool) -> None:
    [paragraph] = [
        token
        for token in MarkdownIt("commonmark").parse(
            f"![{escapes.markdown(text, is_typographic=is_typographic)}](/a.png)"
        )
        if token.type == "inline"
    ]
    [image] = paragraph.children or []
    assert (image.type, image.attrGet("src")) == ("image", "/a.png")
    assert "".join(child.content for child in image.children or []) == text


def test_astro_typography_changes_nothing() -> None:
    text = snippets.snippet(one(alt='"a" -- it\'s... 1-2.'), "markdown", pages("astro"))
    assert text == r"""![\"a\" \-\- it\'s\.\.\. 1-2.](/img/a.png)"""


@pytest.mark.parametrize("alt", ["a & b", "it's", "<b>", 'say "hi"'])
def test_texts_that_docusaurus_escapes_twice_are_in_an_element(alt: str) -> None:
    assert "![" not in snippets.snippet(one(alt=alt), "docusaurus", _PUBLIC)


# -- the project -----------------------------------------------------------------------------------


def site(place: Place, path: str = "public/a.png", more: str = "") -> Site:
    """The site that decides for a picture of a project."""
    place.write("assets.toml", f"[project]\n{more}")
    return open_workspace(place.root).sites.of(path)


@pytest.mark.parametrize(
    ("package", "form"),
    [
        ('{"dependencies": {"next": "16", "react": "19"}}', "next"),
        ('{"dependencies": {"astro": "7"}, "devDependencies": {"vite": "8"}}', "astro"),
        ('{"dependencies": {"@docusaurus/core": "3", "react": "19"}}', "docusaurus"),
        ('{"dependencies": {"react": "19"}, "devDependencies": {"vite": "8"}}', "react"),
        ('{"dependencies": {"react": "19"}}', "react"),
    ],
)
def test_package_json_decides_the_form(bare: Place, package: str, form: str) -> None:
    bare.write("package.json", package)
    assert fitting(site(bare)) == form


@pytest.mark.parametrize(
    ("name", "more", "form"),
    [
        ("docusaurus.config.ts", "", "docusaurus"),
        ("vite.config.js", 'framework = "fumadocs"', "next"),
        ("hugo.toml", "", "markdown"),
    ],
    ids=["its configuration", "the manifest", "pages of Markdown"],
)
def test_the_framework_decides_the_form(bare: Place, name: str, more: str, form: str) -> None:
    bare.write(name, "export default {}")
    assert fitting(site(bare, more=more)) == form


def test_the_site_of_the_image_decides_the_form(bare: Place) -> None:
    bare.write("package.json", '{"dependencies": {"react": "19"}}')
    bare.write("docs/package.json", '{"dependencies": {"astro": "7"}}')
    bare.write("docs/astro.config.mjs", "export default {}")
    assert fitting(site(bare)) == "react"
    assert fitting(site(bare, "docs/src/a.png")) == "astro"


@pytest.mark.parametrize(
    "package",
    [
        None,
        "{}",
        "not JSON",
        "[]",
        '{"dependencies": 3}',
        '{"devDependencies": {"vite": "8"}}',
        '{"dependencies": {"next": "16", "astro": "7", "react": "19"}}',
    ],
    ids=["none", "empty", "broken", "a list", "a number", "vite alone", "two frameworks"],
)
def test_an_unknown_form_is_an_error_with_the_option(bare: Place, package: str | None) -> None:
    if package is not None:
        bare.write("package.json", package)
    with pytest.raises(ManifestError) as caught:
        fitting(site(bare))
    assert (
        str(caught.value.cure)
        == "name it: --for next, react, astro, mdx, markdown, docusaurus, html, css, vue, nuxt, "
        "svelte, sveltekit or vitepress"
    )


@pytest.mark.parametrize(
    ("text", "specifier"),
    [
        ('{"compilerOptions": {"paths": {"@/*": ["./*"]}}}', "@/src/app/a.png"),
        ('{ // comment\n"compilerOptions": {"paths": {"@/*": ["./src/*"],}}}', "@/app/a.png"),
        ('{"compilerOptions": {"baseUrl": "./src", "paths": {"@/*": ["app/*"]}}}', "@/a.png"),
        ('{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"]}}}', "@/app/a.png"),
        ('{"compilerOptions": {"paths": {"~/*": ["./*"]}}}', "~/src/app/a.png"),
        (
            '{"compilerOptions": {"paths": {"@/*": ["./src/*"], "@pictures/*": ["./src/app/*"]}}}',
            "@pictures/a.png",
        ),
        (
            '{"compilerOptions": {"paths": {"@/*": ["./lib/*"], "cover": ["./src/app/a.png"]}}}',
            "cover",
        ),
        ('{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}', None),
        ("{}", None),
    ],
    ids=[
        "root",
        "src",
        "base",
        "base is root",
        "another alias",
        "the nearest",
        "one file",
        "elsewhere",
        "none",
    ],
)
def test_a_picture_is_imported_by_the_alias_that_reaches_it(
    bare: Place, text: str, specifier: str | None
) -> None:
    bare.write("tsconfig.json", text)
    assert site(bare).modules.specifier("src/app/a.png") == specifier


@given(
    st.text("ab", max_size=3),
    st.from_regex(r"[ab]+(/[ab]+)*", fullmatch=True),
    st.text("ab.", max_size=3),
)
def test_an_import_by_alias_means_the_file(head: str, rest: str, tail: str) -> None:
    alias = Alias("@x/*", (f"lib/{head}*", f"src/{head}*{tail}"))
    path = f"src/{head}{rest}{tail}"
    named = alias.specifier(path)
    assert named == f"@x/{rest}"
    assert path in alias.paths(named)


def test_pictures_of_a_site_below_are_imported_from_its_own_root() -> None:
    below = Pages(Site("web", "docusaurus", Served(()), Modules()), None)
    text = snippets.snippet(one("web/src/a.png", name="a"), "docusaurus", below)
    assert text.startswith('import aImage from "@site/src/a.png";\n')


# -- the command -----------------------------------------------------------------------------------


def test_snippet_prints_code_to_paste(bare: Place) -> None:
    tiny(bare, "a")
    line = f'<img src="/a.png" alt="" width={{40}} height={{20}} {_JSX_FITS} />'
    assert bare.ok("snippet", "a", "--for", "react").out == line + "\n"
    bare.write("package.json", '{"dependencies": {"react": "19"}}')
    assert bare.ok("snippet", "a", "--json").data == {"id": "a", "for": "react", "snippet": line}


def test_a_long_text_is_printed_whole(bare: Place) -> None:
    tiny(bare, "a")
    bare.manifest(bare.read("assets.toml").decode().replace('alt = ""', f'alt = "{"x" * 2000}"'))
    assert "x" * 2000 in bare.ok("snippet", "a", "--for", "html").out


def test_sizes_are_measured_from_the_file(bare: Place) -> None:
    tiny(bare, "a")
    bare.picture("public/a.png", (64, 48))
    assert "width={64} height={48}" in bare.ok("snippet", "a", "--for", "mdx").out


def test_a_missing_image_is_an_error_with_the_command_that_makes_it(
    bare: Place,
) -> None:
    tiny(bare, "a")
    want(bare, "a", "b")
    ran = bare.run("snippet", "b", "--for", "html")
    assert (ran.code, ran.out) == (StorageError.exit_code, "")
    assert (
        ran.err
        == "assetgen: asset b: public/b.png has not been made\n  cure: assetgen generate b\n"
    )
    (bare.root / "public/a.png").unlink()
    assert bare.run("snippet", "a", "--for", "html").err == (
        "assetgen: asset a: public/a.png does not exist\n  cure: assetgen generate a\n"
    )


def test_an_image_without_a_record_must_be_adopted_first(bare: Place) -> None:
    tiny(bare, "a")
    want(bare, "a", "b")
    bare.picture("public/b.png")
    ran = bare.run("snippet", "b", "--for", "html")
    assert ran.code == StorageError.exit_code
    assert "cure: assetgen adopt b public/b.png" in ran.err


def test_an_unknown_id_gets_the_nearest_one_as_cure(bare: Place) -> None:
    tiny(bare, "cover")
    assert "did you mean cover?" in bare.run("snippet", "covr", "--for", "html").err
