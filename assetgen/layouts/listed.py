"""The kinds of a project as a list, with those that cannot be used."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from assetgen.cure import advice
from assetgen.errors import ManifestError, TemplateError
from assetgen.layouts import kind
from assetgen.layouts.closure import shipped_root
from assetgen.layouts.kind import Kind
from assetgen.layouts.values import did_you_mean
from assetgen.text import brief


class Listed(Struct, frozen=True):
    """The kinds that were asked for, by name, and the errors of those that cannot be used."""

    kinds: tuple[Kind, ...]
    errors: tuple[TemplateError, ...] = ()
    layout: str | None = None
    """The only layout that was asked for."""

    def layouts(self, one: Kind) -> tuple[str, ...]:
        """The names of the layouts of a kind that were asked for."""
        return (self.layout,) if self.layout else tuple(one.sheet.layouts)


def listed(project: Path, asked: str | None = None) -> Listed:
    """All kinds, or the kind or KIND/LAYOUT that is ``asked`` for.

    Raises ManifestError if there is none, TemplateError if it cannot be used.
    """
    if asked is None:
        return all_kinds(project)
    name, slash, layout = asked.strip("/").partition("/")
    found = kind.find(project, name)
    if slash and layout not in found.sheet.layouts:
        known = ", ".join(found.sheet.layouts) or "none"
        raise ManifestError(
            f"kind {name!r} has no layout {brief(layout)}; there are: {known}",
            cure=did_you_mean(layout, found.sheet.layouts) or advice("name one of these"),
        )
    return Listed((found,), layout=layout if slash else None)


def all_kinds(project: Path) -> Listed:
    """All kinds. Never raises for one that cannot be used."""
    kinds: list[Kind] = []
    errors: list[TemplateError] = []
    for name in kind.names(project):
        try:
            kinds.append(kind.find(project, name))
        except TemplateError as exc:
            errors.append(exc)
        except ManifestError:  # a folder whose name no kind can have
            continue
    return Listed(tuple(kinds), tuple(errors))


def is_own(one: Kind) -> bool:
    """Whether a kind is in the project's own templates."""
    return one.root != shipped_root()
