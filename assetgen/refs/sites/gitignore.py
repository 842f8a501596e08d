"""Which paths git ignores, so that a missing file may be one that a build makes.

Source: https://git-scm.com/docs/gitignore. Only the .gitignore files of the repository count: what
.git/info/exclude and the user's own settings ignore differs between machines.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from assetgen.refs.folders import below, upwards, within
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern


#: How many patterns are compared with paths for one listing, about a microsecond each.
MAX_STEPS = 3_000_000


def is_ignored(path: str, listing: Listing) -> bool:
    """Whether git ignores the file ``path``: by a pattern for it, or for a folder that it is in.

    Also if that would take more than ``MAX_STEPS``: then it is not known.
    """
    above = upwards(path)[1:]
    specs = [(folder, spec) for folder in above if (spec := _of_folder(folder, listing))]
    if not specs:
        return False
    folders = (f"{folder}/" for folder in reversed(above[:-1]))
    return any(_is_excluded(place, specs, listing) for place in (*folders, path))


class _Rules:
    """The patterns of one file, and what they said about folders."""

    def __init__(self, spec: GitIgnoreSpec) -> None:
        self._spec = spec
        self._folders: dict[str, bool | None] = {}

    def said(self, path: str, listing: Listing) -> bool | None:
        """Whether ``path`` is excluded; None if no pattern matches it."""
        if path in self._folders:
            return self._folders[path]
        listing.ignore_steps += len(self._spec.patterns)
        if listing.ignore_steps > MAX_STEPS:
            return True
        said = self._spec.check_file(path).include
        if path.endswith("/"):
            self._folders[path] = said
        return said


def _of_folder(folder: str, listing: Listing) -> _Rules | None:
    name = below(folder, ".gitignore")
    return _spec(literals.text_of(listing.read(name))) if name in listing else None


def _is_excluded(place: str, specs: list[tuple[str, _Rules]], listing: Listing) -> bool:
    """What the nearest .gitignore says that matches ``place``; folders end in a slash."""
    for folder, spec in specs:
        rest = within(folder, place)
        if rest and (said := spec.said(rest, listing)) is not None:
            return said
    return False


@lru_cache(64)
def _spec(text: str) -> _Rules:
    from pathspec import GitIgnoreSpec  # only a missing file needs it: 9 ms

    return _Rules(GitIgnoreSpec(list(_patterns(text))))


def _patterns(text: str) -> Iterator[GitIgnoreSpecPattern]:
    """One pattern a line; a broken one matches nothing, as in git."""
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # "[[" is a set in a set to a later Python
        for line in text.split("\n"):
            try:
                yield GitIgnoreSpecPattern(line.removesuffix("\r"))
            except ValueError:
                continue
