"""Assets with a new id or path keep their image, their record and what was paid for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from PIL import Image

from assetgen.generate import adopt, performer
from assetgen.generate.adopt import Brought
from assetgen.plan import settle
from assetgen.plan.decide import Action
from assetgen.plan.describe import describe
from assetgen.record import record
from tests.support.adopting import KEPT, LATER, decision, digest, look, photo
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One provider on loopback."""
    with Provider() as running:
        yield running


def test_the_reason_for_a_renamed_asset_names_its_former_id(bare: Place) -> None:
    bare.covers("old")
    performer.generate(bare.root, LATER, bare.environ)
    bare.manifest(bare.read("assets.toml").decode().replace('id = "old"', 'id = "new"'))
    [reason] = decision(bare).reasons
    assert reason.new == "it was made as old, which assets.toml no longer lists"
    assert (
        str(settle.cure(decision(bare)))
        == "assetgen adopt new public/old.png (its record moves with it)"
    )


def test_a_renamed_asset_keeps_its_image_and_its_provenance(place: Place) -> None:
    place.covers("old")
    place.ok("generate")
    before = place.record("old")
    place.manifest(
        place.read("assets.toml")
        .decode()
        .replace('"old"', '"new"')
        .replace("public/old", "public/b")
    )
    place.ok("adopt", "new", "public/old.png")
    after = place.record("new")
    assert [after[part] for part in ("route", "request", "cost")] == [
        before[part] for part in ("route", "request", "cost")
    ]
    assert (after["asset"]["id"], after["formerly"]) == ("new", ["old"])
    assert not place.has("public/old.png")
    assert not place.has(".assetgen/records/old.json")
    assert place.ok("check").out.startswith("assetgen: 1 file")
    assert place.git("status", "--porcelain", "public", ".assetgen") == ""
    place.ok("generate")
    assert place.record("new") == after


def renames(place: Place, *ways: str, old: str = "c", new: str = "cc") -> str:
    """Change the id or path of an asset, or the name of its file; the path of its image then."""
    text = place.read("assets.toml").decode()
    if "id" in ways:
        text = text.replace(f'id = "{old}"', f'id = "{new}"')
    if "path" in ways:
        text = text.replace(f"public/{old}.png", f"public/{new}.png")
    place.manifest(text)
    if "file" in ways:
        (place.root / f"public/{old}.png").rename(place.root / f"public/{new}.png")
    return f"public/{new if 'file' in ways else old}.png"


