"""Every value of every layout is in the image, or is refused: changing it changes the pixels."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetgen.errors import AssetgenError
from assetgen.layouts import kind, render
from assetgen.layouts.field import Field
from assetgen.layouts.kind import Kind
from assetgen.layouts.spec import Order
from tests.support.rows import one_of_each

_FONTS = kind.available_fonts(Path("none"))
_SIZES = [(800, 450), (540, 540), (450, 800)]
# Numbers that all can be told from their neighbours, and texts that fit everywhere.
_TEXTS = {
    "flowchart": (
        "flowchart\nA[Ab] -->|cd| B{Ef}\nB --> A",
        "flowchart\nA[Ab] -->|cd| B{Qu}\nB --> A",
    ),
    "outline": ("Ab\n Cd\n Ef # gh", "Ab\n Cd\n Ef # qu"),
    "sequence": ("sequenceDiagram\nA->>B: cd", "sequenceDiagram\nA->>B: Qu"),
}
_LISTS = {"categories": ["Ab", "Cd", "Ef"], "labels": ["Ab", "Cd", "Ef"], "cells": ["yes", "no"]}


def _picture(colour: str) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", (40, 30), colour)
    picture.paste("#20d020", (0, 0, 20, 15))  # so that each part of it looks different
    picture.paste("#d0d020", (20, 15, 40, 30))
    picture.save(out, "PNG")
    return out.getvalue()


_PICTURES = {"a.png": _picture("#d02020"), "b.png": _picture("#2020d0")}


def _rich(
    fields: dict[str, Field], without: frozenset[str], around: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """A value for each field but those ``without``, and but those that another one replaces.

    ``around`` are the values of the table that this one is in.
    """
    made: dict[str, Any] = {}
    for name, spec in fields.items():
        if spec.needs and not set(spec.needs) & set(made):
            continue
        replaced = set(spec.without) & (set(made) | around)
        if name not in without and spec.type != "choice" and not replaced:
            made[name] = _value(name, spec, around=frozenset(set(fields) - without))
    return made


def _value(name: str, spec: Field, around: frozenset[str] = frozenset()) -> Any:
    match spec.type:
        case "list" if spec.fields:
            many = max(spec.min, 2)
            items = [_rich(spec.fields, frozenset(), around) for _ in range(many)]
            for unique in (key for key, one in spec.fields.items() if one.unique):
                for nth, item in enumerate(items):
                    item[unique] = f"{unique} {nth}"
            for between in (key for key, one in spec.fields.items() if one.between):
                items[-1].pop(between, None)
            return items
        case "list" if "number" in spec.of:
            return [600.5, 1234.5, 900]
        case "list":
            many = 2 if spec.each else max(spec.min, 2)
            return _LISTS.get(name) or [f"{name[:3]} {nth}" for nth in range(many)]
        case "table":
            return {key: key for key in spec.fields}
        case "number":
            return 2 if spec.least is None else 1234.5
        case "flag":
            return False
        case "point":
            return [0.5, 0.15]
        case "colour":
            return "#d02020"
        case "picture":
            return "a.png"
        case "code":
            return "ab = 1\ncd = 2"
        case "language":
            return "python"
    if spec.syntax:
        return _TEXTS[spec.syntax][0]
    if spec.above:
        return ""  # the first of its list
    if "." in spec.among:  # an edge from the first node to the second
        return f"{spec.among.rpartition('.')[2]} {int(name == 'to')}"
    if spec.lines_of:
        return "3"
    return (
        _LISTS["categories"][0] if spec.among else "en" if name == "language" else f"{name[:5]} x"
    )


def _other(name: str, spec: Field, value: Any) -> Any:
    """Another value of the same type."""
    match spec.type:
        case "list" if "number" in spec.of:
            return [value[0] + 60, *value[1:]]
        case "list":
            return [*value[:-1], "Qu"]
        case "table":
            return None
        case "number":
            return value + 1
        case "flag":
            return not value
        case "point":
            return [1, 1]
        case "colour":
            return "#20d020"
        case "picture":
            return "b.png"
        case "code":
            return value.replace("cd", "ef")
        case "language":
            return "text"
    if spec.syntax:
        return _TEXTS[spec.syntax][1]
    if spec.lines_of:
        return "2-3"
    return {"highlight": _LISTS["categories"][1], "language": "de"}.get(name, "Other")


def _changes(
    fields: dict[str, Field], values: dict[str, Any], at: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each place in ``values`` with another value for it."""
    for name, spec in fields.items():
        if name not in values:
            continue
        value = values[name]
        if spec.type == "list" and spec.fields:
            for index, item in enumerate(value):
                yield from _changes(spec.fields, item, (*at, name, index))
        elif spec.type == "table":
            for key in spec.fields:
                yield (*at, name, key), f"{value[key]}x"
        elif spec.type != "choice" and not spec.unique:  # a name for edges is not shown
            yield (*at, name), _other(name, spec, value)


def _changed(values: dict[str, Any], at: tuple[Any, ...], value: Any) -> dict[str, Any]:
    made = copy.deepcopy(values)
    place: Any = made
    for step in at[:-1]:
        place = place[step]
    place[at[-1]] = value
    return made


def _drawn(of: Kind, values: dict[str, Any], size: tuple[int, int]) -> bytes | None:
    """The pixels; None if the values are refused."""
    filled, wrong = of.examine(values)
    if wrong:
        return None
    pictures = {name: _PICTURES[name] for name in of.pictures(filled)}
    try:
        return render.draw(Order(of, filled, *size, fonts=_FONTS, pictures=pictures)).png
    except AssetgenError:
        return None


def _arrangements(fields: dict[str, Field]) -> Iterator[dict[str, Any]]:
    """Each choice of each value by itself, the others at their defaults."""
    yield {}
    for name, spec in fields.items():
        if spec.type == "choice" and name != "theme":
            for choice in spec.of:
                if choice != spec.default:
                    yield {name: choice}


def _rows() -> dict[str, tuple[str, str, tuple[int, int], dict[str, Any]]]:
    rows = {}
    for name in ("card", "cover", "icon", "infographic", "ui"):
        of = kind.find(Path("none"), name)
        for layout in of.sheet.layouts:
            for choices in _arrangements(of.fields(layout)):
                for size in _SIZES if not choices else _SIZES[:1]:
                    label = f"{name}/{layout} {size[0]}x{size[1]} {choices or ''}".strip()
                    rows[label] = (name, layout, size, choices)
    return rows


_ROWS = _rows()
# What no image of these values can show, with the reason.
_SAME = {("marks", "partial"): "no cell has that text"}


@pytest.mark.parametrize("row", one_of_each(_ROWS, lambda row: row[:2]))
def test_every_value_is_in_the_image_or_refused(row: str) -> None:
    name, layout, size, choices = _ROWS[row]
    of = kind.find(Path("none"), name)
    fields = of.fields(layout)
    pictures = frozenset(key for key, spec in fields.items() if spec.type == "picture")
    texts = frozenset(key for key, spec in fields.items() if spec.syntax)
    lists = frozenset(key for key, spec in fields.items() if spec.type == "list" and spec.needs)
    unseen, drawn = [], 0
    for without in {frozenset(), pictures, texts, texts | lists}:
        values = {"layout": layout, **_rich(fields, without), **choices}
        base = _drawn(of, values, size)
        if base is None:
            continue
        drawn += 1
        for at, value in _changes(fields, values):
            if _drawn(of, _changed(values, at, value), size) == base and at not in _SAME:
                unseen.append(at)
    assert drawn
    assert unseen == []
