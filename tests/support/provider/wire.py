"""Requests and replies as objects, apart from the bytes on a socket."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.support.provider.pictures import Picture

HOLE = "picture-goes-here-b1946ac92492d2347c6235b4d2611184"


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    json: dict[str, Any] | None = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    number: int = 0
    request_id: str = ""

    def read(self) -> None:
        """Parse the body if its content type is known."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/json"):
            try:
                found = json.loads(self.body)
            except ValueError:
                return
            self.json = found if isinstance(found, dict) else None
        elif kind.startswith("multipart/form-data"):
            self._parts(kind.partition("boundary=")[2].split(";")[0].strip('"').encode())

    def _parts(self, boundary: bytes) -> None:
        for part in (b"\r\n" + self.body).split(b"\r\n--" + boundary)[1:-1]:
            head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            lines = dict(
                line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line
            )
            lower = {name.lower(): value for name, value in lines.items()}
            said = dict(
                piece.strip().split("=", 1)
                for piece in lower["content-disposition"].split(";")
                if "=" in piece
            )
            name = said["name"].strip('"')
            if "filename" in said:
                self.files.append(
                    (name, said["filename"].strip('"'), lower.get("content-type", ""), data)
                )
            else:
                self.fields.setdefault(name, []).append(data.decode())


@dataclass
class Reply:
    """A reply whose body is known."""

    status: int
    body: list[bytes]
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"


@dataclass
class Stream:
    """A reply of server-sent events."""

    events: list[list[bytes]]
    headers: dict[str, str] = field(default_factory=dict)


Answer = Reply | Stream


def encode(document: Any) -> list[bytes]:
    """JSON in pieces, the base64 of pictures put in without being copied."""
    held: list[Picture] = []

    def hold(value: Any) -> str:
        if not isinstance(value, Picture):
            raise TypeError(type(value))
        held.append(value)
        return HOLE

    pieces = json.dumps(document, default=hold, ensure_ascii=False).encode().split(HOLE.encode())
    out = [pieces[0]]
    for picture, piece in zip(held, pieces[1:], strict=True):
        out += [*picture.text, piece]
    return out


def event(document: dict[str, Any]) -> list[bytes]:
    """One server-sent event."""
    return [f"event: {document['type']}\ndata: ".encode(), *encode(document), b"\n\n"]


def events(documents: Iterable[dict[str, Any]]) -> list[list[bytes]]:
    return [event(document) for document in documents]
