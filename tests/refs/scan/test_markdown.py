"""Markdown and MDX: what is a reference, and what is none."""

from __future__ import annotations

import pytest

from assetgen.refs.scan.scan import find
from tests.support.scanning import kinds_and_targets, scanned

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
        "![A]({{ page.dir }}/a.png)",
        [("dynamic", "{{ page.dir }}/a.png")],
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
    "after a fence with a line that begins as a quote": (
        "```\n> npm i\nadded\n```\n\n![A](a.png)",
        [("md_image", "a.png")],
    ),
    "in a fence behind a line that begins as a quote": ("```\n> npm i\n![A](a.png)\n```", []),
    "in a fence in a quote behind a deeper quote": ("> ```\n> > npm i\n> ![A](a.png)\n> ```", []),
    "after raw HTML with a line that begins as a quote": (
        "<pre>\n> npm i\n![A](a.png)\n</pre>\n\n![B](b.png)",
        [("md_image", "b.png")],
    ),
    "in indented code": ("Text\n\n    ![A](a.png)\n\n![B](b.png)", [("md_image", "b.png")]),
    "indented behind a paragraph": ("Text\n    ![A](a.png)", [("md_image", "a.png")]),
    "indented in a list": ("1. one\n\n    ![A](a.png)", [("md_image", "a.png")]),
    "after a tab in a list": ("-\tone\n\n\t![A](a.png)", [("md_image", "a.png")]),
    "after a tab in a numbered list": ("1.\tone\n\n\t![A](a.png)", [("md_image", "a.png")]),
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
    "after script in a code span": (
        "Use `<script>`.\n\n```html\n<img src='/a.png'>\n<script></script>\n```\n\n![A](a.png)",
        [("md_image", "a.png")],
    ),
    "a script after script in a fence": (
        "```html\n<script>\n```\n\n<script>\nconst a = '/a.png'\n</script>",
        [("js_string", "/a.png")],
    ),
    "the body of a code shortcode of Hugo": (
        (
            '{{< highlight html >}}\n<script src="/a.png">\n![A](a.png)\n{{< /highlight >}}\n'
            "![B](b.png)"
        ),
        [("md_image", "b.png")],
    ),
    "after a code shortcode that is never closed": (
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
    assert kinds_and_targets(find("page.md", text.encode())) == expected


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
    "an indented element after blank lines": (
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
    assert kinds_and_targets(find("page.mdx", text.encode())) == expected


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


def test_markdown_is_read_as_mdx_if_its_framework_does_so() -> None:
    text = "<Tabs>\n\n    ![A](a.png)\n\n</Tabs>"
    assert kinds_and_targets(scanned("a.md", text)) == []
    assert kinds_and_targets(scanned("a.md", text, mdx=True)) == [("md_image", "a.png")]
