"""Lines that the author decides: line ends in a value, and places for hyphens.

The engine draws no hyphen where it breaks a word, so such words are broken here, with the widths
that the engine measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assetgen.cure import advice
from assetgen.errors import TemplateError
from assetgen.layouts.autofit import Text, fit, texts_of
from assetgen.layouts.engine import Canvas, Page
from assetgen.layouts.scripts import (
    BREAK,
    LINE_END,
    MEASURED,
    RIGHT_TO_LEFT,
    SOFT_HYPHEN,
    base_mark,
)
from assetgen.layouts.spec import Order

#: The styles of a text with line ends of its own, and of a line that is broken here.
LINES = "[data-ag~=lines]{white-space:pre-line!important}"
ROW = "[data-ag~=row]{all:unset!important;display:block!important;white-space:pre!important}"
#: A text with lines of its own.
TEXT = re.compile(rf"[^<>]*[{LINE_END}{MEASURED}{SOFT_HYPHEN}][^<>]*")
# Figures of one width change the shape of the other hyphen, of the keyboard.
_HYPHEN, _KEYBOARD_HYPHEN = "\u2010", "-"
# Widths of pieces leave out how letters move together where pieces meet.
_SLACK = 0.99


@dataclass(frozen=True)
class Setting:
    """A document to be laid out, and who owns each text with lines of its own: an id, or ""."""

    document: str
    css: str
    canvas: Canvas
    owners: tuple[str, ...] = ()

    @property
    def nodes(self) -> Iterator[tuple[re.Match[str], str]]:
        """Each such text, and its owner."""
        body = max(self.document.find("<body"), 0)
        found = TEXT.finditer(self.document, body)
        return zip(found, self.owners, strict=True)

    def with_texts(self, texts: Sequence[str]) -> str:
        """The document with other texts for those with lines of their own."""
        parts, at = [], 0
        for (node, _), text in zip(self.nodes, texts, strict=True):
            parts += [self.document[at : node.start()], text]
            at = node.end()
        return "".join((*parts, self.document[at:]))


def refuse_lines(setting: Setting, order: Order) -> None:
    """Raise TemplateError for a text of several lines that the layout sets on one."""
    owners = {owner for node, owner in setting.nodes if LINE_END in node[0]}
    if not owners:
        return
    single = _on_one_line(setting, owners - {""})
    names = {text.element: f"values.{text.name}" for text in texts_of(setting.document)}
    for owner in sorted(single | (owners & {""})):
        name = names.get(owner, "a text of several lines")
        raise TemplateError(
            f"{name} has a line end, and the layout {order.kind.name}/{order.layout} sets it on "
            "one line",
            where=names.get(owner),
            cure=advice("write it on one line"),
        )


def _on_one_line(setting: Setting, elements: set[str]) -> set[str]:
    """Those of some elements whose texts never wrap."""
    probe = setting.with_texts(["x x x"] * len(setting.owners))
    css = setting.css.replace(LINES, "")
    narrow = {"max-width": "1px", "font-size": "20px"}
    styles: list[dict[str, str]] = [{}, {"white-space": "nowrap"}]  # set later: not inherited
    wrapped, single = (
        Page(probe, css, setting.canvas, dict.fromkeys(elements, narrow | more)).boxes()
        for more in styles
    )
    return {one for one in elements if wrapped[one][3] < 1.5 * single[one][3]}


def broken(setting: Setting, texts: Sequence[Text], order: Order) -> Page:
    """The page with lines that are broken here, with hyphens. Raises TemplateError if too large."""
    owners = {owner for node, owner in setting.nodes if _is_broken_here(node[0])}
    fixed = _on_one_line(setting, owners - {""}) | {""}
    sources = [node[0] for node, _ in setting.nodes]
    free = [_boxed(text) if _is_broken_here(text) else shown(text) for text in sources]
    has_hyphen = order.stack.fonts[0].has(ord(_HYPHEN))
    hyphen = _HYPHEN if has_hyphen else _KEYBOARD_HYPHEN
    even = {text.element for text in texts if text.balance}
    left = [replace(text, balance=text.balance and text.element not in owners) for text in texts]
    while True:
        page = fit(_begun(setting, free, left), left, setting.canvas[:2], order)
        lines = [
            "".join(_lines(setting, index, page, is_even=owner in even)).replace(_HYPHEN, hyphen)
            if _is_broken_here(text) and owner not in fixed
            else shown(text.replace(SOFT_HYPHEN, ""))
            for index, (text, (_, owner)) in enumerate(zip(sources, setting.nodes, strict=True))
        ]
        styles = {
            element: {name: value for name, value in declared.items() if name != "max-width"}
            if element in owners
            else declared
            for element, declared in page.styles.items()
        }
        try:
            sized = [replace(text, sizes=_only(styles, text), balance=False) for text in left]
            made = Page(setting.with_texts(lines), setting.css, setting.canvas, styles)
            return fit(made, sized, setting.canvas[:2], order)
        except TemplateError as exc:
            groups = {text.group for text in left if text.element in owners}
            failed = {text.group for text in left if f"values.{text.name}" == exc.where}
            smaller = _smaller(left, (groups & failed) or groups, styles)
            if smaller == left:
                raise
            left = smaller


def _is_broken_here(text: str) -> bool:
    return SOFT_HYPHEN in text or MEASURED in text


def _begun(setting: Setting, texts: Sequence[str], fitted: Sequence[Text]) -> Page:
    largest = {text.element: {"font-size": f"{text.sizes[0]}px"} for text in fitted if text.sizes}
    return Page(setting.with_texts(texts), setting.css, setting.canvas, largest)


def _only(styles: Mapping[str, Mapping[str, str]], text: Text) -> tuple[int, ...]:
    size = styles.get(text.element, {}).get("font-size")
    return (int(size.removesuffix("px")),) if size and text.sizes else ()


def _smaller(
    texts: Sequence[Text], groups: set[str], styles: Mapping[str, Mapping[str, str]]
) -> list[Text]:
    """The texts, those of some groups one size smaller than they were."""
    made = []
    for text in texts:
        size = _only(styles, text)
        below = tuple(one for one in text.sizes if size and one < size[0])
        made.append(replace(text, sizes=below) if text.group in groups and below else text)
    return made


def _lines(setting: Setting, index: int, page: Page, *, is_even: bool) -> list[str]:
    """The lines of a text as it is set on ``page``: as few as possible, and as even if asked."""
    node, owner = list(setting.nodes)[index]
    text = node[0].replace(MEASURED, "")
    start = _ROW + base_mark(text)
    written = [_pieces(line.lstrip(RIGHT_TO_LEFT)) for line in text.split(LINE_END)]
    widths = _widths(setting, index, page, owner, pieces={one for line in written for one in line})
    room = widths[_ROOM] * _SLACK
    found = []
    for pieces in written:
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


# A box of its own: the engine leaves out some line ends after Burmese.
_ROW = '<span data-ag="row">'


_PIECE = re.compile(rf"([^ {BREAK}{SOFT_HYPHEN}]+)([ {BREAK}{SOFT_HYPHEN}]*)")


def _pieces(line: str) -> list[str]:
    """Pieces of a line, and between them what divides them: " ", BREAK or SOFT_HYPHEN."""
    found: list[str] = []
    for piece, after in _PIECE.findall(" ".join(line.split())):
        divider = next((one for one in (" ", SOFT_HYPHEN, BREAK) if one in after), BREAK)
        found += [piece, divider]
    return found[:-1]


_BOX = '<span style="display:inline-block;white-space:nowrap">'


def _boxed(text: str) -> str:
    """A text whose pieces are boxes, which the engine measures and breaks as they are drawn."""
    lines = []
    for line in text.replace(MEASURED, "").split(LINE_END):
        pieces = _pieces(line)
        lines.append(
            "".join(
                f"{_BOX}{piece}</span>" if at % 2 == 0 else piece.strip(f"{BREAK}{SOFT_HYPHEN}")
                for at, piece in enumerate(pieces)
            )
        )
    return "\n".join(lines)


def _widths(
    setting: Setting, index: int, page: Page, owner: str, *, pieces: set[str]
) -> dict[str, float]:
    """How wide each piece of a text is, a hyphen, a blank, and the room for a line."""
    shown_pieces = sorted((pieces | {_HYPHEN, "n n", "nn"}) - {" ", BREAK, SOFT_HYPHEN})
    spans = "".join(
        f'{_BOX[:-1]} id="ag-piece-{n}">{piece}</span>' for n, piece in enumerate(shown_pieces)
    )
    filler = "nn " * 400  # wider than any line
    texts = [spans + filler if n == index else "x" for n in range(len(setting.owners))]
    size = page.styles.get(owner, {}).get("font-size")
    styles = {owner: {"font-size": size}} if size else {}
    boxes = Page(setting.with_texts(texts), setting.css, setting.canvas, styles).boxes()
    found = {piece: boxes[f"ag-piece-{n}"][2] for n, piece in enumerate(shown_pieces)}
    blank = max(found["n n"] - found["nn"], 0.0)
    room = min(boxes[owner][2], boxes.get(f"{owner}-slot", boxes[owner])[2])
    return {**found, " ": blank, BREAK: 0.0, SOFT_HYPHEN: 0.0, _ROOM: room}


_ROOM = "\n"


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


def shown(text: str) -> str:
    """A text with its line ends as the engine breaks at them."""
    return text.replace(LINE_END, "\n").replace(MEASURED, "")


def without_hyphens(setting: Setting) -> Setting:
    """The same with words that are never broken."""
    found = [(node[0].replace(SOFT_HYPHEN, ""), owner) for node, owner in setting.nodes]
    document = setting.with_texts([text for text, _ in found])
    owners = tuple(owner for text, owner in found if TEXT.fullmatch(text))
    return replace(setting, document=document, owners=owners)


def is_at_most(page: Page, other: Page, texts: Sequence[Text]) -> bool:
    """Whether no text is larger on ``other`` than on ``page``."""
    pairs = ((_only(page.styles, text), _only(other.styles, text)) for text in texts)
    return all(here >= there for here, there in pairs)
