"""Ratios and tiers, in which some services take a size: 16:9 and 2K in place of pixels. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

#: How far the ratio of a size may be from one that is offered, as a part of it.
_TOLERANCE = 0.02
#: How many times the pixels of a tier a size may have that is asked for with it.
_MOST = 1.6
_UNIT = 16


class Shape(Struct, frozen=True):
    """A size as ratio and tier; None is what the service does not take."""

    ratio: str | None
    tier: str | None

    @property
    def words(self) -> str:
        """The shape as people read it."""
        return " ".join(filter(None, (self.ratio, self.tier)))


def shape(ratios: Sequence[str], tiers: Sequence[str], width: int, height: int) -> Shape | None:
    """The shape of ``width`` x ``height``; None if none of those offered has it."""
    found = nearest(ratios, tiers, width, height)
    if found.ratio and abs(_value(found.ratio) * height / width - 1) > _TOLERANCE:
        return None
    if found.tier and width * height > _MOST * side(found.tier) ** 2:
        return None
    return found


def nearest(ratios: Sequence[str], tiers: Sequence[str], width: int, height: int) -> Shape:
    """The shape that is nearest to a size: by ratio, and by the number of pixels."""
    offered = [ratio for ratio in ratios if _is_ratio(ratio)]
    known = [tier for tier in tiers if side(tier)]
    return Shape(
        min(offered, key=lambda one: abs(math.log(_value(one) * height / width)), default=None),
        min(
            known,
            key=lambda one: (abs(math.log(side(one) ** 2 / (width * height))), -side(one)),
            default=None,
        ),
    )


def size(found: Shape, width: int, height: int) -> str:
    """A size in pixels of this shape, near to ``width`` x ``height`` where it has no tier."""
    ratio = _value(found.ratio) if found.ratio else width / height
    pixels = side(found.tier) ** 2 if found.tier else width * height
    wide = max(1, round(math.sqrt(pixels * ratio) / _UNIT)) * _UNIT
    high = max(1, round(math.sqrt(pixels / ratio) / _UNIT)) * _UNIT
    return f"{wide}x{high}"


def side(tier: str) -> int:
    """The side of a square with the pixels of a tier, such as 2048 for 2K; 0 for no tier."""
    number = tier[:-1] if tier[-1:] in ("k", "K") else tier
    if not number.isdecimal() or len(number) > 5:
        return 0
    return int(number) * (1024 if number != tier else 1)


def listed(ratios: Iterable[str], tiers: Iterable[str]) -> str:
    """What is offered, as people read it."""
    return "; ".join(filter(None, (", ".join(ratios), ", ".join(tiers))))


def _is_ratio(text: str) -> bool:
    wide, colon, high = text.partition(":")
    try:
        return bool(colon) and float(wide) > 0 and float(high) > 0
    except ValueError:
        return False


def _value(ratio: str) -> float:
    wide, _, high = ratio.partition(":")
    return float(wide) / float(high)
