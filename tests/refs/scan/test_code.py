"""JavaScript, TypeScript and JSX: what is a reference, and what is none."""

from __future__ import annotations

import pytest

from assetgen.refs.scan.scan import find
from tests.support.scanning import kinds_and_targets

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
    assert kinds_and_targets(find(file, text.encode())) == expected


def test_a_function_decides_from_where_its_argument_is_read() -> None:
    page = "<img src={useBaseUrl('img/a.png')} alt='' />\n\n<img src={'img/b.png'} alt='' />\n"
    assert [(one.raw, one.in_code) for one in find("a.mdx", page.encode())] == [
        ("img/a.png", True),
        ("img/b.png", False),
    ]
