"""max_kb in a project: which limit counts, what is made again, and what check reports."""

from __future__ import annotations

import hashlib
import io
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from assetgen.image import marking, png
from assetgen.record import record
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import Shop, posts

_COVER = """[[asset]]
id = "a"
kind = "cover"
path = "public/a.{end}"
alt = "x"
{more}
[asset.values]
title = "Every picture knows where it came from"
pattern = "dots"
"""


def _cover(end: str = "png", more: str = "") -> str:
    return _COVER.format(end=end, more=more)


def _noise(size: tuple[int, int] = (300, 200), form: str = "PNG") -> bytes:
    out = io.BytesIO()
    pixels = random.Random(1).randbytes(3 * size[0] * size[1])
    Image.frombytes("RGB", size, pixels).save(out, form)
    return out.getvalue()


def _steps(place: Place, asset_id: str = "a") -> list[Any]:
    steps = place.record(asset_id)["derive"]["steps"]
    return [step for step in steps if step["op"] == "encode"]


def _heavy(place: Place, *options: str) -> list[Any]:
    found = place.run("check", "--json", *options).data["findings"]
    return [one for one in found if one["code"] == "too-heavy"]


# -- which limit counts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "more", "limit"),
    every(
        3,
        [
            ("[check]\nmax_kb = 31\n", "", 31),
            ("[check]\nmax_kb = 31\n[defaults]\nmax_kb = 32\n", "", 32),
            ("[defaults]\nmax_kb = 31\n[style.s]\nmax_kb = 32\n", 'style = "s"', 32),
            ('[defaults]\nstyle = "s"\n[style.s]\nmax_kb = 32\n', "", 32),
            ("[style.s]\nmax_kb = 31\n", 'style = "s"\nmax_kb = 33', 33),
            ("", 'size = "og"', 300),
            ("[check]\nmax_kb = 31\n", 'size = "og"', 31),
            ("[check]\nmax_kb = 9000\n", 'size = "linkedin"', 5000),
            ("[check]\nmax_kb = 31\n", 'size = "og"\nmax_kb = 400', 400),
            ("", "", None),
        ],
    ),
)
def test_the_nearest_limit_counts_and_show_prints_it(
    tables: str, more: str, limit: int | None, place: Place
) -> None:
    place.manifest(tables + _cover(more=more))
    place.ok("generate", "--no-commit")
    shown = place.ok("show", "a").out
    assert (f"limit      {limit:,} kB" in shown) if limit else ("limit" not in shown)
    [step] = _steps(place)
    weight = len(place.read("public/a.png"))
    assert place.record("a")["observed"][0]["bytes"] == weight
    assert step.get("max_kb") == (limit if limit and limit < 40 else None)
    assert not limit or weight <= limit * 1000
    assert place.ok("check").code == 0 and "fresh" in place.ok("plan").out


def test_a_collection_has_a_limit_for_each_of_its_sizes(place: Place) -> None:
    place.manifest(
        '[check]\nmax_kb = 90\n[[collection]]\nid = "c/{size}"\nkind = "cover"\nalt = "x"\n'
        'path = "public/{size}.jpg"\nvalues = { title = "A title", pattern = "dots" }\n'
        'max_kb = 60\n[collection.matrix]\nsize = ["og", "story"]\n'
    )
    place.ok("generate", "--no-commit")
    assert "limit      60 kB" in place.ok("show", "c/og").out
    assert [_steps(place, f"c/{one}")[0]["max_kb"] for one in ("og", "story")] == [60, 60]
    place.manifest((place.root / "assets.toml").read_text().replace("max_kb = 60\n", ""))
    place.ok("generate", "--no-commit")
    assert "limit      90 kB" in place.ok("show", "c/story").out
    place.manifest((place.root / "assets.toml").read_text().replace("[check]\nmax_kb = 90\n", ""))
    place.ok("generate", "--no-commit")
    for name, limit in (("og", "300"), ("story", "8,000")):
        assert f"limit      {limit} kB" in place.ok("show", f"c/{name}").out
        assert "max_kb" not in _steps(place, f"c/{name}")[0]


_PLACES = {
    "[check]": "[check]\nmax_kb = {}\n",
    "[defaults]": "[defaults]\nmax_kb = {}\n",
    "a style": "[style.s]\nmax_kb = {}\n",
    "an asset": _COVER.replace("{more}", "max_kb = {}").replace("{end}", "png"),
    "a collection": (
        '[[collection]]\nid = "c/{{size}}"\nkind = "cover"\npath = "public/{{size}}.png"\n'
        'alt = "x"\nmax_kb = {}\n[collection.matrix]\nsize = ["og"]\n'
    ),
}


