"""Next, Nextra and Fumadocs: the files that references mean."""

from __future__ import annotations

from tests.support.site_repository import Expected, SiteRepository, without_text

NEXT = SiteRepository(
    {
        **without_text(
            "public/img/a.png", "public/logo.png", "public/blog/shots/b.png", "src/app/page.tsx"
        ),
        **without_text(
            "src/app/icon.svg", "src/app/favicon.ico", "src/app/(site)/blog/opengraph-image.png"
        ),
        **without_text(
            "src/app/og/[...slug]/route.tsx",
            "src/app/card.png/route.ts",
            "src/app/twitter-image.tsx",
        ),
        **without_text(
            "src/assets/c.png",
            "src/content/blog/d.png",
            "src/content/blog/post.mdx",
            "data/themes/one.png",
        ),
        "package.json": '{"dependencies": {"next": "16", "react": "19"}}',
        "next.config.mjs": "// basePath: '/no'\nexport default { basePath: '/docs', async "
        "rewrites() { return "
        "[{ source: '/cdn/:path*', destination: 'https://cdn.example/:path*' }] } }",
        "tsconfig.json": '{\n  // where\n  "compilerOptions": {"baseUrl": ".", "paths": '
        '{"@/*": ["./src/*"],},},\n}',
        ".gitignore": "/public/generated/\n*.tmp\n",
    },
    {
        "from public": Expected(
            "src/app/page.tsx",
            "jsx_attr",
            "/logo.png",
            "absolute",
            "public/logo.png",
            True,
            "Image",
            hint="/docs/logo.png",
        ),
        "query and fragment": Expected(
            "a.mdx",
            "md_image",
            "/img/a.png?v=2#x",
            "absolute",
            "public/img/a.png",
            True,
            hint="/docs/img/a.png?v=2#x",
        ),
        "dark mode mark": Expected(
            "a.md",
            "md_image",
            "/logo.png#gh-dark-mode-only",
            "absolute",
            "public/logo.png",
            True,
            hint="/docs/logo.png#gh-dark-mode-only",
        ),
        "below basePath": Expected(
            "a.tsx", "jsx_attr", "/docs/logo.png", "absolute", "public/logo.png", True, "img"
        ),
        "below basePath, missing": Expected(
            "a.tsx", "jsx_attr", "/docs/no.png", "absolute", "public/no.png", False, "img"
        ),
        "missing": Expected(
            "a.mdx", "md_image", "/img/no.png", "absolute", "public/img/no.png", False
        ),
        "with public written": Expected(
            "a.mdx",
            "md_image",
            "/public/img/a.png?v",
            "absolute",
            "public/img/a.png",
            True,
            hint="/docs/img/a.png?v",
        ),
        "with public written, missing": Expected(
            "a.mdx",
            "jsx_attr",
            "/public/img/no.png",
            "absolute",
            "public/img/no.png",
            False,
            "img",
            hint="/docs/img/no.png",
        ),
        "a path to public in JSX": Expected(
            "src/app/page.tsx",
            "jsx_attr",
            "./public/logo.png",
            "relative-url",
            "public/logo.png",
            True,
            "img",
            hint="/docs/logo.png",
        ),
        "a file of the app folder": Expected(
            "src/app/page.tsx", "js_string", "/icon.svg", "absolute", "src/app/icon.svg", True
        ),
        "favicon of the app folder": Expected(
            "a.mdx", "jsx_attr", "/favicon.ico", "absolute", "src/app/favicon.ico", True
        ),
        "card of a route": Expected(
            "a.mdx",
            "jsx_attr",
            "/blog/opengraph-image.png",
            "absolute",
            "src/app/(site)/blog/opengraph-image.png",
            True,
        ),
        "what a route draws": Expected(
            "a.tsx", "js_string", "/og/a/image.png", "absolute", "public/og/a/image.png", None
        ),
        "what a named route draws": Expected(
            "a.tsx", "js_string", "/card.png", "absolute", "public/card.png", None
        ),
        "what code draws by convention": Expected(
            "a.tsx", "js_string", "/twitter-image.png", "absolute", "public/twitter-image.png", None
        ),
        "near to a route": Expected(
            "a.tsx", "js_string", "/ogre.png", "absolute", "public/ogre.png", False
        ),
        "rewritten": Expected(
            "a.tsx", "jsx_attr", "/cdn/x/y.png", "absolute", "public/cdn/x/y.png", None, "img"
        ),
        "made by a build": Expected(
            "a.mdx", "md_image", "/generated/x.png", "absolute", "public/generated/x.png", None
        ),
        "optimiser": Expected(
            "a.tsx", "jsx_attr", "/_next/image?url=%2Flogo.png&w=64", "external", element="img"
        ),
        "api": Expected("a.tsx", "jsx_attr", "/api/og.png", "external", element="img"),
        "endpoint": Expected("a.tsx", "jsx_attr", "/og?title=x", "external", element="img"),
        "alias": Expected(
            "src/app/page.tsx", "import", "@/assets/c.png", "alias", "src/assets/c.png", True
        ),
        "alias, missing": Expected(
            "src/app/page.tsx", "import", "@/assets/no.png", "alias", "src/assets/no.png", False
        ),
        "import": Expected(
            "src/app/page.tsx",
            "import",
            "../assets/c.png?url",
            "relative",
            "src/assets/c.png",
            True,
        ),
        "import, missing": Expected(
            "src/app/page.tsx", "import_ref", "./logo.png", "relative", "src/app/logo.png", False
        ),
        "from baseUrl": Expected(
            "src/app/page.tsx", "import", "public/logo.png", "alias", "public/logo.png", True
        ),
        "from baseUrl, missing": Expected(
            "src/app/page.tsx", "import", "public/no.png", "alias", "public/no.png", False
        ),
        "package": Expected("src/app/page.tsx", "import", "some-icons/x.svg", "package"),
        "scoped package": Expected("src/app/page.tsx", "import", "@scope/icons/x.svg", "package"),
        "Markdown beside": Expected(
            "src/content/blog/post.mdx",
            "md_image",
            "d.png",
            "relative",
            "src/content/blog/d.png",
            True,
        ),
        "Markdown by URL": Expected(
            "src/content/blog/post.mdx",
            "md_image",
            "shots/b.png",
            "relative-url",
            "public/blog/shots/b.png",
            True,
        ),
        "Markdown, missing": Expected(
            "src/content/blog/post.mdx",
            "md_image",
            "./no.png",
            "relative",
            "src/content/blog/no.png",
            False,
        ),
        "bare in data": Expected(
            "data/all.ts", "js_string", "img/a.png", "bare", "public/img/a.png", True, key="image"
        ),
        "bare beside a component": Expected(
            "a.mdx",
            "jsx_attr",
            "one.png",
            "bare-unknown",
            element="Thumb",
            key="name",
            candidates=("data/themes/one.png",),
        ),
        "bare with a folder that a component knows": Expected(
            "a.mdx",
            "jsx_attr",
            "themes/one.png",
            "bare-unknown",
            element="Thumb",
            candidates=("data/themes/one.png",),
        ),
        "bare, missing everywhere": Expected(
            "a.mdx", "frontmatter", "no.png", "bare-unknown", key="cover"
        ),
        "bare, in a folder that exists": Expected(
            "a.mdx", "frontmatter", "img/no.png", "bare", "public/img/no.png", False
        ),
        "bare, in a folder that does not exist": Expected(
            "a.mdx", "frontmatter", "faces/no.png", "bare-unknown"
        ),
        "another case": Expected(
            "a.mdx",
            "md_image",
            "/Logo.png",
            "absolute",
            "public/Logo.png",
            False,
            candidates=("public/logo.png",),
        ),
        "another case of a bare path": Expected(
            "a.mdx",
            "frontmatter",
            "img/A.png",
            "bare",
            "public/img/A.png",
            False,
            candidates=("public/img/a.png",),
        ),
        "where a script writes": Expected(
            "shoot.ts", "js_string", "./out/x.png", "relative", "out/x.png", None, key="path"
        ),
        "on the machine": Expected("shoot.ts", "js_string", "/tmp/x.png", "external"),
        "https": Expected("a.mdx", "md_image", "https://example.com/x.png", "external"),
        "protocol-relative": Expected("a.mdx", "md_image", "//example.com/x.png", "external"),
        "data": Expected(
            "a.mdx", "jsx_attr", "data:image/png;base64,AA==", "external", element="img"
        ),
        "fragment": Expected("a.mdx", "jsx_attr", "#icon", "external", element="use"),
        "dynamic": Expected("a.mdx", "dynamic", "src", "dynamic"),
        "a template": Expected("a.mdx", "jsx_attr", "/img/{slug}.png", "dynamic", element="Card"),
        "a placeholder": Expected("a.mdx", "md_image", "/img/<name>.png", "dynamic"),
    },
)


