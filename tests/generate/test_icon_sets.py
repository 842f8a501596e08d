"""Favicon sets through the commands: made, recorded, changed, removed, bought once, refused."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

_SET = 'variants = { set = "favicon" }\n'
_NAMES = {
    *("icon.png", "favicon.ico", "apple-touch-icon.png"),
    *(f"icon-{side}.png" for side in (16, 32, 48, 96, 192, 512)),
    *("icon-maskable-192.png", "icon-maskable-512.png"),
}


def _asset(
    name: str = "icon", path: str = "public/icon.png", more: str = _SET, **values: str
) -> str:
    texts = ", ".join(f'{key} = "{value}"' for key, value in (values or {"text": "A"}).items())
    entry = f'[[asset]]\nid = "{name}"\nkind = "icon"\npath = "{path}"\nalt = ""\n'
    return f"{entry}{more}values = {{ {texts} }}\n"


def _said(place: Place, *arguments: str) -> str:
    ran = place.run(*arguments)
    assert ran.code, ran
    return ran.out + ran.err


def _here(place: Place) -> set[str]:
    return {path.name for path in (place.root / "public").iterdir()}


def test_a_set_is_made_recorded_checked_and_removed(place: Place) -> None:
    place.manifest(_asset())
    place.ok("generate")
    assert _here(place) == _NAMES
    assert {Path(one["path"]).name for one in place.record("icon")["observed"]} == _NAMES
    assert "11 files of 1 picture match" in place.ok("check").out
    assert "fresh" in place.ok("plan", "--all").out
    (place.root / "public/favicon.ico").unlink()
    assert "public/favicon.ico: missing" in _said(place, "check")
    place.ok("generate")
    place.ok("check")
    place.manifest(_asset(more=""))
    place.ok("generate")
    assert _here(place) == {"icon.png"}


def test_a_heavy_set_is_not_told_to_change_its_format(place: Place) -> None:
    place.manifest(_asset(more=f"max_kb = 2\n{_SET}"))
    place.ok("generate")
    found = place.run("check", "--json").data["findings"]
    assert {"public/icon.png", "public/favicon.ico"} <= {one["path"] for one in found}
    assert {one["cure"] for one in found} == {"show less in the image, or write a larger max_kb"}


def test_a_changed_icon_is_accepted_and_keeps_its_mark(place: Place) -> None:
    place.manifest(_asset())
    place.ok("generate")
    own = io.BytesIO()
    Image.new("RGBA", (48, 48), "#2a7").save(own, "ICO", sizes=[(16, 16), (48, 48)])
    place.write("public/favicon.ico", own.getvalue())
    assert "assetgen accept icon" in _said(place, "check")
    place.ok("accept", "icon")
    kept = Image.open(io.BytesIO(place.read("public/favicon.ico"))).convert("RGB")
    assert (kept.size, kept.getpixel((9, 9))) == ((48, 48), (0x22, 0xAA, 0x77))
    place.ok("check")
    assert "1 fresh" in place.ok("generate").out


def test_a_file_that_is_no_icon_is_not_accepted(place: Place) -> None:
    place.manifest(_asset())
    place.ok("generate")
    place.write("public/favicon.ico", b"mine")
    said = _said(place, "accept", "icon")
    assert "public/favicon.ico: this is not a PNG" in said and "assetgen generate" in said
    (place.root / "public/favicon.ico").unlink()
    place.ok("generate")
    place.ok("check")


def test_a_favicon_that_a_site_has_already_is_not_taken_for_the_image(place: Place) -> None:
    place.write("public/favicon.ico", b"mine")
    place.manifest(_asset())
    said = _said(place, "generate")
    assert "move public/favicon.ico to another folder" in said and "adopt" not in said
    assert _here(place) == {"favicon.ico"}
    (place.root / "public/favicon.ico").rename(place.root / "old.ico")
    place.ok("generate")
    place.ok("check")


def test_a_changed_file_of_a_set_is_not_overwritten(place: Place) -> None:
    place.manifest(_asset())
    place.ok("generate")
    place.write("public/favicon.ico", b"mine")
    place.manifest(_asset(text="B"))
    assert "public/favicon.ico was changed" in _said(place, "generate")
    assert place.read("public/favicon.ico") == b"mine"


def test_the_record_of_a_set_is_proved_against_its_files(place: Place) -> None:
    place.manifest(_asset())
    place.ok("generate")
    place.ok("check", "--release")


def test_two_sets_in_one_folder_collide(place: Place) -> None:
    place.manifest(_asset() + _asset("other", "public/other.png"))
    said = _said(place, "plan")
    for name in ("favicon.ico", "apple-touch-icon.png"):
        assert f"public/{name} is already written by asset 'icon'" in said


def test_mistakes_are_reported_together(place: Place) -> None:
    place.manifest(
        _asset("own", "public/a/apple-touch-icon.png")
        + _asset("webp", "public/b/icon.webp")
        + _asset("wide", "public/c/icon.png", _SET + "fit = { width = 600, height = 300 }\n")
        + _asset("more", "public/d/icon.png", 'variants = { set = "favicon", widths = [3] }\n')
        + _asset("odd", "public/e/icon.png", 'variants = { set = "stickers" }\n')
    )
    said = _said(place, "plan")
    assert "stickers" in said
    place.manifest(place.read("assets.toml").decode().replace("stickers", "favicon"))
    said = _said(place, "plan")
    assert "is also the name of another file of" in said
    assert "needs a PNG, and public/b/icon.webp is webp" in said
    assert "needs a square image, and fit is 600x300" in said
    assert "so variants.widths has no effect" in said


def test_a_set_from_too_little_is_one_error(place: Place) -> None:
    place.picture("photo.png", (40, 40))
    place.manifest(
        _asset("pic", layout="avatar", picture="photo.png")
        + _asset("small", "public/s/icon.png", _SET + 'size = "256x256"\n')
        + _asset("wide", "public/w/icon.png", _SET + 'size = "1200x630"\n')
        + _asset("mine", "public/m/icon.png")
    )
    said = _said(place, "generate", "pic", "small", "wide")
    assert said.count("photo.png has 40x40 pixels") == 1
    assert "and this one has 256x256" in said
    assert "and this one has 1200x630" in said
    said = _said(place, "adopt", "mine", "photo.png")
    assert said.count("and this one has 40x40") == 1
    assert not (place.root / "public").exists()


def test_letters_that_are_too_small_in_the_smallest_icon_get_a_note(place: Place) -> None:
    place.manifest(_asset(text="Hello") + _asset("ok", "public/ok/icon.png", text="AG"))
    said = place.ok("generate").out
    assert said.count("in the icon of 16 pixels, the type is") == 1
    assert "note  icon" in said


def test_a_file_of_ones_own_can_have_a_set(place: Place) -> None:
    place.picture("photo.png", (800, 800))
    place.manifest(_asset("mine"))
    place.ok("adopt", "mine", "photo.png")
    assert _here(place) == _NAMES
    with Image.open(place.root / "public/apple-touch-icon.png") as touch:
        assert (touch.size, touch.mode) == ((180, 180), "RGB")


def test_a_painted_image_is_bought_once_and_its_set_is_derived(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.wants("icon")
        text = place.read("assets.toml").decode()
        shop.buys()
        assert len(posts(provider)) == 1
        place.manifest(text + _SET)
        shop.buys()
        assert len(posts(provider)) == provider.billed == 1
        assert _here(place) == _NAMES
