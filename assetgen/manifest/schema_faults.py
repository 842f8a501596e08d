"""What in assets.toml is not as its schema says: types, unknown keys, keys of the user only."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from assetgen import route_names
from assetgen.cure import Cure, advice, command
from assetgen.errors import TrustError
from assetgen.manifest.key_types import Colour, Id, Name, Route, Size
from assetgen.manifest.schema import Asset, Manifest, Project
from assetgen.manifest.toml_faults import Fault, Wording, dotted, faults, value_at

_USER_CONFIG = "~/.config/assetgen/config.toml"
_USER_ONLY = {
    "base_url",
    "key_env",
    "api_key",
    "key",
    "headers",
    "proxy",
    "verify",
    "profile",
    "limits",
}


def trust_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """What only the user may decide, and not a repository."""
    gateways = document.get("gateway")
    for name, table in gateways.items() if isinstance(gateways, dict) else ():
        for key in sorted(_USER_ONLY & set(table)) if isinstance(table, dict) else ():
            yield Fault(
                ("gateway", name, key),
                f"gateway.{name}.{key} is not allowed in assets.toml: "
                "it decides where your API key is sent",
                advice(
                    "put it into your own {user_config} under [gateway.{name}]",
                    user_config=_USER_CONFIG,
                    name=name,
                ),
                error=TrustError,
            )
    if "limits" in document:
        what = "spending limits are not allowed in assets.toml: only you may set them"
        cure = advice("put them into your own {user_config}", user_config=_USER_CONFIG)
        yield Fault(("limits",), what, cure, error=TrustError)
    if "agents" in document:
        what = "what agents may spend is not allowed in assets.toml: only you may set it"
        cure = advice("put it into your own {user_config}", user_config=_USER_CONFIG)
        yield Fault(("agents",), what, cure, error=TrustError)


def type_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Every unknown key, missing key and value of the wrong type."""
    for name in ("asset", "collection"):
        if isinstance(document.get(name), dict):
            what = f"{name}: a list is needed here, this is a table"
            yield Fault((name,), what, advice("write [[{name}]], with two brackets", name=name))
            document = {one: value for one, value in document.items() if one != name}
    for fault in faults(document, Manifest, _WORDING):
        cure = _cure(fault, document) or advice(
            "{schema} (prints every key and its type)", schema=command("assetgen schema")
        )
        yield replace(fault, cure=cure, what=_what(fault))


def _what(fault: Fault) -> str:
    if fault.missing and fault.key[:1] in (("asset",), ("collection",)) and len(fault.key) == 2:
        return f"{fault.missing} is missing"
    return fault.what


def _cure(fault: Fault, document: Mapping[str, Any]) -> Cure | None:
    if fault.unknown is not None:
        return _cure_of_unknown(fault)
    if fault.missing:
        return advice("add {key}", key=_EXAMPLES.get(fault.missing, fault.missing + " = ..."))
    if fault.key[-1:] == ("route",):
        return _nearest_route(value_at(document, fault.key), document)
    if fault.key[2:] == ("ground",):
        return advice("write ground = {table}", table=GROUND)
    return fault.cure


def _cure_of_unknown(fault: Fault) -> Cure | None:
    name = fault.unknown or ""
    is_table = fault.key[:-1] == ("defaults",) or fault.key[:1] == ("style",)
    if is_table and _OF_LAYOUTS.fullmatch(name):
        table = dotted((*fault.key[:-1], "values"))
        return advice("put it under [{table}]: it is a value of layouts", table=table)
    if len(fault.key) != 3 or fault.key[0] not in ("asset", "collection"):
        return fault.cure
    table = fault.key[0]
    if _OF_LAYOUTS.fullmatch(name):
        return advice("put it under [{table}.values]: it is a value of the layout", table=table)
    if name in Project.__struct_fields__ and name not in Asset.__struct_encode_fields__:
        return advice("put it under [project], above the first [[asset]]")
    if not fault.names:
        return fault.cure
    return advice(
        "remove it, or put it under [{table}.values] if it is a value of the layout; "
        "there are: {names}",
        table=table,
        names=fault.names,
    )


def _nearest_route(value: Any, document: Mapping[str, Any]) -> Cure | None:
    if not isinstance(value, str):  # a huge number has no text at all
        return None
    gateways = document.get("gateway")
    known = [*route_names.ROUTES, route_names.ADOPTED]
    known += [f"gateway:{name}" for name in gateways] if isinstance(gateways, dict) else []
    near = difflib.get_close_matches(value[:100], known, n=1)
    return advice("did you mean {near}?", near=near[0]) if near else None


#: What people write directly under [[asset]] although it is a value of the layout.
_OF_LAYOUTS = re.compile(
    "title|subtitle|kicker|brand|author|date|layout|theme|text|labels?|items|picture|logo|icon"
    "|unit|categories|series|cards|steps|badges|pattern|highlight"
)
_EXAMPLES = {
    "id": 'id = "launch-cover"',
    "kind": 'kind = "cover"',
    "path": 'path = "public/img/launch.png"',
    "alt": 'alt = "what the image shows", or alt = "" for decoration',
    "width": "width = 1200",
    "height": "height = 630",
    "prompt": 'prompt = "what the image shows"',
}
#: A ground as it is written.
GROUND = '{ route = "images", prompt = "what the image shows" }'
_ROUTES = ", ".join((*route_names.ROUTES, route_names.ADOPTED))
_WORDING = Wording(
    {
        meta.pattern.replace("\\", "\\\\"): words
        for form, words in (
            (Id, 'made of a-z 0-9 - and /, such as id = "launch-cover"'),
            (
                Route,
                f'one of {_ROUTES} and gateway:NAME, such as route = "local"',
            ),
            (Colour, '#rgb or #rrggbb, such as palette = ["#0f172a"]'),
            (Size, 'WIDTHxHEIGHT in pixels or "auto", such as size = "1200x630"'),
            (Name, "made of lower-case letters, digits, - and _"),
        )
        for meta in get_args(form)[1:]
    }
)
