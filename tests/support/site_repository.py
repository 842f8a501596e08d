"""A repository in memory with the references in it, and what each of them means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetgen.refs.reference import Kind
from assetgen.refs.sites.resolution import How


@dataclass(frozen=True)
class Expected:
    """A reference in ``file``, and what it means."""

    file: str
    kind: Kind
    raw: str
    how: How
    path: str | None = None
    exists: bool | None = None
    element: str = ""
    key: str = ""
    hint: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class SiteRepository:
    """Files by path with their text, and the references in them by name."""

    files: Mapping[str, str]
    rows: Mapping[str, Expected] = field(default_factory=dict)


def without_text(*paths: str) -> dict[str, str]:
    """Files that no test reads."""
    return dict.fromkeys(paths, "")
