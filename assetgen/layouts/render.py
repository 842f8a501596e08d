"""A kind's layout plus values -> a picture: fill, inline, guard, fit, draw."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from assetgen.errors import TemplateError
from assetgen.image import decode, png
from assetgen.layouts import (
    broken_lines,
    closure,
    drawings,
    engine,
    highlight,
    inline_files,
    sanitize,
    shown,
    written_lines,
)
from assetgen.layouts.autofit import fit, texts_of
from assetgen.layouts.engine import Canvas, Drawing, Page
from assetgen.layouts.fill_template import fill
from assetgen.layouts.fonts import EMOJI, MONO, SERIF, Face, Font, Stack, is_drawn
from assetgen.layouts.kept_page import measuring
from assetgen.layouts.scripts import MEASURED, SOFT_HYPHEN
from assetgen.layouts.spec import Order, refuse_size
from assetgen.layouts.typeset import Typeset, typeset
from assetgen.layouts.written_lines import Setting

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = tuple[int, int, bytes]


def draw(order: Order) -> Drawing:
    """Draw ``order``. Raises TemplateError, such as for text that does not fit."""
    page, transparent = painted(order)
    pixels = page.pixels()
    drawing = _encoded(pixels, order.width, order.height, transparent and _is_clear(pixels))
    return replace(drawing, smallest=page.smallest)


def picture(order: Order) -> Drawing:
    """``draw`` with a placeholder, for which nothing has to decode the picture again."""
    page, transparent = painted(order)
    pixels = page.pixels()
    transparent = transparent and _is_clear(pixels)
    drawing = _encoded(pixels, order.width, order.height, transparent)
    image = _image(pixels, order.width, order.height, "RGBA" if transparent else "RGBX")
    preview = decode.placeholder(image)
    return replace(drawing, placeholder=preview, smallest=page.smallest)


def painted(order: Order) -> tuple[Page, bool]:
    """The fitted page, and whether its pixels may be transparent. Raises TemplateError."""
    refuse_size(order.width, order.height)
    document, fonts = _filled(order)
    document, css = shown.outline(inline_files.own_pictures(document, order), order), _theme(order)
    scale, wide, high = order.canvas
    engine.register(fonts)
    transparent = order.kind.layout(order.layout).transparent
    if scale != 1:
        scale *= (
            1 + 1e-6
        )  # the engine keeps 32 bits of it and rounds pixels down: 1200 * 0.9 would be 1079
    canvas = (wide, high, scale, transparent)
    return _fitted(document, css, canvas, order), transparent


def _fitted(document: str, css: str, canvas: Canvas, order: Order) -> Page:
    made = typeset(document, order)
    try:
        return _with_lines(made, css, canvas, order)
    except TemplateError:
        if not made.has_loose_words:
            raise
    return _with_lines(typeset(document, order, loosely=True), css, canvas, order)


def _with_lines(made: Typeset, css: str, canvas: Canvas, order: Order) -> Page:
    """The page with the lines and hyphens of its author, which most pages do not have."""
    css += made.css
    if not made.owners:
        return _laid_out(made.document, css, canvas, order)
    setting = Setting(made.document, css, canvas, made.owners)
    written_lines.refuse_lines(setting, order)
    if not any(SOFT_HYPHEN in node[0] for node, _ in setting.nodes):
        return _without_hyphens(setting, order)
    # Words are broken only if that makes a text larger.
    whole: Page | TemplateError
    try:
        whole = _without_hyphens(written_lines.without_hyphens(setting), order)
    except TemplateError as exc:
        whole = exc
    texts = texts_of(made.document)
    with suppress(TemplateError):
        broken = broken_lines.broken(setting, texts, order)
        if isinstance(whole, TemplateError) or not written_lines.is_at_most(whole, broken, texts):
            return broken
    if isinstance(whole, TemplateError):
        raise whole
    return whole


def _without_hyphens(setting: Setting, order: Order) -> Page:
    if any(MEASURED in node[0] for node, _ in setting.nodes):
        return broken_lines.broken(setting, texts_of(setting.document), order)
    shown = written_lines.shown(setting.document)
    return _laid_out(shown, setting.css, setting.canvas, order)


def _laid_out(document: str, css: str, canvas: Canvas, order: Order) -> Page:
    texts = texts_of(document)
    with suppress(TemplateError), measuring(document, css, canvas, texts) as kept:
        if kept:
            return fit(kept, texts, order)
    # A new page also decides whether a text does not fit.
    largest = {text.element: {"font-size": f"{text.sizes[0]}px"} for text in texts if text.sizes}
    return fit(Page(document, css, canvas, largest), texts, order)


def page(order: Order) -> tuple[str, str]:
    """The self-contained document and the theme's stylesheet that the engine is given."""
    made = typeset(shown.whole(inline_files.own_pictures(_filled(order)[0], order), order), order)
    return written_lines.shown(made.document), _theme(order) + made.css


