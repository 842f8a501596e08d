"""Who may speak to the server of a review, and what every answer says.

The launch token in the address is used once, for a cookie and a key. The cookie belongs to all
ports of this machine, so other local servers receive it too. Therefore everything but the empty
page also needs the key, which only the page of this port has, in a header that no tag and no form
can send.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The header with the key of the page.
KEY = "x-assetgen-review"
LAUNCH = "launch"
#: The largest body that is read, in bytes.
MAX_BODY = 64 * 1024

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Session:
    """The secrets of one review: a launch token, and the cookie and key that it is used for."""

    def __init__(self, port: int) -> None:
        self.port = port
        # Cookies are shared by all ports, so its name says which.
        self.cookie = f"assetgen-review-{port}"
        self._launch: str | None = secrets.token_urlsafe(32)
        self._value = secrets.token_urlsafe(32)
        self.key = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """The address that opens the page, once."""
        return f"http://127.0.0.1:{self.port}/?{LAUNCH}={self._launch}"

    def begins_with(self, token: str) -> bool:
        """Whether ``token`` is the launch token, which is used up by this."""
        if self._launch is None or not hmac.compare_digest(token.encode(), self._launch.encode()):
            return False
        self._launch = None
        return True

    def set_cookie(self) -> str:
        """The header that gives the browser its cookie."""
        return f"{self.cookie}={self._value}; Path=/; HttpOnly; SameSite=Strict"

    def has_cookie(self, cookies: Mapping[str, str]) -> bool:
        """Whether a request has the cookie of this review."""
        return hmac.compare_digest(cookies.get(self.cookie, "").encode(), self._value.encode())

    def has_key(self, key: str) -> bool:
        """Whether a request comes from the page of this review."""
        return hmac.compare_digest(key.encode(), self.key.encode())


class Guard:
    """Refuses every request that does not come from the page of this review."""

    def __init__(self, app: ASGIApp, session: Session, shell: frozenset[str]) -> None:
        """``shell`` are the paths of the page itself, which has nothing of the project."""
        self._app = app
        self._session = session
        self._shell = shell
        self._hosts = {f"127.0.0.1:{session.port}", f"localhost:{session.port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it before anything reads it."""
        if scope["type"] != "http":  # no WebSocket, no lifespan
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
            await send(message)

        why = self._refusal(scope)
        app = PlainTextResponse(f"assetgen review: {why}\n", 403) if why else self._app
        await app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> str | None:
        """Why a request is refused; None if it is answered."""
        headers = Headers(scope=scope)
        if (why := self._of_origin(scope, headers)) is not None:
            return why
        if self._is_launch(scope):
            return None
        if not self._session.has_cookie(_cookies(headers)):
            return (
                "this browser has no session; paste the address that assetgen review printed, "
                "which works once, or run it again"
            )
        if scope["path"] in self._shell:
            return None
        if not self._session.has_key(headers.get(KEY, "")):
            return "the request does not come from the page"
        return None

    def _of_origin(self, scope: Scope, headers: Headers) -> str | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return "the host is not that of this server"
        if scope["method"] not in ("GET", "POST"):
            return "only GET and POST are answered"
        origins = headers.getlist("origin")
        if origins and origins != [f"http://{hosts[0]}"]:
            return "the request comes from another origin"
        if scope["method"] == "POST" and not origins:
            return "the request has no origin"
        site = headers.get("sec-fetch-site", "same-origin")
        is_typed = site == "none" and headers.get("sec-fetch-mode") == "navigate"
        if site != "same-origin" and not is_typed:
            return "the request comes from another site; paste the address instead of following it"
        if headers.get("sec-purpose") or headers.get("purpose"):
            return "the address is not loaded in advance"
        return None

    def _is_launch(self, scope: Scope) -> bool:
        is_asked = scope["path"] == "/" and scope["method"] == "GET"
        return is_asked and f"{LAUNCH}=".encode() in scope["query_string"]


def _cookies(headers: Headers) -> dict[str, str]:
    """The cookies of a request; of two with one name, the first."""
    found: dict[str, str] = {}
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            name, _, value = part.strip().partition("=")
            found.setdefault(name, value)
    return found
