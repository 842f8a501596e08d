"""Candidates on the page: what is shown of them, and picking the one that was seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.review_client import Client
from tests.support.review_page import Server
from tests.support.shop import Shop


@pytest.fixture
def shop(place: Place) -> Iterator[Shop]:
    with Provider(polls=0) as provider:
        shop = Shop(place, provider)
        shop.wants("a", more="candidates = 3")
        assert not shop.generate().failed
        place.git("add", "-A")
        place.git("commit", "-q", "-m", "candidates")
        yield shop


def test_a_candidate_is_picked_by_what_was_seen(shop: Shop) -> None:
    place = shop.place
    with Server(place) as server:
        client = Client(server)
        [row] = client.get("/api/assets").data["assets"]
        assert (row["state"], row["picture"]) == ("undecided", None)
        options = client.get("/api/asset", id="a").data["options"]
        assert [one["command"] for one in options] == [f"assetgen pick a {n}" for n in (1, 2, 3)]
        assert all("1024 × 1024 png" in one["facts"] for one in options)
        seen = client.get("/picture", id=options[1]["picture"])
        assert seen.headers["content-type"] == "image/png"
        act = {"action": "pick", "id": "a", "candidate": options[1]["sha256"]}
        done = client.post(act).data
        assert (done["command"], done["undo"]) == ("assetgen pick a 2", None)
        assert place.record("a")["original"]["digest"] == f"sha256:{options[1]['sha256']}"
        assert place.git("status", "--porcelain") == ""
        later = {**act, "candidate": options[2]["sha256"]}
        undo = client.post(later).data["undo"]
        assert undo["candidate"] == options[1]["sha256"]
        assert client.post(undo).data["command"] == "assetgen pick a 2"
        assert client.get("/api/asset", id="a").data["options"][1]["picked"]
        answer = client.post({**act, "candidate": "0" * 64})
        assert answer.status == 409 and "no such candidate" in answer.data["what"]
        assert shop.provider.billed == 3


def test_the_file_has_the_candidates(shop: Shop) -> None:
    place = shop.place
    place.ok("review", "--html", "out.html")
    page = place.read("out.html").decode()
    data = json.loads(re.findall(r'id="data">(.*?)</script>', page, re.S)[0])
    options = data["details"]["a"]["options"]
    assert all(one["picture"] in data["pictures"] for one in options)