@pytest.mark.parametrize("value", ["0", "-5", '"300"', "1.5", "true", "[300]", "1000001"])
@pytest.mark.parametrize("where", _PLACES)
def test_a_limit_that_is_none_is_an_error_at_its_place(
    where: str, value: str, place: Place
) -> None:
    place.manifest(_PLACES[where].format(value))
    ran = place.run("plan")
    text = (place.root / "assets.toml").read_text().split("\n")
    line = 1 + next(at for at, one in enumerate(text) if one.startswith("max_kb"))
    assert (ran.code, ran.err.count("max_kb") > 0) == (2, True), ran.err
    assert f"assets.toml:{line}:" in ran.err


# -- what is made again ----------------------------------------------------------------------------


def test_a_new_limit_makes_only_the_heavy_again_and_a_looser_one_undoes_it(place: Place) -> None:
    small = _cover().replace('"a"', '"b"').replace("/a.", "/b.").replace("Every picture", "It")
    small = small.replace('"dots"', '"lines"').replace("knows where it came from", "knows")
    variants = 'variants = { widths = [640], formats = ["png", "webp"] }'
    both = _cover("png", variants) + small
    place.manifest(both)
    place.ok("generate", "--no-commit")
    before = {path: place.read(path) for path in ("public/a.png", "public/b.png")}
    weight = len(before["public/a.png"])
    assert weight > 45_000 > len(before["public/b.png"])
    place.manifest("[check]\nmax_kb = 45\n" + both)
    plan = place.ok("plan").out
    assert f"max_kb is 45, and public/a.png has {-(-weight // 100) / 10} kB" in plan
    assert plan.count("stale") == 1 and "free" in plan
    assert "max_kb is 45" in place.run("check").out
    assert "1 made, 1 fresh" in place.ok("generate", "--no-commit").out
    assert place.read("public/b.png") == before["public/b.png"]
    assert len(place.read("public/a.png")) <= 45_000
    assert "made to fit 45 kB: a palette of 256 colours" in place.ok("show", "a").out
    assert place.ok("check").code == 0
    place.manifest(both)
    assert "max_kb 45 -> none" in place.ok("plan").out
    place.ok("generate", "--no-commit")
    assert place.read("public/a.png") == before["public/a.png"]
    assert [step.get("max_kb") for step in _steps(place)] == [None] * 3


def test_a_record_without_weights_is_weighed(place: Place) -> None:
    place.manifest(_cover())
    place.ok("generate", "--no-commit")
    whole = json.loads(place.read(record.place("a")))
    del whole["predicate"]["observed"][0]["bytes"]
    place.write(record.place("a"), record.write(whole))
    place.manifest("[check]\nmax_kb = 45\n" + _cover())
    assert "public/a.png has" in place.ok("plan").out
    place.git("add", "-A")
    assert "public/a.png has" in place.run("check", "--staged").out


def test_a_file_that_is_renamed_keeps_how_it_was_made_to_fit(place: Place) -> None:
    place.manifest("[check]\nmax_kb = 32\n" + _cover())
    place.ok("generate")
    before, step = place.read("public/a.png"), _steps(place)[0]
    place.manifest("[check]\nmax_kb = 32\n" + _cover().replace('"a"', '"new"'))
    place.ok("generate")
    assert place.read("public/a.png") == before and _steps(place, "new")[0] == step
    assert "fresh" in place.ok("plan").out and place.ok("check").code == 0


@pytest.fixture
def shop(place: Place) -> Iterator[Shop]:
    with Provider() as vendor:
        shop = Shop(place, vendor)
        shop.wants("a", more="fit = { width = 700, height = 500 }")
        shop.buys()
        yield shop


def _limited(shop: Shop, max_kb: int) -> None:
    shop.wants("a", more=f"fit = {{ width = 700, height = 500 }}\nmax_kb = {max_kb}")


def test_a_bought_image_is_made_to_fit_from_its_original_for_free(shop: Shop) -> None:
    place, bought = shop.place, len(posts(shop.provider))
    original = place.record("a")["original"]
    _limited(shop, 6)
    plan = shop.run("plan").out
    assert "stale" in plan and "free" in plan and "$" not in plan
    shop.buys()
    assert len(place.read("public/a.png")) <= 6000 and _steps(place)[0]["max_kb"] == 6
    assert place.record("a")["original"] == original
    assert len(posts(shop.provider)) == bought


