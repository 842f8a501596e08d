"""The values that a layout takes: their types, defaults and errors."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from msgspec import Struct

from assetgen.cure import Cure, advice
from assetgen.fs import paths
from assetgen.layouts import code_text
from assetgen.layouts.field import Field
from assetgen.layouts.value_examples import example
from assetgen.manifest import data_query
from assetgen.manifest.data_query import Datum
from assetgen.manifest.toml_faults import Fault, dotted, nearest
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief, has_ink

#: The longest text of a value, in characters.
MAX_TEXT = 2000
#: The same of a text in a language.
MAX_SYNTAX = 20_000


_WORDS = {"code": "code: lines of text, or a file", "language": "name of a language"}


def in_words(spec: Field, quote: str = "") -> str:
    """The type of a value with its choices or its limits; ``quote`` encloses each choice."""
    if spec.type == "choice":
        return ", ".join(f"{quote}{choice}{quote}" for choice in spec.choices)
    if spec.type in _WORDS:
        return _WORDS[spec.type]
    if spec.type == "list":
        what = "numbers" if spec.of == ("number",) else "texts"
        return f"list of {spec.min} to {spec.max} {'tables' if spec.fields else what}"
    return spec.type


def notes_of(spec: Field) -> list[str]:
    """What else limits a value, for the end of its description."""
    alone = "required without" if spec.required else "not with"
    found = [f"{alone} {' or '.join(spec.without)}"] if spec.without else []
    found += [f"only with {' or '.join(spec.needs)}"] if spec.needs else []
    found += [f"one of {spec.among}"] if spec.among else []
    found += ["each one different"] if spec.unique else []
    return found + (["required"] if is_needed(spec, {}) and not spec.without else [])


def is_needed(spec: Field, given: Mapping[str, Any]) -> bool:
    """Whether a value cannot be left out: nothing is ``given`` that takes its place."""
    return spec.required and not any(given.get(name) for name in spec.without)


def longest(spec: Field) -> int:
    """The most characters of a text."""
    return MAX_SYNTAX if spec.syntax else MAX_TEXT


def flattened(fields: Mapping[str, Field], before: str = "") -> Iterator[tuple[str, Field]]:
    """Every field by name, each followed by the fields in it: steps, steps[].title."""
    for name, spec in fields.items():
        yield before + name, spec
        yield from flattened(spec.fields, f"{before}{name}{'[]' * (spec.type == 'list')}.")


def field_of(fields: Mapping[str, Field], name: str) -> Field | None:
    """The field that a value such as ``steps[0].text`` is for."""
    spec: Field | None = None
    for part in re.sub(r"\[\d+\]", "", name).split("."):
        spec = fields.get(part)
        if spec is None:
            return None
        fields = spec.fields
    return spec


def did_you_mean(name: object, known: Iterable[str]) -> Cure | None:
    """The cure for a misspelled name; None if it is like none of ``known``."""
    near = nearest(name, known)
    return advice("did you mean {near}?", near=near) if near else None


class Form(Struct, frozen=True):
    """The fields that values are compared with, and who needs them, for messages."""

    fields: Mapping[str, Field]
    who: str


def fill_in(given: Mapping[str, Any], form: Form, at: Key, wrong: list[Fault]) -> dict[str, Any]:
    """``given`` with the defaults of ``form``; all that is wrong with it is added to ``wrong``."""
    fields, who = form.fields, form.who
    meant: set[str | None] = set()
    for key in given:
        if key not in fields:
            near = nearest(key, fields)
            meant.add(near)
            what = f"{dotted(at)}.{key} is not a value of {who}; it accepts: {', '.join(fields)}"
            cure = (
                advice("did you mean {near}?", near=near)
                if near
                else advice("remove {key}", key=key)
            )
            wrong.append(Fault((*at, key), what, cure))
    filled: dict[str, Any] = {}
    for key, spec in fields.items():
        if key in given:
            filled[key] = typed(given[key], spec, (*at, key), who=who, wrong=wrong)
            continue
        if is_needed(spec, given) and key not in meant:
            instead = f", or {' or '.join(spec.without)}" if spec.without else ""
            what = (
                f"{dotted(at)}.{key} is missing: {who} needs it{instead} ({spec.doc or spec.type})"
            )
            wrong.append(
                Fault(
                    at,
                    what,
                    advice("add {key} = {example}", key=key, example=example(spec)),
                    missing=key,
                )
            )
        filled[key] = spec.default if spec.default is not None else EMPTY[spec.type]
    return filled


EMPTY: dict[str, Any] = {
    "text": "",
    "colour": "",
    "picture": "",
    "choice": "",
    "number": None,
    "flag": False,
    "point": None,
    "code": "",
    "language": "",
}
EMPTY |= {"list": [], "table": {}}


def typed(value: Any, spec: Field, at: Key, who: str, wrong: list[Fault]) -> Any:
    """``value`` as a ``spec``; what is wrong with it is added to ``wrong``."""
    if isinstance(value, Datum):
        return _of_data(value, spec, at, who=who, wrong=wrong)
    match spec.type:
        case "text" if isinstance(value, str):
            wrong += _wrong_with_text(value, spec, at, who=who)
            return value
        case "code" if isinstance(value, str):
            wrong += code_text.wrong_with_code(value, at, who, is_required=spec.required)
            return value
        case "language" if isinstance(value, str):
            wrong += code_text.wrong_with_language(value, at)
            return value
        case "number" if spec.gaps and _is_gap(value):
            return None
        case "number" if _is_number(value):
            wrong += _wrong_with_number(value, spec, at)
            return value
        case "flag" if isinstance(value, bool):
            return value
        case "choice":
            if value not in spec.choices:
                what = f"{dotted(at)} = {brief(value)}; it is one of: {', '.join(spec.choices)}"
                cure = did_you_mean(value, spec.choices) or advice(
                    "write {at} = {example}", at=at[-1], example=example(spec)
                )
                wrong.append(Fault(at, what, cure))
            return value
        case "colour" if isinstance(value, str) and COLOUR.fullmatch(value):
            return value
        case "picture" if isinstance(value, str) and value:
            wrong += _wrong_with_picture(value, at)
            return value
        case "point" if _is_point(value):
            return value
        case "colour" | "picture" if value == "" and not spec.required:
            return value  # none, also where [defaults.values] has one
        case "table" if isinstance(value, Mapping):
            return fill_in(value, Form(spec.fields, who), at, wrong=wrong)
        case "list" if isinstance(value, list):
            return _items(value, spec, at, who=who, wrong=wrong)
    kind = _NAMES.get(spec.type, spec.type)
    what = f"{dotted(at)} = {brief(value)} is not a {kind}"
    wrong.append(Fault(at, what, _instead(value, spec, at)))
    return value


_NAMES = {
    "point": "point: two numbers from 0 to 1",
    "code": "text",
    "language": "name of a language",
}


def _of_data(datum: Datum, spec: Field, at: Key, who: str, wrong: list[Fault]) -> Any:
    """A value of a data file as a ``spec``; a fault is where the file has it."""
    value = datum.value
    if datum.is_unknown:
        return value
    if datum.is_whole and spec.type not in ("code", "text"):
        wrong.append(Fault(at, f"{dotted(at)}: which part of {datum.where} is not said", _PART))
        return value
    if spec.type == "number" and spec.gaps and _is_gap(value):
        return None
    if spec.type == "number" and isinstance(value, str):
        number = data_query.number(value) if datum.is_cell else None
        if number is None:
            what = (
                f"{dotted(at)}: {brief(value)} is not a number"
                if value
                else f"{dotted(at)} is empty"
            )
            cure = data_query.better_number(value) if datum.is_cell else advice("remove the quotes")
            wrong.append(Fault(at, what, cure, where=datum.where))
            return None
        value = number
    if spec.type == "text" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a year
    elif spec.type == "flag" and datum.is_cell:
        value = {"true": True, "false": False}.get(str(value).lower(), value)
    found: list[Fault] = []
    made = typed(value, spec, at, who=who, wrong=found)
    wrong += [replace(one, where=datum.where) for one in found]
    return made


_PART = advice('add column = "ms", or pointer = "/runs/0/ms"')

#: What a colour looks like.
COLOUR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def _is_point(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    return all(_is_number(one) and 0 <= one <= 1 for one in value)


#: Numbers of this size and larger are refused: a double holds their whole part only up to here.
TOO_LARGE = 10**15


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_gap(value: object) -> bool:
    """Whether a list leaves a number out: nan, "", or null in a data file."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return is_nan or value is None or (isinstance(value, str) and not value.strip())


