"""Paths in pages that are misspelled names of existing files."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Slip:
    """What is to be written for a path that is not there, and whether nothing else can have been meant."""

    written: str
    is_certain: bool


def words_in(path: str) -> list[str]:
    return _WORDS.findall(path.lower())


def in_place_of(raw: str, path: str, other: str) -> str | None:
    """``raw``, which names ``path``, written so that it names ``other``, which differs from it in case only."""
    named = re.split(r"[?#]", raw, maxsplit=1)[0]
    same = 0
    while same < min(len(named), len(path)) and named[-same - 1] == path[-same - 1]:
        same += 1
    if len(path) != len(other) or path[: len(path) - same] != other[: len(path) - same]:
        return None
    return named[: len(named) - same] + other[len(path) - same :] + raw[len(named) :]


def is_slip(name: str, other: str) -> bool:
    """Whether a file's name is another's with one slip of the pen; other figures or short words are other pictures."""
    if not set(re.sub(r"\w", "", other)) <= {*name, "-", "."}:
        return False
    words, others = words_in(name), words_in(other)
    if len(words) != len(others) or words == others:
        return "".join(words) == "".join(others)
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _is_misspelt(*differing[0])


def _is_misspelt(word: str, other: str) -> bool:
    """Whether a letter is missing, too many, another, or in the place of its neighbour."""
    if not (word + other).isalpha() or min(len(word), len(other)) < 4:
        return False
    if len(word) == len(other):
        at = [index for index, (one, two) in enumerate(zip(word, other, strict=True)) if one != two]
        if len(at) == 1:
            return len(word) > 5  # of short words many are one letter from another: dark, mark
        return len(at) == 2 and word[at[0] : at[1] + 1] == other[at[0] : at[1] + 1][::-1]
    short, long = sorted((word, other), key=len)
    return any(long[:index] + long[index + 1 :] == short for index in range(len(long)))
