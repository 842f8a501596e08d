"""The JSON Schema of assets.toml for editors: it knows the values of every layout.

Editors complete what ``properties`` name, and most of them follow no condition for that. So the
values of all layouts are properties of ``asset.values``; conditions then check those of the layout.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import paths, store
from assetgen.layouts.field import Field
from assetgen.layouts.kind import Kind
from assetgen.layouts.listed import all_kinds
from assetgen.layouts.values import COLOUR, MAX_TEXT, is_needed, longest, notes_of
from assetgen.manifest.json_schema import json_schema
from assetgen.manifest.schema import SCHEMA

_Schema = dict[str, Any]
# Editors that refuse undeclared keys need this wherever a schema says only part of the truth.
_OPEN: _Schema = {"additionalProperties": True}


def text(templates: Path) -> str:
    """The schema as a file; ``templates`` is the folder that contains templates/."""
    return json.dumps(schema(all_kinds(templates).kinds), indent=2) + "\n"


def renewed(root: Path, templates: Path) -> tuple[str, ...]:
    """Write the schema of a project if it has one that is out of date; what was written.

    Raises StorageError.
    """
    paths.refuse_links(root, SCHEMA)
    if not (root / SCHEMA).is_file():
        return ()
    data = text(templates).encode()
    if is_same((root / SCHEMA).read_bytes(), data):
        return ()
    store.prepare(root)
    store.write(root, SCHEMA, data)
    return (SCHEMA,)


def is_same(current: bytes, data: bytes) -> bool:
    """Whether a schema is up to date, whatever line ends a checkout gave it."""
    return current.replace(b"\r\n", b"\n") == data


# -- the schema ------------------------------------------------------------------------------------


def schema(kinds: Iterable[Kind]) -> _Schema:
    """The schema of a manifest for which there are these ``kinds``."""
    known = list(kinds)
    made = json_schema()
    parts = made["$defs"]
    stated = _stated(known)
    asset = parts["Asset"]["properties"]
    asset["kind"]["enum"] = [one.name for one in known]
    asset["values"] |= {"properties": stated, **_OPEN}
    rule = parts["Collection"]["properties"]
    rule["kind"]["enum"] = asset["kind"]["enum"]
    rule["values"] |= {"properties": {name: {} for name in stated}, **_OPEN}  # with placeholders
    for table in ("Defaults", "Style"):
        values = parts[table]["properties"].get("values")
        if values is not None:
            values |= {"properties": {**stated, **_words(known, stated)}}
            values |= {"additionalProperties": False}
    conditions = []
    for one in known:
        for layout in one.sheet.layouts:
            parts[_name(one, layout)] = _layout(one, layout)
            conditions.append(_condition(one, layout))
    parts["DataValue"] = _DATA_VALUE
    parts["Layouts"] = {**_OPEN, "allOf": conditions}
    made["allOf"] = [_by_route()]
    return made


def _name(one: Kind, layout: str) -> str:
    return f"{one.name}.{layout}"


def _ref(name: str) -> _Schema:
    return {"$ref": "#/$defs/" + name.replace("~", "~0").replace("/", "~1")}


def _by_route() -> _Schema:
    """The values of an asset are those of its layout if its route is local."""
    local = {"properties": {"route": {"const": "local"}}, **_OPEN}
    own = {"if": {"required": ["route"]}, "then": _ref("Layouts"), **_OPEN}

    def items(one: _Schema) -> _Schema:
        return {"properties": {"asset": {"items": one}}, **_OPEN}

    by_default = {"properties": {"defaults": local}, **_OPEN}
    return {"if": by_default, "then": items(_ref("Layouts")), "else": items(own)}


def _condition(one: Kind, layout: str) -> _Schema:
    values: _Schema = {"properties": {"layout": {"const": layout}}, **_OPEN}
    if layout != one.sheet.layout:
        values["required"] = ["layout"]
    said = {"kind": {"const": one.name}, "route": {"const": "local"}, "values": values}
    needed = ["kind"] if layout == one.sheet.layout else ["kind", "values"]
    known: _Schema = {"properties": said, "required": needed, **_OPEN}
    if layout == one.sheet.layout and one.sheet.ground not in (None, layout):
        known["not"] = _UNNAMED_GROUND
    if layout == one.sheet.ground and layout != one.sheet.layout:
        kind: _Schema = {"kind": {"const": one.name}, "route": {"const": "local"}}
        by_ground = {"properties": kind, "required": ["kind"], "allOf": [_UNNAMED_GROUND], **_OPEN}
        known = {"anyOf": [known, by_ground], **_OPEN}
    return {
        "if": known,
        "then": {"properties": {"values": _ref(_name(one, layout))}, **_OPEN},
    }


#: An asset with a ground and values that name no layout.
_UNNAMED_GROUND: _Schema = {
    "properties": {"values": {"not": {"required": ["layout"], **_OPEN}, **_OPEN}},
    "required": ["ground", "values"],
    **_OPEN,
}


def _layout(one: Kind, layout: str) -> _Schema:
    """The values of a layout. None is required: a page, a style or [defaults] may give it."""
    fields = {"layout": {"type": "string"}, **_properties(one.fields(layout))}
    made: _Schema = {"title": f"{one.name}/{layout}", "description": one.layout(layout).doc}
    return {**made, "type": "object", "properties": fields, "additionalProperties": False}


#: Any value may be in a data file instead. It says nothing about what is not a table.
_DATA_VALUE: _Schema = {
    "properties": {
        "file": {"type": "string", "description": "a file of the project: data, or lines of text"},
        "column": {"type": "string", "description": "the name of a column: a list of its values"},
        "pointer": {"type": "string", "description": 'the place of a value, as in "/runs/0/ms"'},
        "lines": {"type": "string", "description": 'lines of its text, as in "5-20"'},
    },
    "required": ["file"],
    "additionalProperties": False,
}


def _properties(fields: Mapping[str, Field]) -> _Schema:
    return {name: _or_data(_field(spec)) for name, spec in fields.items()}


def _or_data(form: _Schema) -> _Schema:
    if "enum" not in form and form["type"] != "object":  # each keyword is about one type
        return {**form, "type": [form["type"], "object"], "allOf": [_ref("DataValue")]}
    by_file = {"type": "object", "required": ["file"], **_OPEN}
    return {**_said(form), "if": by_file, "then": _ref("DataValue"), "else": form}


def _said(form: _Schema) -> _Schema:
    return {name: form[name] for name in ("description", "default") if name in form}


def _field(spec: Field) -> _Schema:
    notes = f"({', '.join(notes_of(spec))})" if notes_of(spec) else ""
    said = f"{spec.doc} {notes}".strip()
    made: _Schema = {"description": said} if said else {}
    if spec.default is not None:
        made["default"] = spec.default
    match spec.type:
        case "text":
            return {**made, "type": "string", "maxLength": longest(spec)}
        case "code" | "language":
            return {**made, "type": "string"}
        case "number":
            least = {} if spec.least is None else {"minimum": spec.least}
            return {**made, "type": "number", **least}
        case "point":
            share = {"type": "number", "minimum": 0, "maximum": 1}
            return {**made, "type": "array", "minItems": 2, "maxItems": 2, "items": share}
        case "flag":
            return {**made, "type": "boolean"}
        case "choice":
            return {**made, "type": "string", "enum": list(spec.choices)}
        case "colour":
            return {**made, "type": "string", "pattern": f"^({COLOUR.pattern})$"}
        case "picture":
            return {**made, "type": "string", "minLength": 1}
        case "list":
            items = _table(spec.fields) if spec.fields else _item(spec)
            limits = {"minItems": spec.min, "maxItems": spec.max}
            return {**made, "type": "array", **limits, "items": items}
    return {**made, **_table(spec.fields)}


def _item(spec: Field) -> _Schema:
    if "number" in spec.of:
        return {"anyOf": [{"type": "number"}, {"const": ""}]} if spec.gaps else {"type": "number"}
    return {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}


def _table(fields: Mapping[str, Field]) -> _Schema:
    needed = [name for name, spec in fields.items() if is_needed(spec, {}) and not spec.without]
    made: _Schema = {"type": "object", "properties": _properties(fields)}
    return {**made, "required": needed, "additionalProperties": False}


# -- all layouts together --------------------------------------------------------------------------


def _stated(kinds: Iterable[Kind]) -> _Schema:
    """Every value of every layout, each with the layouts that take it."""
    found: dict[str, dict[str, tuple[_Schema, list[str]]]] = {}
    layouts: list[str] = []
    for one in kinds:
        for layout in one.sheet.layouts:
            layouts.append(layout)
            for name, form in _properties(one.fields(layout)).items():
                forms = found.setdefault(name, {})
                key = json.dumps(form, sort_keys=True)
                forms.setdefault(key, (form, []))[1].append(_name(one, layout).replace(".", "/"))
    choice = {"description": "the layout of the kind", "type": "string"}
    known = {"layout": {**choice, "enum": list(dict.fromkeys(layouts))}}
    return {**known, **{name: _either(list(forms.values())) for name, forms in found.items()}}


def _either(forms: list[tuple[_Schema, list[str]]]) -> _Schema:
    if len(forms) == 1:
        return _of_layouts(*forms[0])
    return {"anyOf": [_of_layouts(form, layouts) for form, layouts in forms]}


def _of_layouts(form: _Schema, layouts: list[str]) -> _Schema:
    said = f"{', '.join(layouts)}: {form.get('description', '')}".rstrip(": ")
    return {**form, "description": said}


_WORD = re.compile(r"\$(?:\{([a-z_][a-z0-9_]*)\}|([a-z_][a-z0-9_]*))", re.I)


def _words(kinds: Iterable[Kind], stated: _Schema) -> _Schema:
    """The words that only prompts take, which [defaults.values] may give too."""
    names = dict.fromkeys(word for one in kinds for word in prompt_words(one))
    return {name: {"description": "a word of prompts"} for name in names if name not in stated}


def prompt_words(one: Kind) -> tuple[str, ...]:
    """The names of values that the kind's prompt.md uses; none if it cannot be read."""
    try:
        data = paths.read_regular(one.root, f"{one.name}/prompt.md", StorageError)
    except AssetgenError:
        return ()
    found = _WORD.finditer(data.decode("utf-8", "replace").replace("$$", ""))
    return tuple(dict.fromkeys(word[1] or word[2] for word in found))
