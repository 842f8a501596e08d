"""The code that shows a picture in a page, with explicit attributes, for each framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assetgen import escapes
from assetgen.cure import Blank, Cure, advice, command
from assetgen.errors import ManifestError, UnsupportedOption
from assetgen.pages import elements, heads, icons, published, styles
from assetgen.pages.elements import Link, Reach
from assetgen.pages.published import Published
from assetgen.record.schema import Measured
from assetgen.refs.folders import within
from assetgen.refs.languages import suffix
from assetgen.refs.sites.base_paths import NOWHERE
from assetgen.refs.sites.framework import NEXT

if TYPE_CHECKING:
    from assetgen.plan.workspace import Workspace
    from assetgen.refs.sites.site import Site

FORMS = (
    *("next", "react", "astro", "mdx", "markdown", "docusaurus", "html", "css"),
    *("vue", "nuxt", "svelte", "sveltekit", "vitepress"),
)

# Frameworks with a form of their own, and the packages that reveal them.
_OWN: Mapping[str, str] = {
    **dict.fromkeys(NEXT, "next"),
    "astro": "astro",
    "docusaurus": "docusaurus",
    **{name: name for name in ("nuxt", "sveltekit", "vitepress")},
}
_PACKAGES = {
    **{name: name for name in ("next", "astro", "nuxt", "vitepress")},
    "@docusaurus/core": "docusaurus",
    "@sveltejs/kit": "sveltekit",
}
# Frameworks whose pages are Markdown, which some of them show without the HTML in it.
_MARKDOWN = frozenset({"hugo", "eleventy", "jekyll", "mkdocs", "mdbook"})
# Libraries that several frameworks use; their form fits if no framework is there.
_LIBRARIES = ("react", "vue", "svelte")


@dataclass(frozen=True)
class Pages:
    """The pages that show a picture."""

    site: Site
    """The site that they belong to."""
    public: str | None
    """The folder that is served at ``/``."""

    @property
    def framework(self) -> str:
        """The framework that builds them, if it has a form of its own; vite for all others."""
        return _OWN.get(self.site.framework, "vite")


def fitting(site: Site) -> str:
    """The form of snippet for the pages of a site. Raises ManifestError if it is unknown."""
    named = {form for package, form in _PACKAGES.items() if package in site.packages}
    if own := _OWN.get(site.framework):
        return own
    if len(named) == 1:
        return named.pop()
    if not named and site.framework in _MARKDOWN:
        return "markdown"
    libraries = [name for name in _LIBRARIES if name in site.packages]
    if named or len(libraries) != 1:
        what = "package.json does not show which framework the snippet is for"
        raise ManifestError(
            what,
            cure=advice(
                "name it: --for {join} or {forms}", join=", ".join(FORMS[:-1]), forms=FORMS[-1]
            ),
        )
    return libraries[0]


#: The form of a page's language, where package.json shows none.
_BY_SUFFIX = {
    **{name: name for name in ("astro", "css", "vue", "svelte")},
    **dict.fromkeys(("md", "markdown"), "markdown"),
    "jsx": "react",
    "tsx": "react",
}


def printing(asset_id: str | Blank, site: Site, page: str = "") -> Cure:
    """The command that prints the snippet to paste into ``page``; it works on every site."""
    try:
        form = fitting(site)
    except ManifestError:
        form = ""
    if form in ("", "markdown"):
        form = _BY_SUFFIX.get(suffix(page), "html")
    return command("assetgen snippet {asset} --for {form}", asset=asset_id, form=form)


@dataclass(frozen=True)
class Parts:
    """A snippet in two parts: import lines and markup, without a last line end."""

    imports: tuple[str, ...]
    markup: str


@dataclass(frozen=True)
class Code:
    """What is pasted into a page, the form that it has, and a file that it needs."""

    form: str
    text: str
    file: tuple[str, str] | None = None
    """The path and the text of a web manifest."""

    @property
    def whole(self) -> str:
        """The text, and below it the file."""
        return f"{self.text}\n\n{self.file[0]}:\n{self.file[1]}" if self.file else self.text

    @property
    def facts(self) -> dict[str, str]:
        """The parts as JSON has them."""
        beside = {"file": self.file[0], "content": self.file[1]} if self.file else {}
        return {"for": self.form, "snippet": self.text, **beside}


def of_asset(project: Workspace, asset_id: str, form: str | None) -> Code:
    """The snippet of an asset, by default in the form of the site.

    Raises ManifestError, StorageError or UnsupportedOption.
    """
    found = published.shown(project, asset_id, is_card=form in heads.HEAD_FORMS)
    stated = project.manifest.project
    site = project.sites.of(found.main.path)
    public = published.served_from(found.main.path, stated.public, site)
    if found.icons:
        return _of_icons(found, form or _of_head(site), site, public)
    if form in heads.HEAD_FORMS:
        home, is_versioned = published.home(stated.url, site), stated.card_version
        return Code(form, heads.snippet(found, form, public, home, is_versioned=is_versioned))
    form = form or fitting(site)
    return Code(form, snippet(found, form, Pages(site, public)))


def _of_head(site: Site) -> str:
    """The form of a head: every site that shows no framework has one of HTML."""
    try:
        return fitting(site)
    except ManifestError:
        return "html"


def _of_icons(found: Published, form: str, site: Site, public: str | None) -> Code:
    # Vite adds the base of a site to its index.html.
    base = "" if site.framework == "vite" and form == "html" else site.served.base.stated
    text = icons.snippet(found, form, public, base)
    return Code(form, text, (icons.manifest_path(found), icons.web_manifest(found)))


def snippet(found: Published, form: str, pages: Pages) -> str:
    """The text to paste, without a last line end: imports, a blank line, markup.

    Raises UnsupportedOption if a page of this form cannot reach the picture.
    """
    made = parts(found, form, pages)
    return "\n".join([*made.imports, *([""] if made.imports else []), made.markup])


def parts(found: Published, form: str, pages: Pages) -> Parts:
    """The parts of a snippet. Raises UnsupportedOption if such a page cannot reach the picture."""
    is_served = published.url(found.main.path, pages.public) is not None
    if form == "css":
        return Parts((), styles.rule(found, _served(found, form, pages)))
    if form == "markdown" and found.dark:  # Markdown has no form for two themes
        form = "html"
    if form == "markdown" or (form == "docusaurus" and is_served and _suits_docusaurus(found)):
        text = escapes.markdown(found.alt, is_typographic=pages.framework == "astro")
        return Parts((), f"![{text}]({_served(found, form, pages)(found.main).url})")
    if is_served or form == "html":
        link, imports = _served(found, form, pages), []
        if form == "docusaurus":
            link, imports = _based(link), ['import useBaseUrl from "@docusaurus/useBaseUrl";']
            imports += [_THEMED] if found.dark else []
        elif form == "sveltekit" and _has_paths(pages.site):
            link, imports = _below_base(link), ['import { base } from "$app/paths";']
    else:
        link, imports = _imported(found, form, pages)
        imports += [_THEMED] if found.dark and form == "docusaurus" else []
    has_classes = form in ("astro", "mdx") and _STARLIGHT in pages.site.packages
    lines = elements.markup(found, form, link, has_classes=has_classes)
    return Parts(tuple(imports), "\n".join(lines))


# Its style sheet has classes that hide an element in one theme, whatever the visitor chose.
_STARLIGHT = "@astrojs/starlight"
_THEMED = 'import ThemedImage from "@theme/ThemedImage";'


def relative(found: Published, page: str, pages: Pages) -> Parts:
    """The parts of a snippet that names the picture by its path from a Markdown page."""
    text = escapes.markdown(found.alt, is_typographic=pages.framework == "astro")
    return Parts((), f"![{text}]({published.from_page(found.main.path, page)})")


def _suits_docusaurus(found: Published) -> bool:
    """Whether a Markdown image works: Docusaurus drops an empty alt and escapes some twice."""
    has_one_file = not (found.variants or found.dark)
    return has_one_file and bool(found.alt) and not set("&<>\"'") & set(found.alt)


# -- how pages reach files -------------------------------------------------------------------------


def _served(found: Published, form: str, pages: Pages) -> Reach:
    if published.url(found.main.path, pages.public) is None:
        raise UnsupportedOption(
            f"{found.main.path} is not in {pages.public}, so it has no URL for the form {form}",
            where=f"asset {found.asset_id}",
            cure=_reachable(found, pages),
        )
    return lambda file: Link(published.url(file.path, pages.public))


def _reachable(found: Published, pages: Pages) -> Cure:
    """The cure for a picture without a URL: import it, if the site's pages can do that."""
    place = advice("give it a path in {public}", public=pages.public or "")
    try:
        form = fitting(pages.site)
    except ManifestError:  # unknown whether anything here imports pictures
        return place
    if form == "markdown":
        return place
    return advice(
        "{place}, or import it: {snippet}",
        place=place,
        snippet=command("assetgen snippet {asset} --for {form}", asset=found.asset_id, form=form),
    )


