"""[style.NAME] references: images that every painted asset of the style is sent with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.place import COVER, Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

STYLE = """
[style.brand]
references = ["@hero", "brand/board.png"]
[defaults]
style = "brand"
"""

QUALITY = 'quality = "low"'


@pytest.fixture
def shop(bare: Place) -> Iterator[Shop]:
    with Provider(polls=0) as provider:
        shop = Shop(bare, provider)
        bare.picture("brand/board.png")
        shop.wants("a", "hero")
        text = bare.read("assets.toml").decode()
        bare.manifest(STYLE + text + COVER.format(id="local", title="A"))
        yield shop


def _change(shop: Shop, old: str, new: str) -> None:
    text = shop.place.read("assets.toml").decode()
    assert old in text
    shop.place.manifest(text.replace(old, new, 1))


def test_references_are_sent_and_recorded_and_an_asset_is_no_reference_of_itself(
    shop: Shop,
) -> None:
    outcome = shop.generate()
    assert [one.decision.asset.id for one in outcome.made] == ["local", "hero", "a"]
    recorded = shop.place.record("a")["inputs"]
    assert [(one["path"], one["role"]) for one in recorded] == [
        ("public/hero.png", "style"),
        ("brand/board.png", "style"),
    ]
    assert [one["path"] for one in shop.place.record("hero")["inputs"]] == ["brand/board.png"]
    assert [one.path for one in posts(shop.provider)] == ["/v1/images/edits"] * 2
    assert shop.place.record("local")["inputs"] == []
    assert shop.run("check", "--rehash").code == 0


def test_a_changed_reference_makes_painted_assets_of_the_style_stale(shop: Shop) -> None:
    shop.generate()
    shop.place.picture("brand/board.png", size=(320, 200))
    states = {one["id"]: one["state"] for one in shop.run("plan", "--json").data}
    assert states == {"a": "stale", "hero": "stale", "local": "fresh"}
    shop.place.picture("brand/board.png")
    _change(shop, '"@hero", ', "")
    states = {one["id"]: one["state"] for one in shop.run("plan", "--json").data}
    assert states == {"a": "stale", "hero": "fresh", "local": "fresh"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("@hero", "@nobody", "assets.toml:3:15: '@nobody' is not an asset of this manifest"),
        ("brand/board.png", "brand/none.png", "the input brand/none.png does not exist"),
        ("brand/board.png", "https://example.org/a.png", "URLs are not fetched"),
        ("brand/board.png", "../a.png", "assets.toml:3:"),
        (
            'quality = "low"',
            'quality = "low"\nmask = "brand/board.png"',
            "has no inputs of its own",
        ),
    ],
)
def test_a_wrong_reference_is_reported_once(shop: Shop, old: str, new: str, words: str) -> None:
    _change(shop, old, new)
    ran = shop.run("plan")
    assert ran.code in (2, 4) and ran.err.count(words) == 1, ran.err
    assert "other mistake" not in ran.err and ran.err.count("assetgen: ") == 1, ran.err


@pytest.mark.more
def test_references_count_against_the_most_images_of_a_model(shop: Shop) -> None:
    names = [f"brand/{number}.png" for number in range(15)]
    for name in names:
        shop.place.picture(name)
    _change(shop, '"brand/board.png"]', ", ".join(f'"{name}"' for name in names) + "]")
    assert shop.run("plan").code == 0
    _change(shop, 'prompt = "A', 'inputs = ["brand/board.png"]\nprompt = "A')
    ran = shop.run("plan")
    assert ran.code == 2 and "1 inputs and 16 references" in ran.err, ran.err
