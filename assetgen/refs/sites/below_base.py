"""Whether a URL lacks the base path below which its site is deployed, or has it twice."""

from __future__ import annotations

import re
from dataclasses import replace

from assetgen.refs.folders import clamped, within
from assetgen.refs.languages import ASTRO, HTML, MARKDOWN, MDX, SVELTE, VUE, suffix
from assetgen.refs.sites.framework import NEXT
from assetgen.refs.sites.question import Question
from assetgen.refs.sites.resolution import Resolution

_PAGES = MARKDOWN | MDX
_JSX = frozenset({"jsx", "tsx"})
#: They write what they find into the page.
_BY_TEXT = frozenset({"hugo", "eleventy", "jekyll"})
#: Languages in which no framework adds the base path to the URL in an element.
_WITHOUT_BASE = {
    **dict.fromkeys(NEXT, _PAGES | _JSX),
    "astro": _PAGES | ASTRO | _JSX,
    "vite": _JSX | SVELTE,
    "docusaurus": _PAGES | _JSX,
    "sveltekit": HTML,
    **dict.fromkeys(_BY_TEXT, _PAGES | HTML),
}
# Their Markdown images are imported, which adds the base path.
_IMPORTED_IN_MARKDOWN = frozenset({"docusaurus", "nextra", "fumadocs", "vitepress"})
# Where the framework's own component takes a URL as it is.
_LANGUAGES_WITH_IMAGE = {**dict.fromkeys(NEXT, _JSX), "astro": ASTRO | MDX}
_COPIED = frozenset({"css", "html", "htm"})
# Functions of Hugo that add the base path to a relative path only.
_HUGO_URL = re.compile(r"\A[\"`]\s*\|\s*(?:rel|abs)URL\b")
_HUGO_URL_OF = re.compile(r"\b(?:rel|abs)URL\s+[\"`]\Z")
_NEAR = 20
_BOUND = re.compile(r"=\s*([\"'])\s*(?!\1)[\"'`]\Z")
_BOUND_END = re.compile(r"[\"'`]\s*[\"']")
_CALLED = re.compile(r"[\w$)]\(\s*[\"'`]\Z")
_HEAD_KEY = re.compile(r"(?:^|\.)(?:href|content)\Z")


def added(question: Question) -> str:
    """The base path that the framework does not add itself, with its last slash."""
    site = question.site
    if is_compiled(question) or _is_in_head(question):
        is_kept = not _is_imported(question)
        return f"{site.served.base.stated}/" if site.served.base.stated and is_kept else ""
    is_imported = question.kind == "md_image" and site.framework in _IMPORTED_IN_MARKDOWN
    is_kept = suffix(question.file) in _WITHOUT_BASE.get(site.framework, ()) and not is_imported
    is_kept = (is_kept and not site.served.adds_base) or is_copied(question)
    return f"{site.served.base.stated}/" if site.served.base.stated and is_kept else ""


def is_compiled(question: Question) -> bool:
    """Whether the page is compiled by Vue, which imports the paths of some attributes."""
    known, language = question.site.framework, suffix(question.file)
    return (known == "vitepress" and language in VUE | MARKDOWN) or (
        known in ("nuxt", "vite") and language in VUE
    )


def _is_imported(question: Question) -> bool:
    """Whether Vue's compiler imports the path, or VitePress adds the base path to it."""
    if _is_in_head(question):
        return False
    reference = question.reference
    if question.kind == "link":
        return reference.element != "a"
    if question.kind in ("jsx_attr", "srcset") and question.is_in_html_element:
        return reference.element in IMPORTED_ELEMENTS and not _is_bound(question)
    if question.kind == "css_url" and question.site.framework == "nuxt":
        # Nuxt puts the styles of components into the page, with the paths that they have.
        return (
            suffix(question.file) not in VUE or "inlineStyles: false" in question.site.served.config
        )
    return question.kind != "inline_css_url"


def _is_bound(question: Question) -> bool:
    """Whether the attribute is code, and the code nothing but the path: ``:src="'/a.png'"``."""
    if (text := question.text) is None:
        return False
    first, last = question.reference.marks.raw
    return bool(_BOUND.search(text[max(0, first - _NEAR) : first]) and _BOUND_END.match(text, last))


