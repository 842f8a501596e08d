"""The request contract of the OpenAI API."""

from __future__ import annotations

from typing import Any


def breaches(root: dict[str, Any], schema: dict[str, Any], value: Any, at: str = "$") -> list[str]:
    """Where a value breaks a schema: as much of JSON Schema as the contract makes use of."""
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return breaches(root, target, value, at)
    out: list[str] = []
    if "enum" in schema and value not in schema["enum"]:
        out.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        out.append(f"{at}: {value!r} is not {schema['const']!r}")
    names = schema.get("type", [])
    kinds: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
    kinds |= {"object": dict, "array": list, "null": type(None)}
    if names and not isinstance(
        value, tuple(kinds[name] for name in ([names] if isinstance(names, str) else names))
    ):
        return [*out, f"{at}: {type(value).__name__} is not {names}"]
    for part in schema.get("allOf", []):
        out += breaches(root, part, value, at)
    for key in ("anyOf", "oneOf"):
        tried = [breaches(root, part, value, at) for part in schema.get(key, [])]
        if tried and all(tried):
            out += sorted(tried, key=len)[0]
    if isinstance(value, list) and "items" in schema:
        out += [
            line
            for i, item in enumerate(value)
            for line in breaches(root, schema["items"], item, f"{at}[{i}]")
        ]
    if isinstance(value, dict):
        own = schema.get("properties", {})
        out += [
            f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value
        ]
        for name in own.keys() & value.keys():
            out += breaches(root, own[name], value[name], f"{at}.{name}")
        strict = (
            schema.get("additionalProperties") is False
            or schema.get("unevaluatedProperties") is False
        )
        if strict and not schema.keys() & {"allOf", "anyOf", "oneOf"}:
            out += [f"{at}: {name} is unknown" for name in value.keys() - own.keys()]
    return out
