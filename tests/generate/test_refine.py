"""Refining: each step is an edit of the image of the step before, declared in assets.toml."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


@pytest.fixture
def shop(place: Place, provider: Provider) -> Shop:
    made = Shop(place, provider)
    made.wants("a")
    assert made.run("generate").code == 0
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "site")
    return made


def record(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = shop.place.record("a")
    return found


def plan(shop: Shop) -> dict[str, Any]:
    [planned] = shop.run("plan", "--json").data
    found: dict[str, Any] = planned
    return found


def bought(shop: Shop) -> int:
    """How many images are on the bill, as the records have it."""
    bills = shop.run("cost", "--json").data["surfaces"]
    return sum(total["pictures"] for bill in bills for total in bill["totals"])


def test_a_step_is_declared_bought_recorded_and_committed(shop: Shop) -> None:
    before = record(shop)
    ran = shop.run("refine", "a", "warmer light")
    assert ran.code == 0, ran.out + ran.err
    assert shop.place.git("status", "--porcelain") == ""
    assert b'[[asset.refine]]\nsay = "warmer light"\n' in shop.place.read("assets.toml")
    after = record(shop)
    assert after["request"]["body"]["image"] == [before["original"]["digest"]]
    assert after["inputs"][0]["role"] == "parent"
    [step] = after["refined"]
    assert step["original"] == before["original"] and step["request"] == before["request"]
    assert shop.provider.billed == 2
    assert plan(shop)["state"] == "fresh"
    assert shop.run("check").code == 0
    assert bought(shop) == 2
    shown = shop.run("show", "a").out
    assert "original   1024x1024 image/png\n" in shown
    assert "first      An illustration for the cover of an article: A paper plane" in shown
    assert "step 1     warmer light  (request req_" in shown


def test_undoing_the_last_step_is_free_and_so_is_doing_it_again(shop: Shop) -> None:
    picture = shop.place.read("public/a.png")
    assert shop.run("refine", "a", "warmer light").code == 0
    refined = shop.place.read("public/a.png")
    ran = shop.run("refine", "a", "--undo")
    assert ran.code == 0, ran.out + ran.err
    assert shop.place.read("public/a.png") == picture != refined
    assert b"refine" not in shop.place.read("assets.toml")
    assert shop.run("refine", "a", "warmer light").code == 0
    assert shop.place.read("public/a.png") == refined
    assert shop.provider.billed == 2
    assert shop.run("check").code == 0


def test_another_base_buys_the_chain_anew_and_plan_prices_each_step(shop: Shop) -> None:
    assert shop.run("refine", "a", "warmer light").code == 0
    assert shop.run("refine", "a", "a red door").code == 0
    assert (shop.provider.billed, len(record(shop)["refined"])) == (3, 2)
    first = plan(shop)
    assert first["state"] == "fresh"
    text = shop.place.read("assets.toml").decode()
    shop.place.manifest(text.replace("A paper plane", "A paper boat"))
    planned = plan(shop)
    assert planned["reasons"][0]["field"] == "prompt"
    assert planned["estimate"]["images"] == 3
    ran = shop.run("generate")
    assert ran.code == 0, ran.out + ran.err
    assert shop.provider.billed == 6 and shop.open_entries() == []
    assert len(record(shop)["refined"]) == 2
    assert plan(shop)["state"] == "fresh"
    shop.place.manifest(text)  # all of it was bought before
    assert shop.run("generate").code == 0
    assert shop.provider.billed == 6


def test_diff_names_the_steps_that_were_added_and_taken_out(shop: Shop) -> None:
    shop.provider.repaints = _nudged
    assert shop.run("refine", "a", "warmer light", "--box", "0,0,64,64").code == 0
    lines = shop.run("diff", "HEAD~1").out.splitlines()
    assert lines[1].split(maxsplit=1) == ["refine", "warmer light in [0, 0, 64, 64]"], lines
    assert not any("prompt" in line or "after" in line for line in lines)
    assert shop.run("refine", "a", "a red door").code == 0
    [change] = shop.run("diff", "HEAD~1", "--json").data["changes"]
    assert [tuple(one.values()) for one in change["fields"]] == [("refine", None, "a red door")]
    assert shop.run("refine", "a", "--undo").code == 0
    assert "refine a red door -> none" in shop.run("diff", "HEAD~1").out


# -- a part of the image ---------------------------------------------------------------------------


def _nudged(data: bytes, box: tuple[int, int, int, int] | None = None, shift: int = 0) -> bytes:
    """Every pixel a little different, as a model that draws all of it again leaves them."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    made = Image.new("RGB", image.size)
    made.paste(image.point(lambda value: value ^ 1), (shift, shift))
    if box:
        made.paste((255, 0, 0), box)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def pixels(shop: Shop) -> Image.Image:
    return Image.open(io.BytesIO(shop.place.read("public/a.png"))).convert("RGB")


