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
    Recipe(
        "vitepress",
        ("vitepress", "build"),
        output=".vitepress/dist",
        pages=("", "guide/start.html"),
        config=".vitepress/config.mts",
        broken=("broken.md", "![Missing](./no_missing.png)\n\n![Twice](/docs/no_twice.png)\n"),
    ),
    Recipe(
        "sveltekit",
        ("vite", "build"),
        output="build",
        pages=("", "about.html"),
        config="vite.config.js",
        base=('"/docs"', '""'),
        broken=(
            "src/routes/broken/+page.svelte",
            '<script>import a from "#lib/no_library.png";</script><img src={a} alt="">\n',
        ),
    ),
    Recipe(
        "starlight",
        ("astro", "build"),
        output="dist",
        pages=("", "guides/start/"),
        config="astro.config.mjs",
        broken=("src/content/docs/broken.md", "---\ntitle: A\n---\n\n![A](./no_missing.png)\n"),
    ),
    Recipe(
        "nuxt",
        ("nuxt", "generate"),
        output=".output/public",
        pages=("", "text/"),
        config="nuxt.config.ts",
        is_slow=True,
        broken=(
            "app/pages/broken.vue",
            "\n".join(
                [
                    "<template>",
                    '<p><img src="/no_public.png" alt="">',
                    '<img src="/docs/no_twice.png" alt="">',
                    '<img src="~/assets/no_asset.png" alt=""></p>',
                    "</template>",
                ]
            ),
        ),
    ),
)


_RUNS = {
    f"{recipe.name} {'below a base' if has_base else 'in the root'}": (recipe, has_base)
    for recipe in _RECIPES
    for has_base in (True, False)
    if has_base or not recipe.is_slow
}


@pytest.fixture(params=list(_RUNS.values()), ids=list(_RUNS))
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """A site in a folder below the one with node_modules, as Node looks for packages upwards."""
    recipe, has_base = request.param
    if shutil.which(recipe.command[0], path=web_build.environ(dict(os.environ))["PATH"]) is None:
        pytest.skip(f"{recipe.command[0]} is not installed")
    folder = Path(tempfile.mkdtemp(prefix="site-", dir=WEB))
    try:
        place = Place(folder / recipe.name, tmp_path / "home")
        yield Project(place, recipe, has_base=has_base)
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
    if named := project.add_broken_page():
        assert project.build()[0] != 0
        assert project.reported() == named
