"""A kind's layout plus values -> a picture: fill, guard, inline, fit, draw.

The layout and the values are both untrusted. The filled document may hold only known elements, reach only
files of its own closure or declared inputs, use only our fonts, and every text must fit its slot.
"""

from __future__ import annotations

import base64
import html
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assetgen import chart, engine, palette, png
from assetgen.engine import Box, Drawing, Page
from assetgen.errors import ManifestError, StorageError, TemplateError
from assetgen.fonts import MONO, SERIF, Font, Stack, stack
from assetgen.kind import REFERENCE, Kind, join

#: The longest filled document, in characters, and the work a template may do, in engine steps.
MAX_DOCUMENT = 2_000_000
MAX_FUEL = 2_000_000
#: How deep elements may lie inside each other: the engine takes quadratic time.
MAX_DEPTH = 200
#: The largest side and area of a picture drawn here, in pixels.
MAX_SIDE, MAX_AREA = 8192, 33_554_432
_TOLERANCE = 1.0  # CSS px: the engine rounds its boxes to whole ones, and the width of wrapped text up to whole pixels


@dataclass(frozen=True)
class Order:
    """All that decides a local picture."""

    kind: Kind
    values: Mapping[str, Any]
    width: int
    height: int
    palette: Sequence[str] = ()
    font: str = "Inter"
    fonts: Mapping[str, Font] = field(default_factory=dict, repr=False)
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def layout(self) -> str:
        return str(self.values["layout"])

    @property
    def theme(self) -> str:
        return str(self.values.get("theme") or "light")

    @property
    def stack(self) -> Stack:
        return stack(dict(self.fonts), self.font)


def draw(order: Order) -> Drawing:
    """Draw ``order``. Raises TemplateError (text that does not fit, a missing glyph, a hostile layout)."""
    refuse_size(order.width, order.height)
    document, css = page(order)
    scale, wide, high = _canvas(order)
    engine.register(_all_fonts(order))
    transparent = order.kind.layout(order.layout).transparent
    if scale != 1:
        scale *= 1 + 1e-6  # the engine keeps 32 bits of it and rounds pixels down: 1200 * 0.9 would be 1079
    texts = _texts(document)
    largest = {text.element: {"font-size": f"{text.sizes[0]}px"} for text in texts if text.sizes}
    laid_out = Page(document, css, wide, high, scale, transparent, largest)
    fitted = _fit(laid_out, texts, (wide, high), order)
    return _encoded(fitted.pixels(), order.width, order.height, transparent)


def _canvas(order: Order) -> tuple[float, int, int]:
    """How many pixels a CSS px has, and width and height in CSS px: one side is nominal, the other may be longer."""
    nominal = order.kind.nominal(order.layout, order.width, order.height)
    scale = min(order.width / nominal[0], order.height / nominal[1])
    return scale, math.ceil(order.width / scale - 1e-6), math.ceil(order.height / scale - 1e-6)


def page(order: Order) -> tuple[str, str]:
    """The self-contained document and the theme's stylesheet that the engine is given."""
    files = order.kind.files(order.layout)
    document = _fill(order, files)
    document = _inline_stylesheets(document, order, files)
    _guard(document)
    _check_coverage(document, order)
    return _inline_pictures(document, order, files), _theme_css(order)


def standalone(order: Order) -> str:
    """The same page as one HTML file with its fonts inside, to open in a browser."""
    document, css = page(order)
    faces = "".join(
        f'@font-face{{font-family:"{font.private_name}";font-weight:100 900;'
        f"src:url(data:font/ttf;base64,{base64.b64encode(font.data).decode()})}}"
        for font in _all_fonts(order)
    )
    zoom = f":root{{zoom:{_canvas(order)[0]:g}}}"
    return document.replace("</head>", f"<style>{faces}{css}{zoom}</style></head>", 1)


def refuse_size(width: int, height: int) -> None:
    """Raise ManifestError for a canvas that is empty or too large to draw."""
    if width < 1 or height < 1 or max(width, height) > MAX_SIDE or width * height > MAX_AREA:
        raise ManifestError(f"{width}x{height} cannot be drawn: a side has 1 to {MAX_SIDE} pixels, {MAX_AREA} in all")


