"""A picture that is absent is not bought while git, the cache or another path has it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Literal
from unicodedata import normalize

import pytest

from assetgen.fs import home
from assetgen.plan.decide import Action, State
from tests.support.adopting import decision, digest
from tests.support.branches import alternatives, bought, cloned, commit, findings, only, runs
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import Shop


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One provider on loopback."""
    with Provider() as running:
        yield running


def _removed_folder(place: Place) -> None:
    shutil.rmtree(place.root / "public")


def _removed_from_the_index(place: Place) -> None:
    place.git("rm", "-q", "-r", "public")


def _removed_with_its_record(place: Place) -> None:
    shutil.rmtree(place.root / "public")
    shutil.rmtree(place.root / ".assetgen/records")


def _removed_with_its_record_from_the_index(place: Place) -> None:
    place.git("rm", "-q", "-r", "public", ".assetgen/records")


@pytest.mark.parametrize(
    "lose",
    [
        _removed_folder,
        _removed_from_the_index,
        _removed_with_its_record,
        _removed_with_its_record_from_the_index,
    ],
)
def test_an_image_that_only_git_has_is_left_to_git(
    lose: Callable[[Place], None], place: Place, provider: Provider
) -> None:
    shop = cloned(bought(place, provider, "a", "b", more="variants = { widths = [512] }"))
    before = digest(shop.place, "public/a.png")
    lose(shop.place)
    error = shop.fails("a")
    assert "git has it; it is not bought again" in error.what
    assert error.cure == {f.path: f.cure for f in findings(shop.place)}["public/a.png"]
    shop.fails("b")
    for finding in findings(shop.place):
        assert "git restore" in str(finding.cure)
        runs(shop.place, finding.cure)
    assert not findings(shop.place)
    assert (digest(shop.place, "public/a.png"), provider.billed) == (before, 2)
    lose(shop.place)
    shop.buys("a", force=True)
    assert provider.billed == 3


def test_an_image_that_a_sparse_checkout_leaves_out_is_as_in_the_index(
    place: Place, provider: Provider
) -> None:
    place.write("content/a.mdx", "![A paper plane](/a.png)\n")
    shop = Shop(place, provider)
    shop.wants("a")
    place.manifest('[project]\ncontent = ["content/*.mdx"]\n' + place.read("assets.toml").decode())
    shop.buys()
    commit(place)
    shop = cloned(shop)
    for folders in (["content", ".assetgen"], ["content"]):
        shop.place.git("sparse-checkout", "set", *folders)
        assert not shop.place.has("public/a.png")
        assert decision(shop.place).state is State.FRESH
        assert not findings(shop.place) and not findings(shop.place, staged=True)
        assert not shop.generate().made
    assert not shop.place.has("public/a.png") and provider.billed == 1
    shop.place.git("sparse-checkout", "disable")
    assert not findings(shop.place)


def test_a_new_width_is_derived_from_a_published_file_that_is_the_original(
    place: Place, provider: Provider
) -> None:
    shop = cloned(bought(place, provider, "a"))
    shop.wants("a", more="variants = { widths = [512] }")
    assert decision(shop.place).action is Action.DERIVE
    shop.buys()
    assert shop.place.has("public/a-512.png") and provider.billed == 1
    assert not findings(shop.place)


def test_a_new_width_is_derived_from_an_original_that_only_git_has(
    place: Place, provider: Provider
) -> None:
    shop = cloned(bought(place, provider, "a"))
    shutil.rmtree(shop.place.root / "public")
    shop.wants("a", more="variants = { widths = [512] }")
    shop.buys()
    assert shop.place.has("public/a.png") and shop.place.has("public/a-512.png")
    assert provider.billed == 1 and not findings(shop.place)


