"""The committed file of a batch: .assetgen/batches/ID.json, by which any checkout collects it.

It has digests in place of prompts and values. A repository is not trusted: the file counts only if
its custom_ids are the digests of its own requests, and the batch at the provider has them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from assetgen.record import record

FOLDER = ".assetgen/batches"
VERSION = 1
#: Ids of the provider are parts of paths and of URLs.
_ID = r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,99}\Z"
_DIGEST = r"\Asha256:[0-9a-f]{64}\Z"

Id = Annotated[str, msgspec.Meta(pattern=_ID)]
Digest = Annotated[str, msgspec.Meta(pattern=_DIGEST)]
Time = Annotated[str, msgspec.Meta(pattern=r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]
Short = Annotated[str, msgspec.Meta(pattern=r"\A[ -~]{1,200}\Z")]
Endpoint = Annotated[str, msgspec.Meta(pattern=r"\A/v1/images/(generations|edits)\Z")]


class _Digest(msgspec.Struct, frozen=True):
    digest: Digest


_DIGESTS = msgspec.json.Decoder(_Digest)
_TABLES = msgspec.json.Decoder(dict[str, Any])


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One request of a batch; its tables stay JSON, because a batch has thousands of them."""

    custom_id: Annotated[str, msgspec.Meta(pattern=r"\Aassetgen-[0-9a-f]{40}\Z")]
    """The digest of the asset, the intent and the request."""
    asset: str
    """The id of the asset that the image is for."""
    intent: msgspec.Raw
    """What the image is, as a record states it, with digests of the prompt and of the values."""
    request: msgspec.Raw
    """The body of the request, with digests of the prompt and of the input images."""
    replaces: Digest | None = None
    """The digest of the original in place when it was sent; it is not in ``custom_id``."""

    @property
    def wanted(self) -> str:
        """The digest of the whole intent."""
        return _DIGESTS.decode(self.intent).digest

    @property
    def body(self) -> dict[str, Any]:
        """The body of the request, as it is stated."""
        return _TABLES.decode(self.request)


class Ended(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How a batch ended that was collected: each request is settled."""

    status: Annotated[str, msgspec.Meta(pattern=r"\A(completed|failed|expired|cancelled)\Z")]
    at: Time | None
    failed: dict[str, Short] = {}
    """custom_id -> why it has no image: the provider's code, "batch_expired", or "unusable"."""


class BatchFile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One batch, as it is committed."""

    version: Annotated[int, msgspec.Meta(ge=VERSION, le=VERSION)] = VERSION
    id: Id
    """The provider's id of the batch."""
    token: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
    """A random number that the metadata of the batch has too."""
    endpoint: Endpoint
    model: Short
    surface: Short
    """The bill."""
    origin: Short
    """The host that the batch was sent to."""
    client: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9 .+-]{1,60}\Z")]
    created_at: Time
    input_file: Id
    """The provider's id of the file with the requests."""
    images: dict[Digest, Id] = {}
    """sha256 of each input image -> the provider's id of its uploaded file."""
    ended: Ended | None = None
    requests: Annotated[list[Asked], msgspec.Meta(min_length=1, max_length=50_000)]

    @property
    def summary(self) -> str:
        """The digest over all custom_ids, which the metadata of the batch states."""
        return summary([one.custom_id for one in self.requests])

    @property
    def metadata(self) -> dict[str, str]:
        """What the batch is given at the provider, by which it is recognised."""
        return metadata(self.token, self.summary)


class Unusable(ValueError):
    """A file that is not that of a batch of assetgen; the text says why."""


def place(batch_id: str) -> str:
    """The path of the committed file of a batch."""
    return f"{FOLDER}/{batch_id}.json"


def is_id(text: str) -> bool:
    """Whether a text can be an id of the provider: a part of a path and of a URL."""
    return re.match(_ID, text) is not None


def metadata(token: str, summed: str) -> dict[str, str]:
    """The metadata of a batch."""
    return {"made_by": "assetgen", "assetgen_token": token, "assetgen_requests": summed}


def summary(custom_ids: Sequence[str]) -> str:
    """The digest over custom_ids, in the order of the requests."""
    return record.digest(list(custom_ids))


def custom_id(asset: str, wanted: str, request: str) -> str:
    """The custom_id of a request; ``wanted`` and ``request`` are digests."""
    bound = record.digest({"asset": asset, "intent": wanted, "request": request})
    return f"assetgen-{bound.removeprefix('sha256:')[:40]}"


