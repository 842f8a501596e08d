"""chart: ticks, labels and stacks, for every kind of numbers."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.errors import ManifestError
from assetgen.layouts import chart

_NUMBERS = st.lists(
    st.integers(-(10**14), 10**14) | st.floats(-1e14, 1e14, allow_nan=False), min_size=1, max_size=9
)
_LANGUAGES = st.sampled_from(["", "en", "de", "fr", "hi", "de-CH", "tlh"])


def _labels(numbers: list[Any], unit: str = "", language: str = "") -> list[str]:
    return [chart.amount(number, unit, numbers, language) for number in numbers]


_LABELLED: dict[str, tuple[list[float], str, str, list[str]]] = {
    "small": ([4821, 0.0004, -3.5], "", "", ["4,821", "0.0004", "−3.5"]),
    "short": ([48213, 1_200_000_000], "", "", ["48.2k", "1.2B"]),
    "alike": ([10001, 10002], "", "", ["10,001", "10,002"]),
    "not a million": ([999_950, 5], "", "", ["999,950", "5"]),
    "a million": ([999_950, 1_000_000], "", "", ["999,950", "1,000,000"]),
    "a billion and two": ([10**9, 10**9 + 2], "", "", ["1,000,000,000", "1,000,000,002"]),
    "decimals": ([1.0000001, 1.0000002], "", "", ["1.0000001", "1.0000002"]),
    "tiny": ([1e-7, 1.0001e-7], "", "", ["1×10⁻⁷", "1.0001×10⁻⁷"]),
    "binary fractions": ([0.1 + 0.2, 0.3, 12345.678], "", "", ["0.3", "0.3", "12.3k"]),
    "German": ([1234.5, 48213], "ms", "de", ["1.234,5\u00a0ms", "48.213\u00a0ms"]),
    "German percent": ([12.5], "%", "de-AT", ["12,5\u00a0%"]),
    "English percent": ([12.5], "%", "en-GB", ["12.5%"]),
    "Swiss": ([12345, 1.5], "", "de_CH", ["12’345", "1.5"]),
    "French": ([12345, 1.5], "€", "fr", ["12\u202f345\u00a0€", "1,5\u00a0€"]),
    "dollars": ([-3.5], "$", "", ["−$3.5"]),
    "Spanish": ([1234, 12345], "", "es", ["1234", "12.345"]),
    "Hindi": ([1234567], "", "hi", ["12,34,567"]),
    "a language without numerals of its own": ([48213], "", "tlh", ["48,213"]),
}


@pytest.mark.parametrize(
    ("numbers", "unit", "language", "labels"), _LABELLED.values(), ids=_LABELLED
)
def test_numbers_are_labelled_as_their_language_writes_them(
    numbers: list[float], unit: str, language: str, labels: list[str]
) -> None:
    assert _labels(numbers, unit, language) == labels


@given(_NUMBERS, _LANGUAGES)
def test_labels_of_different_numbers_differ(numbers: list[float], language: str) -> None:
    rounded = {float(f"{number:.11g}") for number in numbers}
    assert len(set(_labels(numbers, language=language))) >= len(rounded)


@pytest.mark.parametrize("language", ["German", "d", "de DE", "../de", "1"])
def test_a_language_that_is_no_code_is_refused(language: str) -> None:
    with pytest.raises(ManifestError, match="is not the code of a language"):
        chart.amount(1, language=language)


_TICKS: dict[str, tuple[list[float | None], list[float]]] = {
    "whole": ([1, 2, 4, 3], [1, 2, 3, 4]),
    "zeros": ([0, 0, 0], [0, 1]),
    "one": ([5], [0, 1, 2, 3, 4, 5]),
    "halves": ([0.5, 1], [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
    "a gap": ([3, None, 5], [3, 4, 5]),
    "negative": ([-3, 7], [-4, -2, 0, 2, 4, 6, 8]),
    "nothing": ([], [0, 1]),
}


@pytest.mark.parametrize(("numbers", "marks"), _TICKS.values(), ids=_TICKS)
def test_ticks_are_whole_where_all_numbers_are(
    numbers: list[float | None], marks: list[float]
) -> None:
    assert chart.ticks(numbers, 7) == marks


@given(_NUMBERS, st.integers(3, 12))
def test_ticks_enclose_all_numbers_and_have_labels_that_differ(
    numbers: list[float], most: int
) -> None:
    marks = chart.ticks(numbers, most)
    assert 2 <= len(marks) <= most
    slack = (marks[-1] - marks[0]) * 1e-8  # the error of binary fractions
    assert marks[0] - slack <= min(numbers) <= max(numbers) <= marks[-1] + slack
    if all(float(number).is_integer() for number in numbers):
        assert all(mark.is_integer() for mark in marks)
    assert len(set(chart.amounts(marks))) == len(marks)


@given(st.lists(st.floats(1e-9, 1e14), min_size=1, max_size=9), st.integers(3, 12))
def test_logarithmic_ticks_enclose_all_numbers(numbers: list[float], most: int) -> None:
    marks = chart.ticks(numbers, most, "log")
    assert 2 <= len(marks) <= most
    assert all(before < after for before, after in itertools.pairwise(marks))
    for number in numbers:
        assert -1e-9 <= chart.share(number, marks, "log") <= 1 + 1e-9


def test_equal_steps_of_a_logarithmic_axis_are_equal_factors() -> None:
    marks = chart.ticks([1, 1000], 7, "log")
    assert marks == [1, 10, 100, 1000]
    assert math.isclose(chart.share(10, marks, "log"), 1 / 3)
    assert chart.amounts(marks, "ms") == ["1", "10", "100", "1,000\u00a0ms"]


def test_ticks_that_need_many_decimals_are_written_in_full() -> None:
    assert chart.amounts([1_000_000_001, 1_000_000_002]) == ["1,000,000,001", "1,000,000,002"]
    assert chart.amounts([1_250_000, 1_500_000]) == ["1.25M", "1.50M"]


def test_a_line_is_in_parts_between_its_gaps() -> None:
    assert chart.runs([1, None, 3, 4, None]) == [[(0, 1)], [(2, 3), (3, 4)]]


def test_stacked_bars_are_on_top_of_each_other_and_negative_ones_below_zero() -> None:
    series = [{"values": [1, -2]}, {"values": [3, None]}, {"values": [-1]}]
    assert chart.stacks(series, 2) == [
        [(0, 0.0, 1.0, 1), (1, 1.0, 4.0, 3), (2, 0.0, -1.0, -1)],
        [(0, 0.0, -2.0, -2)],
    ]


def test_shares_of_a_category_are_hundred_in_sum() -> None:
    made = chart.stacks([{"values": [1, 0]}, {"values": [3, 0]}], 2, percent=True)
    assert made == [[(0, 0.0, 25.0, 1), (1, 25.0, 100.0, 3)], [(0, 0.0, 0.0, 0), (1, 0.0, 0.0, 0)]]


_REFUSED: dict[str, tuple[Any, str]] = {
    "zero on a log scale": (
        lambda: chart.numbers([{"values": [1, 0]}], 2, "log"),
        r"values.series\[0\].values\[1\] = 0 has no place on a logarithmic scale",
    ),
    "negative share": (
        lambda: chart.stacks([{"values": [1]}, {"values": [-1]}], 1, percent=True),
        r"values.series\[1\].values\[0\] is negative",
    ),
    "a crowd": (
        lambda: chart.numbers([{"values": []}] * 8, 60, "linear", 120),
        "60 categories with 8 series are 480 bars side by side; at most 120",
    ),
}


@pytest.mark.parametrize(("made", "said"), _REFUSED.values(), ids=_REFUSED)
def test_numbers_without_a_place_are_refused_by_name(made: Any, said: str) -> None:
    with pytest.raises(ManifestError, match=said) as caught:
        made()
    assert caught.value.cure
