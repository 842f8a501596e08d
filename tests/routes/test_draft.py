"""Drafts: placeholders of the right size that are marked, and that cost nothing."""

from __future__ import annotations

import pytest

from assetgen.image import decode
from assetgen.plan.decide import State
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

WANTED = """
[[asset]]
id = "p"
kind = "{kind}"
path = "public/p.{suffix}"
alt = "{alt}"
route = "{route}"
prompt = "A paper plane"
{more}
"""


def wanted(
    kind: str = "cover",
    suffix: str = "png",
    alt: str = "A plane",
    route: str = "images",
    more: str = "",
) -> str:
    return WANTED.format(kind=kind, suffix=suffix, alt=alt, route=route, more=more)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (wanted(), (1536, 1024)),
        (wanted(more='size = "1024x1536"'), (1024, 1536)),
        (wanted(more="fit = { width = 1200, height = 630 }"), (1200, 630)),
        (wanted(kind="infographic"), (1536, 1024)),
        (wanted(kind="ui", suffix="webp"), (1024, 1024)),
        (wanted(alt=""), (1536, 1024)),
        (wanted(alt="Donaudampfschifffahrtsgesellschaftskapitänsmütze " * 30), (1536, 1024)),
        (wanted(route="codex", suffix="avif"), (1536, 1024)),
        (wanted(more='values = { layout = "split", title = "Maps first" }'), (1536, 1024)),
        (wanted(more='background = "transparent"'), (1536, 1024)),
    ],
    ids=[
        "cover",
        "size",
        "fit",
        "infographic",
        "ui",
        "no alt",
        "long words",
        "codex",
        "its own layout",
        "transparent",
    ],
)
def test_a_draft_has_the_size_of_the_final_image(
    place: Place, text: str, size: tuple[int, int]
) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        place.manifest(text)
        outcome = shop.generate(draft=True)
        assert not outcome.failed
        assert (provider.billed, provider.requests) == (0, [])
    [file] = outcome.made[0].files
    seen = decode.facts(place.read(file))
    assert (seen.width, seen.height) == size
    record = place.record("p")
    assert (record["storage"]["decision"], record["route"]["surface"]) == ("draft", "none")
    assert record["marking"]["digitalSourceType"] == "algorithmicMedia"


def test_the_final_image_replaces_a_draft_without_further_questions(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.wants("p")
        shop.generate(draft=True)
        draft = place.read("public/p.png")
        assert shop.generate(draft=True).made == []
        assert shop.buys()["storage"]["decision"] == "commit"
        assert place.read("public/p.png") != draft
        assert shop.generate(draft=True).made == []
        assert provider.billed == 1


def test_a_draft_is_a_warning_and_for_a_release_an_error(place: Place) -> None:
    place.manifest(wanted())
    place.ok("generate", "--draft")
    assert "draft" in place.ok("check").out
    assert place.run("check", "--release").code == 1
    [found] = place.ok("plan", "--json").data
    assert (found["state"], found["action"]) == (State.DRAFT, "draw")


def test_a_draft_replaces_no_existing_image(place: Place) -> None:
    place.manifest(wanted())
    theirs = place.picture("public/p.png")
    before = theirs.read_bytes()
    ran = place.run("generate", "--draft")
    assert "p" not in [one["id"] for one in place.run("generate", "--draft", "--json").data["made"]]
    assert theirs.read_bytes() == before, ran.out


@pytest.mark.parametrize("other", ["--resume", "--force"])
def test_draft_cannot_be_combined_with_options_that_buy_or_replace(
    place: Place, other: str
) -> None:
    place.manifest(wanted())
    assert place.run("generate", "--draft", other).code == 2
    assert not place.has("public/p.png")