def request_digest(endpoint: str, body: Mapping[str, Any]) -> str:
    """The digest of a request as records have it."""
    return record.digest({"endpoint": f"POST {endpoint}", "body": body})


def stated_intent(intent: record.Intent) -> dict[str, Any]:
    """An intent without its texts, but with the digest of the whole."""
    whole = intent.stated("text")
    stated: dict[str, Any] = intent.stated("digest")
    return {**stated, "values": record.digest(whole["values"]), "digest": whole["digest"]}


def intent_of(asked: Asked, values: Mapping[str, Any]) -> record.Intent:
    """The intent that a request was made for, with a digest in place of its prompt.

    Its values are ``values`` if they are the same; otherwise only their digest is known. Raises
    Unusable.
    """
    stated = {k: v for k, v in _TABLES.decode(asked.intent).items() if k != "digest"}
    known = record.digest(dict(values)) == stated.get("values")
    stated["values"] = dict(values) if known else {"sha256": str(stated.get("values"))}
    try:
        return msgspec.convert(stated, record.Intent)
    except msgspec.ValidationError as exc:
        raise Unusable(f"the intent of {asked.custom_id} is not usable: {exc}") from None


def read(data: bytes, path: str) -> BatchFile:
    """The batch in the file at ``path``. Raises Unusable."""
    try:
        found = msgspec.json.decode(data, type=BatchFile)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Unusable(str(exc)[:300]) from None
    if path != place(found.id):
        raise Unusable(f"it belongs to batch {found.id}")
    verify(found)
    return found


def verify(found: BatchFile) -> None:
    """Raise Unusable unless each custom_id is the digest of its request, and none is twice."""
    seen: set[str] = set()
    for one in found.requests:
        try:
            request, wanted = request_digest(found.endpoint, one.body), one.wanted
        except (msgspec.MsgspecError, RecursionError) as exc:
            raise Unusable(f"request {one.custom_id} is not usable: {exc}") from None
        if one.custom_id != custom_id(one.asset, wanted, request):
            raise Unusable(f"custom_id {one.custom_id} is not the digest of its request")
        if one.custom_id in seen or one.asset in seen:
            raise Unusable(f"asset {one.asset} is in it twice")
        seen |= {one.custom_id, one.asset}


def asked(
    asset: str,
    endpoint: str,
    intent: Mapping[str, Any],
    body: Mapping[str, Any],
    replaces: str | None,
) -> Asked:
    """A request with its custom_id; ``intent`` is from ``stated_intent``."""
    return Asked(
        custom_id=custom_id(asset, str(intent["digest"]), request_digest(endpoint, body)),
        asset=asset,
        intent=msgspec.Raw(record.canonical(intent)),
        request=msgspec.Raw(record.canonical(body)),
        replaces=replaces,
    )


def write(batch: BatchFile) -> bytes:
    """The one form of the file."""
    return b"".join(parts(batch))


def parts(batch: BatchFile) -> Iterator[bytes]:
    """The file in pieces: a line for each request, so that git shows what changed.

    It has several MB for thousands of requests, which then are never in memory at once.
    """
    stated = msgspec.to_builtins(msgspec.structs.replace(batch, requests=[]))
    del stated["requests"]
    head = msgspec.json.format(msgspec.json.encode(stated), indent=2).rstrip()[:-2]
    yield b'%b,\n  "requests": [\n    ' % head
    for number, one in enumerate(batch.requests):
        yield (b",\n    " if number else b"") + msgspec.json.encode(one)
    yield b"\n  ]\n}\n"


def slim(batch: BatchFile) -> BatchFile:
    """A batch without what its requests ask for: of thousands, only their names are kept."""
    none = msgspec.Raw(b"{}")
    requests = [msgspec.structs.replace(one, intent=none, request=none) for one in batch.requests]
    return msgspec.structs.replace(batch, requests=requests)


# -- batches that this repository has sent ---------------------------------------------------------

#: In place of the ids that the provider has not given yet.
UNKNOWN = "unknown"


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that was sent from this repository, as its log keeps it until it has ended."""

    step: Annotated[str, msgspec.Meta(pattern=r"\A(preparing|starting|started)\Z")]
    """``starting`` from before the request that starts it, ``started`` once its id is known."""
    began: Time
    entry: int
    """Its number in the log of paid requests."""
    batch: BatchFile

    @property
    def is_started(self) -> bool:
        return self.step == "started"


def read_pending(data: bytes) -> Pending:
    """A batch as the log keeps it. Raises Unusable."""
    try:
        found = msgspec.json.decode(data, type=Pending)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Unusable(str(exc)[:300]) from None
    verify(found.batch)
    return found
