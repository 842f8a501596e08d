"""What a run buys and counts: no unchanged image, nothing twice, nothing in CI without --pay."""

from __future__ import annotations

import pytest

from assetgen.errors import TrustError, UnknownOutcome
from assetgen.plan.decide import Action, State
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

ONE = '[limits]\n"gateway:g" = { images = 1 }\n'


def test_a_limit_counts_only_what_would_be_bought(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.user_config = ONE
        shop.gateway()
        shop.wants("a", "theirs")
        place.picture("public/theirs.png")
        outcome = shop.generate()
        assert [one.decision.asset.id for one in outcome.made] == ["a"]
        shop.wants("a", "theirs", "b", "c")
        with pytest.raises(
            TrustError, match="this would buy 2 images on gateway:g; the limit for one run is 1"
        ):
            shop.generate()
        assert provider.billed == 1


def test_forced_images_count_towards_the_limit(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.user_config = ONE
        shop.gateway()
        shop.wants("a")
        shop.buys()
        shop.wants("a", "b")
        shop.buys()
        with pytest.raises(TrustError, match="this would buy 2 images"):
            shop.generate(force=True)
        assert provider.billed == 2


def test_ci_buys_nothing_without_pay(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.wants("a")
        shop.environ["CI"] = "true"
        with pytest.raises(TrustError, match="assetgen buys nothing unless told to"):
            shop.generate()
        assert provider.requests == []
        shop.buys(pay=True)
        assert provider.billed == 1
        assert shop.generate().fresh == 1


def test_resume_reports_what_it_cannot_settle_and_buys_nothing(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.wants("a", "b")
        provider.fault("reset_after")
        shop.generate(jobs=1)
        assert provider.billed == 2
        [failure] = shop.generate(resume=True).failed
        assert isinstance(failure.error, UnknownOutcome)
        assert provider.billed == 2


def test_a_new_variant_of_an_input_does_not_make_its_dependents_stale(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.wants("a")
        with_input = place.read("assets.toml").decode() + (
            '[[asset]]\nid = "b"\nkind = "cover"\npath = "public/b.png"\nalt = ""\n'
            'route = "images"\n'
            'prompt = "again"\nsize = "1024x1024"\nquality = "low"\ninputs = ["@a"]\n'
        )
        place.manifest(with_input)
        assert len(shop.generate().made) == 2
        place.manifest(
            with_input.replace("[[asset]]", "[[asset]]\nvariants = { widths = [320] }", 1)
        )
        found = {one["id"]: one for one in place.ok("plan", "--json").data}
        assert (found["a"]["action"], found["b"]["state"]) == (Action.DERIVE, State.FRESH)
        shop.generate()
        assert provider.billed == 2
        place.manifest(
            with_input.replace("[[asset]]", "[[asset]]\nfit = { width = 512, height = 512 }", 1)
        )
        found = {one["id"]: one for one in place.ok("plan", "--json").data}
        assert (found["a"]["action"], found["b"]["state"]) == (Action.DERIVE, State.STALE)


def test_the_commit_of_one_forced_image_names_its_asset(place: Place) -> None:
    place.covers("a", "b")
    place.ok("generate", "--no-commit")
    place.ok("generate", "a", "--force")
    assert place.git("log", "-1", "--format=%s") == "assetgen: a"


def test_plan_exits_with_the_code_of_a_problem(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.wants("a")
        place.manifest(place.read("assets.toml").decode().replace("1024x1024", "1500x1000"))
        ran = shop.run("plan")
        assert ran.code == 4
        assert "1500x1000" in ran.out
        assert provider.requests == []
