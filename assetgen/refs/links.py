"""Symbolic links of a repository: where each leads, and what a path behind one really is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assetgen.refs.folders import below, joined

#: How many links a path may lead through, as in Linux.
_MOST = 40


class Links:
    """The links by path, with the text of each: the path that it leads to."""

    def __init__(self, links: Mapping[str, str]) -> None:
        self._links = links

    def __bool__(self) -> bool:
        return bool(self._links)

    def __iter__(self) -> Iterator[str]:
        return iter(self._links)

    def real(self, path: str) -> str | None:
        """``path`` without links; None if one leads out of the repository, or in a circle."""
        for _ in range(_MOST):
            replaced = self._step(path)
            if replaced == path:
                return path
            if replaced is None:
                return None
            path = replaced
        return None

    def _step(self, path: str) -> str | None:
        """``path`` with its first link replaced."""
        at = path.find("/")
        while at >= 0:
            if path[:at] in self._links:
                return self._target(path[:at], path[at + 1 :])
            at = path.find("/", at + 1)
        return self._target(path, "") if path in self._links else path

    def _target(self, link: str, rest: str) -> str | None:
        text = self._links[link].replace("\\", "/")
        if text.startswith("/") or text[1:2] == ":":
            return None
        place = joined(link.rpartition("/")[0], text)
        return below(place, rest).rstrip("/") if place is not None else None
