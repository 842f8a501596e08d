"""What is a reference and what is none, in every kind of file; each row with its place, its text and its alt."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.refs.languages import KNOWN
from assetgen.refs.reference import Reference
from assetgen.refs.scan.scan import find


def rows(file: str, text: str, *, mdx: bool = False) -> list[Reference]:
    return find(file, textwrap.dedent(text).encode(), mdx=mdx)


def told(found: list[Reference]) -> list[tuple[str, str]]:
    return [(row.kind, row.raw) for row in found]


_MARKDOWN = {
    # text: (kind, raw) of what is found
    "inline": ("![A map](./map.png)", [("md_image", "./map.png")]),
    "with a title": ('![A map](map.png "The map")', [("md_image", "map.png")]),
    "in angle brackets": ("![A map](<my map.png>)", [("md_image", "my map.png")]),
    "with brackets in its path": (
        "![A](/wiki/Map_(old).png)",
        [("md_image", "/wiki/Map_(old).png")],
    ),
    "with brackets in its alt": ("![A [b] c](a.png)", [("md_image", "a.png")]),
    "with code in its alt": ("![The `]` key](a.png)", [("md_image", "a.png")]),
    "over two lines": ("![A long\nalt](a.png)", [("md_image", "a.png")]),
    "elsewhere": ("![A](https://x.org/badge)", [("md_image", "https://x.org/badge")]),
    "by reference": ("![A][map]\n\n[map]: /a.png 'title'", [("md_image", "/a.png")]),
    "by a collapsed reference": ("![Map][]\n\n[map]: <a b.png>", [("md_image", "a b.png")]),
    "by a shortcut reference": ("![Map]\n\n[map]: a.png", [("md_image", "a.png")]),
    "a reference that a list defines": ("![A][x]\n\n- [x]: /x.png", [("md_image", "/x.png")]),
    "a reference to nothing": ("![Map][gone] and ![Map]", []),
    "escaped": (r"!\[A](a.png)", []),
    "an escaped exclamation mark before a link": (r"\![A](a.png)", [("link", "a.png")]),
    "escapes in its path": (r"![A](a\_b.png)", [("md_image", "a_b.png")]),
    "entities in its path": ("![A](a.png?x=1&amp;y=2)", [("md_image", "a.png?x=1&y=2")]),
    "a path that a template fills in": (
        "![A]({{ site.url }}/a.png)",
        [("dynamic", "{{ site.url }}/a.png")],
    ),
    "a data URL": ("![A](data:image/png;base64,AAAA)", []),
    "an empty path": ("![A]()", []),
    "in a code span": ("`![A](a.png)`", []),
    "in a code span of two backticks": ("`` ` ![A](a.png) ``", []),
    "after a lone backtick": ("a ` b ![A](a.png)", [("md_image", "a.png")]),
    "in a fence": ("```md\n![A](a.png)\n```\n![B](b.png)", [("md_image", "b.png")]),
    "in a fence of tildes": ("~~~\n![A](a.png)\n```\n~~~\n![B](b.png)", [("md_image", "b.png")]),
    "in a longer fence": (
        "````\n```\n![A](a.png)\n```\n````\n![B](b.png)",
        [("md_image", "b.png")],
    ),
    "in a fence that is never closed": ("```\n![A](a.png)", []),
    "in a fence in a list": (
        "- one\n\n  ```\n  ![A](a.png)\n  ```\n\n  ![B](b.png)",
        [("md_image", "b.png")],
    ),
    "in a fence in a quote": ("> ```\n> ![A](a.png)\n\n![B](b.png)", [("md_image", "b.png")]),
    "behind a fence with a line that begins as a quote": (
        "```\n> npm i\nadded\n```\n\n![A](a.png)",
        [("md_image", "a.png")],
    ),
    "in a fence behind a line that begins as a quote": ("```\n> npm i\n![A](a.png)\n```", []),
    "in a fence in a quote behind a deeper quote": ("> ```\n> > npm i\n> ![A](a.png)\n> ```", []),
    "behind raw HTML with a line that begins as a quote": (
        "<pre>\n> npm i\n![A](a.png)\n</pre>\n\n![B](b.png)",
        [("md_image", "b.png")],
    ),
    "in indented code": ("Text\n\n    ![A](a.png)\n\n![B](b.png)", [("md_image", "b.png")]),
    "indented behind a paragraph": ("Text\n    ![A](a.png)", [("md_image", "a.png")]),
    "indented in a list": ("1. one\n\n    ![A](a.png)", [("md_image", "a.png")]),
    "behind a tab in a list": ("-\tone\n\n\t![A](a.png)", [("md_image", "a.png")]),
    "behind a tab in a numbered list": ("1.\tone\n\n\t![A](a.png)", [("md_image", "a.png")]),
    "code behind a tab in a list": ("-\tone\n\n\t\t![A](a.png)", []),
    "code in a list": ("- one\n\n      ![A](a.png)", []),
    "in an admonition of MkDocs": ("!!! note\n\n    ![A](a.png)", [("md_image", "a.png")]),
    "in a comment": ("<!-- ![A](a.png) -->\n<!--\n<img src='b.png'>\n-->", []),
    "in a table": ("| a | b |\n|---|---|\n| ![A](a.png) | x |", [("md_image", "a.png")]),
    "in a block of HTML": ("<div>\n![A](a.png)\n</div>", []),
    "after a blank line in HTML": ("<div>\n\n![A](a.png)\n\n</div>", [("md_image", "a.png")]),
    "a link to a picture": ("[big](big.png) and [page](page.html)", [("link", "big.png")]),
    "a picture in a link": ("[![A](a.png)](b.png)", [("link", "b.png"), ("md_image", "a.png")]),
    "a link by reference": ("[big][b]\n\n[b]: big.png", [("link", "big.png")]),
    "HTML": (
        '<img src="a.png" alt="A"> <IMG SRC=b.png>',
        [("jsx_attr", "a.png"), ("jsx_attr", "b.png")],
    ),
    "HTML without an extension": (
        '<img src="https://x.org/badge">',
        [("jsx_attr", "https://x.org/badge")],
    ),
    "HTML in a quote": ('> <img src="a.png">', [("jsx_attr", "a.png")]),
    "a shortcode of Hugo": ('{{< figure src="/a.png" alt="A" >}}', [("jsx_attr", "/a.png")]),
    "behind script in a code span": (
        "Use `<script>`.\n\n```html\n<img src='/a.png'>\n<script></script>\n```\n\n![A](a.png)",
        [("md_image", "a.png")],
    ),
    "a script behind script in a fence": (
        "```html\n<script>\n```\n\n<script>\nconst a = '/a.png'\n</script>",
        [("js_string", "/a.png")],
    ),
    "the body of a code shortcode of Hugo": (
        '{{< highlight html >}}\n<script src="/a.png">\n![A](a.png)\n{{< /highlight >}}\n![B](b.png)',
        [("md_image", "b.png")],
    ),
    "behind a code shortcode that is never closed": (
        "{{< highlight html >}}\n![B](b.png)",
        [("md_image", "b.png")],
    ),
    "a code shortcode of Hugo with the name of its file": (
        '{{< code file="/a.svg" >}}\n<img src="/a.png">\n{{</ code >}}\n![B](b.png)',
        [("md_image", "b.png")],
    ),
    "a style sheet": (
        "<style>\n.a { background: url('/a.png') }\n</style>",
        [("css_url", "/a.png")],
    ),
    "a style": ("<p style=\"background: url('/a.png')\">", [("inline_css_url", "/a.png")]),
    "an import of MDX in .md": (
        "import a from './a.png'\n\n<img src={a} />",
        [("import", "./a.png"), ("import_ref", "./a.png")],
    ),
    "a component of Vue": ("<img :src=\"withBase('/a.png')\">", [("jsx_attr", "/a.png")]),
    "a script of Vue": (
        "<script setup>\nimport logo from './logo.svg'\n</script>\n\n<Image :src=\"logo\" />",
        [("import", "./logo.svg"), ("import_ref", "./logo.svg")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), _MARKDOWN.values(), ids=_MARKDOWN)
def test_markdown_refers_to(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(find("page.md", text.encode())) == expected


_MDX = {
    "an attribute": ('<Card img="/a.png" />', [("jsx_attr", "/a.png")]),
    "an attribute in braces": ("<img src={'/a.png'} />", [("jsx_attr", "/a.png")]),
    "an attribute in a template": ("<img src={`/a.png`} />", [("jsx_attr", "/a.png")]),
    "a bare name in an attribute for pictures": ('<Card cover="a.png" />', [("jsx_attr", "a.png")]),
    "a bare name elsewhere": ('<Card file-name="a.png" text="a.png" />', []),
    "a text about a picture": ('<Card alt="see /a.png" title="/a.png" label="x/a.png" />', []),
    "an imported picture": (
        "import a from '@/a.png'\n\n<Figure image={a.src} />",
        [("import", "@/a.png"), ("import_ref", "@/a.png")],
    ),
    "either branch": (
        "import a from './a.png'\nimport b from './b.png'\n\n<img src={dark ? a : b} />",
        [
            ("import", "./a.png"),
            ("import", "./b.png"),
            ("import_ref", "./a.png"),
            ("import_ref", "./b.png"),
        ],
    ),
    "strings in both branches": (
        "<img src={x ? '/a.png' : '/b'} />",
        [("jsx_attr", "/a.png"), ("jsx_attr", "/b")],
    ),
    "a required picture": ("<img src={require('./a.png').default} />", [("require", "./a.png")]),
    "a URL made by a function": ("<img src={useBaseUrl('/a.png')} />", [("jsx_attr", "/a.png")]),
    "sources in an object": (
        "<ThemedImage sources={{ light: useBaseUrl('/l.png'), dark: useBaseUrl('/d.png') }} />",
        [("js_string", "/l.png"), ("js_string", "/d.png")],
    ),
    "an element in an attribute": (
        '<Card icon={<img src="/a.png" />} />',
        [("jsx_attr", "/a.png")],
    ),
    "an element in an expression": (
        '{list.map(x => <img src="/a.png" />)}',
        [("jsx_attr", "/a.png")],
    ),
    "a variable": ("<Image src={props.src} alt={props.alt} />", [("dynamic", "props.src")]),
    "a template with a hole": (
        "<img src={`/img/${name}.png`} />",
        [("dynamic", "/img/${name}.png")],
    ),
    "a comment": ("{/* ![A](a.png) <img src='/b.png' /> */}", []),
    "an element between comments": (
        "{/* a */ <img src='/a.png' /> /* b */}",
        [("jsx_attr", "/a.png")],
    ),
    "a comment of HTML": ("<!-- ![A](a.png) -->", []),
    "an export": (
        "export const meta = {\n  image: '/a.png',\n}\n\n# Hi",
        [("js_string", "/a.png")],
    ),
    "code after an export": (
        "export const a = `\n![A](/no.png)\n`\n\n![B](b.png)",
        [("md_image", "b.png")],
    ),
    "an indented image": ("<Tab>\n\n        ![A](a.png)\n\n</Tab>", [("md_image", "a.png")]),
    "an indented element behind blank lines": (
        '<Tab>\n\n    <img src="/a.png" />\n\n</Tab>',
        [("jsx_attr", "/a.png")],
    ),
    "Markdown in HTML": ("<div>\n  ![A](a.png)\n</div>", [("md_image", "a.png")]),
    "a fence in an element": ("<Tab>\n    ```md\n    ![A](a.png)\n    ```\n</Tab>", []),
    "an attribute over several lines": (
        '<img\n  alt="A"\n  src="/a.png"\n/>',
        [("jsx_attr", "/a.png")],
    ),
    "an attribute with arrows and quotes": (
        "<Foo onClick={() => a > b && say('it\\'s')} image=\"/a.png\" />",
        [("jsx_attr", "/a.png")],
    ),
    "an apostrophe in an expression": (
        '{ok && <p>don\'t</p>} <img src="/a.png" />',
        [("jsx_attr", "/a.png")],
    ),
    "a heading with an id in braces": ("## Title {#id}\n\n![A](a.png)", [("md_image", "a.png")]),
    "a brace that is never closed": ("a { b\n\n![A](a.png)", [("md_image", "a.png")]),
    "a tag that is never closed": ('a < b <img src="\n\n![A](a.png)', [("md_image", "a.png")]),
    "a URL in the text of an expression": (
        "{x && <a href='https://x.org'>https://x.org</a>}\n![A](a.png)",
        [("md_image", "a.png")],
    ),
    "a srcset": (
        '<img srcSet="/a-1.png 1x, /a-2.png 2x" src="/a.png" alt="" />',
        [("srcset", "/a-1.png"), ("srcset", "/a-2.png"), ("jsx_attr", "/a.png")],
    ),
    "a srcset whose first candidate has no descriptor": (
        '<img srcSet="/a.png, /b.png 2x,/c.png" />',
        [("srcset", "/a.png"), ("srcset", "/b.png"), ("srcset", "/c.png")],
    ),
    "a srcset of commas": ('<img srcSet=",,," alt="/a.png" />', []),
    "a style object": (
        "<p style={{ backgroundImage: 'url(/a.png)' }} />",
        [("inline_css_url", "/a.png")],
    ),
    "a style with a hole": (
        "<p style={{ backgroundImage: `url(${cover})` }} />",
        [("dynamic", "url(${cover})")],
    ),
    "a class of Tailwind": (
        "<p className=\"bg-[url('/a.png')]\" />",
        [("inline_css_url", "/a.png")],
    ),
    "a poster": ('<video poster="/a.jpg" src="/a.mp4" />', [("jsx_attr", "/a.jpg")]),
    "a link": ('<a href="/a.png">x</a> <a href="/page">y</a>', [("link", "/a.png")]),
}


@pytest.mark.parametrize(("text", "expected"), _MDX.values(), ids=_MDX)
def test_mdx_refers_to(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(find("page.mdx", text.encode())) == expected


_CODE = {
    "an import": ("import a from './a.png'", [("import", "./a.png")]),
    "an import for its effect": ("import './a.svg'", [("import", "./a.svg")]),
    "an import of something else": ("import a from './a.css'", []),
    "an export from": ("export { default } from './a.png'", [("import", "./a.png")]),
    "an import by a package's own path": ("import a from '#img/a.png'", [("import", "#img/a.png")]),
    "a dynamic import": ("const a = await import('./a.png')", [("import", "./a.png")]),
    "a require": ("const a = require('./a.png')", [("require", "./a.png")]),
    "a URL of the module": ("new URL('./a.png', import.meta.url)", [("new_url", "./a.png")]),
    "another URL": ("new URL('/a.png', base)", [("js_string", "/a.png")]),
    "a glob": ("import.meta.glob('./img/*.png')", [("glob", "./img/*.png")]),
    "globs with braces": (
        "import.meta.glob(['./a/*.{png,jpg}', '!./b/*'])",
        [("glob", "./a/*.{png,jpg}"), ("glob", "!./b/*")],
    ),
    "a context": (r"require.context('./img', true, /\.png$/)", [("glob", "./img")]),
    "metadata": (
        "export const metadata = { openGraph: { images: ['/og.png'] } }",
        [("js_string", "/og.png")],
    ),
    "a bare name under a key for pictures": (
        "const x = { cover: 'a.png', note: 'b.png' }",
        [("js_string", "a.png")],
    ),
    "a key": ("const x = { '/a.png': 1 }", []),
    "a type": ("type A = '/a.png' | '/b.png'", []),
    "a comment": ("// see /a.png\n/* '/b.png' */", []),
    "a regular expression": (r"const a = /img\/a\.png/", []),
    "prose": ("const a = 'see img/a.png here'; const b = 'open img/a b.png'", []),
    "a path with a space": ("const a = '/img/a b.png'", [("js_string", "/img/a b.png")]),
    "a text of JSX": ("const a = <p>/img/a.png</p>", []),
    "a template without holes": ("const a = `/a.png`", [("js_string", "/a.png")]),
    "a template with holes": ("const a = `/img/${x}.png`", [("dynamic", "/img/${x}.png")]),
    "an element": ('const a = <Image src="/a.png" alt="A" />', [("jsx_attr", "/a.png")]),
    "an element with a path of its own": ('const a = <ui.Image src="/a" />', [("jsx_attr", "/a")]),
    "a source that is given": ("const a = <img src={src} />", [("dynamic", "src")]),
    "a required picture by name": (
        "const a = require('./a.png')\nconst b = <img src={a} />",
        [("require", "./a.png"), ("import_ref", "./a.png")],
    ),
    "a shadow of an import in a call": (
        "import a from './a.png'\nconst b = <Foo x={f(a)} />",
        [("import", "./a.png")],
    ),
    "a style of a component": (
        "const A = styled.div`background: url(/a.png);`",
        [("inline_css_url", "/a.png")],
    ),
    "a condition of an import": (
        "import a from './a.png'\nconst b = <img src={a ? '/b.png' : '/c.png'} />",
        [("import", "./a.png"), ("jsx_attr", "/b.png"), ("jsx_attr", "/c.png")],
    ),
    "HTML in a string": ("const a = '<img src=\"/a.png\">'", []),
    "broken code": ("const = = ;\nimport a from './a.png'", [("import", "./a.png")]),
}


@pytest.mark.parametrize("file", ["a.tsx", "a.jsx", "a.js"])
@pytest.mark.parametrize(("text", "expected"), _CODE.values(), ids=_CODE)
def test_code_refers_to(text: str, expected: list[tuple[str, str]], file: str) -> None:
    assert told(find(file, text.encode())) == expected


_OTHERS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "css": (
        "a.css",
        ".a { background: url(a.png), url('/b.svg#x') } /* url(c.png) */",
        [("css_url", "a.png"), ("css_url", "/b.svg#x")],
    ),
    "an escape in a style sheet": (
        "a.css",
        r".a { background: url(c\ d.png) }",
        [("css_url", "c d.png")],
    ),
    "types": (
        "a.ts",
        "import type T from './t.png'\ninterface I { '/k.png': string }\nimport a from './a.png'",
        [("import", "./a.png")],
    ),
    "a font": ("a.css", "@font-face { src: url(a.woff2) }", []),
    "an image set": (
        "a.css",
        '.a { background: image-set("a.png" 1x, url("b.png") 2x) }',
        [("css_url", "a.png"), ("css_url", "b.png")],
    ),
    "a comment of SCSS": (
        "a.scss",
        "// url(a.png)\n.a { background: url(~pkg/b.png) }",
        [("css_url", "~pkg/b.png")],
    ),
    "a URL with two slashes in SCSS": (
        "a.scss",
        ".a { background: url(//x.org/a.png); color: red }",
        [("css_url", "//x.org/a.png")],
    ),
    "a variable of SCSS": (
        "a.scss",
        '.a { background: url("#{$path}/a.png") }',
        [("dynamic", "#{$path}/a.png")],
    ),
    "html": (
        "a.html",
        '<link rel="icon" href="/favicon.ico"><p>![A](a.png) `x`',
        [("jsx_attr", "/favicon.ico")],
    ),
    "a card": (
        "a.html",
        '<meta property="og:image" content="https://x.org/card">',
        [("jsx_attr", "https://x.org/card")],
    ),
    "a card in capitals": (
        "a.html",
        '<META PROPERTY="og:image" CONTENT="https://x.org/card">',
        [("jsx_attr", "https://x.org/card")],
    ),
    "links and sources in capitals": (
        "a.html",
        '<A HREF="/a.png"><IMG SRCSET="/b.png 2x" SRC="/c"></A>',
        [("link", "/a.png"), ("srcset", "/b.png"), ("jsx_attr", "/c")],
    ),
    "a page's script": ("a.html", "<script>const a = '/a.png'</script>", [("js_string", "/a.png")]),
    "structured data": (
        "a.html",
        '<script type="application/ld+json">{"image": "/a.png"}</script>',
        [("json_string", "/a.png")],
    ),
    "a template": (
        "a.html",
        '<img src="{{ url }}"> <img src="/{% x %}/a.png">',
        [("dynamic", "{{ url }}"), ("dynamic", "/{% x %}/a.png")],
    ),
    "json": (
        "a.json",
        '{"logo": {"light": "/l.svg", "x": "b.png"}, "images": ["c.png"]}',
        [("json_string", "/l.svg"), ("json_string", "c.png")],
    ),
    "a web manifest": (
        "site.webmanifest",
        '{"icons": [{"src": "icon-192.png"}]}',
        [("json_string", "icon-192.png")],
    ),
    "vue": (
        "A.vue",
        (
            "<script setup>\nimport logo from '@/logo.svg'\n</script>\n"
            '<template><img :src="logo" alt="L"></template>\n'
            "<style>.a { background: url(./a.png) }</style>"
        ),
        [("import", "@/logo.svg"), ("import_ref", "@/logo.svg"), ("css_url", "./a.png")],
    ),
    "an attribute of Vue that is called as its variable": (
        "A.vue",
        "<template><img :src :alt><Card :cover-image /></template>",
        [("dynamic", "src")],
    ),
    "astro": (
        "a.astro",
        (
            "---\nimport hero from '../hero.png'\nconst { src } = Astro.props\n---\n"
            '<Image src={hero} alt="H" />\n<Image {src} alt="" />\n'
            '{list.map((x) => <img src="/a.png" />)}'
        ),
        [
            ("import", "../hero.png"),
            ("import_ref", "../hero.png"),
            ("dynamic", "src"),
            ("jsx_attr", "/a.png"),
        ],
    ),
    "yaml at the head": (
        "a.md",
        (
            "---\nimage: ./a.png\nhero:\n  image:\n    src: b.png\nimages:\n  - c.png\n"
            "title: about d.png\ncover: /no-extension\n---\n"
        ),
        [
            ("frontmatter", "./a.png"),
            ("frontmatter", "b.png"),
            ("frontmatter", "c.png"),
            ("frontmatter", "/no-extension"),
        ],
    ),
    "a head behind blank lines": (
        "a.md",
        "\n \n---\nimage: /a.png\n---\n",
        [("frontmatter", "/a.png")],
    ),
    "a head in TOML behind a blank line": (
        "a.md",
        '\n+++\nimage = "/a.png"\n+++\n',
        [("frontmatter", "/a.png")],
    ),
    "text between rules behind a blank line": (
        "a.md",
        "\n---\n![A](a.png)\n\n---\n",
        [("md_image", "a.png")],
    ),
    "no head behind a blank line in MDX": ("a.mdx", "\n---\nimage: /a.png\n---\n", []),
    "a picture of motion": ("a.tsx", "const a = <motion.img src={x} />", [("dynamic", "x")]),
    "a context alone": ("a.js", "require.context('./img', true, /[.](png)$/)", [("glob", "./img")]),
    "json in one line": (
        "a.json",
        '{"a": 1,"image":"https://x.org/y"}',
        [("json_string", "https://x.org/y")],
    ),
    "toml at the head": (
        "a.md",
        '+++\n[cover]\nimage = "a.png"\n+++\n',
        [("frontmatter", "a.png")],
    ),
}


@pytest.mark.parametrize(("file", "text", "expected"), _OTHERS.values(), ids=_OTHERS)
def test_other_files_refer_to(file: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert told(find(file, text.encode())) == expected


_ALTS = {
    "present": ('<img src="/a.png" alt="A" />', "present", "A"),
    "empty": ('<img src="/a.png" alt="" />', "empty", ""),
    "blank": ('<img src="/a.png" alt="  " />', "empty", "  "),
    "bare": ('<img src="/a.png" alt />', "empty", ""),
    "in braces": ("<img src=\"/a.png\" alt={'A'} />", "present", "A"),
    "code": ('<img src="/a.png" alt={alt} />', "dynamic", None),
    "in capitals": ('<IMG SRC="/a.png" ALT="A" />', "present", "A"),
    "the variable of its name in Vue": ('<img src="/a.png" :alt>', "dynamic", None),
    "missing": ('<img src="/a.png" />', "missing", None),
    "missing beside a template": ("<img src={`/${x}.png`} />", "missing", None),
    "missing beside a template in a call": (
        "<img src={useBaseUrl(`/${x}.png`)} />",
        "missing",
        None,
    ),
    "spread": ('<img src="/a.png" {...rest} />', "spread", None),
    "spread beside an alt": ('<img {...rest} src="/a.png" alt="A" />', "present", "A"),
    "an element that shows no picture by itself": ('<Card image="/a.png" />', "n/a", None),
    "a component with an alt": ('<Figure src="/a.png" alt="A" />', "present", "A"),
    "Markdown": ("![A *map*](/a.png)", "present", "A map"),
    "Markdown without": ("![](/a.png)", "empty", ""),
    "entities": ('<img src="/a.png" alt="A &quot;b&quot; &amp; c" />', "present", 'A "b" & c'),
}


@pytest.mark.parametrize(("text", "status", "alt"), _ALTS.values(), ids=_ALTS)
def test_the_alt_of_a_reference_is(text: str, status: str, alt: str | None) -> None:
    [row] = find("a.mdx", text.encode())
    assert (row.alt_status, row.alt) == (status, alt)


_HEADS = {
    "beside it": ("image: /a.png\nalt: A", "A"),
    "by its key": ("image: /a.png\nimageAlt: A", "A"),
    "in the same table": ("cover:\n  src: /a.png\n  alt: A", "A"),
    "none": ("image: /a.png\ntitle: T", None),
}


@pytest.mark.parametrize(("head", "alt"), _HEADS.values(), ids=_HEADS)
def test_the_alt_at_the_head_of_a_page_is(head: str, alt: str | None) -> None:
    [row] = find("a.md", f"---\n{head}\n---\n".encode())
    assert (row.alt_status, row.alt) == ("present" if alt else "n/a", alt)


_SIZES = {
    "attributes": ('<img src="/a.png" width="640" height={480} />', 640, 480),
    "pixels": ('<img src="/a.png" width="640px" height="auto" />', 640, None),
    "in capitals": ('<IMG SRC="/a.png" WIDTH=640>', 640, None),
    "percent": ('<img src="/a.png" width="50%" />', None, None),
    "code": ('<img src="/a.png" width={w} height={"480"} />', None, 480),
}


@pytest.mark.parametrize(("text", "width", "height"), _SIZES.values(), ids=_SIZES)
def test_the_declared_size_is(text: str, width: int | None, height: int | None) -> None:
    [row] = find("a.mdx", text.encode())
    assert (row.width, row.height) == (width, height)


@pytest.mark.parametrize(
    "text",
    [
        '![A](a.png){ width="640" height=480 }',
        "![A](a.png =640x480)",
        "![A][a]{ width=640 height=480 }\n\n[a]: a.png",
    ],
)
def test_markdown_may_declare_a_size(text: str) -> None:
    [row] = find("a.md", text.encode())
    assert (row.width, row.height) == (640, 480)


_PLACES = {
    "markdown": ("a.md", "# T\n\nsome ![A](a.png)", 3, 6),
    "an attribute": ("a.mdx", '<img\n  alt="A"\n  src="/a.png"\n/>', 3, 8),
    "after signs of four bytes": ("a.mdx", '🎉 é <img src="/a.png" />', 1, 15),
    "code after signs of four bytes": ("a.tsx", "const é = '🎉', b = '/a.png'", 1, 21),
    "the head": ("a.md", "---\ntitle: é\nimage: '/a.png'\n---\n", 3, 9),
    "Windows": ("a.md", "# T\r\n\r\n![A](a.png)\r\n", 3, 1),
    "json": ("a.json", '{\n  "logo": "/a.png"}', 2, 12),
}


@pytest.mark.parametrize(("file", "text", "line", "col"), _PLACES.values(), ids=_PLACES)
def test_a_reference_is_placed_at(file: str, text: str, line: int, col: int) -> None:
    [row] = find(file, text.encode())
    assert (row.line, row.col) == (line, col)


def test_the_marks_of_a_reference_are_where_its_parts_stand() -> None:
    text = '---\ntitle: é🎉\n---\n\n<Image className="x" src="/a.png" alt={"An é"} width={640} height="480" />\n'
    [row] = find("a.mdx", text.encode())
    marks = row.marks
    assert marks.alt and marks.width and marks.height and marks.tag and marks.attributes
    assert [text[slice(*span)] for span in (marks.raw, marks.alt, marks.width, marks.height)] == [
        *("/a.png", "An é", "640", "480"),
    ]
    assert text[slice(*marks.tag)].startswith("<Image") and text[: marks.attributes].endswith(
        "<Image"
    )


def test_markdown_is_read_as_mdx_where_its_framework_does() -> None:
    text = "<Tabs>\n\n    ![A](a.png)\n\n</Tabs>"
    assert told(rows("a.md", text)) == []
    assert told(rows("a.md", text, mdx=True)) == [("md_image", "a.png")]


def test_a_file_of_another_kind_is_not_looked_into() -> None:
    assert find("a.py", b"'/a.png'") == find("a.png", b"\x89PNG <img src='/a.png'>") == []


def test_bytes_that_are_no_text_hold_no_references() -> None:
    assert find("a.md", b"![A](a.png)\0") == []


def test_a_page_in_another_encoding_is_still_read() -> None:
    assert told(find("a.md", "é ![A](a.png)".encode("latin-1"))) == [("md_image", "a.png")]


_PIECES = st.sampled_from(
    [
        *(
            "<img ",
            "<Image",
            "src=",
            '"',
            "'",
            "`",
            "{",
            "}",
            "/>",
            ">",
            "![",
            "](",
            ")",
            "]",
            "[",
            "a.png",
            "/a.png",
        ),
        *(
            " ",
            "\n",
            "\n\n",
            "    ",
            "```",
            "---\n",
            "<!--",
            "-->",
            "{/*",
            "*/}",
            "import a from './a.png'\n",
            "${",
        ),
        *(
            "alt",
            "\\",
            "é🎉",
            "url(",
            "<style>",
            "</style>",
            "<script>",
            "</script>",
            "> ",
            "- ",
            "1. ",
            "=",
            ":",
        ),
        *("{{< figure ", ">}}", "//", "...x"),
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join), st.sampled_from(sorted(KNOWN)))
def test_no_page_makes_it_fail_and_every_mark_lies_in_the_page(text: str, suffix: str) -> None:
    for row in find(f"a.{suffix}", text.encode()):
        first, last = row.marks.raw
        assert 0 <= first <= last <= len(text)
        assert 1 <= row.line <= text.count("\n") + 1 and row.col >= 1
        assert row.raw and not row.raw.startswith(("data:", "#"))


@pytest.mark.parametrize(
    "sign",
    [
        "<",
        "{",
        "![",
        "[",
        "`",
        "` ` ``",
        "<a ",
        "<a b='",
        "{`${",
        "{/*",
        "(",
        "> ",
        "- ",
        "<script>",
        "<a b={",
        "export const a = (\n",
        "[a](((",
        "[]({{a}}{{a}}",
        "<!-- ",
        "<a /* ",
        "{{< a ",
        '{{< a "',
        "x\nimport a from b\n",
    ],
)
def test_a_page_of_one_sign_is_read_to_its_end(sign: str) -> None:
    """A time of two to the power of its length would be no end."""
    for file in ("a.mdx", "a.md"):
        assert isinstance(find(file, (sign * 5_000 + "![A](a.png)").encode()), list)


_LONG = {
    # file, text: how many references it holds; a time that grows with the square of its length would be no end
    "branches": ("a.tsx", "const a = <img src={" + 'b ? "/a.png" : ' * 3_000 + '""} />', 3_000),
    "a sum": ("a.ts", "const a = " + '"/a.png" + ' * 4_000 + '""', 1),
    "lists in each other": ("a.ts", "const a = " + "[" * 4_000 + '"/a.png"' + "]" * 4_000, 1),
    "elements that are never closed": ("a.tsx", '<img src="/a.png">' * 4_000, 4_000),
    "code with signs of two bytes": ("a.js", "// é\n" + 'x("/a.png");\n' * 20_000, 20_000),
    "elements with signs of two bytes": (
        "a.tsx",
        "const a = <>é" + '<img src="/a.png" />\n' * 10_000 + "</>",
        10_000,
    ),
    "imports": (
        "a.tsx",
        "".join(f'import a{n} from "./a.png"\n' for n in range(4_000))
        + "const b = <>"
        + "".join(f"<img src={{a{n}}} />" for n in range(4_000))
        + "</>",
        8_000,
    ),
    "imports of MDX": (
        "a.mdx",
        "".join(f'import a{n} from "./a.png"\n' for n in range(2_000))
        + "".join(f"\n\n<img src={{a{n}}} />" for n in range(2_000)),
        4_000,
    ),
    "a srcset of commas": ("a.html", '<img srcset="' + "," * 50_000 + '"><img src="/a.png">', 1),
    "holes that are never closed": (
        "a.ts",
        "const a = `" + "url(${" * 3_000 + "`; const b = '/a.png'",
        1,
    ),
}


@pytest.mark.parametrize(("file", "text", "count"), _LONG.values(), ids=_LONG)
def test_a_long_file_is_read_to_its_end(file: str, text: str, count: int) -> None:
    assert len(find(file, text.encode())) == count
