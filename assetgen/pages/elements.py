"""The elements that show an image: img, picture with its sources, and components like them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assetgen.manifest.target import FileFormat
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
    if found.dark:
        return [*used(replace(found, dark=None)), *used(found.dark)]
    sources, fallback = choice(found)
    files = [found.main, *(file for files in sources.values() for file in files), *fallback]
    return list({file.path: file for file in files}.values())


def choice(found: Published) -> tuple[Mapping[FileFormat, Sequence[Measured]], Sequence[Measured]]:
    """The files of each modern format, and those of the fallback that all browsers support."""
    sets = dict(published.sets(found))
    plain = [
        fmt for fmt in (found.main.format, "jpeg", "png") if fmt in sets and fmt in ("jpeg", "png")
    ]
    last = plain[0] if plain else list(sets)[-1]
    fallback = sets.pop(last)
    return {fmt: files for fmt, files in sets.items() if fmt not in ("jpeg", "png")}, fallback


def markup(found: Published, form: str, link: Reach, *, has_classes: bool = False) -> list[str]:
    """The lines that show an image; ``has_classes``: the classes of Starlight choose the theme."""
    syntax = syntax_of(form)
    if found.dark and form == "docusaurus":
        return _themed(found, found.dark, link, syntax)
    if found.dark and has_classes:
        light, dark = replace(found, dark=None), found.dark
        return [
            *_picture(light, form, link, syntax, more='class="dark:sl-hidden"'),
            *_picture(dark, form, link, syntax, more='class="light:sl-hidden"'),
        ]
    return _picture(found, form, link, syntax)


def _picture(
    found: Published, form: str, link: Reach, syntax: Syntax, *, more: str = ""
) -> list[str]:
    is_component = form in ("next", "astro")
    offered, fallback = choice(found)
    sources = list(_dark_sources(found.dark, link, syntax)) if found.dark else []
    sources += [_source(found, fmt, files, link, syntax) for fmt, files in offered.items()]
    main = found.main if found.main in fallback else fallback[-1]
    at = link(main)
    source = Link(at.url, at.module) if is_component else at
    attributes = [_attribute("src", source, syntax)]
    if len(fallback) > 1 and is_component:  # which accepts no srcset
        sources.append(_source(found, main.format, fallback, link, syntax))
    elif len(fallback) > 1:
        attributes += _set(found, fallback, link, syntax)
    attributes += [*_sized(found, syntax), *([more] if more else [])]
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


def _sized(found: Published, syntax: Syntax) -> list[str]:
    return [
        f"alt={syntax.text(found.alt)}",
        f"width={syntax.number(found.main.width)}",
        f"height={syntax.number(found.main.height)}",
    ]


def _dark_sources(dark: Published, link: Reach, syntax: Syntax) -> Iterator[list[str]]:
    """The sources for dark pages, which come before all others."""
    offered, fallback = choice(dark)
    whole = [one for one in fallback if one.format == fallback[-1].format]
    for fmt, files in (*offered.items(), (fallback[-1].format, whole)):
        yield _source(dark, fmt, files, link, syntax, media='media="(prefers-color-scheme: dark)"')


def _themed(found: Published, dark: Published, link: Reach, syntax: Syntax) -> list[str]:
    """The component of Docusaurus, which follows the switch of the site."""
    light_at, dark_at = (link(_best(one)).expression for one in (found, dark))
    sources = f"sources={{{{ light: {light_at}, dark: {dark_at} }}}}"
    return _element("ThemedImage", [sources, *_sized(found, syntax), syntax.style], syntax)


def _best(found: Published) -> Measured:
    _, fallback = choice(found)
    return found.main if found.main in fallback else fallback[-1]


def _of_next(found: Published) -> list[str]:
    blur = []
    is_one = found.dark is None  # a light blur would flash on a dark page
    if is_one and found.blur and found.main.width * found.main.height >= _SMALLEST_BLUR:
        blur = ['placeholder="blur"', f'blurDataURL="{found.blur}"']
    return blur + (["unoptimized"] if found.variants else [])  # its optimiser would make the same


def _source(
    found: Published,
    fmt: str,
    files: Sequence[Measured],
    link: Reach,
    syntax: Syntax,
    *,
    media: str = "",
) -> list[str]:
    first = [media] if media else []
    kind = f'type="image/{fmt}"'
    return _element("source", [*first, kind, *_set(found, files, link, syntax)], syntax)


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
