"""Covers whose compositions are left to their ids: what a new, a renamed and a pinned page does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.place import Place

_MANIFEST = """
[[collection]]
id = "og/{slug}-{theme}-{size}"
from = "content/*.md"
kind = "cover"
path = "public/og/{slug}-{theme}-{size}.png"
alt = "{title}"
[collection.matrix]
theme = ["light", "dark"]
size = ["120x63", "90x90"]
[collection.values]
layout = "poster"
"""


def _plan(place: Place) -> dict[str, Any]:
    return {one["id"]: one for one in place.ok("plan", "--all", "--json").data}


@pytest.fixture
def blog(place: Place) -> Place:
    place.start()
    place.manifest(_MANIFEST)
    for name in ("a", "b", "c"):
        place.write(f"content/{name}.md", f"---\ntitle: {name}\n---\n")
    place.git("add", "-A")
    place.git("commit", "-qm", "pages")
    place.ok("generate")
    return place


def test_the_images_of_a_page_have_one_composition(blog: Place) -> None:
    every = _plan(blog)
    assert len(every) == 12
    of_pages: dict[str, list[Any]] = {}
    for name, one in every.items():
        of_pages.setdefault(name[:4], []).append(one["by_id"])
    assert set(of_pages) == {"og/a", "og/b", "og/c"}
    for chosen in of_pages.values():
        assert chosen == [chosen[0]] * 4
        assert set(chosen[0]) == {"composition", "colouring", "variant"}
    assert of_pages["og/a"][0] != of_pages["og/b"][0]


def test_a_new_page_and_a_new_theme_change_no_other_image(blog: Place) -> None:
    before = _plan(blog)
    blog.write("content/0.md", "---\ntitle: New\n---\n")
    after = _plan(blog)
    assert [name for name, one in after.items() if one["state"] != "fresh"] == [
        f"og/0-{theme}-{size}" for theme in ("light", "dark") for size in ("120x63", "90x90")
    ]
    assert {name: one["by_id"] for name, one in after.items() if name in before} == {
        name: one["by_id"] for name, one in before.items()
    }
    blog.manifest(_MANIFEST.replace('["light", "dark"]', '["light"]').replace(', "90x90"', ""))
    left = _plan(blog)
    assert left["og/a-light-120x63"]["by_id"] == before["og/a-light-120x63"]["by_id"]
    assert left["og/a-light-120x63"]["state"] == "fresh"


def test_the_choice_is_printed_and_recorded(blog: Place) -> None:
    chosen = _plan(blog)["og/a-dark-90x90"]["by_id"]
    words = ", ".join(f'{name} = "{one}"' for name, one in chosen.items())
    assert f"by its id  {words}\n" in blog.ok("show", "og/a-dark-90x90").out
    assert f"by its id: {words}" in blog.ok("plan", "og/a-dark-90x90").out
    assert "by its id" not in blog.ok("plan").out
    values = blog.record("og/a-dark-90x90")["intent"]["values"]
    assert {name: values[name] for name in chosen} == chosen


def test_a_renamed_page_chooses_again_unless_its_choice_is_written(blog: Place) -> None:
    chosen = _plan(blog)["og/a-light-120x63"]["by_id"]
    assert chosen != _chosen_for(blog, "renamed")
    pinned = "".join(f"  {name}: {one}\n" for name, one in chosen.items())
    blog.write("content/a.md", f"---\ntitle: a\nassetgen:\n{pinned}---\n")
    assert {one["state"] for one in _plan(blog).values()} == {"fresh"}
    was = blog.read("public/og/a-light-120x63.png")

    (blog.root / "content/a.md").rename(blog.root / "content/renamed.md")
    assert blog.ok("generate").out.startswith("moved")
    assert blog.read("public/og/renamed-light-120x63.png") == was
    assert not blog.has("public/og/a-light-120x63.png")


def _chosen_for(place: Place, name: str) -> Any:
    page = place.write(f"content/{name}.md", "---\ntitle: a\n---\n")
    found = _plan(place)[f"og/{name}-light-120x63"]["by_id"]
    page.unlink()
    return found


def test_another_pattern_of_ids_is_noticed_although_the_ids_are_the_same(blog: Place) -> None:
    before = _plan(blog)["og/a-light-120x63"]["by_id"]
    one = _MANIFEST.replace("{theme}-{size}", "light-120x63").split("[collection.matrix]")[0]
    blog.manifest(one + '[collection.values]\nlayout = "poster"\n')
    after = _plan(blog)["og/a-light-120x63"]
    assert after["by_id"] != before
    assert after["state"] == "stale"


def test_a_wrong_choice_is_an_error_that_names_auto(place: Place) -> None:
    place.start()
    place.covers("a")
    place.manifest(
        (place.root / "assets.toml").read_text() + 'layout = "poster"\ncomposition = "atuo"\n'
    )
    ran = place.run("plan")
    assert ran.code == 2
    assert "composition = 'atuo'; it is one of: auto, arches, bars" in ran.err
    assert "did you mean auto?" in ran.err


def test_defaults_and_styles_can_leave_a_choice_to_the_id(place: Place) -> None:
    place.start()
    place.covers("a", "b", "c", "d")
    text = (place.root / "assets.toml").read_text()
    place.manifest(f'[defaults.values]\npattern = "auto"\n{text}')
    chosen = [one["by_id"]["pattern"] for one in _plan(place).values()]
    assert len(set(chosen)) > 1
    # One with a value of its own is not asked.
    place.manifest(f'[defaults.values]\npattern = "auto"\n{text}pattern = "rings"\n')
    assert "by_id" not in _plan(place)["d"]