# -- fill ------------------------------------------------------------------------------------------


class _Markup(str):
    """Text that is already HTML."""

    def __html__(self) -> str:
        return str(self)


# A character asked for as emoji (VS16), a keycap: the text fonts have their own, plainer form of many.
_EMOJI = re.compile("(?:[0-9#*]\ufe0f?\u20e3|.\ufe0f(?:\u200d.\ufe0f?)*)")


def _as_html(value: Any) -> Any:
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return NotImplemented
    if "\ufe0f" in value or "\u20e3" in value:
        return _Markup(_EMOJI.sub(lambda m: f"<span class=emoji>{m[0]}</span>", html.escape(value)))
    if "url(" in value.lower():  # a text about CSS, which names no picture
        return _Markup(html.escape(value).replace("(", "&#40;"))
    return NotImplemented


def _fill(order: Order, files: Mapping[str, bytes]) -> str:
    import minijinja

    first = f"{order.kind.name}/{order.layout}.html"
    env = minijinja.Environment(
        loader=lambda name: files[name].decode("utf-8") if name in files else None,
        path_join_callback=lambda name, parent: join(parent.rpartition("/")[0], name, parent),
        undefined_behavior="strict",
        fuel=MAX_FUEL,
        finalizer=_as_html,
        auto_escape_callback=lambda _name: True,
        trim_blocks=True,
        lstrip_blocks=True,
        pycompat=False,
        debug=False,
    )
    for name, function in {"label": _label, **chart.FILTERS}.items():
        env.add_filter(name, function)
    _, w, h = _canvas(order)
    context = {
        "values": _with_inputs(order),
        "theme": order.theme,
        "width": order.width,
        "height": order.height,
        "w": w,
        "h": h,
        "colours": palette.roles(order.palette, order.theme),
    }
    try:
        filled = str(env.render_template(first, **context))
    except minijinja.TemplateError as exc:
        raise TemplateError(
            f"the layout {first} cannot be filled: {exc.message or exc}"
            + (f" (line {exc.line})" if getattr(exc, "line", None) else ""),
            where=f"templates/{first}",
        ) from None
    except _FILTER_FAILURES as exc:
        what = f"the layout {first} hands a filter something that it cannot use: {exc}"
        raise TemplateError(what, where=f"templates/{first}") from None
    if len(filled) > MAX_DOCUMENT:
        raise TemplateError(f"the layout {first} grew to {len(filled)} characters; the limit is {MAX_DOCUMENT}")
    return filled


_FILTER_FAILURES = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


def _label(number: Any) -> str:
    """1234.5 -> 1,234.5; 40.0 -> 40: how charts and tables write numbers."""
    if not isinstance(number, (int, float)):
        return str(number)
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.10g}"


