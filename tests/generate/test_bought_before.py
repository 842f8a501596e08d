"""An image that was bought before is made from what is kept of the purchase, not bought again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from assetgen.plan.decide import Action
from assetgen.record import record
from tests.support.adopting import decision, digest
from tests.support.branches import alternatives, commit, findings, runs
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop


@pytest.fixture
def shop(place: Place) -> Iterator[Shop]:
    with Provider() as provider:
        yield Shop(place, provider)


def _changed(place: Place, old: str, new: str) -> None:
    text = place.read("assets.toml").decode()
    assert old in text
    place.manifest(text.replace(old, new))


_THERE = {
    "prompt": ("paper plane leaving", "paper boat leaving"),
    "size": ("1024x1024", "1536x1024"),
    "quality": ('"low"', '"high"'),
    "take": ('alt = "A paper plane"', 'alt = "A paper plane"\ntake = 2'),
}


@pytest.mark.parametrize("change", _THERE.values(), ids=_THERE)
def test_back_to_an_earlier_request_costs_nothing(change: tuple[str, str], shop: Shop) -> None:
    place = shop.place
    shop.wants("a")
    first = shop.buys()
    before = digest(place, "public/a.png")
    commit(place)
    _changed(place, *change)
    shop.buys()
    assert shop.provider.billed == 2
    commit(place)
    _changed(place, *reversed(change))
    assert decision(place).action is Action.DERIVE
    again = shop.buys()
    parts = ("intent", "request", "response", "original", "cost")
    assert [again[part] for part in parts] == [first[part] for part in parts]
    assert (digest(place, "public/a.png"), shop.provider.billed) == (before, 2)
    assert not findings(place)
    shop.buys(force=True)
    assert shop.provider.billed == 3


def _stating(place: Place, prompts: str) -> None:
    text = place.read("assets.toml").decode()
    place.manifest(f'[project]\nrecord_prompts = "{prompts}"\n' + text)


@pytest.mark.parametrize("prompts", ["text", "digest"])
def test_a_renamed_asset_gets_what_was_bought_under_its_former_id(prompts: str, shop: Shop) -> None:
    place = shop.place
    shop.wants("a")
    _stating(place, prompts)
    shop.buys()
    before = digest(place, "public/a.png")
    for path in ("public/a.png", record.place("a")):
        (place.root / path).unlink()
    shop.wants("b", "c")  # the purchase was of one image
    _stating(place, prompts)
    shop.buys()
    assert (digest(place, "public/b.png"), shop.provider.billed) == (before, 2)
    assert place.record("b")["formerly"] == ["a"] and not findings(place)


def test_an_image_made_from_another_one_that_changes_is_bought(shop: Shop) -> None:
    place = shop.place
    shop.wants("b", more='inputs = ["in.png"]')
    place.picture("in.png", (512, 512))
    shop.buys()
    place.picture("in.png", (640, 640))
    shop.buys()
    assert shop.provider.billed == 2
    place.picture("in.png", (512, 512))
    shop.buys()
    assert shop.provider.billed == 2


def _emptied(place: Place) -> None:
    place.write(record.place("a"), b"")


def _edited(place: Place) -> None:
    place.write(record.place("a"), place.read(record.place("a")).replace(b"cover", b"other"))


@pytest.mark.parametrize("damage", [_emptied, _edited])
def test_a_damaged_record_without_its_file_is_replaced_for_free(
    damage: Callable[[Place], None], shop: Shop
) -> None:
    place = shop.place
    shop.wants("a")
    shop.buys()
    before, kept = digest(place, "public/a.png"), place.read(record.place("a"))
    damage(place)
    (place.root / "public/a.png").unlink()
    cure = shop.fails().cure
    assert {str(one.cure) for one in findings(place)} == {str(cure)}
    [command] = alternatives(cure)
    runs(place, command)
    assert digest(place, "public/a.png") == before and not findings(place)
    assert place.read(record.place("a")) == kept and shop.provider.billed == 1
