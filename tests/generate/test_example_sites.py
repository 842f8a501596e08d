"""The manifests in examples/sites: each is sound, and every image of it can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.place import Place

_SITES = sorted((Path(__file__).resolve().parents[2] / "examples" / "sites").iterdir())
_ICONS = {"icon"}
"""Images without a theme: browsers show one icon on light and on dark tabs."""


def _set_up(place: Place, site: Path) -> None:
    """The manifest, and the files beside it that it names."""
    for file in site.iterdir():
        place.write(file.name, file.read_bytes())
    place.manifest((site / "assets.toml").read_text("utf-8"))


@pytest.mark.parametrize("site", _SITES, ids=[site.name for site in _SITES])
def test_an_example_site_is_sound_in_every_theme_and_size(place: Place, site: Path) -> None:
    _set_up(place, site)
    planned = place.run("plan", "--json").data
    assert {one["state"] for one in planned} == {"missing"}
    ids = {one["id"] for one in planned}
    assert ids >= _ICONS
    light = {one for one in ids if "-light" in one}
    dark = {one for one in ids if "-dark" in one}
    assert {one.replace("-light", "-dark") for one in light} == dark
    assert light | dark == ids - _ICONS


@pytest.mark.more
@pytest.mark.parametrize("site", _SITES, ids=[site.name for site in _SITES])
def test_every_image_of_an_example_site_can_be_drawn(place: Place, site: Path) -> None:
    _set_up(place, site)
    place.ok("generate")
    assert place.run("check").code == 0
