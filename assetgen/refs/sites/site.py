"""The sites of a repository: which one a file belongs to, and what each serves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from assetgen.refs.folders import joined, upwards, within
from assetgen.refs.listing import Listing
from assetgen.refs.sites import aliases, endpoints, framework, public_folders
from assetgen.refs.sites.aliases import Modules
from assetgen.refs.sites.framework import NEXT, Framework
from assetgen.refs.sites.served import Mount, Served
from assetgen.refs.sites.tongues import is_language, may_be_language

#: ``public`` of a manifest that does not set it.
DEFAULT_PUBLIC = "public"

#: The configuration files that may name a folder of pages outside of their site.
_NAMES_FOLDERS = ("docusaurus.config", ".vitepress", "mkdocs.y")
_INDEX = {"index", "_index", "readme", "+page"}
_THEME = re.compile(r"(?:(?P<site>.*)/)?themes/[^/]+")
_DATED = re.compile(r"\d{4}-\d\d-\d\d-(?=.)")


@dataclass(frozen=True)
class Site:
    """One site: its folder, what builds it, what it serves."""

    root: str
    """Relative to the repository; "" is the repository itself."""
    framework: Framework
    served: Served
    modules: Modules
    packages: frozenset[str] = frozenset()
    """Those that its package.json names."""
    declared: Mount | None = None
    """The folder that the manifest declares as served at ``/``."""

    @cached_property
    def _index(self) -> set[str]:
        """The names of pages that are served at their folder's URL."""
        return _INDEX | ({"page"} if self.framework in NEXT else set())

    def files(self, url: str) -> list[str]:
        """The files that may answer ``url`` (without its first slash), most likely first."""
        urls = (url, *self.served.base.below(url))
        found = [mount.path(one) for one in urls for mount in self.served.public]
        return [path for path in dict.fromkeys(found) if path]

    def likeliest(self, url: str, listing: Listing) -> str | None:
        """The file that would answer ``url``, even if it is missing; None for no folder."""
        own = [one for one in self.served.public if one.prefix and within(one.prefix, url)]
        for mount in sorted(own, key=lambda one: -len(one.prefix)):
            if (path := mount.path(url)) and listing.folder_exists(mount.folder):
                return path
        paths = self.files(url)
        bases = (within(one, url) for one in self.served.base.named)
        base = next((one for one in bases if one is not None), None)
        if base is not None and not any(
            listing.folder_exists(path.rpartition("/")[0]) for path in paths[:1]
        ):
            paths = [path for mount in self.served.public if (path := mount.path(base))] or paths
        return paths[0] if paths else None

    def is_published(self, path: str) -> bool:
        """Whether a folder that contains the file, but not the whole site, is served as it is."""
        kept = (mount.folder for mount in self._published())
        return any(path == one or within(one, path) is not None for one in kept)

    def answers(self, url: str, path: str) -> bool:
        """Whether ``url`` (without its first slash) is that of the file in a published folder."""
        urls = (url, *self.served.base.below(url))
        return any(mount.path(one) == path for mount in self._published() for one in urls)

    def _published(self) -> Iterator[Mount]:
        for mount in self.served.public:
            if mount.folder not in ("", self.root, *self.served.unpublished):
                yield mount

    def own_folders(self, file: str) -> list[str]:
        """The URL folders that a relative URL on a page starts from if each page is a folder."""
        stem = file.rpartition("/")[2].partition(".")[0]
        stems = {stem, _DATED.sub("", stem)}
        is_index = stem.lower() in self._index
        return [
            one for one in self.page_folders(file) if is_index or one.rpartition("/")[2] in stems
        ]

    def page_folders(self, file: str) -> list[str]:
        """The URL folders that a relative URL on a page may start from, most likely first."""
        found: list[str] = []
        for mount in (*self.served.content, *self.served.public):
            rest = within(mount.folder, file)
            if rest is None:
                continue
            folder, _, name = f"{mount.prefix}/{rest}".strip("/").rpartition("/")
            folder = (
                "/".join(part for part in folder.split("/") if not part.startswith("("))
                if "(" in folder
                else folder
            )
            stem = name.partition(".")[0]
            if stem == "+page":  # SvelteKit serves b/+page.svelte as /b, unless told otherwise
                found += [folder.rpartition("/")[0], folder]
                continue
            own = [] if stem.lower() in self._index else [f"{folder}/{stem}".lstrip("/")]
            if _DATED.match(stem):
                own.append(f"{folder}/{_DATED.sub('', stem)}".lstrip("/"))
            found += [*own, folder] if self.served.page_is_folder else [folder, *own]
        return list(dict.fromkeys(found))

    def is_page(self, file: str) -> bool:
        """Whether a file is in a folder of pages, not only somewhere below the site."""
        return any(
            within(mount.folder, file) is not None
            for mount in self.served.content
            if mount.folder != self.root
        )