def _with_inputs(order: Order) -> dict[str, Any]:
    """The values with each picture replaced by the token that ``_inline_pictures`` looks for."""
    tokens = {reference: f"\x02input:{index}\x03" for index, reference in enumerate(order.pictures)}

    def swap(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: swap(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [swap(inner) for inner in value]
        return tokens.get(value, value) if isinstance(value, str) else value

    pictures = set(order.kind.pictures(order.values))
    return {
        key: swap(value) if not isinstance(value, str) or value in pictures else value
        for key, value in order.values.items()
    }


def _theme_css(order: Order) -> str:
    roles = palette.roles(order.palette, order.theme)
    variables = "".join(f"--{role}:{colour};" for role, colour in roles.items())
    fonts = dict(order.fonts)
    families = f"--font:{order.stack.css()};"
    for variable, family in (("font-mono", MONO), ("font-serif", SERIF)):
        families += f"--{variable}:{stack(fonts, family).css()};"
    emoji = stack(fonts, order.font).fonts[::-1]
    _, w, h = _canvas(order)
    return f":root{{{variables}{families}--w:{w}px;--h:{h}px}}.emoji{{font-family:{Stack(emoji).css()}}}"


def _all_fonts(order: Order) -> tuple[Font, ...]:
    fonts = dict(order.fonts)
    chosen = (*order.stack.fonts, *stack(fonts, MONO).fonts[:1], *stack(fonts, SERIF).fonts[:1])
    return tuple({font.digest: font for font in chosen}.values())


# -- guard -----------------------------------------------------------------------------------------

# Elements that can show nothing but their own text and boxes. Not here: anything that loads, scripts or
# embeds, and the SVG elements that open files or set type with the machine's fonts (image, use of files, text).
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
_OUR_FAMILY = re.compile(r"(inherit|initial|unset|([\w\s.%/()*+-]*\s)?var\(--font(-mono|-serif)?\))(\s*!important)?")
# How a layout is written: one reading, the engine's and ours. What stands between these pieces is text.
_ATTRIBUTE_VALUE = r"""(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+))?"""
_ATTRIBUTE_FORM = rf"""[^\s"'<>/=]+{_ATTRIBUTE_VALUE}"""
_ANY_ATTRIBUTE = re.compile(rf"""\s+(?P<name>[^\s"'<>/=]+){_ATTRIBUTE_VALUE}""")
_PIECE = re.compile(
    rf"""<!doctype\b[^<>]*>|<!--[^<>]*-->|<style(?:\s+{_ATTRIBUTE_FORM})*\s*>[^<]*</style\s*>"""
    rf"""|</[a-z][^\s"'<>/=]*\s*>|<[a-z][^\s"'<>/=]*(?:\s+{_ATTRIBUTE_FORM})*\s*/?>""",
    re.I,
)


def _guard(document: str) -> None:
    """Raise TemplateError if the filled layout holds anything that could reach outside its closure."""
    for tag in {match.lower() for match in _TAG.findall(document)}:
        if tag not in _ELEMENTS:
            raise TemplateError(f"the layout holds a <{tag[:40]}> element, which layouts may not use")
    markup = _markup(document)
    plain = _plainly_written(markup)
    if _OUTSIDE_LINK.search(plain):
        raise TemplateError("the layout holds a link (href) to something other than its own #id")
    if _DATA_URL.search(plain):
        raise TemplateError("the layout holds a data: URL; put the picture beside the layout as a file instead")
    if strange := _STRANGE_ADDRESS.search(plain):
        what = plain[strange.start() : strange.start() + 60]
        raise TemplateError(
            f"the layout shows something that is not a file of its templates: {what!r}",
            cure='write src="NAME.png" or url(NAME.png) with the name of a file beside the layout',
        )
    if "@import" in plain.lower() or "@font-face" in plain.lower():
        raise TemplateError("the layout loads a stylesheet or font by itself; fonts belong in templates/fonts/")
    for family in _FAMILY.findall(_styles(markup)):
        if not _OUR_FAMILY.fullmatch(family.strip()):
            raise TemplateError(
                f"the layout asks for the font {family.strip()[:60]!r} by name, which may differ between machines",
                cure="write font-family: var(--font), var(--font-mono) or var(--font-serif)",
            )


def _markup(document: str) -> str:
    """The tags and style sheets of a document without the text between them.

    Raises TemplateError unless there is one way to read it: an engine that took a quote or a bracket
    otherwise than we do would see other tags.
    """
    pieces = []
    at = depth = 0
    for piece in _PIECE.finditer(document):
        if "<" in document[at : piece.start()]:
            break
        pieces.append(piece[0] if piece[0].lower().startswith(("<!", "<style")) else _without_texts(piece[0]))
        at = piece.end()
        depth += _deeper(piece[0])
        if depth > MAX_DEPTH:
            raise TemplateError(f"the layout nests elements more than {MAX_DEPTH} deep")
    rest = document[at:]
    if "<" in rest:
        start = rest.index("<")
        raise TemplateError(
            f"the layout cannot be read without doubt at {rest[start : start + 40]!r}",
            cure='write attributes as name="value", and &lt; for a bracket in text',
        )
    return "\n".join(pieces)


def _without_texts(tag: str) -> str:
    """A tag without the attributes that hold text for readers."""
    return _ANY_ATTRIBUTE.sub(lambda m: "" if m["name"].lower() in ("alt", "title", "aria-label") else m[0], tag)


_VOID = ("<!", "<style", "<meta", "<img", "<br", "<hr", "<col")


def _deeper(piece: str) -> int:
    if piece.startswith("</"):
        return -1
    return 0 if piece.endswith("/>") or piece.lower().startswith(_VOID) else 1


def _plainly_written(document: str) -> str:
    """The document with character references and CSS escapes resolved, as the engine will read it."""
    text = html.unescape(document)
    text = _CSS_ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] and int(m[1], 16) < 0x110000 else (m[2] or ""), text)
    return re.sub(r"[\t\r\n\f]", "", text)