def test_what_is_outside_a_box_stays_as_it_was(shop: Shop) -> None:
    before = pixels(shop)
    shop.provider.repaints = lambda data: _nudged(data, (300, 300, 500, 500))
    ran = shop.run("refine", "a", "a red door", "--box", "300,300,200,200")
    assert ran.code == 0, ran.out + ran.err
    after = pixels(shop)
    assert after.getpixel((400, 400)) == (255, 0, 0)
    for image in (before, after):
        image.paste(0, (300, 300, 500, 500))
    assert after.tobytes() == before.tobytes()
    [step, *_] = record(shop)["derive"]["steps"]
    assert (step["op"], step["left"]) == ("keep-outside", 0)
    assert step["changed"] == step["outside"] == 1024 * 1024 - 200 * 200
    assert shop.run("check", "--rehash").code == 0
    parent = record(shop)["original"]["digest"]
    assert shop.run("refine", "a", "warmer light").code == 0
    assert record(shop)["request"]["body"]["image"] == [parent]


def test_an_image_of_16_bits_has_8_after_its_outside_was_put_back_and_that_is_said(
    shop: Shop,
) -> None:
    deep = Image.new("I;16", (1024, 1024))
    out = io.BytesIO()
    deep.save(out, "PNG")
    shop.place.write("in/deep.png", out.getvalue())
    assert shop.run("adopt", "a", "in/deep.png", "--force").code == 0
    shop.provider.repaints = lambda data: _nudged(data, (300, 300, 500, 500))
    ran = shop.run("refine", "a", "a red door", "--box", "300,300,200,200")
    assert ran.code == 0 and "note  a: 16 bits of each channel became 8" in ran.out + ran.err
    again = shop.run("refine", "a", "a blue door", "--box", "300,300,200,200")
    assert again.code == 0 and "16 bits" not in again.out + again.err


def test_steps_are_left_out_of_batches_and_that_is_said(shop: Shop) -> None:
    assert shop.run("refine", "a", "warmer light").code == 0
    text = shop.place.read("assets.toml").decode()
    shop.place.manifest(text.replace("A paper plane", "A paper boat"))
    for arguments in (("plan", "--batch"), ("generate", "--batch")):
        ran = shop.run(*arguments)
        words = "left  a: steps are not bought in a batch; without --batch, generate buys them"
        assert (ran.code, shop.provider.billed) == (0, 2) and words in ran.out, ran.out + ran.err


def test_a_part_that_cannot_be_put_back_is_kept_as_a_candidate(shop: Shop) -> None:
    before = shop.place.read("public/a.png")
    shop.provider.repaints = lambda data: _nudged(data, shift=60)
    ran = shop.run("refine", "a", "a red door", "--box", "300,300,200,200")
    assert "outside the mask, so nothing was put back" in ran.out + ran.err
    assert shop.place.read("public/a.png") == before
    assert plan(shop)["state"] == "undecided"
    undone = shop.run("refine", "a", "--undo")
    assert undone.code == 0 and plan(shop)["state"] == "fresh", undone.out + undone.err
    assert shop.place.git("status", "--porcelain") == ""
    assert shop.run("refine", "a", "a red door", "--box", "300,300,200,200").code == 0
    picked = shop.run("pick", "a", "1")
    assert picked.code == 0, picked.out + picked.err
    assert plan(shop)["state"] == "fresh" and shop.provider.billed == 2
    assert shop.open_entries() == []


