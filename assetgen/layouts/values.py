"""The values that a layout takes: their types, defaults and errors."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from assetgen.errors import ManifestError
from assetgen.fs import paths
from assetgen.text import brief

#: The longest text a value may hold, in characters.
MAX_TEXT = 2000

FieldType = Literal["text", "number", "flag", "choice", "colour", "picture", "list", "table"]


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value that a layout takes from ``[asset.values]``."""

    type: FieldType
    doc: str = ""
    required: bool = False
    default: str | int | float | bool | None = None
    of: tuple[str, ...] = ()
    min: int = 0
    max: int = 24
    fields: dict[str, Field] = {}


def nearest(name: object, known: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"did you mean {near[0]}?" if near else None


def fill_in(
    given: Mapping[str, Any], fields: Mapping[str, Field], at: str, who: str
) -> dict[str, Any]:
    for key in given:
        if key not in fields:
            what = f"{at}.{key} is not a value of {who}; it takes: {', '.join(fields)}"
            raise ManifestError(what, cure=nearest(key, fields) or f"take {key} out")
    filled: dict[str, Any] = {}
    for key, spec in fields.items():
        if key in given:
            filled[key] = typed(given[key], spec, f"{at}.{key}", who)
        elif spec.required:
            what = f"{at}.{key} is missing: {who} needs it ({spec.doc or spec.type})"
            raise ManifestError(what, cure=f"add {key} = {_example(spec)}")
        else:
            filled[key] = spec.default if spec.default is not None else EMPTY[spec.type]
    return filled


EMPTY: dict[str, Any] = {
    "text": "",
    "colour": "",
    "picture": "",
    "choice": "",
    "number": None,
    "flag": False,
}
EMPTY |= {"list": [], "table": {}}


_EXAMPLES: dict[FieldType, str] = {
    "text": '"text in quotes"',
    "number": "12.5",
    "flag": "true",
    "colour": '"#0f172a"',
    "picture": '"public/img/a.png", or "@id" of another asset',
    "list": "[...]",
    "table": "{ ... }",
}


def _example(spec: Field) -> str:
    """What a value of that type looks like in TOML."""
    if spec.type == "choice":
        return f'"{spec.of[0]}"' if spec.of else '""'
    if spec.type == "list" and spec.fields:
        key, first = next(iter(spec.fields.items()))
        return f"[{{ {key} = {_EXAMPLES.get(first.type, _EXAMPLES['text'])} }}]"
    if spec.type == "list":
        return "[1, 2, 3]" if spec.of == ("number",) else '["one", "two"]'
    return _EXAMPLES[spec.type]


def typed(value: Any, spec: Field, at: str, who: str) -> Any:
    match spec.type:
        case "text" if isinstance(value, str) and len(value) <= MAX_TEXT:
            return value
        case "text" if isinstance(value, str):
            what = f"{at} has {len(value)} characters; at most {MAX_TEXT} are set in type"
            raise ManifestError(what, cure="shorten it")
        case "number" if (
            isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
        ):
            return value
        case "flag" if isinstance(value, bool):
            return value
        case "choice" if value in spec.of:
            return value
        case "choice":
            cure = nearest(value, spec.of) or f"write {at.rpartition('.')[2]} = {_example(spec)}"
            raise ManifestError(
                f"{at} = {brief(value)}; it is one of: {', '.join(spec.of)}", cure=cure
            )
        case "colour" if isinstance(value, str) and re.fullmatch(
            r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", value
        ):
            return value
        case "picture" if isinstance(value, str) and value:
            if "://" in value:
                what = f"{at} = {brief(value)}: URLs are not fetched"
                raise ManifestError(what, cure="download it into the project and name the file")
            if not value.startswith("@") and (wrong := paths.problem(value)):
                raise ManifestError(
                    f"{at} = {brief(value)} {wrong}", cure="name a file below the project"
                )
            return value
        case "table" if isinstance(value, Mapping):
            return fill_in(value, spec.fields, at, who)
        case "list" if isinstance(value, list):
            return _items(value, spec, at, who)
    raise ManifestError(
        f"{at} = {brief(value)} is not a {spec.type}", cure=_instead(value, spec, at)
    )


def _instead(value: Any, spec: Field, at: str) -> str:
    """What to write for a value of another type: the same number without quotes, else an example."""
    number = (
        value.strip().replace(",", ".") if spec.type == "number" and isinstance(value, str) else ""
    )
    plain = number if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", number) else ""
    name = at.rpartition(".")[2]
    if name.endswith("]"):
        return f"write {plain or _example(spec)} instead of {brief(value)}"
    return f"write {name} = {plain or _example(spec)}"


def _items(value: list[Any], spec: Field, at: str, who: str) -> list[Any]:
    if not spec.min <= len(value) <= spec.max:
        what = f"{at} has {len(value)} entries; {who} takes {spec.min} to {spec.max}"
        raise ManifestError(what, cure="add some" if len(value) < spec.min else "take some out")
    if spec.fields:
        for index, item in enumerate(value):
            if not isinstance(item, Mapping):
                what = f"{at}[{index}] = {brief(item)} is not a table"
                raise ManifestError(what, cure=f"write {at.rpartition('.')[2]} = {_example(spec)}")
        return [
            fill_in(item, spec.fields, f"{at}[{index}]", who) for index, item in enumerate(value)
        ]
    inner = Field(type="number" if spec.of == ("number",) else "text")
    return [typed(item, inner, f"{at}[{index}]", who) for index, item in enumerate(value)]


def pictures_in(filled: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[str]:
    for key, spec in fields.items():
        value = filled.get(key)
        if spec.type == "picture" and value:
            yield value
        elif spec.type == "table" and value:
            yield from pictures_in(value, spec.fields)
        elif spec.type == "list" and spec.fields:
            for item in value or ():
                yield from pictures_in(item, spec.fields)
