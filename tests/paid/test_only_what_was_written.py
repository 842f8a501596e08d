"""A gateway is sent what the author wrote, and nothing that only the kind of an asset decides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

PLAIN = """
[gateway.g]
[[asset]]
id = "a"
kind = "cover"
path = "public/a.webp"
alt = ""
route = "{route}"
model = "{model}"
prompt = "A plane"
{more}
"""
OWN: dict[str, dict[str, Any]] = {
    "litellm": {"disable_fallbacks": True},
    "localai": {"response_format": "b64_json"},
}
PROFILES = ("openai", "litellm", "openrouter", "new-api", "azure", "localai")


def _shop(place: Place, provider: Provider, profile: str | None, more: str = "") -> Shop:
    shop = Shop(place, provider)
    if profile:
        shop.gateway(profile=profile)
    model = "openai/gpt-image-2" if profile == "openrouter" else "gpt-image-2"
    place.manifest(PLAIN.format(route=shop.route, model=model, more=more))
    return shop


@pytest.mark.parametrize("profile", [None, *PROFILES], ids=str)
def test_nothing_is_sent_that_no_one_wrote(bare: Place, profile: str | None) -> None:
    with Provider(profile or "openai") as provider:
        shop = _shop(bare, provider, profile)
        outcome = shop.generate()
        assert not outcome.failed
        [seen] = posts(provider)
    body = dict(seen.json or {})
    model = body.pop("model")
    assert "A plane" in body.pop("prompt")
    assert body == OWN.get(profile or "", {})
    found = bare.record("a")
    assert found["intent"]["size"] == "1536x1024"  # that of the kind, so that nothing is stale
    assert found["request"]["body"]["model"] == model
    [remark] = outcome.made[0].remarks
    assert "images of this kind have 1536x1024, which was not requested" in remark
    assert shop.generate().fresh == 1


def test_a_form_has_no_field_that_no_one_wrote(bare: Place) -> None:
    bare.picture("in/a.png", (64, 48))
    with Provider() as provider:
        shop = _shop(bare, provider, "openai", more='inputs = ["in/a.png"]')
        assert not shop.generate().failed
        [seen] = posts(provider)
    assert sorted(seen.fields) == ["model", "prompt"]


def test_a_response_elsewhere_has_no_setting_that_no_one_wrote(bare: Place) -> None:
    with Provider(polls=0) as provider:
        shop = Shop(bare, provider, "responses")
        bare.manifest(PLAIN.format(route="responses", model="gpt-image-2", more=""))
        assert not shop.generate().failed
        body = posts(provider)[0].json or {}
    [tool] = body["tools"]
    assert sorted(tool) == ["action", "model", "type"]


def test_what_was_written_is_sent(bare: Place) -> None:
    more = 'size = "1024x1024"\nquality = "low"\nbackground = "opaque"'
    with Provider() as provider:
        shop = _shop(bare, provider, "openai", more=more)
        outcome = shop.generate()
        assert not outcome.failed
        body = posts(provider)[0].json or {}
    assert {key: body[key] for key in ("size", "quality", "background")} == {
        "size": "1024x1024",
        "quality": "low",
        "background": "opaque",
    }
    assert sorted(body) == ["background", "model", "prompt", "quality", "size"]
    assert outcome.made[0].remarks == ()


def test_a_size_that_is_named_is_not_sent_and_not_refused(bare: Place) -> None:
    with Provider() as provider:
        shop = _shop(bare, provider, "openai", more='size = "og"')
        outcome = shop.generate()
        assert not outcome.failed, outcome.failed
        assert "size" not in (posts(provider)[0].json or {})
