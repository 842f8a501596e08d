"""What a filled layout needs to be set in type: marks of direction, breaks, emoji, code.

The engine breaks lines, joins letters and orders both directions. It is told the rest with
attributes, ``data-ag``, and with characters that draw nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assetgen.layouts import glue, scripts, type_css
from assetgen.layouts.fonts import EMOJI, Font
from assetgen.layouts.markup_tree import Element, Tree, blocks
from assetgen.layouts.scripts import LINE_END, MEASURED, SOFT_HYPHEN
from assetgen.layouts.spec import Order
from assetgen.layouts.written_lines import TEXT

_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


@dataclass(frozen=True)
class Typeset:
    """A document that is ready to be laid out, and the rules for what was added to it."""

    document: str
    css: str = ""
    owners: tuple[str, ...] = ()
    """For each text with line ends or hyphens: the element that has to fit, or ""."""
    has_loose_words: bool = False
    """Whether lines may be broken in more places if the text does not fit."""


def typeset(document: str, order: Order, *, loosely: bool = False) -> Typeset:
    """``document`` with what its texts need. Most need nothing."""
    is_glued = glue.loosened(document) != document
    if loosely:
        document = glue.loosened(document)
    body = document.find("<body")
    if body < 0 or not scripts.SPECIAL.search(document, body):
        return Typeset(document, has_loose_words=is_glued)
    made = _Setter(document, order, loosely=loosely).set()
    return replace(made, has_loose_words=made.has_loose_words or is_glued)


class _Setter:
    """Works on one document, piece by piece: tags, and the texts between them."""

    def __init__(self, document: str, order: Order, *, loosely: bool) -> None:
        self._order, self._loosely = order, loosely
        self._tree = Tree(document)
        self._pieces, self._body = self._tree.pieces, self._tree.body
        self._is_right = self._body is not None and self._goes_right()
        self._heights: set[float] = set()
        self._tall_slots: list[str] = []
        self._fonts = _before_emoji(order)
        self._has_loose_words = False
        self._owners: dict[int, str] = {}

    def set(self) -> Typeset:
        if self._body is None:
            return Typeset("".join(self._pieces))
        for block in blocks(self._body):
            self._set_block(block)
        if self._is_right:
            self._tree.mark(self._body, ["rtl"])
            for svg in filter(self._tree.is_icon, self._tree.svgs):
                self._tree.mark(svg, ["turned"])
        css = type_css.rules(is_right=self._is_right, heights=self._heights)
        css += "".join(f"{slot}{{max-height:none!important}}" for slot in self._tall_slots)
        type_css.restyle(self._pieces, is_right=self._is_right, is_higher=bool(self._heights))
        owners = [self._owners[n] for n in sorted(self._owners) for _ in self._lines_in(n)]
        return Typeset("".join(self._pieces), css, tuple(owners), self._has_loose_words)

    def _lines_in(self, place: int) -> list[str]:
        return TEXT.findall(self._pieces[place])

    def _goes_right(self) -> bool:
        """The direction of the page: that of its largest text, or of most of its letters."""
        assert self._body
        if any(isinstance(one, int) for one in self._body.inside):
            return False  # a text of the page itself, which nothing would turn back
        largest, said = 0, ""
        total_right = total_left = 0
        for block in blocks(self._body):
            text = html.unescape("".join(self._pieces[place] for place, _ in block.texts))
            to_right, to_left = scripts.letters(text)
            total_right, total_left = total_right + to_right, total_left + to_left
            sizes = self._tree.attributes(block).get("data-sizes", "").split()
            size = int(sizes[0]) if sizes and sizes[0].isdigit() else 0
            if size > largest and to_right + to_left:
                largest, said = size, text
        first = said.strip()[:1]
        if first in (scripts.LEFT_TO_RIGHT, scripts.RIGHT_TO_LEFT):  # its author says so
            return first == scripts.RIGHT_TO_LEFT
        to_right, to_left = scripts.letters(said)
        is_right = to_left >= to_right > 0 or scripts.begins_right(said)
        return is_right or total_left > total_right

    def _set_block(self, block: Element) -> None:
        paragraphs: list[tuple[Element, list[int]]] = []
        for place, paragraph in block.texts:
            if not paragraphs or paragraphs[-1][0] is not paragraph:
                paragraphs.append((paragraph, []))
            paragraphs[-1][1].append(place)
        text = " ".join(self._pieces[place] for _, places in paragraphs for place in places)
        has_code = self._has_code(block) and _CODE.search(text)
        if not (self._is_right or has_code or scripts.SPECIAL.search(text)):
            return
        tokens = ["lines"] if LINE_END in text else []
        tokens += ["joined"] if scripts.is_joined(text) else []
        if scripts.KEPT_WORDS.search(text):
            tokens.append("words")
            self._has_loose_words = True
        if high := scripts.line_height(html.unescape(text)):
            self._heights.add(high)
            tokens.append(f"h{high * 100:.0f}")
            own = self._tree.attributes(block)
            if "data-fit" in own and "data-sizes" not in own:
                self._tall_slots.append(f'[id="{own.get("id", "")}-slot"]')
        for paragraph, places in paragraphs:
            is_left = "ltr" in self._tree.attributes(paragraph).get("class", "").split()
            self._set_paragraph(places, has_code=bool(has_code), is_left=is_left)
        self._own(block, paragraphs)
        for paragraph, places in paragraphs if self._is_right else ():
            self._turn(paragraph, places)
        if tokens:
            self._tree.mark(block, tokens)

    def _own(self, block: Element, paragraphs: Sequence[tuple[Element, list[int]]]) -> None:
        """Note who owns the texts that may break where their author says."""
        own = self._tree.attributes(block)
        owner = next((element for _, element in self._tree.names(block) if element), "")
        for place, is_alone in ((one, len(some) == 1) for _, some in paragraphs for one in some):
            text = self._pieces[place]
            if "data-fit" not in own or "<" in text:
                self._pieces[place] = text.replace(SOFT_HYPHEN, "")
            elif is_alone and scripts.needs_measuring(text):
                self._pieces[place] = MEASURED + text.strip()
            self._owners[place] = owner

    def _has_code(self, block: Element) -> bool:
        """Whether the layout says that words between backticks are code."""
        of, layout = self._order.kind, self._order.layout
        return any(of.sets_code(layout, name) for name, _ in self._tree.names(block))

    def _set_paragraph(self, places: list[int], *, has_code: bool, is_left: bool) -> None:
        whole = "".join(self._pieces[place] for place in places)
        has_lines = LINE_END in whole
        for place in places:
            text = self._pieces[place]
            if has_lines:
                text = re.sub(r"[ \t\r\n]+", " ", text)
            text = scripts.with_breaks(text, loosely=self._loosely)
            if self._is_right and not is_left and scripts.letters(whole)[1]:
                text = scripts.with_signs(text)
            self._pieces[place] = text
        if has_lines:
            self._pieces[places[0]] = self._pieces[places[0]].lstrip()
            self._pieces[places[-1]] = self._pieces[places[-1]].rstrip()
        if is_left and scripts.letters(whole)[1]:
            self._pieces[places[0]] = scripts.LEFT_TO_RIGHT + self._pieces[places[0]]
        elif self._is_right and not is_left:
            self._direct(places)
        for place in places:
            text = re.sub(f" ?{LINE_END} ?", LINE_END, self._pieces[place])
            if len(places) > 1:
                text = text.replace(SOFT_HYPHEN, "")
            self._pieces[place] = self._with_markup(text, has_code=has_code)

    def _direct(self, places: list[int]) -> None:
        """Give each line of a paragraph its direction, if it has letters from right to left."""
        text = "".join(self._pieces[place] for place in places)
        first, last = places[0], places[-1]
        self._pieces[first] = self._pieces[first].lstrip()
        self._pieces[last] = self._pieces[last].rstrip()
        if not scripts.letters(text)[1]:
            return
        for place in places:
            marked = f"{LINE_END}{scripts.RIGHT_TO_LEFT}"
            self._pieces[place] = self._pieces[place].replace(LINE_END, marked)
        self._pieces[first] = scripts.RIGHT_TO_LEFT + self._pieces[first]

    def _turn(self, paragraph: Element, places: list[int]) -> None:
        """Turn a paragraph back on a page that is mirrored; the box around it stays mirrored."""
        first, last = places[0], places[-1]
        around = [
            (one, one) if isinstance(one, int) else (one.at, one.end) for one in paragraph.inside
        ]
        start = max(at for at, _ in around if at <= first)
        end = min(at for _, at in around if at >= last)
        is_alone = (
            not paragraph.is_inline
            and len([one for one in around if one[0] < start or one[1] > end]) == 0
        )
        self._pieces[start] = (
            f'<span data-ag="flip{"" if is_alone else " in"}">' + self._pieces[start]
        )
        self._pieces[end] += "</span>"

    def _with_markup(self, text: str, *, has_code: bool) -> str:
        """A text with its emoji and its code in elements, which are in one of their own."""
        parts = _CODE.split(text) if has_code else [text]
        for index, part in enumerate(parts):
            if index % 2:
                parts[index] = f'<code data-ag="code">{part}</code>'
                continue
            part = scripts.EMOJI.sub(_emoji, part)
            parts[index] = scripts.EMOJI_ALWAYS.sub(self._emoji_if_plain, part)
        made = "".join(parts)
        # A flex container would take each piece for a box of its own.
        return made if made == text else f'<span data-ag="run">{made}</span>'

    def _emoji_if_plain(self, match: re.Match[str]) -> str:
        if match.string[max(match.start() - 1, 0)] in ">\u200d":  # it is in an element already
            return match[0]
        is_plain = any(font.has(ord(match[0])) for font in self._fonts)
        return _emoji(match) if is_plain else match[0]


def _emoji(match: re.Match[str]) -> str:
    return f'<span data-ag="emoji">{match[0]}</span>'


def _before_emoji(order: Order) -> list[Font]:
    """The text fonts that are asked for a sign before the font of emoji."""
    found: list[Font] = []
    for font in order.stack.fonts:
        if font.family == EMOJI:
            break
        found.append(font)
    return found