def test_an_image_of_another_branch_is_made_again_from_the_cache(
    place: Place, provider: Provider
) -> None:
    shop = Shop(place, provider)
    shop.wants("a")
    commit(place)
    place.git("switch", "-q", "-c", "topic")
    before = shop.buys()
    commit(place)
    place.git("switch", "-q", "main")
    assert (place.has("public/a.png"), decision(place).action) == (False, Action.DERIVE)
    after = shop.buys()
    assert provider.billed == 1
    assert {part: after[part] for part in ("route", "request", "response", "cost")} == {
        part: before[part] for part in ("route", "request", "response", "cost")
    }
    assert not findings(place)


def test_an_image_that_git_clean_removed_is_made_again_from_the_cache(
    place: Place, provider: Provider
) -> None:
    shop = Shop(place, provider)
    shop.wants("a")
    commit(place)
    shop.buys()
    place.git("clean", "-q", "-f", "-d")
    shop.buys()
    assert provider.billed == 1 and not findings(place)
    shop.wants("a", more="take = 2")
    shop.buys()
    assert provider.billed == 2


def test_a_paid_image_with_an_unusable_record_is_not_bought_when_its_file_is_gone(
    place: Place, provider: Provider
) -> None:
    shop = bought(place, provider, "a")
    shutil.rmtree(place.root / ".assetgen/cache")
    place.git("rm", "-q", "-r", "--cached", "public/a.png")
    place.git("commit", "-q", "-m", "the file alone")
    place.write(".assetgen/records/a.json", b"{}")
    shutil.rmtree(place.root / "public")
    assert "its record is unusable" in shop.fails().what
    by_code = {finding.code: finding for finding in findings(place)}
    assert by_code.keys() == {"record", "missing"} and provider.billed == 1
    runs(place, str(by_code["missing"].cure).partition(", or ")[0])
    assert [finding.code for finding in findings(place)] == ["missing"]


def test_an_adopted_image_that_only_git_has_is_not_replaced_by_a_layout(place: Place) -> None:
    place.covers("a")
    place.picture("photo.png", size=(1200, 630))
    place.ok("adopt", "a", "photo.png")
    commit(place)
    before = digest(place, "public/a.png")
    shutil.rmtree(place.root / "public")
    shutil.rmtree(place.root / ".assetgen/cache")
    shutil.rmtree(home.of(place.root).path)
    place.write("photo.png", b"")
    ran = place.run("generate")
    assert ran.code == 9 and "git restore -- public/a.png" in ran.out + ran.err
    runs(place, only(findings(place)).cure)
    assert digest(place, "public/a.png") == before


# -- moved -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_clone", [True, False], ids=["no original", "original kept"])
@pytest.mark.parametrize("target", ["public/img/new.png", "art/it's new.png"])
def test_a_moved_image_is_found_by_its_digest(
    target: str, is_clone: bool, place: Place, provider: Provider
) -> None:
    shop = bought(place, provider, "a", more="variants = { widths = [512] }")
    shop = cloned(shop) if is_clone else shop
    (shop.place.root / target).parent.mkdir(parents=True)
    shop.place.git("mv", "public/a.png", target)
    finding = next(one for one in findings(shop.place) if one.code == "missing")
    assert f"it was moved to {target}" in finding.message
    assert "change path in assets.toml" in str(finding.cure)
    assert f"was moved to {target}; it is not bought again" in shop.fails().what
    runs(shop.place, str(finding.cure).partition(" (moves it back)")[0])
    assert not findings(shop.place) and provider.billed == 1


def test_a_moved_image_keeps_its_record_at_its_new_path(place: Place, provider: Provider) -> None:
    shop = cloned(bought(place, provider, "a"))
    shop.place.git("mv", "public/a.png", "public/new.png")
    finding = next(one for one in findings(shop.place) if one.code == "missing")
    text = shop.place.read("assets.toml").decode()
    shop.place.manifest(text.replace("public/a.png", "public/new.png"))
    shop.place.ok(*str(finding.cure).partition("then run: assetgen ")[2].split())
    assert not findings(shop.place) and provider.billed == 1
    assert shop.place.record("a")["route"]["owner"] == "images"