def _wrong_with_number(value: float, spec: Field, at: Key) -> Iterator[Fault]:
    if spec.least is not None and value < spec.least:
        what = f"{dotted(at)} = {brief(value)}; it must be at least {spec.least:g}"
        yield Fault(at, what, advice("write a larger number"))
    if abs(value) >= TOO_LARGE:
        what = f"{dotted(at)} = {brief(value)} is out of range: it must be below {TOO_LARGE:,}"
        yield Fault(at, what, advice("write it in a larger unit, such as millions"))


def _wrong_with_text(value: str, spec: Field, at: Key, who: str) -> Iterator[Fault]:
    if len(value) > longest(spec):
        what = f"{dotted(at)} has {len(value)} characters; at most {longest(spec)} are allowed"
        yield Fault(at, what, advice("shorten it"))
    elif spec.syntax and has_ink(value):
        from assetgen.layouts.diagrams import languages  # few images need its patterns

        yield from languages.faults(spec.syntax, value, at)
    if not has_ink(value) and (value or spec.required):
        blank = "has only characters that cannot be seen" if value else "is empty"
        needs = f": {who} needs it ({spec.doc or spec.type})" if spec.required else ""
        cure = advice("write a text") if spec.required else advice('write a text, or ""')
        yield Fault(at, f"{dotted(at)} {blank}{needs}", cure)


