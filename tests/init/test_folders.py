"""Which files init takes for pages, where the framework reads more than its usual folders."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assetgen.fs import globs
from assetgen.init import folders, sites
from tests.support.place import Place
from tests.support.repository import with_texts

_DOCS = "'@docusaurus/plugin-content-docs'"
_LIBRARY = {"vite.config.ts": "export default {build: {lib: {entry: 'src/a.ts'}}}", "src/a.ts": ""}
# files; those that are pages; those that are none; folders that have images besides
_READ: dict[str, tuple[Mapping[str, str], list[str], list[str], list[str]]] = {
    "Docusaurus, docs outside": (
        {
            "website/docusaurus.config.js": "{docs: {path: '../docs', routeBasePath: '/'},"
            f"plugins: [[{_DOCS}, {{id: 'faq', path: 'faq', versions: {{a: {{path: 'next'}}}}}}],"
            f"[{_DOCS}, {{path: path.resolve(__dirname, '../more'), sidebarPath: './x.js'}}]]}}",
            **dict.fromkeys(["docs/a.md", "website/faq/a.mdx", "more/a.md"], ""),
        },
        [
            *("docs/b.md", "website/faq/b.md", "more/c.mdx", "website/src/pages/index.js"),
            *("website/versioned_docs/version-1/a.md", "website/faq_versioned_docs/version-1/a.md"),
            *("website/i18n/fr/docusaurus-plugin-content-docs/current/a.md", "website/src/data.ts"),
            "website/static/css/a.css",
        ],
        ["README.md", "website/next/a.md"],
        ["docs", "more", "website/faq"],
    ),
    "Jekyll": (
        {
            "_config.yml": "exclude:\n  - lib/\n  - README.md\n  - '*.gem.md'\n",
            **dict.fromkeys(["a/b.md", "lib/c.md", "README.md", "x/y.gem.md", "guide/a.png"], ""),
        },
        [
            *("guide/deep/a.md", "_tutorials/a.markdown", "col/_recipes/a.md", "_includes/x.html"),
            *("_sass/a.scss", "blog/_posts/2024-01-01-a.md", "_data/team.yml", "_config.yml"),
        ],
        ["lib/a.md", "README.md", "_site/index.html", "x/y.gem.md"],
        ["guide"],
    ),
    "Jekyll below a source": (
        {"docs/_config.yml": "source: src\nexclude: [old]", "docs/src/old/a.md": ""},
        ["docs/src/a/b.md"],
        ["docs/src/old/b.md", "docs/a.md"],
        ["docs/src"],
    ),
    "SvelteKit with velite": (
        {
            **dict.fromkeys(["svelte.config.js", "src/routes/+page.svelte", "texts/a.md"], ""),
            "velite.config.ts": "export default defineConfig({ root: './texts' })",
        },
        ["texts/b/c.md", "content/a.md", "posts/a.svx", "src/lib/data.ts"],
        [],
        ["texts"],
    ),
    "Astro with a loader": (
        {
            "astro.config.mjs": "",
            "src/content.config.ts": "glob({ pattern: '**/*.md', base: './blog' })",
            "blog/a.md": "",
        },
        ["blog/b.md", "src/content/docs/a.mdx", "src/content/authors/a.yml"],
        [],
        ["blog"],
    ),
    "Gatsby": (
        {"gatsby-config.js": "options: {path: `${__dirname}/texts/x`}", "texts/x/a.md": ""},
        ["texts/x/b/c.md", "src/pages/index.js", "content/blog/a/index.md"],
        [],
        ["texts/x"],
    ),
    "Nuxt": (
        {"nuxt.config.ts": "", "content/index.yml": "", "app/app.vue": ""},
        ["content/a/b.yml", "content/c.json", "app.config.ts", "layers/x/app/a.vue", "error.vue"],
        [],
        [],
    ),
    "MkDocs with templates and a parent": (
        {
            "docs/mkdocs.yml": "INHERIT: ../base/base.yml\n",
            "base/base.yml": "docs_dir: ../texts\ntheme:\n  custom_dir: ../over # ours\n",
            **dict.fromkeys(["texts/a.md", "over/main.html"], ""),
        },
        ["texts/b.md", "over/partials/a.html", "over/a.css", "docs/mkdocs.yml"],
        ["docs/docs/a.md"],
        ["texts", "over"],
    ),
    "VitePress in the root": (
        {
            ".vitepress/config.ts": "export default {srcExclude: ['old/**']}",
            **dict.fromkeys(["guide/img/a.png", "old/b.md", "tests/a.png"], ""),
        },
        [".vitepress/components/A.vue", ".vitepress/theme/index.ts", "guide/a.md", "x/B.vue"],
        [".vitepress/cache/a.ts", "old/b.md"],
        ["guide"],
    ),
    "Eleventy with templates beside the input": (
        {
            ".eleventy.js": "return {dir: {input: 'content', includes: '../_includes'}}",
            **dict.fromkeys(["_includes/base.njk", "content/manifest.json"], ""),
        },
        [
            "content/manifest.json",
            "_includes/b.njk",
            "content/a.11ty.js",
            "content/_data/site.json",
            "content/a.liquid",
        ],
        [],
        [],
    ),
    "Hugo with mounted docs": (
        {
            "hugo.toml": '[[module.mounts]]\nsource = "more"\ntarget = "content/x"\n',
            "more/a.md": "",
        },
        ["more/b.md", "content/a.md"],
        [],
        ["more"],
    ),
    "Next in JavaScript": (
        {"next.config.js": "", "pages/index.js": ""},
        [
            *("pages/a.js", "app/layout.js", "lib/data.ts", "posts/a.md"),
            *("public/site.webmanifest", "public/manifest.json"),
        ],
        ["public/data/manifest.json"],
        [],
    ),
    "a site for each language": (
        {f"docs/{one}/{name}": "" for one in ("de", "en") for name in ("mkdocs.yml", "docs/a.md")},
        ["docs/de/docs/a.md", "docs/fr/docs/b.md"],
        [],
        ["docs"],
    ),
    "a library and its docs": (
        {**_LIBRARY, "docs/.vitepress/config.ts": "", "docs/a.md": ""},
        ["docs/a.md"],
        ["src/a.ts"],
        [],
    ),
    "an app for each platform": (
        {
            f"{one}/next.config.js": ""
            for one in ("apps/site", "platforms/cloudflare", "platforms/vercel")
        }
        | {"apps/site/app/page.tsx": "", "apps/site-template/next.config.js": ""},
        ["apps/site/app/b.tsx"],
        [],
        [],
    ),
}


@pytest.mark.parametrize(("files", "pages", "others", "images"), _READ.values(), ids=_READ)
def test_content_is_what_the_framework_reads(
    files: Mapping[str, str], pages: list[str], others: list[str], images: list[str]
) -> None:
    listing = with_texts(files)
    site = sites.chosen(listing)
    assert site is not None
    found = folders.of(site, listing, sites.languages(site, listing))
    is_page = globs.matcher(found.content)
    assert [path for path in pages if not is_page(path)] == []
    assert [path for path in others if is_page(path)] == []
    assert set(images) <= set(found.outputs)


def test_a_library_is_no_site() -> None:
    listing = with_texts(_LIBRARY)
    assert sites.found(listing) == []
    assert sites.chosen(listing) is None


def test_init_says_which_folder_is_served_only_if_it_is_one(bare: Place) -> None:
    bare.write("_config.yml", "title: x")
    bare.write("guide/a.md", "![A](/a.png)")
    assert "found Jekyll; images in " in bare.ok("init").out
