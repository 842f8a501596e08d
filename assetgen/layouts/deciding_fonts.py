"""Which fonts decide how an image looks: another font in the project makes no image stale."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from assetgen.layouts.closure import shipped_root
from assetgen.layouts.fonts import EMOJI, MONO, SANS, SERIF, Font, Stack, is_drawn, stack
from assetgen.layouts.kind import Kind
from assetgen.layouts.sanitize import leaves


def deciding(
    known: Mapping[str, Font], wanted: str, kind: Kind, values: Mapping[str, Any]
) -> Stack:
    """``wanted``, the fonts that ship, and of the others those with a character that Inter lacks.

    An own font with the name of one that ships always counts. All fonts count for a kind of the
    project, whose pages may write characters as escapes. Raises TemplateError if there is no font
    ``wanted``.
    """
    whole = stack(dict(known), wanted)
    kept = {wanted, SANS, EMOJI}
    others = [font for font in whole.fonts if font.family not in kept]
    if others and kind.root == shipped_root():
        needed = _not_in(known.get(SANS), values)
        unused = [font for font in others if not _has_any(font, needed)]
        whole = Stack(tuple(font for font in whole.fonts if font not in unused))
    replaced = (known[name] for name in (MONO, SERIF) if name in known and name != wanted)
    return Stack((*whole.fonts, *(font for font in replaced if not font.is_shipped)))


def _not_in(font: Font | None, values: Mapping[str, Any]) -> set[int]:
    """The characters of ``values`` that ``font`` cannot draw, in each form that they may take."""
    written = {char for _, text in leaves(values) if not text.isascii() for char in _forms(text)}
    return {
        ord(char)
        for char in written
        if not char.isascii() and is_drawn(char) and not (font and font.has(ord(char)))
    }


def _forms(text: str) -> Iterable[str]:
    yield from text
    for form in (text.upper(), text.lower()):
        yield from unicodedata.normalize("NFC", form)
        yield from unicodedata.normalize("NFD", form)


def _has_any(font: Font, characters: set[int]) -> bool:
    return any(face.has(char) for char in characters for face in font.faces)
