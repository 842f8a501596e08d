"""What a reply says beside its image: bounded, and an id of a response is whole or none."""

from __future__ import annotations

import json

import pytest

from assetgen.paid import replies, side_data

_PACKED = "resp_" + "bGl0ZWxsbTo6" * 60  # a proxy packs its route into the id of the response


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("resp_1", "resp_1"),
        (_PACKED, _PACKED),
        ("resp_" + "x" * side_data.LONGEST_ID, None),
        ("", None),
        (5, None),
    ],
)
def test_the_id_of_a_response_is_whole_or_none(stated: object, kept: str | None) -> None:
    assert side_data.response_id(stated) == kept


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_long_id_is_read_whole(streamed: bool) -> None:
    response = {"id": _PACKED, "object": "response", "status": "in_progress", "output": []}
    event = {"type": "response.created", "response": response}
    data = f"event: response.created\ndata: {json.dumps(event)}\n\n" if streamed else None
    reply = (data or json.dumps(response)).encode()
    assert replies.of_response(reply, streamed=streamed).response_id == _PACKED
