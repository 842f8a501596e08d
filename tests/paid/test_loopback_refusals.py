"""The provider of the tests refuses what OpenAI refuses, in the same order and words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.support.loopback import ORDER, PICTURE, TOOL, ask, client, png
from tests.support.provider import Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


REFUSALS: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "no model": ({"model": None}, "missing_required_parameter", "model"),
    "retired model before a bad key": (
        {"model": "gpt-image-1", "style": "x"},
        "invalid_value",
        "model",
    ),
    "unknown key before a bad prompt": (
        {"response_format": None, "prompt": ""},
        "unknown_parameter",
        "response_format",
    ),
    "style": ({"style": "vivid"}, "unknown_parameter", "style"),
    "fidelity on generate": ({"input_fidelity": "high"}, "unknown_parameter", "input_fidelity"),
    "empty prompt before n": ({"prompt": "", "n": 0}, "empty_string", "prompt"),
    "n too small before size": ({"n": 0, "size": "1x1"}, "integer_below_min_value", "n"),
    "n too large": ({"n": 11}, "integer_above_max_value", "n"),
    "n of words": ({"n": "two"}, "invalid_type", "n"),
    "quality": ({"quality": "hd"}, "invalid_value", "quality"),
    "xhigh on 2": ({"quality": "xhigh"}, "invalid_value", "quality"),
    "size too small": ({"size": "512x512"}, "invalid_value", "size"),
    "size not of sixteens": ({"size": "1000x1000"}, "invalid_value", "size"),
    "size too long": ({"size": "4096x2048"}, "invalid_value", "size"),
    "size too narrow": ({"size": "3200x1024"}, "invalid_value", "size"),
    "size too many pixels": ({"size": "3840x3840"}, "invalid_value", "size"),
    "old model, new size": (
        {"model": "gpt-image-1.5", "size": "2048x2048"},
        "invalid_value",
        "size",
    ),
    "transparent": ({"background": "transparent"}, "invalid_value", "background"),
    "svg on 2": ({"output_format": "svg"}, "invalid_value", "output_format"),
    "compression": ({"output_compression": 101}, "integer_above_max_value", "output_compression"),
}


@pytest.mark.parametrize(("change", "code", "param"), REFUSALS.values(), ids=REFUSALS)
def test_what_openai_refuses_is_refused(
    provider: Provider, change: dict[str, Any], code: str | None, param: str | None
) -> None:
    status, _, body = ask(provider, body={**PICTURE, **change})
    error = json.loads(body)["error"]
    assert (status, error["code"], error["param"]) == (400, code, param)
    assert provider.billed == 0


def test_null_counts_as_left_out(provider: Provider) -> None:
    nulls = dict.fromkeys(
        ("n", "output_compression", "partial_images", "quality", "size", "stream")
    )
    assert ask(provider, body={**PICTURE, **nulls})[0] == 200


TOOL_REFUSALS: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "image model on top": (
        {"model": "gpt-image-1"},
        "is not supported with the Responses API.",
        "model",
    ),
    "size": (
        {"tools": [{**TOOL, "size": "512x512"}]},
        "below the current minimum pixel budget.",
        "tools",
    ),
    "transparent": (
        {"tools": [{**TOOL, "background": "transparent"}]},
        "is not supported for this model.",
        "tools",
    ),
    "edit of nothing": (
        {"tools": [{**TOOL, "action": "edit"}]},
        "needs at least one input image",
        "tools",
    ),
    "unknown key": (
        {"tools": [{**TOOL, "n": 2}]},
        "Unknown parameter: 'tools[0].n'.",
        "tools[0].n",
    ),
    "tool forced but absent": ({"tools": []}, "not found in 'tools' parameter.", "tool_choice"),
}


@pytest.mark.parametrize(("change", "text", "param"), TOOL_REFUSALS.values(), ids=TOOL_REFUSALS)
def test_what_the_responses_api_refuses_is_refused(
    provider: Provider, change: dict[str, Any], text: str, param: str | None
) -> None:
    status, _, body = ask(provider, "/responses", {**ORDER, **change})
    error = json.loads(body)["error"]
    assert (status, error["param"], provider.billed) == (400, param, 0)
    assert text in error["message"]


EDIT_REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "not a picture": ({"image": ("a.png", b"words", "image/png")}, "invalid_image_file"),
    "no type": ({"image": b"\x89PNG"}, "unsupported_file_mimetype"),
    "fidelity": ({"input_fidelity": "high"}, "invalid_input_fidelity_model"),
    "mask of another size": (
        {"mask": ("m.png", png((32, 32), "RGBA"), "image/png")},
        "invalid_mask_image_format",
    ),
    "mask without alpha": ({"mask": ("m.png", png(), "image/png")}, "invalid_mask_image_format"),
}


@pytest.mark.parametrize(("change", "code"), EDIT_REFUSALS.values(), ids=EDIT_REFUSALS)
def test_what_an_edit_refuses_is_refused(
    provider: Provider, change: dict[str, Any], code: str
) -> None:
    asked: dict[str, Any] = {
        "model": "gpt-image-2",
        "prompt": "x",
        "image": ("a.png", png(), "image/png"),
        **change,
    }
    with client(provider) as api, pytest.raises(openai.BadRequestError) as caught:
        api.images.edit(**asked)
    assert (caught.value.code, provider.billed) == (code, 0)


def test_a_wrong_key_is_shown_only_in_part(provider: Provider) -> None:
    status, _, body = ask(provider, body=PICTURE, Authorization="Bearer sk-wrong-0123456789")
    error = json.loads(body)["error"]
    assert (status, error["code"]) == (401, "invalid_api_key")
    assert error["message"].startswith("Incorrect API key provided: sk-wro*****6789.")
