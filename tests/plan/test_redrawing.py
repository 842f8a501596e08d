"""An image that only a newer assetgen would draw otherwise: a warning, and drawn on request."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetgen.layouts import fonts
from assetgen.record import record
from tests.support.font_tables import cmap, format_12, name_table, sfnt
from tests.support.place import Place

_ASSETS = "".join(
    f'[[asset]]\nid = "{name}"\nkind = "cover"\npath = "public/{name}.png"\nalt = "x"\n'
    f'[asset.values]\ntitle = "{name}"\n'
    for name in "abcd"
)


@pytest.fixture
def older(place: Place) -> Place:
    """Four covers, three of which an older version drew."""
    place.manifest(_ASSETS)
    place.ok("generate")
    for name in "abc":
        _rewrite(place, name, _older)
    place.git("add", "-A")
    place.git("commit", "-qm", "older")
    return place


def _rewrite(older: Place, name: str, change: Callable[[Any], None]) -> None:
    path = f".assetgen/records/{name}.json"
    whole = json.loads(older.read(path))
    change(whole["predicate"])
    intent = whole["predicate"]["intent"]
    del intent["digest"]
    intent["digest"] = record.digest(intent)
    older.write(path, record.write(whole).decode())


def _older(predicate: Any) -> None:
    predicate["intent"]["template"] = "sha256:" + "0" * 64
    del predicate["intent"]["values"]["kicker"]  # a value that did not exist then
    predicate["intent"]["values"]["tags"] = ["x"]  # a default that was another one


def test_check_warns_of_all_of_them_in_one_finding(older: Place) -> None:
    found = older.ok("check")
    assert "older-layout: 3 images were drawn by an older assetgen" in found.out
    assert "a, b, c" in found.out
    assert "0 errors, 1 warning" in found.out
    assert older.run("check", "--release").code == 1
    assert "older-layout" not in older.ok("check", "--staged").out


def test_generate_leaves_them_and_redraw_renews_all_in_one_commit(older: Place) -> None:
    before = older.git("rev-list", "--count", "HEAD")
    found = older.ok("generate")
    assert "0 made, 1 fresh, 3 drawn by an older assetgen" in found.out
    assert "assetgen generate --redraw" in found.out
    assert "next: assetgen generate --redraw" in older.ok("plan").out
    assert "3 made, 1 fresh, committed as" in older.ok("generate", "--redraw").out
    assert int(older.git("rev-list", "--count", "HEAD")) == int(before) + 1
    assert "older" not in older.ok("check").out


def test_one_that_is_named_is_drawn(older: Place) -> None:
    assert "made  a  public/a.png" in older.ok("generate", "a").out
    assert "2 images were drawn by an older assetgen" in older.ok("check").out


def test_a_change_of_the_user_is_stale_and_its_reason_is_the_change(older: Place) -> None:
    older.manifest(_ASSETS.replace('title = "a"', 'title = "other"'))
    found = older.run("check")
    assert found.code == 1
    assert "stale: a: values.title a -> other; template or font changed" in found.out
    assert "made  a  public/a.png" in older.ok("generate", "--no-commit").out


def test_layouts_and_fonts_of_the_project_are_its_own_changes(bare: Place) -> None:
    own = Path("templates/cover")
    bare.write(str(own / "template.toml"), 'size = [40, 20]\nlayout = "x"\n[layouts.x]\n')
    bare.write(str(own / "x.html"), "<!doctype html><html><head></head><body>x</body></html>")
    bare.manifest('[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = "x"\n')
    bare.ok("generate")
    bare.write(str(own / "x.html"), "<!doctype html><html><head></head><body>y</body></html>")
    found = bare.run("check")
    assert found.code == 1
    assert "stale: a: template or font changed" in found.out


def test_with_fonts_of_the_project_the_version_decides(older: Place) -> None:
    font = next(Path("templates/fonts").glob("JetBrainsMono.ttf")).read_bytes()
    (older.root / "templates/fonts").mkdir(parents=True)
    (older.root / "templates/fonts/Own.ttf").write_bytes(font)
    older.manifest(_ASSETS + '[style.s]\nfont = "JetBrains Mono"\n[defaults]\nstyle = "s"\n')
    older.ok("generate", "--redraw", "--force")
    _rewrite(older, "a", _older)
    found = older.run("check").out
    assert "stale: a: " in found and "template or font changed" in found
    _rewrite(older, "a", lambda one: one["tool"].update(version="0.0.1"))
    assert "older-layout: 1 image was drawn" in older.ok("check").out


def test_a_new_font_makes_only_those_images_stale_that_it_may_draw(bare: Place) -> None:
    bare.manifest(_ASSETS.replace('title = "d"', 'title = "`d`"'))
    bare.ok("generate")
    own = bare.root / "templates/fonts"
    own.mkdir(parents=True)
    for name, only in (("Japanese", 0x65E5), ("Latin", 0x61)):
        table = cmap((3, 10, format_12([(only, only, 1)])))
        font = sfnt({b"cmap": table, b"name": name_table(name)})
        (own / f"{name}.ttf").write_bytes(font)
    assert "all 4 pictures are fresh" in bare.ok("plan").out
    assert bare.run("check").code == 0
    (own / "Mono.ttf").write_bytes(sfnt({b"cmap": table, b"name": name_table(fonts.MONO)}))
    assert "stale    d  " in bare.ok("plan").out
