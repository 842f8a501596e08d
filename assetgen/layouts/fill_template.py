"""Values -> the filled document, by the template engine: no file access, limited work, escaping."""

from __future__ import annotations

import html
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from assetgen.errors import TemplateError
from assetgen.layouts import chart, glue, highlight, scripts
from assetgen.layouts.closure import join
from assetgen.layouts.diagrams import filters as diagrams
from assetgen.layouts.diagrams import languages
from assetgen.layouts.field import Field
from assetgen.layouts.scripts import LINE_END
from assetgen.layouts.spec import Order

#: The longest filled document, in characters, and the work a template may do, in engine steps.
MAX_DOCUMENT = 2_000_000
MAX_FUEL = 2_000_000


class _Markup(str):
    """Text that is already HTML."""

    def __html__(self) -> str:
        return str(self)


def _as_html(value: Any) -> Any:
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return NotImplemented
    if "url(" in value.lower():  # a text about CSS, which names no picture
        return _Markup(html.escape(value).replace("(", "&#40;"))
    return NotImplemented


@lru_cache(maxsize=16)
def _environment(files: frozenset[tuple[str, bytes]]) -> Any:
    """The template engine with ``files``; it reads and compiles each of them once."""
    import minijinja

    sources = dict(files)
    env = minijinja.Environment(
        loader=lambda name: sources[name].decode("utf-8") if name in sources else None,
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
    env.add_filter("label", _label)
    env.add_filter("leading", scripts.leading)
    env.add_filter("numbered", lambda *given: _Markup(highlight.numbered(*given)))
    env.add_filter("terminal", lambda *given: _Markup(highlight.terminal(*given)))
    env.add_filter("typed", lambda *given: _Markup(highlight.typed(*given)))
    env.add_filter("code_sizes", highlight.sizes)
    for name, function in (*chart.FILTERS.items(), *diagrams.FILTERS.items()):
        env.add_filter(name, function)
    return env


_filling = threading.Lock()  # filters are called back from within the engine's own lock


def fill(order: Order, files: Mapping[str, bytes]) -> str:
    import minijinja

    first = f"{order.kind.name}/{order.layout}.html"
    _, w, h = order.canvas
    context = {
        "values": _with_inputs(order),
        "theme": order.theme,
        "width": order.width,
        "height": order.height,
        "w": w,
        "h": h,
        "colours": order.roles,
    }
    try:
        with _filling:
            env = _environment(frozenset(files.items()))
            filled = str(env.render_template(first, **context))
    except minijinja.TemplateError as exc:
        raise TemplateError(
            f"the layout {first} cannot be filled: {exc.message or exc}"
            + (f" (line {exc.line})" if getattr(exc, "line", None) else ""),
            where=f"templates/{first}",
        ) from None
    except _FILTER_FAILURES as exc:
        what = f"the layout {first} passes a filter a value that it cannot use: {exc}"
        raise TemplateError(what, where=f"templates/{first}") from None
    if len(filled) > MAX_DOCUMENT:
        raise TemplateError(
            f"the layout {first} grew to {len(filled)} characters; the limit is {MAX_DOCUMENT}"
        )
    return filled


_FILTER_FAILURES = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


def _label(number: Any) -> str:
    """1234.5 -> 1,234.5; 40.0 -> 40: how charts and tables write numbers."""
    if not isinstance(number, (int, float)):
        return str(number)
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.10g}"


def _with_inputs(order: Order) -> dict[str, Any]:
    """The values with each picture replaced by the token that ``pictures`` looks for."""
    tokens = {reference: f"\x02input:{index}\x03" for index, reference in enumerate(order.pictures)}
    fields = order.kind.fields(order.layout)
    values = _swapped(order.values, fields, tokens)
    return _in_lines(values, fields)


def _in_lines(values: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    return {name: _with_lines(value, fields.get(name)) for name, value in values.items()}


def _with_lines(value: Any, spec: Field | None) -> Any:
    """Texts with their line ends as characters that a layout does not have, and what is glued.

    Code is left as it is.
    """
    if isinstance(value, Mapping):
        return _in_lines(value, spec.fields if spec else {})
    if isinstance(value, (list, tuple)):
        return [_with_lines(inner, spec) for inner in value]
    if not isinstance(value, str) or (spec and spec.type == "code"):
        return value
    lines = value.strip().splitlines()
    text = LINE_END.join(line.strip() for line in lines) if len(lines) > 1 else value
    return glue.glued(text)


def _swapped(
    values: Mapping[str, Any], fields: Mapping[str, Field], tokens: Mapping[str, str]
) -> dict[str, Any]:
    """``values`` with tokens where the field, not only the text, is that of a picture."""
    made = dict(values)
    for name, spec in fields.items():
        value = made.get(name)
        if spec.type == "picture" and isinstance(value, str):
            made[name] = tokens.get(value, value)
        elif spec.syntax and isinstance(value, str) and value.strip():
            made[name] = languages.read(spec.syntax, value).content
        elif spec.type == "table" and isinstance(value, Mapping):
            made[name] = _swapped(value, spec.fields, tokens)
        elif spec.type == "list" and spec.fields and isinstance(value, (list, tuple)):
            made[name] = [_swapped(one, spec.fields, tokens) for one in value]
    return made
