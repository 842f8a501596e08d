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
_COPIED = frozenset({"css", "html", "htm"})
# Functions of Hugo that add the base path to a relative path only.
_HUGO_URL = re.compile(r"\A[\"`]\s*\|\s*(?:rel|abs)URL\b")
_HUGO_URL_OF = re.compile(r"\b(?:rel|abs)URL\s+[\"`]\Z")
_NEAR = 20


def added(question: Question) -> str:
    """The base path that the framework does not add itself, with its last slash."""
    site = question.site
    is_imported = question.kind == "md_image" and site.framework in _IMPORTED_IN_MARKDOWN
    is_kept = suffix(question.file) in _WITHOUT_BASE.get(site.framework, ()) and not is_imported
    is_kept = (is_kept and not site.served.adds_base) or is_copied(question)
    return f"{site.served.base.stated}/" if site.served.base.stated and is_kept else ""


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
    if question.kind == "inline_css_url":
        return "class" not in reference.key.lower()  # Tailwind makes a style sheet of it
    if question.kind == "css_url":
        return is_copied(question) or (is_by_text and suffix(question.file) != "css")
    if question.kind in ("md_image", "link"):
        is_plain = question.site.framework == "jekyll" or question.site.served.markdown_by_url
        return is_plain if is_by_text else question.kind == "md_image"
    if question.kind not in ("jsx_attr", "srcset"):
        return False
    if is_by_text and not question.is_markup:
        return _is_figure(question, path)
    is_next = question.site.framework in NEXT and suffix(question.file) in _JSX
    return question.is_in_html_element or (is_next and reference.element == "Image")


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
    known, language = question.site.framework, suffix(question.file)
    if question.kind != "md_image" and question.reference.element not in IMPORTED_ELEMENTS:
        return False
    return (known == "vitepress" and language in VUE | MARKDOWN) or (
        known == "docusaurus" and question.kind == "md_image"
    )


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
