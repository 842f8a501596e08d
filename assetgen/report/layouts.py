"""What layouts reports: kinds, layouts, their values, and an example."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any

from assetgen.layouts import listed
from assetgen.layouts.values import flattened, in_words, longest, notes_of
from assetgen.report.text import console, error_json, terminal
from assetgen.text import clean

if TYPE_CHECKING:
    from assetgen.layouts.field import Field
    from assetgen.layouts.kind import Kind
    from assetgen.layouts.listed import Listed
    from assetgen.layouts.values import notes_of

#: The example of a layout as TOML.
Example = Callable[["Kind", str], str]
_WIDEST_LAYOUT, _WIDEST_NAME, _WIDEST_TYPE = 24, 19, 23


def overview(found: Listed, stream: IO[str]) -> None:
    """Print each layout with its purpose: below its kind in a terminal, else one per line."""
    out = _Rows(stream)
    for one in found.kinds:
        names = {name: name + " *" * (name == one.sheet.layout) for name in one.sheet.layouts}
        if not stream.isatty():
            for name in names:
                out.row([f"{one.name}/{name}", one.layout(name).doc], [_WIDEST_LAYOUT])
            continue
        out.head(f"{one.name}: {one.sheet.doc}" if one.sheet.doc else one.name)
        for name, shown in names.items():
            out.row(["", shown, one.layout(name).doc], [0, 14])
        if not names:
            out.row(["", "no layouts: a paid route draws it"], [0])
    if stream.isatty():
        out.plain("* is the default layout of its kind")
        out.plain("next: assetgen layouts KIND/LAYOUT (its values, and an example to paste)")


def details(found: Listed, example: Example, stream: IO[str]) -> None:
    """Print the values of the layouts of one kind, and an example if it is one layout."""
    out = _Rows(stream)
    [one] = found.kinds
    for number, name in enumerate(found.layouts(one)):
        if number and stream.isatty():
            out.plain("")
        own = one.layout(name)
        out.head(f"{one.name}/{name}: {own.doc}" if own.doc else f"{one.name}/{name}")
        out.plain(_facts(one, name))
        is_listed = not (found.layout or stream.isatty())
        _values(one.fields(name), out, f"{one.name}/{name}" if is_listed else "")
    if not one.sheet.layouts:
        out.plain(f"{one.name} has no layouts: a paid route draws it from its prompt")
    if found.layout:
        out.plain("\nexample for assets.toml:\n")
        stream.writelines(
            clean(line, len(line)) + "\n" for line in example(one, found.layout).splitlines()
        )
    elif one.sheet.layouts:
        first = one.sheet.layout or next(iter(one.sheet.layouts))
        out.plain(f"\nnext: assetgen layouts {one.name}/{first} (an example to paste)")


def _facts(one: Kind, layout: str) -> str:
    wide, high = one.size(layout)
    narrow = one.nominal(layout, 1, 1)
    said = [f"{wide}x{high} by default"]
    said += [f"designed at {narrow[0]}x{narrow[1]} for square and tall images"] * (
        narrow != (wide, high)
    )
    said += ["always transparent"] * one.layout(layout).transparent
    said += ["the default layout of its kind"] * (layout == one.sheet.layout)
    return "; ".join(said)


def _values(fields: Mapping[str, Field], out: _Rows, layout: str) -> None:
    for name, spec in flattened(fields):
        notes = notes_of(spec)
        notes += [f"default {_shown(spec.default)}"] if spec.default is not None else []
        said = spec.doc + (f" ({', '.join(notes)})" if notes else "")
        cells = [layout, name, in_words(spec), said.strip()]
        out.row(cells, [_WIDEST_LAYOUT if layout else 0, _WIDEST_NAME, _WIDEST_TYPE])


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Rows:
    """Lines with columns: wrapped to the width of a terminal, else one line for each."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._out = console(stream)
        self._width = min(terminal(stream).width, 100) if stream.isatty() else 0

    def head(self, text: str) -> None:
        self._out.print(clean(text), style="bold" if self._width else None)

    def plain(self, text: str) -> None:
        for line in text.split("\n"):
            self._out.print(clean(line))

    def row(self, cells: list[str], widths: list[int]) -> None:
        """Print ``cells``; all but the last are padded to ``widths``."""
        *columns, last = map(clean, cells)
        line = "  ".join(f"{cell:{wide}}" for cell, wide in zip(columns, widths, strict=True))
        start = f"{line}  " if columns else ""
        if not self._width:
            self._stream.write(f"{start}{last}".strip() + "\n")
            return
        room = max(self._width - sum(widths) - 2 * len(widths), 24)
        first, *more = textwrap.wrap(last, room) or [""]
        if len(start) > self._width - room:
            self._stream.write(start.rstrip() + "\n")
            start, more = "", [first, *more]
            first = ""
        if start or first:
            self._stream.write(f"{start}{first}".rstrip() + "\n")
        margin = " " * (self._width - room)
        self._stream.writelines(f"{margin}{line}\n" for line in more)


# -- as data ---------------------------------------------------------------------------------------


def as_data(found: Listed, example: Example | None) -> dict[str, Any]:
    """The kinds and layouts; with ``example``, their values too."""
    return {
        "kinds": [_kind_json(one, found, example) for one in found.kinds],
        "errors": list(map(error_json, found.errors)),
    }


def _kind_json(one: Kind, found: Listed, example: Example | None) -> dict[str, Any]:
    return {
        "kind": one.name,
        "doc": one.sheet.doc,
        "own": listed.is_own(one),
        "default": one.sheet.layout,
        "layouts": [_layout_json(one, name, example) for name in found.layouts(one)],
    }


def _layout_json(one: Kind, name: str, example: Example | None) -> dict[str, Any]:
    own = one.layout(name)
    made = {
        "layout": name,
        "doc": own.doc,
        "size": list(one.size(name)),
        "narrow": list(one.nominal(name, 1, 1)),
        "transparent": own.transparent,
    }
    if example is None:
        return made
    return {**made, "values": _fields_json(one.fields(name)), "example": example(one, name)}


def _fields_json(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    return [_field_json(name, spec) for name, spec in fields.items()]


_RULES = (
    "gaps",
    "needs",
    "without",
    "each",
    "among",
    "between",
    "unique",
    "above",
    "syntax",
    "lines_of",
)


def _field_json(name: str, spec: Field) -> dict[str, Any]:
    said: dict[str, Any] = {"name": name, "type": spec.type, "doc": spec.doc}
    said |= {"required": spec.required, "default": spec.default}
    if spec.type == "text":
        said["max"] = longest(spec)
    if spec.type == "choice":
        said["of"] = list(spec.choices)
    if spec.type == "list":
        said |= {"min": spec.min, "max": spec.max}
        said["of"] = "table" if spec.fields else next(iter(spec.of), "text")
    said |= {name: getattr(spec, name) for name in _RULES if getattr(spec, name)}
    if spec.fields:
        said["fields"] = _fields_json(spec.fields)
    return said
