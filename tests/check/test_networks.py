"""Sizes by name: their pixels, and what a network takes."""

from __future__ import annotations

import datetime

import pytest
from PIL import Image

from assetgen.manifest import presets
from tests.support.place import Place
from tests.support.tiny import tiny

_ASSET = '[[asset]]\nid = "a"\nkind = "tiny"\npath = "public/a.{end}"\nalt = ""\nsize = "{size}"\n'


def _size(place: Place, path: str) -> tuple[int, int]:
    with Image.open(place.root / path) as image:
        return image.size


def _findings(place: Place, size: str, end: str = "png", more: str = "") -> list[str]:
    place.manifest(_ASSET.format(size=size, end=end) + more)
    place.run("generate", "--no-commit")
    found = place.run("check", "--json").data["findings"]
    return [one["message"] for one in found if one["code"] == "preset"]


def test_each_preset_has_its_figures_a_source_and_a_date() -> None:
    sizes = {name: one.size for name, one in presets.known().items()}
    assert sizes == {
        "og": "1200x630",
        "square": "1080x1080",
        "story": "1080x1920",
        "x": "1200x600",
        "linkedin": "1200x627",
        "readme": "1280x640",
    }
    for one in presets.known().values():
        assert one.source.startswith("https://") and one.as_of <= datetime.date(2026, 11, 30)
        assert one.max_kb >= 300
        assert {"png", "jpeg"} <= set(one.formats) and "avif" not in one.formats
    assert "webp" not in presets.known()["linkedin"].formats


def test_a_layout_is_drawn_at_the_size_of_each_preset(place: Place) -> None:
    tiny(place)
    text = _ASSET.replace("asset", "collection").replace('"a"', '"a/{{size}}"')
    text = text.replace("public/a", "public/{{size}}").replace('size = "{size}"\n', "")
    names = list(presets.known())
    place.manifest(f"{text.format(end='png')}[collection.matrix]\nsize = {names}\n")
    place.ok("generate")
    for name, one in presets.known().items():
        assert _size(place, f"public/{name}.png") == (one.width, one.height)
        assert place.record(f"a/{name}")["intent"]["size"] == one.size
    assert place.ok("check").code == 0 and place.run("plan").out.count("fresh")


def test_a_painted_image_is_fitted_to_the_preset(place: Place) -> None:
    lines = 'prompt = "x"\nroute = "images"\nmodel = "gpt-image-2"\n'
    place.manifest(_ASSET.format(size="og", end="png").replace("tiny", "cover") + lines)
    ran = place.ok("request", "a", "--json")
    assert "1200x630" not in ran.out
    place.ok("generate", "--draft", "--no-commit")
    assert _size(place, "public/a.png") == (1200, 630)


def test_what_a_network_does_not_take_is_a_finding(place: Place) -> None:
    tiny(place)
    assert _findings(place, "og") == [] and _findings(place, "x", "webp") == []
    [found] = _findings(place, "linkedin", "webp")
    assert "is WEBP; PNG or JPEG is taken" in found and "a521928, 2026-11-30" in found
    [found] = _findings(place, "og", more="fit = { width = 600, height = 315 }\n")
    assert "is 600x315 because of fit; 1200x630 is right" in found
    assert 'write path = "public/a.png"' in _shown(place, "linkedin", "avif")


def _shown(place: Place, size: str, end: str) -> str:
    _findings(place, size, end)
    return place.run("check").out


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("linkdin", 'did you mean size = "linkedin"?'),
        ("OG", 'did you mean size = "og"?'),
        ("zzz", 'write size = "og", or pixels such as size = "1200x630"'),
    ],
)
def test_an_unknown_name_is_an_unsupported_option(size: str, said: str, place: Place) -> None:
    text = _ASSET.format(size=size, end="png").replace("tiny", "cover")
    place.manifest(f'{text}values = {{ title = "x" }}\n')
    ran = place.run("plan")
    assert (ran.code, said in ran.err) == (4, True)
    place.manifest(
        '[[collection]]\nid = "a/{size}"\nkind = "cover"\npath = "public/{size}.png"\nalt = ""\n'
        f'[collection.matrix]\nsize = ["{size}", "og"]\n'
    )
    ran = place.run("plan")
    assert (ran.code, said in ran.err, ran.err.count("cure")) == (4, True, 1)