def _filled(order: Order) -> tuple[str, tuple[Font, ...]]:
    """The guarded document, still without pictures, and the fonts that can draw it."""
    files = order.kind.files(order.layout)
    document = inline_files.stylesheets(fill(order, files), order, files)
    sanitize.refuse_hostile(document)
    if order.kind.root != closure.shipped_root():
        drawings.refuse_inline(document)
    sanitize.refuse_missing_glyphs(_without_font(document, order), order)
    return document, _needed(order, document, sanitize.text_of(document))


def _without_font(document: str, order: Order) -> list[str]:
    """The characters that no font has which may draw them: code is set in a font of its own."""
    words, code = highlight.apart(document) if "var(--font-mono)" in document else (document, "")
    lacking = order.stack.missing(sanitize.text_of(words))
    return lacking + order.stack_of(MONO).missing(sanitize.text_of(code))


def _needed(order: Order, document: str, text: str) -> tuple[Font, ...]:
    """The fonts that can draw something here: the others take their time to be registered."""
    first = order.stack.fonts[0]
    is_plain = all(first.has(ord(char)) for char in set(text) if is_drawn(char))
    plain = sanitize.plainly_written(document)
    return order.drawn_with(
        text,
        emoji=first.family == EMOJI or not is_plain or sanitize.names_emoji(document),
        mono="var(--font-mono)" in plain or "`" in text,
        serif="var(--font-serif)" in plain,
    )


def standalone(order: Order) -> str:
    """The drawn page as one HTML file with its fonts inside, to open in a browser."""
    document, css = painted(order)[0].styled
    fonts = order.drawn_with(sanitize.text_of(document))
    faces = "".join(
        f'@font-face{{font-family:"{font.private_name}";font-weight:{_weights(font, face)};'
        f"font-style:{'italic' if face.look.is_italic else 'normal'};"
        f"src:url(data:font/ttf;base64,{base64.b64encode(face.data).decode()})}}"
        for font in fonts
        for face in font.faces
    )
    # The engine chooses no shapes of letters by their size, and a direction for each paragraph.
    zoom = f":root{{zoom:{order.canvas[0]:g};font-optical-sizing:none}}"
    zoom += '[data-ag~="flip"],[data-ag~="flip"] *{unicode-bidi:plaintext}'
    return document.replace("</head>", f"<style>{faces}{css}{zoom}</style></head>", 1)


def _weights(font: Font, face: Face) -> str:
    """The weights that a face is for, as CSS has them; a font without others is for all."""
    seen = face.look
    return "100 900" if len(font.faces) == 1 else f"{seen.lightest} {seen.boldest}"


def _theme(order: Order) -> str:
    variables = "".join(f"--{role}:{colour};" for role, colour in order.roles.items())
    families = f"--font:{order.stack.css()};"
    for variable, family in (("font-mono", MONO), ("font-serif", SERIF)):
        families += f"--{variable}:{order.stack_of(family).css()};"
    emoji = tuple(sorted(order.stack.fonts, key=lambda font: font.family != EMOJI))
    families += f"--font-emoji:{Stack(emoji).css()};"
    _, w, h = order.canvas
    root = f":root{{{variables}{families}--w:{w}px;--h:{h}px}}"
    return f"{root}.emoji{{font-family:var(--font-emoji)}}"


def _encoded(pixels: Pixels, width: int, height: int, transparent: bool) -> Drawing:
    """The drawing as PNG, exactly ``width`` x ``height``."""
    mode = "RGBA" if transparent else "RGBX"
    rows = _image(pixels, width, height, mode).tobytes("raw", "RGBA" if transparent else "RGB")
    return Drawing(png.encode(width, height, rows, alpha=transparent), width, height)


def _is_clear(pixels: Pixels) -> bool:
    """Whether a pixel is transparent."""
    from PIL import Image

    image = Image.frombuffer("RGBA", pixels[:2], pixels[2], "raw", "RGBA", 0, 1)
    return image.getchannel("A").getextrema() != (255, 255)


def _image(pixels: Pixels, width: int, height: int, mode: str) -> Image:
    """The drawing without what a fractional scale can add: a pixel on the right or below."""
    from PIL import Image

    # The engine multiplies the colours of an edge by its opacity, which PNG does not.
    drawn = "RGBa" if mode == "RGBA" else mode
    image = Image.frombuffer(drawn, pixels[:2], pixels[2], "raw", drawn, 0, 1)
    image = image if drawn == mode else image.convert(mode)
    return image if image.size == (width, height) else image.crop((0, 0, width, height))