def test_a_mask_of_a_plain_edit_is_kept_too(shop: Shop) -> None:
    mask = Image.new("RGBA", (1024, 1024), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 100, 100))
    out = io.BytesIO()
    mask.save(out, "PNG")
    shop.place.write("assets/mask.png", out.getvalue())
    shop.place.write("assets/photo.png", shop.place.read("public/a.png"))
    before = pixels(shop)
    shop.provider.repaints = _nudged
    shop.wants("a", more='inputs = ["assets/photo.png"]\nmask = "assets/mask.png"')
    assert shop.run("generate").code == 0
    after = pixels(shop)
    assert after.getpixel((500, 500)) == before.getpixel((500, 500))
    assert after.getpixel((50, 50)) != before.getpixel((50, 50))
    assert record(shop)["derive"]["steps"][0]["op"] == "keep-outside"


def test_candidates_of_a_step_are_picked_and_the_step_before_stays_known(shop: Shop) -> None:
    assert shop.run("refine", "a", "warmer light", "--candidates", "3").code == 0
    assert plan(shop)["state"] == "undecided" and shop.provider.billed == 4
    assert b"candidates = 3" in shop.place.read("assets.toml")
    assert shop.run("pick", "a", "2").code == 0
    assert len(record(shop)["candidates"]) == 3 and len(record(shop)["refined"]) == 1
    assert bought(shop) == 4


# -- refused ---------------------------------------------------------------------------------------

_REFUSED = {
    "a box outside": (("x", "--box", "1000,0,100,100"), 2, "is not inside the image, which has"),
    "a mask outside": (("x", "--mask", "/tmp/m.png"), 2, "is outside the project"),
    "no mask": (("x", "--mask", "assets/no.png"), 2, "does not exist"),
    "a mask of another size": (("x", "--mask", "assets/small.png"), 2, "is 8x8, but"),
    "a mask without alpha": (("x", "--mask", "assets/opaque.png"), 2, "has no alpha channel"),
    "blank words": ((" ",), 2, "TEXT"),
    "too many candidates": (("x", "--candidates", "99"), 2, "candidates"),
    "no step": (("--undo",), 2, "has no step to take out"),
}


@pytest.mark.parametrize("name", _REFUSED)
def test_bad_input_is_refused_before_anything_is_sent_or_written(shop: Shop, name: str) -> None:
    arguments, code, words = _REFUSED[name]
    for file, mode in (("small", "RGBA"), ("opaque", "RGB")):
        out = io.BytesIO()
        Image.new(mode, (8, 8)).save(out, "PNG")
        shop.place.write(f"assets/{file}.png", out.getvalue())
    before = shop.place.read("assets.toml")
    ran = shop.run("refine", "a", *arguments)
    assert (ran.code, shop.provider.billed) == (code, 1), ran.out + ran.err
    assert words in ran.err
    assert shop.place.read("assets.toml") == before


def test_a_refused_request_leaves_the_manifest_as_it_was(shop: Shop) -> None:
    before = shop.place.read("assets.toml")
    shop.provider.fault("moderation_input")
    assert shop.run("refine", "a", "something forbidden").code == 6
    assert shop.place.read("assets.toml") == before
    assert plan(shop)["state"] == "fresh"


def test_an_unknown_outcome_keeps_the_step_and_buys_nothing_more(shop: Shop) -> None:
    shop.provider.fault("reset_after")
    assert shop.run("refine", "a", "warmer light").code == 12
    assert b"warmer light" in shop.place.read("assets.toml")
    assert shop.run("generate").code == 12
    assert shop.provider.billed == 2
