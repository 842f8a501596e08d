"""Paths in pages that are misspelled names of existing or listed images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from assetgen.refs.scan.picture_heuristics import is_picture
from assetgen.refs.survey import ResolvedReference

_WORDS = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Correction:
    """What to write instead of a path, and whether the author cannot have meant anything else."""

    written: str
    is_certain: bool
    moved: str | None = None
    """The path that the image has now, if it was moved; ``written`` is "" if no page can name it.
    """


class KnownNames:
    """The images that a misspelled path can stand for: those that exist and those of assets."""

    def __init__(self, paths: Iterable[str]) -> None:
        names: dict[str, dict[str, list[str]]] = {}
        for path in sorted(paths):
            folder, _, name = path.rpartition("/")
            if is_picture(name):
                stem = name.rpartition(".")[0]
                names.setdefault(folder, {}).setdefault(stem, []).append(name)
        self._names: Mapping[str, Mapping[str, list[str]]] = names  # by folder, then by stem
        self._near = cache(self._indexed)

    def correction(self, row: ResolvedReference) -> Correction | None:
        """What the author may have meant: another case, another extension, or a typo."""
        reference, means = row.reference, row.resolution
        path = means.path or ""
        if means.candidates:
            written = in_place_of(reference.raw, path, means.candidates[0])
            return Correction(written, is_certain=True) if written else None
        folder, _, name = path.rpartition("/")
        beside = self._names.get(folder, {})
        same = beside.get(name.rpartition(".")[0], [])
        close = same or self._misspelled(folder, name)
        if not close or reference.raw.count(name) != 1:
            return None
        return Correction(reference.raw.replace(name, close[0]), is_certain=bool(same))

    def _misspelled(self, folder: str, name: str) -> list[str]:
        """The images of a folder of whose names ``name`` is a misspelling."""
        known = self._near(folder)
        found = {one for trace in _traces(name) for one in known.get(trace, ())}
        return [one for _, one in sorted(found) if is_misspelling(name, one)]

    def _indexed(self, folder: str) -> Mapping[int, list[tuple[int, str]]]:
        """The images of a folder by their traces, each with its place in their order."""
        beside = self._names.get(folder, {})
        found: dict[int, list[tuple[int, str]]] = {}
        for place, one in enumerate(one for names in beside.values() for one in names):
            for trace in _traces(one):
                found.setdefault(trace, []).append((place, one))
        return found


# What no one misspells by one letter: names of more words, and longer words, are only compared
# as they are.
_MOST_WORDS = 12
_LONGEST_WORD = 40


def _traces(name: str) -> set[int]:
    """Numbers of which two names have one in common if one letter or less makes the difference.

    They stand for the name without one letter of one word. Other names may share one by chance.
    """
    words = words_in(name)
    found = {hash("".join(words))}
    if len(words) > _MOST_WORDS:
        return found
    for index, word in enumerate(words):
        if word.isalpha() and 3 < len(word) <= _LONGEST_WORD:
            others = (index, *words[:index], *words[index + 1 :])
            shorter = (word[:at] + word[at + 1 :] for at in range(len(word)))
            found.update(hash((one, *others)) for one in (word, *shorter))
    return found


def words_in(path: str) -> list[str]:
    """The words and numbers of a path, in lower case."""
    return _WORDS.findall(path.lower())


def in_place_of(raw: str, path: str, other: str) -> str | None:
    """``raw``, which names ``path``, rewritten to name ``other``, which differs only in case."""
    named = re.split(r"[?#]", raw, maxsplit=1)[0]
    same = 0
    while same < min(len(named), len(path)) and named[-same - 1] == path[-same - 1]:
        same += 1
    if len(path) != len(other) or path[: len(path) - same] != other[: len(path) - same]:
        return None
    return named[: len(named) - same] + other[len(path) - same :] + raw[len(named) :]


def is_misspelling(name: str, other: str) -> bool:
    """Whether a file's name is another's with one typo.

    Names with other numbers or other short words are names of other images.
    """
    if not set(re.sub(r"\w", "", other)) <= {*name, "-", "."}:
        return False
    words, others = words_in(name), words_in(other)
    if len(words) != len(others) or words == others:
        return "".join(words) == "".join(others)
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _has_one_wrong_letter(*differing[0])


def _has_one_wrong_letter(word: str, other: str) -> bool:
    """Whether a letter is missing, added or replaced, or two neighbours are swapped."""
    if not (word + other).isalpha() or min(len(word), len(other)) < 4:
        return False
    if len(word) == len(other):
        at = [index for index, (one, two) in enumerate(zip(word, other, strict=True)) if one != two]
        if len(at) == 1:
            return len(word) > 5  # many short words differ in one letter: dark, mark
        return len(at) == 2 and word[at[0] : at[1] + 1] == other[at[0] : at[1] + 1][::-1]
    short, long = sorted((word, other), key=len)
    return any(long[:index] + long[index + 1 :] == short for index in range(len(long)))
