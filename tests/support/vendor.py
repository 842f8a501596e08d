"""A server on loopback that sends a given answer piece by piece, and keeps the requests."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import socket
import threading
from collections.abc import Iterable
from typing import Any, Self

from PIL import Image


class Vendor:
    """Every connection gets the same reply: headers, then the pieces of ``body``, to the end."""

    key = "sk-canary-KEY"

    def __init__(self, body: Iterable[bytes], status: str = "200 OK", headers: str = "") -> None:
        kind = "Content-Type: application/json\r\nConnection: close\r\n"
        self._head = f"HTTP/1.1 {status}\r\n{kind}{headers}\r\n".encode()
        self._body = body
        self.requests: list[bytes] = []
        self.sent = 0
        self._closed = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self._socket.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.origin}/v1"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        self._thread.join()
        self._socket.close()

    def body(self) -> Iterable[bytes]:
        """The reply to the last request."""
        return self._body

    def wait(self, seconds: float) -> None:
        """Pause between two pieces, unless the test is over."""
        self._closed.wait(seconds)

    def _serve(self) -> None:
        while not self._closed.is_set():
            connection, _ = self._socket.accept()
            with connection, contextlib.suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            more = connection.recv(65_536)
            if not more:
                return
            asked += more
        head, _, body = asked.partition(b"\r\n\r\n")
        lines = [line.partition(b":") for line in head.lower().split(b"\r\n")]
        length = next((int(value) for name, _, value in lines if name == b"content-length"), 0)
        while len(body) < length:
            body += connection.recv(65_536)
        self.requests.append(head + b"\r\n\r\n" + body)
        connection.sendall(self._head)
        for piece in self.body():
            if self._closed.is_set():
                return
            connection.sendall(piece)
            self.sent += len(piece)


def picture_reply(data: bytes, **more: Any) -> list[bytes]:
    """The reply of the Images API with one picture."""
    return [
        json.dumps(
            {"created": 1, "data": [{"b64_json": base64.b64encode(data).decode()}], **more}
        ).encode()
    ]


def encoded(form: str, size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize(size).save(out, form, **options)
    return out.getvalue()
