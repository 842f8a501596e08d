"""The manifests in examples/sites: each is sound, and every image of it can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.place import Place

_SITES = sorted((Path(__file__).resolve().parents[2] / "examples" / "sites").iterdir())


@pytest.mark.parametrize("site", _SITES, ids=[site.name for site in _SITES])
def test_an_example_site_is_sound_in_every_theme_and_size(place: Place, site: Path) -> None:
    place.manifest((site / "assets.toml").read_text("utf-8"))
    planned = place.run("plan", "--json").data
    assert {one["state"] for one in planned} == {"missing"}
    for theme in ("light", "dark"):
        assert sum(f"-{theme}" in one["id"] for one in planned) == len(planned) / 2


@pytest.mark.more
@pytest.mark.parametrize("site", _SITES, ids=[site.name for site in _SITES])
def test_every_image_of_an_example_site_can_be_drawn(place: Place, site: Path) -> None:
    place.manifest((site / "assets.toml").read_text("utf-8"))
    place.ok("generate")
    assert place.run("check").code == 0
