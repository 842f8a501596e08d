"""No framework, and a workspace of several sites: the files that references mean."""

from __future__ import annotations

from tests.support.site_repository import Expected, SiteRepository, without_text

PLAIN = SiteRepository(
    {
        **without_text(
            "README.md",
            "docs/guide.md",
            "docs/img/a b.png",
            "docs/img/a_b.png",
            "docs/100%25.png",
            "docs/c&d.png",
        ),
        **without_text("logo.png", "vendor", "page.html", "docs/link", ".github/README.md"),
    },
    {
        "from the top": Expected(
            "docs/guide.md", "md_image", "/logo.png", "absolute", "logo.png", True
        ),
        "from the top, missing": Expected(
            "docs/guide.md", "md_image", "/no.png", "absolute", "no.png", False
        ),
        "beside": Expected(
            "README.md", "md_image", "docs/img/a_b.png", "relative", "docs/img/a_b.png", True
        ),
        "up": Expected(
            "docs/guide.md", "jsx_attr", "../logo.png", "relative", "logo.png", True, "img"
        ),
        "missing": Expected("docs/guide.md", "md_image", "../no.png", "relative", "no.png", False),
        "a link": Expected(
            "docs/guide.md", "link", "img/no.png", "relative", "docs/img/no.png", False
        ),
        "per cent": Expected(
            "docs/guide.md", "md_image", "img/a%20b.png", "relative", "docs/img/a b.png", True
        ),
        "escaped": Expected(
            "docs/guide.md", "md_image", r"img/a\_b.png", "relative", "docs/img/a_b.png", True
        ),
        "escaped, missing": Expected(
            "docs/guide.md", "md_image", r"img/no\_b.png", "relative", "docs/img/no_b.png", False
        ),
        "entity": Expected(
            "docs/guide.md", "md_image", "c&amp;d.png", "relative", "docs/c&d.png", True
        ),
        "backslashes": Expected(
            "docs/guide.md", "md_image", r"img\a_b.png", "relative", "docs/img/a_b.png", True
        ),
        "per cent in the name": Expected(
            "docs/guide.md", "md_image", "100%25.png", "relative", "docs/100%25.png", True
        ),
        "out of the repository": Expected(
            "README.md", "md_image", "../../actions/workflows/ci.yml/badge.svg", "external"
        ),
        "behind a link": Expected(
            "docs/guide.md", "md_image", "link/x.png", "relative", "docs/link/x.png", None
        ),
        "in a submodule": Expected(
            "README.md", "md_image", "vendor/x.png", "relative", "vendor/x.png", None
        ),
        "no picture": Expected("README.md", "md_image", "shield", "external"),
        "film": Expected("README.md", "md_image", "no.mp4", "relative", "no.mp4", False),
        "on GitHub": Expected(
            ".github/README.md", "md_image", "/logo.png", "absolute", "logo.png", True
        ),
        "from a top that a build knows": Expected(
            "docs/guide.md",
            "md_image",
            "/img/a_b.png",
            "bare-unknown",
            candidates=("docs/img/a_b.png",),
        ),
        "from a top that a build knows, in HTML": Expected(
            "pages/x.html",
            "jsx_attr",
            "img/a_b.png",
            "bare-unknown",
            element="img",
            candidates=("docs/img/a_b.png",),
        ),
        "from a top that a build knows, missing": Expected(
            "pages/x.html", "jsx_attr", "img/no.png", "relative", "pages/img/no.png", False, "img"
        ),
        "a single name elsewhere": Expected(
            "x/y.html", "jsx_attr", "a_b.png", "relative", "x/a_b.png", False, "img"
        ),
        "from the file itself, missing": Expected(
            "pages/x.html",
            "jsx_attr",
            "./img/a_b.png",
            "relative",
            "pages/img/a_b.png",
            False,
            "img",
        ),
        "an image of Markdown elsewhere": Expected(
            "pages/x.md", "md_image", "img/a_b.png", "relative", "pages/img/a_b.png", False
        ),
        "of a style sheet, elsewhere": Expected(
            "x.css", "css_url", "img/a_b.png", "relative", "img/a_b.png", False
        ),
        "on GitHub, elsewhere": Expected(
            "README.md", "jsx_attr", "/img/a_b.png", "absolute", "img/a_b.png", False, "img"
        ),
        "a script's string": Expected(
            "docs/x.js", "js_string", "./logo.png", "relative-url", "logo.png", True
        ),
    },
)


WORKSPACE = SiteRepository(
    {
        **without_text(
            "apps/web/public/a.png",
            "apps/site/public/b.png",
            "packages/ui/src/card.tsx",
            "packages/ui/x.png",
        ),
        **without_text(
            "docs/fr/docs/page.md", "docs/en/docs/img/c.png", "README.md", "apps/web/app/page.tsx"
        ),
        "package.json": '{"devDependencies": {"next": "16"}}',
        "apps/web/package.json": '{"dependencies": {"next": "16"}}',
        "apps/site/astro.config.mjs": "",
        "packages/ui/package.json": "{}",
        "packages/ui/tsconfig.json": '{"compilerOptions": {"paths": {"#ui/*": ["./*"], '
        '"@ui/*": ["./*"]}}}',
        "docs/en/mkdocs.yml": "",
        "docs/fr/mkdocs.yml": "",
    },
    {
        "own public": Expected(
            "apps/web/app/page.tsx",
            "jsx_attr",
            "/a.png",
            "absolute",
            "apps/web/public/a.png",
            True,
            "img",
        ),
        "another's public": Expected(
            "apps/web/app/page.tsx",
            "jsx_attr",
            "/b.png",
            "absolute",
            "apps/web/public/b.png",
            False,
            "img",
        ),
        "a package that others show": Expected(
            "packages/ui/src/card.tsx",
            "jsx_attr",
            "/b.png",
            "absolute",
            "apps/site/public/b.png",
            True,
            "img",
        ),
        "alias of a package": Expected(
            "packages/ui/src/card.tsx", "import", "@ui/x.png", "alias", "packages/ui/x.png", True
        ),
        "another language's site": Expected(
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
