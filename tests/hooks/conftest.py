"""A project to break. Tests with an environment of their own run only with ASSETGEN_HOOKS=1."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.place import Place
from tests.support.tiny import tiny

collect_ignore_glob = [] if os.environ.get("ASSETGEN_HOOKS") == "1" else ["test_installed.py"]


@pytest.fixture(scope="session")
def _drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictured")
    place = Place(folder / "project", folder / "home").start()
    place.write(".gitignore", ".assetgen/cache/\n")
    tiny(place, "a", "b")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "pictures")
    return place.root


@pytest.fixture
def pictured(tmp_path: Path, _drawn: Path) -> Place:
    """A project with the pictures a and b, drawn, recorded and committed."""
    shutil.copytree(_drawn, tmp_path / "project", symlinks=True)
    return Place(tmp_path / "project", tmp_path / "home")
