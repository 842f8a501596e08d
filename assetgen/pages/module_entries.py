"""The entries of the typed module: what it says of each image, and the types of that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from assetgen.escapes import script
from assetgen.pages import published
from assetgen.pages.published import Published
from assetgen.plan.families import LIGHT, Family
from assetgen.record.schema import Measured

Entry = dict[str, Any]
IGNORE = "// prettier-ignore\n"
_AXES = """\
  readonly themes?: { readonly [theme: string]: Asset };
  readonly sizes?: { readonly [size: string]: Asset };
"""
_TYPES = f"""\
{IGNORE}export interface AssetFile {{
  readonly src: string;
  readonly width: number;
  readonly height: number;
  readonly type: string;
}}

{IGNORE}export interface Asset extends AssetFile {{
  readonly alt: string;
  readonly blurDataURL?: string;
  readonly variants: readonly AssetFile[];
  readonly srcSet: {{ readonly [type: string]: string }};
  readonly record: string;
  readonly sha256: string;
"""


def types(entries: Iterable[Entry]) -> str:
    """The types of the entries of a module."""
    has_axes = any("themes" in one or "sizes" in one for one in entries)
    return f"{_TYPES}{_AXES if has_axes else ''}}}\n"


def folded(entries: Mapping[str, Entry], families: Iterable[Family]) -> Mapping[str, Entry]:
    """``entries`` with one for each family, which has its themes and its sizes by name."""
    found = dict(entries)
    for family in families:
        own = {at: found[one] for at, one in family.members.items() if one in found}
        if len(own) < 2:
            continue
        for one in family.members.values():
            found.pop(one, None)
        found[family.id] = _of_family(own)
    return dict(sorted(found.items())) if len(found) < len(entries) else found


def _of_family(own: Mapping[tuple[str, str], Entry]) -> Entry:
    sizes = dict.fromkeys(size for _, size in own)
    named = {size: _of_size(own, size) for size in sizes}
    first = next(iter(named.values()))
    return {**first, "sizes": named} if len(named) > 1 else first


def _of_size(own: Mapping[tuple[str, str], Entry], wanted: str) -> Entry:
    themes = {theme: one for (theme, size), one in own.items() if size == wanted}
    first = themes.get(LIGHT) or next(iter(themes.values()))
    return {**first, "themes": themes} if len(themes) > 1 else first


def entry(one: Published, public: str | None, *, is_versioned: bool) -> dict[str, Any]:
    """What a module says of one asset."""

    def link(path: str) -> str:
        version = published.version(one.digests[path]) if is_versioned else ""
        return f"{published.url(path, public) or ''}{version}"

    def size(file: Measured) -> dict[str, Any]:
        return {"src": link(file.path), "width": file.width, "height": file.height}

    sets = published.sets(one) if one.variants else {}
    return {
        **size(one.main),
        "alt": one.alt,
        "type": one.main.media_type,
        **({"blurDataURL": one.blur} if one.blur else {}),
        "variants": [{**size(file), "type": file.media_type} for file in one.variants],
        "srcSet": {
            f"image/{fmt}": ", ".join(f"{link(file.path)} {file.width}w" for file in files)
            for fmt, files in sets.items()
        },
        "record": one.record,
        "sha256": one.sha256,
    }


def literal(value: Any, margin: str) -> str:
    """A value in TypeScript or JavaScript, one property a line."""
    inner = margin + "  "
    if isinstance(value, dict):
        lines = [f"{inner}{_key(name)}: {literal(one, inner)},\n" for name, one in value.items()]
        return "{\n" + "".join(lines) + margin + "}" if lines else "{}"
    if isinstance(value, list):
        lines = [f"{inner}{literal(one, inner)},\n" for one in value]
        return "[\n" + "".join(lines) + margin + "]" if lines else "[]"
    return script(value) if isinstance(value, str) else str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else script(name)
