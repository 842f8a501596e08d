"""Whose component an element is: one of a project's own decides itself about alternative texts."""

from __future__ import annotations

import re

from assetgen.refs.scan.document import Document

#: Components that pass ``alt`` to an ``img``, known without an import too.
_KNOWN = frozenset(
    {
        *("Image", "Img", "Picture", "NuxtImg", "NuxtPicture", "StaticImage", "GatsbyImage"),
        *("ThemedImage", "IdealImage", "ExportedImage", "CldImage", "AmpImg"),
    }
)
# next/image, astro:assets, gatsby-plugin-image, @unpic/react, @theme/ThemedImage ...
_OF_FRAMEWORKS = re.compile(
    r"next(?:[-/].*)?|astro(?:[:/-].*)?|@astrojs/.*|gatsby.*|@nuxt/.*|nuxt.*|#components|#imports"
    r"|@unpic/.*|@theme/.*|@docusaurus/.*|vitepress/.*|@sveltejs/.*|vite-imagetools/.*"
)
# A path, an alias, or a file with components.
_OF_FILES = re.compile(
    r"[./~#$].*|@/.*|@site/.*|(?:src|app|lib|components)/.*"
    r"|@(?:app|src|lib|ui|core|shared|common|layouts?|components?)(?:/.*)?"
    r"|.+\.(?:astro|vue|svelte|[jt]sx?|mjs|webc)"
)


def is_of_its_own(element: str, document: Document) -> bool:
    """Whether an element is a component that may get its alternative text in another way.

    A name in lower case is an element of HTML, or one that is made from one (motion.img).
    """
    if "-" in element:  # nuxt-img is NuxtImg in Vue and MDC
        return "".join(map(str.title, element.split("-"))) not in _KNOWN
    root, _, last = element.rpartition(".")
    if last == last.lower():
        return False
    if root:
        return True
    module = document.imports.get(element)
    if module is None:
        return element not in _KNOWN or element in document.defined
    if _OF_FRAMEWORKS.fullmatch(module):
        return False
    return element not in _KNOWN or _OF_FILES.fullmatch(module) is not None
