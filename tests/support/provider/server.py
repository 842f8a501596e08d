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
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, cast

from tests.support.provider import images, profiles, responses
from tests.support.provider.faults import (
    FAULTS,
    FORGED,
    HTML,
    Queued,
    Refusal,
    Refused,
    bad_key,
    refusal,
)
from tests.support.provider.images import IMAGE_MODELS, TEXT_MODELS, Job
from tests.support.provider.pictures import Picture, bulk, spoilt
from tests.support.provider.profiles import PROFILES
from tests.support.provider.wire import Answer, Reply, Seen, Stream, encode, event, events

JSON = "application/json"
PICTURELESS = ("response_failed", "response_incomplete", "call_failed", "no_call")


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
        self.closed = threading.Event()
        self.running: dict[str, responses.Running] = {}
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


class Work:
    """One request, from its key to its answer."""

    def __init__(self, provider: Provider, seen: Seen, fault: Queued | None) -> None:
        self.provider, self.seen = provider, seen
        self.fault = fault.name if fault else None
        self.how = fault.how if fault else {}
        self.created = int(time.time())

    def answer(self) -> Answer:
        """The reply to this request.

        Raises Refused.
        """
        place = profiles.endpoint(self.provider.profile, self.seen.path)
        if self.fault and FAULTS[self.fault].stage == "refuse":
            return self._refuse(self.fault)
        if place.startswith("generated-images/"):
            return self._generated(place)
        self._check_key()
        if self.seen.method == "POST" and place in ("generations", "edits", "images"):
            return self._images("edit" if place == "edits" else "generate")
        if place == "responses" and self.seen.method == "POST":
            return self._responses()
        if place.startswith("responses/"):
            return self._kept(place)
        if place == "models" and self.seen.method == "GET":
            return self._say(
                {"object": "list", "data": [self._model(name) for name in self.provider.models]}
            )
        if place.startswith("models/") and place[7:] in self.provider.models:
            return self._say(self._model(place[7:]))
        if place.startswith("models/"):
            text = f"The model '{place[7:]}' does not exist"
            raise Refused(Refusal(404, "invalid_request_error", "model_not_found", text, "model"))
        return self._no_such_path()

    # -- keys, paths and refusals ------------------------------------------------------------------

    def _check_key(self) -> None:
        provider = self.provider
        header = PROFILES[provider.profile].key_header
        if header is None:
            return
        given = self.seen.headers.get("authorization", "").removeprefix("Bearer ")
        if (
            self.seen.headers.get(header, "").removeprefix("Bearer ") == provider.key
            or given == provider.key
        ):
            return
        given = self.seen.headers.get(header, "").removeprefix("Bearer ") or given
        if provider.profile == "azure":
            text = (
                "Access denied due to invalid subscription key or wrong API endpoint. Make sure to "
                "provide a valid key for an active subscription and use a correct regional API "
                "endpoint for your resource."
            )
            raise Refused(Refusal(401, None, "401", text))
        raise Refused(bad_key(given if len(given) < 11 else f"{given[:6]}*****{given[-4:]}"))

    def _no_such_path(self) -> Reply:
        profile = self.provider.profile
        if profile == "litellm":
            return self._say({"detail": "Not Found"}, 404)
        if profile == "azure":
            return self._say({"error": {"code": "404", "message": "Resource not found"}}, 404)
        text = f"Invalid URL ({self.seen.method} {self.seen.path})"
        raise Refused(Refusal(404, "invalid_request_error", None, text))

    def _refuse(self, name: str) -> Reply:
        provider, seen = self.provider, self.seen
        provider.bill(seen, int(FAULTS[name].bills))
        if name == "bad_gateway_html":
            return Reply(502, [HTML], {}, "text/html")
        if name == "redirect_307":
            return Reply(307, [], {"Location": str(self.how["to"]).rstrip("/") + seen.path})
        asked = images.asked_by(seen.json, seen.fields, seen.files)
        model = str(asked.get("model", "gpt-image-2"))
        authorization = seen.headers.get("authorization") or seen.headers.get("api-key", "")
        raise Refused(
            refusal(
                name, self.how, model=model, request_id=seen.request_id, authorization=authorization
            ),
        )

    def _say(self, document: Any, status: int = 200, model: str | None = None) -> Reply:
        return Reply(status, encode(document), headers(self.provider, self.seen, model))

    def _model(self, name: str) -> dict[str, Any]:
        created, shutdown = {**TEXT_MODELS, **IMAGE_MODELS}.get(name, (1700000000, None))
        known = {"shutdown_date": shutdown} if shutdown else {}
        return {"id": name, "object": "model", "created": created, "owned_by": "system", **known}

    # -- the Images API ----------------------------------------------------------------------------

    def _images(self, kind: str) -> Answer:
        provider, seen = self.provider, self.seen
        asked = images.asked_by(seen.json, seen.fields, seen.files)
        job = self._job(asked, kind)
        extra = 1 if self.fault == "two_images" else 0
        provider.bill(seen, job.n + extra)
        provider.closed.wait(provider.delay)
        pictures = [self._picture(job, index) for index in range(job.n + extra)]
        if job.stream:
            partial = spoilt(None, {}, job.size, job.form, job.alpha, -seen.number)
            told = images.stream(job, kind, pictures, partial, self.created)
            return Stream(events(told), headers(provider, seen, job.model))
        return self._say(self._told(job, pictures), model=self._served(job.model))

    def _job(self, asked: dict[str, Any], kind: str) -> Job:
        provider = self.provider
        known = images.EDIT if kind == "edit" else images.COMMON
        deployment = self._deployment()
        if deployment:
            asked["model"] = deployment
        if provider.profile == "azure" and asked.get("model") not in provider.models:
            text = (
                "The API deployment for this resource does not exist. If you created the "
                "deployment within the last 5 minutes, please wait a moment and try again."
            )
            raise Refused(Refusal(404, None, "DeploymentNotFound", text))
        if provider.profile == "litellm":
            asked.pop("disable_fallbacks", None)  # LiteLLM's own, which it does not pass on
        if (
            provider.profile == "openai"
            or kind == "edit"
            or provider.profile in ("azure", "litellm")
        ):
            return images.check(
                asked, known, kind, models=self._image_models(), transparent_ok=self._alpha_ok()
            )
        return self._loose(asked)

    def _loose(self, asked: dict[str, Any]) -> Job:
        """Other gateways check less: they drop keys that they do not know."""
        profile = self.provider.profile
        wanted = {
            key: value for key, value in asked.items() if key in images.COMMON and value is not None
        }
        if profile == "openrouter":
            wanted["model"] = str(asked.get("model", "")).rpartition("/")[2]
            wanted["size"] = _openrouter_size(asked)
        models = self._image_models()
        if profile in ("localai", "sdcpp"):
            wanted["size"] = str(wanted.get("size", "512x512"))
            wanted.setdefault("model", "gpt-image-2")
            models = [*models, str(wanted["model"])]
            if not _plain_size(wanted["size"]):
                wanted["size"] = "512x512"
            width, height = (int(edge) for edge in wanted.pop("size").split("x"))
            job = images.check(
                wanted, images.COMMON, "generate", models=models, transparent_ok=True
            )
            by_url = profile == "localai" and asked.get("response_format") != "b64_json"
            return replace(job, size=(width, height), by_url=by_url)
        return images.check(
            wanted, images.COMMON, "generate", models=models, transparent_ok=self._alpha_ok()
        )

    def _deployment(self) -> str | None:
        parts = self.seen.path.split("/")
        return parts[3] if self.provider.profile == "azure" and parts[2] == "deployments" else None

    def _image_models(self) -> list[str]:
        """All models that make images."""
        return [name for name in self.provider.models if name not in TEXT_MODELS]

    def _alpha_ok(self) -> bool:
        return self.provider.transparent_ok or self.fault == "transparent_ok"

    def _picture(self, job: Job, index: int) -> Picture:
        number = self.seen.number + 1_000_003 * index
        if self.provider.bulk and job.form == "png" and not job.alpha:
            return bulk(*job.size, number, str(self.provider.bulk))
        return spoilt(self.fault, self.how, job.size, job.form, job.alpha, number)

    def _served(self, model: str) -> str:
        return (
            str(self.how.get("model", "another-model")) if self.fault == "served_model" else model
        )

    def _told(self, job: Job, pictures: list[Picture]) -> dict[str, Any]:
        """The reply to an image request, in this provider's words and as the fault leaves it."""
        profile = self.provider.profile
        said = images.document(job, pictures, self.created)
        items: list[dict[str, Any]] = said["data"]
        if self.fault == "empty_data":
            items.clear()
        if self.fault == "null_data":
            said["data"] = None
        for item in items:
            if self.fault == "empty_strings":
                item |= {"b64_json": "", "url": ""}
            elif self.fault and self.fault.startswith("url_"):
                item |= {"b64_json": None, "url": self._link(item["b64_json"], job)}
            elif profile == "new-api":
                item |= {"url": "", "revised_prompt": ""}
            elif profile == "litellm":
                item |= {"url": None, "revised_prompt": None}
            elif profile == "localai" and job.by_url:
                item |= {"url": self._link(item.pop("b64_json"), job)}
            elif profile == "openrouter":
                item |= {
                    "media_type": "image/svg+xml" if job.form == "svg" else f"image/{job.form}"
                }
        if self.fault == "served_model":
            said["model"] = self._served(job.model)
        if self.fault == "no_usage":
            del said["usage"]
        return _in_its_words(profile, said)

    def _link(self, picture: Picture, job: Job) -> str:
        """The URL of a picture."""
        provider = self.provider
        name = f"generated-images/{secrets.token_hex(8)}.{job.form}"
        here = f"{provider.origin}/{name}"
        match self.fault:
            case "url_foreign":
                return str(self.how["to"])
            case "url_file":
                return "file:///etc/passwd"
            case "url_metadata":
                return FORGED
            case "url_redirect":
                provider.generated[name] = Reply(
                    302, [], {"Location": str(self.how.get("to", FORGED))}
                )
            case "url_html":
                provider.generated[name] = Reply(200, [HTML], {}, "text/html")
            case _:
                provider.generated[name] = Reply(200, list(picture.data), {}, f"image/{job.form}")
        return here

    def _generated(self, name: str) -> Reply:
        found = self.provider.generated.get(name)
        return found if found is not None else Reply(404, [b"gone"], {}, "text/plain")

    # -- the Responses API -------------------------------------------------------------------------

    def _responses(self) -> Answer:
        provider, seen = self.provider, self.seen
        order = responses.order(
            seen.json or {}, models=provider.models, transparent_ok=self._alpha_ok()
        )
        count = 2 if self.fault == "two_images" else 1
        if order.job is None or self.fault in PICTURELESS:
            count = 0
        provider.bill(seen, count)
        final = self._final(order, count)
        partial = (
            spoilt(None, {}, order.job.size, order.job.form, order.job.alpha, -seen.number)
            if order.job
            else None
        )
        told = responses.events(final, order, partial)
        running = responses.Running(final, told, provider.polls)
        if final["background"] or final["store"]:
            provider.running[order.id] = running
        model = order.body["model"]
        if order.body.get("stream"):
            provider.closed.wait(provider.delay)
            return Stream(events(told), headers(provider, seen, model))
        if final["background"]:
            return self._say(responses.unfinished(final, "queued"), model=model)
        running.asked = running.polls
        provider.closed.wait(provider.delay)
        return self._say(final, model=model)

    def _final(self, order: responses.Order, count: int) -> dict[str, Any]:
        """The finished response, as the fault leaves it."""
        output = [
            responses.call(order, self._result(order.job, index))
            for index in range(count)
            if order.job
        ]
        if self.fault == "empty_data":
            output = []
        if self.fault == "call_failed" and order.job:
            failed = responses.call(order, None, "failed")
            details = {"moderation_stage": "output", "categories": ["violence"]}
            told: dict[str, Any] = {"code": "moderation_blocked"}
            told["message"] = "Your request was rejected by the safety system."
            told |= {"type": "image_generation_user_error", "param": None}
            output = [{**failed, "error": {**told, "moderation_details": details}}]
        words = "I would rather describe it: a paper plane." if self.fault == "no_call" else ""
        final = responses.response(order, [*output, responses.message(words)], self.created, count)
        if count == 0:
            final.pop("tool_usage", None)
        if self.fault == "response_failed":
            text = "An error occurred while processing your request."
            final |= {
                "status": "failed",
                "output": [],
                "error": {"code": "server_error", "message": text},
            }
        elif self.fault == "response_incomplete":
            reason = self.how.get("reason", "max_output_tokens")
            final |= {
                "status": "incomplete",
                "output": [],
                "incomplete_details": {"reason": reason},
            }
        elif self.fault == "served_model":
            final["model"] = self._served("")
        elif self.fault == "no_usage":
            final.pop("usage")
            final.pop("tool_usage", None)
        return final

    def _result(self, job: Job | None, index: int) -> Picture | str | None:
        assert job is not None
        if self.fault == "empty_strings":
            return ""
        if self.fault == "null_data":
            return None
        picture = self._picture(job, index)
        return self._link(picture, job) if self.fault and self.fault.startswith("url_") else picture

    def _kept(self, place: str) -> Answer:
        """Questions about a response that was made before."""
        query = self.seen.path.partition("?")[2]
        name, _, verb = place.removeprefix("responses/").partition("/")
        running = self.provider.running.get(name)
        if running is None:
            text = f"Response with id '{name}' not found."
            raise Refused(Refusal(404, "invalid_request_error", None, text))
        if verb == "cancel":
            return self._say(running.cancel())
        if "stream=true" in query:
            after = [
                int(part[15:]) for part in query.split("&") if part.startswith("starting_after=")
            ]
            rest = running.events[after[0] + 1 if after else 0 :]
            return Stream(events(rest), headers(self.provider, self.seen, None))
        return self._say(running.now())


