"""The images that are looked at: every layout with words of a script, at the usual sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from assetgen.errors import TemplateError
from assetgen.layouts import fonts, kind, render
from assetgen.layouts.autofit import texts_of
from assetgen.layouts.engine import Box, Page
from assetgen.layouts.field import Field
from assetgen.layouts.fonts import Font
from assetgen.layouts.kind import Kind
from assetgen.layouts.spec import Order
from tests.support.images import landscape
from tests.support.look_words import PHRASE, SENTENCE, Script

ROOT = Path(__file__).resolve().parent.parent.parent
SIZES = ((1200, 630), (1600, 900), (1080, 1080), (1080, 1920), (1280, 720))
# What is an address, a language or a number, but no words.
_AS_IT_IS = ("url", "language", "unit", "clock", "icon", "mark", "id", "from", "to", "parent")
_MARKS = ("yes", "no", "partial")


def layouts() -> list[tuple[str, str]]:
    """Every kind and layout that ships."""
    names = sorted(path.parent.name for path in (ROOT / "templates").glob("*/template.toml"))
    return [(name, layout) for name in names for layout in kind.find(ROOT, name).sheet.layouts]


@cache
def samples() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The samples of the contact sheet, by kind and layout."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = tomli.loads(
        (ROOT / "tools" / "contact_sheet.toml").read_text("utf-8")
    )
    return found


@cache
def fonts_with(folder: Path | None) -> Mapping[str, Font]:
    """The fonts that ship, and those in a folder."""
    return fonts.collect([ROOT / "templates" / "fonts", *([folder] if folder else [])])


def order(
    name: str, values: Mapping[str, Any], size: tuple[int, int], folder: Path | None, **style: Any
) -> Order:
    """An image to draw; each picture in it is the same landscape."""
    of = kind.find(ROOT, name)
    filled, wrong = of.examine(values)
    assert not wrong, wrong
    pictures = dict.fromkeys(of.pictures(filled), landscape())
    return Order(of, filled, *size, fonts=fonts_with(folder), pictures=pictures, **style)


@dataclass
class Rewriting:
    """Values in another script: each text becomes one of the same length."""

    script: Script
    shorter: int = 0
    """How many lengths shorter: 0, 1 or 2."""

    _known: dict[str, str] = field(default_factory=dict)
    _taken: list[int] = field(default_factory=lambda: [0, 0, 0])

    def values(self, of: Kind, layout: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """``values`` of a layout with other words."""
        return {"layout": layout, **self._table(of.fields(layout), values)}

    def _table(self, fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(fields[name], name, value) for name, value in values.items()}

    def _value(self, spec: Field, name: str, value: Any) -> Any:
        if spec.type == "table":
            return self._table(spec.fields, value)
        if spec.type == "list":
            one = self._table if spec.fields else self._text
            return [
                self._table(spec.fields, item) if one == self._table else self._text(name, item)
                for item in value
            ]
        return self._text(name, value) if spec.type == "text" else value

    def _text(self, name: str, text: Any) -> Any:
        kept = not isinstance(text, str) or name in _AS_IT_IS or text in _MARKS or "\n" in text
        if kept or not any(char.isalpha() for char in text):
            return text
        if text not in self._known:
            length = (len(text) >= PHRASE) + (len(text) >= SENTENCE)
            length = max(0, length - self.shorter)
            pool = (self.script.short, self.script.phrases, self.script.sentences)[length]
            self._known[text] = pool[self._taken[length] % len(pool)]
            self._taken[length] += 1
        return self._known[text]


def font_file(look: Path, script: Script) -> Path | None:
    """The font of a script that none of those that ship has."""
    packages = next((look / "python/lib").glob("python*/site-packages"))
    return packages / script.font if script.font else None


def fitting(script: Script, name: str, layout: str, size: tuple[int, int], look: Path) -> Order:
    """The sample of a layout in another script, with shorter words if the first do not fit."""
    of = kind.find(ROOT, name)
    font = font_file(look, script)
    for shorter in (0, 1, 2):
        sample = samples()[name][layout][0]["values"]
        values = Rewriting(script, shorter).values(of, layout, sample)
        made = order(name, values, size, font.parent if font else None)
        try:
            render.draw(made)
        except TemplateError:
            continue
        return made
    raise AssertionError("even the shortest words do not fit")


def texts(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text that the author wrote in the image, and the name of its value."""
    for name, spec in fields.items():
        hidden = ("language", "icon", "mark", "marks")
        if name not in values or name in hidden or spec.among or spec.unique or spec.syntax:
            continue
        value = values[name]
        if spec.type == "text" and value:
            yield name, value
        elif spec.type == "list" and spec.fields:
            for index, item in enumerate(value):
                for inner, text in texts(spec.fields, item):
                    yield f"{name}[{index}].{inner}", text
        elif spec.type == "list" and "number" not in spec.of:
            for index, text in enumerate(value):
                if text not in _MARKS:
                    yield f"{name}[{index}]", text


@dataclass(frozen=True)
class Written:
    """A text of the author in an image: its box, and the size of its type, in pixels."""

    name: str
    text: str
    box: Box | None
    """Left, top, right, bottom; None if the layout does not fit the text."""

    high: float


def _beside(elements: Mapping[str, str], item: str) -> str | None:
    """The element of an item of a list, or of another text of it, which then has this one too."""
    found = (element for name, element in elements.items() if name.rpartition(".")[0] == item)
    return elements.get(item) or (next(found, None) if item else None)


def written(order: Order, page: Page) -> list[Written]:
    """Every text of the author that ``page`` has to show, and where the engine put it."""
    document = page.styled[0]
    elements = {text.name: text.element for text in texts_of(document)}
    is_mirrored = 'data-ag="rtl"' in document
    found = []
    for name, text in texts(order.kind.fields(order.layout), order.values):
        element = elements.get(name) or _beside(elements, name.rpartition(".")[0])
        if name.startswith("labels[") and element not in page.boxes():
            continue  # as many labels as there is room for
        if element is None:
            found.append(Written(name, text, None, 0))
            continue
        left, top, wide, high = (side * page.scale for side in page.boxes()[element])
        left = order.width - left - wide if is_mirrored else left
        stated = page.styles.get(element, {}).get("font-size", "")
        size = float(stated[:-2]) * page.scale if stated else min(high, 30.0)
        found.append(Written(name, text, (left, top, left + wide, top + high), size))
    return found
