"""The log of a Codex thread is read in the forms of all versions; damaged lines are ignored."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.codex import rollout

PICTURE = b"\x89PNG the picture"
RESULT = base64.b64encode(PICTURE).decode()


def lines(*events: Any) -> list[bytes]:
    return [json.dumps(event).encode() for event in events]


NEW = {
    "type": "event_msg",
    "payload": {
        "type": "item_completed",
        "turn_id": "turn-1",
        "item": {
            "type": "Extension",
            "kind": "image_gen.generation",
            "id": "call_1",
            "status": "completed",
            "revisedPrompt": "A plane",
            "result": RESULT,
            "transparentBackground": False,
            "failure": None,
            "savedPath": "/home/ada/.codex/generated_images/t/call_1.png",
            "generationId": "gen_1",
            "inputImages": [{"path": "/tmp/a.png", "sha256": "aa"}],
        },
    },
}
OLD = {
    "type": "event_msg",
    "payload": {
        "type": "image_generation_end",
        "call_id": "call_1",
        "status": "completed",
        "revised_prompt": "A plane",
        "result": RESULT,
        "saved_path": "/home/ada/.codex/generated_images/t/call_1.png",
    },
}
LIVE = {
    "method": "item/completed",
    "params": {
        "threadId": "t",
        "turnId": "turn-1",
        "item": {
            "type": "imageGeneration",
            "id": "call_1",
            "status": "completed",
            "revisedPrompt": "A plane",
            "result": RESULT,
            "savedPath": "/home/ada/.codex/generated_images/t/call_1.png",
        },
    },
}


@pytest.mark.parametrize("event", [NEW, OLD, LIVE], ids=["0.169", "older", "app-server"])
def test_a_picture_is_read_in_every_known_form(event: Any) -> None:
    [found] = rollout.read(lines(event)).generations
    assert (found.call_id, found.status, found.prompt, found.picture) == (
        "call_1",
        "completed",
        "A plane",
        PICTURE,
    )
    assert found.saved_path and found.saved_path.endswith("call_1.png")


def test_the_thread_its_model_and_the_accounts_limits_are_read() -> None:
    first, last = (
        {"limit_id": "codex", "primary": {"used_percent": 12.5}},
        {"limit_id": "codex", "primary": {}},
    )
    found = rollout.read(
        lines(
            {
                "type": "session_meta",
                "payload": {"cli_version": "0.169.0", "model_provider": "openai"},
            },
            {"type": "turn_context", "payload": {"model": "gpt-6.1-sol"}},
            {"type": "event_msg", "payload": {"type": "token_count", "rate_limits": first}},
            {"type": "event_msg", "payload": {"type": "token_count", "rate_limits": last}},
        )
    )
    assert (found.cli_version, found.model) == ("0.169.0", "gpt-6.1-sol")
    assert list(found.limits) == [first, last]


def test_a_failed_call_has_the_reply_of_the_tool() -> None:
    failed = json.loads(json.dumps(NEW))
    failed["payload"]["item"] |= {"status": "failed", "result": ""}
    answer = {
        "type": "function_call_output",
        "call_id": "call_1",
        "output": "image generation failed: http 429",
    }
    [found] = rollout.read(lines(failed, {"type": "response_item", "payload": answer})).generations
    assert (found.said, found.picture) == ("image generation failed: http 429", None)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"payload": 1}',
        b'{"payload": {"type": "item_completed", "item": 3}}',
        b"[" * 100_000,
    ],
    ids=["empty", "cut", "list", "null", "no payload", "no item", "deep"],
)
def test_a_damaged_line_is_ignored(line: bytes) -> None:
    assert len(rollout.read([line, *lines(NEW)]).generations) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_no_event_makes_the_reader_fail(item: Any, payload: Any) -> None:
    odd = {"type": "event_msg", "payload": {"type": "item_completed", "item": item}}
    rollout.read(
        lines(
            odd,
            {"type": "event_msg", "payload": payload},
            {"method": "item/completed", "params": item},
        )
    )
    shaped = {
        "kind": "image_gen.generation",
        "id": "x",
        "result": item,
        "failure": payload,
        "inputImages": item,
    }
    rollout.read(
        lines({"type": "event_msg", "payload": {"type": "item_completed", "item": shaped}})
    )


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "01a206c5", "01a206c5-6b02-7c80-ad3b-b107e8a390ef/.."]
)
def test_only_a_valid_thread_id_becomes_part_of_a_path(name: str) -> None:
    assert rollout.THREAD.fullmatch(name) is None