def test_nothing_is_bought_because_of_what_a_file_weighs(shop: Shop) -> None:
    place, bought = shop.place, len(posts(shop.provider))
    place.git("add", "-A")
    place.git("commit", "-qm", "bought")
    clone = Place(place.root.parent / "clone", place.root.parent / "home")
    place.git("clone", "-q", str(place.root), str(clone.root))
    elsewhere = Shop(clone, shop.provider)
    _limited(elsewhere, 6)
    assert "fresh" in elsewhere.run("plan").out
    assert not elsewhere.generate().made
    [found] = _heavy(clone)
    assert "at most 6 kB are allowed (max_kb of the asset)" in found["message"]
    assert "where its original is kept: assetgen generate a" in str(found)
    _limited(shop, 6)
    assert shop.run("generate", "a", "--no-commit").code == 0
    assert _heavy(place) == []
    assert len(posts(shop.provider)) == bought


def test_what_a_provider_signed_stays_and_is_a_finding(place: Place) -> None:
    with Provider() as vendor:
        shop = Shop(place, vendor)
        shop.wants("a")
        shop.buys()
        bare = marking.unmarked(place.read("public/a.png"))
        signed = bare[:33] + png.chunk(b"caBX", b"jumb....c2pa....") + bare[33:]
        digest = hashlib.sha256(signed).hexdigest()
        whole = json.loads(place.read(record.place("a")))
        predicate = whole["predicate"]
        predicate["original"] |= {"digest": f"sha256:{digest}", "bytes": len(signed), "c2pa": {}}
        predicate["observed"][0]["bytes"] = len(signed)
        predicate["marking"] |= {"xmp": False, "c2pa": "provider"}
        whole["subject"][0]["digest"]["sha256"] = digest
        place.write("public/a.png", signed)
        place.write(record.place("a"), record.write(whole))
        place.git("add", "-A")
        place.git("commit", "-qm", "signed")
        shop.wants("a", more="max_kb = 1")
        assert "fresh" in shop.run("plan").out
        [found] = _heavy(place)
        assert "Content Credentials sign it" in str(found)
        shop.wants("a", more='variants = { formats = ["webp"] }\nmax_kb = 1')
        shop.buys()
        assert place.read("public/a.png") == signed  # the original, also when files are added
        assert _steps(place)[1]["max_kb"] == 1


def test_what_a_person_brought_stays_and_is_a_finding(place: Place) -> None:
    entry = _cover().split("[asset.values]")[0].replace('kind = "cover"\n', 'route = "adopted"\n')
    place.manifest("[check]\nmax_kb = 50\n" + entry)
    place.write("public/a.png", _noise())
    place.ok("adopt", "a", "public/a.png", "--no-commit")
    assert place.read("public/a.png") == _noise() and "fresh" in place.ok("plan").out
    [found] = _heavy(place)
    assert "as a person brought it" in str(found)
    place.manifest("[check]\nmax_kb = 40\n" + entry)
    assert "fresh" in place.ok("plan").out
    place.manifest("[check]\nmax_kb = 90\n" + entry.replace("a.png", "a.webp"))
    place.ok("adopt", "a", "public/a.png", "--no-commit", "--force")
    assert len(place.read("public/a.webp")) <= 90_000


def test_a_file_that_is_built_from_its_record_is_made_to_fit_each_time(place: Place) -> None:
    place.manifest("[check]\nmax_kb = 32\n" + _cover(more='keep = "record"'))
    place.ok("generate")
    before = place.read("public/a.png")
    assert len(before) <= 32_000 and _steps(place)[0]["max_kb"] == 32
    (place.root / "public/a.png").unlink()
    assert place.ok("check").code == 0
    place.ok("generate", "--free")
    assert place.read("public/a.png") == before
    (place.root / "public/a.png").unlink()
    place.manifest("[check]\nmax_kb = 20\n" + _cover(more='keep = "record"'))
    assert "max_kb 32 -> 20" in place.ok("plan").out


# -- what check reports ----------------------------------------------------------------------------


