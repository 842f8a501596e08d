"""The pages and rows of a tree, for collections."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assetgen.cure import advice
from assetgen.errors import AssetgenError, ManifestError
from assetgen.fs import globs
from assetgen.fs.tree import Tree, WorkTree
from assetgen.layouts.kind import Kind
from assetgen.manifest import data_query
from assetgen.manifest.data_file import Document, Table
from assetgen.plan.collection_items import Sources
from assetgen.plan.page import Page
from assetgen.refs.languages import ASTRO, HTML, MARKDOWN, MDX, SVX, suffix

#: What can have front matter, or a title of its own.
_PAGES = MARKDOWN | MDX | SVX | HTML | ASTRO


def sources(
    tree: Tree,
    page: Callable[[str], Page],
    data: Callable[[str], Table | Document],
    kind: Callable[[str], Kind],
) -> Sources:
    """What collections ask about ``tree``."""

    def rows(path: str, pointer: str | None) -> Sequence[tuple[str, Mapping[str, str]]]:
        return data_query.table_rows(data(path), pointer)

    def page_of(path: str) -> Page:
        try:
            return page(path)
        except AssetgenError:
            if isinstance(tree, WorkTree) and _is_special(os.path.join(tree.root, path)):
                what = f"{path} is a link or no regular file; such pages are not read"
                cure = advice('remove it, or leave it out: "!{path}"', path=path)
                raise ManifestError(what, cure=cure) from None
            raise

    def has_theme(name: str, values: Mapping[str, Any]) -> bool:
        try:
            found = kind(name)
            return "theme" in found.fields(found.layout_name(values))
        except AssetgenError:  # it is reported where the asset is worked out
            return False

    return Sources(lambda patterns: _pages(tree, patterns), page_of, rows, has_theme)


def _is_special(file: str) -> bool:
    return os.path.lexists(file) and not stat.S_ISREG(os.lstat(file).st_mode)


def _pages(tree: Tree, patterns: Sequence[str]) -> Sequence[str]:
    """The pages that ``patterns`` match, sorted; a new name may make another."""
    is_meant = globs.matcher(patterns)
    found = sorted(
        path
        for path in tree.everything()
        if suffix(path) in _PAGES and is_meant(path) and not globs.is_built(path)
    )
    if isinstance(tree, WorkTree):
        for folder in globs.where_matches_begin(patterns, tree.folders):
            tree.note(folder)
    return found
