"""The picture of a page in its head: what a link to the page shows on social networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assetgen import escapes
from assetgen.cure import advice, command
from assetgen.errors import ManifestError, UnsupportedOption
from assetgen.pages import published
from assetgen.pages.published import Published
from assetgen.record.schema import Measured

#: Width to height from which networks show a card with a large picture.
_LARGE = 1.5


@dataclass(frozen=True)
class Card:
    """An image as social networks read it from the head of a page."""

    file: Measured
    alt: str
    path: str
    """The URL of the file on its site, with a first slash."""
    site: str
    """The URL of the site, without a last slash; "" if the manifest does not state it."""

    @property
    def url(self) -> str:
        return self.site + self.path

    @property
    def form(self) -> str:
        """The card of X."""
        is_large = self.file.width >= _LARGE * self.file.height
        return "summary_large_image" if is_large else "summary"

    def properties(self) -> Iterator[tuple[str, str]]:
        """The properties of Open Graph."""
        yield "og:image", self.url
        yield "og:image:type", self.file.media_type
        yield "og:image:width", str(self.file.width)
        yield "og:image:height", str(self.file.height)
        if self.alt:
            yield "og:image:alt", self.alt

    def attributes(self) -> Iterator[tuple[str, str, str]]:
        """The attributes of each meta element: what names it, its name, and its content."""
        yield from (("property", name, value) for name, value in self.properties())
        yield "name", "twitter:card", self.form


def snippet(
    found: Published,
    form: str,
    public: str | None,
    site: str | None,
    *,
    is_versioned: bool = False,
) -> str:
    """The code for the head of a page, without a last line end.

    ``is_versioned``: the URL changes with the content, because networks cache by URL. Raises
    UnsupportedOption for a file without a URL, and ManifestError if the form needs the URL of the
    site and the manifest does not state it.
    """
    file = _file(found)
    path = published.url(file.path, public)
    if path is None:
        raise UnsupportedOption(
            f"{file.path} is not in {public}, so it has no URL",
            where=f"asset {found.asset_id}",
            cure=advice("give it a path in {public}", public=public or "the public folder"),
        )
    write = _FORMS[form]
    if write not in _ROOTED and not site:
        raise ManifestError(
            "networks need the whole URL of an image, and the manifest does not say where the "
            "site is",
            cure=advice(
                'add url = "https://example.org" under [project], then {again}',
                again=command("assetgen snippet {id} --for {form}", id=found.asset_id, form=form),
            ),
        )
    path += published.version(found.digests[file.path]) if is_versioned else ""
    return "\n".join(write(Card(file, found.alt, path, (site or "").rstrip("/"))))


def _file(found: Published) -> Measured:
    """The file for networks: they accept PNG and JPEG everywhere, WebP and AVIF not."""
    accepted = [one for one in found.files if one.format in ("png", "jpeg")]
    if found.main in accepted or not accepted:
        return found.main
    return max(accepted, key=lambda one: one.width)


# -- markup ----------------------------------------------------------------------------------------


def _elements(card: Card, text: Callable[[str], str], end: str) -> list[str]:
    return [
        f'<meta {kind}="{name}" content={text(value)}{end}'
        for kind, name, value in card.attributes()
    ]


def _html(card: Card) -> Sequence[str]:
    return _elements(card, escapes.html, ">")


def _astro(card: Card) -> Sequence[str]:
    return _elements(card, escapes.jsx, " />")


def _svelte(card: Card) -> Sequence[str]:
    lines = _elements(card, escapes.svelte, " />")
    return ["<svelte:head>", *("  " + line for line in lines), "</svelte:head>"]


# -- script ----------------------------------------------------------------------------------------


def _next(card: Card) -> Sequence[str]:
    alt = [f"alt: {escapes.script(card.alt)}"] if card.alt else []
    image = [
        f"url: {escapes.script(card.url)}",
        f"width: {card.file.width}",
        f"height: {card.file.height}",
        *alt,
        f'type: "{card.file.media_type}"',
    ]
    return [
        "export const metadata = {",
        "  openGraph: {",
        "    images: [",
        "      {",
        *(f"        {part}," for part in image),
        "      },",
        "    ],",
        "  },",
        f'  twitter: {{ card: "{card.form}" }},',
        "};",
    ]


def _nuxt(card: Card) -> Sequence[str]:
    names = {
        "og:image": "ogImage",
        "og:image:type": "ogImageType",
        "og:image:width": "ogImageWidth",
        "og:image:height": "ogImageHeight",
        "og:image:alt": "ogImageAlt",
    }
    lines = [f"  {names[name]}: {escapes.script(value)}," for name, value in card.properties()]
    return ["useSeoMeta({", *lines, f'  twitterCard: "{card.form}",', "});"]


# -- front matter ----------------------------------------------------------------------------------


def _docusaurus(card: Card) -> Sequence[str]:
    return [f"image: {escapes.script(card.path)}"]  # it adds the base path itself


def _hugo(card: Card) -> Sequence[str]:
    # With a first slash, absURL drops the path of baseURL.
    return ["images:", f"  - {escapes.script(card.path.removeprefix('/'))}"]


def _jekyll(card: Card) -> Sequence[str]:
    return [
        "image:",
        f"  path: {escapes.script(card.path)}",
        f"  width: {card.file.width}",
        f"  height: {card.file.height}",
        *([f"  alt: {escapes.script(card.alt)}"] if card.alt else []),
    ]


def _starlight(card: Card) -> Sequence[str]:
    lines = ["head:"]
    for kind, name, value in card.attributes():
        lines += ["  - tag: meta", "    attrs:", f"      {kind}: {name}"]
        lines += [f"      content: {escapes.script(value)}"]
    return lines


def _vitepress(card: Card) -> Sequence[str]:
    lines = ["head:"]
    for kind, name, value in card.attributes():
        lines += ["  - - meta", f"    - {kind}: {name}", f"      content: {escapes.script(value)}"]
    return lines


_FORMS: dict[str, Callable[[Card], Sequence[str]]] = {
    "head": _html,
    "astro-head": _astro,
    "svelte-head": _svelte,
    "nuxt-head": _nuxt,
    "next-metadata": _next,
    "docusaurus-front-matter": _docusaurus,
    "hugo-front-matter": _hugo,
    "jekyll-front-matter": _jekyll,
    "starlight-front-matter": _starlight,
    "vitepress-front-matter": _vitepress,
}
#: Those whose frameworks make a whole URL of a path.
_ROOTED = (_docusaurus, _hugo, _jekyll)
HEAD_FORMS = tuple(_FORMS)