NEXTRA = SiteRepository(
    {
        **without_text("public/a.png", "content/docs/b.png", "content/docs/page.mdx"),
        "package.json": '{"dependencies": {"next": "16", "nextra": "4"}}',
        "next.config.ts": "",
    },
    {
        "from public": Expected(
            "content/docs/page.mdx", "md_image", "/a.png", "absolute", "public/a.png", True
        ),
        "the file in public": Expected(
            "content/docs/page.mdx",
            "md_image",
            "../../public/a.png",
            "relative",
            "public/a.png",
            True,
        ),
        "import of public": Expected(
            "content/docs/page.mdx",
            "import",
            "../../public/a.png",
            "relative",
            "public/a.png",
            True,
        ),
        "beside": Expected(
            "content/docs/page.mdx", "md_image", "./b.png", "relative", "content/docs/b.png", True
        ),
    },
)


FUMADOCS = SiteRepository(
    {
        **without_text("public/a.png", "app/og/[...slug]/route.tsx", "content/docs/page.mdx"),
        "package.json": '{"dependencies": {"next": "16", "fumadocs-ui": "15"}}',
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}',
    },
    {
        "alias to public": Expected(
            "content/docs/page.mdx", "import", "@/public/a.png", "alias", "public/a.png", True
        ),
        "drawn card": Expected(
            "content/docs/page.mdx",
            "frontmatter",
            "/og/page/image.png",
            "absolute",
            "public/og/page/image.png",
            None,
        ),
    },
)
