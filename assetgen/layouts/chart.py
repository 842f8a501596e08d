"""The arithmetic of charts, as filters for layouts: round ticks, short numbers, separate labels.

Nothing here draws, and nothing fails on odd data: all zero, all equal, one point, negative, huge
and tiny numbers all give at least two ticks, strictly rising.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_SMALLEST = 1e-5  # smaller numbers are written as powers of ten
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_BEFORE = ("$", "€", "£", "¥", "₹", "₽", "₿", "US$")
_TOUCHING = ("%", "°", "×", "′", "″", "‰", "x")


def ticks(numbers: Sequence[float], most: int = 6) -> list[float]:
    """At most ``most`` (3 or more) round numbers, evenly spaced, that enclose all ``numbers``.

    The step is 1, 2, 2.5 or 5 times a power of ten. Equal numbers are enclosed together with zero.
    """
    most = min(most, 100)
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if high - low <= 1e-13 * max(abs(low), abs(high)):
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-290:
        high = low + 1.0
    exponent = math.floor(math.log10((high - low) / (most - 1)))
    for power in (exponent, exponent + 1, exponent + 2):
        for factor in (1.0, 2.0, 2.5, 5.0):
            step = factor * 10.0**power
            # A bound that misses a tick only by the error of binary fractions is on it.
            first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
            if last - first + 1 <= most:
                return [float(f"{index * step:.15g}") for index in range(first, last + 1)]
    raise AssertionError("three powers of ten always contain a step that is large enough")


def amount(number: float, unit: str = "") -> str:
    """A number as a label on a mark: 4,821 or 48.2k or 1.2B or 0.0004 or −$3.5.

    Up to 9,999 it keeps the given precision; larger numbers get three digits and a letter.
    """
    size = abs(number)
    if size < 1e4:
        return _signed(_plain(size), number, unit)
    for scale, letter in _SCALES:
        scaled = float(f"{size / scale:.3g}")
        if scaled >= 1:
            return _signed(f"{scaled:,.10g}{letter}", number, unit)
    return _signed(f"{size:,.0f}", number, unit)


def amounts(numbers: Sequence[float], unit: str = "") -> list[str]:
    """Evenly spaced numbers as labels on an axis: one scale, one number of decimals, no two alike.

    A symbol as unit (%, $) is at every number, a word (ms) at the last one only.
    """
    is_symbol = unit in _BEFORE or unit.startswith(_TOUCHING)
    units = [unit if is_symbol or nth == len(numbers) else "" for nth in range(1, len(numbers) + 1)]
    top = max((abs(n) for n in numbers), default=0.0)
    step = min((b - a for a, b in itertools.pairwise(numbers) if b > a), default=top)
    if 0 < top < _SMALLEST:
        return [_signed(_plain(abs(n)), n, u) for n, u in zip(numbers, units, strict=True)]
    scale, letter = next(
        ((s, x) for s, x in _SCALES if top >= s and (s > 1e3 or top >= 1e4)), (1.0, "")
    )
    decimals = next((d for d in range(16) if _whole(step / scale * 10**d)), 15)
    texts = [f"{abs(n) / scale:,.{decimals}f}{letter}" if n else "0" for n in numbers]
    return [_signed(text, n, u) for text, n, u in zip(texts, numbers, units, strict=True)]


def spread(wanted: Sequence[float], gap: float, low: float = 0.0, high: float = 1.0) -> list[float]:
    """Positions as near as possible to ``wanted``, in the same order, at least ``gap`` apart.

    If there is no room for all of them, they are evenly apart over the whole room.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    # Groups of neighbours that touch, each as [first place, count]; merged until none overlap.
    groups: list[list[float]] = []
    for index in order:
        groups.append([min(max(wanted[index], low), high), 1])
        while len(groups) > 1 and groups[-2][0] + groups[-2][1] * gap > groups[-1][0]:
            place, count = groups.pop()
            before, others = groups[-1]
            # Both groups move in proportion to their sizes.
            middle = (before * others + (place - others * gap) * count) / (others + count)
            groups[-1] = [min(max(middle, low), high - (others + count - 1) * gap), others + count]
    placed = [place + nth * gap for place, count in groups for nth in range(int(count))]
    at = dict(zip(order, placed, strict=True))
    return [at[index] for index in range(len(wanted))]


def em(text: str) -> float:
    """The approximate width of ``text`` on one line, in ems of a sans serif, rather too wide."""
    return sum(_width(char) for char in text)


def numbers(series: Sequence[Any], count: int) -> list[float]:
    """All numbers of a chart's series. Raises ManifestError if a series is longer than its axis."""
    for index, one in enumerate(series):
        if len(one["values"]) > count:
            raise ManifestError(
                f"values.series[{index}].values has {len(one['values'])} numbers "
                f"for {count} labels",
                cure=advice("give one number for each label"),
            )
    return [number for one in series for number in one["values"]]


def one_of(name: str, categories: Sequence[str]) -> str:
    """``name`` itself, "" or one of ``categories``. Raises ManifestError for any other."""
    if name and name not in categories:
        raise ManifestError(
            f"values.highlight = {name!r} is not one of the categories: {', '.join(categories)}",
            cure=advice("name one of them, or remove highlight"),
        )
    return name


#: The filters by the names that layouts use.
FILTERS: dict[str, Callable[..., Any]] = {
    "one_of": one_of,
    "ticks": ticks,
    "amount": amount,
    "amounts": amounts,
    "spread": spread,
    "em": em,
    "numbers": numbers,
}


def _whole(number: float) -> bool:
    return round(number) >= 1 and abs(number - round(number)) < 1e-6 * number


def _plain(size: float) -> str:
    if size and size < _SMALLEST:
        digits, _, exponent = f"{size:.2e}".partition("e")
        return f"{float(digits):g}×10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    if size and size < 1e-3:
        return f"{float(f'{size:.3g}'):.9f}".rstrip("0")
    text = f"{size:,.6g}"
    # Six digits can round up to the next power of ten, which "g" writes as 1e+05.
    return f"{size:,.0f}" if "e" in text else text


def _signed(text: str, number: float, unit: str) -> str:
    sign = "−" if number < 0 else ""
    if unit in _BEFORE:
        return f"{sign}{unit}{text}"
    space = "" if not unit or unit.startswith(_TOUCHING) else "\u00a0"
    return f"{sign}{text}{space}{unit}"


def _width(char: str) -> float:
    if char in " .,:;'|!iljtfrI()[]·-":
        return 0.36
    if char in "mwMWЖШЩЮФжшщюфы@%—&ΩΨ":
        return 0.92
    if ord(char) >= 0x2E80:
        return 1.15
    return 0.7 if char.isupper() else 0.66 if char.isdigit() else 0.6
