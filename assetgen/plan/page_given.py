"""What an asset gets from its page: values for its layout, or words for its prompt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.layouts.agreement import replaces
from assetgen.layouts.field import Field
from assetgen.layouts.kind import Kind
from assetgen.manifest import placeholders
from assetgen.manifest.schema import FILE, Asset
from assetgen.plan.page import Page, absent, word

_FIELDS = {
    "title": ("title",),
    "description": ("subtitle", "description", "text"),
    "tags": ("tags",),
    "date": ("date",),
    "author": ("author",),
}
#: The values that a page may give to a layout.
OF_PAGES = frozenset(("language", *(name for names in _FIELDS.values() for name in names)))
_WORD = re.compile(rf"\$(?:({'|'.join(_FIELDS)})\b|\{{({'|'.join(_FIELDS)})\}})")


def given(asset: Asset, page: Page, kind: Kind, *, below: Mapping[str, Any]) -> Asset:
    """``asset`` with the data of ``page`` where it has none of its own. Raises ManifestError.

    ``below`` has the values for what neither has.
    """
    if asset.is_local:
        layout = kind.layout_name({**below, **asset.values})
        fields = kind.fields(layout)
        found = _for_layout(fields, page, asset.page or "")
        stated = {**below, **asset.values}  # a screenshot leaves no place for the page's title
        found = {name: one for name, one in found.items() if not replaces(name, fields, stated)}
        return msgspec.structs.replace(asset, values={**below, **found, **asset.values})
    values = {**below, **page.stated(), **asset.values}
    return msgspec.structs.replace(asset, values=values, prompt=_prompt(asset, page, values))


def _for_layout(fields: Mapping[str, Field], page: Page, path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "language" in fields and (language := word(page, path, "locale")):
        found["language"] = language
    for name, value in page.stated().items():
        taken = next(
            (field for field in _FIELDS[name] if field in fields and _takes(fields[field], value)),
            None,
        )
        if taken:
            found[taken] = value[: fields[taken].max] if isinstance(value, list) else value
    return found


def _takes(field: Field, value: object) -> bool:
    if isinstance(value, list):
        return field.type == "list" and not field.fields and "number" not in field.of
    return field.type == "text"


def _prompt(asset: Asset, page: Page, values: Mapping[str, Any]) -> str:
    """The prompt with words such as {title} and $title; without one, title and description."""

    def said(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in values:
            what = f"the prompt uses ${name}, which {asset.page} does not have"
            cure = advice(
                "add {name} to the front matter of {page}, or to [asset.values]",
                name=name,
                page=asset.page or "",
            )
            raise ManifestError(what, where=FILE, cure=cure)
        value = values[name]
        return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)

    if asset.prompt:
        path = asset.page or ""
        try:
            return placeholders.filled(
                asset.prompt,
                lambda name: word(page, path, name),
                plain=lambda text: _WORD.sub(said, text),
            )
        except placeholders.Absent as exc:
            what, cure = absent("prompt", str(exc), path)
            raise ManifestError(what, where=FILE, cure=cure) from None
    title, description = (str(values.get(name, "")) for name in ("title", "description"))
    if not title:
        what = f"asset {asset.id!r} has no prompt, and {asset.page} has no title to use instead"
        cure = advice('add prompt = "what the image shows", or a title to the page')
        raise ManifestError(what, where=FILE, cure=cure)
    return ". ".join(part.rstrip(".") for part in (title, description) if part)
