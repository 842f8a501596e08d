"""How a language writes numbers: 1,234.5 or 1.234,5 or 1 234,5.

Source: the separators of Unicode CLDR 46, with the digits 0 to 9 in every language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.text import brief

_NARROW, _WIDE = "\u202f", "\u00a0"


@dataclass(frozen=True)
class Numerals:
    """The separators of one language, and from how many digits in front numbers are grouped."""

    decimal: str = "."
    group: str = ","
    from_digits: int = 4
    is_indian: bool = False
    """After the first three digits, groups have two: 12,34,567."""
    is_english: bool = False
    """48,200 may be shortened to 48.2k, and a billion is B."""
    has_percent_apart: bool = False
    """There is a blank before %."""
    is_unit_last: bool = False
    """A currency symbol is after its number."""

    def written(self, text: str) -> str:
        """``text``, a number such as 1,234.5 with other characters around it, as they write it."""
        return _NUMBER.sub(lambda found: self._one(found[1].replace(",", ""), found[2] or ""), text)

    def _one(self, whole: str, fraction: str) -> str:
        grouped = self._grouped(whole) if len(whole) >= self.from_digits else whole
        return grouped + (self.decimal + fraction if fraction else "")

    def _grouped(self, digits: str) -> str:
        head, groups = digits[:-3], [digits[-3:]]
        size = 2 if self.is_indian else 3
        while head:
            groups.insert(0, head[-size:])
            head = head[:-size]
        return self.group.join(one for one in groups if one)


_NUMBER = re.compile(r"(\d[\d,]*)(?:\.(\d+))?")
ENGLISH = Numerals(is_english=True)


def numerals(language: str) -> Numerals:
    """How ``language``, a tag such as ``de`` or ``fr-CH``, writes numbers; "" is English.

    Raises ManifestError for what is not such a tag. Source: BCP 47.
    """
    tag = language.replace("_", "-").lower()
    if tag and not _TAG.fullmatch(tag):
        raise ManifestError(
            f"values.language = {brief(language)} is not the code of a language",
            cure=advice('write language = "de", or another code such as fr-CH'),
        )
    if not tag:
        return ENGLISH
    first, *others = tag.split("-")
    names = (*(f"{first}-{one}" for one in others), first)
    found = next((_BY_LANGUAGE[name] for name in names if name in _BY_LANGUAGE), _POINT_COMMA)
    return replace(
        found,
        has_percent_apart=first in _PERCENT_APART,
        is_unit_last=first in _UNIT_LAST and names[0] not in ("pt-br", "de-ch", "it-ch"),
    )


_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")

_COMMA_POINT = Numerals(",", ".")
_COMMA_BLANK = Numerals(",", _WIDE)
_COMMA_BLANK_LATE = Numerals(",", _WIDE, from_digits=5)
_POINT_COMMA = Numerals()
_INDIAN = Numerals(is_indian=True)
_SWISS = Numerals(".", "\u2019")

_GROUPS = (
    (_COMMA_POINT, "de nl da is it pt ro hr sr sl bs mk el tr ca gl eu id vi az es-ar es-cl es-co"),
    (Numerals(",", ".", from_digits=5), "es"),
    (Numerals(",", _NARROW), "fr"),
    (_COMMA_BLANK, "fr-ca de-at sv nb nn no fi cs sk hu sq ru uk lt af kk uz"),
    (_COMMA_BLANK_LATE, "pl bg be et lv ka hy pt-pt"),
    (_SWISS, "de-ch de-li it-ch"),
    (_INDIAN, "hi bn ta te mr gu kn ml pa"),
    (Numerals(is_indian=True, is_english=True), "en-in"),
    (_POINT_COMMA, "zh ja ko th he ar fa ur ms fil sw my km lo es-mx"),
)
_PERCENT = "de fr es sv nb nn no da fi cs sk ro hr sl ru be lt ca gl bs mk"
_LAST = "bg uk pl hu et lv it pt el sq ka hy kk az uz sr"
_PERCENT_APART = frozenset(_PERCENT.split())
_UNIT_LAST = _PERCENT_APART | frozenset(_LAST.split())
_BY_LANGUAGE = {name: how for how, names in _GROUPS for name in names.split()} | {"en": ENGLISH}