def _last(parts: list[list[bytes]], how: dict[str, Any]) -> int:
    """Where a stream is cut: before its image, or (`keep_item=True`) before its last event."""
    done = [
        at
        for at, part in enumerate(parts)
        if part[0].startswith(b"event: response.output_item.done")
    ]
    return done[0] if done and not how.get("keep_item") else len(parts) - 1


def headers(provider: Provider, seen: Seen, model: str | None) -> dict[str, str]:
    return profiles.headers(
        provider.profile, seen.request_id, seen.headers.get("x-correlation-id"), model
    )


def refuse(provider: Provider, seen: Seen, refused: Refusal) -> Reply:
    """A refusal in this provider's shape."""
    status, body, extra = profiles.error(provider.profile, refused, seen.request_id)
    return Reply(status, encode(body), {**headers(provider, seen, None), **extra})


def _plain_size(text: str) -> bool:
    edges = text.split("x")
    return len(edges) == 2 and all(edge.isdigit() and 0 < int(edge) <= 4096 for edge in edges)


def _openrouter_size(asked: dict[str, Any]) -> str:
    """Pixels for its resolution and aspect_ratio."""
    unit = {"1K": 1024, "2K": 2048, "4K": 2880}.get(str(asked.get("resolution", "1K")), 1024)
    wide, high = (int(part) for part in str(asked.get("aspect_ratio", "1:1")).split(":"))
    width = round(unit * (wide / high) ** 0.5 / 16) * 16
    return f"{width}x{round(unit * (high / wide) ** 0.5 / 16) * 16}"


def _in_its_words(profile: str, said: dict[str, Any]) -> dict[str, Any]:
    """What the gateways change in a reply."""
    if profile == "openrouter":
        usage = said.get("usage", {})
        counts = {
            "prompt_tokens": usage.get("input_tokens", 0),
            "completion_tokens": usage.get("output_tokens", 0),
        }
        counts["total_tokens"] = sum(counts.values())
        told = {"usage": {**counts, "cost": 0.041, "is_byok": False}} if "usage" in said else {}
        return {"created": said["created"], "data": said["data"], **told}
    if profile == "localai":
        zero = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
        zero |= {"prompt_tokens": 0, "completion_tokens": 0}
        return {
            "created": said["created"],
            "id": secrets.token_hex(16),
            "data": said["data"],
            "usage": zero,
        }
    if profile == "sdcpp":
        return {
            "created": said["created"],
            "output_format": said["output_format"],
            "data": said["data"],
        }
    return said
