"""What tells two items of a collection apart that have one id or path: the cure for that."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assetgen.cure import Cure, advice
from assetgen.manifest.collection import Collection
from assetgen.plan.collection_items import Item
from assetgen.plan.collection_rules import LOCALE, ROW, SLUG

#: What leaves out the folder of the language of a page that has none.
OF_LANGUAGE = f"{{{LOCALE}?}}/"
# Columns that a placeholder can name.
_NAME = re.compile(r"[\w-]+")


def cure(rule: Collection, key: str, item: Item, other: Item, axes: Mapping[str, str]) -> Cure:
    """How ``item`` and ``other``, which may be one item twice, get another id or path."""
    template = getattr(rule, key)
    if item.locale != other.locale and f"{{{LOCALE}" not in template:
        words = f"{OF_LANGUAGE}{{{SLUG}}}"
        return advice("write {words} in {key}: there are several languages", words=words, key=key)
    missing = _missing(template, item, other, axes)
    if missing:
        return advice(
            "add {missing} to {key}, which tells them apart", missing=f"{{{missing}}}", key=key
        )
    if item.path and other.path and item.path != other.path:
        return advice("write another slug: in the front matter of {path}", path=item.path)
    return advice("add a placeholder to {key} that tells them apart", key=key)


def _missing(template: str, item: Item, other: Item, axes: Mapping[str, str]) -> str | None:
    """The first placeholder with another value for each, which ``template`` does not have."""
    if item is other:
        names = list(axes)
    elif item.path and other.path:
        folders = {one.path.rpartition("/")[0] for one in (item, other) if one.path}
        names = ["folder"] if len(folders) == 2 else []
    else:
        differ = (name for name, cell in item.row.items() if other.row.get(name, cell) != cell)
        names = [f"{ROW}{name}" for name in differ if _NAME.fullmatch(name)]
    return next((name for name in names if f"{{{name}" not in template), None)
