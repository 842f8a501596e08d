"""Whether the framework finds an image where its path says, and what to write if it does not.

The other rules find the file that the author means. What the framework does with the path can be
less: it copies raw HTML unchanged, so a browser reads ``./a.png`` from the URL of the page.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Literal

from assetgen.refs.folders import below, clamped, joined, within
from assetgen.refs.languages import ASTRO, HTML, MARKDOWN, MDX, SVELTE, VUE, suffix
from assetgen.refs.sites import below_base, own_urls, relative_paths, verdict
from assetgen.refs.sites.framework import NEXT
from assetgen.refs.sites.question import Question
from assetgen.refs.sites.resolution import Resolution, Wrong

Rule = Literal["file", "url"]

_PAGES = MARKDOWN | MDX
_JSX = frozenset({"jsx", "tsx"})
_ELEMENTS = frozenset({"img", "source", "video"})
# Their builds read the images of Markdown beside the page, and fail without them.
_MARKDOWN_BESIDE_PAGES = frozenset({"docusaurus", "astro", "vitepress", "mkdocs"})
# They copy raw HTML in Markdown.
_RAW_IN_PAGES = frozenset({"docusaurus", "astro", "mkdocs"})
# Without their packages, JSX is never looked at for paths.
_WITH_JSX = NEXT | {"vite", "create-react-app", "remix", "gatsby", "docusaurus", "astro"}
# Packages that read the paths of raw elements.
_READERS = re.compile(r"import-assets|relative-images|unwrap-images|mdx-images|rehype-.*img")

_URL_FILTER = re.compile(r"[\"']\s*\|\s*url\b")


def of(question: Question, written: str, found: Resolution) -> Resolution:
    """``found`` with what is wrong about its path, if its file exists."""
    if found.path is None or question.is_on_github:
        return found
    if found.hint is not None:
        base = below_base.added(question)
        is_short = found.hint.startswith("/") and not found.hint.startswith(f"/{base}")
        return replace(found, hint=f"/{base}{found.hint[1:]}") if is_short else found
    if not found.exists:
        return found
    if found.how == "absolute":
        if _is_unserved(question, written, found.path):
            return replace(found, hint=served_url(question, found.path), wrong="page-url")
        return below_base.judged(question, written, found)
    if found.how not in ("relative", "relative-url", "bare") or question.reference.in_code:
        return found
    path = question.path_in(written)
    rule = _rule(question, path)
    if rule is None or found.path in _read(question, path, rule) or _has_reader(question):
        return found
    if verdict.is_moved(question):
        return found
    if question.site.served.in_languages and _is_of_another_language(question, path, found.path):
        return found
    hint = _working(question, found.path, rule)
    return replace(found, hint=hint, wrong="beside" if rule == "file" else "page-url")


def _rule(question: Question, path: str) -> Rule | None:
    """From where the framework reads the path; None if that is not certain."""
    known, language = question.site.framework, suffix(question.file)
    if question.kind == "css_url":
        return "url" if language == "css" and below_base.is_copied(question) else None
    if question.site.served.markdown_by_url:
        return "url" if _is_plain(question) else None
    if question.kind == "md_image":
        is_known = known in _MARKDOWN_BESIDE_PAGES and language in _PAGES
        return "file" if is_known else None
    if question.kind not in ("jsx_attr", "srcset") or question.reference.element not in _ELEMENTS:
        return None
    if known in ("vitepress", "nuxt", "vite") and language in VUE | MARKDOWN:
        is_compiled = language in VUE or known == "vitepress"
        return "file" if is_compiled and (path.startswith(".") or known != "nuxt") else None
    if known in _RAW_IN_PAGES and language in _PAGES and _is_page(question):
        return None if known == "mkdocs" and not question.is_raw_html else "url"
    if (known == "astro" and language in ASTRO) or (known == "sveltekit" and language in SVELTE):
        return "url"
    return "url" if known in _WITH_JSX and language in _JSX else None


def _is_of_another_language(question: Question, path: str, found: str) -> bool:
    """Whether the file is not one that the path names."""
    site, top = question.site, clamped("", path)
    if site.framework == "mkdocs":
        return not any(within(mount.folder, found) for mount in site.served.public)
    return found not in (joined(question.folder, path), *site.files(top), below(site.root, top))


def _has_reader(question: Question) -> bool:
    """Whether a package of the site reads the paths of elements in its own way."""
    return any(map(_READERS.search, question.site.packages))


def _is_plain(question: Question) -> bool:
    """Whether the path is part of a page at its usual URL, and written there as it is."""
    if suffix(question.file) not in _PAGES | HTML or question.is_in_partial:
        return False
    if question.kind != "md_image":
        is_shown = (
            question.kind in ("jsx_attr", "srcset") and question.reference.element in _ELEMENTS
        )
        if not is_shown or not question.is_markup:
            return False
    return _is_page(question) and not own_urls.may_have(question)


def _is_unserved(question: Question, written: str, path: str) -> bool:
    """Whether a URL from the root finds a file that Eleventy does not copy."""
    site = question.site
    if site.framework != "eleventy" or not site.served.unpublished or question.sites.around(site):
        return False
    if "{" in written:
        return False
    url = clamped("", question.path_in(written))
    if question.kind not in ("jsx_attr", "srcset", "md_image") or site.answers(url, path):
        return False
    if question.reference.in_code:
        after = (question.text or "")[question.reference.marks.raw[1] :]
        return _URL_FILTER.match(after) is not None
    return question.kind == "md_image" or question.is_markup


def _is_page(question: Question) -> bool:
    folder = question.folder
    return any(
        mount.folder == folder or within(mount.folder, folder) is not None
        for mount in question.site.served.content
    )


def _read(question: Question, path: str, rule: Rule) -> list[str | None]:
    """The files that the framework or a browser may read."""
    if rule == "file":
        is_package = question.kind != "md_image" and not path.startswith(".")
        return [] if is_package else [joined(question.folder, path)]
    site, top = question.site, clamped("", path)
    if site.served.markdown_by_url and question.kind != "css_url":
        folders = site.own_folders(question.file)
        return [file for one in folders for file in site.files(clamped(one, path))]
    if site.framework == "mkdocs":
        return list(site.files(clamped(next(iter(site.page_folders(question.file)), ""), path)))
    if suffix(question.file) in _PAGES or question.kind == "css_url":
        return list(relative_paths.by_page_url(question, path))
    # A component may be on a page in the root.
    own = [mount.path(top) for mount in site.served.public if mount.folder != site.root]
    return own if site.framework == "vite" else [*relative_paths.by_page_url(question, path), *own]


def _working(question: Question, path: str, rule: Rule) -> str | None:
    """What to write instead; None if the file is not served."""
    site = question.site
    if rule == "file" or site.framework == "mkdocs":
        own = question.folder
        if rule == "url":
            own = next(iter(site.page_folders(question.file)), "")
            path = within(site.served.public[0].folder, path) or path
        elif (url := served_url(question, path)) and site.framework != "mkdocs":
            return url
        relative = posixpath.relpath(f"/{path}", f"/{own}")
        return relative if relative.startswith(".") or rule == "url" else f"./{relative}"
    return served_url(question, path)


def served_url(question: Question, path: str) -> str | None:
    """The URL of a file in a public folder."""
    site = question.site
    for mount in site.served.public:
        rest = within(mount.folder, path)
        if mount.folder in site.served.unpublished:
            continue
        is_own = mount.folder in (site.root, "") or question.folder == mount.folder
        if rest is not None and (not is_own or site.served.markdown_by_url):
            url = "/".join(filter(None, (mount.prefix, rest)))
            return f"/{below_base.added(question)}{url}"
    return None


def explained(wrong: Wrong, raw: str, hint: str | None, path: str) -> str:
    """What is wrong with the path ``raw`` of the file ``path``."""
    if wrong == "public-folder":
        return f"{raw} contains the public folder; its URL is {hint}"
    if wrong == "base":
        return f"{raw} is not below the base path of the site; its URL is {hint}"
    if wrong == "base-twice":
        return f"{raw} contains the base path, which the framework adds itself; write {hint}"
    where = "this file" if wrong == "beside" else "the URL of the page"
    if raw.startswith("/"):
        where = "the root of the site"
    what = f"{raw} is read relative to {where}, where there is no image"
    return f"{what}; the path of {path} is {hint}" if hint else f"{what}; {path} is not served"
