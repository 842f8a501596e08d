"""A page of a collection that is renamed keeps its image and its record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from assetgen.record import record
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import Shop

_LOCAL = """
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/og/{slug}.png"
alt = "{title}"
variants = { widths = [320], formats = ["webp"] }
"""
_PAID = """
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/og/{slug}.png"
alt = "{title}"
route = "images"
model = "gpt-image-2"
prompt = "A picture of {title}"
size = "1024x1024"
quality = "low"
most = 9
"""


def _page(place: Place, name: str, title: str) -> None:
    place.write(f"content/{name}.md", f"---\ntitle: {title}\n---\n")


def _move(place: Place, **names: str) -> None:
    """Rename pages; each is read before one is written, so that they can be swapped."""
    texts = {new: place.read(f"content/{old}.md") for old, new in names.items()}
    for old in names:
        (place.root / f"content/{old}.md").unlink()
    for new, text in texts.items():
        place.write(f"content/{new}.md", text)


def _findings(place: Place) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in json.loads(place.run("check", "--json").out)["findings"]:
        found.setdefault(one["code"], []).append(one["cure"])
    return found


def _states(place: Place) -> dict[str, Any]:
    planned = place.run("plan", "--all", "--json").data
    return {one["id"]: (one["state"], one["action"]) for one in planned}


@pytest.fixture
def blog(place: Place) -> Place:
    _page(place, "a", "First")
    _page(place, "b", "Second")
    place.manifest(_LOCAL)
    place.git("add", "-A")
    place.git("commit", "-qm", "pages")
    assert place.run("generate").code == 0
    return place


def test_generate_moves_a_local_image_with_its_record(blog: Place) -> None:
    before, stated = blog.read("public/og/a.png"), blog.record("og/a")
    _move(blog, a="2026/new")
    assert _findings(blog) == {"renamed": ["assetgen generate og/2026/new"]}
    said = blog.run("generate").out
    assert "moved og/a to og/2026/new: public/og/2026/new.png" in said
    after = blog.record("og/2026/new")
    assert (after["formerly"], after["asset"]["page"]) == (["og/a"], "content/2026/new.md")
    assert after["placeholder"] == stated["placeholder"]
    assert blog.read("public/og/2026/new.png") == before
    assert not blog.has("public/og/a.png")
    assert not blog.has("public/og/a-320.webp")
    assert not blog.has(record.places("og/a")[1])
    assert _findings(blog) == {}
    assert not blog.git("status", "--porcelain", "public", ".assetgen").strip()
    assert blog.run("check", "--rehash").code == 0


def test_an_image_that_was_moved_too_keeps_its_place(blog: Place) -> None:
    _move(blog, a="new")
    blog.git("mv", "public/og/a.png", "public/og/new.png")
    blog.git("mv", "public/og/a-320.webp", "public/og/new-320.webp")
    assert list(_findings(blog)) == ["renamed"]
    assert blog.run("generate").code == 0
    assert _findings(blog) == {}
    assert blog.record("og/new")["formerly"] == ["og/a"]


def test_a_collection_with_another_id_keeps_all_its_images(blog: Place) -> None:
    blog.manifest(_LOCAL.replace('"og/{slug}"', '"card/{slug}"'))
    assert list(_findings(blog)) == ["renamed"]
    assert blog.run("generate").code == 0
    assert _findings(blog) == {}
    assert blog.record("card/b")["formerly"] == ["og/b"]


@pytest.mark.parametrize(
    ("how", "states"),
    every(
        2,
        [
            ("retitled", {"og/new": ("missing", "draw"), "og/b": ("fresh", "nothing")}),
            ("chain", {"og/b": ("stale", "draw"), "og/c": ("missing", "draw")}),
            ("swap", {"og/a": ("stale", "draw"), "og/b": ("stale", "draw")}),
            ("edited", {"og/new": ("missing", "draw"), "og/b": ("fresh", "nothing")}),
        ],
    ),
)
def test_what_is_not_plainly_renamed_is_an_orphan_and_missing(
    blog: Place, how: str, states: dict[str, Any]
) -> None:
    if how == "chain":
        _move(blog, a="b", b="c")
    elif how == "swap":
        _move(blog, a="b", b="a")
    else:
        _move(blog, a="new")
    if how == "retitled":
        _page(blog, "new", "Other")
    if how == "edited":
        blog.picture("public/og/a.png")
    assert _states(blog) == states
    assert "renamed" not in _findings(blog)
    assert blog.run("generate").code == 0
    assert set(_findings(blog)) <= {"orphan"}
    assert all(state == ("fresh", "nothing") for state in _states(blog).values())


def test_two_pages_with_one_intent_are_not_told_apart(blog: Place) -> None:
    _page(blog, "b", "First")
    assert blog.run("generate").code == 0
    _move(blog, a="c", b="d")
    assert {name: len(cures) for name, cures in _findings(blog).items()} == {
        "missing": 2,
        "orphan": 2,
    }
    assert blog.run("generate").code == 0
    assert list(_findings(blog)) == ["orphan"]


@pytest.fixture
def shop(bare: Place) -> Iterator[Shop]:
    with Provider() as provider:
        _page(bare, "a", "First")
        _page(bare, "b", "Second")
        bare.manifest(_PAID)
        shop = Shop(bare, provider)
        shop.buys()
        yield shop


def test_the_cure_of_a_paid_image_moves_it_without_buying(shop: Shop) -> None:
    _move(shop.place, a="new")
    found = _findings(shop.place)
    cure = "assetgen adopt og/new public/og/a.png (its record moves with it)"
    assert found == {"renamed": [cure]}
    assert shop.fails().cure is not None
    assert shop.place.run(*cure.split(" (")[0].split()[1:], "--no-commit").code == 0
    assert _findings(shop.place) == {}
    assert shop.provider.billed == 2


@pytest.mark.parametrize("how", ["chain", "swap", "alike"])
def test_no_paid_image_is_bought_again_because_pages_changed_places(shop: Shop, how: str) -> None:
    if how == "chain":
        _move(shop.place, a="b", b="c")
    if how == "swap":
        _move(shop.place, a="b", b="a")
    if how == "alike":
        _move(shop.place, a="c")
        _page(shop.place, "d", "First")
    outcome = shop.generate()
    assert shop.provider.billed == (3 if how == "alike" and not outcome.failed else 2)
    if how != "alike":
        assert not outcome.failed
        assert set(_findings(shop.place)) <= {"orphan"}
