"""resolve: what a reference means, framework by framework, on small repositories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.refs.reference import Kind
from assetgen.refs.sites.resolution import How, Resolution
from assetgen.refs.sites.resolve import is_dangling, resolve
from assetgen.refs.sites.site import Sites
from tests.support.repository import reference, with_texts


@dataclass(frozen=True)
class Row:
    """What stands in ``file``, and what it means."""

    file: str
    kind: Kind
    raw: str
    how: How
    path: str | None = None
    exists: bool | None = None
    element: str = ""
    key: str = ""
    hint: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repository:
    """Files by path, with the text of those that are read."""

    files: Mapping[str, str]
    rows: Mapping[str, Row] = field(default_factory=dict)


def _files(*paths: str) -> dict[str, str]:
    return dict.fromkeys(paths, "")


_NEXT = Repository(
    {
        **_files(
            "public/img/a.png", "public/logo.png", "public/blog/shots/b.png", "src/app/page.tsx"
        ),
        **_files(
            "src/app/icon.svg", "src/app/favicon.ico", "src/app/(site)/blog/opengraph-image.png"
        ),
        **_files(
            "src/app/og/[...slug]/route.tsx",
            "src/app/card.png/route.ts",
            "src/app/twitter-image.tsx",
        ),
        **_files(
            "src/assets/c.png",
            "src/content/blog/d.png",
            "src/content/blog/post.mdx",
            "data/themes/one.png",
        ),
        "package.json": '{"dependencies": {"next": "16", "react": "19"}}',
        "next.config.mjs": "// basePath: '/no'\nexport default { basePath: '/docs', async rewrites() { return "
        "[{ source: '/cdn/:path*', destination: 'https://cdn.example/:path*' }] } }",
        "tsconfig.json": '{\n  // where\n  "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./src/*"],},},\n}',
        ".gitignore": "/public/generated/\n*.tmp\n",
    },
    {
        "from public": Row(
            "src/app/page.tsx",
            "jsx_attr",
            "/logo.png",
            "absolute",
            "public/logo.png",
            True,
            "Image",
        ),
        "query and fragment": Row(
            "a.mdx", "md_image", "/img/a.png?v=2#x", "absolute", "public/img/a.png", True
        ),
        "dark mode mark": Row(
            "a.md", "md_image", "/logo.png#gh-dark-mode-only", "absolute", "public/logo.png", True
        ),
        "below basePath": Row(
            "a.tsx", "jsx_attr", "/docs/logo.png", "absolute", "public/logo.png", True, "img"
        ),
        "below basePath, missing": Row(
            "a.tsx", "jsx_attr", "/docs/no.png", "absolute", "public/no.png", False, "img"
        ),
        "missing": Row("a.mdx", "md_image", "/img/no.png", "absolute", "public/img/no.png", False),
        "with public written": Row(
            "a.mdx",
            "md_image",
            "/public/img/a.png?v",
            "absolute",
            "public/img/a.png",
            True,
            hint="/img/a.png?v",
        ),
        "with public written, missing": Row(
            "a.mdx",
            "jsx_attr",
            "/public/img/no.png",
            "absolute",
            "public/img/no.png",
            False,
            "img",
            hint="/img/no.png",
        ),
        "a path to public in JSX": Row(
            "src/app/page.tsx",
            "jsx_attr",
            "./public/logo.png",
            "relative-url",
            "public/logo.png",
            True,
            "img",
            hint="/logo.png",
        ),
        "a file of the app folder": Row(
            "src/app/page.tsx", "js_string", "/icon.svg", "absolute", "src/app/icon.svg", True
        ),
        "favicon of the app folder": Row(
            "a.mdx", "jsx_attr", "/favicon.ico", "absolute", "src/app/favicon.ico", True
        ),
        "card of a route": Row(
            "a.mdx",
            "jsx_attr",
            "/blog/opengraph-image.png",
            "absolute",
            "src/app/(site)/blog/opengraph-image.png",
            True,
        ),
        "what a route draws": Row(
            "a.tsx", "js_string", "/og/a/image.png", "absolute", "public/og/a/image.png", None
        ),
        "what a named route draws": Row(
            "a.tsx", "js_string", "/card.png", "absolute", "public/card.png", None
        ),
        "what code draws by convention": Row(
            "a.tsx", "js_string", "/twitter-image.png", "absolute", "public/twitter-image.png", None
        ),
        "near to a route": Row(
            "a.tsx", "js_string", "/ogre.png", "absolute", "public/ogre.png", False
        ),
        "rewritten": Row(
            "a.tsx", "jsx_attr", "/cdn/x/y.png", "absolute", "public/cdn/x/y.png", None, "img"
        ),
        "made by a build": Row(
            "a.mdx", "md_image", "/generated/x.png", "absolute", "public/generated/x.png", None
        ),
        "optimiser": Row(
            "a.tsx", "jsx_attr", "/_next/image?url=%2Flogo.png&w=64", "external", element="img"
        ),
        "api": Row("a.tsx", "jsx_attr", "/api/og.png", "external", element="img"),
        "endpoint": Row("a.tsx", "jsx_attr", "/og?title=x", "external", element="img"),
        "alias": Row(
            "src/app/page.tsx", "import", "@/assets/c.png", "alias", "src/assets/c.png", True
        ),
        "alias, missing": Row(
            "src/app/page.tsx", "import", "@/assets/no.png", "alias", "src/assets/no.png", False
        ),
        "import": Row(
            "src/app/page.tsx",
            "import",
            "../assets/c.png?url",
            "relative",
            "src/assets/c.png",
            True,
        ),
        "import, missing": Row(
            "src/app/page.tsx", "import_ref", "./logo.png", "relative", "src/app/logo.png", False
        ),
        "from baseUrl": Row(
            "src/app/page.tsx", "import", "public/logo.png", "alias", "public/logo.png", True
        ),
        "from baseUrl, missing": Row(
            "src/app/page.tsx", "import", "public/no.png", "alias", "public/no.png", False
        ),
        "package": Row("src/app/page.tsx", "import", "some-icons/x.svg", "package"),
        "scoped package": Row("src/app/page.tsx", "import", "@scope/icons/x.svg", "package"),
        "Markdown beside": Row(
            "src/content/blog/post.mdx",
            "md_image",
            "d.png",
            "relative",
            "src/content/blog/d.png",
            True,
        ),
        "Markdown by URL": Row(
            "src/content/blog/post.mdx",
            "md_image",
            "shots/b.png",
            "relative-url",
            "public/blog/shots/b.png",
            True,
        ),
        "Markdown, missing": Row(
            "src/content/blog/post.mdx",
            "md_image",
            "./no.png",
            "relative",
            "src/content/blog/no.png",
            False,
        ),
        "bare in data": Row(
            "data/all.ts", "js_string", "img/a.png", "bare", "public/img/a.png", True, key="image"
        ),
        "bare beside a component": Row(
            "a.mdx",
            "jsx_attr",
            "one.png",
            "bare-unknown",
            element="Thumb",
            key="name",
            candidates=("data/themes/one.png",),
        ),
        "bare with a folder that a component knows": Row(
            "a.mdx",
            "jsx_attr",
            "themes/one.png",
            "bare-unknown",
            element="Thumb",
            candidates=("data/themes/one.png",),
        ),
        "bare, nowhere": Row("a.mdx", "frontmatter", "no.png", "bare-unknown", key="cover"),
        "bare, in a folder that is there": Row(
            "a.mdx", "frontmatter", "img/no.png", "bare", "public/img/no.png", False
        ),
        "bare, in a folder that is not there": Row(
            "a.mdx", "frontmatter", "faces/no.png", "bare-unknown"
        ),
        "another case": Row(
            "a.mdx",
            "md_image",
            "/Logo.png",
            "absolute",
            "public/Logo.png",
            False,
            candidates=("public/logo.png",),
        ),
        "another case of a bare path": Row(
            "a.mdx",
            "frontmatter",
            "img/A.png",
            "bare",
            "public/img/A.png",
            False,
            candidates=("public/img/a.png",),
        ),
        "where a script writes": Row(
            "shoot.ts", "js_string", "./out/x.png", "relative", "out/x.png", None, key="path"
        ),
        "on the machine": Row("shoot.ts", "js_string", "/tmp/x.png", "external"),
        "https": Row("a.mdx", "md_image", "https://example.com/x.png", "external"),
        "protocol-relative": Row("a.mdx", "md_image", "//example.com/x.png", "external"),
        "data": Row("a.mdx", "jsx_attr", "data:image/png;base64,AA==", "external", element="img"),
        "fragment": Row("a.mdx", "jsx_attr", "#icon", "external", element="use"),
        "dynamic": Row("a.mdx", "dynamic", "src", "dynamic"),
        "a template": Row("a.mdx", "jsx_attr", "/img/{slug}.png", "dynamic", element="Card"),
        "a placeholder": Row("a.mdx", "md_image", "/img/<name>.png", "dynamic"),
    },
)

_NEXTRA = Repository(
    {
        **_files("public/a.png", "content/docs/b.png", "content/docs/page.mdx"),
        "package.json": '{"dependencies": {"next": "16", "nextra": "4"}}',
        "next.config.ts": "",
    },
    {
        "from public": Row(
            "content/docs/page.mdx", "md_image", "/a.png", "absolute", "public/a.png", True
        ),
        "the file in public": Row(
            "content/docs/page.mdx",
            "md_image",
            "../../public/a.png",
            "relative",
            "public/a.png",
            True,
        ),
        "import of public": Row(
            "content/docs/page.mdx",
            "import",
            "../../public/a.png",
            "relative",
            "public/a.png",
            True,
        ),
        "beside": Row(
            "content/docs/page.mdx", "md_image", "./b.png", "relative", "content/docs/b.png", True
        ),
    },
)

_FUMADOCS = Repository(
    {
        **_files("public/a.png", "app/og/[...slug]/route.tsx", "content/docs/page.mdx"),
        "package.json": '{"dependencies": {"next": "16", "fumadocs-ui": "15"}}',
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}',
    },
    {
        "alias to public": Row(
            "content/docs/page.mdx", "import", "@/public/a.png", "alias", "public/a.png", True
        ),
        "drawn card": Row(
            "content/docs/page.mdx",
            "frontmatter",
            "/og/page/image.png",
            "absolute",
            "public/og/page/image.png",
            None,
        ),
    },
)

_ASTRO = Repository(
    {
        **_files(
            "web/static/a.png",
            "web/src/assets/b.png",
            "web/src/content/docs/guide/c.png",
            "web/src/pages/og/[id].png.ts",
        ),
        **_files("web/src/content/docs/guide/page.mdx", "web/src/pages/index.astro"),
        "web/astro.config.mjs": "export default defineConfig({ publicDir: './static', base: '/lab/' })",
        "web/package.json": '{"dependencies": {"astro": "7"}, "imports": {"#img/*": "./src/assets/*"}}',
        "web/tsconfig.json": '{"extends": "./tsconfig.base.json"}',
        "web/tsconfig.base.json": '{"compilerOptions": {"paths": {"~/*": ["src/*"], "@assets/*": ["src/assets/*"]}}}',
    },
    {
        "publicDir": Row(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/a.png",
            "absolute",
            "web/static/a.png",
            True,
            "img",
        ),
        "below base": Row(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/lab/a.png",
            "absolute",
            "web/static/a.png",
            True,
            "img",
        ),
        "static written": Row(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/static/a.png",
            "absolute",
            "web/static/a.png",
            True,
            "img",
            hint="/a.png",
        ),
        "beside": Row(
            "web/src/content/docs/guide/page.mdx",
            "md_image",
            "./c.png",
            "relative",
            "web/src/content/docs/guide/c.png",
            True,
        ),
        "frontmatter beside": Row(
            "web/src/content/docs/guide/page.mdx",
            "frontmatter",
            "./c.png",
            "relative",
            "web/src/content/docs/guide/c.png",
            True,
        ),
        "frontmatter, missing": Row(
            "web/src/content/docs/guide/page.mdx",
            "frontmatter",
            "../no.png",
            "relative",
            "web/src/content/docs/no.png",
            False,
        ),
        "alias of an extended tsconfig": Row(
            "web/src/pages/index.astro",
            "import",
            "~/assets/b.png",
            "alias",
            "web/src/assets/b.png",
            True,
        ),
        "named alias in frontmatter": Row(
            "web/src/content/docs/guide/page.mdx",
            "frontmatter",
            "@assets/b.png",
            "alias",
            "web/src/assets/b.png",
            True,
        ),
        "usual alias": Row(
            "web/src/pages/index.astro",
            "import",
            "@/assets/b.png",
            "alias",
            "web/src/assets/b.png",
            True,
        ),
        "subpath import": Row(
            "web/src/pages/index.astro",
            "import",
            "#img/b.png",
            "alias",
            "web/src/assets/b.png",
            True,
        ),
        "source written as a URL": Row(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/src/assets/b.png",
            "absolute",
            "web/src/assets/b.png",
            True,
            "img",
        ),
        "endpoint": Row(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/og/x.png",
            "absolute",
            "web/static/og/x.png",
            None,
            "img",
        ),
    },
)

_VITE = Repository(
    {
        **_files(
            "public/a.png",
            "index.html",
            "src/App.jsx",
            "src/img/b.png",
            "src/styles/main.scss",
            "src/img/deep/c.png",
        ),
        **_files("src/styles/parts/_card.scss", "src/img/d.svg"),
        "vite.config.ts": "export default { resolve: { alias: { '@': path.resolve(__dirname, './src'), "
        "img: fileURLToPath(new URL('./src/img', import.meta.url)) } } }",
        "package.json": '{"devDependencies": {"vite": "8", "vite-plugin-pwa": "1"}}',
    },
    {
        "from public": Row(
            "index.html", "jsx_attr", "/a.png", "absolute", "public/a.png", True, "link"
        ),
        "from source": Row(
            "index.html", "jsx_attr", "/src/img/b.png", "absolute", "src/img/b.png", True, "img"
        ),
        "alias of the bundler": Row(
            "src/App.jsx", "import", "@/img/b.png", "alias", "src/img/b.png", True
        ),
        "alias without a mark": Row(
            "src/App.jsx", "import", "img/b.png", "alias", "src/img/b.png", True
        ),
        "suffix": Row(
            "src/App.jsx", "import", "./img/d.svg?react", "relative", "src/img/d.svg", True
        ),
        "loader": Row(
            "src/App.jsx", "require", "!!raw-loader!./img/d.svg", "relative", "src/img/d.svg", True
        ),
        "new URL": Row("src/App.jsx", "new_url", "img/b.png", "relative", "src/img/b.png", True),
        "new URL, missing": Row(
            "src/App.jsx", "new_url", "./a.png", "relative", "src/a.png", False
        ),
        "stylesheet": Row(
            "src/styles/main.scss", "css_url", "../img/b.png", "relative", "src/img/b.png", True
        ),
        "stylesheet without a dot": Row(
            "src/styles/main.scss", "css_url", "no.png", "relative", "src/styles/no.png", False
        ),
        "part of a stylesheet": Row(
            "src/styles/parts/_card.scss",
            "css_url",
            "../img/b.png",
            "relative-url",
            "src/img/b.png",
            True,
        ),
        "part of a stylesheet, elsewhere": Row(
            "src/styles/parts/_card.scss",
            "css_url",
            "./deep/c.png",
            "bare-unknown",
            candidates=("src/img/deep/c.png",),
        ),
        "stylesheet of a package": Row(
            "src/styles/main.scss", "css_url", "~bootstrap/x.png", "package"
        ),
        "stylesheet by alias": Row(
            "src/styles/main.scss", "css_url", "~@/img/b.png", "alias", "src/img/b.png", True
        ),
        "stylesheet from public": Row(
            "src/styles/main.scss", "css_url", "/a.png", "absolute", "public/a.png", True
        ),
        "stylesheet with a variable": Row(
            "src/styles/main.scss", "css_url", "#{$path}/a.png", "dynamic"
        ),
        "icon that a plugin makes": Row(
            "index.html",
            "jsx_attr",
            "/apple-touch-icon.png",
            "absolute",
            "public/apple-touch-icon.png",
            None,
            "link",
        ),
        "glob": Row(
            "src/App.jsx",
            "glob",
            "./img/**/*.{png,jpg}",
            "dynamic",
            candidates=("src/img/b.png", "src/img/deep/c.png"),
        ),
        "glob from the root": Row(
            "src/App.jsx", "glob", "/src/img/*.png", "dynamic", candidates=("src/img/b.png",)
        ),
        "glob by alias": Row(
            "src/App.jsx", "glob", "@/img/*.svg", "dynamic", candidates=("src/img/d.svg",)
        ),
        "glob that leaves out": Row("src/App.jsx", "glob", "!./img/*.png", "dynamic"),
        "a URL in code whose folder only a route knows": Row(
            "src/App.jsx",
            "jsx_attr",
            "c.png",
            "bare-unknown",
            element="img",
            candidates=("src/img/deep/c.png",),
        ),
        "a URL in code that nothing has": Row(
            "src/App.jsx", "jsx_attr", "no.png", "relative", "src/no.png", False, "img"
        ),
    },
)

_DOCUSAURUS = Repository(
    {
        **_files(
            "website/static/img/logo.svg",
            "website/more/img/b.png",
            "docs/intro.md",
            "docs/img/c.png",
        ),
        **_files("website/versioned_docs/version-1/d.png", "website/versioned_docs/version-1/a.md"),
        **_files(
            "website/i18n/fr/docusaurus-plugin-content-docs/current/a.md", "website/docs/a.mdx"
        ),
        "website/docusaurus.config.ts": "export default { baseUrl: '/x/', staticDirectories: ['static', 'more'],"
        " presets: [['classic', { docs: { path: '../docs' } }]] }",
        "package.json": '{"workspaces": ["website"]}',
    },
    {
        "static": Row(
            "website/docs/a.mdx",
            "md_image",
            "/img/logo.svg",
            "absolute",
            "website/static/img/logo.svg",
            True,
        ),
        "other static": Row(
            "website/docs/a.mdx",
            "md_image",
            "/img/b.png",
            "absolute",
            "website/more/img/b.png",
            True,
        ),
        "missing": Row(
            "website/docs/a.mdx",
            "md_image",
            "/img/no.png",
            "absolute",
            "website/static/img/no.png",
            False,
        ),
        "documents outside of the site": Row(
            "docs/intro.md",
            "md_image",
            "/img/logo.svg",
            "absolute",
            "website/static/img/logo.svg",
            True,
        ),
        "documents outside, missing": Row(
            "docs/intro.md",
            "md_image",
            "/img/no.svg",
            "absolute",
            "website/static/img/no.svg",
            False,
        ),
        "documents outside, beside": Row(
            "docs/intro.md", "md_image", "img/c.png", "relative", "docs/img/c.png", True
        ),
        "@site": Row(
            "website/docs/a.mdx",
            "require",
            "@site/static/img/logo.svg",
            "alias",
            "website/static/img/logo.svg",
            True,
        ),
        "@site, missing": Row(
            "website/docs/a.mdx",
            "md_image",
            "@site/static/no.svg",
            "alias",
            "website/static/no.svg",
            False,
        ),
        "useBaseUrl": Row(
            "website/docs/a.mdx",
            "jsx_attr",
            "img/logo.svg",
            "bare",
            "website/static/img/logo.svg",
            True,
            "ThemedImage",
        ),
        "pathname": Row(
            "website/docs/a.mdx",
            "md_image",
            "pathname:///img/logo.svg",
            "absolute",
            "website/static/img/logo.svg",
            True,
        ),
        "pathname of another program": Row(
            "website/docs/a.mdx", "link", "pathname:///other/x.png", "external"
        ),
        "configuration": Row(
            "website/docusaurus.config.ts",
            "js_string",
            "img/logo.svg",
            "bare",
            "website/static/img/logo.svg",
            True,
            key="src",
        ),
        "configuration, missing": Row(
            "website/docusaurus.config.ts",
            "js_string",
            "img/no.svg",
            "bare",
            "website/static/img/no.svg",
            False,
            key="srcDark",
        ),
        "a version": Row(
            "website/versioned_docs/version-1/a.md",
            "md_image",
            "./d.png",
            "relative",
            "website/versioned_docs/version-1/d.png",
            True,
        ),
        "a translation": Row(
            "website/i18n/fr/docusaurus-plugin-content-docs/current/a.md",
            "md_image",
            "./d.png",
            "relative",
            "website/i18n/fr/docusaurus-plugin-content-docs/current/d.png",
            False,
        ),
        "static written": Row(
            "website/docs/a.mdx",
            "jsx_attr",
            "/static/img/logo.svg",
            "absolute",
            "website/static/img/logo.svg",
            True,
            "img",
            hint="/img/logo.svg",
        ),
    },
)

_MINTLIFY = Repository(
    {
        **_files(
            "docs/images/a.png", "docs/logo/light.svg", "docs/guide/page.mdx", "docs/guide/b.png"
        ),
        "docs/docs.json": '{"theme": "mint", "navigation": {}}',
    },
    {
        "from the top": Row(
            "docs/guide/page.mdx",
            "md_image",
            "/images/a.png",
            "absolute",
            "docs/images/a.png",
            True,
        ),
        "from the top without a slash": Row(
            "docs/guide/page.mdx", "md_image", "images/a.png", "bare", "docs/images/a.png", True
        ),
        "without a slash, missing": Row(
            "docs/guide/page.mdx",
            "md_image",
            "images/no.png",
            "relative",
            "docs/images/no.png",
            False,
        ),
        "card": Row(
            "docs/guide/page.mdx",
            "jsx_attr",
            "/images/no.png",
            "absolute",
            "docs/images/no.png",
            False,
            "Card",
        ),
        "configuration": Row(
            "docs/docs.json", "json_string", "logo/light.svg", "bare", "docs/logo/light.svg", True
        ),
        "configuration, missing": Row(
            "docs/docs.json", "json_string", "/logo/no.svg", "absolute", "docs/logo/no.svg", False
        ),
    },
)

_VITEPRESS = Repository(
    {
        **_files(
            "docs/src/public/a.png",
            "docs/src/guide/b.png",
            "docs/src/guide/page.md",
            "docs/src/assets/c.png",
        ),
        "docs/.vitepress/config.mts": "export default { srcDir: 'src', base: '/p/' }",
        "package.json": '{"devDependencies": {"vitepress": "2", "vite": "8"}}',
        "src/x.ts": "",
    },
    {
        "public below srcDir": Row(
            "docs/src/guide/page.md",
            "md_image",
            "/a.png",
            "absolute",
            "docs/src/public/a.png",
            True,
        ),
        "from srcDir": Row(
            "docs/src/guide/page.md",
            "md_image",
            "/assets/c.png",
            "absolute",
            "docs/src/assets/c.png",
            True,
        ),
        "hero": Row(
            "docs/src/guide/page.md",
            "frontmatter",
            "/no.png",
            "absolute",
            "docs/src/public/no.png",
            False,
            key="hero.image.src",
        ),
        "beside": Row(
            "docs/src/guide/page.md",
            "md_image",
            "./b.png",
            "relative",
            "docs/src/guide/b.png",
            True,
        ),
        "in the theme's configuration": Row(
            "docs/.vitepress/config.mts",
            "js_string",
            "/a.png",
            "absolute",
            "docs/src/public/a.png",
            True,
        ),
    },
)

_GATSBY = Repository(
    {
        **_files("static/a.png", "content/blog/post/index.md", "content/blog/post/cover.png"),
        "gatsby-config.js": "module.exports = { pathPrefix: '/p', plugins: ['gatsby-plugin-manifest'] }",
        "package.json": '{"dependencies": {"gatsby": "5", "gatsby-plugin-manifest": "5"}}',
    },
    {
        "static": Row(
            "content/blog/post/index.md", "md_image", "/a.png", "absolute", "static/a.png", True
        ),
        "beside": Row(
            "content/blog/post/index.md",
            "frontmatter",
            "cover.png",
            "bare",
            "content/blog/post/cover.png",
            True,
        ),
        "icon of the manifest": Row(
            "content/blog/post/index.md",
            "jsx_attr",
            "/icons/icon-48x48.png",
            "absolute",
            "static/icons/icon-48x48.png",
            None,
            "img",
        ),
    },
)

_REMIX = Repository(
    {
        **_files(
            "public/blog-images/a.png",
            "app/routes/og.$slug[.]png.ts",
            "app/assets/b.png",
            "data/posts/x.md",
        ),
        "package.json": '{"dependencies": {"react-router": "7"}, "devDependencies": {"@react-router/dev": "7"}}',
    },
    {
        "frontmatter": Row(
            "data/posts/x.md",
            "frontmatter",
            "/blog-images/a.png",
            "absolute",
            "public/blog-images/a.png",
            True,
            key="ogImage",
        ),
        "frontmatter, missing": Row(
            "data/posts/x.md",
            "frontmatter",
            "/blog-images/b.png",
            "absolute",
            "public/blog-images/b.png",
            False,
            key="ogImage",
        ),
        "alias": Row("app/root.tsx", "import", "~/assets/b.png", "alias", "app/assets/b.png", True),
        "route": Row(
            "app/root.tsx", "js_string", "/og/hello.png", "absolute", "public/og/hello.png", None
        ),
    },
)

_ELEVENTY = Repository(
    {
        **_files(
            "src/img/a.png",
            "public/b.png",
            "src/posts/post.md",
            "src/posts/post/c.png",
            "assets/d.png",
            "src/e.ico",
        ),
        **_files("extra/f.png", "src/_includes/base.njk.html"),
        "eleventy.config.js": "eleventyConfig.addPassthroughCopy('src/img'); eleventyConfig.addPassthroughCopy({\n"
        "'./public/': '/', 'src/e.ico': '/', }); eleventyConfig.addPassthroughCopy('assets/**/*.png');\n"
        "// eleventyConfig.addPassthroughCopy('extra')\n"
        "return { dir: { input: 'src' } }",
    },
    {
        "copied without the input folder": Row(
            "src/posts/post.md", "md_image", "/img/a.png", "absolute", "src/img/a.png", True
        ),
        "copied to the top": Row(
            "src/posts/post.md", "md_image", "/b.png", "absolute", "public/b.png", True
        ),
        "copied by a pattern": Row(
            "src/posts/post.md", "md_image", "/assets/d.png", "absolute", "assets/d.png", True
        ),
        "a file copied to the top": Row(
            "src/posts/post.md", "jsx_attr", "/e.ico", "absolute", "src/e.ico", True, "link"
        ),
        "missing": Row(
            "src/posts/post.md", "md_image", "/img/no.png", "absolute", "src/img/no.png", False
        ),
        "by URL": Row(
            "src/posts/post.md", "md_image", "./c.png", "relative-url", "src/posts/post/c.png", True
        ),
        "filter": Row(
            "src/_includes/base.njk.html",
            "jsx_attr",
            "{{ '/img/a.png' | url }}",
            "absolute",
            "src/img/a.png",
            True,
            "img",
        ),
    },
)

_HUGO = Repository(
    {
        **_files(
            "static/a.png",
            "assets/b.png",
            "content/post/one/index.md",
            "content/post/one/c.png",
            "content/post/two.md",
        ),
        **_files(
            "static/post/two/d.png",
            "themes/t/static/e.png",
            "_vendor/github.com/a/b/static/v.png",
            "other/f.png",
            "content/en/g/h.png",
            "content/fr/g/x.md",
        ),
        **_files(
            "content/post/one/index.fr.md", "content/post/one/local.en.png", "assets/css/main.scss"
        ),
        "hugo.toml": "theme = 't'\n[[module.mounts]]\nsource = 'static'\ntarget = 'static'\n[[module.mounts]]\n"
        "source = 'other'\ntarget = 'static/o'\n",
    },
    {
        "static": Row(
            "content/post/two.md", "md_image", "/a.png", "absolute", "static/a.png", True
        ),
        "assets": Row(
            "content/post/two.md", "md_image", "/b.png", "absolute", "assets/b.png", True
        ),
        "assets without a slash": Row(
            "content/post/two.md", "md_image", "b.png", "bare", "assets/b.png", True
        ),
        "theme": Row(
            "content/post/two.md", "md_image", "/e.png", "absolute", "themes/t/static/e.png", True
        ),
        "vendored theme": Row(
            "content/post/two.md",
            "md_image",
            "/v.png",
            "absolute",
            "_vendor/github.com/a/b/static/v.png",
            True,
        ),
        "mount": Row(
            "content/post/two.md", "md_image", "/o/f.png", "absolute", "other/f.png", True
        ),
        "missing": Row(
            "content/post/two.md", "md_image", "/no.png", "absolute", "static/no.png", False
        ),
        "page bundle": Row(
            "content/post/one/index.md",
            "md_image",
            "c.png",
            "relative",
            "content/post/one/c.png",
            True,
        ),
        "page bundle, frontmatter": Row(
            "content/post/one/index.md",
            "frontmatter",
            "c.png",
            "bare",
            "content/post/one/c.png",
            True,
            key="images",
        ),
        "page bundle by URL": Row(
            "content/post/two.md",
            "md_image",
            "/post/one/c.png",
            "absolute",
            "content/post/one/c.png",
            True,
        ),
        "by URL": Row(
            "content/post/two.md",
            "md_image",
            "d.png",
            "relative-url",
            "static/post/two/d.png",
            True,
        ),
        "another language's file": Row(
            "content/fr/g/x.md", "md_image", "h.png", "relative", "content/en/g/h.png", True
        ),
        "a file for a language": Row(
            "content/post/one/index.fr.md",
            "md_image",
            "local.png",
            "relative",
            "content/post/one/local.en.png",
            True,
        ),
        "stylesheet by URL": Row(
            "assets/css/main.scss", "css_url", "../a.png", "relative-url", "static/a.png", True
        ),
    },
)

_MKDOCS = Repository(
    {
        **_files(
            "handbook/img/a.png",
            "handbook/guide/page.md",
            "handbook/guide/img/b.png",
            "handbook/index.md",
        ),
        **_files("README.md", "overrides/assets/c.png", "includes/part.md"),
        "mkdocs.yml": "site_name: x\ndocs_dir: handbook  # pages\ntheme:\n  name: material\n  custom_dir: overrides\n"
        "markdown_extensions:\n  - x: !!python/name:y.z\n",
    },
    {
        "Markdown": Row(
            "handbook/guide/page.md",
            "md_image",
            "../img/a.png",
            "relative",
            "handbook/img/a.png",
            True,
        ),
        "Markdown, missing": Row(
            "handbook/guide/page.md",
            "md_image",
            "img/no.png",
            "relative",
            "handbook/guide/img/no.png",
            False,
        ),
        "raw HTML": Row(
            "handbook/guide/page.md",
            "jsx_attr",
            "../img/b.png",
            "relative-url",
            "handbook/guide/img/b.png",
            True,
            "img",
        ),
        "raw HTML higher up": Row(
            "handbook/guide/page.md",
            "jsx_attr",
            "../../img/a.png",
            "relative-url",
            "handbook/img/a.png",
            True,
            "img",
        ),
        "raw HTML as if it were Markdown": Row(
            "handbook/guide/page.md",
            "jsx_attr",
            "../img/a.png",
            "relative",
            "handbook/img/a.png",
            True,
            "img",
        ),
        "raw HTML, missing": Row(
            "handbook/guide/page.md",
            "jsx_attr",
            "../img/no.png",
            "relative-url",
            "handbook/guide/img/no.png",
            False,
            "img",
        ),
        "raw HTML on the front page": Row(
            "handbook/index.md",
            "jsx_attr",
            "img/a.png",
            "relative",
            "handbook/img/a.png",
            True,
            "img",
        ),
        "only for dark": Row(
            "handbook/index.md",
            "md_image",
            "img/a.png#only-dark",
            "relative",
            "handbook/img/a.png",
            True,
        ),
        "theme": Row(
            "handbook/index.md",
            "jsx_attr",
            "/assets/c.png",
            "absolute",
            "overrides/assets/c.png",
            True,
            "img",
        ),
        "taken into pages": Row(
            "includes/part.md",
            "md_image",
            "img/b.png",
            "bare-unknown",
            candidates=("handbook/guide/img/b.png",),
        ),
    },
)

_PLAIN = Repository(
    {
        **_files(
            "README.md",
            "docs/guide.md",
            "docs/img/a b.png",
            "docs/img/a_b.png",
            "docs/100%25.png",
            "docs/c&d.png",
        ),
        **_files("logo.png", "vendor", "page.html", "docs/link", ".github/README.md"),
    },
    {
        "from the top": Row("docs/guide.md", "md_image", "/logo.png", "absolute", "logo.png", True),
        "from the top, missing": Row(
            "docs/guide.md", "md_image", "/no.png", "absolute", "no.png", False
        ),
        "beside": Row(
            "README.md", "md_image", "docs/img/a_b.png", "relative", "docs/img/a_b.png", True
        ),
        "up": Row("docs/guide.md", "jsx_attr", "../logo.png", "relative", "logo.png", True, "img"),
        "missing": Row("docs/guide.md", "md_image", "../no.png", "relative", "no.png", False),
        "a link": Row("docs/guide.md", "link", "img/no.png", "relative", "docs/img/no.png", False),
        "per cent": Row(
            "docs/guide.md", "md_image", "img/a%20b.png", "relative", "docs/img/a b.png", True
        ),
        "escaped": Row(
            "docs/guide.md", "md_image", r"img/a\_b.png", "relative", "docs/img/a_b.png", True
        ),
        "escaped, missing": Row(
            "docs/guide.md", "md_image", r"img/no\_b.png", "relative", "docs/img/no_b.png", False
        ),
        "entity": Row("docs/guide.md", "md_image", "c&amp;d.png", "relative", "docs/c&d.png", True),
        "backslashes": Row(
            "docs/guide.md", "md_image", r"img\a_b.png", "relative", "docs/img/a_b.png", True
        ),
        "per cent in the name": Row(
            "docs/guide.md", "md_image", "100%25.png", "relative", "docs/100%25.png", True
        ),
        "out of the repository": Row(
            "README.md", "md_image", "../../actions/workflows/ci.yml/badge.svg", "external"
        ),
        "behind a link": Row(
            "docs/guide.md", "md_image", "link/x.png", "relative", "docs/link/x.png", None
        ),
        "in a submodule": Row(
            "README.md", "md_image", "vendor/x.png", "relative", "vendor/x.png", None
        ),
        "no picture": Row("README.md", "md_image", "shield", "external"),
        "film": Row("README.md", "md_image", "no.mp4", "relative", "no.mp4", False),
        "on GitHub": Row(
            ".github/README.md", "md_image", "/logo.png", "absolute", "logo.png", True
        ),
        "from a top that a build knows": Row(
            "docs/guide.md",
            "md_image",
            "/img/a_b.png",
            "bare-unknown",
            candidates=("docs/img/a_b.png",),
        ),
        "from a top that a build knows, in HTML": Row(
            "pages/x.html",
            "jsx_attr",
            "img/a_b.png",
            "bare-unknown",
            element="img",
            candidates=("docs/img/a_b.png",),
        ),
        "from a top that a build knows, missing": Row(
            "pages/x.html", "jsx_attr", "img/no.png", "relative", "pages/img/no.png", False, "img"
        ),
        "a single name elsewhere": Row(
            "x/y.html", "jsx_attr", "a_b.png", "relative", "x/a_b.png", False, "img"
        ),
        "from the file itself, missing": Row(
            "pages/x.html",
            "jsx_attr",
            "./img/a_b.png",
            "relative",
            "pages/img/a_b.png",
            False,
            "img",
        ),
        "an image of Markdown elsewhere": Row(
            "pages/x.md", "md_image", "img/a_b.png", "relative", "pages/img/a_b.png", False
        ),
        "of a style sheet, elsewhere": Row(
            "x.css", "css_url", "img/a_b.png", "relative", "img/a_b.png", False
        ),
        "on GitHub, elsewhere": Row(
            "README.md", "jsx_attr", "/img/a_b.png", "absolute", "img/a_b.png", False, "img"
        ),
        "a script's string": Row(
            "docs/x.js", "js_string", "./logo.png", "relative-url", "logo.png", True
        ),
    },
)

_WORKSPACE = Repository(
    {
        **_files(
            "apps/web/public/a.png",
            "apps/site/public/b.png",
            "packages/ui/src/card.tsx",
            "packages/ui/x.png",
        ),
        **_files(
            "docs/fr/docs/page.md", "docs/en/docs/img/c.png", "README.md", "apps/web/app/page.tsx"
        ),
        "package.json": '{"devDependencies": {"next": "16"}}',
        "apps/web/package.json": '{"dependencies": {"next": "16"}}',
        "apps/site/astro.config.mjs": "",
        "packages/ui/package.json": "{}",
        "packages/ui/tsconfig.json": '{"compilerOptions": {"paths": {"#ui/*": ["./*"], "@ui/*": ["./*"]}}}',
        "docs/en/mkdocs.yml": "",
        "docs/fr/mkdocs.yml": "",
    },
    {
        "own public": Row(
            "apps/web/app/page.tsx",
            "jsx_attr",
            "/a.png",
            "absolute",
            "apps/web/public/a.png",
            True,
            "img",
        ),
        "another's public": Row(
            "apps/web/app/page.tsx",
            "jsx_attr",
            "/b.png",
            "absolute",
            "apps/web/public/b.png",
            False,
            "img",
        ),
        "a package that others show": Row(
            "packages/ui/src/card.tsx",
            "jsx_attr",
            "/b.png",
            "absolute",
            "apps/site/public/b.png",
            True,
            "img",
        ),
        "alias of a package": Row(
            "packages/ui/src/card.tsx", "import", "@ui/x.png", "alias", "packages/ui/x.png", True
        ),
        "another language's site": Row(
            "docs/fr/docs/page.md",
            "jsx_attr",
            "/img/c.png",
            "absolute",
            "docs/en/docs/img/c.png",
            True,
            "img",
        ),
    },
)

_REPOSITORIES = {
    "next": _NEXT,
    "nextra": _NEXTRA,
    "fumadocs": _FUMADOCS,
    "astro": _ASTRO,
    "vite": _VITE,
    "docusaurus": _DOCUSAURUS,
    "mintlify": _MINTLIFY,
    "vitepress": _VITEPRESS,
    "gatsby": _GATSBY,
    "remix": _REMIX,
    "eleventy": _ELEVENTY,
    "hugo": _HUGO,
    "mkdocs": _MKDOCS,
    "plain": _PLAIN,
    "workspace": _WORKSPACE,
}
_ROWS = {
    f"{name}: {what}": (repository, row)
    for name, repository in _REPOSITORIES.items()
    for what, row in repository.rows.items()
}


def _resolved(repository: Repository, row: Row) -> Resolution:
    files = with_texts(repository.files)
    return resolve(
        reference(row.file, row.kind, row.raw, row.element, row.key), Sites(files), files
    )


@pytest.mark.parametrize(("repository", "row"), _ROWS.values(), ids=_ROWS)
def test_a_reference_means_the_file_that_its_framework_would_serve(
    repository: Repository, row: Row
) -> None:
    assert _resolved(repository, row) == Resolution(
        row.how, row.path, row.exists, row.candidates, row.hint
    )


@pytest.mark.parametrize(("repository", "row"), _ROWS.values(), ids=_ROWS)
def test_only_what_is_certain_not_to_be_there_dangles(repository: Repository, row: Row) -> None:
    asked = reference(row.file, row.kind, row.raw, row.element, row.key)
    assert is_dangling(_resolved(repository, row), asked) == (row.exists is False)


def test_a_missing_file_in_an_ignored_folder_is_not_certain() -> None:
    files = with_texts(
        {
            ".gitignore": "build/\n/public/og/*.png\n!/public/og/keep.png\n",
            "docs/.gitignore": "*.gen.svg\n",
        }
    )
    sites = Sites(files)
    for raw, exists in {
        "/build/x.png": None,
        "/a/build/x.png": None,
        "/public/og/x.png": None,
        "/public/og/keep.png": False,
        "/public/og/deep/x.png": False,
        "/docs/x.gen.svg": None,
        "/x.gen.svg": False,
    }.items():
        assert resolve(reference("docs/a.md", "md_image", raw), sites, files).exists is exists, raw


def test_a_reference_without_a_site_is_resolved_in_an_empty_repository() -> None:
    files = with_texts({})
    assert resolve(reference("a.md", "md_image", "/x.png"), Sites(files), files) == Resolution(
        "absolute", "x.png", False
    )


_KINDS: list[Kind] = [
    *(
        "md_image",
        "jsx_attr",
        "import_ref",
        "import",
        "require",
        "new_url",
        "js_string",
        "frontmatter",
    ),
    *("json_string", "css_url", "inline_css_url", "srcset", "link", "dynamic", "glob"),
]
_PIECES = st.sampled_from(
    [
        *(
            "..",
            ".",
            "/",
            "//",
            "~",
            "@",
            "@/",
            "@site",
            "public",
            "static",
            "img",
            "a.png",
            ".png",
            "?",
            "#",
            "%",
            "%2e%2e",
        ),
        *(
            "%2F",
            "%00",
            "\\",
            "{",
            "}",
            "{{",
            "}}",
            "${",
            "*",
            "**",
            "[",
            "]",
            "<",
            "pathname://",
            "http:",
            "!",
            "&amp;",
            " ",
        ),
        *("docs", "x", "\0", "\n", "é", "%PUBLIC_URL%"),
    ]
)
_RAW = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map("".join))
_PAGES = [
    "README.md",
    "docs/guide/page.mdx",
    "src/app/page.tsx",
    "website/docs/a.mdx",
    "a/b/c.scss",
    ".github/README.md",
]


@given(
    raw=_RAW,
    kind=st.sampled_from(_KINDS),
    page=st.sampled_from(_PAGES),
    element=st.sampled_from(["", "img", "Card"]),
    name=st.sampled_from(sorted(_REPOSITORIES)),
)
def test_nothing_that_is_written_raises_or_leads_out_of_the_repository(
    raw: str, kind: Kind, page: str, element: str, name: str
) -> None:
    files = with_texts(_REPOSITORIES[name].files)
    asked = reference(page, kind, raw, element)
    found = resolve(asked, Sites(files), files)
    for path in (found.path, *found.candidates):
        assert path is None or (
            path and not path.startswith("/") and not {"..", ".", ""} & set(path.split("/"))
        )
    assert (found.exists is True) == (found.path is not None and found.path in files)
    assert not is_dangling(found, asked) or found.path is not None
