"""What a value of a layout looks like in TOML, for the cure of one that is missing or wrong."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.layouts.field import Field, FieldType

_EXAMPLES: Mapping[FieldType, str] = {
    "text": '"text in quotes"',
    "number": "12.5",
    "flag": "true",
    "colour": '"#0f172a"',
    "picture": '"public/img/a.png", or "@id" of another asset',
    "point": "[0.5, 0.15]",
    "code": '{ file = "src/app.py", lines = "1-20" }',
    "language": '"python"',
    "list": "[...]",
    "table": "{ ... }",
}


# Within a list.
_BRIEF: Mapping[FieldType, str] = {"text": '"..."', "number": "1", "list": "[...]", "flag": "true"}


def example(spec: Field) -> str:
    """What a value of that type looks like in TOML."""
    if spec.type == "choice":
        return f'"{spec.of[0]}"' if spec.of else '""'
    if spec.type == "list" and spec.fields:
        needed = {key: one for key, one in spec.fields.items() if one.required}
        shown = needed or dict([next(iter(spec.fields.items()))])
        item = ", ".join(f"{key} = {_BRIEF.get(one.type, '...')}" for key, one in shown.items())
        return "[" + ", ".join([f"{{ {item} }}"] * max(1, spec.min or 1)) + "]"
    if spec.type == "list":
        return "[1, 2, 3]" if spec.of == ("number",) else '["one", "two"]'
    return _EXAMPLES[spec.type]
