"""What is not allowed in a filled layout: the layout and its values are both untrusted."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from assetgen.cure import Cure, advice, command
from assetgen.errors import TemplateError
from assetgen.layouts import font_packs
from assetgen.layouts.spec import Order

#: How deep elements may be nested: the time of the engine grows with the square of it.
MAX_DEPTH = 200
#: How often a grid may repeat its tracks: the engine fails at 65,536.
MAX_TRACKS = 1000
#: The largest number in a style sheet: the engine never ends at a line height of 1e38.
MAX_NUMBER = 1_000_000
# How often a declaration may multiply: else calc() makes such a number of small ones.
_MAX_PRODUCTS = 4


# Elements that only show their own text and boxes. Not here: anything that loads, scripts, embeds,
# and SVG elements that open files or use the fonts of the machine (image, use of files, text).
_ELEMENTS = frozenset(
    [
        "html",
        "head",
        "body",
        "meta",
        "title",
        "style",
        "main",
        "section",
        "header",
        "footer",
        "article",
        "aside",
        "nav",
        "div",
        "span",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "colgroup",
        "col",
        "caption",
        "img",
        "br",
        "hr",
        "b",
        "strong",
        "i",
        "em",
        "small",
        "code",
        "pre",
        "kbd",
        "samp",
        "var",
        "mark",
        "s",
        "u",
        "del",
        "ins",
        "sub",
        "sup",
        "figure",
        "figcaption",
        "blockquote",
        "q",
        "cite",
        "abbr",
        "time",
        "bdi",
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "defs",
        "lineargradient",
        "radialgradient",
        "stop",
        "clippath",
        "mask",
        "use",
        "symbol",
        "desc",
    ]
)
_TAG = re.compile(r"<([A-Za-z][^\s/>]*)")
_OUTSIDE_LINK = re.compile(r"""href\s*=\s*(?!["']?#)""", re.I)
# White space and control characters before an address mean nothing to the engine.
_DATA_URL = re.compile(r"""["'(=][\x00-\x20]*data:(?=[\w.+-]+/|[,;])""", re.I)
_ADDRESS = r"(?:\#|\x02input:\d+\x03|[A-Za-z0-9_./-]+\.[A-Za-z0-9]+)"
_STRANGE_ADDRESS = re.compile(
    rf"""(?:src\s*+=\s*+(?!(["']){_ADDRESS}?\1)|url\(\s*+(["']?+)(?!(?:\#[^)]*|{_ADDRESS})?\2\s*\))"""
    r"|(?:srcset|poster|background|data)\s*=)",
    re.I,
)
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.S)
_FAMILY = re.compile(r"(?<![\w-])font(?:-family)?\s*:\s*([^;}\"'<]*)", re.I)
_OUR_FAMILY = re.compile(
    r"(inherit|initial|unset|([\w\s.%/()*+-]*\s)?var\(--font(-mono|-serif)?\))(\s*!important)?"
)
# The syntax of a layout, read in the same way by the engine and here.
_ATTRIBUTE_VALUE = r"""(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+))?"""
_ATTRIBUTE_FORM = rf"""[^\s"'<>/=]+{_ATTRIBUTE_VALUE}"""
_ANY_ATTRIBUTE = re.compile(rf"""\s+(?P<name>[^\s"'<>/=]+){_ATTRIBUTE_VALUE}""")
#: A piece of a layout that is not text.
PIECE = re.compile(
    rf"""<!doctype\b[^<>]*>|<!--[^<>]*-->|<style(?:\s+{_ATTRIBUTE_FORM})*\s*>[^<]*</style\s*>"""
    rf"""|</[a-z][^\s"'<>/=]*\s*>|<[a-z][^\s"'<>/=]*(?:\s+{_ATTRIBUTE_FORM})*\s*/?>""",
    re.I,
)


def refuse_hostile(document: str) -> None:
    """Raise TemplateError if the filled layout contains anything outside its closure."""
    for tag in {match.lower() for match in _TAG.findall(document)}:
        if tag not in _ELEMENTS:
            raise TemplateError(
                f"the layout contains a <{tag[:40]}> element, which is not allowed in layouts"
            )
    tags, sheets = _markup(document)
    markup = "\n".join(tags)
    _refuse_outside(plainly_written(markup))
    attributes = _attribute_styles(markup)
    _refuse_styles(attributes)
    found = [_numbers(attributes), *map(_examined, sheets)]
    # calc() in one style sheet can use a number that another one has in a variable.
    if any(numbers.calculates for numbers in found):
        for endless in filter(None, (numbers.endless for numbers in found)):
            raise _huge(endless)


