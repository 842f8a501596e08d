"""assetgen request: a cURL command with comments that say where to run it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from assetgen.plan.routing import Part, Request
from assetgen.routes import request
from assetgen.settings import provider
from assetgen.settings.config import Config

_OPENAI = provider.resolve("responses", None, {}, Config())
_FETCHED = (
    "# it runs in the background; fetch the result with the id in the reply:\n"
    "# curl https://api.openai.com/v1/responses/RESPONSE_ID "
    '-H "Authorization: Bearer $OPENAI_API_KEY"'
)


def _request(path: str, body: dict[str, Any], *parts: Part) -> Request:
    return Request(path, body, body, parts)


_INPUT = Part("image[]", "a.png", "image/png", "assets/a.png", b"x")
_COMMANDS: dict[str, tuple[Request, str | None, str | None]] = {
    # a request: (what is sent, the comment before the command, the comment behind it)
    "plain": (_request("/images/generations", {"prompt": "p"}), None, None),
    "files": (
        _request("/images/edits", {"prompt": "p"}, _INPUT),
        "# run it in the project folder: it uses files from there",
        None,
    ),
    "in the background": (_request("/responses", {"background": True}), None, _FETCHED),
    "while one waits": (_request("/responses", {"background": False}), None, None),
}


@pytest.mark.parametrize(("request_", "before", "behind"), _COMMANDS.values(), ids=_COMMANDS)
def test_comments_say_where_to_run_the_command_and_how_to_fetch_the_result(
    request_: Request, before: str | None, behind: str | None
) -> None:
    lines = request.command(_OPENAI, request_).split("\n")
    comments = "\n".join(line for line in lines if line.startswith("#"))
    assert comments == "\n".join(filter(None, (before, behind)))
    assert lines[0].startswith("#") == (before is not None)


@pytest.mark.parametrize("request_", [one[0] for one in _COMMANDS.values()], ids=list(_COMMANDS))
def test_a_shell_can_parse_the_command(request_: Request) -> None:
    script = request.command(_OPENAI, request_)
    assert (
        subprocess.run(["bash", "-n"], input=script.encode(), capture_output=True).returncode == 0
    )
