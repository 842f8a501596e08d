"""Fixtures that every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.place import Place


@pytest.fixture
def bare(tmp_path: Path) -> Place:
    """A project directory without git."""
    return Place(tmp_path / "project", tmp_path / "home")


@pytest.fixture
def place(bare: Place) -> Place:
    """A project directory in a git repository."""
    return bare.start()
