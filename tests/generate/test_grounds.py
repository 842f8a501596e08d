"""``ground``: the painted image behind the words of a cover, bought once on a bill of its own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

_COVER = """
[[asset]]
id = "launch"
kind = "cover"
path = "public/launch.png"
alt = "Launch"
ground = { route = "images", quality = "low", prompt = "A quiet harbour" }
[asset.values]
title = "Two days above the clouds"
"""
_PAGES = """
[[collection]]
id = "og/{slug}"
from = "content/*.md"
kind = "cover"
path = "public/og/{slug}.png"
alt = "{title}"
most = 2
ground = { route = "images", quality = "low", prompt = "A view of {page.place}" }
"""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


@pytest.fixture
def shop(place: Place, provider: Provider) -> Shop:
    place.manifest(_COVER)
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "site")
    return Shop(place, provider)


def _change(shop: Shop, old: str, new: str) -> None:
    text = shop.place.read("assets.toml").decode()
    assert old in text
    shop.place.manifest(text.replace(old, new))


def _plan(shop: Shop) -> dict[str, Any]:
    return {one["id"]: one for one in shop.run("plan", "--all", "--json").data}


def _states(shop: Shop) -> dict[str, str]:
    return {name: one["state"] for name, one in _plan(shop).items()}


def _prompts(provider: Provider) -> list[str]:
    return [seen.body.decode() for seen in posts(provider)]


def _image(shop: Shop, path: str) -> Image.Image:
    return Image.open(io.BytesIO(shop.place.read(path))).convert("RGB")


def test_a_ground_is_bought_and_the_words_are_set_over_it(shop: Shop) -> None:
    ran = shop.run("generate")
    assert ran.code == 0, ran.out + ran.err
    assert shop.place.git("status", "--porcelain") == ""
    assert shop.provider.billed == 1
    [prompt] = _prompts(shop.provider)
    assert "A quiet harbour" in prompt and "Two days" not in prompt
    ground, cover = shop.place.record("launch/ground"), shop.place.record("launch")
    assert ground["intent"]["medium"] == "painted" and ground["asset"]["alt"] == ""
    assert cover["intent"]["values"]["layout"] == "photo"
    [picture] = cover["inputs"]
    assert (picture["id"], picture["path"]) == ("launch/ground", "public/launch-ground.png")
    assert cover["marking"]["digitalSourceType"] == "compositeWithTrainedAlgorithmicMedia"
    assert list(_plan(shop)) == ["launch/ground", "launch"]
    assert shop.run("check").code == 0


def test_cost_has_two_bills_the_cover_is_free(shop: Shop) -> None:
    assert shop.run("generate").code == 0
    bills = {
        one["surface"]: [total["pictures"] for total in one["totals"]]
        for one in shop.run("cost", "--by", "asset", "--json").data["surfaces"]
    }
    [paid] = [name for name in bills if name != "none"]
    assert bills == {"none": bills["none"], paid: [1]}
    said = shop.run("cost", "--by", "asset").out
    assert "launch/ground" in said and "none (made locally, no bill): 1 picture" in said


def test_a_changed_title_buys_nothing_and_a_changed_prompt_buys_one(shop: Shop) -> None:
    assert shop.run("generate").code == 0
    before = shop.place.read("public/launch-ground.png")
    _change(shop, "Two days", "Three days")
    assert _states(shop) == {"launch/ground": "fresh", "launch": "stale"}
    assert shop.run("generate").code == 0
    assert shop.provider.billed == 1 and shop.place.read("public/launch-ground.png") == before
    _change(shop, "A quiet", "A stormy")
    assert _states(shop) == {"launch/ground": "stale", "launch": "stale"}
    [reason] = _plan(shop)["launch"]["reasons"]
    assert reason["field"] == "inputs.@launch/ground"
    assert shop.run("generate").code == 0
    assert shop.provider.billed == 2
    assert _states(shop) == {"launch/ground": "fresh", "launch": "fresh"}


def test_a_draft_has_no_words_and_buys_nothing(shop: Shop) -> None:
    ran = shop.run("generate", "--draft")
    assert ran.code == 0, ran.out + ran.err
    assert shop.provider.billed == 0
    assert _states(shop)["launch/ground"] == "draft"
    ground = _image(shop, "public/launch-ground.png")
    assert ground.size == (1200, 630)
    inner = ground.crop((20, 20, 1180, 610))
    rows = [inner.crop((0, row, 1160, row + 1)).getcolors() for row in range(590)]
    assert all(len(row or ()) == 1 for row in rows), "words would differ within a row"
    assert len({str(row) for row in rows}) > 100
    first = shop.place.read("public/launch.png")
    assert shop.run("generate", "launch").code == 0
    assert shop.provider.billed == 1 and shop.place.read("public/launch.png") != first
    assert shop.run("check").code == 0


def test_a_cover_that_is_a_draft_leaves_its_bought_ground_as_it_is(shop: Shop) -> None:
    assert shop.run("generate").code == 0
    bought = shop.place.read("public/launch-ground.png")
    _change(shop, 'kind = "cover"', 'kind = "cover"\ndraft = true')
    assert _states(shop) == {"launch": "stale", "launch/ground": "fresh"}
    assert shop.run("generate").code == 0
    assert shop.place.read("public/launch-ground.png") == bought
    _change(shop, "draft = true\n", "")
    assert shop.run("generate").code == 0
    assert shop.provider.billed == 1 and shop.run("check").code == 0


def test_a_draft_that_was_never_bought_is_a_placeholder_for_both(shop: Shop) -> None:
    _change(shop, 'kind = "cover"', 'kind = "cover"\ndraft = true')
    assert shop.run("generate").code == 0
    assert _states(shop) == {"launch": "draft", "launch/ground": "draft"}
    assert _image(shop, "public/launch-ground.png").size == (1200, 630)
    assert "finish asset launch, then remove draft = true" in shop.run("check").out
    assert shop.provider.billed == 0


# -- one of the two --------------------------------------------------------------------------------


def test_to_generate_the_cover_makes_its_ground_first(shop: Shop) -> None:
    ran = shop.run("generate", "launch")
    assert ran.code == 0, ran.out + ran.err
    assert _states(shop) == {"launch/ground": "fresh", "launch": "fresh"}


def test_to_generate_the_ground_leaves_the_cover(shop: Shop) -> None:
    assert shop.run("generate", "launch/ground").code == 0
    assert _states(shop) == {"launch/ground": "fresh", "launch": "missing"}
    assert shop.run("generate", "--free").code == 0
    assert _states(shop)["launch"] == "fresh" and shop.provider.billed == 1


def test_free_makes_neither(shop: Shop) -> None:
    ran = shop.run("generate", "--free")
    assert shop.provider.billed == 0 and not shop.place.has("public/launch.png"), ran.out


def test_to_force_the_cover_does_not_buy_its_ground_again(shop: Shop) -> None:
    assert shop.run("generate").code == 0
    shop.place.picture("public/launch.png", (1200, 630))
    assert shop.run("generate", "launch", "--force").code == 0
    assert shop.provider.billed == 1 and shop.run("check").code == 0
    assert shop.run("generate", "launch/ground", "--force").code == 0
    assert shop.provider.billed == 2


def test_a_limit_that_the_ground_exceeds_stops_both(shop: Shop) -> None:
    shop.gateway()
    shop.user_config += '[limits]\n"gateway:g" = { images = 0 }\n'
    shop.place.manifest("[gateway.g]\n" + _COVER)
    _change(shop, '"images", quality', '"gateway:g", model = "gpt-image-2", quality')
    ran = shop.run("generate")
    assert ran.code == 11 and not shop.place.has("public/launch.png"), ran.out + ran.err
    assert shop.provider.billed == 0


def test_the_candidates_of_a_ground_are_picked_by_its_id(shop: Shop) -> None:
    _change(shop, "prompt =", "candidates = 2, prompt =")
    ran = shop.run("generate")
    assert ran.code == 0 and "waits  launch  for @launch/ground" in ran.out, ran.out + ran.err
    assert _states(shop)["launch/ground"] == "undecided"
    assert shop.run("pick", "launch/ground", "2").code == 0
    assert shop.run("generate").code == 0
    assert shop.provider.billed == 2 and shop.run("check").code == 0


def test_the_typed_module_has_a_ground_only_if_its_ids_name_it(shop: Shop) -> None:
    both = '[{ path = "src/all.ts" }, { path = "src/grounds.ts", ids = ["**/ground"] }]'
    shop.place.manifest(f"[project]\nemit = {both}\n{_COVER}")
    assert shop.run("generate").code == 0
    every, some = (shop.place.read(f"src/{name}.ts").decode() for name in ("all", "grounds"))
    assert "\n  launch: {" in every and "launch/ground" not in every
    assert '"launch/ground": {' in some and "\n  launch: {" not in some
    assert shop.run("check").code == 0


# -- the entry is changed --------------------------------------------------------------------------


def test_a_new_path_moves_both_and_buys_nothing(shop: Shop) -> None:
    assert shop.run("generate").code == 0
    _change(shop, "public/launch.png", "public/start.png")
    assert shop.run("generate").code == 0
    assert shop.place.has("public/start-ground.png")
    assert not shop.place.has("public/launch-ground.png")
    assert shop.provider.billed == 1 and shop.run("check").code == 0


def _cured(shop: Shop) -> str:
    """Run every command that check prints; what it says then."""
    for line in re.findall(r"cure: assetgen (.*)", shop.run("check").out):
        ran = shop.run(*line.replace("'", "").split())
        assert ran.code == 0, f"{line}: {ran.out}{ran.err}"
    return shop.run("check").out


def test_the_commands_of_check_move_both_to_a_new_id(shop: Shop) -> None:
    assert shop.run("generate").code == 0
    _change(shop, 'id = "launch"', 'id = "begin"')
    assert "assetgen adopt begin/ground public/launch-ground.png" in shop.run("check").out
    assert "match the manifest" in _cured(shop)
    assert shop.provider.billed == 1


def test_a_cover_that_outgrows_its_ground_buys_another(shop: Shop) -> None:
    _change(shop, 'alt = "Launch"', 'alt = "Launch"\nsize = "1000x600"')
    assert shop.run("generate").code == 0
    assert shop.place.record("launch/ground")["original"]["width"] == 1024
    _change(shop, "1000x600", "1024x512")  # it is filled still
    assert _states(shop) == {"launch/ground": "fresh", "launch": "stale"}
    _change(shop, "1024x512", "1080x1920")
    [reason] = _plan(shop)["launch/ground"]["reasons"]
    assert (reason["field"], reason["new"]) == ("size", "1088x1920")


def test_another_model_in_defaults_buys_nothing(shop: Shop) -> None:
    assert shop.run("generate").code == 0
    shop.place.manifest('[defaults]\nmodel = "gpt-image-1"\n' + _COVER)
    assert _states(shop) == {"launch/ground": "fresh", "launch": "fresh"}


_STEP = 'refine = [{ say = "warmer light" }]'
_TABLE = """[asset.ground]
route = "images"
quality = "low"
prompt = "A quiet harbour"
"""


@pytest.mark.parametrize("form", ["inline", "table"])
def test_a_ground_is_refined_where_it_is_written(shop: Shop, form: str) -> None:
    if form == "table":
        _change(shop, _COVER.split("\n")[6] + "\n", "")
        shop.place.manifest(shop.place.read("assets.toml").decode() + _TABLE)
    assert shop.run("generate").code == 0
    before = shop.place.read("assets.toml").decode()
    ran = shop.run("refine", "launch/ground", "warmer light")
    assert ran.code == 0, ran.out + ran.err
    after = shop.place.read("assets.toml").decode()
    step = f"{_STEP} }}" if form == "inline" else '[[asset.ground.refine]]\nsay = "warmer light"\n'
    assert step in after
    assert _states(shop) == {"launch/ground": "fresh", "launch": "stale"}
    assert shop.run("generate").code == 0
    assert shop.provider.billed == 2 and shop.run("check").code == 0
    assert shop.run("refine", "launch/ground", "--undo").code == 0
    assert shop.place.read("assets.toml").decode() == before
    assert shop.provider.billed == 2


# -- collections -----------------------------------------------------------------------------------


@pytest.fixture
def blog(shop: Shop) -> Shop:
    for name in ("first", "second"):
        text = f"---\ntitle: The {name}\nplace: '{{{name}}} harbour'\n---\n"
        shop.place.write(f"content/{name}.md", text)
    shop.place.manifest(_PAGES)
    shop.place.git("add", "-A")
    shop.place.git("commit", "-q", "-m", "blog")
    return shop


def test_each_page_of_a_collection_has_its_ground(blog: Shop) -> None:
    ran = blog.run("generate")
    assert ran.code == 0, ran.out + ran.err
    prompts = sorted(_prompts(blog.provider))
    assert "A view of {first} harbour" in prompts[0] and "{second}" in prompts[1]
    record = blog.place.record("og/first/ground")
    assert record["asset"]["collection"] == "og/{slug}"
    blog.place.write("content/first.md", "---\ntitle: Changed\nplace: '{first} harbour'\n---\n")
    assert blog.run("generate").code == 0
    assert blog.provider.billed == 2 and blog.run("check").code == 0


@pytest.mark.parametrize(
    ("old", "new", "said", "cure"),
    [
        ("most = 2\n", "", "route 'images' is paid", "add most = 2"),
        ("most = 2", "most = 1", "the collection has 2 grounds, and most = 1", "raise most"),
        (
            "prompt =",
            "candidates = 3, prompt =",
            "2 grounds with 3 candidates each, so it buys 6",
            "raise most",
        ),
        ("{page.place}", "{page.town}", "ground uses {page.town}", "{page.town?}"),
    ],
    ids=["no limit", "too many", "candidates", "absent"],
)
def test_a_collection_counts_its_grounds(
    blog: Shop, old: str, new: str, said: str, cure: str
) -> None:
    _change(blog, old, new)
    ran = blog.run("plan")
    assert ran.code == 2 and said in ran.err and cure in ran.err
    assert blog.provider.billed == 0


def test_a_mistake_in_the_ground_of_a_collection_is_reported_once(blog: Shop) -> None:
    _change(blog, 'route = "images"', 'route = "local"')
    ran = blog.run("plan")
    assert ran.err.count("route 'local' cannot paint a ground") == 1, ran.err


def test_a_renamed_page_takes_its_ground_along(blog: Shop) -> None:
    assert blog.run("generate").code == 0
    blog.place.git("mv", "content/first.md", "content/third.md")
    _cured(blog)
    assert blog.run("generate").code == 0
    assert blog.provider.billed == 2
    assert "og/third/ground" in _states(blog)
    assert set(_states(blog).values()) == {"fresh"}


def test_the_ground_of_a_removed_page_is_removed_with_its_cover(blog: Shop) -> None:
    assert blog.run("generate").code == 0
    blog.place.git("rm", "-q", "content/first.md")
    planned = blog.run("plan", "--prune", "og/*").out
    assert "would remove og/first/ground: public/og/first-ground.png" in planned
    ran = blog.run("generate", "--prune", "og/*")
    assert ran.code == 0 and "2 removed, 0 kept" in ran.out, ran.out + ran.err
    assert not blog.place.has("public/og/first-ground.png")
    assert blog.place.has("public/og/second-ground.png")
    assert blog.run("check").code == 0


def test_the_prompt_of_a_ground_has_the_words_of_the_page(blog: Shop) -> None:
    text = _COVER.replace('alt = "Launch"', 'alt = "Launch"\nfrom = "content/first.md"')
    blog.place.manifest(text.replace("A quiet harbour", "A quiet {page.place}"))
    assert blog.run("generate").code == 0
    assert "A quiet {first} harbour" in _prompts(blog.provider)[0]
    _change(blog, "{page.place}", "{page.town}")
    ran = blog.run("plan")
    assert ran.code == 2 and "content/first.md" in ran.err and "town" in ran.err
