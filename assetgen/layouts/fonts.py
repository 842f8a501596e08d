"""The fonts that an image may use, and the characters that each has.

Each font gets a private family name made from its bytes, so that a font of the same name on the
machine, or inside the engine, can never replace it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from msgspec import Struct

from assetgen.cure import advice
from assetgen.errors import TemplateError
from assetgen.fs import paths
from assetgen.layouts import closure, sfnt, web_font
from assetgen.layouts.sfnt import Look, Ranges

EMOJI = "Twemoji Mozilla"
SANS, SERIF, MONO = "Inter", "Source Serif 4", "JetBrains Mono"

# Joiners, selectors and marks of direction, which draw nothing themselves.
_INVISIBLE = frozenset(
    [
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xE0020, 0xE0080),
        0xFEFF,
        0xAD,
    ]
)


@dataclass(frozen=True)
class Face:
    """One font of a family: its sha256, its look, and its bytes or the file that has them."""

    digest: str
    look: Look
    source: bytes | Path = field(repr=False, compare=False)
    member: int | None = field(default=None, repr=False, compare=False)
    """Where it begins in its file, if that is a collection."""

    @cached_property
    def data(self) -> bytes:
        data = self._file
        if self.member is not None:
            return sfnt.member(data, self.member)
        return web_font.whole(data) if web_font.is_one(data) else data

    @property
    def _file(self) -> bytes:
        if isinstance(self.source, bytes):
            return self.source
        return paths.read_regular(self.source.parent, self.source.name, TemplateError)

    @cached_property
    def ranges(self) -> Ranges:
        """The first and the last character of each range that it can draw."""
        at = self.member or 0  # of a collection only this table is read
        data = self.data if self.member is None else self._file
        return sfnt.coverage(data, sfnt.tables(data, at)[b"cmap"][0])

    def __getstate__(self) -> dict[str, object]:
        """What another process needs: nothing that is in the file."""
        return {name: getattr(self, name) for name in ("digest", "look", "source", "member")}

    def has(self, codepoint: int) -> bool:
        starts, ends = self.ranges
        at = bisect_right(starts, codepoint) - 1
        return at >= 0 and codepoint <= ends[at]


class Font(Struct, frozen=True):
    """A family of fonts: its name, and a face for each weight and style that it has.

    The engine chooses among the faces; none is drawn in the place of one that exists.
    """

    family: str
    faces: tuple[Face, ...]

    @property
    def digest(self) -> str:
        """sha256 of its only file, or of the digests of its files."""
        digests = [face.digest for face in self.faces]
        if len(digests) == 1:
            return digests[0]
        return hashlib.sha256("".join(digests).encode()).hexdigest()

    @property
    def is_shipped(self) -> bool:
        """Whether it is one of those that come with assetgen."""
        places = [face.source for face in self.faces]
        ours = closure.shipped_root()
        return all(isinstance(one, Path) and one.is_relative_to(ours) for one in places)

    @property
    def private_name(self) -> str:
        return "ag-" + self.digest[:12]

    def has(self, codepoint: int) -> bool:
        """Whether every face has a character: the engine looks in the next family otherwise."""
        return all(face.has(codepoint) for face in self.faces)

    def renamed(self) -> list[bytes]:
        """The bytes of each face with its names replaced by ``private_name``."""
        name = self.private_name
        return [sfnt.renamed(face.data, name, face.look) for face in self.faces]


class Stack(Struct, frozen=True):
    """Families in the order in which they are asked for a character."""

    fonts: tuple[Font, ...]

    def missing(self, text: Iterable[str]) -> list[str]:
        """The characters that no font of the stack can draw, sorted."""
        wanted = {ord(char) for char in text}
        return [
            chr(c)
            for c in sorted(wanted)
            if c > 0x20
            and c != 0xA0
            and c not in _INVISIBLE
            and not any(font.has(c) for font in self.fonts)
        ]

    def drawing(self, text: Iterable[str]) -> tuple[Font, ...]:
        """The fonts that the engine may draw something of ``text`` with, each character by itself.

        Always the first one, which also decides how high lines are, and any font of emoji.
        """
        left = {ord(char) for char in text if char > " "} - _INVISIBLE
        found = list(self.fonts[:1])
        for font in self.fonts:
            if not left:
                break
            if any(face.has(char) for char in left for face in font.faces):
                found += [font] if font is not found[0] else []
                if font.family != EMOJI:
                    left = {char for char in left if not font.has(char)}
        return tuple(found)

    def css(self) -> str:
        return ", ".join(f'"{font.private_name}"' for font in self.fonts)

    @property
    def digest(self) -> str:
        return hashlib.sha256("".join(font.digest for font in self.fonts).encode()).hexdigest()


def load(path: Path) -> tuple[Named, ...]:
    """The fonts of a file: more than one in a collection. Raises TemplateError."""
    data = paths.read_regular(path.parent, path.name, TemplateError)
    return _read(data, f"{path.parent.parent.name}/{path.parent.name}/{path.name}", path)


def parse(data: bytes, name: str) -> Font:
    """The font in ``data``; ``name`` is only for messages. Raises TemplateError."""
    (found,) = _read(data, name, data)
    return Font(found.family, (found.face,))


class Named(Struct, frozen=True):
    """A face, its family, and the family that it may belong to as well."""

    family: str
    wider: str
    face: Face


def _read(data: bytes, name: str, source: bytes | Path) -> tuple[Named, ...]:
    digest = hashlib.sha256(data).hexdigest()
    try:
        if data[:4] == b"ttcf":
            return tuple(
                _named(data, f"{digest} {index}", source, at)
                for index, at in enumerate(sfnt.members(data))
            )
        readable = web_font.facts(data) if web_font.is_one(data) else data
        return (_named(readable, digest, source, None),)
    except sfnt.BROKEN:
        what = f"{name} is not a TrueType or OpenType font"
        cure = advice("put a font in its place, or remove {name}", name=name)
        raise TemplateError(what, where=name, cure=cure) from None


def _named(data: bytes, digest: str, source: bytes | Path, member: int | None) -> Named:
    tables = sfnt.tables(data, member or 0)
    sfnt.coverage(data, tables[b"cmap"][0])
    names = sfnt.names(data, tables[b"name"][0])
    if member is not None:
        digest = hashlib.sha256(digest.encode()).hexdigest()
    face = Face(digest, sfnt.look(data, tables, names), source, member)
    return Named(sfnt.family(names), sfnt.wider_family(names), face)


#: The kinds of font files that are read.
SUFFIXES = (".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2")


def collect(folders: Iterable[Path]) -> dict[str, Font]:
    """All families of the folders by name; earlier folders win. Raises TemplateError."""
    found: dict[str, Font] = {}
    for folder in folders:
        found = {**_families(folder), **found}
    return found


def _families(folder: Path) -> dict[str, Font]:
    if not folder.is_dir() or folder.is_symlink():
        return {}
    known: list[Named] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and not path.is_symlink():
            info = path.stat()
            known += _shipped(path, info.st_size) or _load_unchanged(path, info.st_mtime_ns)
    faces: dict[str, dict[Look, Face]] = {}
    for one in known:  # of two files that look alike, the first
        faces.setdefault(one.family, {}).setdefault(one.face.look, one.face)
    for one in known:  # "Brand Medium" is also the medium face of "Brand", if that exists
        if one.wider in faces:
            faces[one.wider].setdefault(one.face.look, one.face)
    return {family: Font(family, tuple(some.values())) for family, some in faces.items()}


# The digests and weights of the fonts that ship: reading them takes longer than a plan.
_SHIPPED = {
    "Inter.ttf": (
        "Inter",
        876_576,
        "29160a80ff49ddcab2c97711247e08b1fab27a484a329ce8b813d820dc559031",
        Look(100, 900),
    ),
    "JetBrainsMono.ttf": (
        "JetBrains Mono",
        187_208,
        "48715a42ec242c21e9f02692891e147d022299a52e48d5e413e1a942193ffeda",
        Look(100, 800),
    ),
    "SourceSerif4.ttf": (
        "Source Serif 4",
        1_209_508,
        "97b2d4da6e3cb494b5a1e66ae176914d852ccabef49e0c02c0df25f3e39aca0b",
        Look(200, 900),
    ),
    "Twemoji.ttf": (
        "Twemoji Mozilla",
        1_448_348,
        "3a5017d64fd5156c8fffd3feb0c0fa672df9a1d8257be47d8b19f2ed4a09e883",
        Look(),
    ),
}


@lru_cache(maxsize=8)
def _shipped(path: Path, size: int) -> tuple[Named, ...]:
    """A font that ships, which is read when it draws; none for any other file, or another size."""
    family, known, digest, look = _SHIPPED.get(path.name, ("", -1, "", Look()))
    is_ours = path.parent == closure.shipped_root() / "fonts" and size == known
    return (Named(family, "", Face(digest, look, path)),) if is_ours else ()


@lru_cache(maxsize=64)
def _load_unchanged(path: Path, _mtime_ns: int) -> tuple[Named, ...]:
    return load(path)


def is_drawn(char: str) -> bool:
    """Whether a character has ink or room of its own."""
    return ord(char) > 0x20 and ord(char) not in _INVISIBLE


_REGIONS = ("JP", "KR", "SC", "TC", "HK")


def _is_elsewhere(family: str, region: str) -> bool:
    """Whether a family draws the letters of East Asia as another region does."""
    of = family.rpartition(" ")[2]
    return bool(region) and of in _REGIONS and of != region


def stack(fonts: dict[str, Font], wanted: str, region: str = "") -> Stack:
    """The requested family, then those that fill its gaps. Raises TemplateError if missing.

    Families that are made for another ``region`` (JP, KR, SC, TC, HK) come last.
    """
    if wanted not in fonts:
        known = ", ".join(sorted(name for name in fonts if name != EMOJI))
        raise TemplateError(
            f"no font is called {wanted!r}; there are: {known}",
            cure=advice(
                "put the font files of {wanted} into templates/fonts/", wanted=repr(wanted)
            ),
        )
    others = sorted(set(fonts) - {SERIF, MONO}, key=lambda one: (_is_elsewhere(one, region), one))
    order = dict.fromkeys((wanted, SANS, EMOJI, *others))
    return Stack(tuple(fonts[name] for name in order if name in fonts))
