"""A refined image that moves, or whose record was written before, is not bought again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from assetgen.plan.workspace import open_workspace
from tests.support import former_steps
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import Shop

SAYS = ("warmer light", "a red door")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


@pytest.fixture
def shop(place: Place, provider: Provider) -> Shop:
    return Shop(place, provider)


def refined(shop: Shop, steps: int, more: str = "") -> None:
    """Buy an image and refine it in steps; all of it is committed."""
    shop.wants("a", more=more)
    shop.place.git("add", "-A")
    shop.place.git("commit", "-q", "-m", "site")
    assert shop.run("generate").code == 0
    for say in SAYS[:steps]:
        assert shop.run("refine", "a", say).code == 0


def edit(shop: Shop, old: str, new: str) -> None:
    text = shop.place.read("assets.toml").decode()
    assert old in text
    shop.place.manifest(text.replace(old, new))


def states(shop: Shop) -> list[tuple[str, str]]:
    return [(one["state"], one["action"]) for one in shop.run("plan", "--all", "--json").data]


def files(shop: Shop) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (shop.place.root / "public").rglob("*.*")}


_FORMS = pytest.mark.parametrize("is_former", [False, True], ids=["now", "former"])
_STEPS = pytest.mark.parametrize("steps", [pytest.param(1, marks=pytest.mark.more), 2])
_VARIANTS = pytest.mark.parametrize(
    "more",
    [pytest.param("", marks=pytest.mark.more), 'variants = { widths = [320], formats = ["webp"] }'],
    ids=["plain", "variants"],
)


@_FORMS
@_STEPS
@_VARIANTS
def test_another_path_moves_a_refined_image_for_free(
    shop: Shop, steps: int, more: str, is_former: bool
) -> None:
    refined(shop, steps, more)
    before = files(shop)
    if is_former:
        assert former_steps.rewrite(shop.place, "a", "public/a.png") == steps
    assert states(shop) == [("fresh", "nothing")]
    edit(shop, "public/a.png", "public/b/a.png")
    assert states(shop) == [("missing", "derive")]
    ran = shop.run("generate")
    assert ran.code == 0, ran.out + ran.err
    assert (files(shop), shop.provider.billed) == (before, steps + 1)
    assert shop.place.has("public/b/a.png") and not shop.place.has("public/a.png")
    assert states(shop) == [("fresh", "nothing")]
    checked = shop.run("check", "--rehash")
    assert checked.code == 0, checked.out + checked.err
    assert len(shop.place.record("a")["refined"]) == steps


@_FORMS
@_STEPS
def test_a_file_moved_by_git_is_adopted_with_its_record(
    shop: Shop, steps: int, is_former: bool
) -> None:
    refined(shop, steps)
    if is_former:
        former_steps.rewrite(shop.place, "a", "public/a.png")
        shop.place.git("commit", "-q", "-a", "-m", "as it was")
    shop.place.git("mv", "public/a.png", "public/b.png")
    edit(shop, "public/a.png", "public/b.png")
    ran = shop.run("adopt", "a", "public/b.png")
    assert ran.code == 0, ran.out + ran.err
    assert states(shop) == [("fresh", "nothing")]
    assert shop.run("generate").code == 0 and shop.provider.billed == steps + 1
    checked = shop.run("check", "--rehash")
    assert checked.code == 0, checked.out + checked.err
    assert shop.run("refine", "a", "--undo").code == 0 and shop.provider.billed == steps + 1


@_FORMS
def test_another_path_and_id_move_it_too(shop: Shop, is_former: bool) -> None:
    refined(shop, 2)
    before = files(shop)
    approved = shop.run("approve", "a")
    assert approved.code == 0, approved.err
    if is_former:
        former_steps.rewrite(shop.place, "a", "public/a.png")
        shop.place.git("commit", "-q", "-a", "-m", "as it was")
    edit(shop, 'id = "a"\n', 'id = "b"\n')
    edit(shop, "public/a.png", "public/b.png")
    shop.place.git("mv", "public/a.png", "public/b.png")
    ran = shop.run("adopt", "b", "public/b.png")
    assert ran.code == 0, ran.out + ran.err
    assert list(files(shop).values()) == list(before.values())
    assert shop.run("generate").code == 0 and shop.provider.billed == 3
    assert states(shop) == [("fresh", "nothing")]
    checked = shop.run("check", "--rehash")
    assert checked.code == 0, checked.out + checked.err
    assert json.loads(shop.run("show", "b", "--json").out)["approved"] is True


# -- records in the earlier form -------------------------------------------------------------------


def _undo(shop: Shop) -> None:
    for _ in SAYS:
        assert shop.run("refine", "a", "--undo").code == 0


def _undo_and_do(shop: Shop) -> None:
    assert shop.run("refine", "a", "--undo").code == 0
    assert shop.run("refine", "a", SAYS[-1]).code == 0
    assert len(shop.place.record("a")["refined"]) == 2


def _lose_the_record(shop: Shop) -> None:
    shop.place.git("rm", "-q", "public/a.png", ".assetgen/records/a.json")
    shop.place.git("commit", "-q", "-m", "lost")
    assert shop.run("generate").code == 0


def _approve(shop: Shop) -> None:
    assert shop.run("approve", "a").code == 0
    assert shop.run("show", "a", "--json").data["approved"] is True
    [line] = shop.run("plan", "--all").out.splitlines()
    assert line.endswith("free)  approved")


def _approved_before(shop: Shop) -> None:
    edit(shop, "public/a.png", "public/b.png")
    assert shop.run("generate").code == 0


_DONE: dict[str, Callable[[Shop], None]] = {
    "undo": _undo,
    "undo and do": _undo_and_do,
    "lose": _lose_the_record,
    "approve": _approve,
    "move": _approved_before,
}


@pytest.mark.parametrize("what", every(3, _DONE))
def test_a_record_of_before_is_as_good_as_one_of_now(shop: Shop, what: str) -> None:
    refined(shop, 2)
    assert former_steps.rewrite(shop.place, "a", "public/a.png") == 2
    shop.place.git("commit", "-q", "-a", "-m", "as it was")
    assert shop.run("check", "--rehash").code == 0
    _DONE[what](shop)
    assert states(shop) == [("fresh", "nothing")]
    assert shop.provider.billed == 3
    shown = shop.run("show", "a").out
    if what != "undo":
        assert "input      the image before this step, sha256 " in shown
    assert shop.run("diff", "HEAD~1").code == 0
    assert shop.run("check", "--rehash").code == 0


def test_a_reformulated_record_is_no_change(shop: Shop) -> None:
    refined(shop, 1)
    former_steps.rewrite(shop.place, "a", "public/old.png")
    assert "intent" not in shop.run("diff", "HEAD").out
    assert states(shop) == [("fresh", "nothing")]


def test_candidates_of_a_step_of_before_are_picked(shop: Shop) -> None:
    refined(shop, 0)
    assert shop.run("refine", "a", "warmer light", "--candidates", "2").code == 0
    at = ".assetgen/candidates/a.json"
    former_steps.rewrite_candidates(shop.place, at, "public/a.png")
    edit(shop, "public/a.png", "public/b.png")
    assert states(shop) == [("undecided", "choose")]
    ran = shop.run("pick", "a", "2")
    assert ran.code == 0, ran.out + ran.err
    assert states(shop) == [("fresh", "nothing")] and shop.provider.billed == 3


def test_an_open_purchase_of_before_is_put_into_place(shop: Shop, place: Place) -> None:
    refined(shop, 0)
    shop.provider.fault("reset_after")
    assert shop.run("refine", "a", "warmer light").code == 12
    now, former = open_workspace(shop.place.root, shop.conditions()).wish("a").keys
    former_steps.rewrite_log(shop.place, now, former)
    assert shop.run("doctor", "--json").data is not None
    assert shop.run("generate").code == 12
    assert shop.provider.billed == 2


# -- other clones ----------------------------------------------------------------------------------


@_FORMS
@_STEPS
def test_undo_in_another_clone_takes_the_image_from_git(
    shop: Shop, steps: int, is_former: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    refined(shop, steps)
    if is_former:
        former_steps.rewrite(shop.place, "a", "public/a.png")
        shop.place.git("commit", "-q", "-a", "-m", "as it was")
    folder = tmp_path_factory.mktemp("clone")
    shop.place.git("clone", "-q", str(shop.place.root), str(folder / "site"))
    shop.place.git("-C", str(folder / "site"), "log", "-1")
    other = Shop(Place(folder / "site", folder / "home"), shop.provider)
    for _ in range(steps):
        ran = other.run("refine", "a", "--undo")
        assert ran.code == 0, ran.out + ran.err
    assert states(other) == [("fresh", "nothing")]
    assert "refined" not in other.place.record("a")
    first = shop.place.git("rev-list", "--max-parents=1", "--reverse", "HEAD", "--", "public/a.png")
    shop.place.git("checkout", "-q", first.split()[0])
    assert other.place.read("public/a.png") == shop.place.read("public/a.png")
    assert shop.provider.billed == steps + 1
    checked = other.run("check", "--rehash")
    assert checked.code == 0, checked.out + checked.err
