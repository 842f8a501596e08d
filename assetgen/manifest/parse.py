"""The bytes of assets.toml -> a Manifest, or the mistakes in it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec
import tomli

from assetgen.errors import ManifestError, TrustError
from assetgen.manifest import toml_mistakes
from assetgen.manifest.rules import mistakes_of
from assetgen.manifest.schema import (
    FILE,
    MAX_BYTES,
    Asset,
    Colour,
    Id,
    Manifest,
    Name,
    Project,
    Route,
    Size,
    normal,
)
from assetgen.manifest.toml_lines import line_of
from assetgen.manifest.toml_mistakes import value_at
from assetgen.text import brief


def parse(data: bytes) -> Manifest:
    """Parse and check the bytes of assets.toml.

    Raises ManifestError naming the key, the line, the value and the cure; TrustError where the
    repository tries to decide what only its user may.
    """
    text = _text(data)
    try:
        document = tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as exc:
        raise _not_toml(exc, text) from None
    except ValueError as exc:  # numbers that Python refuses, dates out of range
        raise ManifestError(f"this holds a value that cannot be read: {exc}", where=FILE) from None
    _refuse_trust(document, text)
    if isinstance(document.get("asset"), dict):
        what = "asset: a list is needed here, this is a table"
        raise _at(text, ("asset",), what, "write [[asset]], with two brackets")
    try:
        manifest = msgspec.convert(document, Manifest, strict=True)
    except msgspec.ValidationError as exc:
        raise _explained(str(exc), document, text) from None
    except RecursionError:
        raise ManifestError("values are nested too deeply", where=FILE) from None
    manifest = _with_defaults(manifest)
    for key, what, cure in mistakes_of(manifest):
        raise _at(text, key, what, cure)
    return manifest


_MERGE = re.compile(r"^(<<<<<<<|>>>>>>>)", re.M)


def _not_toml(exc: Exception, text: str) -> ManifestError:
    if conflict := _MERGE.search(text):
        line, what = (
            text.count("\n", 0, conflict.start()) + 1,
            "this is not TOML: it holds the marks of a merge conflict",
        )
        return ManifestError(
            what, where=f"{FILE}:{line}", cure=f"resolve the merge conflict in {FILE}"
        )
    line = getattr(exc, "lineno", 0)
    cure = f"mend {FILE}"
    if str(exc).startswith("Invalid value"):
        cure = toml_mistakes.unquoted(text, line) or 'text needs quotes: kind = "cover"'
    return ManifestError(
        f"this is not TOML: {exc}", where=f"{FILE}:{line}" if line else FILE, cure=cure
    )


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise ManifestError(f"{len(data)} bytes is more than the limit of {MAX_BYTES}", where=FILE)
    try:
        # A byte order mark and CRLF come from Windows editors and mean nothing.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        line = data[: exc.start].count(b"\n") + 1
        raise ManifestError(
            "this is not UTF-8 text", where=f"{FILE}:{line}", cure="save it as UTF-8"
        ) from None


def _with_defaults(manifest: Manifest) -> Manifest:
    defaults = manifest.defaults
    assets = tuple(
        msgspec.structs.replace(
            asset,
            route=asset.route or defaults.route,
            style=asset.style or defaults.style,
            prompt=normal(asset.prompt),
        )
        for asset in manifest.asset
    )
    return msgspec.structs.replace(manifest, asset=assets)


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


def _refuse_trust(document: Mapping[str, Any], text: str) -> None:
    gateways = document.get("gateway")
    for name, table in gateways.items() if isinstance(gateways, dict) else ():
        for key in sorted(_USER_ONLY & set(table)) if isinstance(table, dict) else ():
            line = line_of(text, ("gateway", name, key))
            raise TrustError(
                f"gateway.{name}.{key} may not stand in a repository: it decides where a key goes",
                where=f"{FILE}:{line}",
                cure=f"put it into your own ~/.config/assetgen/config.toml under [gateway.{name}]",
            )
    if "limits" in document:
        raise TrustError(
            "limits on spending may not stand in a repository",
            where=f"{FILE}:{line_of(text, ('limits',))}",
            cure="put them into your own ~/.config/assetgen/config.toml",
        )


def _explained(message: str, document: Mapping[str, Any], text: str) -> ManifestError:
    """msgspec's message with the line, the value and the nearest right name added."""
    found = toml_mistakes.explained(message, document, Manifest, _FORMS)
    key, what, cure = found.key, found.what, found.cure
    if found.unknown is not None:
        cure = _cure_of_unknown(key, found.unknown, cure or "")
    elif found.missing:
        name = value_at(document, (*key, "id")) if key[:1] == ("asset",) and len(key) == 2 else None
        what = f"{found.missing} is missing" + (
            f" from asset {brief(name)}" if isinstance(name, str) else ""
        )
        cure = f"add {_EXAMPLES.get(found.missing, found.missing + ' = ...')}"
    elif key[-1:] == ("route",):
        cure = _nearest_route(value_at(document, key), document)
    return _at(text, key, what, cure or "assetgen schema prints every key and what it takes")


def _nearest_route(value: Any, document: Mapping[str, Any]) -> str | None:
    gateways = document.get("gateway")
    known = ["local", "images", "responses", "codex"]
    known += [f"gateway:{name}" for name in gateways] if isinstance(gateways, dict) else []
    near = difflib.get_close_matches(str(value), known, n=1)
    return f"did you mean {near[0]}?" if near else None


#: What people write directly under [[asset]] although it is the layout that takes it.
_OF_LAYOUTS = re.compile(
    "title|subtitle|kicker|brand|author|date|layout|theme|text|labels?|items|picture|logo|icon|unit|categories|series"
    "|cards|steps|badges|pattern|highlight"
)
_EXAMPLES = {
    "id": 'id = "launch-cover"',
    "kind": 'kind = "cover"',
    "path": 'path = "public/img/launch.png"',
    "alt": 'alt = "what is to be seen", or alt = "" for decoration',
    "width": "width = 1200",
    "height": "height = 630",
}


def _cure_of_unknown(key: Sequence[str | int], name: str, usual: str) -> str:
    of_asset = len(key) == 3 and key[0] == "asset"
    if of_asset and _OF_LAYOUTS.fullmatch(name):
        return "put it under [asset.values]: the layout takes it"
    if (
        of_asset
        and name in Project.__struct_fields__
        and name not in Asset.__struct_encode_fields__
    ):
        return "put it under [project], above the first [[asset]]"
    if of_asset and usual.startswith("take it out"):
        return usual.replace(
            "take it out", "take it out, or put it under [asset.values] if the layout takes it"
        )
    return usual


_FORMS = {
    meta.pattern.replace("\\", "\\\\"): words
    for form, words in (
        (Id, 'made of a-z 0-9 - and /, such as id = "launch-cover"'),
        (Route, 'one of local, images, responses, codex and gateway:NAME, such as route = "local"'),
        (Colour, '#rgb or #rrggbb, such as palette = ["#0f172a"]'),
        (Size, 'WIDTHxHEIGHT in pixels or "auto", such as size = "1200x630"'),
        (Name, "made of lower-case letters, digits, - and _"),
    )
    for meta in get_args(form)[1:]
}


def _at(text: str, key: Sequence[str | int], what: str, cure: str | None) -> ManifestError:
    line = line_of(text, key)
    return ManifestError(what, where=f"{FILE}:{line}" if line else FILE, cure=cure)
