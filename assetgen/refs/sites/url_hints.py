"""The URL to write for a path that names the public folder (``/public/x.png`` -> ``/x.png``)."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.refs.folders import within
from assetgen.refs.languages import MODULE_SYNTAX, VUE, suffix
from assetgen.refs.sites.question import Question
from assetgen.refs.sites.served import Mount
from assetgen.refs.sites.site import Site


def shown_folders(site: Site) -> Iterator[tuple[Mount, str]]:
    """The public folders that authors may write as a part of the URL, and how."""
    for mount in site.served.public:
        shown = within(site.root, mount.folder)
        if not mount.prefix and shown and shown.rpartition("/")[2] in ("public", "static"):
            yield mount, shown


def url_hint(question: Question, path: str) -> str | None:
    """The URL to write for ``<img src="../public/x.png">``, which no build rewrites."""
    is_shown = question.is_in_html_element or question.reference.element == "Image"
    if not is_shown or question.kind not in ("jsx_attr", "srcset"):
        return None
    if suffix(question.file) not in MODULE_SYNTAX - VUE:
        return None
    for mount, shown in shown_folders(question.site):
        rest = within(mount.folder, path)
        is_written = f"{shown}/" in question.reference.raw
        if rest and is_written and is_certainly_url(question, mount.folder):
            return f"/{rest}"
    return None


def is_certainly_url(question: Question, folder: str) -> bool:
    """Whether a path in ``folder`` can only be a URL.

    Without a framework it may be a path: GitHub reads the Markdown, and servers the code.
    """
    site = question.site
    if site.framework != "plain":
        return True
    is_declared = site.declared is not None and site.declared.folder == folder
    return is_declared and suffix(question.file) in MODULE_SYNTAX