@pytest.mark.parametrize(
    "ways",
    [("id",), ("id", "path"), ("id", "path", "file")],
    ids=["the id", "id and path", "id, path and the file"],
)
@pytest.mark.parametrize("prompts", ["text", "digest"])
def test_a_renamed_asset_is_one_finding_and_its_cure_keeps_the_purchase(
    ways: tuple[str, ...], prompts: str, bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    bare.manifest(f'[project]\nrecord_prompts = "{prompts}"\n' + bare.read("assets.toml").decode())
    before = shop.buys("c")
    picture = renames(bare, *ways)
    cure = f"assetgen adopt cc {picture} (its record moves with it)"
    [found] = look(bare)
    assert (found.code, found.message, str(found.cure)) == (
        "renamed",
        "asset c was renamed to cc",
        cure,
    )
    failure = shop.fails()
    assert (str(failure.cure), provider.billed) == (cure, 1)
    adopt.adopt(bare.root, "cc", bare.root / picture, Brought(), LATER, bare.environ)
    after = bare.record("cc")
    assert {part: after[part] for part in KEPT} == {part: before[part] for part in KEPT}
    assert after["formerly"] == ["c"]
    assert not bare.has(".assetgen/records/c.json")
    assert [path.name for path in (bare.root / "public").iterdir()] == [
        "cc.png" if "path" in ways else "c.png"
    ]
    assert not look(bare)


def test_a_paid_image_under_a_former_id_is_bought_again_only_with_force(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    shop.buys("c")
    renames(bare, "id", "path")
    assert (
        describe(decision(bare))
        == "public/cc.png does not exist; its image exists under the id c: public/c.png"
    )
    assert (
        "public/cc.png does not exist, but the same picture does, as c: public/c.png; "
        "it is not bought again" in shop.fails().what
    )
    shop.buys(force=True)
    assert provider.billed == 2


def test_a_changed_image_under_a_former_id_is_not_offered(bare: Place, provider: Provider) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    shop.buys("c")
    renames(bare, "id", "path")
    photo(bare.root / "public/c.png")
    assert (decision(bare).action, str(settle.cure(decision(bare)))) == (
        Action.DERIVE,  # from the original, which was kept
        "assetgen generate cc",
    )


def test_an_asset_that_differs_from_the_former_one_is_bought(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    shop.buys("c")
    renames(bare, "id", "path")
    bare.manifest(bare.read("assets.toml").decode().replace("paper plane leaving", "swift leaving"))
    assert decision(bare).action is Action.DRAW


def test_a_local_image_of_a_renamed_asset_is_offered_and_may_be_drawn_again(bare: Place) -> None:
    bare.covers("c")
    performer.generate(bare.root, LATER, bare.environ)
    renames(bare, "id", "path")
    assert (
        str(settle.cure(decision(bare)))
        == "assetgen adopt cc public/c.png (its record moves with it)"
    )
    assert not performer.generate(bare.root, LATER, bare.environ).failed
    assert bare.has("public/cc.png")


def test_a_draft_under_a_former_id_does_not_replace_a_purchase(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    shop.buys("c", draft=True)
    renames(bare, "id", "path")
    assert decision(bare).action is Action.DRAW


def test_a_renamed_and_changed_image_is_accepted_with_its_record(
    bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    before = shop.buys("c")
    renames(bare, "id")
    photo(bare.root / "public/c.png")
    adopt.adopt(bare.root, "cc", bare.root / "public/c.png", Brought(), LATER, bare.environ)
    after = bare.record("cc")
    assert (after["request"], after["formerly"]) == (before["request"], ["c"])
    assert after["accepted"] == {"fields": [], "files": ["public/c.png"]}
    with Image.open(bare.root / "public/c.png") as image:
        assert image.getpixel((5, 5)) == (255, 0, 0)
    assert not look(bare)


@pytest.mark.parametrize("ways", [("path",), ("path", "file")], ids=["the path", "path and file"])
@pytest.mark.parametrize("cached", [True, False], ids=["original kept", "no original"])
def test_an_asset_with_a_new_path_keeps_its_record(
    ways: tuple[str, ...], cached: bool, bare: Place, provider: Provider
) -> None:
    shop = Shop(bare, provider)
    shop.wants("c")
    before = shop.buys("c")
    if not cached:
        shutil.rmtree(bare.root / ".assetgen/cache/originals")
    picture = renames(bare, *ways)
    if "file" not in ways:  # the file under the former path is the original
        assert decision(bare).action is Action.DERIVE
    else:
        assert (
            str(settle.cure(decision(bare)))
            == f"assetgen adopt c {picture} (its record moves with it)"
        )
        assert decision(bare).action is Action.REFUSE
    outcome = adopt.adopt(bare.root, "c", bare.root / picture, Brought(), LATER, bare.environ)
    assert outcome.made[0].removed == (() if "file" in ways else ("public/c.png",))
    after = bare.record("c")
    assert {part: after[part] for part in KEPT} == {part: before[part] for part in KEPT}
    assert "formerly" not in after
    assert [path.name for path in (bare.root / "public").iterdir()] == ["cc.png"]
    assert not look(bare)


def test_a_moved_image_that_is_an_input_is_not_removed(bare: Place) -> None:
    bare.covers("c")
    performer.generate(bare.root, LATER, bare.environ)
    renames(bare, "path")
    other = '[[asset]]\nid = "d"\nkind = "cover"\npath = "public/d.png"\nalt = ""\n'
    other += 'route = "images"\nprompt = "A hill"\n'
    bare.manifest(bare.read("assets.toml").decode() + other + 'inputs = ["public/c.png"]\n')
    adopt.adopt(bare.root, "c", bare.root / "public/c.png", Brought(), LATER, bare.environ)
    assert bare.has("public/c.png")
    assert bare.has("public/cc.png")


def test_adopt_with_a_forged_record_removes_only_images(bare: Place) -> None:
    bare.covers("c")
    performer.generate(bare.root, LATER, bare.environ)
    forged = record.statement(bare.read(record.place("c")))
    for path in ("notes.txt", "public/notes.txt", "notes.png"):
        bare.write(path, path)
        forged["subject"].append({"name": path, "digest": {"sha256": digest(bare, path)}})
    bare.write(record.place("c"), record.write(forged))
    renames(bare, "id")
    adopt.adopt(bare.root, "cc", bare.root / "public/c.png", Brought(), LATER, bare.environ)
    assert [bare.has(path) for path in ("notes.txt", "public/notes.txt", "notes.png")] == [True] * 3


def test_show_prints_the_former_ids(place: Place) -> None:
    place.covers("c")
    performer.generate(place.root, LATER, place.environ)
    assert "formerly" not in place.ok("show", "c").out
    renames(place, "id")
    adopt.adopt(place.root, "cc", place.root / "public/c.png", Brought(), LATER, place.environ)
    assert "\nformerly   c\n" in place.ok("show", "cc").out
