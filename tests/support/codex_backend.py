"""The service for the real Codex CLI: chatgpt.com on loopback, behind a proxy, with an authority.

To Codex, it is the real origin, with a login for a ChatGPT plan, so its configuration is the same
as a user's. The login is made up: it contains no real token.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image

from tests.support.provider import ConnectProxy, tls_pair

ACCOUNT = "account-of-nobody"
CALL = "call_stub0001"
#: What the agent does, by name; by default one call of the image tool, then the word done.
BEHAVIOURS = (
    *(
        "draws",
        "draws_twice",
        "draws_nothing",
        "rewrites_the_prompt",
        "hangs",
        "plan_is_used_up",
        "is_logged_out",
    ),
    *("image_limit", "image_moderation", "image_error", "breaks", "lies"),
)


@dataclass
class Backend:
    """Answers everything that Codex asks for; ``behaviour`` is what its agent does."""

    folder: Path
    behaviour: str = "draws"
    size: tuple[int, int] = (1024, 1024)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    drawn: int = 0
    meanwhile: Callable[[], object] = lambda: None
    """What happens in the project while a picture is drawn."""

    def __enter__(self) -> Backend:
        authority, context = tls_pair(self.folder / "tls")
        backend = self

        class Handler(_Handler):
            served = backend

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._proxy = ConnectProxy(self._server.server_port)
        self.environ = {"HTTPS_PROXY": self._proxy.url, "SSL_CERT_FILE": str(authority)}
        return self

    def __exit__(self, *_: object) -> None:
        self._proxy.close()
        self._server.shutdown()
        self._server.server_close()

    @property
    def images(self) -> list[dict[str, Any]]:
        """The bodies of the requests for pictures."""
        return [json.loads(body) for _, path, _, body in self.requests if "/images/" in path]

    def picture(self) -> bytes:
        """The next picture, different from all before."""
        self.meanwhile()
        self.drawn += 1
        out = io.BytesIO()
        Image.new("RGB", self.size, (20 * self.drawn % 256, 128, 160)).save(out, "PNG")
        return out.getvalue()


def log_in(home: Path, *, chatgpt: bool = True) -> None:
    """Write the files of a login into the folder of Codex, with a plan or with an API key."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(
        "[features]\nenable_request_compression = false\n"
    )  # bodies to be read here
    if not chatgpt:
        stated: dict[str, Any] = {
            "auth_mode": "apikey",
            "OPENAI_API_KEY": "sk-canary-codex-0123456789",
        }
        (home / "auth.json").write_text(json.dumps(stated))
        return
    claims = {
        "exp": int(time.time()) + 86_400 * 300,
        "email": "nobody@example.org",
        "https://api.openai.com/auth": {
            "chatgpt_plan_type": "plus",
            "chatgpt_account_id": ACCOUNT,
            "chatgpt_user_id": "user-of-nobody",
        },
    }
    token = ".".join((_segment({"alg": "none"}), _segment(claims), _segment("no signature")))
    tokens = {
        "id_token": token,
        "access_token": token,
        "refresh_token": "canary-refresh",
        "account_id": ACCOUNT,
    }
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    stated = {"auth_mode": "chatgpt", "OPENAI_API_KEY": None, "tokens": tokens, "last_refresh": now}
    (home / "auth.json").write_text(json.dumps(stated))