_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.S | re.I)
_ATTRIBUTE_STYLE = re.compile(r"""\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=`]+)""", re.I)


def _styles(markup: str) -> str:
    attributes = (value.strip("\"'") for value in _ATTRIBUTE_STYLE.findall(_STYLE.sub("", markup)))
    return "}".join(map(_plainly_written, [*_STYLE.findall(markup), *attributes])) + "}"


# -- coverage --------------------------------------------------------------------------------------

_DRAWN = re.compile(r"<style[^>]*>.*?</style>|<!--.*?-->|<[^>]*>", re.S | re.I)
_GENERATED = re.compile(r"""content\s*:\s*("[^"]*"|'[^']*')""")


def _check_coverage(document: str, order: Order) -> None:
    text = html.unescape(_DRAWN.sub("", document))
    for block in _STYLE.findall(document):
        text += "".join(_plainly_written(content) for content in _GENERATED.findall(block))
    lacking = order.stack.missing(text)
    if not lacking:
        return
    char = lacking[0]
    field_name = next((name for name, value in leaves(order.values) if char in value), "the layout's own text")
    others = f" (and {len(lacking) - 1} more characters)" if len(lacking) > 1 else ""
    raise TemplateError(
        f"no font has the character {char!r} (U+{ord(char):04X}){others} in {field_name}",
        where=field_name,
        cure="put a .ttf or .otf font that has it into templates/fonts/",
    )


def leaves(values: Any, at: str = "values") -> list[tuple[str, str]]:
    """Every text among the values with its name, as ``("values.items[2].title", "…")``."""
    if isinstance(values, Mapping):
        return [leaf for key, value in values.items() for leaf in leaves(value, f"{at}.{key}")]
    if isinstance(values, (list, tuple)):
        return [leaf for index, value in enumerate(values) for leaf in leaves(value, f"{at}[{index}]")]
    return [(at, values)] if isinstance(values, str) else []


# -- inline ----------------------------------------------------------------------------------------

_STYLESHEET = re.compile(r"""<link\b[^>]*\bhref\s*=\s*["']([^"']+)["'][^>]*>""", re.I)
_INPUT = re.compile(r"\x02input:(\d+)\x03")  # control characters, which no value may hold


def _inline_stylesheets(document: str, order: Order, files: Mapping[str, bytes]) -> str:
    def sheet(match: re.Match[str]) -> str:
        name = join(order.kind.name, match[1], f"{order.layout}.html")
        if name not in files or not name.endswith(".css"):
            raise TemplateError(f"the layout links {match[1]!r}, which is not a stylesheet of its templates")
        return f"<style>{files[name].decode('utf-8')}</style>"

    return _STYLESHEET.sub(sheet, document)


def _inline_pictures(document: str, order: Order, files: Mapping[str, bytes]) -> str:
    references = list(order.pictures)

    def own(match: re.Match[str]) -> str:
        name = join(order.kind.name, match["name"], f"{order.layout}.html")
        if name not in files:
            raise TemplateError(f"the layout shows {match['name']!r}, a name that its source does not spell out")
        return match["before"] + _own_picture(name, files[name]) + match["after"]

    document = REFERENCE.sub(own, document)
    limit = max(order.width, order.height)  # no layout shows a picture larger than its canvas
    if any(int(number) >= len(references) for number in _INPUT.findall(document)):
        raise TemplateError("the layout holds control characters")
    return _INPUT.sub(lambda m: _declared_picture(order.pictures[references[int(m[1])]], limit), document)


_MAGIC = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"RIFF", "webp"), (b"GIF8", "gif"))


