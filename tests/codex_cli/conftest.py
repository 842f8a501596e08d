"""Tests with the real Codex CLI (make test-codex); ASSETGEN_CODEX names its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.codex_backend import Backend, log_in
from tests.support.place import Place

collect_ignore_glob = [] if os.environ.get("ASSETGEN_CODEX") else ["test_*.py"]


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """chatgpt.com on loopback."""
    with Backend(tmp_path / "backend") as backend:
        yield backend


@pytest.fixture
def plan(place: Place, backend: Backend) -> Place:
    """A project whose user has the real Codex CLI, logged in with a plan."""
    place.environ |= backend.environ
    place.environ["PATH"] = os.environ["ASSETGEN_CODEX"] + os.pathsep + place.environ["PATH"]
    log_in(Path(place.environ["HOME"]) / ".codex")
    return place
