"""Odd data in the log of a Codex thread never costs the image beside it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from assetgen.codex import rollout
from assetgen.codex.cli import Run
from assetgen.codex.failures import failure_of
from assetgen.codex.rollout import Generation, Rollout
from assetgen.errors import AccountError, AssetgenError, BusyError, ModerationError
from assetgen.record import record
from assetgen.routes import codex
from tests.support.place import Place
from tests.support.rows import every
from tests.support.vendor import encoded

THREAD = "01a204c4-06ea-7901-b9ed-711874b4ab82"
PICTURE = encoded("PNG")
B64 = base64.b64encode(PICTURE).decode()
ITEM: dict[str, Any] = {
    "type": "Extension",
    "kind": "image_gen.generation",
    "id": "call_1",
    "status": "completed",
    "revisedPrompt": "A plane",
    "result": B64,
}


def event(**more: Any) -> bytes:
    item = {**ITEM, **more}
    payload = {"type": "item_completed", "turn_id": "t", "item": item}
    return json.dumps({"type": "event_msg", "payload": payload}).encode()


def limits(text: bytes) -> bytes:
    return (
        b'{"type": "event_msg", "payload": {"type": "token_count", "rate_limits": ' + text + b"}}"
    )


#: Lines before and after that of the image, which is the first one here.
ODD: dict[str, list[bytes]] = {
    "NaN": [event(), limits(b'{"primary": {"used_percent": NaN, "window_minutes": NaN}}')],
    "1e308": [event(), limits(b'{"primary": {"used_percent": 1e308, "resets_at": 1e308}}')],
    "infinity": [event(), limits(b'{"primary": {"used_percent": -Infinity}}')],
    "endless digits": [event(), limits(b'{"primary": {"resets_at": ' + b"9" * 5000 + b"}}")],
    "a huge number": [event(), limits(b'{"secondary": {"window_minutes": 1' + b"0" * 40 + b"}}")],
    "true": [event(), limits(b'{"primary": {"used_percent": true}}')],
    "half a character in the plan": [event(), limits(b'{"plan_type": "\\ud800"}')],
    "half a character in the balance": [
        event(),
        limits(b'{"credits": {"balance": "\\udfff"}}'),
    ],
    "half a character in the prompt": [event(revisedPrompt="A \ud83d plane")],
    "half a character in an id": [event(generationId="\udc00", id="\ud800")],
    "half a character in an input": [event(inputImages=[{"sha256": "\ud800"}])],
    "half a character in the model": [
        event(),
        b'{"type": "turn_context", "payload": {"model": "\\ud800"}}',
        b'{"type": "session_meta", "payload": {"cli_version": "\\ud800"}}',
    ],
    "NaN beside the image": [event()[:-1] + b', "at": NaN}'],
    "endless digits beside the image": [event()[:-1] + b', "at": ' + b"9" * 5000 + b"}"],
    "a huge prompt": [event(revisedPrompt="plane " * 300_000)],
    "a huge id": [event(generationId="g" * 2_000_000)],
    "thousands of inputs": [event(inputImages=[{"sha256": "a" * 64}] * 50_000)],
}


def thread(home: Path, lines: list[bytes], picture: bytes | None = PICTURE) -> None:
    folder = home / "sessions/2026/11/30"
    folder.mkdir(parents=True)
    (folder / f"rollout-2026-11-30-{THREAD}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    if picture:
        place = home / "generated_images" / THREAD
        place.mkdir(parents=True)
        (place / "call_1.png").write_bytes(picture)


@pytest.mark.parametrize("name", every(2, ODD))
def test_an_image_is_adopted_beside_odd_data(bare: Place, name: str) -> None:
    home = Path(bare.environ["HOME"]) / ".codex"
    thread(home, ODD[name])
    bare.manifest(
        '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = "A"\n'
        'route = "codex"\nprompt = "A plane"\n'
    )
    ran = bare.run("adopt", "a", CODEX_THREAD_ID=THREAD, CODEX_HOME=str(home))
    assert ran.code == 0, ran.err
    path = ".assetgen/records/a.json"
    record.read(bare.read(path), path)
    assert len(bare.read(path)) < record.MAX_BYTES // 2
    assert bare.run("check", "--rehash").code in (0, 1)  # it is not committed yet
    assert bare.run("show", "a").code == 0


FORMS: dict[str, list[bytes]] = {
    "generating": [event(status="generating")],
    "in progress": [event(status="in_progress")],
    "failed": [event(status="failed")],
    "without status": [event(status=None)],
    "data URL": [event(result=f"data:image/png;base64,{B64}")],
    "wrapped": [event(result=B64[:70] + "\n" + B64[70:])],
    "unpadded": [event(result=B64.rstrip("="))],
    "completed later without the result": [event(), event(result=None, status="completed")],
    "said to be generating later": [event(), event(result="", status="generating")],
    "older form": [
        json.dumps(
            {
                "type": "response_item",
                "payload": {
                    "type": "image_generation_call",
                    "id": "ig_1",
                    "status": "generating",
                    "result": B64,
                },
            }
        ).encode()
    ],
}


@pytest.mark.parametrize("name", FORMS)
def test_a_whole_image_in_the_log_is_found_in_each_form(tmp_path: Path, name: str) -> None:
    thread(tmp_path, FORMS[name], picture=None)
    found = codex.find(tmp_path, THREAD)
    assert found is not None and found.original == PICTURE
    assert found.is_from_rollout


FAILURES: dict[str, tuple[Run, Rollout, type[AssetgenError]]] = {
    "too many requests": (
        Run(THREAD, 1, error="exceeded retry limit, last status: 429 Too Many Requests"),
        Rollout(),
        BusyError,
    ),
    "too many requests for images": (
        Run(THREAD, 0),
        Rollout((Generation("c", "failed", failure={"type": "tooManyRequests"}),)),
        BusyError,
    ),
    "429 in the tool's reply": (
        Run(THREAD, 0),
        Rollout((Generation("c", "failed", said="image generation failed: http 429"),)),
        BusyError,
    ),
    "account blocked": (
        Run(THREAD, 1, error="Your account has been suspended for a violation of our policies"),
        Rollout(),
        AccountError,
    ),
    "account blocked for images": (
        Run(THREAD, 0),
        Rollout(
            (
                Generation(
                    "c",
                    "failed",
                    failure={"message": "This user is banned: content_policy violations"},
                ),
            )
        ),
        AccountError,
    ),
    "moderation": (
        Run(THREAD, 0),
        Rollout((Generation("c", "failed", failure={"message": "rejected by moderation"}),)),
        ModerationError,
    ),
    "half a character": (Run(THREAD, 1, error="429 \ud800"), Rollout(), BusyError),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_of_codex_has_the_exit_code_of_its_kind(name: str) -> None:
    run, log, kind = FAILURES[name]
    error = failure_of(run, log)
    assert type(error) is kind
    error.what.encode()  # the log of purchases must be able to keep it


def test_a_line_with_odd_numbers_is_read() -> None:
    [found] = rollout.read([event()[:-1] + b', "x": [NaN, 1e999, -Infinity]}']).generations
    assert found.picture == PICTURE
