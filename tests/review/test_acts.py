"""What the page can do: the same as the commands, only for the page, only about what was seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from tests.support.images import picture
from tests.support.place import Place
from tests.support.review_client import Client
from tests.support.review_page import Server
from tests.support.tiny import tiny


@pytest.fixture
def client(place: Place) -> Iterator[Client]:
    tiny(place, "a", "b")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "all")
    with Server(place) as server:
        yield Client(server)


def _act(client: Client, action: str, **more: str) -> dict[str, str]:
    shown = client.get("/api/asset", id="a").data
    return {"action": action, "id": "a", "picture": shown["summary"]["picture"], **more}


def test_approving_by_the_page_is_the_command(place: Place, client: Client) -> None:
    [offer] = client.get("/api/asset", id="a").data["offers"]
    assert (offer["action"], offer["command"]) == ("approve", "assetgen approve a")
    done = client.post(_act(client, "approve", note="it's fine")).data
    assert done["words"].startswith("approved a") and "committed as" in done["words"]
    assert done["command"] == "assetgen approve a --note 'it'\"'\"'s fine'"
    assert place.git("log", "-1", "--format=%s") == "assetgen: approve a"
    detail = client.get("/api/asset", id="a").data
    assert detail["summary"]["approved"] and "it's fine" in detail["approval"]
    client.post(done["undo"])
    assert not place.has(".assetgen/approvals/a.json")
    assert place.git("log", "-1", "--format=%s") == "assetgen: revoke a"
    assert place.git("status", "--porcelain") == ""


def test_only_what_was_seen_is_approved(place: Place, client: Client) -> None:
    body = _act(client, "approve")
    body["picture"] = hashlib.sha256(b"another").hexdigest()
    answer = client.post(body)
    assert answer.status == 409 and "changed since it was shown" in answer.data["what"]
    place.write("public/a.png", picture())
    answer = client.post(_act(client, "approve"))
    assert answer.status == 409 and "edited" in answer.data["what"]
    assert answer.data["cure"].startswith("assetgen accept a")
    assert not place.has(".assetgen/approvals")


def test_only_the_page_can_act(place: Place, client: Client) -> None:
    body = _act(client, "approve")
    for changed, status in (
        ({"Cookie": None}, 403),
        ({"X_Assetgen_Review": None}, 403),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
    ):
        assert client.post(body, **changed).status == status, changed
    assert client.get("/api/act", **body).status == 405
    assert client.post({**body, "note": "x" * 70_000}).status == 413
    changes: list[dict[str, object]] = [{"action": "generate"}, {"more": 1}, {"id": "z"}]
    for wrong in (7, [], {}, *({**body, **one} for one in changes)):
        assert client.post(wrong).status == 409
    assert not place.has(".assetgen/approvals")


def test_an_agent_gets_no_offers_and_is_refused(place: Place) -> None:
    tiny(place, "a")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "all")
    with Server(place, CLAUDECODE="1") as server:
        client = Client(server)
        assert client.get("/api/asset", id="a").data["offers"] == []
        answer = client.post(_act(client, "approve"))
        assert (answer.status, answer.data["error"]) == (409, "TrustError")