def _wrong_with_picture(value: str, at: Key) -> Iterator[Fault]:
    if "://" in value:
        what = f"{dotted(at)} = {brief(value)}: URLs are not fetched"
        yield Fault(at, what, advice("download it into the project and name the file"))
    elif not value.startswith("@") and (problem := paths.problem_of_file(value)):
        what = f"{dotted(at)} = {brief(value)} {problem}"
        yield Fault(at, what, advice("name a file below the project"))


def _instead(value: Any, spec: Field, at: Key) -> Cure:
    """What to write for a value of another type: the number without quotes, else an example."""
    number = (
        value.strip().replace(",", ".") if spec.type == "number" and isinstance(value, str) else ""
    )
    plain = number if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", number) else ""
    if isinstance(at[-1], int):
        return advice(
            "write {right} instead of {value}", right=plain or example(spec), value=brief(value)
        )
    return advice("write {key} = {right}", key=at[-1], right=plain or example(spec))


def _items(value: list[Any], spec: Field, at: Key, who: str, wrong: list[Fault]) -> list[Any]:
    if not spec.min <= len(value) <= spec.max:
        what = f"{dotted(at)} has {len(value)} entries; {who} accepts {spec.min} to {spec.max}"
        wrong.append(
            Fault(at, what, advice("add some") if len(value) < spec.min else advice("remove some"))
        )
    if not spec.fields:
        is_number = spec.of == ("number",)
        inner = Field(type="number" if is_number else "text", required=True, gaps=spec.gaps)
        return [
            typed(one, inner, (*at, index), who=who, wrong=wrong) for index, one in enumerate(value)
        ]
    filled = []
    for index, item in enumerate(value):
        if isinstance(item, Mapping):
            filled.append(fill_in(item, Form(spec.fields, who), (*at, index), wrong=wrong))
        else:
            what = f"{dotted((*at, index))} = {brief(item)} is not a table"
            wrong.append(
                Fault(
                    (*at, index),
                    what,
                    advice("write {at} = {example}", at=at[-1], example=example(spec)),
                )
            )
    return filled


def pictures_in(
    filled: Mapping[str, Any], fields: Mapping[str, Field], at: Key
) -> Iterator[tuple[Key, str]]:
    """The files and "@id"s that picture values name, each with its key."""
    for key, spec in fields.items():
        value, here = filled.get(key), (*at, key)
        if spec.type == "picture" and isinstance(value, str) and value:
            yield here, value
        elif spec.type == "table" and isinstance(value, Mapping):
            yield from pictures_in(value, spec.fields, here)
        elif spec.type == "list" and spec.fields and isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, Mapping):
                    yield from pictures_in(item, spec.fields, (*here, index))
