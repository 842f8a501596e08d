"""The lanes beside the Images API: chats and tasks, at the services that have them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from PIL import Image

from assetgen.errors import UnknownOutcome
from assetgen.paid import task_replies
from assetgen.paid.journal import Fate
from assetgen.paid.reply_forms import Unreadable
from assetgen.settings import config
from assetgen.settings.conditions import Conditions
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every, few
from tests.support.shop import Shop, posts

ASSET = """
[gateway.g]
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = ""
route = "gateway:g"
model = "{model}"
prompt = "A plane"
{more}
"""
INPUT = 'inputs = ["in/a.png"]'


def _shop(place: Place, provider: Provider, model: str, more: str = "", **account: Any) -> Shop:
    shop = Shop(place, provider)
    shop.gateway(profile=provider.profile, **account)
    place.picture("in/a.png", (64, 48))
    place.manifest(ASSET.format(model=model, more=more))
    return shop


@pytest.mark.parametrize(
    ("profile", "model", "more", "path", "fields"),
    every(
        2,
        [
            ("chat", "gemini-3.1-flash-image", "", "/v1/chat/completions", "messages model"),
            ("chat", "gemini-3.1-flash-image", INPUT, "/v1/chat/completions", "messages model"),
            ("laozhang", "sora_image", "", "/v1/chat/completions", "messages model"),
            ("laozhang", "gpt-image-2", "", "/v1/images/generations", "model prompt"),
            ("laozhang", "gpt-image-2", INPUT, "/v1/images/edits", "model prompt"),
            (
                *("vercel", "google/gemini-3.1-flash-image", INPUT, "/v1/chat/completions"),
                "messages modalities model",
            ),
            ("vercel", "gpt-image-2", "", "/v1/images/generations", "model prompt"),
            ("tasks", "gpt-image-2", "", "/v1/images/generations", "model prompt"),
            ("tasks", "gpt-image-2", INPUT, "/v1/images/generations", "image_urls model prompt"),
            (
                *("gemini", "gpt-image-2", "", "/v1beta/openai/images/generations"),
                "model prompt response_format",
            ),
        ],
    ),
    ids=lambda value: value.replace(" ", "-").replace("/", "-") if value else "plain",
)
def test_each_service_gets_its_own_form_and_one_image_is_bought(
    bare: Place, profile: str, model: str, more: str, path: str, fields: str
) -> None:
    with Provider(profile, polls=1) as provider:
        shop = _shop(bare, provider, model, more)
        found = shop.buys()
        [seen] = posts(provider)
        assert provider.billed == 1 and shop.open_entries() == []
    assert seen.path == path
    assert " ".join(sorted(seen.json or seen.fields)) == fields
    assert found["route"]["endpoint"] == f"POST {path}"
    assert found["route"]["gateway"]["profile"] == profile
    assert "base64," not in str(found["request"]) and "A plane" not in str(found["request"])
    assert (found["response"]["id"] or "").startswith("task_") == (profile == "tasks")
    checked = bare.run("check", "--rehash").out
    assert "0 errors" in checked or "1 file of 1 picture matches" in checked, checked


_REFINED = {
    "chat": "gemini-3.1-flash-image",
    "laozhang": "gpt-4o-image",
    "vercel": "google/gemini-3.1-flash-image",
    "tasks": "gpt-image-2",
    "sub2api": "gpt-image-2",
    "openrouter": "openai/gpt-image-2",
}


@pytest.mark.parametrize("profile", every(2, list(_REFINED)))
def test_a_step_is_bought_once_recorded_and_undone_on_each_lane(bare: Place, profile: str) -> None:
    with Provider(profile, polls=1) as provider:
        provider.repaints = bytes  # nothing changes, so nothing has to be put back
        shop = _shop(bare, provider, _REFINED[profile])
        parent = shop.buys()["original"]["digest"]
        ran = shop.run("refine", "a", "warmer light")
        assert ran.code == 0, ran.out + ran.err
        boxed = shop.run("refine", "a", "a red door", "--box", "1,1,20,20")
        found = bare.record("a")
        assert parent in str(found["request"]["body"])
        checked = shop.run("check", "--rehash")
        assert "contradicts" not in checked.out and "stale" not in checked.out, checked.out
        if profile == "sub2api":  # its edits are those of the Images API
            assert boxed.code == 0 and provider.billed == 3
            return
        assert boxed.code == 4 and "leave out the box" in boxed.err, boxed.out + boxed.err
        assert shop.run("refine", "a", "--undo").code == 0
        assert (provider.billed, bare.record("a")["original"]["digest"]) == (2, parent)


@pytest.mark.parametrize(
    ("profile", "model", "more", "what"),
    [
        ("chat", "gpt-image-2", 'size = "1024x1024"', "does not support size"),
        ("chat", "gpt-image-2", 'quality = "low"', "does not support quality"),
        ("chat", "gpt-image-2", f'{INPUT}\nmask = "in/m.png"', "does not support mask"),
        ("vercel", "google/gemini-3.1-flash-image", 'size = "1024x1024"', "not support size"),
        ("vercel", "gpt-image-2", INPUT, "takes no input images"),
        ("gemini", "gpt-image-2", INPUT, "takes no input images"),
        ("tasks", "gpt-image-2", "options = { partial_images = 1 }", "no previews"),
        ("tasks", "gpt-image-2", f'{INPUT}\nmask = "in/m.png"', "does not support mask"),
    ],
)
def test_what_a_lane_has_no_field_for_is_refused_before_it_is_sent(
    bare: Place, profile: str, model: str, more: str, what: str
) -> None:
    with Provider(profile) as provider:
        shop = _shop(bare, provider, model, more)
        mask = bare.root / "in/m.png"
        Image.new("RGBA", (64, 48)).save(mask)
        error = shop.fails()
        assert posts(provider) == [] and shop.open_entries() == []
    assert what in error.what and error.exit_code == 4 and error.cure


def test_the_user_says_which_models_chat_and_where_tasks_are(bare: Place) -> None:
    with Provider("laozhang") as provider:
        shop = _shop(bare, provider, "gpt-4o-image", chats=["gpt-4o-*"])
        shop.buys()
        assert posts(provider)[0].path == "/v1/chat/completions"
    text = (
        '[gateway.g]\nbase_url = "https://x.example/v1"\nprofile = "tasks"\n'
        'task_path = "/images/tasks/{id}"'
    )
    known = Conditions({}, config.parse(text.encode(), "config.toml")).provider("gateway:g")
    assert known.task_path("a/../b") == "/images/tasks/a%2F..%2Fb"


def test_gemini_states_its_errors_in_a_list(bare: Place) -> None:
    with Provider("gemini") as provider:
        shop = _shop(bare, provider, "gpt-image-2")
        provider.fault("moderation_input")
        error = shop.fails()
        assert error.exit_code == 6 and shop.open_entries() == []


def test_azure_states_its_version_with_every_request(bare: Place) -> None:
    with Provider("azure") as provider:
        shop = _shop(bare, provider, "gpt-image-2", api_version="preview")
        shop.buys()
        assert posts(provider)[0].path == "/openai/v1/images/generations?api-version=preview"
        assert shop.run("request", "a").out.count("api-version=preview") == 1


# -- tasks come later ------------------------------------------------------------------------------


def test_a_task_whose_run_timed_out_is_fetched_later_and_not_bought_again(bare: Place) -> None:
    with Provider("tasks", polls=5) as provider:
        shop = _shop(bare, provider, "gpt-image-2")
        error = shop.fails(patience=1.0)
        assert isinstance(error, UnknownOutcome) and "is not finished yet" in error.what
        [entry] = shop.open_entries()
        assert (entry.fate, entry.response_id) == (Fate.SENT, next(iter(provider.tasks)))
        outcome = shop.generate(resume=True)
        assert [made.decision.asset.id for made in outcome.made] == ["a"]
        assert (provider.billed, len(posts(provider)), shop.open_entries()) == (1, 1, [])


def _begun(place: Place, provider: Provider) -> Shop:
    """A task that a run has begun at gateway g and not fetched."""
    shop = _shop(place, provider, "gpt-image-2")
    assert isinstance(shop.fails(patience=0.5), UnknownOutcome)
    shop.user_config = ""
    return shop


def _moved(shop: Shop, profile: str, url: str) -> None:
    """Rename the gateway, and give it another profile or address."""
    shop.user_config = (
        f'[gateway.new]\nbase_url = "{url}"\nkey_env = "GATEWAY_KEY"\nprofile = "{profile}"\n'
    )
    text = shop.place.read("assets.toml").decode()
    shop.place.manifest(text.replace("gateway:g", "gateway:new").replace(".g]", ".new]"))


@pytest.mark.parametrize("bought", few(["tasks", "sub2api"], lambda name: name == "sub2api"))
def test_a_task_is_fetched_under_another_name_and_profile(bare: Place, bought: str) -> None:
    with Provider(bought, polls=4) as provider:
        shop = _begun(bare, provider)
        _moved(shop, "openai", provider.url)
        outcome = shop.generate(resume=True)
        assert [made.decision.asset.id for made in outcome.made] == ["a"], outcome.failed
        assert (provider.billed, len(posts(provider)), shop.open_entries()) == (1, 1, [])


def test_a_task_of_another_service_is_reported_and_stays(bare: Place) -> None:
    with Provider("tasks", polls=4) as provider, Provider("tasks") as other:
        shop = _begun(bare, provider)
        _moved(shop, "tasks", other.url)
        error = shop.fails()
        assert isinstance(error, UnknownOutcome) and other.requests == []
        assert "(task task_" in error.what and "--resume" in str(error.cure)
        _moved(shop, "tasks", provider.url)
        assert shop.generate(resume=True).made and provider.billed == 1


def test_a_task_that_is_not_found_stays_open(bare: Place) -> None:
    with Provider("tasks", polls=4) as provider:
        shop = _begun(bare, provider)
        _moved(shop, "tasks", provider.url)
        known = dict(provider.tasks)
        provider.tasks.clear()
        assert shop.generate(resume=True).made == [] and len(shop.open_entries()) == 1
        provider.tasks.update(known)
        assert shop.generate(resume=True).made and provider.billed == 1


def test_a_task_that_failed_is_reported_and_not_bought_again_by_itself(bare: Place) -> None:
    with Provider("tasks", polls=0) as provider:
        shop = _shop(bare, provider, "gpt-image-2")
        provider.fault("call_failed")
        error = shop.fails()
        assert "may have been billed" in error.what and error.exit_code == 6
        assert isinstance(shop.fails(), UnknownOutcome) and len(posts(provider)) == 1


def _read(text: str) -> tuple[str | None, str | None, bool]:
    answer = task_replies.read(text.encode())
    return answer.response_id, answer.status, bool(answer.urls or answer.pictures)


LINK = '{"url":["https://x.example/a.png"]}'
REPLIES: dict[str, tuple[str, tuple[str | None, str | None, bool]]] = {
    "apimart begun": (
        '{"code":200,"data":[{"status":"submitted","task_id":"t1"}]}', ("t1", "in_progress", False)
    ),
    "apimart begun, an older model": (
        ('{"code":200,"data":{"id":"t1","model":"gpt-4o-image","object":"image.generation.task",'
        '"progress":0,"status":"pending","task_info":{"can_cancel":true},"type":"image"}}'),
        ("t1", "in_progress", False),
    ),
    "sub2api begun": ('{"id":"t2","status":"queued"}', ("t2", "in_progress", False)),
    "only an id": ('{"task_id":"t3"}', ("t3", "in_progress", False)),
    "runs": (
        '{"code":200,"data":{"id":"t4","status":"processing"}}', ("t4", "in_progress", False)
    ),
    "an unknown state": ('{"id":"t5","status":"NOT_START"}', ("t5", "in_progress", False)),
    "done": (
        f'{{"data":{{"id":"t6","status":"completed","result":{{"images":[{LINK}]}}}}}}',
        ("t6", "completed", True),
    ),
    "failed": ('{"data":{"id":"t7","status":"FAILURE"}}', ("t7", "failed", False)),
    "cut after the id": (
        '{"code":200,"data":[{"task_id":"t8","status":"subm', ("t8", "in_progress", False)
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "found"), REPLIES.values(), ids=REPLIES)
def test_a_reply_about_a_task_is_read(
    text: str, found: tuple[str | None, str | None, bool]
) -> None:
    assert _read(text) == found


@pytest.mark.parametrize("text", ['{"code":200,"data":[{"task_id":"t', "", '{"code":200}', "[]"])
def test_a_reply_without_an_id_is_no_task(text: str) -> None:
    with suppress(Unreadable):
        assert _read(text)[1:] == (None, False)
