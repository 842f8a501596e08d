"""The arithmetic of charts, as filters for layouts: round ticks, short numbers, separate labels.

Nothing here draws, and nothing fails on odd data: all zero, all equal, one point, negative, huge
and tiny numbers all give at least two ticks, strictly rising.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.layouts.numerals import Numerals, numerals

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_SMALLEST = 1e-5  # smaller numbers are written as powers of ten
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_BEFORE = ("$", "€", "£", "¥", "₹", "₽", "₿", "US$")
_TOUCHING = ("%", "°", "×", "′", "″", "‰", "x")


def ticks(numbers: Sequence[float | None], most: int = 6, scale: str = "linear") -> list[float]:
    """At most ``most`` (3 or more) round numbers that enclose all ``numbers``; None is a gap.

    They are evenly spaced. The step is 1, 2, 2.5 or 5 times a power of ten, and whole if all
    numbers are. Equal numbers are enclosed together with zero. On ``scale`` "log" they are powers
    of ten, or 1, 2 and 5 times such powers.
    """
    known = [number for number in numbers if number is not None]
    most = min(most, 100)
    if scale == "log":
        return _powers(known, most)
    low, high = min(known, default=0.0), max(known, default=0.0)
    if high - low <= 1e-13 * max(abs(low), abs(high)):
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-290:
        high = low + 1.0
    is_whole = all(float(number).is_integer() for number in known)
    exponent = math.floor(math.log10((high - low) / (most - 1)))
    for power in (exponent, exponent + 1, exponent + 2):
        for factor in (1.0, 2.0, 2.5, 5.0):
            step = factor * 10.0**power
            if is_whole and not _whole(step):
                continue
            # A bound that misses a tick only by the error of binary fractions is on it.
            first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
            if last - first + 1 <= most:
                return [float(f"{index * step:.15g}") for index in range(first, last + 1)]
    raise AssertionError("three powers of ten always contain a step that is large enough")


def _powers(numbers: Sequence[float], most: int) -> list[float]:
    positive = [number for number in numbers if number > 0] or [1.0]
    least, largest = min(positive), max(positive)
    low, high = math.floor(math.log10(least)), math.ceil(math.log10(largest))
    # Logarithms are rounded: the powers themselves decide.
    low -= 10.0**low > least
    high = max(high + (10.0**high < largest), low + 1)
    if high - low <= 2:
        steps = [float(f"{f}e{power}") for power in range(low, high + 1) for f in (1, 2, 5)]
        first = max(index for index, step in enumerate(steps) if step <= least)
        last = min(index for index, step in enumerate(steps) if step >= largest)
        fine = steps[first : max(last, first + 1) + 1]
        if len(fine) <= most:
            return fine
    stride = max(1, math.ceil((high - low) / (most - 1)))
    return [float(f"1e{low + stride * nth}") for nth in range(-((low - high) // stride) + 1)]


def share(number: float, marks: Sequence[float], scale: str = "linear") -> float:
    """Where ``number`` is between the first of ``marks`` (0) and the last one (1)."""
    low, high = marks[0], marks[-1]
    if scale == "log":
        return math.log(number / low) / math.log(high / low)
    return (number - low) / (high - low)


def amount(
    number: float, unit: str = "", among: Sequence[float | None] = (), language: str = ""
) -> str:
    """A number as a label on a mark: 4,821 or 48.2k or 1.2B or 0.0004 or −$3.5.

    Up to 9,999 it keeps the given precision; larger numbers get three digits and a letter. If two
    different numbers ``among`` those of the chart would look the same, all get the digits that tell
    them apart. In other languages than English, there are no letters.
    """
    known = tuple(one for one in among if one is not None) or (number,)
    how = numerals(language)
    return _signed(_short(abs(number), _digits(known, how), how), number, unit, how)


@lru_cache(maxsize=32)
def _digits(numbers: tuple[float, ...], how: Numerals) -> int:
    """The fewest digits, from 3, with which labels differ where numbers do."""
    different = {float(f"{abs(number):.12g}") for number in numbers}  # no error of binary fractions
    for digits in range(3, 16):
        labels = {_short(size, digits, how) for size in different}
        if len(labels) == len(different) and not any(_is_rounded_up(n, digits) for n in different):
            return digits
    return 16


def _is_rounded_up(size: float, digits: int) -> bool:
    """Whether rounding makes 1M of 999,950."""
    rounded = float(f"{size:.{digits}g}")
    return size >= 1e4 and rounded != size and math.log10(rounded).is_integer()


def _short(size: float, digits: int, how: Numerals) -> str:
    if size < 1e4:
        return _plain(size, max(digits, 6))
    if digits == 3 and how.is_english:
        scale, letter = next((s, x) for s, x in _SCALES if size >= s)
        return f"{float(f'{size / scale:.3g}'):,.10g}{letter}"
    # More digits than three are easier to read without a letter.
    decimals = max(0, digits - len(f"{size:.0f}"))
    text = f"{size:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def amounts(numbers: Sequence[float], unit: str = "", language: str = "") -> list[str]:
    """Rising numbers as labels on an axis: one scale, one number of decimals, no two alike.

    A symbol as unit (%, $) is at every number, a word (ms) at the last one only.
    """
    how = numerals(language)
    is_symbol = unit in _BEFORE or unit.startswith(_TOUCHING)
    units = [unit if is_symbol or nth == len(numbers) else "" for nth in range(1, len(numbers) + 1)]
    if len(numbers) > 2 and not _is_even(numbers):  # of a logarithmic axis: each by itself
        texts = [_short(abs(n), 3, how) for n in numbers]
    else:
        texts = _of_one_scale(numbers, how)
    return [_signed(text, n, u, how) for text, n, u in zip(texts, numbers, units, strict=True)]


def _is_even(numbers: Sequence[float]) -> bool:
    steps = [after - before for before, after in itertools.pairwise(numbers)]
    return max(steps) - min(steps) <= 1e-6 * max(map(abs, numbers))


_MOST_DECIMALS = 2


def _of_one_scale(numbers: Sequence[float], how: Numerals) -> list[str]:
    top = max((abs(n) for n in numbers), default=0.0)
    step = min((b - a for a, b in itertools.pairwise(numbers) if b > a), default=top)
    if 0 < top < _SMALLEST:
        return [_plain(abs(n)) for n in numbers]
    scales = _SCALES if how.is_english else ()
    scale, letter = next(
        ((s, x) for s, x in scales if top >= s and (s > 1e3 or top >= 1e4)), (1.0, "")
    )
    decimals = next((d for d in range(16) if _whole(step / scale * 10**d)), 15)
    if letter and decimals > _MOST_DECIMALS:  # 1,000,000,001 is easier to read than 1.000000001B
        scale, letter = 1.0, ""
        decimals = next((d for d in range(16) if _whole(step * 10**d)), 15)
    return [f"{abs(n) / scale:,.{decimals}f}{letter}" if n else "0" for n in numbers]


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


def numbers(
    series: Sequence[Any], count: int, scale: str = "linear", most: int = 10_000
) -> list[float]:
    """All numbers of a chart's series, without the gaps.

    Raises ManifestError if a series is longer than its axis, if there are more than ``most`` places
    for numbers, or if ``scale`` is "log" and a number is not above zero.
    """
    if count * len(series) > most:
        raise ManifestError(
            f"{count} categories with {len(series)} series are {count * len(series)} bars side by "
            f"side; at most {most} are readable",
            cure=advice('set arrangement = "stacked", or remove a series'),
        )
    for index, one in enumerate(series):
        for nth, number in enumerate(one["values"]):
            if scale == "log" and number is not None and number <= 0:
                raise ManifestError(
                    f"values.series[{index}].values[{nth}] = {number:g} has no place on a "
                    "logarithmic scale: it is not above zero",
                    cure=advice('write nan for a gap, or set scale = "linear"'),
                )
        if len(one["values"]) > count:
            raise ManifestError(
                f"values.series[{index}].values has {len(one['values'])} numbers "
                f"for {count} labels",
                cure=advice("give one number for each label"),
            )
    return [number for one in series for number in one["values"] if number is not None]


def runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The parts of a line between its gaps: each a list of (place on the axis, number)."""
    known = [(place, number) for place, number in enumerate(values) if number is not None]
    found: list[list[tuple[int, float]]] = []
    for place, number in known:
        if not found or found[-1][-1][0] != place - 1:
            found.append([])
        found[-1].append((place, number))
    return found


