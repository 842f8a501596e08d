"""The provider itself: sockets, keys, the queue of faults, the bill and the log."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import secrets
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, cast

from tests.support.provider import responses, tasks
from tests.support.provider.batches import Account
from tests.support.provider.faults import (
    FAULTS,
    HTML,
    Queued,
    Refused,
)
from tests.support.provider.images import IMAGE_MODELS, TEXT_MODELS
from tests.support.provider.profiles import PROFILES
from tests.support.provider.wire import Answer, Reply, Seen, Stream, event
from tests.support.provider.work import Work, refuse


class Provider:
    """A provider on loopback, in threads of this process."""

    def __init__(
        self,
        profile: str = "openai",
        *,
        key: str = "sk-canary-KEY",
        delay: float = 0,
        tls: ssl.SSLContext | None = None,
        log: Path | None = None,
        models: Sequence[str] | None = None,
        bulk: bool | str = False,
        transparent_ok: bool = False,
        polls: int = 2,
    ) -> None:
        self.profile, self.key, self.delay = profile, key, delay
        self.bulk, self.transparent_ok, self.polls = bulk, transparent_ok, polls
        self.models = list(models) if models is not None else [*IMAGE_MODELS, *TEXT_MODELS]
        self.requests: list[Seen] = []
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens elsewhere while a request is worked on."""
        self.repaints: Callable[[bytes], bytes] | None = None
        """What an edit makes of its first input, on any path; without it, an image of its own."""
        self.closed = threading.Event()
        self.account = Account(self)
        self.running: dict[str, responses.Running] = {}
        self.tasks: dict[str, tasks.Task] = {}
        self.generated: dict[str, Reply] = {}
        self._faults: list[Queued] = []
        self._billed = 0
        self._lock = threading.Lock()
        self._tls = tls
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else None
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.url = self.origin + PROFILES[profile].base
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Provider:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def billed(self) -> int:
        """Pictures that a real provider would have billed for."""
        with self._lock:
            return self._billed

    def fault(self, name: str, *, times: int = 1, path: str | None = None, **how: Any) -> None:
        """Give a fault to the next `times` POSTs (`path`: part of theirs; or `method="GET"`)."""
        if name not in FAULTS:
            raise LookupError(f"no such fault: {name}")
        method = str(how.pop("method", "GET" if name == "not_found_response" else "POST"))
        with self._lock:
            self._faults.append(Queued(name, times, path, method, how))

    def close(self) -> None:
        """Drop every connection and stop; a second call does nothing."""
        if self.closed.is_set():
            return
        self.closed.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()  # wakes accept()
        self._acceptor.join()
        self._socket.close()
        with self._lock:
            still = list(self._open)
        for connection in still:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        if self._log is not None:
            os.close(self._log)

    # -- used by the handler -----------------------------------------------------------------------

    def take(self, method: str, path: str) -> Queued | None:
        """The fault that this request meets, if any."""
        with self._lock:
            for queued in self._faults:
                if queued.matches(method, path):
                    queued.times -= 1
                    return queued
        return None

    def note(self, seen: Seen) -> None:
        """Number a request, keep it, and write it down before anything is answered."""
        self.meanwhile()
        with self._lock:
            self.requests.append(seen)
            seen.number = len(self.requests)
        line = {"event": "request", "number": seen.number, "method": seen.method, "path": seen.path}
        digest = hashlib.sha256(seen.body).hexdigest()
        self._write(
            {**line, "headers": seen.headers, "body_sha256": digest, "body_bytes": len(seen.body)}
        )

    def bill(self, seen: Seen, pictures: int) -> None:
        """Count images as billed, at the start of the work, so that no client is faster."""
        if pictures:
            self._write({"event": "billed", "number": seen.number, "pictures": pictures})
            with self._lock:
                self._billed += pictures

    def bill_alone(self, pictures: int) -> None:
        """Count images as billed that no request of its own asks for."""
        self._write({"event": "billed", "number": None, "pictures": pictures})
        with self._lock:
            self._billed += pictures

    def log(self, line: dict[str, Any]) -> None:
        """Write a line to the log."""
        self._write(line)

    def _write(self, line: dict[str, Any]) -> None:
        if self._log is not None:
            os.write(self._log, json.dumps(line).encode() + b"\n")

    def _accept(self) -> None:
        while not self.closed.is_set():
            connection, address = self._socket.accept()
            thread = threading.Thread(target=self._serve, args=(connection, address), daemon=True)
            self._threads = [other for other in self._threads if other.is_alive()] + [thread]
            thread.start()

    def _serve(self, connection: socket.socket, address: Any) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._lock:
                self._open.add(connection)
            if not self.closed.is_set():
                Handler(connection, address, cast(Any, self))
        except OSError:
            pass  # the client went away
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()


class Gone(OSError):
    """The connection was dropped on purpose."""


