"""A real client of the MCP server, over stdio."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from tests.support import forks
from tests.support.place import Place

_T = TypeVar("_T")

PAINTED = """
[[asset]]
id = "{id}"
kind = "cover"
path = "public/{id}.png"
alt = "A paper plane"
route = "{route}"
prompt = "A paper plane"
"""


def talk(place: Place, work: Callable[[Client], Awaitable[_T]], *arguments: str) -> _T:
    """Let a client work with the server."""
    server = StdioServerParameters(
        command=str(forks.programs() / "assetgen"),
        args=["mcp", *arguments],
        cwd=place.root,
        env=place.environ,
    )

    async def session() -> _T:
        async with Client(server) as client:
            return await work(client)

    return asyncio.run(session())


def facts(result: CallToolResult) -> Any:
    assert isinstance(result.content[0], TextContent)
    stated = json.loads(result.content[0].text)
    assert result.structured_content in (None, stated)
    return stated


def painted(place: Place, *ids: str, route: str = "images") -> None:
    place.manifest("".join(PAINTED.format(id=asset_id, route=route) for asset_id in ids))


def conversation(
    place: Place, *messages: dict[str, Any], flags: tuple[str, ...] = ()
) -> tuple[list[Any], str]:
    """The lines of standard output, and standard error, until the input of the server ends."""
    first = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    }
    opening: list[dict[str, Any]] = [
        {"id": 0, "method": "initialize", "params": first},
        {"method": "notifications/initialized"},
    ]
    process = subprocess.Popen(
        [sys.executable, "-P", *flags, "-m", "assetgen", "mcp"],
        cwd=place.root,
        env=place.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout and process.stderr
    lines: list[Any] = []
    for message in (*opening, *messages):
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
        if "id" in message:
            lines.append(json.loads(process.stdout.readline()))
    out, err = process.communicate(timeout=30)
    assert out == "" and process.returncode == 0, err
    return lines, err
