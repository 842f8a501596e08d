"""draft = true: a placeholder that says what is missing, until its author removes the key."""

from __future__ import annotations

import pytest

from assetgen.image import decode
from tests.support.place import Place
from tests.support.planning import Kept, painted

_CHART = """
[defaults]
route = "images"

[[asset]]
id = "chart"
kind = "infographic"
path = "public/chart.png"
alt = "With the cache 80 ms"
draft = true
route = "local"
[asset.values]
layout = "bars"
"""
_FINISHED = 'categories = ["a"]\ntitle = "80 ms"\nseries = [{ values = [80] }]\n'
_SMALL = """
[[asset]]
id = "small"
kind = "ui"
path = "public/small.webp"
alt = "\u56fe\u7247"
draft = true
prompt = "one day"
background = "transparent"
fit = { width = 16, height = 8 }
"""


def test_a_draft_buys_nothing_until_its_author_finishes_it(place: Place) -> None:
    place.manifest(_CHART + _SMALL)
    assert place.ok("generate", "--free").out.count("draft ") == 2
    small = decode.facts(place.read("public/small.webp"))
    assert (small.width, small.height) == (16, 8)
    assert place.record("chart")["storage"]["decision"] == "draft"
    assert place.ok("plan").out.count("draft = true in assets.toml") == 2
    found = place.ok("check").out
    assert "0 errors, 2 warnings" in found
    assert "assetgen layouts infographic/bars" in found
    assert place.run("check", "--release").code == 1
    assert "0 drafts" not in place.ok("generate", "--free").out

    place.picture("in.png")
    assert "says draft = true" in place.run("adopt", "chart", "in.png").err
    before = place.read("public/chart.png")
    place.manifest(_CHART.replace("draft = true\n", "") + _FINISHED)
    assert "made " in place.ok("generate").out
    assert place.read("public/chart.png") != before
    assert place.record("chart")["storage"]["decision"] == "commit"


def test_the_words_of_a_draft_decide_whether_it_is_drawn_again() -> None:
    kept = Kept()
    kept.generate(_CHART, storage={"decision": "draft"})

    def verdict(text: str) -> tuple[str, str]:
        [one] = kept.decide(text).values()
        return one.state, one.action

    assert verdict(_CHART) == ("draft", "nothing")
    assert verdict(_CHART.replace("80 ms", "81 ms")) == ("draft", "draw")
    assert verdict(_CHART.replace("draft = true\n", "") + _FINISHED) == ("draft", "draw")


def test_a_draft_never_replaces_an_image_that_was_bought() -> None:
    kept = Kept()
    kept.generate(painted())
    drafted = painted("p", "draft = true")
    assert kept.decide(drafted)["p"].action == "refuse"
    del kept.files["public/p.webp"]
    assert kept.decide(drafted)["p"].action == "refuse"


def test_no_model_is_sent_the_placeholder_of_a_draft() -> None:
    text = painted("p", "draft = true") + painted("q", 'inputs = ["@p"]')
    assert "@p, which is a draft" in str(Kept().decide(text)["q"].problem)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (_CHART.replace('"bars"', '"bas"'), "bas"),
        (_CHART.replace('"local"', '"adopted"').partition("[asset.v")[0], "a draft has none"),
    ],
)
def test_a_draft_needs_a_layout_that_exists(place: Place, text: str, what: str) -> None:
    place.manifest(text)
    ran = place.run("plan")
    assert (ran.code, what in ran.err) == (2, True)
