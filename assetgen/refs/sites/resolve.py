"""A reference -> the file that it means, by the rules of the site that its page belongs to.

Not files, so ``external``: other hosts and schemes, and URLs of the site itself that code answers (``/api/``,
``/_next/``, any URL without the extension of a picture). ``exists`` is None beside a path where only a build can tell:
git ignores the path, it lies behind a link or in a submodule, or a route makes it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from assetgen.fs.globs import compile_glob
from assetgen.refs.folders import below, clamped, joined, upwards, within
from assetgen.refs.languages import MARKDOWN, MDX, SCRIPTS, suffix
from assetgen.refs.listing import Listing
from assetgen.refs.reference import Reference
from assetgen.refs.sites.gitignore import is_ignored
from assetgen.refs.sites.public_folders import Mount
from assetgen.refs.sites.resolution import How, Resolution
from assetgen.refs.sites.site import Site, Sites, is_language

_EXTERNAL = Resolution("external", None, None)
_PACKAGE = Resolution("package", None, None)
_DYNAMIC = Resolution("dynamic", None, None)

_MODULE = {"import", "import_ref", "require"}
_STYLE = {"css_url", "inline_css_url"}
# A browser or a compiler takes what stands in these as relative to the page, even without a leading "./".
_URL = {"md_image", "link", "new_url", *_STYLE}
_PREPROCESSED = (".scss", ".sass", ".less", ".styl")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FILE = re.compile(
    r"\.(?:png|jpe?g|jfif|gif|webp|avif|svgz?|ico|bmp|apng|jxl|heic|heif|tiff?|mp4|webm|mov|m4v|ogv|ogg|mp3|wav|pdf)$",
    re.I,
)
# Parts of URLs that a server or a build answers.
_SERVED_BY_CODE = re.compile(
    r"(?:api|_next|_vercel|_astro|_nuxt|_ipx|_image|\.netlify|cdn-cgi|__\w+)/"
)
_ON_THE_MACHINE = re.compile(r"/(?:usr|tmp|etc|home|var|opt|Users|private|dev|proc)/")
_TEMPLATE = re.compile(r"\$\{|\{\{|\{%|<%|#\{|@\{|\$\(")
_SINGLE_TEMPLATE = re.compile(r"[{}<>*$]|\[[\w.]+\]|%[sd]|(?:^|/):\w")
_LEADING_TEMPLATE = re.compile(r"\A(?:\{\{[^{}]*\}\}|\{%[^{}]*%\}|<%[^%]*%>|%PUBLIC_URL%)(?=/)")
_FILTERED = re.compile(r"\{\{-?\s*([\"'])([^\"']+)\1\s*\|")
_GENERATED_ICON = re.compile(
    r"(?:^|/)(?:favicon|apple-touch-icon|apple-icon|android-chrome|icon|pwa|maskable|mstile|safari-pinned-tab)[\w.-]*$"
)
_GITHUB = re.compile(
    r"(?:^|/)(?:readme|contributing|changelog|security|code_of_conduct)[^/]*$|^\.github/", re.I
)
_PARTIAL = re.compile(r"(?:^|/)(?:_[^/]*|includes?|snippets?|partials?)(?:/|$)")
# Keys under which a script says where it will write.
_OUTPUT_KEYS = {
    "path",
    "out",
    "output",
    "outfile",
    "outputpath",
    "dest",
    "destination",
    "filename",
    "savepath",
}
_MD_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def resolve(reference: Reference, sites: Sites, listing: Listing) -> Resolution:
    """The file that a reference means. Never raises for what is written in a page."""
    if reference.kind == "dynamic":
        return _DYNAMIC
    site = sites.of(reference.file)
    question = _Question(reference, site, sites, listing)
    if reference.kind == "glob":
        return question.glob()
    first: Resolution | None = None
    for written in _spellings(reference):
        found = question.answer(written)
        if found.exists or first is None:
            first = found
        if found.exists or found.path is None:
            break
    return first or _EXTERNAL


def is_dangling(resolution: Resolution, reference: Reference) -> bool:
    """Whether a reference is to be reported as one to a file that is not there.

    A bare name that no rule finds is not: the component that it is handed to may know where the file lies.
    """
    return (
        resolution.exists is False
        and resolution.how in ("relative", "relative-url", "absolute", "alias", "bare")
        and reference.kind not in ("dynamic", "glob")
    )


def _spellings(reference: Reference) -> Iterator[str]:
    """What is written, and what it may be in plain: escapes of Markdown and HTML undone."""
    written, kind = reference.raw.strip(), reference.kind
    if kind in _MODULE:
        written = written.rpartition("!")[2]  # loaders of webpack
    if "&" in written and kind in ("md_image", "link", "jsx_attr", "srcset", "inline_css_url"):
        yield html.unescape(written)
    if "\\" in written and kind in ("md_image", "link"):
        yield _MD_ESCAPE.sub(r"\1", written)
    yield written
    if "\\" in written and kind not in _MODULE:
        yield written.replace("\\", "/")


class _Question:
    """One reference and what it is asked of."""

    __slots__ = ("file", "folder", "kind", "listing", "reference", "site", "sites")

    def __init__(self, reference: Reference, site: Site, sites: Sites, listing: Listing) -> None:
        self.reference = reference
        self.kind = reference.kind
        self.file = reference.file
        self.folder = reference.file.rpartition("/")[0]
        self.site = site
        self.sites = sites
        self.listing = listing

    def answer(self, written: str) -> Resolution:
        """What ``written`` means: first whether it is a path at all, then by how it begins."""
        if self.kind in _MODULE and written.startswith("#"):
            return self._alias(written.partition("?")[0]) or _PACKAGE
        if "{" in written or "<%" in written or "%P" in written:
            written = self._without_template(written)
        if _TEMPLATE.search(written):
            return _DYNAMIC
        if written.startswith("pathname://"):
            found = self.answer(f"/{written[len('pathname://') :].lstrip('/')}")
            return found if found.exists else _EXTERNAL
        if not written or written.startswith(("#", "?", "//")) or _SCHEME.match(written):
            return _EXTERNAL
        path = re.split(r"[?#]", written, maxsplit=1)[0]
        plain = unquote(path) if "%" in path else path
        if plain != path and plain not in self.listing and self._literal(path):
            plain = path
        if "\0" in plain or not plain:
            return _EXTERNAL
        return self._by_beginning(plain, written)

    def _without_template(self, written: str) -> str:
        """``{{ site.baseurl }}/x.png`` and ``{{ '/x.png' | relative_url }}`` are ``/x.png``."""
        filtered = _FILTERED.match(written)
        return filtered[2] if filtered else _LEADING_TEMPLATE.sub("", written, count=1)

    def _literal(self, path: str) -> bool:
        """Whether a file is really called so, with its per cent signs."""
        return bool(self.listing.ending(path.lstrip("./")))

    def _by_beginning(self, path: str, written: str) -> Resolution:
        if path.startswith("/"):
            return self._absolute(path, written)
        if path.startswith(("./", "../")) or path in (".", ".."):
            return self._relative(path)
        if self.kind in _MODULE or path[0] in "@~#$":
            if found := self._alias(path):
                return found
        elif self.kind != "new_url" and (found := self._alias(path)) and found.exists:
            return found
        if path.startswith("~"):
            return self._tilde(path)
        return self._bare(path)

    # An alias, a package

    def _alias(self, specifier: str) -> Resolution | None:
        found = self.site.modules.find(specifier)
        if found is None:
            return None
        alias, paths = found
        settled = self._settled("alias", paths)
        if settled.exists is False and not alias.sure and not settled.candidates:
            rest = specifier.partition("/")[2]
            if candidates := self.listing.ending(rest):
                return Resolution("bare-unknown", None, None, candidates)
        return settled

    def _tilde(self, path: str) -> Resolution:
        return self._alias(path[1:]) or (
            _PACKAGE if self.kind in (*_MODULE, *_STYLE) else self._bare(path)
        )

    # A path from the root of the site

    def _absolute(self, path: str, written: str) -> Resolution:
        url = clamped("", path)
        if (
            not url
            or _SERVED_BY_CODE.match(url)
            or (self.kind == "js_string" and _ON_THE_MACHINE.match(path))
        ):
            return _EXTERNAL
        if not self._is_on_github():  # nearly all of them end here
            for place in self.site.files(url):
                if place in self.listing:
                    return Resolution("absolute", place, True)
        places = self._places(url)
        there = next((place for place in places if place in self.listing), None)
        if there is None and not _FILE.search(url):
            return _EXTERNAL
        if there is None:
            there = self.sites.metadata_file(self.site, url) or self._elsewhere(url)
        if written_out := self._written_with_folder(url, written, there):
            meant, hint = written_out
            return replace(self._settled("absolute", (meant,)), hint=hint)
        if there is not None:
            return Resolution("absolute", there, True)
        if _SINGLE_TEMPLATE.search(url):
            return _DYNAMIC
        if self.sites.answers(self.site, url):
            return Resolution("absolute", places[0], None)
        return self._or_elsewhere(self._settled("absolute", places), url)

    def _places(self, url: str) -> list[str]:
        """Where ``/url`` may lie; the first is where it ought to if it is nowhere."""
        above = self.sites.around(self.site)
        likely = (self.site, *above)
        first = [one for site in likely if (one := site.likeliest(url, self.listing))][:1]
        places = [*first, *self.site.files(url), *self._own_roots(url)]
        for site in above:
            places += [*site.files(url), below(site.root, url)]
        if self._is_on_github():
            places = [url, *places]
        return list(dict.fromkeys([*places, url]))

    def _own_roots(self, url: str) -> list[str]:
        base = self.site.served.base
        after_base = within(base, url) if base else None
        return [below(self.site.root, one) for one in (url, after_base) if one]

    def _is_on_github(self) -> bool:
        return bool(_GITHUB.search(self.file)) and not self.site.is_page(self.file)

    def _elsewhere(self, url: str) -> str | None:
        """A file of another site: one in another language, or any if this one serves nothing itself."""
        sites: Iterable[Site] = self.sites.translations(self.site)
        if not any(self.listing.folder_exists(mount.folder) for mount in self.site.served.public):
            sites = [*sites, *self.sites.all]
        return next(
            (path for site in sites for path in site.files(url) if path in self.listing), None
        )

    def _written_with_folder(
        self, url: str, written: str, there: str | None
    ) -> tuple[str, str | None] | None:
        """What ``/public/x.png`` evidently means, and the URL that says so where it is certain to be a URL.

        None where it is right as it is.
        """
        if self.kind in _MODULE or self._is_on_github():
            return None
        for mount, shown in self._shown_folders():
            rest = within(shown, url)
            if rest is None or there not in (None, below(self.site.root, url)):
                continue
            prefix = f"/{shown}/"
            hint = written[len(prefix) - 1 :] if written.startswith(prefix) else f"/{rest}"
            return below(mount.folder, rest), hint if self._is_certainly_url(mount.folder) else None
        return None

    def _shown_folders(self) -> Iterator[tuple[Mount, str]]:
        """The public folders that an author may take for a part of the URL, and how they are written then."""
        for mount in self.site.served.public:
            shown = within(self.site.root, mount.folder)
            if not mount.prefix and shown and shown.rpartition("/")[2] in ("public", "static"):
                yield mount, shown

    def _is_certainly_url(self, folder: str) -> bool:
        """Whether no other reading is likely: without a framework, Markdown is read on GitHub, and code by servers."""
        if self.site.framework != "plain":
            return True
        declared = self.site.declared is not None and self.site.declared.folder == folder
        return declared and self.file.endswith((".mdx", ".jsx", ".tsx", ".astro", ".vue"))

    def _hint_for(self, there: str) -> str | None:
        """The URL to write for ``<img src="../public/x.png">``, which nothing rewrites."""
        markup = self.file.endswith((".jsx", ".tsx", ".astro", ".mdx"))
        if self.kind not in ("jsx_attr", "srcset") or not markup or not self._is_markup(("Image",)):
            return None
        for mount, shown in self._shown_folders():
            rest = within(mount.folder, there)
            if rest and f"{shown}/" in self.reference.raw and self._is_certainly_url(mount.folder):
                return f"/{rest}"
        return None

    # A path from the file

    def _relative(self, path: str) -> Resolution:
        beside = joined(self.folder, path)
        if self.kind in _MODULE or self.kind == "new_url":
            return (
                self._settled("relative", (beside,))
                if beside
                else Resolution("relative", None, None)
            )
        by_url = self._is_raw_html()
        served = self._by_page_url(path) if by_url or beside not in self.listing else []
        there = next((one for one in (*served, beside) if one in self.listing), None)
        if there is None:
            there = next((one for one in self._from_the_top(path) if one in self.listing), None)
        if there is None:
            return self._missing(path, served[0] if by_url and served else beside)
        return Resolution(
            "relative" if there == beside else "relative-url",
            there,
            True,
            hint=self._hint_for(there),
        )

    def _is_raw_html(self) -> bool:
        """Whether it stands in HTML that the build of a page leaves alone."""
        raw = (
            self.kind in ("jsx_attr", "srcset", "inline_css_url")
            and suffix(self.file) in MARKDOWN | MDX
        )
        return raw and self.site.served.raw_by_url

    def _by_page_url(self, path: str) -> list[str]:
        """The files that the path may mean as a URL relative to the page's own."""
        urls = [clamped(folder, path) for folder in self.site.page_folders(self.file)]
        return list(
            dict.fromkeys(one for url in dict.fromkeys(urls) for one in self.site.files(url))
        )

    def _from_the_top(self, path: str) -> Iterator[str]:
        """Where a path may also start from: the public folder, and for code the folder that it is run in."""
        top = clamped("", path)
        yield from self.site.files(top)
        if any(within(shown, top) for _, shown in self._shown_folders()):
            yield below(self.site.root, top)
        if self.kind in ("js_string", "json_string"):
            yield below(self.site.root, top)
            yield top
        if self.file.endswith(_PREPROCESSED):  # relative to the sheet that takes this one in
            for folder in upwards(self.folder)[1:]:
                if place := joined(folder, path):
                    yield place

    def _missing(self, path: str, likeliest: str | None) -> Resolution:
        if not likeliest:  # ../../actions/workflows/ci.yml/badge.svg on GitHub
            return _EXTERNAL
        if not _FILE.search(path) and self.kind != "md_image":
            return _EXTERNAL
        if _SINGLE_TEMPLATE.search(path):
            return _DYNAMIC
        loose = self.file.endswith(_PREPROCESSED) or self._is_included()
        if loose and (candidates := self.listing.ending(clamped("", path))):
            return Resolution("bare-unknown", None, None, candidates)
        if self._writes():
            return Resolution("relative", likeliest, None)
        settled = self._settled("relative-url" if self._is_raw_html() else "relative", (likeliest,))
        beside = self.kind in ("md_image", "link", *_STYLE) or path.startswith(
            "."
        )  # certainly meant from the file
        return settled if beside or "/" not in path else self._or_elsewhere(settled, path)

    def _or_elsewhere(self, found: Resolution, path: str) -> Resolution:
        """What is missing, unless a build that is not known may well take it from the one file that ends in ``path``.

        Not where the folder that is served is known, nor on GitHub, which builds nothing.
        """
        is_known = (
            self.site.framework != "plain"
            or self._is_on_github()
            or self.kind in (*_MODULE, "new_url")
        )
        if found.exists is not False or found.candidates or is_known or self._serves():
            return found
        candidates = self.listing.ending(clamped("", path))
        return Resolution("bare-unknown", None, None, candidates) if len(candidates) == 1 else found

    def _serves(self) -> bool:
        """Whether a folder is there from which a site without a framework is served."""
        folders = (
            mount.folder for mount in self.site.served.public if mount.folder != self.site.root
        )
        return any(map(self.listing.folder_exists, folders))

    def _is_included(self) -> bool:
        """Whether the file is taken into pages of other folders, so that its paths are relative to those."""
        by_text = ("mkdocs", "hugo", "jekyll", "eleventy", "mintlify", "plain", "mdbook")
        return self.site.framework in by_text and bool(_PARTIAL.search(self.file))

    def _writes(self) -> bool:
        """Whether the string is where a script will put something."""
        key = self.reference.key.rpartition(".")[2].lower()
        return self.kind == "js_string" and key in _OUTPUT_KEYS

    # A path that begins with a name

    def _bare(self, path: str) -> Resolution:
        if self.kind in _MODULE:
            return self._specifier(path)
        if self.kind == "new_url":
            return self._relative(path)
        if self._is_static_name():
            places = [*self.site.files(path), below(self.site.root, path)]
            return self._settled("bare", places) if _FILE.search(path) else _EXTERNAL
        beside = joined(self.folder, path)
        if beside is None:
            return _EXTERNAL
        if beside in self.listing:
            return Resolution("relative" if self._is_relative() else "bare", beside, True)
        rules: tuple[tuple[How, list[str]], ...]
        rules = (("relative-url", self._by_page_url(path)), ("bare", self._bare_places(path)))
        for how, places in rules:
            there = next((one for one in places if one in self.listing), None)
            if there is not None:
                how = how if self._is_relative() else "bare"
                return Resolution(how, there, True, hint=self._hint_for(there))
        return self._missing_bare(path, beside)

    def _is_relative(self) -> bool:
        """Whether a browser or a compiler takes a path without a leading "./" as relative here."""
        return self.kind in _URL or (self.kind in ("jsx_attr", "srcset") and self._is_markup())

    def _is_markup(self, also: tuple[str, ...] = ()) -> bool:
        """Whether the element is one of HTML, which hands its path to nobody who could change it."""
        element = self.reference.element
        return element in also or (
            element[:1].islower() and "-" not in element and "." not in element
        )

    def _bare_places(self, path: str) -> list[str]:
        top = clamped("", path)
        return [*self.site.files(top), below(self.site.root, top), top] if top else []

    def _is_static_name(self) -> bool:
        """Whether it stands in a configuration whose paths are those of files that are served."""
        name = self.file.rpartition("/")[2]
        if self.kind == "json_string":
            return self.site.framework == "mintlify" and name in ("docs.json", "mint.json")
        return self.kind == "js_string" and name.startswith("docusaurus.config.")

    def _specifier(self, path: str) -> Resolution:
        """A module specifier: from ``baseUrl``, else from a folder of the site if the file is there, else a package."""
        base_url = self.site.modules.base_url
        bases = ([base_url] if base_url is not None else []) + [self.site.root]
        places = [place for base in bases if (place := joined(base, path))]
        there = next((place for place in places if place in self.listing), None)
        if there is not None:
            return Resolution("alias", there, True)
        first = path.partition("/")[0]
        if (
            base_url is not None
            and "/" in path
            and self.listing.folder_exists(below(base_url, first))
        ):
            return self._settled("alias", places[:1])
        return _PACKAGE

    def _missing_bare(self, path: str, beside: str) -> Resolution:
        places = [beside, *self._bare_places(path)]
        is_file, is_relative = bool(_FILE.search(path)), self._is_relative()
        if not is_file and is_relative:
            return _EXTERNAL
        if _SINGLE_TEMPLATE.search(path):
            return _DYNAMIC
        candidates = self.listing.ending(clamped("", path))
        if is_relative and not (candidates and suffix(self.file) in SCRIPTS):
            return self._missing(path, self._likeliest(path, beside))
        other = self._settled("bare", places)
        if other.candidates and not candidates:  # the name of a file but for its case
            return other
        evident = (
            None if candidates or not is_file or self._writes() else self._evident(path, places)
        )
        if evident is not None:
            return self._settled("bare", (evident,))
        return Resolution("bare-unknown", None, None, candidates)

    def _likeliest(self, path: str, beside: str) -> str:
        """Mintlify takes every path from the top of the documentation, browsers take it from the page's URL."""
        if self._is_raw_html() and (served := self._by_page_url(path)):
            return served[0]
        if self.site.framework != "mintlify" or self.listing.folder_exists(
            beside.rpartition("/")[0]
        ):
            return beside
        return below(self.site.root, clamped("", path))

    def _evident(self, path: str, places: list[str]) -> str | None:
        """The place of a path whose folder is there: ``images/x.png`` where public/images is, and no x.png in it."""
        if "/" not in path:
            return None
        return next(
            (place for place in places if self.listing.folder_exists(place.rpartition("/")[0])),
            None,
        )

    # What is there

    def _settled(self, how: How, places: Iterable[str]) -> Resolution:
        """The first place that has a file; else the first, and whether it is certain that nothing is there."""
        listing, places = self.listing, list(places)
        for place in places:
            if place in listing:
                return Resolution(how, place, True)
        if self.site.served.in_languages:
            for place in places:
                if there := self._in_other_language(place):
                    return Resolution(how, there, True)
        first = places[0]
        if self._is_made(first):
            return Resolution(how, first, None)
        for place in places:
            if other := listing.other_case(place):
                return Resolution(how, place, False, (other,))
        return Resolution(how, first, False)

    def _is_made(self, path: str) -> bool:
        """Whether a build, a link or a submodule may put a file there."""
        if any(folder in self.listing for folder in upwards(path)[1:]) or is_ignored(
            path, self.listing
        ):
            return True
        made_icons = self.site.served.makes_icons and self.kind not in _MODULE
        return made_icons and bool(_GENERATED_ICON.search(path))

    def _in_other_language(self, path: str) -> str | None:
        """``x.en.png`` for ``x.png``, content/en/x.png for content/fr/x.png."""
        stem, dot, end = path.rpartition(".")
        for one in self.listing.starting(f"{stem}.") if dot else ():
            middle = one[len(stem) + 1 :].removesuffix(f".{end}")
            if one.endswith(f".{end}") and is_language(middle):
                return one
        parts = path.split("/")
        for index, part in enumerate(parts[:-1]):
            if is_language(part) and part != "en":
                other = "/".join([*parts[:index], "en", *parts[index + 1 :]])
                if other in self.listing:
                    return other
        return None

    def glob(self) -> Resolution:
        """Nothing that can dangle; the candidates are the files that the glob takes in."""
        pattern = self.reference.raw.strip().lstrip("!")
        if pattern.startswith("/"):
            places = [below(self.site.root, pattern[1:])]
        elif found := self.site.modules.find(pattern):
            places = list(found[1])
        else:
            places = [place for place in (joined(self.folder, pattern),) if place]
        negated = self.reference.raw.strip().startswith("!")
        found_files = (
            [] if negated else [path for place in places for path in matched(place, self.listing)]
        )
        return Resolution("dynamic", None, None, tuple(dict.fromkeys(found_files)))


def matched(pattern: str, listing: Listing) -> tuple[str, ...]:
    """The files of the repository that a glob of a bundler, relative to it, takes in; none for one that is broken."""
    fixed = re.split(r"[*?{\[]", pattern, maxsplit=1)[0]
    try:
        compiled = compile_glob(pattern)
    except ValueError:
        return ()
    return tuple(path for path in listing.starting(fixed) if compiled.fullmatch(path))
