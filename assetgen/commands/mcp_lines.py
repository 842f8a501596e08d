"""Lines that the MCP library cannot parse are answered; it would drop them, and a client waits."""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from mcp.shared.message import SessionMessage
from mcp_types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError
from pydantic import ValidationError

#: A string (also one that the line cuts off) with what may follow a key, a bracket, or another
#: value, of JSON. Nothing is tried twice: a client can send a long line.
_TOKEN = re.compile(r'("(?:[^"\\]++|\\.)*+"?+)(\s*+:)?+|[{}\[\]]|[^\s{}\[\],":]++', re.S)


class _Lines(Protocol):
    async def receive(self) -> Any: ...
    async def aclose(self) -> None: ...


class _Answers(Protocol):
    async def send(self, item: SessionMessage, /) -> None: ...


class Answering:
    """A stream of messages without the lines that could not be parsed: each gets an error."""

    def __init__(self, lines: _Lines, answers: _Answers) -> None:
        self._lines, self._answers = lines, answers

    @property
    def last_context(self) -> Any:
        """The context of the task that sent the last message; the library asks for it."""
        return getattr(self._lines, "last_context", None)

    async def receive(self) -> Any:
        """The next message that could be parsed."""
        while isinstance(item := await self._lines.receive(), ValidationError):
            if answer := _answer(item):
                await self._answers.send(SessionMessage(answer))
        return item

    async def aclose(self) -> None:
        """Close the stream of lines."""
        await self._lines.aclose()

    def __aiter__(self) -> Answering:
        return self

    async def __anext__(self) -> Any:
        from anyio import EndOfStream

        try:
            return await self.receive()
        except EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Answering:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _answer(refused: ValidationError) -> JSONRPCError | None:
    """The error for a line; None for a blank one."""
    wrong = refused.errors(include_url=False)
    is_json = wrong[0]["type"] != "json_invalid"
    if is_json:
        messages = [one["input"] for one in wrong if isinstance(one["input"], dict)]
        ids = [one["id"] for one in messages if "jsonrpc" in one and "id" in one]
        where = ids[0] if ids and type(ids[0]) in (int, str) else None
    else:
        line = str(wrong[0]["input"])
        if not line.strip():
            return None
        where = stated_id(line)
    why = ErrorData(
        code=INVALID_REQUEST if is_json else PARSE_ERROR,
        message=f"the line is not a message of JSON-RPC: {wrong[0]['msg']}",
    )
    return JSONRPCError(jsonrpc="2.0", id=where, error=why)


def stated_id(line: str) -> int | str | None:
    """The ``id`` of the message in a line that is not valid JSON; None if there is none."""
    depth, is_next = 0, False
    for token in _TOKEN.finditer(line):
        text = token[0]
        if is_next:
            return _id(token[1] or text)
        is_next = depth == 1 and token[1] == '"id"' and bool(token[2])
        depth += (text in "{[") - (text in "}]")
    return None


def _id(text: str) -> int | str | None:
    if text.startswith('"'):
        try:
            named = str(json.loads(text))
            named.encode()
        except ValueError:  # cut off, or with half a character, which cannot be sent
            return None
        return named
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) else None