def test_a_file_moved_without_git_is_found(bare: Place, provider: Provider) -> None:
    shop = Shop(bare, provider)
    shop.wants("a")
    shop.buys()
    shutil.rmtree(bare.root / ".assetgen/cache")
    (bare.root / "public/a.png").rename(bare.root / "public/b.png")
    assert "was moved to public/b.png" in shop.fails().what
    assert provider.billed == 1


@pytest.mark.parametrize("name", ["public/a.png", "public/deep/er/a.png"])
@pytest.mark.parametrize(
    "target", every(2, ["assets/b.png", "assets/-x [1]*.png", "assets/:(top)?.png"])
)
@pytest.mark.parametrize("git", [True, False])
def test_a_moved_image_is_moved_back_into_a_folder_that_is_gone(
    git: bool, target: str, name: str, place: Place, provider: Provider
) -> None:
    shop = bought(place, provider, "a")
    place.manifest(place.read("assets.toml").decode().replace("public/a.png", name))
    if name != "public/a.png":
        place.ok("adopt", "a", "public/a.png")
        commit(place)
    (place.root / "assets").mkdir(exist_ok=True)
    if git:
        place.git("mv", "--", name, target)
    else:
        (place.root / name).rename(place.root / target)
    (place.root / name).parent.rmdir() if (place.root / name).parent.exists() else None
    finding = next(one for one in findings(place) if one.code == "missing")
    runs(place, alternatives(finding.cure)[0])
    assert not findings(place)
    assert not shop.generate("a").made


def _as_committed(shop: Shop) -> None:
    """The file is in the working tree."""


def _left_out(shop: Shop) -> None:
    shop.place.git("sparse-checkout", "set", "--no-cone", "/*", "!/src/")


def _only_in_head(shop: Shop) -> None:
    shop.place.git("rm", "-q", "src/z.png")


def _same_id_other_path(shop: Shop) -> None:
    text = shop.place.read("assets.toml").decode()
    shop.place.manifest(text.replace("public/a.png", "public/b.png"))


def _other_id(shop: Shop) -> None:
    shop.wants("b", more=_FITTED)


_FITTED = "fit = { width = 512, height = 512 }"


@pytest.mark.parametrize(
    "then", [_as_committed, _left_out, _only_in_head, _same_id_other_path, _other_id]
)
def test_an_image_that_was_moved_in_an_earlier_commit_is_found(
    then: Callable[[Shop], None], place: Place, provider: Provider
) -> None:
    origin = bought(place, provider, "a", more=_FITTED)
    before = digest(place, "public/a.png")
    (place.root / "src").mkdir()
    place.git("mv", "public/a.png", "src/z.png")
    place.git("commit", "-q", "-m", "moved")
    shop = cloned(origin)
    then(shop)
    error = shop.fails()
    assert "src/z.png" in error.what and "not bought again" in error.what
    runs(shop.place, alternatives(error.cure)[0])
    assert not [one for one in findings(shop.place) if one.code != "unrecorded"]
    assert provider.billed == 1
    name = "public/b.png" if then in (_same_id_other_path, _other_id) else "public/a.png"
    assert then is _left_out or digest(shop.place, name) == before


@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_in_another_form_is_not_a_missing_image(
    form: Literal["NFC", "NFD"], other: Literal["NFC", "NFD"], bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("a")
    text = bare.read("assets.toml").decode()
    bare.manifest(text.replace("public/a.png", normalize(form, "public/\u00e9.png")))
    bare.picture(normalize(other, "public/\u00e9.png"), (1024, 1024))
    error = shop.fails()
    assert f"in the form {other}" in error.what and provider.billed == 0
    runs(bare, error.cure)
    assert "was not made by assetgen" in shop.fails().what