def _based(link: Reach) -> Reach:
    """A URL in JSX, to which Docusaurus adds its base only by this hook."""
    return lambda file: Link(None, f"useBaseUrl({escapes.script(link(file).url or '')})")


def _has_paths(site: Site) -> bool:
    """Whether the configuration of SvelteKit may set a base path."""
    return site.served.base != NOWHERE or re.search(r"\bpaths\b", site.served.config) is not None


def _below_base(link: Reach) -> Reach:
    """A URL below the base path of SvelteKit, which does not add it to elements."""
    return lambda file: Link("{base}" + (link(file).url or ""))


def _imported(found: Published, form: str, pages: Pages) -> tuple[Reach, list[str]]:
    """The files as modules: a bundler gives each its URL, or an object with it."""
    framework = form if form in _OWN.values() else pages.framework
    names = {
        file.path: _name(one, file)
        for one in (replace(found, dark=None), *([found.dark] if found.dark else []))
        for file in elements.used(one)
    }
    imports = [
        f"import {name} from {escapes.script(_specifier(found, path, framework, pages))};"
        for path, name in names.items()
    ]
    is_object = framework in ("next", "astro")

    def link(file: Measured) -> Link:
        name = names[file.path]
        return Link(None, f"{name}.src" if is_object else name, name)

    return link, imports


