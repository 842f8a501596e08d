"""What is paid for is placed later at no cost, and bought again only when the user asks for it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from assetgen.errors import UnknownOutcome
from assetgen.paid.journal import Fate
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


@pytest.fixture
def shop(bare: Place, provider: Provider) -> Shop:
    return Shop(bare, provider)


def test_an_image_that_could_not_be_written_is_placed_later_at_no_cost(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.meanwhile = lambda: shop.place.write("public", "a file where a folder should be")
    assert shop.fails().exit_code != 0
    assert [entry.fate for entry in shop.open_entries()] == [Fate.ANSWERED]
    (shop.place.root / "public").unlink()
    found = shop.buys()
    assert (shop.provider.billed, len(shop.provider.requests)) == (1, 1)
    assert found["response"]["attempts"][0]["outcome"] == "ok" and shop.open_entries() == []


def test_resume_places_paid_images_without_a_key_and_buys_nothing(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.meanwhile = lambda: shop.place.write("public", "a file where a folder should be")
    shop.fails()
    (shop.place.root / "public").unlink()
    shop.wants("a", "b")
    del shop.environ["OPENAI_API_KEY"]
    outcome = shop.generate(resume=True)
    assert [made.decision.asset.id for made in outcome.made] == ["a"] and not outcome.failed
    assert shop.provider.billed == 1


def test_resume_fetches_a_response_whose_run_timed_out(bare: Place) -> None:
    with Provider(polls=5) as provider:
        shop = Shop(bare, provider, "responses")
        shop.wants("a")
        error = shop.fails(patience=1.0)
        assert isinstance(error, UnknownOutcome) and "not finished yet" in error.what
        assert [entry.response_id for entry in shop.open_entries()] == list(provider.running)
        shop.wants("a", "b")
        outcome = shop.generate(resume=True)
        assert [made.decision.asset.id for made in outcome.made] == ["a"]
        assert (provider.billed, len(posts(provider))) == (1, 1)
    assert bare.record("a")["response"]["id"] in provider.running


def test_force_buys_an_unknown_outcome_again_and_closes_its_entry(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.fault("reset_after")
    assert isinstance(shop.fails(), UnknownOutcome)
    assert isinstance(shop.fails(), UnknownOutcome) and shop.provider.billed == 1
    shop.buys(force=True)
    assert shop.provider.billed == 2 and shop.open_entries() == []


def test_force_uses_a_paid_reply_before_it_buys(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.meanwhile = lambda: shop.place.write("public", "a file where a folder should be")
    shop.fails()
    (shop.place.root / "public").unlink()
    shop.buys(force=True)
    assert shop.provider.billed == 1


def test_force_buys_again_if_the_url_in_a_stored_reply_cannot_be_fetched(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.fault("url_file")
    assert "--force" not in str(shop.fails().cure)  # it would mostly buy the same failure
    shop.buys(force=True)
    assert shop.provider.billed == 2 and shop.open_entries() == []


def test_force_buys_again_if_a_response_cannot_be_fetched(shop: Shop) -> None:
    shop.route = "responses"
    shop.wants("a")
    shop.provider.fault("bad_key", method="GET", times=2)
    shop.fails()
    shop.buys(force=True)
    assert shop.provider.billed == 2 and shop.open_entries() == []


def test_a_new_prompt_is_bought_and_the_unknown_outcome_stays_open(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.fault("reset_after")
    shop.fails()
    shop.place.manifest(
        shop.place.read("assets.toml").decode().replace("paper plane", "paper boat")
    )
    shop.buys()
    assert shop.provider.billed == 2 and [entry.fate for entry in shop.open_entries()] == [
        Fate.SENT
    ]


def test_a_second_take_buys_one_more_image(shop: Shop) -> None:
    shop.wants("a")
    first = shop.buys()["original"]
    shop.wants("a", more="take = 2")
    second = shop.buys()["original"]
    assert shop.generate().fresh == 1 and shop.provider.billed == 2
    assert first != second


@pytest.mark.parametrize("fault", ["stall", "reset_mid_body"])
@pytest.mark.parametrize(
    "more", ["", "[asset.options]\npartial_images = 2"], ids=["plain", "streamed"]
)
def test_a_response_that_breaks_off_is_fetched_by_its_id(shop: Shop, fault: str, more: str) -> None:
    shop.route = "responses"
    shop.wants("a", more=more)
    shop.provider.fault(fault)
    found = shop.buys(patience=0.5)
    assert found["response"]["id"] in shop.provider.running
    assert (shop.provider.billed, len(posts(shop.provider)), shop.open_entries()) == (1, 1, [])


@pytest.mark.parametrize("other", ["responses", "gateway:g"])
def test_another_route_does_not_buy_an_image_with_an_unknown_outcome(
    shop: Shop, other: str
) -> None:
    shop.wants("a", model="gpt-image-2")
    shop.provider.fault("reset_after")
    shop.fails()
    if other == "responses":
        shop.route = other
    else:
        shop.gateway()
    shop.wants("a", model="gpt-image-2")
    assert isinstance(shop.fails(), UnknownOutcome)
    assert (shop.provider.billed, len(shop.provider.requests)) == (1, 1)


def test_two_images_in_a_stream_are_both_kept(shop: Shop) -> None:
    shop.wants("a", more="[asset.options]\npartial_images = 2")
    shop.provider.fault("two_images")
    found = shop.buys()
    assert found["response"]["images"] == 2 == shop.provider.billed
    other = found["response"]["others"][0].removeprefix("sha256:")
    kept = [
        path
        for path in (shop.place.root / ".assetgen/cache/originals").rglob("*")
        if other in path.name
    ]
    assert len(kept) == 1


# -- many at once ----------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 3], ids=["one-by-one", "three-at-once"])
def test_one_failure_does_not_stop_the_others(shop: Shop, jobs: int) -> None:
    shop.wants("a", "b", "c", "d")
    shop.provider.fault("moderation_input")
    outcome = shop.generate(jobs=jobs)
    assert (len(outcome.made), len(outcome.failed), outcome.exit_code) == (3, 1, 6)
    assert shop.provider.billed == 3 and shop.open_entries() == []


def begun(shop: Shop, jobs: int, *arguments: str) -> subprocess.Popen[str]:
    """The real command, once the provider has as many requests as it sends at once."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "assetgen",
        "generate",
        "--no-commit",
        "-j",
        str(jobs),
        *arguments,
    ]
    process = subprocess.Popen(
        command,
        cwd=shop.place.root,
        env=shop.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    tick = threading.Event()
    while len(shop.provider.requests) < jobs:
        assert process.poll() is None
        tick.wait(0.02)
    return process


def test_an_interrupt_finishes_running_requests_and_lists_the_rest(shop: Shop) -> None:
    shop.wants("a", "b", "c", "d")
    shop.provider.delay = 0.7
    with begun(shop, 2, "--json") as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "waiting for 2 running requests" in err
    found = json.loads(out)
    assert sorted(made["id"] for made in found["made"]) == ["a", "b"]
    assert sorted(found["not_begun"]) == ["c", "d"] and found["interrupted"] is True
    assert shop.provider.billed == 2 and shop.open_entries() == []


def test_a_second_interrupt_leaves_open_entries_that_are_not_bought_again(shop: Shop) -> None:
    shop.wants("a", "b")
    shop.provider.fault("hang", times=2)
    with begun(shop, 2) as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while "interrupt again" not in (line := process.stderr.readline()):
            assert line
        try:
            for _ in range(4):  # Python drops an interrupt that comes while it tidies up an object
                process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=8)
                    break
        finally:
            process.kill()  # nothing, unless it failed to end
    assert process.returncode == 130 and shop.provider.billed == 2
    assert [entry.fate for entry in shop.open_entries()] == [Fate.SENT, Fate.SENT]
    outcome = shop.generate()
    assert [type(failed.error) for failed in outcome.failed] == [UnknownOutcome] * 2
    assert (shop.provider.billed, len(shop.provider.requests)) == (2, 2)


def test_a_stalled_stream_that_is_killed_is_fetched_by_its_id(shop: Shop) -> None:
    shop.route = "responses"
    shop.wants("a", more="[asset.options]\npartial_images = 2")
    shop.provider.fault("stall")
    reply = shop.place.root / ".assetgen/cache/replies/1"
    tick, until = threading.Event(), time.monotonic() + 20
    with begun(shop, 1) as process:
        try:
            while not (reply.exists() and b"response.created" in reply.read_bytes()):
                assert process.poll() is None
                assert time.monotonic() < until, "the id of the response never reached the disk"
                tick.wait(0.02)
        finally:
            process.kill()
    outcome = shop.generate(resume=True)
    assert [made.decision.asset.id for made in outcome.made] == ["a"]
    assert (shop.provider.billed, len(posts(shop.provider)), shop.open_entries()) == (1, 1, [])
