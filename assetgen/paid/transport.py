"""Sends one request with the OpenAI SDK, and writes the raw reply to the disk before it is read."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2
import openai

from assetgen.cure import Cure, command
from assetgen.paid import proxies, reply_file, unready
from assetgen.paid.bounded_stream import BoundedStream
from assetgen.paid.reply_file import Room
from assetgen.plan.routing import Request
from assetgen.settings.provider import Provider

#: The largest reply that is accepted, in bytes: four images of the largest size as base64.
MAX_REPLY = 256 * 1024 * 1024
#: As the size of the largest reply: there is none.
UNBOUNDED = sys.maxsize
#: The largest error message that is read, in bytes.
MAX_ERROR = 64 * 1024
#: The largest reply with an error status that is received, in bytes: an image may be in it.
MAX_ERROR_REPLY = 24 * 1024 * 1024
_CONNECT = 10.0
#: The headers of a reply that are kept.
_KEPT = (
    "date",
    "content-type",
    "retry-after",
    "retry-after-ms",
    "x-request-id",
    "openai-organization",
    "openai-processing-ms",
    "apim-request-id",
    "x-oneapi-request-id",
    "x-correlation-id",
    "x-ms-region",
    "location",
    "operation-location",
)
_KEPT_PREFIXES = ("x-litellm-", "llm_provider-x-request-id", "x-ratelimit-")
#: The headers of the SDK that are sent; it adds others, for example about the machine.
_SENT = {
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "content-type",
    "content-length",
    "transfer-encoding",
    "user-agent",
    "range",
}


@dataclass(frozen=True)
class Reply:
    """A success; its body is in the file that was passed for it."""

    status: int
    headers: Mapping[str, str]


class NotSent(Exception):
    """Nothing was sent, so nothing can have been billed."""

    def __init__(self, what: str, cure: Cure | None = None) -> None:
        super().__init__(what)
        self.cure = cure
        """How to fix the setting that is wrong; None if another attempt may succeed."""


class Refused(Exception):
    """The provider answered with an error status or a redirect."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.headers = headers
        self.whole = body
        """All that was received."""
        self.body = body[:MAX_ERROR]