def _is_in_head(question: Question) -> bool:
    """Whether configuration or front matter states it as an attribute of an element of ``head``."""
    reference, known = question.reference, question.site.framework
    if known not in ("vitepress", "astro", "nuxt") or not _HEAD_KEY.search(reference.key):
        return False
    if question.kind == "frontmatter":
        return known != "nuxt" and reference.key.startswith("head")
    return question.kind == "js_string" and question.is_in_build_config


def is_copied(question: Question) -> bool:
    """Whether a style sheet or a page of HTML is served as it is."""
    site, file = question.site, question.file
    if suffix(file) not in _COPIED or site.framework == "plain":
        return False
    if site.framework == "jekyll":
        return suffix(file) == "css"
    return site.is_published(file)


def judged(question: Question, written: str, found: Resolution) -> Resolution:
    """``found`` with what is wrong about a URL that lacks the base path, or has it twice."""
    base = added(question)
    if _adds_base(question):
        return _with_base_twice(question, written, found)
    url = clamped("", question.path_in(written))
    if not base or not _is_kept(question, found.path or "") or f"{url}/".startswith(base):
        return found
    if not any(mount.path(url) == found.path for mount in question.site.served.public):
        return found
    if question.reference.in_code:
        return _in_function(question, written, found)
    return replace(found, hint=f"/{base}{written.lstrip('/')}", wrong="base")


def _is_kept(question: Question, path: str) -> bool:
    """Whether the build leaves the URL as it is, if it adds the base path to none."""
    reference, is_by_text = question.reference, question.site.framework in _BY_TEXT
    if is_compiled(question) or _is_in_head(question):
        return not _is_imported(question)
    if question.kind == "inline_css_url":
        return "class" not in reference.key.lower()  # Tailwind makes a style sheet of it
    if question.kind == "css_url":
        return is_copied(question) or (is_by_text and suffix(question.file) != "css")
    if question.kind in ("md_image", "link"):
        is_plain = question.site.framework == "jekyll" or question.site.served.markdown_by_url
        if question.kind == "link" and reference.element == "a" and not is_by_text:
            return suffix(question.file) in HTML | ASTRO
        return is_plain if is_by_text else question.kind == "md_image"
    if question.kind not in ("jsx_attr", "srcset") or _is_argument(question):
        return False
    if is_by_text and not question.is_markup:
        return _is_figure(question, path)
    shows_image = _LANGUAGES_WITH_IMAGE.get(question.site.framework, frozenset())
    is_image = reference.element in ("Image", "Picture") and suffix(question.file) in shows_image
    return question.is_in_html_element or is_image


def _is_argument(question: Question) -> bool:
    """Whether the path is given to a function, which may add the base path: ``asset("/a.png")``."""
    first = question.reference.marks.raw[0]
    return _CALLED.search((question.text or "")[max(0, first - _NEAR) : first]) is not None


def _is_figure(question: Question, path: str) -> bool:
    """Whether it is Hugo's own shortcode for images, which leaves static files as they are."""
    site = question.site
    is_hugo = site.framework == "hugo" and question.reference.element == "figure"
    is_own = bool(question.listing.named("figure.html")) or not site.served.markdown_by_url
    return is_hugo and not is_own and site.is_published(path)


def _in_function(question: Question, written: str, found: Resolution) -> Resolution:
    """A path with a slash for a function of Hugo that adds the base path to others only."""
    if question.site.framework != "hugo" or (text := question.text) is None:
        return found
    first, last = question.reference.marks.raw
    after, before = text[last : last + _NEAR], text[max(0, first - _NEAR) : first]
    if _HUGO_URL.search(after) or _HUGO_URL_OF.search(before):
        return replace(found, hint=written.lstrip("/"), wrong="base")
    return found


def _adds_base(question: Question) -> bool:
    """Whether the build imports the path, so that it fails if the base path is in it."""
    known = question.site.framework
    if question.kind != "md_image" and question.reference.element not in IMPORTED_ELEMENTS:
        return False
    is_imported = is_compiled(question) and _is_imported(question)
    return is_imported or (known == "docusaurus" and question.kind == "md_image")


#: The elements whose paths builds import.
IMPORTED_ELEMENTS = frozenset({"img", "source", "video"})


def _with_base_twice(question: Question, written: str, found: Resolution) -> Resolution:
    base = question.site.served.base.stated
    url = clamped("", question.path_in(written))
    is_below = bool(base) and within(base, url) is not None
    after = within(base, written.lstrip("/")) if is_below else None
    if after is None or any(mount.path(url) == found.path for mount in question.site.served.public):
        return found
    return replace(found, hint=f"/{after}", wrong="base-twice")
