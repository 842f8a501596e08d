"""Fixtures that every test may ask for, and the rows that only ``make test-more`` runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.place import Place

# A busy machine is no reason to fail.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked ``more``, unless ASSETGEN_MORE=1 asks for it."""
    if os.environ.get("ASSETGEN_MORE") == "1":
        return
    left_out = [item for item in items if item.get_closest_marker("more")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("more")]


@pytest.fixture
def bare(tmp_path: Path) -> Place:
    """A project directory without git."""
    return Place(tmp_path / "project", tmp_path / "home")


@pytest.fixture
def place(bare: Place) -> Place:
    """A project directory in a git repository."""
    return bare.start()