def _own_picture(name: str, data: bytes) -> str:
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind is not None:
        _refuse_bomb(name, data)
    else:
        text = _decoded(data)
        if not re.search(r"<svg[\s>]", text):
            raise TemplateError(f"templates/{name} is not a picture", where=f"templates/{name}")
        if re.search(r"<!ENTITY|<!DOCTYPE|<\?xml-stylesheet|<style", text, re.I):
            raise TemplateError(f"templates/{name} holds more than shapes", where=f"templates/{name}")
        _guard(re.sub(r"<\?xml[^>]*\?>", "", text))
        kind = "svg+xml"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""  # gzip or UTF-16, which the engine would read and the guard would not


def _refuse_bomb(name: str, data: bytes) -> None:
    from assetgen import derive

    size = int.from_bytes(data[6:8], "little") * int.from_bytes(data[8:10], "little")
    try:
        if not data.startswith(b"GIF8"):
            seen = derive.facts(data)
            size = seen.width * seen.height
    except StorageError as exc:
        raise TemplateError(f"templates/{name}: {exc.what}", where=f"templates/{name}") from None
    if size > derive.MAX_PIXELS:
        raise TemplateError(f"templates/{name} has more than {derive.MAX_PIXELS} pixels", where=f"templates/{name}")


def _declared_picture(data: bytes, limit: int) -> str:
    """A declared input as pixels only: decoded, shrunk to what can be seen, encoded anew."""
    from assetgen import derive

    image = derive.decode(data)
    if max(image.size) > limit:
        image.thumbnail((limit, limit))
    if data.startswith(b"\xff\xd8\xff"):  # what was a JPEG stays one: a photograph as PNG takes ten times as long
        out = io.BytesIO()
        image.save(out, "JPEG", quality=95, subsampling=0)
        return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    encoded = png.encode(image.width, image.height, image.tobytes(), alpha=image.mode == "RGBA")
    return f"data:image/png;base64,{base64.b64encode(encoded).decode()}"


# -- fit -------------------------------------------------------------------------------------------

_FIT = re.compile(r"<[a-z][a-z0-9]*\b[^<>]*\bdata-fit\s*=[^<>]*>", re.I)
_ATTRIBUTE = re.compile(r"""\b(id|data-fit|data-sizes|data-group|data-balance)\s*=\s*"([^"]*)\"""")


@dataclass(frozen=True)
class _Text:
    """A text that has to fit: its element, its value's name, and the type sizes it may take (CSS px)."""

    element: str
    name: str
    sizes: tuple[int, ...]
    group: str
    balance: bool

    @property
    def slot(self) -> str:
        return self.element + "-slot"

    def from_step(self, step: int) -> tuple[int, ...]:
        """The sizes without the ``step`` largest; always the smallest one."""
        return self.sizes[min(step, len(self.sizes) - 1) :]


def _texts(document: str) -> list[_Text]:
    found = []
    for tag in _FIT.findall(document):
        got = dict(_ATTRIBUTE.findall(tag))
        if "id" not in got:
            raise TemplateError(f"the layout marks {got['data-fit']!r} with data-fit but gives it no id")
        sizes = tuple(int(size) for size in got.get("data-sizes", "").split())
        element, name = str(got["id"]), str(got["data-fit"])
        found.append(_Text(element, name, sizes, str(got.get("data-group", element)), "data-balance" in got))
    return found


def _fit(page: Page, texts: Sequence[_Text], viewport: tuple[int, int], order: Order) -> Page:
    """The page with each group of texts at the largest of its sizes at which all fit. Raises TemplateError."""
    groups: dict[str, list[_Text]] = {}
    for text in texts:
        groups.setdefault(text.group, []).append(text)
    # Large titles may leave the texts below them no room even at their smallest. Then all begin a step smaller.
    for step in range(max([1, *(len(text.sizes) for text in texts)])):
        for text in texts:  # all at their largest, so that no text is measured against room that another takes later
            if text.sizes:
                page.style(text.element, "font-size", f"{text.from_step(step)[0]}px")
        sizes = {group: _shrink(page, members, viewport, step) for group, members in groups.items()}
        boxes = page.boxes()
        if all(_fits(boxes, text, viewport, page.scale) for text in texts):
            break
    # Only what takes two lines can be balanced, and a line is never higher than twice its type.
    lines = [text for text in texts if text.balance and page.boxes()[text.element][3] >= 2 * sizes[text.group]]
    if lines:
        _balance(page, lines)
    page = page.anew()
    boxes = page.boxes()
    for text in texts:
        if not _fits(boxes, text, viewport, page.scale):
            raise TemplateError(
                f"values.{text.name} does not fit the layout {order.kind.name}/{order.layout}"
                f" at {order.width}x{order.height}",
                where=f"values.{text.name}",
                cure="shorten it, choose another layout, or make the picture larger",
            )
    return page


