"""assetgen layouts: the list, the values of a layout, the preview."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from assetgen import cli
from tests.support.place import Place


@pytest.fixture
def here(bare: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(bare.root)
    return bare.root


def test_layouts_lists_own_kinds_too_and_names_a_broken_one(
    bare: Place, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare.write("templates/quote/template.toml", "size = [9, 9]\n[layouts.plain]\n")
    bare.write("templates/torn/template.toml", "size = 5")
    assert cli.run(["layouts"]) == 8
    out, err = capsys.readouterr()
    assert "cover/split  " in out
    assert "quote/plain\n" in out
    assert "templates/torn/template.toml: this template.toml cannot be used" in err


def test_layouts_prints_the_values_of_one_layout_as_data(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["layouts", "infographic/bars", "--json"]) == 0
    out = capsys.readouterr().out
    [layout] = json.loads(out)["kinds"][0]["layouts"]
    values = {value["name"]: value for value in layout["values"]}
    assert values["direction"]["of"] == ["auto", "horizontal", "vertical"]
    assert (values["series"]["min"], values["series"]["max"]) == (1, 8)
    assert values["series"]["fields"][1]["of"] == "number"
    assert layout["example"].startswith('[[asset]]\nid   = "bars"\n')


def test_preview_draws_and_replaces_only_a_preview(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = here / "look.webp"
    for _ in range(2):
        assert cli.run(["layouts", "ui/badges", "--preview", "look.webp"]) == 0
    with Image.open(target) as image:
        assert (image.size, image.format) == ((1200, 200), "WEBP")
    Image.new("RGB", (9, 9)).save(here / "mine.png")
    assert cli.run(["layouts", "ui/badges", "--preview", "mine.png"]) == 9
    assert "mine.png exists, and is not a preview" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.run(["layouts", "--preview", "look.png"])
