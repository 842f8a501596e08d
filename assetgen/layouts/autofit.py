"""Each text gets the largest of its sizes that fits its slot; if none fits, it is an error."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assetgen.cure import Cure, advice
from assetgen.errors import TemplateError
from assetgen.layouts import ink, shades, shown
from assetgen.layouts.engine import Box, Page
from assetgen.layouts.spec import Order

# CSS px: the engine rounds boxes to whole pixels, and the width of wrapped text up.
_TOLERANCE = 1.0


FIT = re.compile(r"<[a-z][a-z0-9]*\b[^<>]*\bdata-fit\s*=[^<>]*>", re.I)
_ATTRIBUTE = re.compile(
    r"""\b(id|data-fit|data-sizes|data-group|data-balance|data-ink)\s*=\s*"([^"]*)\""""
)


@dataclass(frozen=True)
class Text:
    """A text that has to fit: its element, its value's name, and its possible sizes (CSS px)."""

    element: str
    name: str
    sizes: tuple[int, ...]
    group: str
    balance: bool
    ink: int = 0
    """The longest diagonal (CSS px) of a text whose ink fills its slot; 0 for other texts."""

    @property
    def slot(self) -> str:
        return self.element + "-slot"

    def from_step(self, step: int) -> tuple[int, ...]:
        """The sizes without the ``step`` largest; always the smallest one."""
        return self.sizes[min(step, len(self.sizes) - 1) :]


def texts_of(document: str) -> list[Text]:
    found = []
    for tag in FIT.findall(document):
        got = dict(_ATTRIBUTE.findall(tag))
        if "id" not in got:
            raise TemplateError(
                f"the layout marks {got['data-fit']!r} with data-fit but gives it no id"
            )
        diagonal = str(got.get("data-ink", "0"))
        if not diagonal.isdigit() or (diagonal != "0" and f'id="{got["id"]}-slot"' not in document):
            what = f"the layout marks {got['data-fit']!r} with data-ink={diagonal!r}"
            raise TemplateError(f"{what}, which needs a whole number of px and a slot")
        sizes = tuple(int(size) for size in got.get("data-sizes", "").split())
        element, name = str(got["id"]), str(got["data-fit"])
        found.append(
            Text(
                element,
                name,
                sizes,
                group=str(got.get("data-group", element)),
                balance="data-balance" in got,
                ink=int(diagonal),
            )
        )
    return found


def fit(page: Page, texts: Sequence[Text], order: Order) -> Page:
    """The page with each group of texts at the largest size that fits. Raises TemplateError."""
    inked = [text for text in texts if text.ink]
    boxed = [text for text in texts if not text.ink]
    set_sizes(page, boxed)
    for text in inked:
        _fill(page, text, order)
    return _finished(page, boxed, order)


def _fill(page: Page, text: Text, order: Order) -> None:
    """Set a text so large that its ink fills its slot. Raises TemplateError if it is too long."""
    found = ink.filling(page, text.element, page.boxes()[text.slot], text.ink)
    if found is None:
        raise _misfit(text, order, advice("shorten it: one to three letters are readable"))
    for name, value in found.styles.items():
        page.style(text.element, name, value)
    page.smallest = min(found.size * page.scale, page.smallest or math.inf)


def set_sizes(page: Page, texts: Sequence[Text]) -> None:
    """Set each group of texts to the largest size that fits, or to its smallest."""
    viewport = page.canvas[:2]
    groups: dict[str, list[Text]] = {}
    for text in texts:
        groups.setdefault(text.group, []).append(text)
    # Large titles can leave no room for the texts below them. Then all start one size smaller.
    for step in range(max([1, *(len(text.sizes) for text in texts)])):
        for text in texts:  # all at their largest, so that no text gets room that another needs
            if text.sizes:
                page.style(text.element, "font-size", f"{text.from_step(step)[0]}px")
        sizes = {group: _shrink(page, members, viewport, step) for group, members in groups.items()}
        boxes = page.boxes()
        if all(_fits(boxes, text, viewport, page.scale) for text in texts):
            break
    # Only what takes two lines can be balanced, and a line is never higher than twice its type.
    lines = [
        text
        for text in texts
        if text.balance and page.boxes()[text.element][3] >= 2 * sizes[text.group]
    ]
    if lines:
        _balance(page, lines)
    page.smallest = min((size for size in sizes.values() if size), default=0) * page.scale or None