def _examined(sheet: str) -> _Numbers:
    """Examine a whole <style> element. Raises TemplateError for what is not allowed in it."""
    # The same style sheets are in picture after picture; those that a layout fills are short.
    return _examined_once(sheet) if len(sheet) <= _MAX_KEPT else _examined_once.__wrapped__(sheet)


_MAX_KEPT = 65_536


@lru_cache(maxsize=64)
def _examined_once(sheet: str) -> _Numbers:
    _refuse_outside(plainly_written(sheet))
    styles = "}".join(map(plainly_written, _STYLE.findall(sheet))) + "}"
    _refuse_styles(styles)
    return _numbers(styles)


def _refuse_outside(plain: str) -> None:
    """Raise TemplateError for tags or a style sheet that load something."""
    if _OUTSIDE_LINK.search(plain):
        raise TemplateError("the layout contains a link (href) to something other than its own #id")
    if _DATA_URL.search(plain):
        raise TemplateError(
            "the layout contains a data: URL; save the image as a file beside the layout instead"
        )
    if strange := _STRANGE_ADDRESS.search(plain):
        what = plain[strange.start() : strange.start() + 60]
        raise TemplateError(
            f"the layout shows something that is not a file of its templates: {what!r}",
            cure=advice(
                'write src="NAME.png" or url(NAME.png) with the name of a file beside the layout'
            ),
        )
    if "@import" in plain.lower() or "@font-face" in plain.lower():
        raise TemplateError(
            "the layout loads a stylesheet or font by itself; fonts belong in templates/fonts/"
        )


def _refuse_styles(styles: str) -> None:
    refuse_many_tracks(styles)
    refuse_huge_numbers(styles)
    for family in _FAMILY.findall(styles):
        if not _OUR_FAMILY.fullmatch(family.strip()):
            raise TemplateError(
                f"the layout names the font {family.strip()[:60]!r}, "
                "which may differ between machines",
                cure=advice(
                    "write font-family: var(--font), var(--font-mono) or var(--font-serif)"
                ),
            )


_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_REPEAT = re.compile(r"repeat\(\s*+([^,)]*)", re.I)


def refuse_many_tracks(styles: str) -> None:
    """Raise TemplateError for a grid of more tracks than the engine can count."""
    for number in _REPEAT.findall(_COMMENT.sub(" ", styles)):
        times = number.strip()
        if times.lower() not in ("auto-fill", "auto-fit") and not (
            re.fullmatch(r"[0-9]{1,4}", times) and int(times) <= MAX_TRACKS
        ):
            raise TemplateError(
                f"the layout repeats grid tracks {times[:40]!r} times; at most {MAX_TRACKS} are "
                "drawn",
                cure=advice("write a number in repeat(...), or auto-fill"),
            )


_NUMBER = re.compile(r"(?<![\w#.-])[+-]?(?:\d++\.?\d*+|\.\d++)(?:e[+-]?\d++)?", re.I)
_ENDLESS = re.compile(r"(?<![\w-])-?(?:infinity|nan)(?![\w-])", re.I)


class _Numbers(NamedTuple):
    """Of styles: whether they calculate, and the first number without an end in them, or ""."""

    calculates: bool
    endless: str


def _numbers(styles: str) -> _Numbers:
    bare = _COMMENT.sub(" ", styles)
    endless = _ENDLESS.search(bare)
    return _Numbers("calc(" in bare.lower(), endless[0] if endless else "")


def _huge(number: str) -> TemplateError:
    what = f"the layout has the number {number[:40]!r} in its styles"
    return TemplateError(what, cure=advice("write a number up to {most}", most=MAX_NUMBER))


def refuse_huge_numbers(styles: str) -> None:
    """Raise TemplateError for a number with which the engine may never end."""
    bare = _COMMENT.sub(" ", styles)
    for one in _NUMBER.finditer(bare):
        if not abs(float(one[0])) <= MAX_NUMBER:
            raise _huge(one[0])
    for declared in re.split(r"[;{}]", bare):
        if "calc(" in declared.lower() and declared.count("*") > _MAX_PRODUCTS:
            what = f"the layout multiplies more than {_MAX_PRODUCTS} times in one declaration"
            raise TemplateError(
                f"{what}: {declared.strip()[:60]!r}", cure=advice("write the result as one number")
            )


