"""The fonts that one command installs: what they are, and which packages carry them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import resources

import msgspec
import tomli

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.layouts.values import did_you_mean


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A font in a wheel on PyPI; the digests are sha256 (hex), ``size`` is in bytes."""

    family: str
    languages: str
    characters: tuple[str, ...]
    package: str
    version: str
    wheel_sha256: str
    file: str
    licence: str
    sha256: str
    size: int

    def has(self, codepoint: int) -> bool:
        """Whether an error about this character names the font."""
        ends = (one.partition("-")[::2] for one in self.characters)
        return any(int(first, 16) <= codepoint <= int(last, 16) for first, last in ends)

    @property
    def stem(self) -> str:
        """The name of its files in templates/fonts, without a suffix."""
        return self.family.replace(" ", "")


@cache
def packs() -> dict[str, Pack]:
    """All of them, by the name that ``assetgen fonts add`` takes."""
    data = (resources.files("assetgen") / "font_packs.toml").read_text("utf-8")
    return msgspec.convert(tomli.loads(data), dict[str, Pack])


def named(name: str) -> Pack:
    """Raises ManifestError if there is none."""
    known = packs()
    if name not in known:
        raise ManifestError(
            f"there is no font {name!r} to install; there are: {', '.join(known)}",
            cure=did_you_mean(name, known)
            or advice("put a font file of yours into templates/fonts/"),
        )
    return known[name]


def for_characters(characters: Sequence[str]) -> str | None:
    """The name of the font that has most of some characters; for kana, the Japanese one."""
    found = Counter(
        name for char in characters for name, pack in packs().items() if pack.has(ord(char))
    )
    if any("\u3040" <= char <= "\u30ff" for char in characters):
        return "noto-sans-jp"
    return found.most_common(1)[0][0] if found else None
