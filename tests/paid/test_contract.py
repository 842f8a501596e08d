"""Requests and replies have the form that the contract of the OpenAI API describes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.contract import breaches_of
from tests.support.loopback import ORDER, PICTURE, TOOL, ask
from tests.support.provider import Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


REPLIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "picture": ("ImagesResponse", "/images/generations", PICTURE),
    "response": ("Response", "/responses", ORDER),
    "call that failed": ("Response", "/responses", ORDER),
    "background": ("Response", "/responses", {**ORDER, "background": True}),
    "stream": (
        "ImageGenStreamEvent",
        "/images/generations",
        {**PICTURE, "stream": True, "partial_images": 1},
    ),
    "response stream": ("ResponseStreamEvent", "/responses", {**ORDER, "stream": True}),
    "refusal": ("ErrorResponse", "/images/generations", {**PICTURE, "n": 0}),
}


@pytest.mark.parametrize("case", REPLIES)
def test_a_normal_reply_has_the_form_of_the_contract(provider: Provider, case: str) -> None:
    name, path, body = REPLIES[case]
    if case == "call that failed":
        provider.fault("call_failed")
    reply = ask(provider, path, body)[2]
    events = [json.loads(line) for line in re.findall(rb"^data: (.*)$", reply, re.M)]
    found = events or [json.loads(reply)]
    assert [line for value in found for line in breaches_of(name, value)] == []


BROKEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "no prompt": ("CreateImageRequest", {"model": "gpt-image-2"}, "$: prompt is missing"),
    "unknown field": ("CreateImageRequest", {**PICTURE, "style_of": 1}, "$: style_of is unknown"),
    "type of a field": ("CreateImageRequest", {**PICTURE, "n": "two"}, "$.n: str is not integer"),
    "value of a field": (
        "CreateImageRequest",
        {**PICTURE, "output_format": "bmp"},
        "$.output_format: 'bmp' is none of",
    ),
    "value of the tool": (
        "CreateResponse",
        {**ORDER, "tools": [{**TOOL, "quality": "ultra"}]},
        "$.tools[0]",
    ),
    "forced tool": ("CreateResponse", {**ORDER, "tool_choice": {"type": 3}}, "$.tool_choice"),
}


@pytest.mark.parametrize(("name", "body", "what"), BROKEN.values(), ids=BROKEN)
def test_a_broken_request_is_found(name: str, body: dict[str, Any], what: str) -> None:
    good = PICTURE if name == "CreateImageRequest" else ORDER
    assert breaches_of(name, good) == []
    assert any(line.startswith(what) for line in breaches_of(name, body))


@pytest.mark.parametrize("case", REPLIES)
def test_a_reply_without_its_parts_is_found(case: str) -> None:
    assert breaches_of(REPLIES[case][0], {"type": "nothing"}) != []