class Sites:
    """All sites of a repository; the deepest one that contains a file decides for it."""

    def __init__(
        self,
        listing: Listing,
        *,
        framework: Framework | None = None,
        public: str | None = None,
        url: str | None = None,
    ) -> None:
        """``framework`` overrides that of the site in the root.

        ``public`` is the folder that the manifest declares as served at ``/`` by its site, and
        ``url`` is where the site is.
        """
        self.url = url.rstrip("/") if url else None
        self._listing = listing
        self._framework = framework
        self._public = public
        self._built: dict[str, Site | None] = {}
        self._by_folder: dict[str, Site] = {}
        self._endpoints: dict[str, re.Pattern[str] | None] = {}
        self._metadata: dict[str, dict[str, str]] = {}
        self._translations: dict[str, list[Site]] = {}

    def of(self, file: str) -> Site:
        """The site that decides for a file."""
        folder = file.rpartition("/")[0]
        site = self._by_folder.get(folder)
        if site is None:
            site = self._by_folder[folder] = self._deciding(folder)
        return site

    def around(self, site: Site) -> list[Site]:
        """The sites that contain ``site``, the nearest first."""
        above = upwards(site.root)[1:] if site.root else []
        return [one for folder in above if (one := self._site(folder))]

    @cached_property
    def all(self) -> tuple[Site, ...]:
        """Every site, by folder; the one in the root always exists."""
        return tuple(
            site for folder in sorted({"", *self._config_files}) if (site := self._site(folder))
        )

    def translations(self, site: Site) -> list[Site]:
        """The sites beside ``site`` in other languages (docs/en beside docs/fr)."""
        if site.root not in self._translations:
            self._translations[site.root] = self._beside(site)
        return self._translations[site.root]

    def _beside(self, site: Site) -> list[Site]:
        above, _, name = site.root.rpartition("/")
        if not may_be_language(name):
            return []
        beside = [
            folder
            for folder in self._config_files
            if folder.rpartition("/")[0] == above and folder != site.root
        ]
        spoken = sorted(folder for folder in beside if is_language(folder.rpartition("/")[2]))
        found = [one for folder in spoken if (one := self._site(folder))]
        return sorted(found, key=lambda one: not one.root.endswith("/en"))

    def answers(self, site: Site, url: str) -> bool:
        """Whether code or a rewrite rule answers ``url`` (without its first slash), not a file."""
        if site.root not in self._endpoints:
            public = [mount.folder for mount in site.served.public]
            found = endpoints.endpoints(
                site.root,
                framework=site.framework,
                config=site.served.config,
                public=public,
                listing=self._listing,
            )
            self._endpoints[site.root] = found
        pattern = self._endpoints[site.root]
        return bool(pattern and pattern.match(url))

    def metadata_file(self, site: Site, url: str) -> str | None:
        """The file in Next's app folder that is served as ``url`` by its name."""
        if site.root not in self._metadata:
            self._metadata[site.root] = endpoints.metadata_files(
                site.root, site.framework, self._listing
            )
        return self._metadata[site.root].get(url)

    @cached_property
    def _config_files(self) -> dict[str, dict[str, str]]:
        return framework.config_files(self._listing)

    def _deciding(self, folder: str) -> Site:
        for one in upwards(folder):
            if site := self._adopted.get(one) or self._site(one):
                return site
        raise AssertionError("the root is always a site")

    @cached_property
    def _adopted(self) -> dict[str, Site]:
        """Folders outside of a site that its configuration names as folders of its pages."""
        found: dict[str, Site] = {}
        for folder, names in sorted(self._config_files.items()):
            names_them = any(name.startswith(_NAMES_FOLDERS) for name in names)
            if names_them and (one := self._site(folder)):
                found |= {
                    place: one
                    for place in one.served.elsewhere
                    if place and place not in self._config_files
                }
        return found

    def _site(self, folder: str) -> Site | None:
        if folder not in self._built:
            known = self._known(folder)
            self._built[folder] = self._build(folder, known) if known else None
        return self._built[folder]

    def _known(self, folder: str) -> Framework | None:
        if folder == "" and self._framework:
            return self._framework
        found = self._config_files.get(folder)
        if found is None:
            return None if folder else "plain"
        if (theme := _THEME.fullmatch(folder)) and self._is_of_hugo(theme["site"] or ""):
            return None  # Hugo serves it as a part of its site
        known = framework.identify(folder, found, self._listing)
        if known is None and (not folder or self._stands_alone(folder)):
            return "plain"
        return known

    def _is_of_hugo(self, folder: str) -> bool:
        site = self._site(folder)
        return site is not None and site.framework == "hugo"

    def _stands_alone(self, folder: str) -> bool:
        """Whether a package without a framework has aliases of its own, or serves files."""
        inside = ("tsconfig.json", "jsconfig.json", "index.html")
        own = any(f"{folder}/{name}" in self._listing for name in inside)
        own = own or any(
            self._listing.folder_exists(f"{folder}/{name}") for name in ("public", "static")
        )
        if not own:
            return False
        above = self._deciding_above(folder)
        return not any(
            within(mount.folder, folder)
            for mount in above.served.public
            if mount.folder != above.root
        )

    def _deciding_above(self, folder: str) -> Site:
        return next(site for one in upwards(folder)[1:] if (site := self._site(one)))

    def _build(self, folder: str, known: Framework) -> Site:
        found = self._config_files.get(folder, {})
        packages = framework.dependencies(found, self._listing)
        what = public_folders.of(
            known, root=folder, found=found, packages=packages, listing=self._listing
        )
        named = aliases.modules(folder, usual=what.usual, config=what.config, listing=self._listing)
        site = Site(folder, framework=known, served=what, modules=named, packages=packages)
        if self._public is not None and self._owner(self._public) == folder:
            return self._with_public(site, self._public)
        return site

    def _owner(self, public: str) -> str:
        """The folder of the site that contains the manifest's ``public``."""
        for folder in upwards(public.rpartition("/")[0]):
            if folder in self._config_files and framework.identify(
                folder, self._config_files[folder], self._listing
            ):
                return folder
        return ""

    def _with_public(self, site: Site, public: str) -> Site:
        """The site with the folder of the manifest; a missing one comes after existing ones."""
        place = joined("", public)
        if place is None:
            return site
        declared, own = Mount("", place), site.served.public
        if declared not in own:
            there = any(
                self._listing.folder_exists(one.folder) for one in own if one.folder != site.root
            )
            if public == DEFAULT_PUBLIC:  # the manifest need not contain it
                leads = not there and (
                    site.framework == "plain" or self._listing.folder_exists(place)
                )
            else:
                leads = not there or self._listing.folder_exists(place)
            own = (declared, *own) if leads else (*own, declared)
        return replace(site, served=replace(site.served, public=own), declared=declared)
