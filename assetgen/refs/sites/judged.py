"""Whether the framework finds an image where its path says, and what to write if it does not.

The other rules find the file that the author means. What the framework does with the path can be
less: it copies raw HTML unchanged, so a browser reads ``./a.png`` from the URL of the page.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Literal

from assetgen.refs.folders import clamped, joined, within
from assetgen.refs.languages import ASTRO, HTML, MARKDOWN, MDX, SVELTE, VUE, suffix
from assetgen.refs.sites import relative_paths
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
#: Languages in which no framework adds the base path to the URL in an element.
_WITHOUT_BASE = {
    **dict.fromkeys(NEXT, _PAGES | _JSX),
    "astro": _PAGES | ASTRO | _JSX,
    "vite": _JSX | SVELTE,
    "docusaurus": _PAGES | _JSX,
    "sveltekit": HTML,
}
# Their Markdown images are imported, which adds the base path.
_IMPORTED_IN_MARKDOWN = frozenset({"docusaurus", "nextra", "fumadocs", "vitepress"})


def of(question: Question, written: str, found: Resolution) -> Resolution:
    """``found`` with what is wrong about its path, if its file exists."""
    if found.path is None or question.is_on_github:
        return found
    if found.hint is not None:
        base = _base(question)
        is_short = found.hint.startswith("/") and not found.hint.startswith(f"/{base}")
        return replace(found, hint=f"/{base}{found.hint[1:]}") if is_short else found
    if not found.exists:
        return found
    if found.how == "absolute":
        return _without_base(question, written, found)
    if found.how not in ("relative", "relative-url", "bare") or question.reference.in_code:
        return found
    path = question.path_in(written)
    rule = _rule(question, path)
    if rule is None or found.path in _read(question, path, rule) or _has_reader(question):
        return found
    if question.site.framework == "mkdocs" and not any(
        within(mount.folder, found.path) for mount in question.site.served.public
    ):
        return found  # that of another language
    hint = _working(question, found.path, rule)
    return replace(found, hint=hint, wrong="beside" if rule == "file" else "page-url")


def _rule(question: Question, path: str) -> Rule | None:
    """From where the framework reads the path; None if that is not certain."""
    known, language = question.site.framework, suffix(question.file)
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


def _has_reader(question: Question) -> bool:
    """Whether a package of the site reads the paths of elements in its own way."""
    return any(map(_READERS.search, question.site.packages))


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
    if site.framework == "mkdocs":
        return list(site.files(clamped(next(iter(site.page_folders(question.file)), ""), path)))
    if suffix(question.file) in _PAGES:
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
        is_own = mount.folder in (site.root, "") or question.folder == mount.folder
        if rest is not None and not is_own:
            url = "/".join(filter(None, (mount.prefix, rest)))
            return f"/{_base(question)}{url}"
    return None


def _base(question: Question) -> str:
    """The base path that the framework does not add itself, with its last slash."""
    site = question.site
    language = suffix(question.file)
    is_added = language not in _WITHOUT_BASE.get(site.framework, ()) or (
        question.kind == "md_image" and site.framework in _IMPORTED_IN_MARKDOWN
    )
    return f"{site.served.base.stated}/" if site.served.base.stated and not is_added else ""


def _without_base(question: Question, written: str, found: Resolution) -> Resolution:
    """What is wrong with an URL that lacks the base path."""
    if question.kind not in ("md_image", "jsx_attr", "srcset", "inline_css_url"):
        return found
    if question.kind == "inline_css_url" and "class" in question.reference.key.lower():
        return found  # Tailwind makes a style sheet of it
    if _adds_base(question):
        return _with_base_twice(question, written, found)
    is_next = question.site.framework in NEXT and suffix(question.file) in _JSX
    is_html = question.is_in_html_element or (is_next and question.reference.element == "Image")
    base = _base(question)
    if not base or not (is_html or question.kind == "md_image") or question.reference.in_code:
        return found
    url = clamped("", question.path_in(written))
    if f"{url}/".startswith(base) or not any(
        mount.path(url) == found.path for mount in question.site.served.public
    ):
        return found
    return replace(found, hint=f"/{base}{written.lstrip('/')}", wrong="base")


def _adds_base(question: Question) -> bool:
    """Whether the build imports the path, so that it fails if the base path is in it."""
    known, language = question.site.framework, suffix(question.file)
    if question.kind != "md_image" and question.reference.element not in _ELEMENTS:
        return False
    return (known == "vitepress" and language in VUE | MARKDOWN) or (
        known == "docusaurus" and question.kind == "md_image"
    )


def _with_base_twice(question: Question, written: str, found: Resolution) -> Resolution:
    base = question.site.served.base.stated
    url = clamped("", question.path_in(written))
    is_below = bool(base) and within(base, url) is not None
    after = within(base, written.lstrip("/")) if is_below else None
    if after is None or any(mount.path(url) == found.path for mount in question.site.served.public):
        return found
    return replace(found, hint=f"/{after}", wrong="base-twice")


def explained(wrong: Wrong, raw: str, hint: str | None, path: str) -> str:
    """What is wrong with the path ``raw`` of the file ``path``."""
    if wrong == "public-folder":
        return f"{raw} contains the public folder; its URL is {hint}"
    if wrong == "base":
        return f"{raw} is not below the base path of the site; its URL is {hint}"
    if wrong == "base-twice":
        return f"{raw} contains the base path, which the framework adds itself; write {hint}"
    where = "this file" if wrong == "beside" else "the URL of the page"
    what = f"{raw} is read relative to {where}, where there is no image"
    return f"{what}; the path of {path} is {hint}" if hint else f"{what}; {path} is not served"