class Lost(Exception):
    """The request was sent, and no complete reply arrived: it may have been billed."""

    def __init__(self, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.headers = headers or {}
        """The headers of the reply, if they arrived."""


class Line:
    """The connection to one provider, with a timeout in seconds. Threads may share it."""

    def __init__(self, provider: Provider, patience: float, *, most: int = MAX_REPLY) -> None:
        """``most`` is the size of the largest reply that is accepted, in bytes.

        With ``UNBOUNDED``, a reply may also take any time, as long as it moves.
        """
        self._provider = provider
        self._patience = patience
        self._most = most
        self._lock = threading.Lock()
        self._progress = _Progress()

    @cached_property
    def _client(self) -> openai.OpenAI:
        provider = self._provider
        timeout = httpx2.Timeout(self._patience, connect=_CONNECT, pool=None)
        # Each request has its own connection: on a kept one that the provider has just closed, a
        # paid request would be lost.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        direct = httpx2.HTTPTransport(trust_env=provider.trusts_environment, limits=limits)
        transport = self._guarded(direct, provider)
        mounts: dict[str, httpx2.BaseTransport | None] = {}
        if through := proxies.transport(provider, limits):
            mounts = {"all://": self._guarded(through, provider)}
        http = httpx2.Client(
            transport=transport,
            mounts=mounts,
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
        )
        return openai.OpenAI(
            api_key=provider.key or "none",
            base_url=_without_query(provider.base_url),
            default_query=dict(httpx2.URL(provider.base_url).params),
            organization="",
            project="",
            admin_api_key="",
            webhook_secret="",
            max_retries=0,
            timeout=timeout,
            http_client=http,
        )

    def _guarded(self, inner: httpx2.HTTPTransport, provider: Provider | None) -> _Guarded:
        patience = math.inf if self._most == UNBOUNDED else self._patience
        return _Guarded(provider, inner, patience, self._progress, self._most)

    def ready(self) -> openai.OpenAI:
        """The client, created by the first thread. Raises NotSent if it cannot be created."""
        try:
            with self._lock:
                return self._client
        except Exception as exc:  # a file of certificates, the proxy, SOCKS without its package
            raise NotSent(*unready.client(exc, self._provider)) from None

    def post(
        self,
        request: Request,
        file: Path,
        watch: Callable[[bytes], None] = lambda _chunk: None,
        room: Room | None = None,
    ) -> Reply:
        """Send ``request`` once; on return, the body of the reply is in ``file``, on the disk.

        ``watch`` is called with each piece of a stream as it arrives. Raises NotSent, Refused or
        Lost; after Lost, ``file`` has the part that arrived.
        """
        options: Any = {}
        files: Any = None
        if request.parts:
            options["headers"] = {"Content-Type": "multipart/form-data"}
            files = [
                (part.name, (part.filename, part.data, part.media_type)) for part in request.parts
            ]
        client = self.ready()
        return self.to_file(
            lambda: client.post(
                request.path,
                cast_to=httpx2.Response,
                body=dict(request.body),
                files=files,
                options=options,
                stream=True,
                stream_cls=openai.Stream[Any],
            ),
            file,
            watch if request.streams else lambda _chunk: None,
            room,
        )

    def get(self, path: str, file: Path) -> Reply:
        """Fetch ``path`` below the base URL, at no cost. Raises NotSent, Refused or Lost."""
        client = self.ready()
        return self.to_file(
            lambda: client.get(
                path, cast_to=httpx2.Response, stream=True, stream_cls=openai.Stream[Any]
            ),
            file,
        )

    def fetch(self, url: str, address: str | None, file: Path) -> Reply:
        """Fetch an image from ``url`` without the API key, from ``address`` (an IP) if it is set.

        Raises NotSent, Refused or Lost.
        """
        try:
            target, extensions = httpx2.URL(url), {}
        except httpx2.InvalidURL:
            raise NotSent("its URL is not valid") from None
        headers = {"Host": target.netloc.decode(), "Accept": "image/*"}
        if address:
            extensions = {"sni_hostname": target.host}
            target = target.copy_with(host=address)
        direct = httpx2.HTTPTransport(trust_env=self._provider.trusts_environment)
        transport = self._guarded(
            proxies.transport(self._provider, httpx2.Limits()) or direct, None
        )
        with httpx2.Client(
            transport=transport, follow_redirects=False, trust_env=False, timeout=60
        ) as client:
            request = client.build_request("GET", target, headers=headers, extensions=extensions)
            return self.to_file(lambda: _succeeded(client.send(request, stream=True)), file)

    def to_file(
        self,
        send: Callable[[], Any],
        file: Path,
        watch: Callable[[bytes], None] = lambda _chunk: None,
        room: Room | None = None,
    ) -> Reply:
        """Write the reply to what ``send`` sends to ``file``. Raises NotSent, Refused or Lost."""
        with self.opened(send) as response:
            try:
                reply_file.write(file, response.iter_bytes(), watch, room)
            except (httpx2.HTTPError, httpx2.StreamError) as exc:
                raise Lost(
                    str(self._unanswered(exc)), _kept(response.headers, self._provider)
                ) from None
            return Reply(response.status_code, _kept(response.headers, self._provider))

    def chunks(self, send: Callable[[], Any]) -> Iterator[tuple[int, bytes]]:
        """(status, bytes) of a reply as it arrives. Raises NotSent, Refused or Lost."""
        with self.opened(send) as response:
            try:
                for chunk in response.iter_bytes():
                    yield response.status_code, chunk
            except (httpx2.HTTPError, httpx2.StreamError) as exc:
                raise Lost(str(self._unanswered(exc))) from None

    @contextmanager
    def opened(self, send: Callable[[], Any]) -> Iterator[Any]:
        """The reply to what ``send`` sends, before its body. Raises NotSent, Refused or Lost."""
        self._progress.has_left = False
        try:
            response = send()
        except openai.APIStatusError as exc:
            raise Refused(
                exc.status_code,
                _kept(exc.response.headers, self._provider),
                exc.response.content,
            ) from None
        except Refused:
            raise
        except Exception as exc:
            raise self._unanswered(exc) from None
        try:
            if response.status_code >= 300:  # a redirect, which is not followed
                raise Refused(response.status_code, _kept(response.headers, self._provider), b"")
            yield response
        finally:
            response.close()

    def _unanswered(self, exc: Exception) -> NotSent | Lost:
        """What an error without an answer means: whether the request was sent, and why."""
        cause: BaseException = (
            exc.__cause__ if isinstance(exc, openai.APIConnectionError) and exc.__cause__ else exc
        )
        if isinstance(cause, (Lost, NotSent)):
            return cause
        if found := unready.untrusted(cause):
            return NotSent(*unready.certificate(found, self._provider))
        words = " ".join(str(cause).split())[:200] or type(cause).__name__
        if isinstance(cause, _NOT_SENT) or unready.is_no_name(cause):
            return NotSent(f"no connection: {words}")
        if not self._progress.has_left:
            what = f"the request cannot be prepared: {type(cause).__name__}: {words}"
            return NotSent(what, command("assetgen doctor"))
        if isinstance(cause, httpx2.TimeoutException):
            return Lost("the request timed out")
        return Lost(f"the connection broke: {words}")


def client_name() -> str:
    """The name and version of the client, for records."""
    return f"openai-python {openai.__version__}"


def _succeeded(response: httpx2.Response) -> httpx2.Response:
    if response.status_code >= 300:
        response.close()
        raise Refused(response.status_code, dict(response.headers), b"")
    return response


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def _kept(headers: Mapping[str, str], provider: Provider | None) -> dict[str, str]:
    """The headers of a reply that are kept, without secrets: records are published."""
    found = {}
    for name, value in headers.items():
        if name.lower() in _KEPT or name.lower().startswith(_KEPT_PREFIXES):
            for secret in provider.secrets if provider else ():
                value = value.replace(secret, "***")
            found[name.lower()] = value[:300]
    return found


_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


class _Progress(threading.local):
    """How far the request of this thread has come."""

    has_left = False
    """Whether it was handed to the connection."""


_ENCODING = b"content-encoding"


class _Guarded(httpx2.BaseTransport):
    """Sends only the headers meant for this provider; bounds replies, and leaves them as sent."""

    def __init__(
        self,
        provider: Provider | None,
        inner: httpx2.HTTPTransport,
        patience: float,
        progress: _Progress,
        most: int,
    ) -> None:
        self._provider = provider
        self._inner = inner
        self._patience = patience
        self._progress = progress
        self._most = most

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._dress(request)
        self._progress.has_left = True
        response = self._inner.handle_request(request)
        cuts = response.status_code >= 300
        until = time.monotonic() + 2 * self._patience
        limit = MAX_ERROR_REPLY if cuts else self._most
        stream = BoundedStream(response.stream, limit, until, cuts=cuts)  # type: ignore[arg-type]
        return httpx2.Response(
            response.status_code,
            # A compressed reply is stored as it came, and unpacked where it is read.
            headers=[one for one in response.headers.raw if one[0].lower() != _ENCODING],
            stream=stream,
            extensions=response.extensions,
        )

    def _dress(self, request: httpx2.Request) -> None:
        for name in [name for name in request.headers if name.lower() not in _SENT]:
            del request.headers[name]
        request.headers["Accept-Encoding"] = "identity"
        provider = self._provider
        if provider is None:
            return
        if provider.key and provider.profile.auth == "api-key":
            request.headers["api-key"] = provider.key
        elif provider.key:
            request.headers["Authorization"] = f"Bearer {provider.key}"
        for name, value in (*provider.profile.no_retries, *provider.headers.items()):
            request.headers[name] = value

    def close(self) -> None:
        self._inner.close()
