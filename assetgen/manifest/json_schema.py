"""The JSON Schema of the keys of assets.toml."""

from __future__ import annotations

from typing import Any

import msgspec

from assetgen import route_names
from assetgen.manifest import presets
from assetgen.manifest.schema import Manifest


def json_schema() -> dict[str, Any]:
    """The JSON Schema of assets.toml, for editors."""
    schema = msgspec.json.schema(Manifest)
    parts = schema["$defs"]
    root = parts.pop("Manifest")  # editors such as tombi follow no reference at the root
    asset = parts["Asset"]
    asset["required"].remove("kind")
    adopted = {"properties": {"route": {"enum": [route_names.ADOPTED]}}, "required": ["route"]}
    for table in ("Asset", "Ground"):
        _name_sizes(parts[table]["properties"]["size"])
    is_open = {"additionalProperties": True}  # of editors that refuse the keys it does not name
    asset |= {"if": adopted | is_open, "else": {"required": ["kind"]} | is_open}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **root,
        "title": "assetgen manifest",
        "$defs": parts,
    }


def _name_sizes(form: dict[str, Any]) -> None:
    """Let ``form`` accept pixels and the names of presets, and no other word."""
    names = "|".join(presets.known())
    own = f"^(auto|{names}|[1-9][0-9]{{0,4}}x[1-9][0-9]{{0,4}})$"
    for one in (form, *form.get("anyOf", ())):
        if "pattern" in one:
            one["pattern"] = own
