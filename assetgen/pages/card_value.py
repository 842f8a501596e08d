"""How the front matter of a page names the image of the page, as its framework reads it.

Sources: the pages on front matter and on sharing of each framework; docs/collections.md has the
table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assetgen.manifest.writes import Writes
from assetgen.pages import card_element, published
from assetgen.refs.folders import below, within
from assetgen.refs.listing import Listing
from assetgen.refs.reference import Marks, Reference
from assetgen.refs.sites.framework import NEXT, Framework
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.sites.site import Site, Sites

# They add the base path to a path from the root of the site, or make a whole URL of it.
_ADDS_BASE: frozenset[Framework] = frozenset(
    (
        *("docusaurus", "hugo", "jekyll", "eleventy", "mkdocs", "mdbook", "gatsby", "nuxt"),
        *("vitepress", "vuepress", "mintlify"),
    )
)
#: What builds pages from HTML with front matter.
GENERATORS: frozenset[Framework] = frozenset({"hugo", "jekyll", "eleventy"})
# What Hugo and Next find without a key.
_FOUND_BY_HUGO = re.compile(r"(?i)[^/]*(?:feature|cover|thumbnail)[^/]*")
_FOUND_BY_NEXT = re.compile(r"(?:opengraph|twitter)-image\d*\.\w+")
_BUNDLE = re.compile(r"_?index\.\w+(?:\.\w+)?")


def is_found_by_name(path: str, page: str, site: Site) -> bool:
    """Whether the framework takes the file for the image of the page because of its name."""
    folder, _, name = page.rpartition("/")
    file_folder, _, file = path.rpartition("/")
    if folder != file_folder:
        return False
    if site.framework == "hugo":
        return bool(_BUNDLE.fullmatch(name) and _FOUND_BY_HUGO.fullmatch(file))
    is_route = name.partition(".")[0] in ("page", "layout")
    return site.framework in NEXT and is_route and bool(_FOUND_BY_NEXT.fullmatch(file))


def needs_url(stated: Writes, site: Site) -> bool:
    """Whether only a whole URL works under the key."""
    if stated.form is not None:
        return stated.form == "url"
    return card_element.form(stated, site.framework) is not None


def written(path: str, page: str, stated: Writes, sites: Sites, public: str | None) -> str | None:
    """What the page writes under the key for the file ``path``; None if it cannot name it."""
    site = sites.of(page)
    url = _url(path, public, site)
    if needs_url(stated, site):
        return f"{published.home(sites.url, site)}{url}" if sites.url and url else None
    if stated.form == "page" or (stated.form is None and _is_in_bundle(path, page, site)):
        return _from_page(path, page, site)
    base = site.served.base.stated
    if stated.form == "root" or url is None:
        found = url
    elif site.framework == "hugo":
        found = url.removeprefix("/")  # with a first slash, absURL drops the path of baseURL
    else:
        found = url if site.framework in _ADDS_BASE or not base else f"/{base}{url}"
    if found is None and stated.form is None:
        return _beside(path, page, site)
    return found


def _url(path: str, public: str | None, site: Site) -> str | None:
    """The URL of a file on its site, without its base path."""
    if found := published.url(path, published.served_from(path, public, site)):
        return found
    for mount in site.served.public:
        is_own = mount.folder in ("", site.root, *site.served.unpublished)
        is_page = any(mount.folder == one.folder for one in site.served.content)
        if not is_own and not is_page and (url := published.url(path, mount.folder)):
            return f"/{mount.prefix}{url}" if mount.prefix else url
    return None


def _is_in_bundle(path: str, page: str, site: Site) -> bool:
    folder, _, name = page.rpartition("/")
    is_bundle = site.framework == "hugo" and _BUNDLE.fullmatch(name) is not None
    return is_bundle and within(folder, path) is not None


def _from_page(path: str, page: str, site: Site) -> str:
    found = published.from_page(path, page)
    return found.removeprefix("./") if site.framework == "hugo" else found


def _beside(path: str, page: str, site: Site) -> str | None:
    """The path of a file that has no URL: builds read it from the page, Hugo from its assets."""
    if site.framework == "hugo":
        rest = next(filter(None, (within(one, path) for one in site.served.unpublished)), "")
        return (published.url(below("x", rest), "x") or "").removeprefix("/") or None
    if site.framework in NEXT or site.framework in GENERATORS:
        return None
    return _from_page(path, page, site)


def may_have_query(path: str, page: str, stated: Writes, sites: Sites, public: str | None) -> bool:
    """Whether the page writes a URL, rather than the name of a file that a build reads."""
    site = sites.of(page)
    if needs_url(stated, site):
        return True
    is_path = stated.form == "page" or (stated.form is None and _is_in_bundle(path, page, site))
    return not is_path and _url(path, public, site) is not None


def names(
    value: str,
    path: str,
    page: str,
    *,
    stated: Writes,
    sites: Sites,
    listing: Listing,
    public: str | None,
) -> bool:
    """Whether ``value`` under the key means the file ``path``, in a form that works there."""
    site = sites.of(page)
    is_url = re.match(r"https?://", value) is not None
    if needs_url(stated, site) and not is_url:
        return False
    if value.startswith("/") and site.framework == "hugo" and site.served.base.stated:
        return False  # absURL drops the base path
    if re.split(r"[?#]", value, maxsplit=1)[0] in _spellings(path, page, sites, public):
        return True
    means = resolve(_reference(value, page, stated.key), sites, listing)
    return means.path == path and means.wrong is None


def _spellings(path: str, page: str, sites: Sites, public: str | None) -> Iterator[str]:
    """The values that mean the file even if it does not exist yet."""
    site = sites.of(page)
    if url := _url(path, public, site):
        yield from (url, url.removeprefix("/"), f"{sites.url}{url}")
        yield f"{published.home(sites.url, site)}{url}"
        if base := site.served.base.stated:
            yield f"/{base}{url}"
    elif beside := _beside(path, page, site):
        yield from (beside, beside.removeprefix("./"))
    if _is_in_bundle(path, page, site):
        yield from (published.from_page(path, page), _from_page(path, page, site))


def _reference(value: str, page: str, key: str) -> Reference:
    return Reference(
        file=page,
        line=1,
        col=1,
        kind="frontmatter",
        raw=value,
        alt=None,
        alt_status="n/a",
        dynamic=False,
        width=None,
        height=None,
        element="",
        key=key,
        marks=Marks((0, 0)),
    )
