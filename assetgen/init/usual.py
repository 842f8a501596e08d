"""The pages of each framework, and the folders with images beside its public one.

``SRC`` is the folder of the pages as the configuration sets it, ``DIR`` each other folder that the
configuration names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assetgen.refs.sites.framework import NEXT, Framework

_SCRIPTED = "*.{js,jsx,ts,tsx,md,mdx,css,scss}"
_MARKDOWN = "*.{md,mdx}"
_CONFIG = ".{js,mjs,cjs,ts,mts,cts}"
#: What is served as it is, in the public folder of each framework.
SERVED = "{manifest.json,**/*.{css,webmanifest}}"
#: The same where the pages are in that folder, which contains other data too.
MANIFESTS = "{manifest.json,*.webmanifest}"
# Folders of content beside the sources: frameworks read them through a package or by a glob.
_CONTENT = f"{{content,posts,blog,docs}}/**/{_MARKDOWN}"
_TEMPLATES = "*.{html,njk,liquid,webc,hbs,mustache,ejs,vto}"


@dataclass(frozen=True, slots=True)
class Usual:
    """Folders with images beside the public one, and the pages, relative to the site."""

    outputs: tuple[str, ...]
    pages: tuple[str, ...]


_OF_NEXT = Usual(
    ("app", "src", "DIR"),
    (
        f"{{app,pages,components,src,lib,config,data}}/**/{_SCRIPTED}",
        _CONTENT,
        f"DIR/**/{_MARKDOWN}",
        f"next.config{_CONFIG}",
    ),
)
_OF_NEXTRA = Usual(
    _OF_NEXT.outputs, (*_OF_NEXT.pages, "{theme.config,mdx-components}.{js,jsx,ts,tsx}")
)
OF: Mapping[Framework, Usual] = {
    **dict.fromkeys(NEXT, _OF_NEXT),
    "nextra": _OF_NEXTRA,
    "astro": Usual(
        ("SRC", "content", "DIR"),
        (
            "SRC/**/*.{astro,md,mdx,mdoc,js,jsx,ts,tsx,vue,svelte,css,scss}",
            "SRC/{content,data}/**/*.{json,yml,yaml}",
            f"content/**/{_MARKDOWN}",
            "DIR/**/*.{md,mdx,mdoc,json,yml,yaml}",
            f"astro.config{_CONFIG}",
        ),
    ),
    "docusaurus": Usual(
        ("docs", "blog", "src", "DIR"),
        (
            f"{{docs,blog,*versioned_docs,i18n}}/**/{_MARKDOWN}",
            f"DIR/**/{_MARKDOWN}",
            f"src/**/{_SCRIPTED}",
            f"docusaurus.config{_CONFIG}",
        ),
    ),
    "vite": Usual(
        ("SRC/src", "DIR"),
        (
            "SRC/*.html",
            "SRC/src/**/*.{js,jsx,ts,tsx,vue,svelte,html,md,mdx,css,scss}",
            f"DIR/**/{_MARKDOWN}",
        ),
    ),
    "create-react-app": Usual(("src",), ("public/index.html", f"src/**/{_SCRIPTED}")),
    "vitepress": Usual(
        ("SRC",),
        (
            "SRC/**/*.{md,vue,js,mjs,ts,mts}",
            ".vitepress/**/*.{vue,js,mjs,ts,mts,css,scss}",
            "!.vitepress/{dist,cache}/**",
        ),
    ),
    "vuepress": Usual(
        ("SRC",),
        (
            "SRC/**/*.{md,vue}",
            ".vuepress/**/*.{vue,js,mjs,ts,mts,css,scss}",
            "!.vuepress/{dist,.cache,.temp}/**",
        ),
    ),
    "mintlify": Usual(("SRC",), (f"**/{_MARKDOWN}", "**/*.{jsx,css}", "{docs,mint}.json")),
    "gatsby": Usual(
        ("src", "content", "DIR"),
        (f"src/**/{_SCRIPTED}", _CONTENT, f"DIR/**/{_MARKDOWN}", f"gatsby-*{_CONFIG}"),
    ),
    "remix": Usual(("app", "DIR"), (f"app/**/{_SCRIPTED}", _CONTENT, f"DIR/**/{_MARKDOWN}")),
    "nuxt": Usual(
        ("app", "assets", "content", "DIR"),
        (
            "{app,pages,components,layouts,composables,utils,layers}/**/*.{vue,js,ts,css,scss}",
            "{app,error}.vue",
            "assets/**/*.{css,scss}",
            "{content,layers}/**/*.{md,yml,yaml,json}",
            "DIR/**/*.{vue,js,ts,css,scss,md,yml,yaml,json}",
            f"{{app,nuxt}}.config{_CONFIG}",
        ),
    ),
    "sveltekit": Usual(
        ("src", "DIR"),
        (
            "src/**/*.{svelte,svx,md,mdx,html,js,ts,css,scss}",
            "{content,posts,blog,docs}/**/*.{md,svx,mdx}",
            "DIR/**/*.{md,svx,mdx,json,yml,yaml}",
        ),
    ),
    "eleventy": Usual(
        ("SRC", "assets", "content"),
        (
            f"SRC/**/{_TEMPLATES}",
            "SRC/**/*.{md,mdx,markdown,css,scss}",
            "SRC/**/*.{11ty,11tydata}.{js,mjs,cjs,ts,jsx,tsx,json}",
            "SRC/**/_data/**/*.{js,mjs,cjs,json,yml,yaml}",
            f"DIR/**/{_TEMPLATES}",
            "DIR/**/*.{js,mjs,cjs,jsx,tsx,json,yml,yaml,css,scss}",
        ),
    ),
    "hugo": Usual(
        ("assets", "SRC", "DIR"),
        (
            "SRC/**/*.{md,html}",
            "DIR/**/*.{md,html}",
            "layouts/**/*.html",
            "assets/**/*.{css,scss}",
        ),
    ),
    "mkdocs": Usual(
        ("SRC", "DIR"), ("SRC/**/*.{md,html,css}", "DIR/**/*.{html,css}", "mkdocs.{yml,yaml}")
    ),
    "jekyll": Usual(
        ("SRC", "assets", "images", "img"),
        (
            "SRC/**/*.{md,markdown,mkd,html,css,scss}",
            "SRC/_data/**/*.{yml,yaml,json}",
            "_config.yml",
        ),
    ),
    "mdbook": Usual(("SRC",), ("SRC/**/*.md", "theme/**/*.{hbs,css}")),
    "plain": Usual(("SRC", "assets", "images", "img"), ("**/*.{html,css}",)),
}
