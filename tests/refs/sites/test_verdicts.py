"""What is said of a path: its file, that it is missing, or nothing, on small sites by framework."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assetgen.refs.reference import Kind
from assetgen.refs.sites.resolve import is_dangling, resolve
from assetgen.refs.sites.site import Sites
from assetgen.refs.survey import pages, references
from tests.support.repository import reference, with_texts

_Row = tuple[Mapping[str, str], str, Kind, str, str | None]
"""Files, a page, the kind and the path of a reference in it, and the verdict: a file, None where
nothing is certain, or "!" and the file that is missing."""

_HUGO_FOLDER = {"config/_default/hugo.toml": "", "content/a.md": "", "pics/x.png": ""}
_TABLE = "mounts = [{ source = 'pics', target = 'static/img' }]"
_HUGO = {"hugo.toml": "", "content/a.md": ""}

_MOUNTS: dict[str, _Row] = {
    name: (
        {"content/a.md": "", "pics/x.png": "", **files},
        "content/a.md",
        "md_image",
        "/img/x.png",
        "top/img/x.png" if "top/img/x.png" in files else "pics/x.png",
    )
    for name, files in {
        "a file of its own": {
            "config/_default/hugo.toml": "",
            "config/_default/module.toml": "[[mounts]]\nsource='pics'\ntarget='static/img'",
        },
        "a list in TOML": {"hugo.toml": f"[module]\n{_TABLE}"},
        "a list in a file of its own": {
            "config/_default/config.yaml": "a: b",
            "config/_default/module.toml": _TABLE,
        },
        "flow YAML": {
            "hugo.yaml": "module:\n  mounts: [{source: pics, target: static/img}]\n",
        },
        "YAML with other keys between": {
            "hugo.yml": "module:\n  mounts:\n    - source: pics\n      lang: en\n"
            "      target: static/img\n",
        },
        "JSON": {
            "hugo.json": '{"module": {"mounts": [{"source":"pics","target":"static/img"}]}}',
        },
        "keys in capitals": {
            "hugo.toml": "[[Module.Mounts]]\nSource = 'pics'\nTarget = 'static/img'",
        },
        "one environment": {
            "config/_default/hugo.toml": "",
            "config/production/module.yaml": "mounts:\n- {source: pics, target: assets/img}",
        },
        "the folder of a language": {
            "config/_default/hugo.toml": "",
            "config/_default/languages.toml": "[en]\nstaticDir = ['nothing', 'assets2']\n"
            "[en.params]\n[de]\nstaticDir2 = 'top'",
            "top/img/x.png": "",
        },
    }.items()
}

_ROWS: dict[str, _Row] = {
    **{f"a mount of Hugo: {name}": row for name, row in _MOUNTS.items()},
    "a mount of Hugo without the file": (
        {**_HUGO_FOLDER, "config/_default/module.toml": _TABLE},
        *("content/a.md", "md_image", "/img/no.png", "!pics/no.png"),
    ),
    "what a package is mounted as": (
        {
            "content/a.md": "",
            "hugo.toml": "[[module.mounts]]\nsource='node_modules/i'\ntarget='static/icons'",
        },
        *("content/a.md", "md_image", "/icons/a.svg", None),
    ),
    "what a module mounts": (
        {
            "content/a.md": "",
            "hugo.yaml": "module: {imports: [{path: x.org/m, mounts: "
            "[{source: s, target: static/m}]}]}",
        },
        *("content/a.md", "md_image", "/m/a.svg", None),
    ),
    "a folder of configuration is no site": (
        {**_HUGO_FOLDER, "config/test/hugo.toml": "", "static/y.png": ""},
        *("config/test/a.md", "md_image", "/y.png", "static/y.png"),
    ),
    "the default language of Hugo": (
        {**_HUGO, "content/en/d/x.png": "", "content/fr/d/a.md": ""},
        *("content/fr/d/a.md", "md_image", "x.png", "content/en/d/x.png"),
    ),
    "another language of Hugo": (
        {**_HUGO, "content/de/d/x.png": "", "content/pt-br/d/a.md": ""},
        *("content/pt-br/d/a.md", "md_image", "x.png", None),
    ),
    "another language of Hugo, by the URL of the page": (
        {**_HUGO, "content/de/d/x.png": "", "content/fr/d/a.md": ""},
        *("content/fr/d/a.md", "md_image", "../x.png", None),
    ),
    "a file that a template makes": (
        {"eleventy.config.js": "", "favicon.svg.njk": "", "a.njk": ""},
        *("a.njk", "jsx_attr", "/favicon.svg", None),
    ),
    "the language without a folder": (
        {"mkdocs.yml": "", "docs/d/x.png": "", "docs/fr/d/a.md": ""},
        *("docs/fr/d/a.md", "md_image", "x.png", None),
    ),
    "a file for another language": (
        {"mkdocs.yml": "", "docs/x.png": "", "docs/a.fr.md": ""},
        *("docs/a.fr.md", "md_image", "x.fr.png", None),
    ),
    "a folder whose name is no language": (
        {**_HUGO, "static/css/x.png": "", "static/img/y.png": "", "static/x.png": ""},
        *("content/a.md", "md_image", "/img/x.png", "!static/img/x.png"),
    ),
    "no other language": (
        {**_HUGO, "content/de/d/a.md": "", "content/fr/d/a.md": ""},
        *("content/fr/d/a.md", "md_image", "x.png", "!content/fr/d/x.png"),
    ),
}

_THEMED = {
    **_HUGO,
    **dict.fromkeys(("static/img/a.png", "themes/t/static/img/b.png"), ""),
    **dict.fromkeys(("themes/t/hugo.toml", "themes/t/theme.toml", "themes/t/layouts/a.html"), ""),
    **dict.fromkeys(("themes/t/exampleSite/hugo.toml", "themes/t/exampleSite/static/c.png"), ""),
}
_BUNDLE = {**_HUGO, "content/p/index.fr.md": "", "content/p/_index.md": "", "content/p/b.png": ""}
_IN_THEME: list[tuple[str, Kind, str, str]] = [
    ("themes/t/layouts/a.html", "js_string", "img/a.png", "static/img/a.png"),
    ("themes/t/layouts/a.html", "jsx_attr", "/img/b.png", "themes/t/static/img/b.png"),
    ("themes/t/layouts/a.html", "jsx_attr", "/img/no.png", "!static/img/no.png"),
    ("themes/t/exampleSite/a.md", "md_image", "/c.png", "themes/t/exampleSite/static/c.png"),
]
_ROWS |= {
    f"a theme of Hugo: {raw}": (_THEMED, page, kind, raw, verdict)
    for page, kind, raw, verdict in _IN_THEME
}
_ROWS |= {
    f"a head of Hugo in {page}": (files, page, "frontmatter", "no.png", verdict)
    for files, page, verdict in (
        (_BUNDLE, "content/p/index.fr.md", "!content/p/no.png"),
        (_BUNDLE, "content/p/_index.md", "!content/p/no.png"),
        ({**_BUNDLE, "static/no.png": ""}, "content/p/index.md", "static/no.png"),
        ({**_BUNDLE, "static/img/no.png": ""}, "content/p/index.html", None),
        (_BUNDLE, "content/p/a.md", None),
        (_BUNDLE, "content/q/index.md", None),
    )
}

_ROUTES = {"svelte.config.js": "", "static/a.png": "", "src/routes/b/+page.svelte": ""}
_IN_ASTRO = {"astro.config.mjs": "", "public/a.png": "", "src/pages/b/index.astro": ""}
_ROWS |= {
    f"{raw} in {page}": (files, page, "jsx_attr", raw, verdict)
    for files, page, raw, verdict in (
        (_ROUTES, "src/routes/b/+page.svelte", "no.png", "!static/no.png"),
        (_ROUTES, "src/routes/b/+page.svelte", "../no.png", "!static/no.png"),
        (_ROUTES, "src/routes/b/+page.svelte", "/no.png", "!static/no.png"),
        (_IN_ASTRO, "src/pages/b/index.astro", "./no.png", "!public/b/no.png"),
    )
}

_COPIED = {
    **dict.fromkeys(("package.json", "js/docusaurus.config.js", "js/docs/a.mdx"), ""),
    **dict.fromkeys(("images/x.png", "static/img/y.png"), ""),
}
_ROWS |= {
    "a site that is copied to its package": (
        *(_COPIED, "js/docs/a.mdx", "md_image", "../images/x.png", "images/x.png"),
    ),
    "a site that is copied, from the root": (
        *(_COPIED, "js/docusaurus.config.js", "js_string", "img/y.png", "static/img/y.png"),
    ),
    "a site that is copied, without the file": (
        *(_COPIED, "js/docs/a.mdx", "md_image", "../images/no.png", "!js/images/no.png"),
    ),
    "a site that is a package": (
        {**_COPIED, "js/package.json": "{}"},
        *("js/docs/a.mdx", "md_image", "../images/x.png", "!js/images/x.png"),
    ),
}

_ELEVENTY = {"eleventy.config.js": "addPassthroughCopy('img')", "img/a.png": "", "posts/x/a.md": ""}
_JEKYLL = {"_config.yml": "a: b", "assets/img/a.png": "", "_posts/2020-01-01-a.md": ""}
_NUXT = {"nuxt.config.ts": "", "public/covers/a.png": "", "content/a.md": ""}

_ROWS |= {
    "a head of Eleventy": (*(_ELEVENTY, "posts/x/a.md", "frontmatter", "img/a.png", "img/a.png"),),
    "a head of Eleventy with a dot": (
        *(_ELEVENTY, "posts/x/a.md", "frontmatter", "./img/a.png", "img/a.png"),
    ),
    "a head of Eleventy that leaves its folder": (
        *(_ELEVENTY, "posts/x/a.md", "frontmatter", "../img/a.png", "img/a.png"),
    ),
    "a head of Eleventy without its file": (
        *(_ELEVENTY, "posts/x/a.md", "frontmatter", "./img/no.png", "!img/no.png"),
    ),
    "data of Eleventy": (*(_ELEVENTY, "_data/x/a.json", "json_string", "img/a.png", "img/a.png"),),
    "what Eleventy copies": (*(_ELEVENTY, "eleventy.config.js", "js_string", "img/b.png", None),),
    "an image of Eleventy in the text": (
        *(_ELEVENTY, "posts/x/a.md", "md_image", "no/a.png", "!posts/x/no/a.png"),
    ),
    "a head of Jekyll": (
        *(_JEKYLL, "_posts/2020-01-01-a.md", "frontmatter", "assets/img/a.png"),
        "assets/img/a.png",
    ),
    "a head that a layout prefixes": (
        *(_JEKYLL, "_posts/2020-01-01-a.md", "frontmatter", "/img/a.png", None),
    ),
    "data that a layout prefixes": (*(_NUXT, "data/a.json", "json_string", "/a.png", None),),
    "a head without its file": (
        *(_NUXT, "content/a.md", "frontmatter", "/b.png", "!public/b.png"),
    ),
    "a head that two files end as": (
        {**_NUXT, "x/covers/a.png": ""},
        *("content/a.md", "frontmatter", "/a.png", "!public/a.png"),
    ),
    "text is not prefixed": (*(_NUXT, "content/a.md", "md_image", "/a.png", "!public/a.png"),),
    "a name in a manifest": (
        {**_NUXT, "public/i/manifest.json": ""},
        *("public/i/manifest.json", "json_string", "b.png", "!public/i/b.png"),
    ),
    "a manifest is not prefixed": (
        *(_NUXT, "public/site.webmanifest", "json_string", "/a.png", "!public/a.png"),
    ),
}

_NUXT_4 = {
    "nuxt.config.ts": "export default { dir: {} }",
    "app/app.vue": "",
    "app/assets/x.png": "",
    "public/p.png": "",
    "shared/s.png": "",
    "app/pages/a.vue": "",
}
_NUXT_3 = {
    "nuxt.config.ts": "export default { srcDir: 'src/', dir: { public: 'files' } }",
    "src/assets/x.png": "",
    "src/files/p.png": "",
    "src/pages/a.vue": "",
}
_ROWS |= {
    f"nuxt: {raw} in {page}": (files, page, kind, raw, verdict)
    for files, page, rows in (
        (
            _NUXT_4,
            "app/pages/a.vue",
            {
                "~/assets/x.png": "app/assets/x.png",
                "@/assets/x.png": "app/assets/x.png",
                "~/assets/no.png": "!app/assets/no.png",
                "~~/shared/s.png": "shared/s.png",
                "@@/shared/no.png": "!shared/no.png",
                "/p.png": "public/p.png",
                "/no.png": "!public/no.png",
            },
        ),
        (
            _NUXT_3,
            "src/pages/a.vue",
            {
                "~/assets/x.png": "src/assets/x.png",
                "~/assets/no.png": "!src/assets/no.png",
                "/p.png": "src/files/p.png",
                "/no.png": "!src/files/no.png",
            },
        ),
    )
    for raw, verdict in rows.items()
    for kind in ("jsx_attr",)
}

_KIT = {
    "svelte.config.js": "kit: { files: { assets: 'pub' }, alias: { '@img': 'src/img' } }",
    "pub/p.png": "",
    "src/img/a.png": "",
    "src/app.html": "",
    "src/lib/b.png": "",
}
_PRESS = {
    "docs/.vitepress/config.mts": "srcDir: 'src', vite: { publicDir: '../pub' }",
    "docs/pub/p.png": "",
    "docs/src/a.md": "",
    "docs/.vitepress/theme/A.vue": "",
}
_ROWS |= {
    "sveltekit: a variable in its page": (
        *(_KIT, "src/app.html", "jsx_attr", "%sveltekit.assets%/p.png", "pub/p.png"),
    ),
    "sveltekit: an alias": (*(_KIT, "src/a.svelte", "import", "@img/a.png", "src/img/a.png"),),
    "sveltekit: its library": (*(_KIT, "src/a.svelte", "import", "$lib/b.png", "src/lib/b.png"),),
    "vitepress: the public folder": (
        *(_PRESS, "docs/src/a.md", "md_image", "/p.png"),
        "docs/pub/p.png",
    ),
    "vitepress: its configuration": (
        *(_PRESS, "docs/.vitepress/config.mts", "js_string", "/no.png", "!docs/pub/no.png"),
    ),
    "an alias that nothing defines": (
        *(_PRESS, "docs/.vitepress/theme/A.vue", "jsx_attr", "@assets/x.png", None),
    ),
}

_BASES = {
    "a condition": "basePath: isProd ? '/docs' : '',",
    "the environment": "basePath: process.env.BASE || '/docs',",
    "the environment without a default": "basePath: process.env.BASE,",
    "a constant": "const basePath = '/docs'\nexport default { basePath }",
    "a constant of another name": "const at = '/docs'\nexport default { basePath: at, }",
    "a condition in a constant": "const b = x\n  ? '/docs'\n  : ''\nexport default { basePath: b }",
    "a template": "export default { basePath: `/${repo}` }",
    "an assignment": "const c = {}\nif (isProd) c.basePath = '/docs'\nexport default c",
    "a variable that is set later": "let basePath = ''\nif (x) basePath = '/docs'\na({ basePath })",
    "a call": "export default { basePath: base() }",
    "a literal": "export default { basePath: '/docs' }",
    "a constant of another value": "const basePath = '/docs'\nexport default { basePath: '' }",
    "the root": "export default { basePath: '' }",
}
_SET_IN: dict[str, tuple[str, str, str]] = {
    "next": ("next.config.mjs", "basePath", "public"),
    "astro": ("astro.config.mjs", "base", "public"),
    "vite": ("vite.config.ts", "base", "public"),
    "vitepress": (".vitepress/config.mts", "base", "public"),
    "docusaurus": ("docusaurus.config.js", "baseUrl", "static"),
    "nuxt": ("nuxt.config.ts", "baseURL", "public"),
    "sveltekit": ("svelte.config.js", "base", "static"),
}
_ROWS |= {
    f"{framework}, {how}, {raw}": (
        {config: text.replace("basePath", key), f"{public}/a.png": "", "docs/p.md": ""},
        *("docs/p.md", "md_image", raw, None if verdict is None else verdict.format(public)),
    )
    for framework, (config, key, public) in _SET_IN.items()
    for how, text in _BASES.items()
    for raw, verdict in {
        "/a.png": None if how == "a literal" else "{}/a.png",
        "/docs/a.png": "!{}/docs/a.png" if how == "the root" else "{}/a.png",
    }.items()
    if verdict and (how != "a literal" or framework == "next")
}


@pytest.mark.parametrize(("files", "page", "kind", "raw", "verdict"), _ROWS.values(), ids=_ROWS)
def test_the_verdict_on_a_path(
    files: Mapping[str, str], page: str, kind: Kind, raw: str, verdict: str | None
) -> None:
    listing = with_texts(files)
    element = "img" if kind in ("jsx_attr", "srcset") else ""
    asked = reference(page, kind, raw, element)
    found = resolve(asked, Sites(listing), listing)
    if is_dangling(found, asked):
        assert f"!{found.path}" == verdict
    else:
        assert (found.path if found.exists else None) == verdict


def test_an_image_beside_a_site_that_is_copied_has_a_path_that_works() -> None:
    listing = with_texts(_COPIED)
    asked = reference("js/docs/a.mdx", "md_image", "../images/x.png")
    assert resolve(asked, Sites(listing), listing).wrong is None


_APART = {
    "tests/a.md": False,
    "src/__tests__/a.tsx": False,
    "src/a.test.tsx": False,
    "src/a.spec.ts": False,
    "cypress/a.js": False,
    "docs/__fixtures__/a.md": False,
    "archetypes/a.md": False,
    "themes/t/archetypes/a.md": False,
    "packages/x/test/docs/a.md": False,
    "site/tests/goldens/a.md": False,
    "docs/tests/a.md": True,
    "content/docs/test/a.md": True,
    "src/pages/test/a.astro": True,
    "latest/a.md": True,
    "test.md": True,
    "src/contest.tsx": True,
}


@pytest.mark.parametrize(("path", "is_page"), _APART.items())
def test_tests_and_archetypes_are_no_pages(path: str, is_page: bool) -> None:
    listing = with_texts({path: ""})
    for content in ([], ["**/*"], ["!x/**", "**/*.*"]):
        assert bool(pages(listing, content)) is is_page, content


def test_a_pattern_can_name_tests() -> None:
    listing = with_texts({"tests/a.md": "", "tests/no/b.md": "", "x/tests/a.md": "", "c.md": ""})
    assert pages(listing, ["tests/**", "!tests/no/**", "*.md"]) == ["c.md", "tests/a.md"]


_ON = {
    "docusaurus": {
        "docusaurus.config.js": "baseUrl: '/'",
        "static/img/s.png": "",
        "docs/g/a.mdx": "",
        "docs/g/b.png": "",
        "docs/g/b c.png": "",
        "static/docs/g/u.png": "",
        "src/pages/p.tsx": "",
    },
    "docusaurus below a base": {
        "docusaurus.config.js": "baseUrl: '/r/'",
        "static/s.png": "",
        "docs/a.mdx": "",
    },
    "mkdocs": {
        "mkdocs.yml": "",
        "docs/g/a.md": "",
        "docs/g/b.png": "",
        "docs/img/c.png": "",
        "docs/index.md": "",
        "docs/g/index.md": "",
    },
    "vitepress": {
        "docs/.vitepress/config.ts": "base: '/r/'",
        "docs/public/imgs/x.png": "",
        "docs/public/r/b c.png": "",
        "docs/en/g/a.md": "",
        "docs/en/b.png": "",
        "docs/en/g/d.png": "",
        "docs/A.vue": "",
    },
    "astro": {
        "astro.config.mjs": "",
        "public/pub.png": "",
        "src/content/a.md": "",
        "src/pages/p.astro": "",
        "src/assets/s.png": "",
        "src/content/b.png": "",
    },
    "astro below a base": {"astro.config.mjs": "base: '/r'", "public/p.png": "", "a.astro": ""},
    "next": {
        "next.config.js": "basePath: '/r'",
        "public/p.png": "",
        "public/b c.png": "",
        "app/page.tsx": "",
        "a.md": "",
    },
    "sveltekit": {
        "svelte.config.js": "paths: { base: '/r' }",
        "static/p.png": "",
        "src/routes/b.png": "",
        "src/routes/+page.svelte": "",
    },
    "vite": {
        "vite.config.ts": "base: '/r/'",
        "public/p.png": "",
        "src/A.tsx": "",
        "src/b.png": "",
        "src/B.vue": "",
        "index.html": "",
    },
    "nuxt": {
        "nuxt.config.ts": "app: { baseURL: '/r/' }",
        "public/p.png": "",
        "app/a.vue": "",
        "content/a.md": "",
    },
    "hugo": {
        "hugo.toml": "baseURL = 'https://example.org/r/'",
        "static/s.png": "",
        "static/img/t.png": "",
        "static/css/a.css": "",
        "assets/b.png": "",
        "content/p.md": "",
        "content/c.png": "",
        "content/moved.md": "---\nurl: /\n---\n",
        "content/d/index.md": "",
        "content/d/e.png": "",
        "layouts/l.html": '<img src="{{ "/s.png" | relURL }}">',
    },
    "hugo with a hook": {
        "hugo.toml": "baseURL = 'https://example.org/r/'",
        "layouts/_markup/render-image.html": "",
        "static/s.png": "",
        "content/p.md": "",
        "content/c.png": "",
    },
    "hugo with a theme elsewhere": {
        "hugo.toml": "baseURL = 'https://example.org/r/'\ntheme = 't'",
        "static/s.png": "",
        "content/p.md": "",
        "content/c.png": "",
    },
    "hugo that adds the base": {
        "hugo.toml": "baseURL = 'https://example.org/r/'\ncanonifyURLs = true",
        "static/s.png": "",
        "content/p.md": "",
    },
    "hugo with another base in its deployment": {
        "hugo.toml": "baseURL = 'https://example.org/r/'",
        ".github/workflows/a.yml": 'run: hugo --baseURL "$URL"',
        "static/s.png": "",
        "content/p.md": "",
    },
    "eleventy": {
        "eleventy.config.js": "addPassthroughCopy('src/img'); input: 'src', pathPrefix: '/r/'",
        "src/img/s.png": "",
        "src/a/p.md": "",
        "src/a/b.png": "",
        "src/a/own.md": "---\npermalink: /\n---\n",
        "src/_includes/l.njk": "",
    },
    "eleventy that adds the base": {
        "eleventy.config.js": "addPassthroughCopy('img'); addPlugin(EleventyHtmlBasePlugin); "
        "pathPrefix: '/r/'",
        "img/s.png": "",
        "p.md": "",
    },
    "eleventy that reads beside pages": {
        "eleventy.config.js": "addPlugin(eleventyImageTransformPlugin)",
        "a/b.png": "",
        "a/p.md": "",
    },
    "jekyll": {"_config.yml": "baseurl: /r", "img/s.png": "", "p.md": "", "css/a.css": ""},
}
_JUDGED: list[tuple[str, str, Kind, str, str | None]] = [
    # site, page, kind, path, and what to write instead: "" for a file that is not served
    ("docusaurus", "docs/g/a.mdx", "md_image", "./b.png", None),
    ("docusaurus", "docs/g/a.mdx", "md_image", "./b%20c.png", None),
    ("docusaurus", "docs/g/a.mdx", "md_image", "../../static/img/s.png", None),
    ("docusaurus", "docs/g/a.mdx", "md_image", "../../img/s.png", "/img/s.png"),
    ("docusaurus", "docs/g/a.mdx", "jsx_attr", "./b.png", ""),
    ("docusaurus", "docs/g/a.mdx", "jsx_attr", "b.png", ""),
    ("docusaurus", "docs/g/a.mdx", "jsx_attr", "./u.png", None),
    ("docusaurus", "docs/g/a.mdx", "jsx_attr", "../../static/img/s.png", "/img/s.png"),
    ("docusaurus", "docs/g/a.mdx", "jsx_attr", "/img/s.png", None),
    ("docusaurus", "src/pages/p.tsx", "jsx_attr", "img/s.png", None),
    ("docusaurus below a base", "docs/a.mdx", "jsx_attr", "/s.png", "/r/s.png"),
    ("docusaurus below a base", "docs/a.mdx", "jsx_attr", "/r/s.png", None),
    ("docusaurus below a base", "docs/a.mdx", "md_image", "/s.png", None),
    ("docusaurus below a base", "docs/a.mdx", "jsx_attr", "../static/s.png", "/r/s.png"),
    ("mkdocs", "docs/g/a.md", "md_image", "b.png", None),
    ("mkdocs", "docs/g/a.md", "md_image", "img/c.png", "../img/c.png"),
    ("mkdocs", "docs/g/a.md", "jsx_attr", "./b.png", "../b.png"),
    ("mkdocs", "docs/g/a.md", "jsx_attr", "../b.png", None),
    ("mkdocs", "docs/g/a.md", "jsx_attr", "../img/c.png", "../../img/c.png"),
    ("mkdocs", "docs/g/index.md", "jsx_attr", "./b.png", None),
    ("mkdocs", "docs/index.md", "jsx_attr", "img/c.png", None),
    ("vitepress", "docs/en/g/a.md", "md_image", "../../imgs/x.png", "/imgs/x.png"),
    ("vitepress", "docs/en/g/a.md", "md_image", "../b.png", None),
    ("vitepress", "docs/en/g/a.md", "md_image", "d.png", None),
    ("vitepress", "docs/en/g/a.md", "jsx_attr", "./d.png", None),
    ("vitepress", "docs/en/g/a.md", "md_image", "/imgs/x.png", None),
    ("vitepress", "docs/en/g/a.md", "md_image", "/r/b%20c.png", None),
    ("vitepress", "docs/A.vue", "jsx_attr", "./imgs/x.png", "/imgs/x.png"),
    ("vitepress", "docs/en/g/a.md", "jsx_attr", "d.png", "./d.png"),
    ("vitepress", "docs/en/g/a.md", "jsx_attr", "/r/imgs/x.png?v=1", "/imgs/x.png?v=1"),
    ("vitepress", "docs/en/g/a.md", "md_image", "/r/imgs/x.png", "/imgs/x.png"),
    ("docusaurus below a base", "docs/a.mdx", "md_image", "/r/s.png", "/s.png"),
    ("astro", "src/content/a.md", "md_image", "pub.png", "/pub.png"),
    ("astro", "src/content/a.md", "md_image", "b.png", None),
    ("astro", "src/pages/p.astro", "jsx_attr", "../assets/s.png", ""),
    ("astro", "src/pages/p.astro", "jsx_attr", "../../public/pub.png", "/pub.png"),
    ("astro", "src/content/a.md", "jsx_attr", "./b.png", ""),
    ("astro below a base", "a.astro", "jsx_attr", "/p.png", "/r/p.png"),
    ("astro below a base", "a.astro", "inline_css_url", "/p.png", "/r/p.png"),
    ("astro below a base", "a.astro", "css_url", "/p.png", None),
    ("next", "app/page.tsx", "jsx_attr", "/b%20c.png", "/r/b%20c.png"),
    ("next", "app/page.tsx", "jsx_attr", "/p.png", "/r/p.png"),
    ("next", "app/page.tsx", "jsx_attr", "/p.png?v=1", "/r/p.png?v=1"),
    ("next", "app/page.tsx", "jsx_attr", "/r/p.png", None),
    ("next", "app/page.tsx", "jsx_attr", "../public/p.png", "/r/p.png"),
    ("next", "app/page.tsx", "js_string", "/p.png", None),
    ("next", "b.md", "link", "/p.png", None),
    ("sveltekit", "src/routes/+page.svelte", "jsx_attr", "/p.png", "/r/p.png"),
    ("sveltekit", "src/routes/+page.svelte", "jsx_attr", "./b.png", ""),
    ("sveltekit", "src/routes/+page.svelte", "css_url", "./b.png", None),
    ("vite", "src/A.tsx", "jsx_attr", "/p.png", "/r/p.png"),
    ("vite", "src/A.tsx", "jsx_attr", "./b.png", ""),
    ("vite", "src/A.tsx", "import", "./b.png", None),
    ("vite", "src/B.vue", "jsx_attr", "./b.png", None),
    ("vite", "src/B.vue", "jsx_attr", "/p.png", None),
    ("vite", "src/B.vue", "jsx_attr", "/r/p.png", "/p.png"),
    ("vite", "src/B.vue", "inline_css_url", "/p.png", "/r/p.png"),
    ("vitepress", "docs/A.vue", "inline_css_url", "/imgs/x.png", "/r/imgs/x.png"),
    ("nuxt", "app/a.vue", "jsx_attr", "/p.png", None),
    ("nuxt", "app/a.vue", "inline_css_url", "/p.png", "/r/p.png"),
    ("nuxt", "app/a.vue", "css_url", "/p.png", "/r/p.png"),
    ("nuxt", "content/a.md", "md_image", "/p.png", None),
    ("vite", "index.html", "jsx_attr", "/p.png", None),
    ("hugo", "content/p.md", "md_image", "/s.png", "/r/s.png"),
    ("hugo", "content/p.md", "md_image", "/r/s.png", None),
    ("hugo", "content/p.md", "link", "/s.png", "/r/s.png"),
    ("hugo", "content/p.md", "md_image", "c.png", "/r/c.png"),
    ("hugo", "content/p.md", "md_image", "../c.png", None),
    ("hugo", "content/p.md", "jsx_attr", "img/t.png", "/r/img/t.png"),
    ("hugo", "content/moved.md", "md_image", "c.png", None),
    ("hugo", "content/d/index.md", "md_image", "e.png", None),
    ("hugo", "layouts/l.html", "jsx_attr", "/s.png", "/r/s.png"),
    ("hugo", "layouts/l.html", "inline_css_url", "/s.png", "/r/s.png"),
    ("hugo", "static/css/a.css", "css_url", "/s.png", "/r/s.png"),
    ("hugo", "static/css/a.css", "css_url", "../s.png", None),
    ("hugo", "static/css/a.css", "css_url", "s.png", "/r/s.png"),
    *(
        (f"hugo {how}", "content/p.md", "md_image", raw, None)
        for how, raws in {
            "with a hook": ("/s.png", "c.png"),
            "with a theme elsewhere": ("/s.png", "c.png"),
            "that adds the base": ("/s.png",),
            "with another base in its deployment": ("/s.png",),
        }.items()
        for raw in raws
    ),
    ("eleventy", "src/a/p.md", "md_image", "/img/s.png", "/r/img/s.png"),
    ("eleventy", "src/a/p.md", "md_image", "../img/s.png", "/r/img/s.png"),
    ("eleventy", "src/a/p.md", "md_image", "../../img/s.png", None),
    ("eleventy", "src/a/p.md", "md_image", "b.png", ""),
    ("eleventy", "src/a/p.md", "jsx_attr", "/a/b.png", ""),
    ("eleventy", "src/a/own.md", "md_image", "../img/s.png", None),
    ("eleventy", "src/_includes/l.njk", "jsx_attr", "/img/s.png", "/r/img/s.png"),
    ("eleventy that adds the base", "p.md", "md_image", "/img/s.png", None),
    ("eleventy that reads beside pages", "a/p.md", "md_image", "b.png", None),
    ("jekyll", "p.md", "md_image", "/img/s.png", "/r/img/s.png"),
    ("jekyll", "p.md", "md_image", "img/s.png", None),
    ("jekyll", "css/a.css", "css_url", "/img/s.png", "/r/img/s.png"),
]


@pytest.mark.parametrize(("site", "page", "kind", "raw", "hint"), _JUDGED)
def test_the_rule_of_the_framework_decides(
    site: str, page: str, kind: Kind, raw: str, hint: str | None
) -> None:
    listing = with_texts(_ON[site])
    element = {"jsx_attr": "img", "inline_css_url": "p"}.get(kind, "")
    found = resolve(reference(page, kind, raw, element), Sites(listing), listing)
    assert found.exists
    assert (found.hint or "" if found.hint or found.wrong else None) == hint
    if hint:  # what is proposed is right
        again = resolve(reference(page, kind, hint, element), Sites(listing), listing)
        assert (again.path, again.hint, again.wrong) == (found.path, None, None)


_WRITTEN: dict[str, tuple[str, str, str, list[str | None]]] = {
    # site, page, its text, and what to write instead of each path
    "bound attributes": (
        "vitepress",
        "docs/A.vue",
        "<img :src=\"'/imgs/x.png'\"><img :src=\"withBase('/imgs/x.png')\"><img src='/imgs/x.png'>",
        ["/r/imgs/x.png", None, None],
    ),
    "links": (
        "vitepress",
        "docs/en/g/a.md",
        "<a href='/imgs/x.png'>x</a> [x](/imgs/x.png)",
        ["/r/imgs/x.png", None],
    ),
    "a head in configuration": (
        "vitepress",
        "docs/.vitepress/config.ts",
        (
            "export default { base: '/r/', head: [['link', { rel: 'icon', href: '/imgs/x.png' }]],"
            " themeConfig: { logo: '/imgs/x.png' } }"
        ),
        ["/r/imgs/x.png", None],
    ),
    "a head in front matter": (
        "vitepress",
        "docs/en/g/a.md",
        (
            "---\nhead:\n- [meta, {name: a, content: /imgs/x.png}]\nhero: {image: /imgs/x.png}"
            "\n---\n"
        ),
        ["/r/imgs/x.png", None],
    ),
    "a function that adds the base": (
        "docusaurus below a base",
        "src/p.jsx",
        "export default () => <><img src={useBaseUrl('/s.png')} /><img src={'/s.png'} /></>",
        [None, "/r/s.png"],
    ),
    "functions of Hugo": (
        "hugo",
        "layouts/x.html",
        (
            '<img src="{{ "/s.png" | relURL }}"><img src="{{ absURL "/s.png" }}">'
            '<img src="{{ "s.png" | relURL }}"><img src="{{ (resources.Get "/s.png").X }}">'
        ),
        ["s.png", "s.png", None, None],
    ),
    "shortcodes of Hugo": (
        "hugo",
        "content/p.md",
        '{{< figure src="/s.png" >}} {{< img src="/s.png" >}} <img src="/s.png">',
        ["/r/s.png", None, "/r/s.png"],
    ),
    "the filter of Eleventy": (
        "eleventy",
        "src/a/x.njk",
        (
            "<img src=\"{{ '/img/s.png' | url }}\"><img src=\"{{ '/src/img/s.png' | url }}\">"
            "<img src=\"{{ '/src/img/s.png' | other }}\">"
        ),
        [None, "/r/img/s.png", None],
    ),
    "a component of Astro": (
        "astro below a base",
        "a.astro",
        "<Image src='/p.png' /><Card src='/p.png' />",
        ["/r/p.png", None],
    ),
}


@pytest.mark.parametrize(("site", "page", "text", "hints"), _WRITTEN.values(), ids=_WRITTEN)
def test_how_a_path_is_written_decides(
    site: str, page: str, text: str, hints: list[str | None]
) -> None:
    listing = with_texts({**_ON[site], page: text})
    rows = references(page, text.encode(), Sites(listing), listing)
    assert [row.resolution.hint for row in rows] == hints
