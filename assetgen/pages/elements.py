"""The elements that show an image: img, picture with its sources, and components like them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assetgen.manifest.key_types import Format
from assetgen.pages import published
from assetgen.pages.published import Published
from assetgen.pages.syntax import Syntax, syntax_of
from assetgen.record.schema import Measured

# Next warns of a blur for a picture of less than 40x40 pixels (next/image, get-img-props).
_SMALLEST_BLUR = 1600
_WIDEST_LINE = 100


@dataclass(frozen=True)
class Link:
    """How a page refers to one file: by a URL, or by an expression in its script."""

    url: str | None
    expression: str = ""
    module: str = ""
    """The imported object, which the components of Next and Astro accept as src."""


Reach = Callable[[Measured], Link]


def used(found: Published) -> list[Measured]:
    """The files in the markup, the main one first."""
    sources, fallback = choice(found)
    files = [found.main, *(file for files in sources.values() for file in files), *fallback]
    return list({file.path: file for file in files}.values())


def choice(found: Published) -> tuple[Mapping[Format, Sequence[Measured]], Sequence[Measured]]:
    """The files of each modern format, and those of the fallback that all browsers support."""
    sets = dict(published.sets(found))
    plain = [
        fmt for fmt in (found.main.format, "jpeg", "png") if fmt in sets and fmt in ("jpeg", "png")
    ]
    last = plain[0] if plain else list(sets)[-1]
    fallback = sets.pop(last)
    return {fmt: files for fmt, files in sets.items() if fmt not in ("jpeg", "png")}, fallback


def markup(found: Published, form: str, link: Reach) -> list[str]:
    syntax = syntax_of(form)
    is_component = form in ("next", "astro")
    offered, fallback = choice(found)
    sources = [_source(found, fmt, files, link, syntax) for fmt, files in offered.items()]
    main = found.main if found.main in fallback else fallback[-1]
    at = link(main)
    source = Link(at.url, at.module) if is_component else at
    attributes = [_attribute("src", source, syntax)]
    if len(fallback) > 1 and is_component:  # which accepts no srcset
        sources.append(_source(found, main.format, fallback, link, syntax))
    elif len(fallback) > 1:
        attributes += _set(found, fallback, link, syntax)
    attributes += [
        f"alt={syntax.text(found.alt)}",
        f"width={syntax.number(found.main.width)}",
        f"height={syntax.number(found.main.height)}",
    ]
    if form == "next":
        attributes += _of_next(found)
    attributes.append(syntax.style)
    image = _element("Image" if is_component else "img", attributes, syntax)
    if not sources:
        return image
    return [
        "<picture>",
        *("  " + line for lines in (*sources, image) for line in lines),
        "</picture>",
    ]


def _of_next(found: Published) -> list[str]:
    blur = []
    if found.blur and found.main.width * found.main.height >= _SMALLEST_BLUR:
        blur = ['placeholder="blur"', f'blurDataURL="{found.blur}"']
    return blur + (["unoptimized"] if found.variants else [])  # its optimiser would make the same


def _source(
    found: Published, fmt: str, files: Sequence[Measured], link: Reach, syntax: Syntax
) -> list[str]:
    return _element("source", [f'type="image/{fmt}"', *_set(found, files, link, syntax)], syntax)


def _set(found: Published, files: Sequence[Measured], link: Reach, syntax: Syntax) -> list[str]:
    """``srcset`` and, for several widths, ``sizes``: the page's width, at most the picture's."""
    if len(files) == 1:
        return [_attribute(syntax.srcset, link(files[0]), syntax)]
    links = [(link(file), file.width) for file in files]
    if all(one.url for one, _ in links):
        listed = ", ".join(f"{one.url} {width}w" for one, width in links)
        stated = f'{syntax.srcset}="{listed}"'
    else:
        listed = ", ".join(f"${{{one.expression}}} {width}w" for one, width in links)
        stated = syntax.bound(syntax.srcset, f"`{listed}`")
    width = found.main.width
    return [stated, f'sizes="(max-width: {width}px) 100vw, {width}px"']


def _attribute(name: str, link: Link, syntax: Syntax) -> str:
    return f'{name}="{link.url}"' if link.url else syntax.bound(name, link.expression)


def _element(name: str, attributes: Sequence[str], syntax: Syntax) -> list[str]:
    line = f"<{name} {' '.join(attributes)}{syntax.end}"
    if len(line) <= _WIDEST_LINE:
        return [line]
    return [f"<{name}", *("  " + attribute for attribute in attributes), syntax.end.strip()]
