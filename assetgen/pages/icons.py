"""The icons of a site in the head of its pages, and in its web manifest, for each framework."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence

from assetgen import escapes
from assetgen.cure import advice, command
from assetgen.errors import UnsupportedOption
from assetgen.manifest.target import ICO_WIDTHS, Target
from assetgen.pages import published
from assetgen.pages.published import Published
from assetgen.record.schema import Measured

#: The web manifest is beside the icons, and names them by their file names.
MANIFEST = "site.webmanifest"
#: What SvelteKit replaces in src/app.html with the URL of its static files.
_SVELTEKIT = "%sveltekit.assets%"

#: The attributes of a link element, or the properties of its object.
Link = Mapping[str, str]


def snippet(found: Published, form: str, public: str | None, base: str) -> str:
    """The links for the head of a page, without a last line end.

    ``base`` is the path that the site is deployed below, without slashes at its ends. Raises
    UnsupportedOption for files without a URL, and for a form that has no head.
    """
    if form == "css":
        raise UnsupportedOption(
            "icons are named in the head of a page, which a style sheet does not have",
            where=f"asset {found.asset_id}",
            cure=command("assetgen snippet {id} --for html", id=found.asset_id),
        )
    if published.url(found.main.path, public) is None:
        raise UnsupportedOption(
            f"{found.main.path} is not in {public}, so it has no URL",
            where=f"asset {found.asset_id}",
            cure=advice("give it a path in {public}", public=public or "the public folder"),
        )
    before = f"/{base}" if base else ""
    before = _SVELTEKIT if form == "sveltekit" else before
    links = list(_links(found, lambda path: before + (published.url(path, public) or "")))
    return "\n".join(_FORMS[form](links))


def _links(found: Published, url: Callable[[str], str]) -> Iterator[Link]:
    for target, file in found.icons:
        if target.use == "ico":
            sizes = " ".join(f"{width}x{width}" for width in ICO_WIDTHS)
            yield {"rel": "icon", "href": url(file.path), "sizes": sizes}
        elif target.use == "touch":
            yield {"rel": "apple-touch-icon", "href": url(file.path)}
        elif not target.use and not _is_for_manifest(file):
            yield {
                "rel": "icon",
                "type": file.media_type,
                "href": url(file.path),
                "sizes": f"{file.width}x{file.height}",
            }
    yield {"rel": "manifest", "href": url(manifest_path(found))}


#: Browsers take icons from the web manifest for home screens, from this width on.
_INSTALLED = 192


def _is_for_manifest(file: Measured) -> bool:
    return file.width > _INSTALLED


def manifest_path(found: Published) -> str:
    """Where the web manifest belongs: beside the icons."""
    return posixpath.join(posixpath.dirname(found.main.path), MANIFEST)


def web_manifest(found: Published) -> str:
    """A web manifest with the icons, as JSON. Its name, its colours and more are the author's."""
    icons = [
        {
            "src": published.file_name(file.path),
            "sizes": f"{file.width}x{file.height}",
            "type": file.media_type,
            **({"purpose": "maskable"} if target.use == "maskable" else {}),
        }
        for target, file in found.icons
        if _is_installed(target, file)
    ]
    return json.dumps({"icons": icons}, indent=2, ensure_ascii=False)


def _is_installed(target: Target, file: Measured) -> bool:
    return target.use == "maskable" or (not target.use and file.width >= _INSTALLED)


# -- forms -----------------------------------------------------------------------------------------


def _elements(links: Sequence[Link], text: Callable[[str], str], end: str) -> list[str]:
    return [
        " ".join(["<link", *(f"{name}={text(value)}" for name, value in link.items())]) + end
        for link in links
    ]


def _html(links: Sequence[Link]) -> list[str]:
    return _elements(links, escapes.html, ">")


def _jsx(links: Sequence[Link]) -> list[str]:
    return _elements(links, escapes.jsx, " />")


def _svelte(links: Sequence[Link]) -> list[str]:
    lines = _elements(links, escapes.svelte, " />")
    return ["<svelte:head>", *("  " + line for line in lines), "</svelte:head>"]


def _objects(links: Sequence[Link], margin: str) -> list[str]:
    """Each link as an object of JavaScript, on a line of its own."""
    return [
        margin
        + "{ "
        + ", ".join(f"{name}: {escapes.script(value)}" for name, value in link.items())
        + " },"
        for link in links
    ]


def _next(links: Sequence[Link]) -> list[str]:
    def named(rel: str) -> list[Link]:
        mine = [link for link in links if link["rel"] == rel]
        rest = [{**one, "url": one["href"]} for one in mine]
        return [
            {name: one[name] for name in ("url", "sizes", "type") if name in one} for one in rest
        ]

    [manifest] = [link["href"] for link in links if link["rel"] == "manifest"]
    return [
        "export const metadata = {",
        "  icons: {",
        "    icon: [",
        *_objects(named("icon"), "      "),
        "    ],",
        "    apple: [",
        *_objects(named("apple-touch-icon"), "      "),
        "    ],",
        "  },",
        f"  manifest: {escapes.script(manifest)},",
        "};",
    ]


def _nuxt(links: Sequence[Link]) -> list[str]:
    return ["useHead({", "  link: [", *_objects(links, "    "), "  ],", "});"]


def _docusaurus(links: Sequence[Link]) -> list[str]:
    inside = (line.strip().removesuffix(",") for line in _objects(links, ""))
    tags = [f'  {{ tagName: "link", attributes: {line} }},' for line in inside]
    return ["headTags: [", *tags, "],"]


def _vitepress(links: Sequence[Link]) -> list[str]:
    inside = (line.strip().removesuffix(",") for line in _objects(links, ""))
    return ["head: [", *(f'  ["link", {line}],' for line in inside), "],"]


def _vitepress_matter(links: Sequence[Link]) -> list[str]:
    return ["head:", *(line for link in links for line in ("  - - link", *_yaml(link)))]


def _starlight_matter(links: Sequence[Link]) -> list[str]:
    lines = ["head:"]
    for link in links:
        first, *rest = (line.replace("    - ", "      ", 1) for line in _yaml(link))
        lines += ["  - tag: link", "    attrs:", first, *rest]
    return lines


def _yaml(link: Link) -> list[str]:
    """The attributes as an item of a list, which is a mapping."""
    rows = [f"{name}: {escapes.script(value)}" for name, value in link.items()]
    return [f"    - {rows[0]}", *(f"      {row}" for row in rows[1:])]


_FORMS: Mapping[str, Callable[[Sequence[Link]], list[str]]] = {
    **dict.fromkeys(("html", "markdown", "vue", "sveltekit", "head"), _html),
    # Their front matter has no place for links: these are for the template of the head.
    **dict.fromkeys(("hugo-front-matter", "jekyll-front-matter"), _html),
    **dict.fromkeys(("react", "mdx", "astro", "astro-head"), _jsx),
    **dict.fromkeys(("svelte", "svelte-head"), _svelte),
    **dict.fromkeys(("next", "next-metadata"), _next),
    **dict.fromkeys(("nuxt", "nuxt-head"), _nuxt),
    # Its front matter has no place for them either: this is for its configuration.
    **dict.fromkeys(("docusaurus", "docusaurus-front-matter"), _docusaurus),
    "vitepress": _vitepress,
    "vitepress-front-matter": _vitepress_matter,
    "starlight-front-matter": _starlight_matter,
}
