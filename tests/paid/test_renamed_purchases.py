"""An open purchase counts for the asset that asks for its image now, under any id and path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assetgen.doctor import open_purchases
from assetgen.errors import UnknownOutcome
from assetgen.paid import forecast
from assetgen.plan.workspace import open_workspace
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop


@pytest.fixture
def shop(bare: Place) -> Iterator[Shop]:
    with Provider(polls=0) as provider:
        yield Shop(bare, provider)


def _wants(shop: Shop, *ids: str, folder: str = "public") -> None:
    shop.wants(*ids)
    text = shop.place.read("assets.toml").decode()
    outputs = f'[project]\noutputs = ["{folder}"]\n'
    shop.place.manifest(outputs + text.replace("public/", f"{folder}/"))


def _unplaced(shop: Shop) -> None:
    """A reply for asset "a" that is stored and not in place."""
    _wants(shop, "a")
    shop.provider.meanwhile = lambda: shop.place.write("public", "in the way")
    shop.fails()
    shop.provider.meanwhile = lambda: None
    (shop.place.root / "public").unlink()


@pytest.mark.parametrize(("name", "folder"), [("a", "art"), ("b", "public"), ("b", "art")])
def test_an_unknown_outcome_is_not_bought_again_under_another_id_or_path(
    name: str, folder: str, shop: Shop
) -> None:
    _wants(shop, "a")
    shop.provider.fault("reset_after")
    shop.fails()
    _wants(shop, name, folder=folder)
    project = open_workspace(shop.place.root, shop.conditions())
    warned = forecast.warnings(project, forecast.decisions(project), shop.conditions())
    assert any(f"asset {name} was requested" in one for one in warned), warned
    error = shop.fails()
    assert isinstance(error, UnknownOutcome) and shop.provider.billed == 1
    assert ("as asset a" in error.what) is (name == "b")
    [found] = _standing(shop)
    assert f"assetgen generate {name} --force" in str(error.cure) and str(found.cure)
    assert f"assetgen generate {name} --force" in str(found.cure)
    shop.buys(force=True)
    assert shop.provider.billed == 2 and shop.open_entries() == []


@pytest.mark.parametrize("folder", ["public", "art"])
def test_a_stored_reply_is_placed_under_another_id(folder: str, shop: Shop) -> None:
    _unplaced(shop)
    _wants(shop, "b", folder=folder)
    [found] = _standing(shop)
    assert (found.is_free, str(found.cure)) == (True, "assetgen generate b")
    shop.buys()
    assert shop.place.has(f"{folder}/b.png") and shop.provider.billed == 1
    assert shop.open_entries() == []


def test_an_open_purchase_counts_once_and_not_for_an_image_that_exists(shop: Shop) -> None:
    _wants(shop, "old")
    shop.buys()
    _wants(shop, "old", "a")
    shop.provider.fault("reset_after")
    shop.fails()
    _wants(shop, "old", "b", "c")  # of two that ask for it, the first is its heir
    outcome = shop.generate()
    assert [one.decision.asset.id for one in outcome.made] == ["c"]
    assert [one.asset_id for one in outcome.failed] == ["b"] and shop.provider.billed == 3
    _wants(shop, "old", "a", "c")  # its own asset asks for it again
    assert "as asset" not in shop.fails().what and shop.provider.billed == 3


def test_adopting_under_another_id_ends_the_purchase(shop: Shop) -> None:
    _wants(shop, "a")
    shop.provider.fault("reset_after")
    shop.fails()
    _wants(shop, "b")
    shop.place.picture("in.png", (1024, 1024))
    shop.place.ok("adopt", "b", "in.png", "--route", "images", "--no-commit")
    assert shop.open_entries() == []


def _standing(shop: Shop) -> list[open_purchases.Standing]:
    root, conditions = shop.place.root, shop.conditions()
    found, _ = open_purchases.open_purchases(root, conditions, open_workspace(root, conditions))
    return found