class Handler(BaseHTTPRequestHandler):
    """One connection, with as many requests as the client sends."""

    protocol_version = "HTTP/1.1"

    @property
    def provider(self) -> Provider:
        return cast(Provider, self.server)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def _handle(self) -> None:
        named = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(
            self.command, self.path, named, self._body(), request_id="req_" + secrets.token_hex(16)
        )
        seen.read()
        self.provider.note(seen)
        fault = self.provider.take(self.command, self.path)
        if fault and fault.name == "reset_before":
            self._reset()
        try:
            answer = Work(self.provider, seen, fault).answer()
        except Refused as refused:
            answer = refuse(self.provider, seen, refused.refusal)
        self._send(answer, fault)

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    # -- sending -----------------------------------------------------------------------------------

    def _send(self, answer: Answer, fault: Queued | None) -> None:
        name, how = (
            (fault.name, fault.how) if fault and FAULTS[fault.name].stage == "wire" else ("", {})
        )
        closed = self.provider.closed
        if name == "hang":
            closed.wait(how.get("seconds"))
            raise Gone
        if name == "reset_after":
            self._reset()
        if isinstance(answer, Stream):
            self._stream(answer, name, how)
            return
        if name == "html_200":
            answer = Reply(200, [HTML], answer.headers, "text/html; charset=utf-8")
        elif name == "not_json":
            answer = Reply(200, [b"upstream said: ok"], answer.headers)
        elif name == "truncated_json":
            whole = b"".join(answer.body)
            answer = Reply(answer.status, [whole[: len(whole) // 2]], answer.headers)
        elif name == "gzip_body":
            padded = b"".join(answer.body) + b" " * int(how.get("expand", 0))
            answer = Reply(
                answer.status,
                [gzip.compress(padded, 1)],
                {**answer.headers, "Content-Encoding": "gzip"},
            )
        elif name == "endless_body":
            self._endless(answer)
        head = self._head(answer.status, answer.kind, answer.headers, sum(map(len, answer.body)))
        if name in ("reset_mid_body", "stall"):
            whole = b"".join(answer.body)
            self.wfile.write(head + whole[: len(whole) // 2])
            self._break(name, how)
        if name == "slow_body":
            self.wfile.write(head)
            whole = b"".join(answer.body)
            step = len(whole) // 20 + 1
            for start in range(0, len(whole), step):
                closed.wait(float(how.get("seconds", 1)) / 20)
                self.wfile.write(whole[start : start + step])
            return
        if sum(map(len, answer.body)) < 65_536:
            self.wfile.write(head + b"".join(answer.body))
            return
        self.wfile.write(head)
        for piece in answer.body:
            self.wfile.write(piece)

    def _stream(self, answer: Stream, name: str, how: dict[str, Any]) -> None:
        parts = answer.events
        if name in ("stream_ends_early", "reset_mid_body", "stall", "truncated_json"):
            parts = parts[: _last(parts, how)]
        elif name == "stream_error_event":
            text = "An error occurred while processing your request."
            inner = {"type": "server_error", "code": "server_error", "message": text, "param": None}
            parts = [
                *parts[: _last(parts, how)],
                event({**inner, "error": inner, "sequence_number": len(parts), "type": "error"}),
            ]
        self.wfile.write(self._head(200, "text/event-stream; charset=utf-8", answer.headers, None))
        pause = float(how.get("seconds", 1)) / len(parts) if name == "slow_body" and parts else 0
        ends = str(how.get("ends", "\r\n")).encode() if name == "line_ends" else b"\n"
        for part in parts:
            if pause:
                self.provider.closed.wait(pause)
            whole = b"".join(part).replace(b"\n", ends)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(whole), whole))
        if name in ("reset_mid_body", "stall"):
            self._break(name, how)
        self.wfile.write(b"0\r\n\r\n")

    def _endless(self, answer: Reply) -> None:
        self.wfile.write(
            self._head(200, answer.kind, answer.headers, -1) + b'{"created":1,"data":[{"b64_json":"'
        )
        while not self.provider.closed.is_set():
            self.wfile.write(b"A" * 65_536)
        raise Gone

    def _head(self, status: int, kind: str, headers: dict[str, str], length: int | None) -> bytes:
        """Status line and headers; a length of None means chunks, -1 until the connection ends."""
        lines = [
            f"HTTP/1.1 {status} {self.responses.get(status, ('Unknown',))[0]}",
            f"Content-Type: {kind}",
        ]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if length is None:
            lines.append("Transfer-Encoding: chunked")
        elif length < 0:
            lines.append("Connection: close")
        else:
            lines.append(f"Content-Length: {length}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _break(self, name: str, how: dict[str, Any]) -> None:
        """Send nothing more: after a pause if the fault is "stall", with a reset otherwise."""
        if name == "stall":
            self.provider.closed.wait(how.get("seconds"))
            raise Gone
        self._reset()

    def _reset(self) -> None:
        """Send a reset instead of a proper end.

        Raises Gone.
        """
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone


def _last(parts: list[list[bytes]], how: dict[str, Any]) -> int:
    """Where a stream is cut: before its image, or (`keep_item=True`) before its last event."""
    done = [
        at
        for at, part in enumerate(parts)
        if part[0].startswith(b"event: response.output_item.done")
    ]
    return done[0] if done and not how.get("keep_item") else len(parts) - 1
