"""What the rules are asked: one reference, the site of its page and the files of the repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from assetgen.refs.languages import ASTRO, MARKDOWN, MDX, PREPROCESSED, SVELTE, suffix
from assetgen.refs.listing import Listing
from assetgen.refs.reference import Kind, Reference
from assetgen.refs.sites.site import Site, Sites

#: References in which a module names another.
IN_MODULES: frozenset[Kind] = frozenset({"import", "import_ref", "require"})
#: References in style sheets and in styles of elements.
IN_STYLES: frozenset[Kind] = frozenset({"css_url", "inline_css_url"})
# Browsers and compilers read these relative to the page, even without a leading "./".
_URLS: frozenset[Kind] = frozenset({"md_image", "link", "new_url", *IN_STYLES})
_ATTRIBUTES: frozenset[Kind] = frozenset({"jsx_attr", "srcset"})

_FILE = re.compile(
    r"\.(?:png|jpe?g|jfif|gif|webp|avif|svgz?|ico|bmp|apng|jxl|heic|heif|tiff?"
    r"|mp4|webm|mov|m4v|ogv|ogg|mp3|wav|pdf)$",
    re.I,
)
_SINGLE_TEMPLATE = re.compile(r"[{}<>*$]|\[[\w.]+\]|%[sd]|(?:^|/):\w")
_GITHUB = re.compile(
    r"(?:^|/)(?:readme|contributing|changelog|security|code_of_conduct)[^/]*$|^\.github/", re.I
)
_PARTIAL = re.compile(r"(?:^|/)(?:_[^/]*|includes?|snippets?|partials?)(?:/|$)")
_BY_TEXT = frozenset({"mkdocs", "hugo", "jekyll", "eleventy", "mintlify", "plain", "mdbook"})
_CONFIG = re.compile(r"(?:^|/)(?:[\w.-]+\.config|\.eleventy|gulpfile|\.vitepress/.*)\.[cm]?[jt]s$")
# The languages in which they copy the paths of elements.
_LEFT_TO_BROWSERS = {"astro": ASTRO, "sveltekit": SVELTE}
# The keys of the paths that a script writes to.
_OUTPUT_KEYS = (
    *("path", "out", "output", "outfile", "outputpath"),
    *("dest", "destination", "filename", "savepath"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """Which file ``reference`` means, with all that the answer depends on."""

    reference: Reference
    site: Site
    sites: Sites
    listing: Listing

    @property
    def kind(self) -> Kind:
        return self.reference.kind

    @property
    def file(self) -> str:
        """The page."""
        return self.reference.file

    @property
    def folder(self) -> str:
        """The folder of the page."""
        return self.reference.file.rpartition("/")[0]

    def path_in(self, written: str) -> str:
        """The path in a URL: without query, fragment and per cent escapes.

        The escapes stay if a file's name really contains them.
        """
        path = re.split(r"[?#]", written, maxsplit=1)[0]
        plain = unquote(path) if "%" in path else path
        if plain != path and plain not in self.listing:
            return path if self.listing.ending(path.lstrip("./")) else plain
        return plain

    @property
    def is_in_module(self) -> bool:
        return self.reference.kind in IN_MODULES

    @property
    def is_on_github(self) -> bool:
        """Whether GitHub shows the page, rather than the site."""
        return bool(_GITHUB.search(self.file)) and not self.site.is_page(self.file)

    @property
    def is_raw_html(self) -> bool:
        """Whether the reference is in HTML that the build copies unchanged."""
        raw = (
            self.kind in ("jsx_attr", "srcset", "inline_css_url")
            and suffix(self.file) in MARKDOWN | MDX
        )
        return raw and self.site.served.raw_by_url

    @property
    def text(self) -> str | None:
        """The text of the page, in which the marks of the reference count."""
        data = self.listing.read(self.file)
        return None if data is None else data.decode("utf-8", "replace")

    @property
    def is_after_base(self) -> bool:
        """Whether the path directly follows code that is the base path, as in ``${base}a.png``."""
        at = self.reference.marks.raw[0]
        return self.reference.in_code and (self.text or "")[max(0, at - 1) : at] == "}"

    @property
    def is_markup(self) -> bool:
        """Whether the element is written as one, not as a shortcode or a directive."""
        return self.reference.marks.attributes is not None

    @property
    def is_read_by_browser(self) -> bool:
        """Whether the build leaves the path to the browser, which reads it from the page's URL."""
        languages = _LEFT_TO_BROWSERS.get(self.site.framework, frozenset())
        is_element = self.kind in ("jsx_attr", "srcset") and self.is_in_html_element
        return self.is_raw_html or (is_element and suffix(self.file) in languages)

    @property
    def is_in_html_element(self) -> bool:
        """Whether the element is one of HTML: no component changes its path."""
        element = self.reference.element
        return element[:1].islower() and "-" not in element and "." not in element

    @property
    def is_relative(self) -> bool:
        """Whether a path without a leading "./" is relative to the page."""
        if self.reference.in_code:
            return False
        return self.kind in _URLS or (self.kind in _ATTRIBUTES and self.is_in_html_element)

    @property
    def is_in_preprocessed_style(self) -> bool:
        """Whether other style sheets may include the page: its paths are relative to those."""
        return suffix(self.file) in PREPROCESSED

    @property
    def is_in_partial(self) -> bool:
        """Whether pages of other folders include the file: its paths are relative to those."""
        return self.site.framework in _BY_TEXT and bool(_PARTIAL.search(self.file))

    @property
    def is_output(self) -> bool:
        """Whether a script will write to the path."""
        key = self.reference.key.rpartition(".")[2].lower()
        return self.kind == "js_string" and key in _OUTPUT_KEYS

    @property
    def is_in_build_config(self) -> bool:
        """Whether the page is the configuration of a build: it may copy a path from anywhere."""
        return self.kind == "js_string" and bool(_CONFIG.search(self.file))

    @property
    def is_in_site_config(self) -> bool:
        """Whether the page is a configuration whose paths are those of served files."""
        name = self.file.rpartition("/")[2]
        if self.kind == "json_string":
            return self.site.framework == "mintlify" and name in ("docs.json", "mint.json")
        return self.kind == "js_string" and name.startswith("docusaurus.config.")


def names_file(path: str) -> bool:
    """Whether a path ends in the extension of an image, a video, a sound or a PDF."""
    return _FILE.search(path) is not None


def has_placeholder(path: str) -> bool:
    """Whether a path has a part that a program fills in: ``[id]``, ``:id``, ``%s``, ``*``."""
    return _SINGLE_TEMPLATE.search(path) is not None
