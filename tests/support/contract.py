"""The contract of the OpenAI API: whether requests and replies have the form that it describes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[1] / "data" / "openai-contract.json"


@cache
def contract() -> dict[str, Any]:
    """The schemas of tests/data, which says where they come from."""
    found: dict[str, Any] = json.loads(_FILE.read_bytes())
    return found


def schema(name: str) -> dict[str, Any]:
    """One of the schemas, by its name."""
    found: dict[str, Any] = contract()["components"]["schemas"][name]
    return found


def breaches_of(name: str, value: Any) -> list[str]:
    """Where a value breaks the schema called ``name``."""
    return breaches(contract(), schema(name), value)


def breaches(root: dict[str, Any], schema: dict[str, Any], value: Any, at: str = "$") -> list[str]:
    """Where a value breaks a schema; of JSON Schema, only what the tests need is checked."""
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
