"""What check says of the paths in a site is what Chromium shows of it, framework by framework."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import web_build
from tests.support.place import Place
from tests.support.web_build import WEB
from tests.support.web_project import Project, Recipe

_RECIPES = (
    Recipe(
        "hugo",
        ("hugo", "--quiet"),
        output="public",
        pages=("", "post/", "plain/"),
        config="hugo.toml",
    ),
    Recipe(
        "eleventy",
        ("eleventy",),
        output="_site",
        pages=("", "posts/first/", "liquid/"),
        config="eleventy.config.js",
    ),
    Recipe(
        "jekyll",
        ("jekyll", "build", "--quiet"),
        output="_site",
        pages=("", "2026/01/02/first.html"),
        config="_config.yml",
        base=("/docs", ""),
    ),
)


@pytest.fixture(params=_RECIPES, ids=lambda one: one.name)
def recipe(request: pytest.FixtureRequest) -> Recipe:
    """One framework."""
    found: Recipe = request.param
    if shutil.which(found.command[0], path=web_build.environ(dict(os.environ))["PATH"]) is None:
        pytest.skip(f"{found.command[0]} is not installed")
    return found


@pytest.fixture(params=[True, False], ids=["below a base", "in the root"])
def project(recipe: Recipe, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """A site in a folder below the one with node_modules, as Node looks for packages upwards."""
    folder = Path(tempfile.mkdtemp(prefix="site-", dir=WEB))
    try:
        place = Place(folder / recipe.name, tmp_path / "home")
        yield Project(place, recipe, has_base=request.param)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_check_reports_exactly_the_pictures_that_chromium_does_not_get(project: Project) -> None:
    code, said = project.build()
    assert code == 0, said[-6000:]
    lost = project.lost()
    assert lost == project.expected
    said_in_vain, unsaid = project.reported() - lost, lost - project.reported()
    assert (said_in_vain, unsaid) == (set(), set())
    project.correct()
    assert project.reported() == set()
