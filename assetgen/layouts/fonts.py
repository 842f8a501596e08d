"""The fonts that an image may use, and the characters that each has.

Each font gets a private family name made from its bytes, so that a font of the same name on the
machine, or inside the engine, can never replace it.
"""

from __future__ import annotations

import hashlib
import os
import struct
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import TemplateError
from assetgen.fs import paths
from assetgen.layouts import closure

EMOJI = "Twemoji Mozilla"
SANS, SERIF, MONO = "Inter", "Source Serif 4", "JetBrains Mono"

Ranges = tuple[tuple[int, ...], tuple[int, ...]]

# Joiners and selectors shape their neighbours and draw nothing themselves.
_INVISIBLE = frozenset(
    [*range(0x200B, 0x2010), *range(0xFE00, 0xFE10), *range(0xE0020, 0xE0080), 0x2060, 0xFEFF, 0xAD]
)


@dataclass(frozen=True)
class Font:
    """One font: its family name, its sha256, and its bytes or the file that has them."""

    family: str
    digest: str
    source: bytes | Path = field(repr=False, compare=False)

    @cached_property
    def data(self) -> bytes:
        if isinstance(self.source, bytes):
            return self.source
        return paths.read_regular(self.source.parent, self.source.name, TemplateError)

    @cached_property
    def ranges(self) -> Ranges:
        """The first and the last character of each range that it can draw."""
        return _coverage(self.data, _tables(self.data)[b"cmap"][0])

    def __getstate__(self) -> dict[str, object]:
        """What another process needs: nothing that is in the file."""
        return {"family": self.family, "digest": self.digest, "source": self.source}

    @property
    def private_name(self) -> str:
        return "ag-" + self.digest[:12]

    def has(self, codepoint: int) -> bool:
        starts, ends = self.ranges
        at = bisect_right(starts, codepoint) - 1
        return at >= 0 and codepoint <= ends[at]

    def renamed(self) -> bytes:
        """The font's bytes with its names replaced by ``private_name``."""
        return _rename(self.data, self.private_name)


@dataclass(frozen=True)
class Stack:
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

    def css(self) -> str:
        return ", ".join(f'"{font.private_name}"' for font in self.fonts)

    @property
    def digest(self) -> str:
        return hashlib.sha256("".join(font.digest for font in self.fonts).encode()).hexdigest()


def load(path: Path) -> Font:
    """Read a TrueType or OpenType file. Raises TemplateError if it is something else."""
    data = paths.read_regular(path.parent, path.name, TemplateError)
    if data[:4] in (b"wOFF", b"wOF2"):
        raise _web_font(path)
    return parse(data, path.name)


def _web_font(path: Path) -> TemplateError:
    """For a web font with the name of another font; it is kept, under its right name."""
    number, to = 1, path.with_suffix(".woff2")
    while os.path.lexists(to):
        number += 1
        to = path.with_name(f"{path.stem}-{number}.woff2")
    folder = "/".join(path.parts[-3:-1])  # templates/fonts
    shown = f"{folder}/{path.name}"
    return TemplateError(
        f"{path.name} is a web font (WOFF), which the engine does not read",
        where=shown,
        cure=advice(
            "convert it with fonttools[woff], a package of Python: {convert}",
            convert=command(
                "mv -- {path} {to} && fonttools ttLib.woff2 decompress {to}",
                path=shown,
                to=f"{folder}/{to.name}",
            ),
        ),
    )


def parse(data: bytes, name: str) -> Font:
    """The font in ``data``; ``name`` is only for messages. Raises TemplateError."""
    try:
        tables = _tables(data)
        _coverage(data, tables[b"cmap"][0])
        family = _family(data, tables[b"name"][0])
    except (struct.error, KeyError, IndexError, UnicodeDecodeError):
        raise TemplateError(f"{name} is not a TrueType or OpenType font", where=name) from None
    return Font(family, hashlib.sha256(data).hexdigest(), data)


def collect(folders: Iterable[Path]) -> dict[str, Font]:
    """All fonts of the folders by family name; earlier folders win. Raises TemplateError."""
    found: dict[str, Font] = {}
    for folder in folders:
        for path in (
            sorted(folder.glob("*.[to]tf")) if folder.is_dir() and not folder.is_symlink() else []
        ):
            if not path.is_symlink():
                info = path.stat()
                font = _shipped(path, info.st_size) or _load_unchanged(path, info.st_mtime_ns)
                found.setdefault(font.family, font)
    return found


# The digests of the fonts that ship: reading them takes longer than a plan.
_SHIPPED = {
    "Inter.ttf": (
        "Inter",
        876_576,
        "29160a80ff49ddcab2c97711247e08b1fab27a484a329ce8b813d820dc559031",
    ),
    "JetBrainsMono.ttf": (
        "JetBrains Mono",
        187_208,
        "48715a42ec242c21e9f02692891e147d022299a52e48d5e413e1a942193ffeda",
    ),
    "SourceSerif4.ttf": (
        "Source Serif 4",
        1_209_508,
        "97b2d4da6e3cb494b5a1e66ae176914d852ccabef49e0c02c0df25f3e39aca0b",
    ),
    "Twemoji.ttf": (
        "Twemoji Mozilla",
        1_448_348,
        "3a5017d64fd5156c8fffd3feb0c0fa672df9a1d8257be47d8b19f2ed4a09e883",
    ),
}


