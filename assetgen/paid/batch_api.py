"""The Batch API of OpenAI: files, batches, and the lines of their files as they arrive.

Only ``start`` leads to a bill. Everything else is free, so it is repeated where that may help.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import httpx2
import msgspec
import openai

from assetgen.cure import advice
from assetgen.errors import AssetgenError, RoutingError, UnknownOutcome
from assetgen.paid import batch_lines, evidence, provider_errors, replies
from assetgen.paid.connections import unreachable
from assetgen.paid.transport import UNBOUNDED, Line, Lost, NotSent, Refused
from assetgen.plan import batch_cures
from assetgen.record.batch_file import is_id
from assetgen.settings.conditions import Conditions
from assetgen.settings.provider import Provider

T = TypeVar("T")

#: The longest that the provider keeps an uploaded input image, in seconds: 30 days.
_KEPT = 2_592_000
#: How often a free request is sent until it is answered, and the first pause in seconds.
_TRIES, _PAUSE = 6, 0.2
#: No list of a provider is read beyond so many pages.
_MOST_PAGES = 1_000
#: The statuses in which nothing more happens to a batch.
ENDED = ("completed", "failed", "expired", "cancelled")


class Fault(msgspec.Struct, frozen=True):
    """Why a batch was not accepted; ``line`` is of its input file."""

    code: str | None = None
    message: str | None = None
    param: str | None = None
    line: int | None = None


class Faults(msgspec.Struct, frozen=True):
    data: list[Fault] | None = None


class Counts(msgspec.Struct, frozen=True):
    total: int = 0
    completed: int = 0
    failed: int = 0


#: Seconds since 1970, until the year 9999.
Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]


class Batch(msgspec.Struct, frozen=True):
    """A batch as the provider states it."""

    id: str
    status: str
    endpoint: str
    input_file_id: str
    created_at: Seconds
    metadata: dict[str, str] | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    request_counts: Counts | None = None
    errors: Faults | None = None
    completed_at: Seconds | None = None
    failed_at: Seconds | None = None
    expired_at: Seconds | None = None
    cancelled_at: Seconds | None = None

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def ended_at(self) -> str | None:
        """When it ended, as records state times."""
        seconds = getattr(self, f"{self.status}_at", None)
        return time_of(seconds) if seconds else None


def time_of(seconds: int) -> str:
    """A time of the provider, seconds since 1970, as records state it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Stored(msgspec.Struct, frozen=True):
    id: str
    filename: str = ""
    purpose: str = ""


class _Batches(msgspec.Struct, frozen=True):
    data: list[Batch] = []
    has_more: bool = False


class _Files(msgspec.Struct, frozen=True):
    data: list[_Stored] = []
    has_more: bool = False


class Gone(Exception):
    """The provider does not have a file or a batch (any more)."""


