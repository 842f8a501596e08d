"""Files that git takes for one another, because it ignores case in a repository."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from assetgen.fs.held import Held


class Twins:
    """Finds what git would take a new file for; git is asked once."""

    def __init__(self, held: Held) -> None:
        self._held = held

    def of(self, path: str) -> str | None:
        """The name that git would give to a new file at ``path``; None if it keeps the name."""
        if not self._ignores_case or path in self._held.index:
            return None
        parts = path.split("/")
        for depth in range(len(parts), 0, -1):
            known = self._folded.get("/".join(parts[:depth]).casefold())
            if known is not None:
                found = "/".join((known, *parts[depth:]))
                return found if found != path else None
        return None

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        """The files of the index and their folders by what they are without case."""
        found: dict[str, str] = {}
        for path in self._held.index:
            while path and found.setdefault(path.casefold(), path) == path:
                path = path.rpartition("/")[0]
        return found

    @cached_property
    def _ignores_case(self) -> bool:
        repository = self._held.repository
        return repository is not None and repository.is_on("core.ignorecase")
