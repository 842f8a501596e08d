"""One line of the files of a batch: whose it is, and the picture or the error in it."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from assetgen.cure import ID, advice
from assetgen.errors import AssetgenError, BusyError, RoutingError, StorageError, TrustError
from assetgen.paid import answers, evidence, provider_errors, replies
from assetgen.paid.batch_api import Batch, time_of
from assetgen.paid.evidence import Checked
from assetgen.paid.journal import Entry, Fate
from assetgen.paid.replies import Unreadable
from assetgen.plan import batch_cures, batch_price
from assetgen.plan.batches import UNUSABLE
from assetgen.plan.routing import Answer, Drawn
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.record.batch_file import Asked, BatchFile
from assetgen.record.schema import RecordedBatch, RecordedGateway, RecordedRoute
from assetgen.settings.catalog import Catalog
from assetgen.settings.provider import Provider

#: The codes of requests that the end of a batch has cut off.
EXPIRED, CANCELLED = "batch_expired", "batch_cancelled"


class _Room:
    """Enough room in memory: only as many lines as there are cores are read at once."""

    def decodes(self) -> None: ...

    def drops_image(self) -> None: ...


_ROOM = _Room()


class _Reply(msgspec.Struct, frozen=True):
    status_code: int = 0
    request_id: str | None = None
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Error(msgspec.Struct, frozen=True):
    code: str | None = None
    message: str | None = None


class _Line(msgspec.Struct, frozen=True):
    custom_id: str
    response: _Reply | None = None
    error: _Error | None = None


class _Name(msgspec.Struct, frozen=True):
    custom_id: str


class _Sent(msgspec.Struct, frozen=True):
    custom_id: str
    url: str
    body: dict[str, Any]


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
_LINE, _NAME = msgspec.json.Decoder(_Line), msgspec.json.Decoder(_Name)
_SENT = msgspec.json.Decoder(_Sent)


def sent(line: bytes) -> _Sent:
    """One line of the file of requests. Raises TrustError."""
    try:
        return _SENT.decode(line)
    except msgspec.MsgspecError as exc:
        raise TrustError(f"its file of requests is not one of assetgen: {exc}") from None


def custom_id(line: bytes) -> str:
    """Whose answer a line is; "" if it does not say so."""
    try:
        return _NAME.decode(line).custom_id
    except msgspec.MsgspecError:
        return ""


@dataclass(frozen=True)
class Refusal:
    """Why a request has no picture."""

    code: str
    """For the committed file, whatever the provider said; see ``short``."""
    error: AssetgenError

    @property
    def short(self) -> str:
        """The code as the committed file can have it."""
        return re.sub("[^ -~]", "?", self.code)[:80] or "unknown"


@dataclass(frozen=True)
class Result:
    """A request with its picture."""

    asked: Asked
    number: int
    """Of its line in the output."""
    answer: Answer
    checked: Checked
    request_id: str | None


class Reader:
    """Reads the lines of one batch. Threads may share it."""

    def __init__(self, known: BatchFile, batch: Batch, provider: Provider, catalog: Catalog):
        self._known = known
        self._batch = batch
        self._provider = provider
        self._catalog = catalog
        self._decoding = threading.BoundedSemaphore(2)

    def read(self, asked: Asked, number: int, line: bytes) -> Result | Refusal:
        """What the line of ``asked`` says."""
        try:
            found = _LINE.decode(line)
        except msgspec.MsgspecError as exc:
            return self._unusable(f"its line does not have the expected structure: {exc}")
        if found.error and found.error.code:
            return self.ended(found.error.code, found.error.message or "")
        reply = found.response or _Reply()
        if reply.status_code != 200:
            return self._refused(reply.status_code, bytes(reply.body), reply.request_id)
        try:
            answer = replies.of_images(bytes(reply.body), streamed=False)
            if answer.failure is not None:
                return self._refused(400, bytes(reply.body), reply.request_id)
            with self._decoding:
                checked, pictures = answers.first_checked(answer.pictures, _ROOM, may_fail=False)
        except Unreadable as exc:
            return self._unusable(str(exc))
        if checked is None:
            return self._unusable("it contains no image")
        return Result(
            asked=asked,
            number=number,
            answer=replace(answer, pictures=pictures),
            checked=checked,
            request_id=reply.request_id,
        )

    def _refused(self, status: int, body: bytes, request_id: str | None) -> Refusal:
        failure = provider_errors.sort(
            status, replies.error(body), self._provider, request_id, may_be_billed=False
        )
        return Refusal(failure.code, failure.error)

    def _unusable(self, why: str) -> Refusal:
        safe = provider_errors.safe(why, self._provider)
        error = RoutingError(
            f"its answer in batch {self._batch.id} cannot be used: {safe}; it was billed",
            cure=advice("{again} (buys it again)", again=batch_cures.again(ID)),
        )
        return Refusal(UNUSABLE, error)

    def gone(self) -> Refusal:
        """A request whose answer the provider has deleted before it was collected."""
        error = StorageError(
            f"{self._provider.host} no longer has the answers of batch {self._batch.id}, which it "
            "keeps for a limited time; it may have been billed",
            cure=advice("{again} (buys it again)", again=batch_cures.again(ID)),
        )
        return Refusal(UNUSABLE, error)

    def ended(self, code: str, message: str) -> Refusal:
        """A request that the batch ended without."""
        words = provider_errors.safe(message, self._provider) or code
        what = f"batch {self._batch.id} ended without it ({words}); nothing was billed for it"
        cure = advice("{batch}, to send it again", batch=batch_cures.send(ID))
        return Refusal(code, BusyError(what, cure=cure))

    def unanswered(self) -> Refusal:
        """A request for which a batch that was completed has no answer."""
        error = RoutingError(
            f"batch {self._batch.id} has no answer for it; it may have been billed",
            cure=advice("{again} (buys it again)", again=batch_cures.again(ID)),
        )
        return Refusal(UNUSABLE, error)

    def drawn(self, result: Result, wish: Wish, others: Sequence[str]) -> Drawn:
        """The result of a route, as the batch made it; all its times are those of the batch."""
        entry = self._entry(result, wish)
        drawn = evidence.drawn(
            entry=entry,
            wish=wish,
            provider=self._provider,
            answer=result.answer,
            checked=result.checked,
            received="base64",
            others=others,
            catalog=self._catalog,
        )
        response = drawn.response and msgspec.structs.replace(
            drawn.response,
            batch=RecordedBatch(
                id=self._known.id,
                custom_id=result.asked.custom_id,
                line=result.number,
                created_at=time_of(self._batch.created_at),
                ended_at=self._batch.ended_at,
            ),
        )
        usage = batch_price.usage(drawn.usage_cost, self._known.model, self._catalog)
        return replace(drawn, response=response, usage_cost=usage, entry=None)

    def _entry(self, result: Result, wish: Wish) -> Entry:
        """The request as the log would have it, had it been sent alone."""
        known, provider, body = self._known, self._provider, result.asked.body
        gateway = None
        if not provider.is_openai:
            gateway = RecordedGateway(name=provider.name, profile=provider.profile.name)
        route = RecordedRoute(
            owner="images",
            surface=provider.surface,
            endpoint=f"POST {known.endpoint}",
            origin=provider.host,
            client=known.client,
            gateway=gateway,
        )
        request = record.recorded_request(
            f"POST {known.endpoint}", body, body.get("input_fidelity")
        )
        named = provider.profile.request_ids[0] if provider.profile.request_ids else ""
        return Entry(
            number=0,
            want=wish.key,
            asset_id=wish.asset.id,
            route="images",
            surface=provider.surface,
            origin=provider.host,
            fate=Fate.ANSWERED,
            began=time_of(self._batch.created_at),
            evidence={**evidence.noted(route, request), "model": known.model, "partialImages": 0},
            attempts=[{"outcome": "ok", "status": 200, "retryReason": None}],
            reply={"status": 200, "headers": {named: result.request_id or ""}},
            response_id=None,
            note=None,
        )
