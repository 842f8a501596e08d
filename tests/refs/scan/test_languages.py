"""HTML, Astro, Vue, style sheets, JSON and YAML: what is a reference, and what is none."""

from __future__ import annotations

import pytest

from assetgen.refs.scan.scan import find
from tests.support.scanning import kinds_and_targets

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
    "front matter in YAML": (
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
    "front matter after blank lines": (
        "a.md",
        "\n \n---\nimage: /a.png\n---\n",
        [("frontmatter", "/a.png")],
    ),
    "front matter in TOML after a blank line": (
        "a.md",
        '\n+++\nimage = "/a.png"\n+++\n',
        [("frontmatter", "/a.png")],
    ),
    "text between rules after a blank line": (
        "a.md",
        "\n---\n![A](a.png)\n\n---\n",
        [("md_image", "a.png")],
    ),
    "no front matter after a blank line in MDX": ("a.mdx", "\n---\nimage: /a.png\n---\n", []),
    "a picture of motion": ("a.tsx", "const a = <motion.img src={x} />", [("dynamic", "x")]),
    "a context alone": ("a.js", "require.context('./img', true, /[.](png)$/)", [("glob", "./img")]),
    "json in one line": (
        "a.json",
        '{"a": 1,"image":"https://x.org/y"}',
        [("json_string", "https://x.org/y")],
    ),
    "a list at the top of YAML": (
        "a.yml",
        "# all\n- name: A\n  logo: a.png\n- name: B\n  image: /b\n  from: /c.png\n- [/d.svg]\n",
        [("frontmatter", "a.png"), ("frontmatter", "/b"), ("frontmatter", "/d.svg")],
    ),
    "a list between two rules": ("a.md", "---\n- image: /a.png\n---\n", []),
    "a file of TOML": (
        "a.toml",
        '[params]\nlogo = "a.png" # b.png\n[[rows]]\nimages = ["img/c.png"]\nname = "/d.png"\n',
        [("frontmatter", "a.png"), ("frontmatter", "img/c.png")],
    ),
    "several paths in one string": (
        "a.mdx",
        (
            '---\nimages: a.png, b.png\n---\n<Card icons="/c.png,/d.png|/e.svg" />\n\n'
            "{show('./f.png;./g.png')}\n\n<Card image='https://x.org/l_a.png,w_3/h.png' />\n"
        ),
        [
            *(("jsx_attr", "/c.png"), ("jsx_attr", "/d.png"), ("jsx_attr", "/e.svg")),
            *(("js_string", "./f.png"), ("js_string", "./g.png")),
            ("jsx_attr", "https://x.org/l_a.png,w_3/h.png"),
        ],
    ),
    "quotes that are too many": (
        "a.html",
        '<img src="/a.png" alt=A" style="x"><img src=/b.png?x=1 alt=\'B\'\' width="3"">',
        [("jsx_attr", "/a.png"), ("jsx_attr", "/b.png?x=1")],
    ),
    "HTML in front matter": (
        "a.mdx",
        (
            '---\nhero:\n  image:\n    html: \'<picture><source srcset="/a.png"><img src="/b.png"'
            ' alt="B"></picture>\'\ntext: the <img> element of <img src\n---\n'
        ),
        [("srcset", "/a.png"), ("jsx_attr", "/b.png")],
    ),
    "front matter in TOML": (
        "a.md",
        '+++\n[cover]\nimage = "a.png"\n+++\n',
        [("frontmatter", "a.png")],
    ),
}


@pytest.mark.parametrize(("file", "text", "expected"), _OTHERS.values(), ids=_OTHERS)
def test_other_files_refer_to(file: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds_and_targets(find(file, text.encode())) == expected


def test_a_file_of_an_unknown_language_has_no_references() -> None:
    assert find("a.py", b"'/a.png'") == find("a.png", b"\x89PNG <img src='/a.png'>") == []


def test_a_binary_file_has_no_references() -> None:
    assert find("a.md", b"![A](a.png)\0") == []


def test_a_page_in_another_encoding_is_still_read() -> None:
    assert kinds_and_targets(find("a.md", "é ![A](a.png)".encode("latin-1"))) == [
        ("md_image", "a.png")
    ]
