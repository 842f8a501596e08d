"""Lines that the author decides: line ends in a value, and places for hyphens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assetgen.cure import advice
from assetgen.errors import TemplateError
from assetgen.layouts.autofit import Text, texts_of
from assetgen.layouts.engine import Canvas, Page
from assetgen.layouts.scripts import LINE_END, MEASURED, SOFT_HYPHEN
from assetgen.layouts.spec import Order

#: The styles of a text with line ends of its own, and of a line that is broken here.
LINES = "[data-ag~=lines]{white-space:pre-line!important}"
ROW = "[data-ag~=row]{all:unset!important;display:block!important;white-space:pre!important}"
#: A text with lines of its own.
_OWN = f"{LINE_END}{MEASURED}{SOFT_HYPHEN}"
TEXT = re.compile(rf"(?<![^<>])[^<>{_OWN}]*+[{_OWN}][^<>]*+")


@dataclass(frozen=True)
class Setting:
    """A document to be laid out, and who owns each text with lines of its own: an id, or ""."""

    document: str
    css: str
    canvas: Canvas
    owners: tuple[str, ...] = ()

    @cached_property
    def nodes(self) -> tuple[tuple[re.Match[str], str], ...]:
        """Each such text, and its owner."""
        body = max(self.document.find("<body"), 0)
        found = TEXT.finditer(self.document, body)
        return tuple(zip(found, self.owners, strict=True))

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
    pairs = ((size_of(page, text), size_of(other, text)) for text in texts)
    return all(here >= there for here, there in pairs)


def size_of(page: Page, text: Text) -> int:
    """The size in CSS px that a text is set in; 0 if the layout alone decides it."""
    size = page.styles.get(text.element, {}).get("font-size")
    return int(size.removesuffix("px")) if size and text.sizes else 0
