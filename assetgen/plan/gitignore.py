"""The block in .gitignore for files that are built from records (keep = "record"). Pure.

Patterns follow the paths as collections write them, so that a new page changes no line. Files that
git does have, and that such a pattern matches, are excepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from assetgen.init import sealed
from assetgen.manifest.collection import Origins
from assetgen.manifest.placeholders import Placeholder, pieces
from assetgen.manifest.schema import Asset, Manifest, targets

FILE = ".gitignore"
_BEGIN = '# assetgen: built from their records (keep = "record"); assetgen writes these lines'
_END = "# assetgen: end"
_OPENS = re.compile(rb"# assetgen: built from their records\b.*")
# Any number of folders, and a part of a name.
_DEEP, _PART = "**", "*"


class Pattern(Struct, frozen=True):
    """A pattern of .gitignore: literal texts, and the wildcards ``**`` and ``*`` between them."""

    parts: tuple[str, ...]
    is_wild: frozenset[int] = frozenset()
    """Which of the parts are wildcards."""

    def line(self) -> str:
        """The line of .gitignore."""
        shown = (
            part if number in self.is_wild else _LITERAL.sub(r"\\\g<0>", part)
            for number, part in enumerate(self.parts)
        )
        return "/" + "".join(shown)

    def regex(self) -> str:
        """A regular expression for the paths that it matches."""
        return "".join(
            _REGEX[part] if number in self.is_wild else re.escape(part)
            for number, part in enumerate(self.parts)
        )


_LITERAL = re.compile(r"[\\*?\[]|\s$|^[!#]")
# A wildcard for folders is followed by a slash, which belongs to it.
_REGEX = {f"{_DEEP}/": "(?:.*/)?", _PART: "[^/]*"}


def lines(manifest: Manifest, origins: Origins, others: Iterable[str] = ()) -> list[str]:
    """The lines of the block; none if no file is built from a record.

    ``others`` are further files that git has, such as those of the baseline.
    """
    built = [asset for asset in manifest.asset if asset.is_rebuilt]
    if not built:
        return []
    found = dict.fromkeys(_patterns(manifest, origins))
    known = re.compile("|".join(one.regex() for one in found) or "(?!)")
    paths = (target.path for asset in built for target in targets(asset))
    found |= {Pattern((path,)): None for path in paths if not known.fullmatch(path)}
    known = re.compile("|".join(one.regex() for one in found))
    in_git = [t.path for asset in manifest.asset if not asset.is_rebuilt for t in targets(asset)]
    kept = [path for path in dict.fromkeys((*in_git, *others)) if known.fullmatch(path)]
    excepted = ["!" + Pattern((path,)).line() for path in kept]
    return [*(one.line() for one in found), *excepted]


def _patterns(manifest: Manifest, origins: Origins) -> Iterator[Pattern]:
    """The patterns of collections; single assets have none."""
    groups: dict[int, list[Asset]] = {}
    for number, asset in enumerate(manifest.asset):
        if asset.is_rebuilt and (origin := origins.find(("asset", number))):
            groups.setdefault(origin.collection, []).append(asset)
    for number, assets in sorted(groups.items()):
        yield from _of_collection(manifest.collection[number].path, assets)


def _of_collection(template: str, assets: Sequence[Asset]) -> Iterator[Pattern]:
    depth = template.count("/")
    is_deep = any(asset.path.count("/") != depth for asset in assets)
    stem, _, extension = template.rpartition(".")
    if "}" in extension:  # a placeholder has the extension
        return
    own = assets[0].path.rpartition(".")[0]
    for end in dict.fromkeys(target.path.removeprefix(own) for target in targets(assets[0])):
        yield _pattern(stem + end, is_deep=is_deep)


@dataclass
class _Parts:
    """The parts of a pattern that is made."""

    parts: list[str] = field(default_factory=list)
    wild: set[int] = field(default_factory=set)

    def add(self, text: str, *, is_wild: bool = False) -> None:
        is_again = is_wild and self.wild and max(self.wild) == len(self.parts) - 1
        if is_again and self.parts[-1] == text:
            return
        if is_wild:
            self.wild.add(len(self.parts))
        self.parts.append(text)


def _pattern(template: str, *, is_deep: bool) -> Pattern:
    """The pattern of a path with placeholders, whose values have folders if it ``is_deep``."""
    made = _Parts()
    folders = template.split("/")  # a placeholder has no slash in its name
    for number, part in enumerate(folders):
        words = list(pieces(part))
        has_any = any(isinstance(word, Placeholder) for word in words)
        is_name = number == len(folders) - 1
        if has_any and is_deep:
            made.add(f"{_DEEP}/", is_wild=True)
            if not is_name:
                continue
            last = max(n for n, word in enumerate(words) if isinstance(word, Placeholder))
            words = words[last:]
        for word in words:
            if isinstance(word, Placeholder):
                made.add(_PART, is_wild=True)
            else:
                made.add(word if isinstance(word, str) else word.sign)
        if not is_name:
            made.add("/")
    return Pattern(tuple(made.parts), frozenset(made.wild))


# -- the file --------------------------------------------------------------------------------------


def renewed(before: bytes, wanted: Sequence[str]) -> bytes:
    """The bytes of a .gitignore with ``wanted`` in its block, and all else as it was."""
    rows = before.splitlines(keepends=True)
    block = [] if not wanted else [_BEGIN, *wanted, _END]
    made = sealed.like("".join(f"{line}\n" for line in block).encode(), before)
    bounds = _bounds(rows)
    if not bounds:
        gap = b"\n" if before and not before.endswith(b"\n") else b""
        return before + (sealed.like(gap, before) + made if made else b"")
    parts, at = [], 0
    for number, (start, end) in enumerate(bounds):
        parts += [*rows[at:start], made if number == 0 else b""]
        at = end
    return b"".join([*parts, *rows[at:]])


def _bounds(rows: Sequence[bytes]) -> list[tuple[int, int]]:
    """Where each block of assetgen begins and ends; there are several after a merge of both."""
    found, at = [], 0
    while at < len(rows):
        if not _OPENS.fullmatch(rows[at].rstrip()):
            at += 1
            continue
        end = at + 1
        while end < len(rows) and rows[end].startswith((b"/", b"!/")):
            end += 1
        if end < len(rows) and rows[end].rstrip() == _END.encode():
            end += 1
        found.append((at, end))
        at = end
    return found
