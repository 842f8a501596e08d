"""The answers of a batch that are odd: nothing is lost, nothing is called unbilled that may be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetgen.errors import RoutingError, TrustError, UnknownOutcome
from assetgen.plan.decide import Action, State
from assetgen.record import batch_file
from tests.support.batch_shop import BatchShop
from tests.support.contract import breaches_of
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.provider.tls import ConnectProxy, tls_pair


@pytest.fixture
def shop(place: Place) -> Iterator[BatchShop]:
    with Provider() as provider:
        shop = BatchShop(place, provider)
        shop.plan()
        yield shop


def _sent(shop: BatchShop, *ids: str) -> str:
    shop.wants(*ids)
    shop.commits()
    return shop.sent()


def _answers(shop: BatchShop, batch_id: str, change: dict[str, object] | None, at: int = 0) -> None:
    """End a batch, with one of its lines changed; cut in half without a ``change``."""
    shop.account.end(batch_id)
    file = shop.account.files[shop.account.batches[batch_id]["output_file_id"]]
    lines = file.data.splitlines()
    whole = lines[at]
    lines[at] = whole[: len(whole) // 2]
    if change is not None:
        lines[at] = json.dumps(json.loads(whole) | change).encode()
    file.data = b"\n".join(lines) + b"\n"


def test_a_foreign_line_does_not_stop_the_others_and_is_reported_at_the_end(
    shop: BatchShop,
) -> None:
    foreign = b'{"custom_id": "someone-else", "response": null, "error": null}'
    shop.plan(extra=foreign, reverse=True)
    batch_id = _sent(shop, "a", "b", "c")
    shop.account.end(batch_id)
    file = shop.account.files[shop.account.batches[batch_id]["output_file_id"]]
    first, *rest = file.data.splitlines()
    file.data = b"\n".join([first, foreign, *rest]) + b"\n"
    done = shop.collect()
    (found,) = done.collected
    assert (found.made, found.is_settled, done.exit_code) == (3, True, 11)
    assert isinstance(found.error, TrustError)
    assert "2 answers that no request asked for, the first called 'someone-else'" in (
        found.error.what
    )
    assert [shop.decision(name).state for name in "abc"] == [State.FRESH] * 3
    assert shop.place.git("status", "-s") == ""
    assert shop.collect().exit_code == 0  # it is told once


def test_a_line_that_cannot_be_read_is_never_called_unbilled(shop: BatchShop) -> None:
    batch_id = _sent(shop, "a", "b")
    _answers(shop, batch_id, None)
    done = shop.collect()
    (failed,) = done.outcome.failed
    assert "no answer for it; it may have been billed" in failed.error.what
    assert list(shop.file(batch_id)["ended"]["failed"].values()) == ["unusable"]
    assert shop.decision("a").action is Action.WAIT and shop.decision("b").state is State.FRESH


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"response": 5}, "unusable"),
        ({"response": {"status_code": 200, "body": [1]}}, "unusable"),
        ({"response": None, "error": {"code": "caf\u00e9\n", "message": "no"}}, "caf??"),
    ],
    ids=["structure", "body", "code"],
)
def test_an_odd_line_is_one_failure_and_the_file_stays_readable(
    shop: BatchShop, change: dict[str, object], code: str
) -> None:
    batch_id = _sent(shop, "a", "b")
    _answers(shop, batch_id, change)
    done = shop.collect()
    assert [failed.asset_id for failed in done.outcome.failed] == ["a"]
    path = batch_file.place(batch_id)
    known = batch_file.read(shop.place.read(path), path)
    assert known.ended and list(known.ended.failed.values()) == [code]
    assert shop.decision("b").state is State.FRESH


def test_a_key_that_the_provider_echoes_is_in_no_message_and_no_file(shop: BatchShop) -> None:
    key = shop.provider.key
    shop.plan(extra=json.dumps({"custom_id": f"x {key}"}).encode(), refused={2: "moderation"})
    batch_id = _sent(shop, "a", "b")
    _answers(shop, batch_id, {"response": None, "error": {"code": key, "message": f"no, {key}"}})
    done = shop.collect()
    (found,) = done.collected
    words = [failed.error.what for failed in done.outcome.failed] + [str(found.error)]
    assert found.error and key not in " ".join(words)
    assert len(words) == 3 and key not in shop.place.git("log", "-p")


@pytest.mark.parametrize("fault", ["html_200", "truncated_json"])
def test_a_start_whose_answer_cannot_be_read_may_be_billed(shop: BatchShop, fault: str) -> None:
    shop.wants("a")
    shop.commits()
    shop.provider.fault(fault, path="/batches")
    with pytest.raises(UnknownOutcome, match="may have been started"):
        shop.send()
    assert len(shop.open_entries()) == 1 and len(shop.account.batches) == 1
    assert shop.generate().made == [] and shop.provider.billed == 0
    assert shop.send().started  # it finds the one that was started
    shop.collected()
    assert shop.provider.billed == 1 and len(shop.account.batches) == 1


def test_a_time_that_is_none_is_an_error_not_a_crash(shop: BatchShop) -> None:
    batch_id = _sent(shop, "a")
    shop.account.batches[batch_id]["created_at"] = 10**17
    (row,) = shop.collect().waiting
    assert isinstance(row.error, RoutingError) and "created_at" in row.error.what


# -- requests and prices ---------------------------------------------------------------------------


def test_edits_and_starts_have_the_form_of_the_contract(shop: BatchShop) -> None:
    shop.place.picture("assets/in.png", (64, 64))
    shop.wants("a", more='inputs = ["assets/in.png"]')
    shop.commits()
    shop.sent()
    (sent,) = [one for one in shop.account.files.values() if one.purpose == "batch"]
    line = json.loads(sent.data)
    assert breaches_of("EditImageBodyJsonParam", line["body"]) == []
    start = next(seen for seen in shop.provider.requests if seen.path == "/v1/batches")
    assert breaches_of("CreateBatchRequest", start.json) == []


def test_the_record_of_a_batch_at_openai_has_half_the_cost(place: Place, tmp_path: Path) -> None:
    authority, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context) as provider, ConnectProxy(provider.port) as proxy:
        shop = BatchShop(place, provider)
        shop.plan(size=(1024, 1024))
        del shop.environ["OPENAI_BASE_URL"]
        shop.wants("a", "other")
        text = place.read("assets.toml").decode()
        at = text.rindex('route = "images"')
        place.manifest(text[:at] + text[at:].replace('"images"', '"responses"', 1))
        shop.commits()
        at_openai = {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(authority)}
        rows = {row["id"]: row for row in shop.run("plan", "--batch", "--json").data}
        for command in (("generate", "--batch"), ("batch", "collect")):
            ran = shop.run(*command, **at_openai)
            assert ran.code == 0, ran.err + ran.out
        assert set(proxy.hosts) == {"api.openai.com:443"} and provider.billed == 1
    assert "route responses is not sent in a batch" in rows["other"]["not_in_a_batch"]
    assert rows["a"]["not_in_a_batch"] is None
    found = place.record("a")
    whole = 30 * found["response"]["usage"]["output_tokens"]
    whole += 5 * found["response"]["usage"]["input_tokens"]
    cost = found["cost"]
    assert (found["route"]["surface"], cost["surface"]) == ("openai-api", "openai-api")
    assert cost["usage"]["micros"] == -(-whole // 2)
    assert cost["estimate"]["micros"] == rows["a"]["estimate"]["micros"] == 196 * 30 // 2
    for amount in (cost["usage"], cost["estimate"]):
        assert amount["basis"].endswith("half price in a batch")