def _segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Backend

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._note(b"")
        if self.headers.get("upgrade", "").lower() == "websocket":
            self._say({"detail": "no websocket here"}, 426)  # Codex then uses HTTPS at once
        elif "accounts/check" in self.path:
            entry = {
                "id": ACCOUNT,
                "plan_type": "plus",
                "structure": "personal",
                "profile_picture_url": None,
            }
            routing = {
                "workspace_backend_origin": "https://chatgpt.com",
                "account_routing_override": "NO_CONSTRAINT",
            }
            self._say({"accounts": [{**entry, **routing}], "account_ordering": [ACCOUNT]})
        else:
            self._say({"detail": "not found"}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self._note(body)
        if "/images/" in self.path:
            self._image()
        elif self.path.endswith("/codex/responses"):
            self._respond(body)
        elif self.path.endswith("/oauth/token"):
            self._say(
                {
                    "error": {
                        "message": "Your refresh token has expired.",
                        "code": "refresh_token_expired",
                    }
                },
                401,
            )
        else:
            self._say({"detail": "not found"}, 404)

    def _note(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.served.requests.append((self.command, self.path, headers, body))

    def _image(self) -> None:
        match self.served.behaviour:
            case "image_limit":
                resets = int(time.time()) + 3600
                error = {
                    "type": "usage_limit_reached",
                    "message": "The usage limit has been reached",
                    "resets_at": resets,
                }
                self._say({"error": {**error, "plan_type": "plus"}}, 429)
            case "image_moderation":
                error = {"type": "image_generation_user_error", "code": "moderation_blocked"}
                self._say(
                    {
                        "error": {
                            **error,
                            "message": "Your request was rejected by the safety system.",
                        }
                    },
                    400,
                )
            case "image_error" | "lies":
                self._say(
                    {"error": {"type": "invalid_request_error", "message": "no such thing"}}, 400
                )
            case "breaks":
                self._say(
                    {
                        "created": 1,
                        "data": [{"b64_json": base64.b64encode(b"\x89PNG not").decode()}],
                    }
                )
            case _:
                picture = base64.b64encode(self.served.picture()).decode()
                self._say(
                    {"created": 1, "data": [{"b64_json": picture, "generation_id": "gen_stub_1"}]}
                )

    def _respond(self, body: bytes) -> None:
        behaviour = self.served.behaviour
        if behaviour == "plan_is_used_up":
            error = {
                "type": "usage_limit_reached",
                "message": "The usage limit has been reached",
                "plan_type": "plus",
            }
            self._say({"error": {**error, "resets_at": int(time.time()) + 3600}}, 429)
        elif behaviour == "is_logged_out":
            self._say({"detail": "Unauthorized"}, 401)
        elif behaviour == "hangs":
            time.sleep(60)
        else:
            self._stream(self._next(body))

    def _next(self, body: bytes) -> dict[str, Any]:
        """The agent's next step; the request contains its steps so far."""
        done = body.count(b'"function_call_output"')
        calls = {"draws_nothing": 0, "draws_twice": 2}.get(self.served.behaviour, 1)
        if done >= calls:
            return {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "done"}],
            }
        prompt = _asked(body)
        if self.served.behaviour == "rewrites_the_prompt":
            prompt = "Something else, teal"
        arguments: dict[str, Any] = {"prompt": prompt}
        if b"input_image" in body:
            arguments["num_last_images_to_include"] = 1
        call = {"call_id": f"{CALL[:-1]}{done + 1}", "name": "imagegen", "namespace": "image_gen"}
        return {
            "type": "function_call",
            "id": f"fc_{done}",
            **call,
            "arguments": json.dumps(arguments),
        }

    def _stream(self, item: dict[str, Any]) -> None:
        counts = {
            "input_tokens": 10,
            "input_tokens_details": None,
            "output_tokens": 2,
            "output_tokens_details": None,
        }
        events = (
            {"type": "response.created", "response": {"id": "resp_1"}},
            {"type": "response.output_item.done", "item": item},
            {
                "type": "response.completed",
                "response": {"id": "resp_1", "usage": {**counts, "total_tokens": 12}},
            },
        )
        text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
        self._send(text.encode(), 200, "text/event-stream")

    def _say(self, value: Any, status: int = 200) -> None:
        self._send(json.dumps(value).encode(), status, "application/json")

    def _send(self, body: bytes, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self._limits()
        self.end_headers()
        with contextlib.suppress(
            BrokenPipeError, ConnectionResetError, ssl.SSLError
        ):  # Codex was ended
            self.wfile.write(body)

    def _limits(self) -> None:
        """The account data in each answer to Codex."""
        said = {
            "primary-used-percent": "12.5",
            "primary-window-minutes": "300",
            "primary-reset-at": "1795380182",
        }
        said |= {"secondary-used-percent": "3", "secondary-window-minutes": "10080"}
        said |= {
            "credits-has-credits": "true",
            "credits-unlimited": "false",
            "credits-balance": "250.5",
        }
        for name, value in said.items():
            self.send_header(f"x-codex-{name}", value)


def _asked(body: bytes) -> str:
    """The prompt between the dashes of the brief, as an obedient agent reads it."""
    for item in json.loads(body)["input"]:
        for part in item.get("content") or ():
            text = str(part.get("text") or "") if isinstance(part, dict) else ""
            if "\n----------\n" in text:
                return text.split("\n----------\n")[1]
    return "A picture"


ASSET = """
[[asset]]
id = "plane"
kind = "cover"
path = "public/plane.png"
alt = "A paper plane"
route = "codex"
prompt = "A paper plane"
"""