def _markup(document: str) -> tuple[list[str], list[str]]:
    """The tags of a document without the text between them, and its <style> elements.

    Raises TemplateError unless it can be read in one way only: an engine that reads a quote or a
    bracket in another way would see other tags.
    """
    tags, sheets = [], []
    at = depth = 0
    for piece in PIECE.finditer(document):
        if "<" in document[at : piece.start()]:
            break
        found = piece[0]
        at = piece.end()
        if found[:6].lower() == "<style":
            if "</" not in found:  # a bracket in it: the engine reads on to the end of the element
                at = piece.start()
                break
            sheets.append(found)
            continue
        tags.append(found if found.startswith("<!") else _without_texts(found))
        depth += deeper(found)
        if depth > MAX_DEPTH:
            raise TemplateError(f"the layout nests elements more than {MAX_DEPTH} deep")
    rest = document[at:]
    if "<" in rest:
        start = rest.index("<")
        raise TemplateError(
            f"the markup of the layout is ambiguous at {rest[start : start + 40]!r}",
            cure=advice('write attributes as name="value", and &lt; for a bracket in text'),
        )
    return tags, sheets


_TEXTS = re.compile("alt|title|aria-label", re.I)


def _without_texts(tag: str) -> str:
    """A tag without the attributes that contain text for readers."""
    if not _TEXTS.search(tag):
        return tag
    return _ANY_ATTRIBUTE.sub(
        lambda m: "" if m["name"].lower() in ("alt", "title", "aria-label") else m[0], tag
    )


_VOID = ("<!", "<style", "<meta", "<img", "<br", "<hr", "<col")


def deeper(piece: str) -> int:
    """By how many levels a tag opens or closes elements: 1, 0 or -1."""
    if piece.startswith("</"):
        return -1
    return 0 if piece.endswith("/>") or piece.lower().startswith(_VOID) else 1


def plainly_written(document: str) -> str:
    """The document with character references and CSS escapes resolved, as the engine reads it."""
    text = html.unescape(document)
    text = _CSS_ESCAPE.sub(
        lambda m: chr(int(m[1], 16)) if m[1] and int(m[1], 16) < 0x110000 else (m[2] or ""), text
    )
    return re.sub(r"[\t\r\n\f]", "", text)


_STYLE = re.compile(r"<style[^>]*>(.*?)</style\s*>", re.S | re.I)
_ATTRIBUTE_STYLE = re.compile(r"""\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=`]+)""", re.I)


def _attribute_styles(markup: str) -> str:
    attributes = (value.strip("\"'") for value in _ATTRIBUTE_STYLE.findall(markup))
    return "}".join(map(plainly_written, attributes)) + "}"


# -- characters that no font has -------------------------------------------------------------------

_DRAWN = re.compile(r"<style[^>]*>.*?</style\s*>|<!--.*?-->|<[^>]*>", re.S | re.I)
_GENERATED = re.compile(r"""content\s*:\s*("[^"]*"|'[^']*')""")


def text_of(document: str) -> str:
    """All characters that a filled layout can show."""
    text = html.unescape(_DRAWN.sub("", document))
    return text + "".join(map(_generated, _STYLE.findall(document)))


def names_emoji(document: str) -> bool:
    """Whether an element may have the class of emoji."""
    return "emoji" in html.unescape(_STYLE.sub("", document)).lower()


def refuse_missing_glyphs(lacking: Sequence[str], order: Order) -> None:
    """Raise TemplateError if ``lacking`` has characters: those that no font of ``order`` has."""
    if not lacking:
        return
    char = lacking[0]
    field_name = next(
        (name for name, value in leaves(order.values) if char in value), "the layout's own text"
    )
    others = f" (and {len(lacking) - 1} more characters)" if len(lacking) > 1 else ""
    raise TemplateError(
        f"no font has the character {char!r} (U+{ord(char):04X}){others} in {field_name}",
        where=field_name,
        cure=_font_with(lacking),
    )


def _font_with(characters: Sequence[str]) -> Cure:
    if name := font_packs.for_characters(characters):
        return command("assetgen fonts add {name}", name=name)
    return advice("put a font that has it into templates/fonts/")


@lru_cache(maxsize=64)
def _generated(styles: str) -> str:
    """What a style sheet adds to the text."""
    return "".join(map(plainly_written, _GENERATED.findall(styles)))


def leaves(values: Any, at: str = "values") -> list[tuple[str, str]]:
    """Every text among the values with its name, as ``("values.items[2].title", "…")``."""
    if isinstance(values, Mapping):
        return [leaf for key, value in values.items() for leaf in leaves(value, f"{at}.{key}")]
    if isinstance(values, (list, tuple)):
        return [
            leaf for index, value in enumerate(values) for leaf in leaves(value, f"{at}[{index}]")
        ]
    return [(at, values)] if isinstance(values, str) else []