@lru_cache(maxsize=8)
def _shipped(path: Path, size: int) -> Font | None:
    """A font that ships, which is read when it draws; None for any other file, or another size."""
    family, known, digest = _SHIPPED.get(path.name, ("", -1, ""))
    is_ours = path.parent == closure.shipped_root() / "fonts" and size == known
    return Font(family, digest, path) if is_ours else None


@lru_cache(maxsize=64)
def _load_unchanged(path: Path, _mtime_ns: int) -> Font:
    return load(path)


def stack(fonts: dict[str, Font], wanted: str) -> Stack:
    """The requested family, then those that fill its gaps. Raises TemplateError if missing."""
    if wanted not in fonts:
        known = ", ".join(sorted(name for name in fonts if name != EMOJI))
        raise TemplateError(
            f"no font is called {wanted!r}; there are: {known}",
            cure=advice(
                "put the .ttf or .otf file of {wanted} into templates/fonts/", wanted=repr(wanted)
            ),
        )
    order = dict.fromkeys((wanted, SANS, EMOJI, *sorted(set(fonts) - {SERIF, MONO})))
    return Stack(tuple(fonts[name] for name in order if name in fonts))


def _tables(data: bytes) -> dict[bytes, tuple[int, int]]:
    if data[:4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise KeyError("not an sfnt")
    (count,) = struct.unpack_from(">H", data, 4)
    found = {}
    for index in range(count):
        tag, _sum, offset, length = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        if offset + length > len(data):
            raise IndexError("table outside the file")
        found[tag] = (offset, length)
    return found


def _coverage(data: bytes, cmap: int) -> Ranges:
    """Ranges of characters with a glyph, from the best Unicode subtable (formats 12 and 4).

    Source: OpenType 1.9, "cmap".
    """
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    offsets = {}
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * index)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            offsets[struct.unpack_from(">H", data, cmap + offset)[0]] = cmap + offset
    ranges = _format_12(data, offsets[12]) if 12 in offsets else _format_4(data, offsets[4])
    ranges.sort()
    return tuple(r[0] for r in ranges), tuple(r[1] for r in ranges)


def _format_12(data: bytes, at: int) -> list[tuple[int, int]]:
    (groups,) = struct.unpack_from(">I", data, at + 12)
    flat = struct.unpack_from(f">{3 * groups}I", data, at + 16)
    return [
        (s, e)
        for s, e, glyph in zip(flat[::3], flat[1::3], flat[2::3], strict=True)
        if glyph or e > s
    ]


def _format_4(data: bytes, at: int) -> list[tuple[int, int]]:
    (twice,) = struct.unpack_from(">H", data, at + 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + twice)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * twice)
    offsets = struct.unpack_from(f">{count}H", data, at + 16 + 3 * twice)
    found = []
    for index, (start, end, delta, offset) in enumerate(
        zip(starts, ends, deltas, offsets, strict=True)
    ):
        if not offset:
            none = -delta & 0xFFFF  # the one character that comes out as glyph 0
            found += [
                (s, e)
                for s, e in ((start, min(end, none - 1)), (max(start, none + 1), end))
                if s <= e
            ]
        elif start <= end:
            row = at + 16 + 3 * twice + 2 * index + offset
            glyphs = struct.unpack_from(f">{end - start + 1}H", data, row)
            found += [
                (start + n, start + n)
                for n, glyph in enumerate(glyphs)
                if glyph and (glyph + delta) & 0xFFFF
            ]
    return found


def _family(data: bytes, at: int) -> str:
    _version, count, strings = struct.unpack_from(">HHH", data, at)
    names: dict[int, str] = {}
    for index in range(count):
        platform, _enc, language, name, length, offset = struct.unpack_from(
            ">6H", data, at + 6 + 12 * index
        )
        raw = data[at + strings + offset : at + strings + offset + length]
        if platform == 3 and language == 0x409:
            names[name] = raw.decode("utf-16-be")
        elif platform == 1:
            names.setdefault(name, raw.decode("mac_roman"))
    return names.get(16) or names[1]


def _rename(data: bytes, family: str) -> bytes:
    texts = {1: family, 2: "Regular", 4: family, 6: family, 16: family}
    rows, strings = b"", b""
    for name, value in texts.items():
        encoded = value.encode("utf-16-be")
        rows += struct.pack(">6H", 3, 1, 0x409, name, len(encoded), len(strings))
        strings += encoded
    table = struct.pack(">HHH", 0, len(texts), 6 + len(rows)) + rows + strings
    padding = b"\0" * (-len(data) % 4)
    at = len(data) + len(padding)
    (count,) = struct.unpack_from(">H", data, 4)
    head = bytearray(data[: 12 + 16 * count])
    for entry in range(12, len(head), 16):
        if head[entry : entry + 4] == b"name":
            struct.pack_into(">II", head, entry + 8, at, len(table))
    return b"".join((head, memoryview(data)[len(head) :], padding, table))
