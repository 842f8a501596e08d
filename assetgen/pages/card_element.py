"""The meta element ``og:image`` in the key ``head`` of front matter, as frameworks copy it.

Sources: the pages on front matter of Starlight, VitePress, VuePress and Nuxt Content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assetgen.manifest.writes import Writes
from assetgen.pages.front_text import Value
from assetgen.refs.sites.framework import Framework

_KEY = re.compile(r"head(?:[.\[].*)?")
_PROPERTY = "og:image"
#: Elements with an image that a key may point to.
_IMAGES = frozenset({_PROPERTY, "og:image:url", "og:image:secure_url", "twitter:image"})


@dataclass(frozen=True)
class Form:
    """How the front matter of a framework says elements."""

    list_at: tuple[str, ...]
    """The key of the list."""
    snippet: str | None
    """The form of ``snippet`` that prints the same and more."""

    def attributes(self, entry: Any) -> tuple[str, Any]:
        """Where the attributes of an element of the list are, and what is there."""
        if self.snippet == "starlight-front-matter":
            is_meta = isinstance(entry, dict) and entry.get("tag") == "meta"
            return ".attrs", entry.get("attrs") if is_meta else None
        if self.snippet == "vitepress-front-matter":
            is_meta = isinstance(entry, list) and len(entry) > 1 and entry[0] == "meta"
            return "[1]", entry[1] if is_meta else None
        return "", entry

    def element(self, url: str) -> Value:
        """An element for an image."""
        attributes: Value = {"property": _PROPERTY, "content": url}
        if self.snippet == "starlight-front-matter":
            return {"tag": "meta", "attrs": attributes}
        return ["meta", attributes] if self.snippet == "vitepress-front-matter" else attributes


_STARLIGHT = Form(("head",), "starlight-front-matter")
_VITEPRESS = Form(("head",), "vitepress-front-matter")
_NUXT = Form(("head", "meta"), None)
_FORMS: dict[Framework, Form] = {
    "astro": _STARLIGHT,
    "vitepress": _VITEPRESS,
    "vuepress": _VITEPRESS,
    "nuxt": _NUXT,
}


@dataclass(frozen=True)
class Place:
    """Where the front matter of a page names the image of the page."""

    key: str
    form: Form | None = None
    """How the element is written that the key is in; None if the key is an ordinary one."""
    is_new: bool = False
    """Whether the element does not exist yet; the key is that of the element then."""


def form(stated: Writes, framework: Framework) -> Form | None:
    """How the element is written that the key is in; None if the key is an ordinary one."""
    return _FORMS.get(framework) if _KEY.fullmatch(stated.key) else None


def place(stated: Writes, front: Any, framework: Framework) -> Place:
    """Where a page with this front matter names its image.

    An element that the key points to counts if it is one for an image. Otherwise the key means
    the first element for Open Graph, wherever it is in the list, or a new one at its end.
    """
    found = form(stated, framework)
    if found is None:
        return Place(_path_of_jekyll(stated.key, front) if framework == "jekyll" else stated.key)
    entries = front
    for name in found.list_at:
        entries = entries.get(name) if isinstance(entries, dict) else None
    above = ".".join(found.list_at)
    entries = entries if isinstance(entries, list) else []
    contents = dict(_contents(entries, above, found))
    if contents.get(stated.key) in _IMAGES:
        return Place(stated.key, found)
    for where, shown in contents.items():
        if shown == _PROPERTY:
            return Place(where, found)
    return Place(f"{above}[{len(entries)}]", found, is_new=True)


def _path_of_jekyll(key: str, front: Any) -> str:
    """jekyll-seo-tag reads the path as ``image`` or as ``image.path``, as a page has it."""
    image = front.get("image") if isinstance(front, dict) else None
    if key == "image" and isinstance(image, dict):
        return "image.path"
    return "image" if key == "image.path" and isinstance(image, str) and image else key


def _contents(entries: list[Any], place: str, found: Form) -> Iterator[tuple[str, str]]:
    """The key of the content of each element, and the property that it states."""
    for number, entry in enumerate(entries):
        inner, attributes = found.attributes(entry)
        if isinstance(attributes, dict):
            stated = attributes.get("property") or attributes.get("name")
            if isinstance(stated, str):
                yield f"{place}[{number}]{inner}.content", stated