def _shrink(page: Page, members: Sequence[_Text], viewport: tuple[int, int], step: int) -> int:
    """Set the group at the largest of its sizes at which it fits, or at its smallest; return that size."""

    def fit_at(size: int) -> bool:
        for text in members:
            page.style(text.element, "font-size", f"{size}px")
        boxes = page.boxes()
        return all(_fits(boxes, text, viewport, page.scale) for text in members)

    sizes = members[0].from_step(step)
    if not sizes or fit_at(sizes[0]):
        return sizes[0] if sizes else 0
    # What fits at one size fits at all smaller ones, so the largest that fits is found by halving. The
    # smallest is taken untried: every text is measured again in the end.
    low, high, shown = 1, len(sizes) - 1, 0
    while low < high:
        shown = (low + high) // 2
        low, high = (low, shown) if fit_at(sizes[shown]) else (shown + 1, high)
    if shown != high:
        fit_at(sizes[high])
    return sizes[high]


def _fits(boxes: Mapping[str, Box], text: _Text, viewport: tuple[int, int], scale: float) -> bool:
    slack = _TOLERANCE + 1 / scale
    x, y, width, height = boxes[text.element]
    if text.slot in boxes:
        _, _, slot_width, slot_height = boxes[text.slot]
        return width <= slot_width + slack and height <= slot_height + slack
    inside_x = x >= -slack and x + width <= viewport[0] + slack
    return inside_x and y >= -slack and y + height <= viewport[1] + slack


def _balance(page: Page, texts: Sequence[_Text]) -> None:
    """Narrow each text as far as it keeps its number of lines, so that its lines come out even.

    All in the same layouts, which are what this costs: texts that stand below each other do not meet in width.
    """
    before = page.boxes()
    low = {text.element: before[text.element][2] * 0.5 for text in texts}
    high = {text.element: before[text.element][2] for text in texts}
    slots = [text for text in texts if text.slot in before]
    for text in slots:  # a slot without room shows the widest word, which max-width would let stick out unseen
        page.style(text.slot, "max-width", "1px")
    narrow = page.boxes()
    for text in slots:
        low[text.element] = max(low[text.element], min(high[text.element], narrow[text.element][2]))
        page.style(text.slot, "max-width", "none")
    for _ in range(6):
        middle = {element: (low[element] + high[element]) / 2 for element in low}
        for element, width in middle.items():
            page.style(element, "max-width", f"{width:.1f}px")
        boxes = page.boxes()
        for element, width in middle.items():
            _, _, now_wide, now_high = boxes[element]
            keeps_lines = now_high <= before[element][3] + _TOLERANCE and now_wide <= width + _TOLERANCE
            (high if keeps_lines else low)[element] = width
    for element, width in high.items():
        # A little more than measured: the engine rounds widths to whole pixels, and a line more would not fit.
        page.style(element, "max-width", f"{width + 1 + 2 / page.scale:.1f}px")


def _encoded(pixels: tuple[int, int, bytes], width: int, height: int, transparent: bool) -> Drawing:
    """The drawing as PNG at exactly ``width`` x ``height``: a fractional scale can leave one pixel too many."""
    from PIL import Image

    drawn = pixels[:2]
    image = Image.frombuffer("RGBA", drawn, pixels[2], "raw", "RGBA", 0, 1)
    if drawn != (width, height):
        image = image.crop((0, 0, width, height))
    rows = image.tobytes("raw", "RGBA" if transparent else "RGB")
    return Drawing(png.encode(width, height, rows, alpha=transparent), width, height)
