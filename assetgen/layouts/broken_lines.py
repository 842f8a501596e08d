"""Lines that are broken here: with hyphens, and where the engine would break too late.

The engine draws no hyphen where it breaks a word, and is wrong about the widths of some lines. It
is right about boxes, so each piece of a line is measured as a box.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from msgspec import Struct

from assetgen.errors import TemplateError
from assetgen.layouts.autofit import Text, fit, set_sizes
from assetgen.layouts.engine import Box, Page
from assetgen.layouts.scripts import (
    BREAK,
    LINE_END,
    MEASURED,
    RIGHT_TO_LEFT,
    SOFT_HYPHEN,
    base_mark,
)
from assetgen.layouts.spec import Order
from assetgen.layouts.written_lines import Setting, shown, size_of

# Figures of one width change the shape of the other hyphen, of the keyboard.
_HYPHEN, _KEYBOARD_HYPHEN = "\u2010", "-"
# Widths of pieces leave out how letters move together where pieces meet.
_SLACK = 0.99
# A box of its own: the engine leaves out some line ends after Burmese.
_ROW = '<span data-ag="row">'
_BOX = '<span style="display:inline-block;white-space:nowrap"'
# About the smallest size of a text that its layout alone decides, in CSS px.
_SMALL = 8
_NO_WRAP = {"max-width": "none", "width": "100000px"}


class _Long(Struct, frozen=True):
    """A text to be broken: its place among those of the setting, its owner, its written lines.

    A line is its pieces and what divides them, in turn: " ", BREAK or SOFT_HYPHEN.
    """

    place: int
    owner: str
    text: str
    lines: tuple[list[str], ...]

    @property
    def boxes(self) -> list[str]:
        """The ids of the boxes round its pieces."""
        many = [(number, at) for number, line in enumerate(self.lines) for at in range(len(line))]
        return [self.box(number, at) for number, at in many if at % 2 == 0]

    @property
    def filler(self) -> str:
        """The id of an element behind the text, which is hidden until it measures something."""
        return f"ag-filler-{self.place}"

    def box(self, line: int, at: int) -> str:
        """The id of the box round a piece."""
        return f"ag-piece-{self.place}-{line}-{at}"


def broken(setting: Setting, texts: Sequence[Text], order: Order) -> Page:
    """The page with lines that are broken here, with hyphens. Raises TemplateError if too large."""
    found = list(_long(setting))
    owners = {long.owner for long in found}
    even = {text.element for text in texts if text.balance}
    plain = [shown(node[0].replace(SOFT_HYPHEN, "")) for node, _ in setting.nodes]
    hyphen = _HYPHEN if order.stack.fonts[0].has(ord(_HYPHEN)) else _KEYBOARD_HYPHEN
    left = [replace(text, balance=text.balance and text.element not in owners) for text in texts]
    while True:
        page = _in_boxes(setting, plain, found, left)
        wrapped = _without_single(page, found, plain, setting.canvas[0])
        set_sizes(page, left)
        sizes = {text.element: size_of(page, text) for text in left}
        measured = _Measured(page, wrapped, sizes, setting.canvas[0])
        written = list(plain)
        for long in wrapped:
            lines = measured.lines(long, is_even=long.owner in even)
            written[long.place] = "".join(lines).replace(_HYPHEN, hyphen)
        styles = {text.element: dict(page.styles.get(text.element, {})) for text in left}
        for text in left:
            if text.slot in page.styles:
                styles[text.slot] = dict(page.styles[text.slot])
        for owner in owners:
            styles.get(owner, {}).pop("max-width", None)
        try:
            sized = [
                replace(text, sizes=(size,) if (size := sizes[text.element]) else (), balance=False)
                for text in left
            ]
            made = Page(setting.with_texts(written), setting.css, setting.canvas, styles)
            return fit(made, sized, order)
        except TemplateError as exc:
            groups = {text.group for text in left if text.element in owners}
            failed = {text.group for text in left if f"values.{text.name}" == exc.where}
            smaller = _smaller(left, (groups & failed) or groups, sizes)
            if smaller == left:
                raise
            left = smaller


def _long(setting: Setting) -> Iterator[_Long]:
    for place, (node, owner) in enumerate(setting.nodes):
        if owner and (SOFT_HYPHEN in node[0] or MEASURED in node[0]):
            text = node[0].replace(MEASURED, "")
            lines = [_pieces(line.lstrip(RIGHT_TO_LEFT)) for line in text.split(LINE_END)]
            yield _Long(place, owner, text, tuple(lines))


_PIECE = re.compile(rf"([^ {BREAK}{SOFT_HYPHEN}]+)([ {BREAK}{SOFT_HYPHEN}]*)")


def _pieces(line: str) -> list[str]:
    found: list[str] = []
    for piece, after in _PIECE.findall(" ".join(line.split())):
        divider = next((one for one in (" ", SOFT_HYPHEN, BREAK) if one in after), BREAK)
        found += [piece, divider]
    return found[:-1]


def _in_boxes(
    setting: Setting, plain: Sequence[str], found: Sequence[_Long], fitted: Sequence[Text]
) -> Page:
    """A page on which the engine measures and breaks the pieces as they are drawn."""
    written = list(plain)
    for long in found:
        lines = []
        for number, pieces in enumerate(long.lines):
            boxed = [
                f'{_BOX} id="{long.box(number, at)}">{piece}</span>'
                if at % 2 == 0
                else piece.strip(f"{BREAK}{SOFT_HYPHEN}")
                for at, piece in enumerate(pieces)
            ]
            lines.append("".join(boxed))
        more = f'<span data-ag="filler" id="{long.filler}">n</span>'
        written[long.place] = "\n".join(lines) + more
    largest = {text.element: {"font-size": f"{text.sizes[0]}px"} for text in fitted if text.sizes}
    css = f"{setting.css}[data-ag=filler]{{display:none}}"
    return Page(setting.with_texts(written), css, setting.canvas, largest)


def _without_single(
    page: Page, found: Sequence[_Long], plain: Sequence[str], wide: int
) -> list[_Long]:
    """The texts that are on several lines; the others are set on ``page`` as they will be drawn.

    The engine breaks a line between boxes, also where the layout allows no line to be broken.
    """
    words = "nn " * (3 + wide // _SMALL)  # wider than the canvas
    styles = {long.filler: {"display": "inline"} for long in found}
    filled = page.boxes_with(styles, dict.fromkeys(styles, words))
    several = []
    for long in found:
        is_short = len(long.lines) == 1 and len(long.lines[0]) < 2
        if not is_short and (len(long.lines) > 1 or filled[long.owner][2] <= wide):
            several.append(long)
            continue
        for box in long.boxes:
            page.style(box, "display", "none")
        page.style(long.filler, "display", "inline")
        page.boxes_with({}, {long.filler: html.unescape(plain[long.place])})
    return several


def _smaller(texts: Sequence[Text], groups: set[str], sizes: Mapping[str, int]) -> list[Text]:
    """The texts, those of some groups one size smaller than they were."""
    made = []
    for text in texts:
        below = tuple(one for one in text.sizes if one < sizes[text.element])
        made.append(replace(text, sizes=below) if text.group in groups and below else text)
    return made


class _Measured:
    """How wide the pieces of texts are, and the room for their lines, as ``page`` is set.

    ``sizes`` are those of the texts, and ``wide`` is the canvas, in CSS px.
    """

    def __init__(
        self, page: Page, found: Sequence[_Long], sizes: Mapping[str, int], wide: int
    ) -> None:
        self._sizes = sizes
        self._boxes = page.boxes_with({long.owner: _NO_WRAP for long in found})
        self._rooms, self._hyphens = {}, {}
        for long in found:
            # Wider than any line: each of these words is more than one em.
            words = "nn " * (3 + wide // (sizes[long.owner] or _SMALL))
            filled = _filled_with(page, long, words, "inline")
            own = filled[long.owner]
            self._rooms[long.place] = min(own[2], filled.get(f"{long.owner}-slot", own)[2])
            if SOFT_HYPHEN in long.text:
                boxes = _filled_with(page, long, _HYPHEN, "inline-block")
                self._hyphens[long.place] = boxes[long.filler][2]

    def lines(self, long: _Long, *, is_even: bool) -> list[str]:
        """The lines of a text: as few as possible, and as even if asked."""
        start = _ROW + base_mark(long.text)
        room = self._rooms[long.place] * _SLACK
        found = []
        for number, pieces in enumerate(long.lines):
            widths = self._widths(long, number)
            filled = _filled(pieces, widths, room)
            low, high = room / 2, room
            for _ in range(7 if is_even else 0):
                middle = (low + high) / 2
                tried = _filled(pieces, widths, middle)
                is_enough = len(tried) <= len(filled) and all(
                    _width(line, widths) <= middle for line in tried
                )
                low, high = (low, middle) if is_enough else (middle, high)
            found += [f"{start}{''.join(line)}</span>" for line in _filled(pieces, widths, high)]
        return found

    def _widths(self, long: _Long, number: int) -> dict[str, float]:
        """The width of each piece of a line, of a hyphen and of a blank."""
        pieces = long.lines[number]
        boxes = [self._boxes[long.box(number, at)] for at in range(0, len(pieces), 2)]
        blanks = [
            _between(*pair)
            for pair, divider in zip(pairwise(boxes), pieces[1::2], strict=True)
            if divider == " "
        ]
        blank = sum(blanks) / len(blanks) if blanks else (self._sizes[long.owner] or 2 * _SMALL) / 4
        found = {piece: box[2] for piece, box in zip(pieces[::2], boxes, strict=True)}
        hyphen = self._hyphens.get(long.place, 0.0)
        return {**found, " ": blank, BREAK: 0.0, SOFT_HYPHEN: 0.0, _HYPHEN: hyphen}


def _between(one: Box, other: Box) -> float:
    """The room between two boxes on a line, of which either may be the first."""
    left, right = sorted((one, other))
    return max(0.0, right[0] - left[0] - left[2])


def _filled_with(page: Page, long: _Long, text: str, display: str) -> dict[str, Box]:
    """The boxes of a page on which more text, of the same style, is behind that of ``long``."""
    return page.boxes_with({long.filler: {"display": display}}, {long.filler: text})


def _width(line: Sequence[str], widths: Mapping[str, float]) -> float:
    return sum(widths[piece] for piece in line)


def _filled(pieces: Sequence[str], widths: Mapping[str, float], room: float) -> list[list[str]]:
    """Lines of pieces, each as full as possible; a piece that is too wide has a line of its own."""
    lines: list[list[str]] = [[]]
    for at in range(0, len(pieces), 2):
        piece = pieces[at]
        before = pieces[at - 1] if at else BREAK
        after = pieces[at + 1] if at + 1 < len(pieces) else BREAK
        glue = [" "] if before == " " and lines[-1] else []
        ahead = [*lines[-1], *glue, piece, *([_HYPHEN] if after == SOFT_HYPHEN else [])]
        if not lines[-1] or _width(ahead, widths) <= room:
            lines[-1] += [*glue, piece]
            continue
        lines[-1] += [_HYPHEN] if before == SOFT_HYPHEN else []
        lines.append([piece])
    return lines