def stacks(series: Sequence[Any], count: int, *, percent: bool = False) -> list[list[Any]]:
    """For each category the bars on top of each other: (series, from, to, number).

    Negative numbers go down from zero. With ``percent``, the bars of a category are shares of 100.
    Raises ManifestError for a negative number with ``percent``.
    """
    made: list[list[Any]] = []
    for place in range(count):
        parts = [
            (nth, one["values"][place])
            for nth, one in enumerate(series)
            if place < len(one["values"]) and one["values"][place] is not None
        ]
        if (
            percent
            and (below := next((nth for nth, number in parts if number < 0), None)) is not None
        ):
            raise ManifestError(
                f"values.series[{below}].values[{place}] is negative: it is no share of a whole",
                cure=advice('set arrangement = "stacked"'),
            )
        whole = sum(number for _, number in parts) or 1.0
        ends, bars = {True: 0.0, False: 0.0}, []
        for nth, number in parts:
            length = number / whole * 100 if percent else number
            start = ends[number < 0]
            ends[number < 0] = start + length
            bars.append((nth, start, start + length, number))
        made.append(bars)
    return made


#: The filters by the names that layouts use.
FILTERS: dict[str, Callable[..., Any]] = {
    "ticks": ticks,
    "share": share,
    "runs": runs,
    "stacks": stacks,
    "amount": amount,
    "amounts": amounts,
    "spread": spread,
    "em": em,
    "numbers": numbers,
}


def _whole(number: float) -> bool:
    return round(number) >= 1 and abs(number - round(number)) < 1e-6 * number


def _plain(size: float, digits: int = 6) -> str:
    if size and size < _SMALLEST:
        mantissa, _, exponent = f"{size:.{max(2, digits - 4)}e}".partition("e")
        return f"{float(mantissa):g}×10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    if size and size < 1e-3:
        rounded = float(f"{size:.{max(3, digits - 3)}g}")
        return f"{rounded:.{digits + 9}f}".rstrip("0")
    text = f"{size:,.{digits}g}"
    # Six digits can round up to the next power of ten, which "g" writes as 1e+05.
    return f"{size:,.0f}" if "e" in text else text


def _signed(text: str, number: float, unit: str, how: Numerals) -> str:
    text = ("−" if number < 0 else "") + how.written(text)
    if unit in _BEFORE and not how.is_unit_last:
        return text[0] + unit + text[1:] if number < 0 else unit + text
    is_touching = unit.startswith(_TOUCHING) and not (unit == "%" and how.has_percent_apart)
    return f"{text}{'' if not unit or is_touching else _BLANK}{unit}"


_BLANK = "\u00a0"


def _width(char: str) -> float:
    if char in " .,:;'|!iljtfrI()[]·-":
        return 0.36
    if char in "mwMWЖШЩЮФжшщюфы@%—&ΩΨ":
        return 0.92
    if ord(char) >= 0x2E80:
        return 1.15
    return 0.7 if char.isupper() else 0.66 if char.isdigit() else 0.6
