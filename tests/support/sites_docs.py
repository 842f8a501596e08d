"""Astro, Docusaurus, Mintlify and VitePress: the files that references mean."""

from __future__ import annotations

from tests.support.site_repository import Expected, SiteRepository, without_text

ASTRO = SiteRepository(
    {
        **without_text(
            "web/static/a.png",
            "web/src/assets/b.png",
            "web/src/content/docs/guide/c.png",
            "web/src/pages/og/[id].png.ts",
        ),
        **without_text("web/src/content/docs/guide/page.mdx", "web/src/pages/index.astro"),
        "web/astro.config.mjs": "export default defineConfig({ publicDir: './static', base: "
        "'/lab/' })",
        "web/package.json": '{"dependencies": {"astro": "7"}, "imports": {"#img/*": '
        '"./src/assets/*"}}',
        "web/tsconfig.json": '{"extends": "./tsconfig.base.json"}',
        "web/tsconfig.base.json": '{"compilerOptions": {"paths": {"~/*": ["src/*"], '
        '"@assets/*": ["src/assets/*"]}}}',
    },
    {
        "publicDir": Expected(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/a.png",
            "absolute",
            "web/static/a.png",
            True,
            "img",
            hint="/lab/a.png",
        ),
        "below base": Expected(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/lab/a.png",
            "absolute",
            "web/static/a.png",
            True,
            "img",
        ),
        "static written": Expected(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/static/a.png",
            "absolute",
            "web/static/a.png",
            True,
            "img",
            hint="/lab/a.png",
        ),
        "beside": Expected(
            "web/src/content/docs/guide/page.mdx",
            "md_image",
            "./c.png",
            "relative",
            "web/src/content/docs/guide/c.png",
            True,
        ),
        "frontmatter beside": Expected(
            "web/src/content/docs/guide/page.mdx",
            "frontmatter",
            "./c.png",
            "relative",
            "web/src/content/docs/guide/c.png",
            True,
        ),
        "frontmatter, missing": Expected(
            "web/src/content/docs/guide/page.mdx",
            "frontmatter",
            "../no.png",
            "relative",
            "web/src/content/docs/no.png",
            False,
        ),
        "alias of an extended tsconfig": Expected(
            "web/src/pages/index.astro",
            "import",
            "~/assets/b.png",
            "alias",
            "web/src/assets/b.png",
            True,
        ),
        "named alias in frontmatter": Expected(
            "web/src/content/docs/guide/page.mdx",
            "frontmatter",
            "@assets/b.png",
            "alias",
            "web/src/assets/b.png",
            True,
        ),
        "usual alias": Expected(
            "web/src/pages/index.astro",
            "import",
            "@/assets/b.png",
            "alias",
            "web/src/assets/b.png",
            True,
        ),
        "subpath import": Expected(
            "web/src/pages/index.astro",
            "import",
            "#img/b.png",
            "alias",
            "web/src/assets/b.png",
            True,
        ),
        "source written as a URL": Expected(
            "web/src/pages/index.astro",
            "jsx_attr",
            "/src/assets/b.png",
            "absolute",
            "web/src/assets/b.png",
            True,
            "img",
        ),
        "endpoint": Expected(
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


DOCUSAURUS = SiteRepository(
    {
        **without_text(
            "website/static/img/logo.svg",
            "website/more/img/b.png",
            "docs/intro.md",
            "docs/img/c.png",
        ),
        **without_text(
            "website/versioned_docs/version-1/d.png", "website/versioned_docs/version-1/a.md"
        ),
        **without_text(
            "website/i18n/fr/docusaurus-plugin-content-docs/current/a.md", "website/docs/a.mdx"
        ),
        "website/docusaurus.config.ts": "export default { baseUrl: '/x/', "
        "staticDirectories: ['static', 'more'],"
        " presets: [['classic', { docs: { path: '../docs' } }]] }",
        "package.json": '{"workspaces": ["website"]}',
    },
    {
        "static": Expected(
            "website/docs/a.mdx",
            "md_image",
            "/img/logo.svg",
            "absolute",
            "website/static/img/logo.svg",
            True,
        ),
        "other static": Expected(
            "website/docs/a.mdx",
            "md_image",
            "/img/b.png",
            "absolute",
            "website/more/img/b.png",
            True,
        ),
        "missing": Expected(
            "website/docs/a.mdx",
            "md_image",
            "/img/no.png",
            "absolute",
            "website/static/img/no.png",
            False,
        ),
        "documents outside of the site": Expected(
            "docs/intro.md",
            "md_image",
            "/img/logo.svg",
            "absolute",
            "website/static/img/logo.svg",
            True,
        ),
        "documents outside, missing": Expected(
            "docs/intro.md",
            "md_image",
            "/img/no.svg",
            "absolute",
            "website/static/img/no.svg",
            False,
        ),
        "documents outside, beside": Expected(
            "docs/intro.md", "md_image", "img/c.png", "relative", "docs/img/c.png", True
        ),
        "@site": Expected(
            "website/docs/a.mdx",
            "require",
            "@site/static/img/logo.svg",
            "alias",
            "website/static/img/logo.svg",
            True,
        ),
        "@site, missing": Expected(
            "website/docs/a.mdx",
            "md_image",
            "@site/static/no.svg",
            "alias",
            "website/static/no.svg",
            False,
        ),
        "useBaseUrl": Expected(
            "website/docs/a.mdx",
            "jsx_attr",
            "img/logo.svg",
            "bare",
            "website/static/img/logo.svg",
            True,
            "ThemedImage",
        ),
        "pathname": Expected(
            "website/docs/a.mdx",
            "md_image",
            "pathname:///img/logo.svg",
            "absolute",
            "website/static/img/logo.svg",
            True,
        ),
        "pathname of another program": Expected(
            "website/docs/a.mdx", "link", "pathname:///other/x.png", "external"
        ),
        "configuration": Expected(
            "website/docusaurus.config.ts",
            "js_string",
            "img/logo.svg",
            "bare",
            "website/static/img/logo.svg",
            True,
            key="src",
        ),
        "configuration, missing": Expected(
            "website/docusaurus.config.ts",
            "js_string",
            "img/no.svg",
            "bare",
            "website/static/img/no.svg",
            False,
            key="srcDark",
        ),
        "a version": Expected(
            "website/versioned_docs/version-1/a.md",
            "md_image",
            "./d.png",
            "relative",
            "website/versioned_docs/version-1/d.png",
            True,
        ),
        "a translation": Expected(
            "website/i18n/fr/docusaurus-plugin-content-docs/current/a.md",
            "md_image",
            "./d.png",
            "relative",
            "website/i18n/fr/docusaurus-plugin-content-docs/current/d.png",
            False,
        ),
        "static written": Expected(
            "website/docs/a.mdx",
            "jsx_attr",
            "/static/img/logo.svg",
            "absolute",
            "website/static/img/logo.svg",
            True,
            "img",
            hint="/x/img/logo.svg",
        ),
    },
)


MINTLIFY = SiteRepository(
    {
        **without_text(
            "docs/images/a.png", "docs/logo/light.svg", "docs/guide/page.mdx", "docs/guide/b.png"
        ),
        "docs/docs.json": '{"theme": "mint", "navigation": {}}',
    },
    {
        "from the top": Expected(
            "docs/guide/page.mdx",
            "md_image",
            "/images/a.png",
            "absolute",
            "docs/images/a.png",
            True,
        ),
        "from the top without a slash": Expected(
            "docs/guide/page.mdx", "md_image", "images/a.png", "bare", "docs/images/a.png", True
        ),
        "without a slash, missing": Expected(
            "docs/guide/page.mdx",
            "md_image",
            "images/no.png",
            "relative",
            "docs/images/no.png",
            False,
        ),
        "card": Expected(
            "docs/guide/page.mdx",
            "jsx_attr",
            "/images/no.png",
            "absolute",
            "docs/images/no.png",
            False,
            "Card",
        ),
        "configuration": Expected(
            "docs/docs.json", "json_string", "logo/light.svg", "bare", "docs/logo/light.svg", True
        ),
        "configuration, missing": Expected(
            "docs/docs.json", "json_string", "/logo/no.svg", "absolute", "docs/logo/no.svg", False
        ),
    },
)


VITEPRESS = SiteRepository(
    {
        **without_text(
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
        "public below srcDir": Expected(
            "docs/src/guide/page.md",
            "md_image",
            "/a.png",
            "absolute",
            "docs/src/public/a.png",
            True,
        ),
        "from srcDir": Expected(
            "docs/src/guide/page.md",
            "md_image",
            "/assets/c.png",
            "absolute",
            "docs/src/assets/c.png",
            True,
        ),
        "hero": Expected(
            "docs/src/guide/page.md",
            "frontmatter",
            "/no.png",
            "absolute",
            "docs/src/public/no.png",
            False,
            key="hero.image.src",
        ),
        "beside": Expected(
            "docs/src/guide/page.md",
            "md_image",
            "./b.png",
            "relative",
            "docs/src/guide/b.png",
            True,
        ),
        "in the theme's configuration": Expected(
            "docs/.vitepress/config.mts",
            "js_string",
            "/a.png",
            "absolute",
            "docs/src/public/a.png",
            True,
        ),
    },
)