class BatchApi:
    """One connection to the Batch API. Not shared by threads."""

    def __init__(self, provider: Provider, conditions: Conditions, stop: threading.Event) -> None:
        """When ``stop`` is set, nothing is sent again."""
        self.provider = provider
        self._stop = stop
        self._line = Line(provider, conditions.patience, most=UNBOUNDED)

    # -- files -------------------------------------------------------------------------------------

    def upload(self, name: str, path: Path) -> str:
        """Upload a file of requests; returns its id. Raises an AssetgenError."""
        with path.open("rb") as stream:
            return self._upload(name, stream, "application/jsonl", {"purpose": "batch"})

    def upload_image(self, name: str, data: bytes, media_type: str) -> str:
        """Upload an input image, which expires by itself; returns its id.

        Raises an AssetgenError.
        """
        expires = {"anchor": "created_at", "seconds": _KEPT}
        fields = {"purpose": "vision", "expires_after": expires}
        return self._upload(name, BytesIO(data), media_type, fields)

    def _upload(
        self,
        name: str,
        stream: BufferedReader | BytesIO,
        media_type: str,
        fields: Mapping[str, object],
    ) -> str:
        def send(client: openai.OpenAI) -> Any:
            stream.seek(0)
            options: Any = {"headers": {"Content-Type": "multipart/form-data"}}
            return client.post(
                "/files",
                cast_to=httpx2.Response,
                body=dict(fields),
                files=[("file", (name, stream, media_type))],
                options=options,
                stream=True,
                stream_cls=openai.Stream[Any],
            )

        return self._free(send, _Stored).id

    def named(self, purpose: str, mark: str) -> list[str]:
        """The ids of the files of ``purpose`` whose names contain ``mark``."""
        found: list[str] = []
        after = ""
        for _ in range(_MOST_PAGES):
            page = self._free(self._get(f"/files?purpose={purpose}&limit=10000{after}"), _Files)
            found += [one.id for one in page.data if mark in one.filename and is_id(one.id)]
            if not page.has_more or not page.data:
                break
            after = f"&after={quote(page.data[-1].id, safe='')}"
        return found

    def delete(self, file_id: str) -> None:
        """Delete a file; it may be gone already. Raises an AssetgenError."""
        with suppress(Gone):
            self._free(
                lambda client: client.delete(f"/files/{file_id}", cast_to=httpx2.Response), dict
            )

    # -- batches -----------------------------------------------------------------------------------

    def start(self, file_id: str, endpoint: str, metadata: Mapping[str, str]) -> Batch:
        """Start a batch: from now on it is billed. Sent once, and again only if it was refused.

        Raises UnknownOutcome if no answer came, another AssetgenError if it was not started.
        """
        body = {
            "input_file_id": file_id,
            "endpoint": endpoint,
            "completion_window": "24h",
            "metadata": dict(metadata),
        }
        for attempt in range(_TRIES):
            try:
                return self._once(self._post("/batches", body), Batch)
            except RoutingError as exc:  # it may have been started: the answer cannot be read
                raise self._unknown(exc.what) from None
            except NotSent as exc:
                if exc.cure or attempt + 1 == _TRIES or self._stop.wait(_PAUSE * 2**attempt):
                    raise unreachable(self.provider, exc) from None
            except Lost as exc:
                raise self._unknown(str(exc)) from None
            except Refused as exc:
                if exc.status >= 500:
                    raise self._unknown(f"status {exc.status}") from None
                raise self._refused(exc) from None
        raise AssertionError

    def _unknown(self, why: str) -> UnknownOutcome:
        safe = provider_errors.safe(why, self.provider)
        return UnknownOutcome(
            f"the batch may have been started at {self.provider.host}, but no answer says so: "
            f"{safe}; nothing of it is sent again by itself",
            cure=advice("{batch} looks for it", batch=batch_cures.look()),
        )

    def get(self, batch_id: str) -> Batch:
        """A batch by its id. Raises Gone, or an AssetgenError."""
        return self._free(self._get(f"/batches/{batch_id}"), Batch)

    def cancel(self, batch_id: str) -> Batch:
        """Cancel a batch. Raises Gone, or an AssetgenError."""
        return self._free(self._post(f"/batches/{batch_id}/cancel", None), Batch)

    def with_metadata(self, token: str, since: int) -> Batch | None:
        """The batch that was started with ``token``, not before ``since`` (seconds since 1970).

        Raises an AssetgenError.
        """
        after = ""
        for _ in range(_MOST_PAGES):
            page = self._free(self._get(f"/batches?limit=100{after}"), _Batches)
            for one in page.data:
                if (one.metadata or {}).get("assetgen_token") == token:
                    return one
            is_past = bool(page.data) and page.data[-1].created_at < since
            if is_past or not page.has_more or not page.data:
                break
            after = f"&after={quote(page.data[-1].id, safe='')}"
        return None

    def lines(self, file_id: str) -> Generator[bytes, None, None]:
        """Each line of a file as it arrives, without its end. Raises Gone, or an AssetgenError."""
        return batch_lines.lines(self._line, file_id, self._broken, self._refused, self._stop)

    def _broken(self, file_id: str, exc: Exception) -> RoutingError:
        why = provider_errors.safe(str(exc), self.provider)
        return RoutingError(
            f"the file {file_id} could not be read to its end: {why}; nothing is lost",
            cure=advice("run the same command again; finished pictures stay"),
        )

    # -- one request -------------------------------------------------------------------------------

    def _get(self, path: str) -> Callable[[openai.OpenAI], Any]:
        return lambda client: client.get(
            path, cast_to=httpx2.Response, stream=True, stream_cls=openai.Stream[Any]
        )

    def _post(self, path: str, body: object) -> Callable[[openai.OpenAI], Any]:
        return lambda client: client.post(
            path, cast_to=httpx2.Response, body=body, stream=True, stream_cls=openai.Stream[Any]
        )

    def _free(self, send: Callable[[openai.OpenAI], Any], kind: type[T]) -> T:
        """The reply to a free request, which is repeated. Raises Gone, or an AssetgenError."""
        for attempt in range(_TRIES):
            is_last = attempt + 1 == _TRIES
            try:
                return self._once(send, kind)
            except (NotSent, Lost) as exc:
                if is_last or getattr(exc, "cure", None) or self._stop.wait(_PAUSE * 2**attempt):
                    raise unreachable(self.provider, NotSent(str(exc))) from None
            except Refused as exc:
                is_busy = exc.status >= 500 or exc.status in (408, 429)
                if is_last or not is_busy or self._stop.wait(_PAUSE * 2**attempt):
                    raise self._refused(exc) from None
        raise AssertionError

    def _once(self, send: Callable[[openai.OpenAI], Any], kind: type[T]) -> T:
        client = self._line.ready()
        with tempfile.TemporaryDirectory(prefix="assetgen-") as folder:
            file = Path(folder) / "reply"
            self._line.to_file(lambda: send(client), file)
            try:
                return msgspec.json.decode(file.read_bytes(), type=kind)
            except msgspec.MsgspecError as exc:
                raise RoutingError(
                    f"the reply of {self.provider.host} is not what the Batch API sends: "
                    f"{str(exc)[:200]}",
                    cure=advice("check that OPENAI_BASE_URL leads to a service with batches"),
                ) from None

    def _refused(self, exc: Refused, file_id: str = "") -> AssetgenError | Gone:
        """The error for a refusal: nothing was billed for what was asked."""
        if exc.status in (404, 410):
            return Gone(file_id)
        named = evidence.request_id(self.provider, exc.headers)
        return provider_errors.sort(
            exc.status, replies.error(exc.body), self.provider, named, may_be_billed=False
        ).error


def as_line(custom_id: str, endpoint: str, body: Mapping[str, Any]) -> bytes:
    """One request as a line of an input file."""
    line = {"custom_id": custom_id, "method": "POST", "url": endpoint, "body": dict(body)}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