def test_a_limit_that_nothing_fits_is_a_finding_with_the_figure(place: Place) -> None:
    more = 'max_kb = 1\nvariants = { widths = [640], formats = ["avif", "jpeg"] }'
    place.manifest(_cover("png", more))
    place.ok("generate", "--no-commit")
    found = {one["path"]: one for one in _heavy(place)}
    assert set(found) == {"public/a.png", "public/a-640.avif", "public/a-640.jpg"}
    for path, one in found.items():
        size = f"{-(-len(place.read(path)) // 100) / 10:g}"
        assert f"has {size} kB; at most 1 kB are allowed (max_kb of the asset)" in one["message"]
        assert one["level"] == "error"
    assert 'path = "public/a.webp"' in str(found["public/a.png"])
    assert "smaller widths" in str(found["public/a-640.avif"])
    assert "fresh" in place.ok("plan").out  # it is as light as it gets
    assert place.run("check").code == 1
    place.manifest('[check]\ntoo-heavy = "warning"\n' + _cover("png", more))
    assert place.run("check").code == 0 and len(_heavy(place)) == 3
    place.manifest('[check]\nignore = ["public/*.avif"]\n' + _cover("png", more))
    assert len(_heavy(place)) == 2
    place.manifest('[check]\ntoo-heavy = "off"\n' + _cover("png", more))
    assert _heavy(place) == []


@pytest.mark.more  # noise of that size takes long to fit
def test_a_size_by_name_says_where_its_limit_is_from(place: Place) -> None:
    place.write("assets/noise.png", _noise((1200, 630)))
    values = 'picture = "assets/noise.png"\nlayout = "photo"'
    text = _cover(more='size = "og"').replace('pattern = "dots"', values)
    place.manifest(text)
    place.ok("generate", "--no-commit")
    [found] = _heavy(place)
    assert "at most 300 kB are allowed (size og, for cards of links" in found["message"]
    assert "2026-11-30" in found["message"] and 'path = "public/a.jpg"' in str(found)
    place.git("add", "-A")
    assert len(_heavy(place, "--staged")) == 1


def test_an_image_that_only_a_page_names_is_weighed_too(place: Place) -> None:
    place.write("public/heavy.png", _noise())
    place.write("public/unused.png", _noise((301, 200)))
    place.write("content/a.md", "![A picture](/heavy.png)\n")
    place.manifest('[project]\ncontent = ["content/*.md"]\n')
    place.ok("adopt", "--existing")
    assert _heavy(place) == [] and place.ok("check").code == 0
    place.manifest('[project]\ncontent = ["content/*.md"]\n[check]\nmax_kb = 100\n')
    for _ in range(2):  # the second time, the page is known
        [found] = _heavy(place)
        assert (found["path"], "max_kb of [check]" in found["message"]) == (
            "public/heavy.png",
            True,
        )
    place.git("add", "-A")
    assert len(_heavy(place, "--staged")) == 1
    place.write("public/heavy.png", _noise((50, 50)))
    assert _heavy(place) == []
    place.write("public/heavy.png", _noise())
    place.manifest(
        '[project]\ncontent = ["content/*.md"]\n[check]\nmax_kb = 100\nignore = ["public/h*"]\n'
    )
    assert _heavy(place) == []


def test_a_clean_check_is_not_remembered_past_a_new_limit(place: Place) -> None:
    place.manifest(_cover())
    place.ok("generate", "--no-commit")
    assert place.ok("check").code == 0
    place.manifest("[check]\nmax_kb = 45\n" + _cover())
    assert place.run("check").code == 1


def test_the_icons_of_a_set_are_made_to_fit(place: Place) -> None:
    place.manifest(
        '[check]\nmax_kb = 20\ntoo-heavy = "warning"\n[[asset]]\nid = "i"\nkind = "icon"\n'
        'path = "public/icon.png"\nalt = ""\nvariants = { set = "favicon" }\n'
        '[asset.values]\ntext = "AB"\n'
    )
    place.ok("generate", "--no-commit")
    assert _heavy(place) == [] and "fresh" in place.ok("plan").out
    place.manifest((place.root / "assets.toml").read_text().replace("max_kb = 20", "max_kb = 2"))
    place.ok("generate", "--no-commit")
    steps = {step.get("path", "main"): step.get("max_kb") for step in _steps(place, "i")}
    assert steps["public/icon-512.png"] == 2 and steps["public/favicon.ico"] is None
    assert "fresh" in place.ok("plan").out and place.ok("check").code == 0
    for one in place.record("i")["observed"]:
        assert one["bytes"] == len(place.read(one["path"]))
