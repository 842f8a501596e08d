"""Which rows of a test ``make test`` runs; ``make test-more`` runs the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

import pytest
from _pytest.mark import ParameterSet

_T = TypeVar("_T")


def few(rows: Iterable[_T], is_main: Callable[[_T], bool]) -> list[ParameterSet]:
    """All rows; those that are not main rows are marked ``more``."""
    return [_row(row) if is_main(row) else _row(row, pytest.mark.more) for row in rows]


def every(step: int, rows: Iterable[_T]) -> list[ParameterSet]:
    """All rows; of siblings in a long table, the first of every ``step`` rows is a main row."""
    return [
        _row(row) if number % step == 0 else _row(row, pytest.mark.more)
        for number, row in enumerate(rows)
    ]


def one_of_each(rows: Iterable[_T], kind: Callable[[_T], Hashable]) -> list[ParameterSet]:
    """All rows; the first row of each kind is its main row."""
    seen: set[Hashable] = set()

    def is_first(row: _T) -> bool:
        known = kind(row) in seen
        seen.add(kind(row))
        return not known

    return few(rows, is_first)


def _row(row: Any, *marks: pytest.MarkDecorator) -> ParameterSet:
    return pytest.param(*(row if type(row) is tuple else (row,)), marks=marks)
