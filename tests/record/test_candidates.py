"""The committed file of candidates: one exact form, and untrusted when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from assetgen.record import candidates, record
from assetgen.record.candidates import CandidatesFile, Choice
from assetgen.record.record import Unusable
from assetgen.record.schema import (
    Amount,
    Candidate,
    Costs,
    Purchase,
    RecordedRoute,
)

PLACE = ".assetgen/candidates/a/b.json"


def purchase(token: str = "0" * 16) -> Purchase:
    return Purchase(
        token=token,
        route=RecordedRoute(owner="images", surface="openai-api", endpoint="POST /v1/x"),
        request=record.recorded_request("POST /v1/x", {"n": 2}),
        response=None,
        received="base64",
    )


def candidate(sha256: str = "a" * 64, purchase: int = 0) -> Candidate:
    costs = Costs(surface="openai-api", currency="USD", estimate=Amount(5300))
    return Candidate(
        sha256=sha256,
        media_type="image/png",
        bytes=9,
        width=4,
        height=3,
        purchase=purchase,
        cost=costs,
    )


def choice(take: int = 1, token: str = "0" * 16) -> Choice:
    intent = {"kind": "cover", "take": take}
    return Choice(
        intent={**intent, "digest": record.digest(intent)},
        purchases=[purchase(token)],
        candidates=[candidate(), candidate("b" * 64)],
    )


def written(*choices: Choice) -> bytes:
    return candidates.write(CandidatesFile(asset="a/b", choices=list(choices) or [choice()]))


def test_a_file_is_read_as_it_was_written() -> None:
    data = written()
    found = candidates.read(data, PLACE)
    assert found.asset == "a/b" and found.of([choice().digest]) == choice()
    assert candidates.write(found) == data


def test_the_place_of_a_file_is_that_of_its_record_in_another_folder() -> None:
    alone, in_collection = candidates.places("a/b")
    assert alone == PLACE and in_collection.endswith("/a/b.json")
    assert candidates.id_at(alone) == candidates.id_at(in_collection) == "a/b"


def test_more_candidates_of_one_intent_come_after_the_others_and_each_only_once() -> None:
    first, more = choice(), choice(token="1" * 16)
    file = CandidatesFile(asset="a/b", choices=[first, choice(take=2)]).having(more).having(more)
    found = file.of([first.digest])
    assert found and [one.purchase for one in found.candidates] == [0, 0, 1, 1]
    assert [one.token for one in found.purchases] == ["0" * 16, "1" * 16]
    left = file.without([first.digest])
    assert left and [one.intent["take"] for one in left.choices] == [2]
    assert left.without([left.choices[0].digest]) is None


def sealed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """A file with a change and a new digest, as anyone can write it."""
    stated = json.loads(written())
    change(stated)
    bare = {name: value for name, value in stated.items() if name != "integrity"}
    stated["integrity"] = {"alg": "sha256-jcs", "digest": record.digest(bare)}
    return msgspec.json.encode(stated)


def _of_first(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda stated: stated["choices"][0]["candidates"][0].update({name: value})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b" " * (candidates.MAX_BYTES + 1), "larger"),
        (b"<<<<<<< ours\n", "merge markers"),
        (written().replace(b'"bytes": 9', b'"bytes": 8'), "edited by hand"),
        (sealed(lambda stated: stated.update(asset="c")), "belongs to asset 'c'"),
        (sealed(lambda stated: stated.update(version=2)), "form"),
        (sealed(lambda stated: stated.update(choices=[])), "form"),
        (sealed(lambda stated: stated["choices"].append(stated["choices"][0])), "twice"),
        (sealed(_of_first("sha256", "../../x")), "form"),
        (sealed(_of_first("bytes", -1)), "form"),
        (sealed(_of_first("purchase", 1)), "not listed"),
        (sealed(_of_first("mediaType", "image/svg+xml")), "no image"),
        (sealed(lambda stated: stated["choices"][0]["intent"].update(take=7)), "digest"),
        (
            sealed(lambda s: s["choices"][0]["purchases"][0]["route"].update(owner="a\nb")),
            "not valid",
        ),
        (
            sealed(lambda s: s["choices"][0]["purchases"][0]["request"]["body"].update(n=9)),
            "not that of its request",
        ),
    ],
)
def test_a_file_that_assetgen_did_not_write_is_not_used(data: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        candidates.read(data, PLACE)
