"""What looks at drawn images, run by make test-look: ASSETGEN_LOOK is where it is installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.look_reading import Reader
from tests.support.web_browser import Browser

collect_ignore_glob = [] if os.environ.get("ASSETGEN_LOOK") else ["test_*.py"]


@pytest.fixture(scope="session")
def look() -> Path:
    """The folder with the readers; the pictures and tables that the tests leave are there too."""
    return Path(os.environ["ASSETGEN_LOOK"])


@pytest.fixture(scope="session")
def reader_of(look: Path) -> Iterator[Callable[[str], Reader]]:
    """Each reader is started once, when it is first needed."""
    with ExitStack() as stack:
        started: dict[str, Reader] = {}

        def reader(name: str) -> Reader:
            if name not in started:
                started[name] = stack.enter_context(Reader(look, name))
            return started[name]

        yield reader


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all pages."""
    with Browser() as started:
        yield started
