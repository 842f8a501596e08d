"""Gatsby, React Router and Vite: the files that references mean."""

from __future__ import annotations

from tests.support.site_repository import Expected, SiteRepository, without_text

GATSBY = SiteRepository(
    {
        **without_text("static/a.png", "content/blog/post/index.md", "content/blog/post/cover.png"),
        "gatsby-config.js": "module.exports = { pathPrefix: '/p', plugins: "
        "['gatsby-plugin-manifest'] }",
        "package.json": '{"dependencies": {"gatsby": "5", "gatsby-plugin-manifest": "5"}}',
    },
    {
        "static": Expected(
            "content/blog/post/index.md", "md_image", "/a.png", "absolute", "static/a.png", True
        ),
        "beside": Expected(
            "content/blog/post/index.md",
            "frontmatter",
            "cover.png",
            "bare",
            "content/blog/post/cover.png",
            True,
        ),
        "icon of the manifest": Expected(
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


REMIX = SiteRepository(
    {
        **without_text(
            "public/blog-images/a.png",
            "app/routes/og.$slug[.]png.ts",
            "app/assets/b.png",
            "data/posts/x.md",
        ),
        "package.json": '{"dependencies": {"react-router": "7"}, "devDependencies": '
        '{"@react-router/dev": "7"}}',
    },
    {
        "frontmatter": Expected(
            "data/posts/x.md",
            "frontmatter",
            "/blog-images/a.png",
            "absolute",
            "public/blog-images/a.png",
            True,
            key="ogImage",
        ),
        "frontmatter, missing": Expected(
            "data/posts/x.md",
            "frontmatter",
            "/blog-images/b.png",
            "absolute",
            "public/blog-images/b.png",
            False,
            key="ogImage",
        ),
        "alias": Expected(
            "app/root.tsx", "import", "~/assets/b.png", "alias", "app/assets/b.png", True
        ),
        "route": Expected(
            "app/root.tsx", "js_string", "/og/hello.png", "absolute", "public/og/hello.png", None
        ),
    },
)


VITE = SiteRepository(
    {
        **without_text(
            "public/a.png",
            "index.html",
            "src/App.jsx",
            "src/img/b.png",
            "src/styles/main.scss",
            "src/img/deep/c.png",
        ),
        **without_text("src/styles/parts/_card.scss", "src/img/d.svg"),
        "vite.config.ts": "export default { resolve: { alias: { '@': "
        "path.resolve(__dirname, './src'), "
        "img: fileURLToPath(new URL('./src/img', import.meta.url)) } } }",
        "package.json": '{"devDependencies": {"vite": "8", "vite-plugin-pwa": "1"}}',
    },
    {
        "from public": Expected(
            "index.html", "jsx_attr", "/a.png", "absolute", "public/a.png", True, "link"
        ),
        "from source": Expected(
            "index.html", "jsx_attr", "/src/img/b.png", "absolute", "src/img/b.png", True, "img"
        ),
        "alias of the bundler": Expected(
            "src/App.jsx", "import", "@/img/b.png", "alias", "src/img/b.png", True
        ),
        "alias without a mark": Expected(
            "src/App.jsx", "import", "img/b.png", "alias", "src/img/b.png", True
        ),
        "suffix": Expected(
            "src/App.jsx", "import", "./img/d.svg?react", "relative", "src/img/d.svg", True
        ),
        "loader": Expected(
            "src/App.jsx", "require", "!!raw-loader!./img/d.svg", "relative", "src/img/d.svg", True
        ),
        "new URL": Expected(
            "src/App.jsx", "new_url", "img/b.png", "relative", "src/img/b.png", True
        ),
        "new URL, missing": Expected(
            "src/App.jsx", "new_url", "./a.png", "relative", "src/a.png", False
        ),
        "stylesheet": Expected(
            "src/styles/main.scss", "css_url", "../img/b.png", "relative", "src/img/b.png", True
        ),
        "stylesheet without a dot": Expected(
            "src/styles/main.scss", "css_url", "no.png", "relative", "src/styles/no.png", False
        ),
        "part of a stylesheet": Expected(
            "src/styles/parts/_card.scss",
            "css_url",
            "../img/b.png",
            "relative-url",
            "src/img/b.png",
            True,
        ),
        "part of a stylesheet, elsewhere": Expected(
            "src/styles/parts/_card.scss",
            "css_url",
            "./deep/c.png",
            "bare-unknown",
            candidates=("src/img/deep/c.png",),
        ),
        "stylesheet of a package": Expected(
            "src/styles/main.scss", "css_url", "~bootstrap/x.png", "package"
        ),
        "stylesheet by alias": Expected(
            "src/styles/main.scss", "css_url", "~@/img/b.png", "alias", "src/img/b.png", True
        ),
        "stylesheet from public": Expected(
            "src/styles/main.scss", "css_url", "/a.png", "absolute", "public/a.png", True
        ),
        "stylesheet with a variable": Expected(
            "src/styles/main.scss", "css_url", "#{$path}/a.png", "dynamic"
        ),
        "icon that a plugin makes": Expected(
            "index.html",
            "jsx_attr",
            "/apple-touch-icon.png",
            "absolute",
            "public/apple-touch-icon.png",
            None,
            "link",
        ),
        "glob": Expected(
            "src/App.jsx",
            "glob",
            "./img/**/*.{png,jpg}",
            "dynamic",
            candidates=("src/img/b.png", "src/img/deep/c.png"),
        ),
        "glob from the root": Expected(
            "src/App.jsx", "glob", "/src/img/*.png", "dynamic", candidates=("src/img/b.png",)
        ),
        "glob by alias": Expected(
            "src/App.jsx", "glob", "@/img/*.svg", "dynamic", candidates=("src/img/d.svg",)
        ),
        "glob that leaves out": Expected("src/App.jsx", "glob", "!./img/*.png", "dynamic"),
        "a URL in code whose folder only a route knows": Expected(
            "src/App.jsx",
            "jsx_attr",
            "c.png",
            "bare-unknown",
            element="img",
            candidates=("src/img/deep/c.png",),
        ),
        "a URL in code that nothing has": Expected(
            "src/App.jsx", "jsx_attr", "no.png", "relative", "src/no.png", False, "img"
        ),
    },
)