def _finished(page: Page, texts: Sequence[Text], order: Order) -> Page:
    """``page`` as it is painted. Raises TemplateError if one of its texts does not fit."""
    made = page.rebuilt(_painted(page, texts, order))
    made.smallest = page.smallest
    boxes = made.boxes()
    for text in texts:
        if not _fits(boxes, text, made.canvas[:2], made.scale):
            raise _misfit(text, order, _cure(boxes, text))
    return made


def _misfit(text: Text, order: Order, cure: Cure) -> TemplateError:
    what = f"values.{text.name} does not fit the layout {order.kind.name}/{order.layout}"
    size = f"{order.width}x{order.height}"
    return TemplateError(f"{what} at {size}", where=f"values.{text.name}", cure=cure)


def _painted(page: Page, texts: Sequence[Text], order: Order) -> str:
    """The document with its pictures; its shades get the opacity that the texts need."""
    if shades.is_in(page.document):
        small = shown.painted(page.document, order, page.boxes(), page.scale, shown.SMALL)
        boxes = [page.boxes()[text.element] for text in texts]
        for shade, opacity in list(shades.opacities(small, page, boxes)):
            page.style(shade, "opacity", f"{opacity:.2f}")
    return shown.painted(page.document, order, page.boxes(), page.scale)


def _cure(boxes: Mapping[str, Box], text: Text) -> Cure:
    """What makes a text fit: a larger image does not, because layouts are scaled."""
    is_too_wide = text.slot in boxes and boxes[text.element][2] > boxes[text.slot][2] + _TOLERANCE
    if is_too_wide:
        return advice(
            "shorten it, write \\u00AD where a long word may break, or choose another ratio"
        )
    return advice("shorten it, or choose another layout or ratio")


def _shrink(page: Page, members: Sequence[Text], viewport: tuple[int, int], step: int) -> int:
    """Set the group to the largest size that fits, or to its smallest; return that size."""

    def fit_at(size: int) -> bool:
        for text in members:
            page.style(text.element, "font-size", f"{size}px")
        boxes = page.boxes()
        return all(_fits(boxes, text, viewport, page.scale) for text in members)

    sizes = members[0].from_step(step)
    if not sizes or fit_at(sizes[0]):
        return sizes[0] if sizes else 0
    # A text that fits at one size fits at all smaller ones, so a binary search finds the largest.
    # The smallest is not tried: every text is measured again in the end.
    low, high, shown = 1, len(sizes) - 1, 0
    while low < high:
        shown = (low + high) // 2
        low, high = (low, shown) if fit_at(sizes[shown]) else (shown + 1, high)
    if shown != high:
        fit_at(sizes[high])
    return sizes[high]


def _fits(boxes: Mapping[str, Box], text: Text, viewport: tuple[int, int], scale: float) -> bool:
    slack = _TOLERANCE + 1 / scale
    x, y, width, height = boxes[text.element]
    if text.slot in boxes:
        _, _, slot_width, slot_height = boxes[text.slot]
        return width <= slot_width + slack and height <= slot_height + slack
    inside_x = x >= -slack and x + width <= viewport[0] + slack
    return inside_x and y >= -slack and y + height <= viewport[1] + slack


def _balance(page: Page, texts: Sequence[Text]) -> None:
    """Narrow each text as far as its number of lines allows, so that its lines become even.

    All texts share the same layout passes, which are expensive. Their widths are independent.
    """
    before = page.boxes()
    low = {text.element: before[text.element][2] * 0.5 for text in texts}
    high = {text.element: before[text.element][2] for text in texts}
    slots = [text for text in texts if text.slot in before]
    # A slot without room has the width of its widest word; max-width would hide that it sticks out.
    for text in slots:
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
            keeps_lines = (
                now_high <= before[element][3] + _TOLERANCE and now_wide <= width + _TOLERANCE
            )
            (high if keeps_lines else low)[element] = width
    for element, width in high.items():
        # A little more than measured: the engine rounds widths, and one more line would not fit.
        page.style(element, "max-width", f"{width + 1 + 2 / page.scale:.1f}px")
