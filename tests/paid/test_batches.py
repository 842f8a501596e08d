"""Batches: what is sent, what waits, and what another machine collects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from assetgen.errors import (
    AssetgenError,
    BusyError,
    ModerationError,
    RoutingError,
    StorageError,
    TrustError,
    UnsupportedOption,
)
from assetgen.generate import batch_requests
from assetgen.paid.batch_api import as_line
from assetgen.plan.decide import Action, State
from tests.support.batch_shop import FOLDER, BatchShop
from tests.support.contract import breaches_of
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import few

PROMPT = "A paper plane leaving an open notebook"


@pytest.fixture
def shop(place: Place) -> Iterator[BatchShop]:
    with Provider() as provider:
        shop = BatchShop(place, provider)
        shop.plan()
        yield shop


def _images(shop: BatchShop, *ids: str) -> None:
    shop.wants(*ids)
    shop.commits()


def test_images_are_sent_in_one_batch_and_collected_once(shop: BatchShop) -> None:
    _images(shop, "a", "b")
    batch_id = shop.sent()
    path = f"{FOLDER}/{batch_id}.json"
    assert PROMPT not in shop.place.read(path).decode()
    assert shop.place.git("log", "-1", "--format=%s", "--name-only").split("\n") == [
        f"assetgen: batch {batch_id}",
        "",
        path,
    ]
    assert shop.asked() == ["POST /files", "POST /batches"]
    for line in next(iter(shop.account.files.values())).data.splitlines():
        sent = json.loads(line)
        assert (sent["method"], sent["url"]) == ("POST", "/v1/images/generations")
        assert breaches_of("CreateImageRequest", sent["body"]) == []
    shop.collected()
    record = shop.place.record("a")["response"]
    asked = shop.file(batch_id)["requests"][0]
    assert (asked["asset"], record["batch"]["customId"]) == ("a", asked["customId"])
    assert (record["batch"]["id"], record["batch"]["line"]) == (batch_id, 1)
    assert (shop.provider.billed, shop.open_entries()) == (2, [])
    head = shop.place.git("rev-parse", "HEAD")
    shop.collected()
    shop.collected(batch_id)
    assert shop.place.git("rev-parse", "HEAD") == head and shop.place.git("status", "-s") == ""
    assert shop.place.run("check", "--rehash").code == 0


def test_an_image_in_a_batch_waits_and_is_bought_alone_only_with_force(shop: BatchShop) -> None:
    _images(shop, "a", "b")
    batch_id = shop.sent()
    waiting = shop.decision("a")
    assert (waiting.state, waiting.action) == (State.MISSING, Action.WAIT)
    assert [r.new for r in waiting.reasons] == ["not there", f"in batch {batch_id}"]
    assert str(waiting.cure) == f"assetgen batch collect {batch_id}"
    outcome = shop.generate()
    assert (outcome.exit_code, [d.asset.id for d in outcome.in_batch]) == (0, ["a", "b"])
    assert shop.send().started == [] and shop.provider.billed == 0
    shop.buys("a", force=True)
    shop.commits()
    done = shop.collected()
    assert "newer image is in place" in done.collected[0].notes[0]
    assert "batch" not in shop.place.record("a")["response"]
    assert shop.decision("b").state is State.FRESH and shop.provider.billed == 3


def test_two_machines_collect_the_same_bytes(shop: BatchShop) -> None:
    _images(shop, "a", "b", "c")
    shop.plan(refused={2: "moderation"}, reverse=True)
    shop.sent()
    other, late = shop.clone("other"), shop.clone("late")
    assert shop.collect().exit_code == other.collect().exit_code == ModerationError.exit_code
    assert shop.tree() == other.tree()
    late.place.git("pull", "-q", "--ff-only", "origin", "main")
    head = late.place.git("rev-parse", "HEAD")
    assert late.collected().collected == [] and late.place.git("rev-parse", "HEAD") == head
    assert other.decision("b").action is Action.DRAW  # it may be asked for again
    assert shop.provider.billed == 2


def test_a_result_of_an_older_intent_is_placed_and_stale(shop: BatchShop) -> None:
    _images(shop, "a")
    shop.sent()
    shop.place.manifest(shop.place.read("assets.toml").decode().replace("plane", "boat"))
    shop.commits()
    assert shop.decision("a").action is Action.WAIT
    shop.collected()
    decision = shop.decision("a")
    assert (decision.state, decision.action) == (State.STALE, Action.DRAW)
    assert [r.field for r in decision.reasons] == ["prompt"]
    effective = shop.place.record("a")["prompt"]["effective"]
    assert effective["text"] is None and effective["digest"].startswith("sha256:")


def test_an_image_of_a_renamed_asset_goes_to_its_new_id(shop: BatchShop) -> None:
    _images(shop, "a", "b")
    shop.sent()
    shop.wants("new")
    shop.commits()
    assert shop.decision("new").action is Action.WAIT
    done = shop.collected()
    assert shop.decision("new").state is State.FRESH
    assert "no asset of that id" in done.collected[0].notes[0]  # of the other one
    assert shop.place.git("status", "-s") == ""


_ENDS: list[Any] = [
    pytest.param(
        {"refused": {1: "moderation"}}, ModerationError, "moderation_blocked", id="refused"
    ),
    pytest.param(
        *({"refused": {1: "error"}}, AssetgenError, "server_error"),
        id="failed",
        marks=pytest.mark.more,
    ),
    pytest.param({"status": "expired", "finished": 1}, BusyError, "batch_expired", id="expired"),
    pytest.param(
        *({"status": "cancelled", "finished": 1}, BusyError, "batch_cancelled"),
        id="cancelled",
        marks=pytest.mark.more,
    ),
    pytest.param({"refused": {1: "corrupt"}}, RoutingError, "unusable", id="corrupt"),
]


@pytest.mark.parametrize(("how", "kind", "code"), _ENDS)
def test_what_a_batch_did_not_make_is_reported_and_the_rest_is_placed(
    shop: BatchShop, how: dict[str, Any], kind: type[AssetgenError], code: str
) -> None:
    _images(shop, "a", "b")
    shop.plan(**how)
    batch_id = shop.sent()
    done = shop.collect()
    (failed,) = done.outcome.failed
    assert isinstance(failed.error, kind), failed.error
    made = ({"a", "b"} - {failed.asset_id}).pop()
    assert shop.decision(made).state is State.FRESH
    assert list(shop.file(batch_id)["ended"]["failed"].values()) == [code]
    again = shop.decision(failed.asset_id)
    assert again.action is (Action.WAIT if code == "unusable" else Action.DRAW)
    shop.collected(batch_id)
    shop.buys(failed.asset_id, force=code == "unusable")
    assert shop.decision(failed.asset_id).state is State.FRESH


def test_a_batch_that_is_not_accepted_bills_nothing_and_says_why(shop: BatchShop) -> None:
    _images(shop, "a", "b")
    message = "Enqueued token limit reached for gpt-image-2 in organization org-test."
    shop.plan(error={"code": "token_limit_exceeded", "message": message, "line": None})
    shop.sent()
    done = shop.collect()
    assert [f.asset_id for f in done.outcome.failed] == ["a", "b"]
    assert message[:-1] in done.outcome.failed[0].error.what
    assert "nothing was billed" in done.outcome.failed[0].error.what
    assert shop.decision("a").action is Action.DRAW and shop.provider.billed == 0


def test_a_request_that_is_answered_twice_is_placed_once(shop: BatchShop) -> None:
    _images(shop, "a")
    shop.plan(refused={1: "twice"})
    shop.sent()
    assert shop.collected().collected[0].made == 1


# -- what is sent ----------------------------------------------------------------------------------


def test_inputs_are_uploaded_once_and_deleted_after(shop: BatchShop) -> None:
    shop.place.picture("assets/in.png", (64, 64))
    more = 'inputs = ["assets/in.png"]'
    shop.wants("a", "b", more=more)
    shop.commits()
    batch_id = shop.sent()
    assert shop.asked() == ["POST /files", "POST /files", "POST /batches"]
    images = [f.id for f in shop.account.files.values() if f.purpose == "vision"]
    (requests,) = [f for f in shop.account.files.values() if f.purpose == "batch"]
    bodies = [json.loads(line)["body"] for line in requests.data.splitlines()]
    assert [body["images"] for body in bodies] == [[{"file_id": images[0]}]] * 2
    assert shop.file(batch_id)["endpoint"] == "/v1/images/edits"
    shop.collected()
    assert shop.account.deleted == images
    assert shop.decision("b").state is State.FRESH


def test_masks_previews_and_other_routes_are_not_sent(shop: BatchShop) -> None:
    shop.place.picture("assets/in.png", (64, 64))
    shop.place.picture("assets/mask.png", (64, 64), "RGBA")
    shop.wants("plain", more="", model="gpt-image-2.6-flare")
    text = shop.place.read("assets.toml").decode()
    shop.wants("masked", more='inputs = ["assets/in.png"]\nmask = "assets/mask.png"')
    text += shop.place.read("assets.toml").decode()
    shop.wants("shown", more="[asset.options]\npartial_images = 2")
    text += shop.place.read("assets.toml").decode()
    shop.route = "responses"
    shop.wants("other")
    shop.place.manifest(text + shop.place.read("assets.toml").decode())
    shop.commits()
    done = shop.send()
    errors = {failed.asset_id: failed.error for failed in done.outcome.failed}
    assert {name: type(error) for name, error in errors.items()} == {
        "masked": UnsupportedOption,
        "shown": UnsupportedOption,
    }
    assert "mask" in errors["masked"].what and "partial_images" in errors["shown"].what
    assert done.left == [
        ("other", "route responses is not sent in a batch; without --batch, generate makes it")
    ]
    assert [asked.asset for asked in done.started[0].requests] == ["plain"]
    assert done.untried == ("gpt-image-2.6-flare",)


@pytest.mark.parametrize(
    ("limit", "environ"),
    [("images = 1", {}), ("images = 9", {"CI": "true"})],
    ids=["limit", "continuous integration"],
)
def test_nothing_is_uploaded_that_may_not_be_bought(
    shop: BatchShop, limit: str, environ: dict[str, str]
) -> None:
    _images(shop, "a", "b")
    surface = f"gateway:127.0.0.1:{shop.provider.port}"
    shop.user_config = f'[limits]\n"{surface}" = {{ {limit} }}\n'
    shop.environ |= environ
    with pytest.raises(TrustError, match="nothing was sent"):
        shop.send()
    assert shop.provider.requests == [] and not shop.place.has(FOLDER)
    assert shop.decision("a").action is Action.DRAW


def test_requests_are_split_by_model_endpoint_number_and_size(shop: BatchShop) -> None:
    _images(shop, *"abc")
    shop.wants("d", model="gpt-image-2.5-flare")
    both = shop.place.read("assets.toml").decode()
    shop.wants(*"abc")
    shop.place.manifest(shop.place.read("assets.toml").decode() + both)
    shop.commits()
    done = shop.send()
    assert [(one.model, len(one.requests)) for one in done.started] == [
        ("gpt-image-2", 3),
        ("gpt-image-2.5-flare", 1),
    ]
    shop.collected()
    assert shop.provider.billed == 4


class _Line:
    endpoint, model = "/v1/images/generations", "m"

    def __init__(self, size: int) -> None:
        self.size = size


def test_a_batch_has_at_most_so_many_requests_and_bytes() -> None:
    lines: Any = [_Line(size) for size in (10, 10, 10, 25, 5, 40)]
    parts = list(batch_requests.split(lines, requests=2, size=30))
    assert [[one.size for one in part] for part in parts] == [[10, 10], [10], [25, 5], [40]]


def test_a_provider_that_refuses_a_batch_leaves_nothing_behind(shop: BatchShop) -> None:
    _images(shop, "a")
    shop.provider.fault("quota", path="/batches")
    with pytest.raises(AssetgenError, match="nothing was billed"):
        shop.send()
    assert shop.account.files == {} and shop.open_entries() == []
    assert shop.decision("a").action is Action.DRAW
    shop.sent()


# -- trust -----------------------------------------------------------------------------------------


def _forged(shop: BatchShop, batch_id: str, **changes: Any) -> str:
    """The file of a batch with some of its values changed; its path."""
    stated = shop.file(batch_id) | changes
    path = f"{FOLDER}/{stated['id']}.json"
    shop.place.write(path, json.dumps(stated))
    return path


def test_a_file_that_names_another_batch_of_the_account_gets_none_of_it(shop: BatchShop) -> None:
    _images(shop, "a")
    own = shop.sent()
    body = {"model": "gpt-image-2", "prompt": "secret"}
    lines = [as_line(f"x{n}", "/v1/images/generations", body) for n in range(2)]
    private = shop.account.add("private.jsonl", "batch", b"".join(lines))
    other = shop.account.start(private, "/v1/images/generations", {"team": "secret"})["id"]
    path = _forged(shop, own, id=other, inputFile=private.id)
    done = shop.collect(other)
    (found,) = done.collected
    assert isinstance(found.error, TrustError) and "its metadata differ" in found.error.what
    assert found.error.where == path and done.exit_code == 11
    assert not shop.place.has("public/a.png")
    assert not [one for one in shop.asked() if one.endswith("/content")]


@pytest.mark.parametrize("part", few(["asset", "intent", "request"], lambda it: it != "request"))
def test_a_file_whose_names_are_not_its_digests_is_not_used(shop: BatchShop, part: str) -> None:
    _images(shop, "a")
    batch_id = shop.sent()
    shop = shop.clone()  # which does not know what was really sent
    request = shop.file(batch_id)["requests"][0]
    request[part] = "other" if part == "asset" else {**request[part], "digest": f"sha256:{0:064}"}
    _forged(shop, batch_id, requests=[request])
    done = shop.collect()
    assert done.exit_code == TrustError.exit_code and "not the digest" in done.unusable[0].what
    assert not shop.place.has("public/a.png")
    checked = shop.run("check")
    assert f"{FOLDER}/{batch_id}.json: batch: is not the file of a batch" in checked.out


def test_a_batch_with_other_requests_than_its_file_gets_none_of_them(shop: BatchShop) -> None:
    _images(shop, "a", "b")
    batch_id = shop.sent()
    sent = shop.account.files[shop.file(batch_id)["inputFile"]]
    sent.data = sent.data.replace(b"paper plane", b"secret plan")
    (found,) = shop.collect().collected
    assert isinstance(found.error, TrustError) and "differs" in found.error.what
    assert not shop.place.has("public/a.png")


@pytest.mark.parametrize("is_kept", [True, False], ids=["requests kept", "requests gone"])
def test_an_answer_to_another_request_is_never_used(shop: BatchShop, is_kept: bool) -> None:
    _images(shop, "a")
    shop.plan(extra=b'{"custom_id": "someone-else", "response": null, "error": null}')
    batch_id = shop.sent()
    shop.account.end(batch_id)
    shop.account.files[shop.file(batch_id)["inputFile"]].is_expired = not is_kept
    (found,) = shop.collect().collected
    assert isinstance(found.error, TrustError) and "someone-else" in found.error.what
    assert shop.place.has("public/a.png") is is_kept


def test_only_files_that_were_uploaded_for_the_batch_are_deleted(shop: BatchShop) -> None:
    shop.place.picture("assets/in.png", (64, 64))
    shop.wants("a", more='inputs = ["assets/in.png"]')
    shop.commits()
    mine = shop.account.add("holiday.png", "vision", b"mine")
    shop.sent()
    shop.collected()
    assert mine.id in shop.account.files and len(shop.account.deleted) == 1


def test_a_batch_is_not_asked_for_at_another_provider(shop: BatchShop) -> None:
    _images(shop, "a")
    shop.sent()
    with Provider() as other:
        elsewhere = BatchShop(shop.place, other)
        (row,) = elsewhere.collect().waiting
        assert isinstance(row.error, RoutingError) and "leads to" in row.error.what
        assert other.requests == []


# -- what is in the way ----------------------------------------------------------------------------


def test_a_file_of_the_user_is_not_overwritten_and_the_image_stays_in_the_batch(
    shop: BatchShop,
) -> None:
    _images(shop, "a", "b")
    batch_id = shop.sent()
    shop.place.picture("public/a.png")
    done = shop.collect()
    assert isinstance(done.outcome.failed[0].error, StorageError)
    assert shop.file(batch_id)["ended"] is None and shop.decision("b").state is State.FRESH
    shop.collected(batch_id, force=True)
    assert shop.decision("a").state is State.FRESH and shop.file(batch_id)["ended"]
    assert shop.provider.billed == 2


def test_the_answers_are_read_on_after_a_broken_connection(shop: BatchShop) -> None:
    _images(shop, "a", "b")
    shop.sent()
    shop.provider.fault("reset_mid_body", method="GET", path="/content", times=2)
    assert shop.collected().collected[0].made == 2


def test_answers_that_expired_are_reported(shop: BatchShop) -> None:
    _images(shop, "a")
    batch_id = shop.sent()
    shop.account.end(batch_id)
    shop.account.files[shop.account.batches[batch_id]["output_file_id"]].is_expired = True
    (failed,) = shop.collect().outcome.failed
    assert isinstance(failed.error, StorageError) and "no longer has" in failed.error.what
    assert shop.decision("a").action is Action.WAIT  # it may have been billed


# -- the commands ----------------------------------------------------------------------------------


def test_the_commands_print_how_far_a_batch_is(shop: BatchShop) -> None:
    _images(shop, "a", "b")
    shop.plan(polls=3)
    sent = shop.run("generate", "--batch")
    batch_id = next(iter(shop.account.batches))
    assert sent.code == 0 and f"sent  {batch_id}  2 images" in sent.out
    assert f"in batch {batch_id}" in shop.run("plan").out
    assert "in_progress, 0 of 0" in shop.run("batch").out
    early = shop.run("batch", "collect")
    assert (early.code, "nothing to collect yet" in early.out) == (0, True)
    cancelled = shop.run("batch", "cancel", batch_id)
    assert cancelled.code == 0 and "cancelling" in cancelled.out, cancelled.out
    done = shop.run("batch", "collect", "--wait", "--json")
    assert (done.code, done.data["batches"][0]["made"]) == (0, 2)
    shown = shop.run("show", "a")
    assert f"batch      {batch_id}, line 1" in shown.out
    listed = shop.run("batch", "--json").data["batches"][0]
    assert (listed["collected"], listed["status"]) == (True, "cancelled")
    assert shop.run("batch", "collect", "nope").code == 9
    assert shop.run("batch", "cancel").code == 2
