"""Fixtures for the tests of commands."""

from __future__ import annotations

import pytest

from tests.support.launch_page import CONTENT, PAGE
from tests.support.place import Place


@pytest.fixture
def site(bare: Place) -> Place:
    """A project with one page, and one of the images that the page refers to."""
    bare.manifest(CONTENT)
    bare.write("content/launch.mdx", PAGE)
    bare.picture("public/img/team.png")
    return bare
