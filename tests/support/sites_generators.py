"""Eleventy, Hugo and MkDocs: the files that references mean."""

from __future__ import annotations

from tests.support.site_repository import Expected, SiteRepository, without_text

ELEVENTY = SiteRepository(
    {
        **without_text(
            "src/img/a.png",
            "public/b.png",
            "src/posts/post.md",
            "src/posts/post/c.png",
            "assets/d.png",
            "src/e.ico",
        ),
        **without_text("extra/f.png", "src/_includes/base.njk.html"),
        "eleventy.config.js": "eleventyConfig.addPassthroughCopy('src/img'); "
        "eleventyConfig.addPassthroughCopy({\n"
        "'./public/': '/', 'src/e.ico': '/', }); "
        "eleventyConfig.addPassthroughCopy('assets/**/*.png');\n"
        "// eleventyConfig.addPassthroughCopy('extra')\n"
        "return { dir: { input: 'src' } }",
    },
    {
        "copied without the input folder": Expected(
            "src/posts/post.md", "md_image", "/img/a.png", "absolute", "src/img/a.png", True
        ),
        "copied to the top": Expected(
            "src/posts/post.md", "md_image", "/b.png", "absolute", "public/b.png", True
        ),
        "copied by a pattern": Expected(
            "src/posts/post.md", "md_image", "/assets/d.png", "absolute", "assets/d.png", True
        ),
        "a file copied to the top": Expected(
            "src/posts/post.md", "jsx_attr", "/e.ico", "absolute", "src/e.ico", True, "link"
        ),
        "missing": Expected(
            "src/posts/post.md", "md_image", "/img/no.png", "absolute", "src/img/no.png", False
        ),
        "by URL": Expected(
            "src/posts/post.md", "md_image", "./c.png", "relative-url", "src/posts/post/c.png", True
        ),
        "filter": Expected(
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


HUGO = SiteRepository(
    {
        **without_text(
            "static/a.png",
            "assets/b.png",
            "content/post/one/index.md",
            "content/post/one/c.png",
            "content/post/two.md",
        ),
        **without_text(
            "static/post/two/d.png",
            "themes/t/static/e.png",
            "_vendor/github.com/a/b/static/v.png",
            "other/f.png",
            "content/en/g/h.png",
            "content/fr/g/x.md",
        ),
        **without_text(
            "content/post/one/index.fr.md", "content/post/one/local.en.png", "assets/css/main.scss"
        ),
        "hugo.toml": "theme = 't'\n[[module.mounts]]\nsource = 'static'\ntarget = 'static'\n"
        "[[module.mounts]]\n"
        "source = 'other'\ntarget = 'static/o'\n",
    },
    {
        "static": Expected(
            "content/post/two.md", "md_image", "/a.png", "absolute", "static/a.png", True
        ),
        "assets": Expected(
            "content/post/two.md", "md_image", "/b.png", "absolute", "assets/b.png", True
        ),
        "assets without a slash": Expected(
            "content/post/two.md", "md_image", "b.png", "bare", "assets/b.png", True
        ),
        "theme": Expected(
            "content/post/two.md", "md_image", "/e.png", "absolute", "themes/t/static/e.png", True
        ),
        "vendored theme": Expected(
            "content/post/two.md",
            "md_image",
            "/v.png",
            "absolute",
            "_vendor/github.com/a/b/static/v.png",
            True,
        ),
        "mount": Expected(
            "content/post/two.md", "md_image", "/o/f.png", "absolute", "other/f.png", True
        ),
        "missing": Expected(
            "content/post/two.md", "md_image", "/no.png", "absolute", "static/no.png", False
        ),
        "page bundle": Expected(
            "content/post/one/index.md",
            "md_image",
            "c.png",
            "relative",
            "content/post/one/c.png",
            True,
        ),
        "page bundle, frontmatter": Expected(
            "content/post/one/index.md",
            "frontmatter",
            "c.png",
            "bare",
            "content/post/one/c.png",
            True,
            key="images",
        ),
        "page bundle by URL": Expected(
            "content/post/two.md",
            "md_image",
            "/post/one/c.png",
            "absolute",
            "content/post/one/c.png",
            True,
        ),
        "by URL": Expected(
            "content/post/two.md",
            "md_image",
            "d.png",
            "relative-url",
            "static/post/two/d.png",
            True,
        ),
        "another language's file": Expected(
            "content/fr/g/x.md", "md_image", "h.png", "relative", "content/en/g/h.png", True
        ),
        "a file for a language": Expected(
            "content/post/one/index.fr.md",
            "md_image",
            "local.png",
            "relative",
            "content/post/one/local.en.png",
            True,
        ),
        "stylesheet by URL": Expected(
            "assets/css/main.scss", "css_url", "../a.png", "relative-url", "static/a.png", True
        ),
    },
)


MKDOCS = SiteRepository(
    {
        **without_text(
            "handbook/img/a.png",
            "handbook/guide/page.md",
            "handbook/guide/img/b.png",
            "handbook/index.md",
        ),
        **without_text("README.md", "overrides/assets/c.png", "includes/part.md"),
        "mkdocs.yml": "site_name: x\ndocs_dir: handbook  # pages\ntheme:\n  name: material\n"
        "  custom_dir: overrides\n"
        "markdown_extensions:\n  - x: !!python/name:y.z\n",
    },
    {
        "Markdown": Expected(
            "handbook/guide/page.md",
            "md_image",
            "../img/a.png",
            "relative",
            "handbook/img/a.png",
            True,
        ),
        "Markdown, missing": Expected(
            "handbook/guide/page.md",
            "md_image",
            "img/no.png",
            "relative",
            "handbook/guide/img/no.png",
            False,
        ),
        "raw HTML": Expected(
            "handbook/guide/page.md",
            "jsx_attr",
            "../img/b.png",
            "relative-url",
            "handbook/guide/img/b.png",
            True,
            "img",
        ),
        "raw HTML higher up": Expected(
            "handbook/guide/page.md",
            "jsx_attr",
            "../../img/a.png",
            "relative-url",
            "handbook/img/a.png",
            True,
            "img",
        ),
        "raw HTML as if it were Markdown": Expected(
            "handbook/guide/page.md",
            "jsx_attr",
            "../img/a.png",
            "relative",
            "handbook/img/a.png",
            True,
            "img",
            hint="../../img/a.png",
        ),
        "raw HTML, missing": Expected(
            "handbook/guide/page.md",
            "jsx_attr",
            "../img/no.png",
            "relative-url",
            "handbook/guide/img/no.png",
            False,
            "img",
        ),
        "raw HTML on the front page": Expected(
            "handbook/index.md",
            "jsx_attr",
            "img/a.png",
            "relative",
            "handbook/img/a.png",
            True,
            "img",
        ),
        "only for dark": Expected(
            "handbook/index.md",
            "md_image",
            "img/a.png#only-dark",
            "relative",
            "handbook/img/a.png",
            True,
        ),
        "theme": Expected(
            "handbook/index.md",
            "jsx_attr",
            "/assets/c.png",
            "absolute",
            "overrides/assets/c.png",
            True,
            "img",
        ),
        "included in pages": Expected(
            "includes/part.md",
            "md_image",
            "img/b.png",
            "bare-unknown",
            candidates=("handbook/guide/img/b.png",),
        ),
    },
)