def _specifier(found: Published, path: str, framework: str, pages: Pages) -> str:
    inside = within(pages.site.root, path) or path
    if framework == "docusaurus":
        return f"@site/{inside}"
    if framework == "nuxt":
        return f"~~/{inside}"  # "~" is app/ in Nuxt 4, and the root before
    if framework == "sveltekit" and not inside.startswith("src/"):
        raise UnsupportedOption(
            f"{path} is not in {pages.public}, and SvelteKit serves imports only from src",
            where=f"asset {found.asset_id}",
            cure=advice("give it a path in {public} or in src/lib", public=pages.public or ""),
        )
    if framework == "sveltekit" and inside.startswith("src/lib/"):
        return f"$lib/{inside.removeprefix('src/lib/')}"
    if framework != "next":
        return f"/{inside}"  # Vite and Astro start at the root of the site
    if (specifier := pages.site.modules.specifier(path)) is None:
        raise UnsupportedOption(
            f"{path} is not in {pages.public}, and no import path works in all pages",
            where=f"asset {found.asset_id}",
            cure=advice(
                'add "paths": {{ "@/*": ["./*"] }} to compilerOptions in tsconfig.json, '
                "or give it a path in {public}",
                public=pages.public or "",
            ),
        )
    return specifier


def _name(found: Published, file: Measured) -> str:
    """An identifier for a file. It ends in Image, so it is no keyword."""
    first, *rest = found.asset_id.replace("/", "-").split("-")
    name = first + "".join(part[:1].upper() + part[1:] for part in rest) + "Image"
    name = name if not name[0].isdigit() else "_" + name
    return name if file is found.main else f"{name}{file.width}{file.format.capitalize()}"
