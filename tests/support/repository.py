"""A repository in memory: paths, and the text of the few that are read."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.refs.listing import Listing
from assetgen.refs.reference import Kind, Marks, Reference


def with_texts(files: Mapping[str, str]) -> Listing:
    """A listing of files and their texts."""
    return Listing(files, lambda path: files[path].encode())


def reference(file: str, kind: Kind, raw: str, element: str = "", key: str = "") -> Reference:
    """A reference of which only that is known which decides what it means."""
    marks = Marks(raw=(0, len(raw)), attributes=0 if element else None)
    return Reference(
        file, 1, 1, kind, raw, None, "n/a", kind == "dynamic", None, None, element, key, marks
    )
