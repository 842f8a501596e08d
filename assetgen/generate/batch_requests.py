"""The requests of a batch: what each asset asks for, and how they are split into batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assetgen.paid.batch_api import as_line
from assetgen.plan import batch_rules
from assetgen.plan.decide import Decision
from assetgen.plan.routing import Job
from assetgen.record import batch_file, record
from assetgen.record.batch_file import Asked
from assetgen.routes import images
from assetgen.settings.provider import Provider

#: The most requests of one batch, and the most bytes of its file, as OpenAI limits them.
MOST_REQUESTS, MOST_BYTES = 50_000, 200_000_000
#: The version of the API, which each request of a batch names.
_API = "/v1"
#: As long as an id of an uploaded file may be.
_FILE_ID = "file-" + "x" * 95


@dataclass(frozen=True)
class Prepared:
    """One request that can be sent; ``pictures`` are the digests of its input images."""

    decision: Decision
    asked: Asked
    endpoint: str
    model: str
    pictures: tuple[str, ...] = ()

    def line(self, files: Mapping[str, str]) -> bytes:
        """Its line in the file of requests; ``files`` are the ids of uploaded images."""
        body = {**self.asked.body, "prompt": self.decision.wish.intent.prompt}
        if self.pictures:
            body["images"] = [{"file_id": files[digest]} for digest in self.pictures]
        return as_line(self.asked.custom_id, self.endpoint, body)

    @property
    def size(self) -> int:
        """The most bytes that its line can have."""
        return len(self.line(dict.fromkeys(self.pictures, _FILE_ID)))


def prepare(decision: Decision, job: Job, provider: Provider, replaces: str | None) -> Prepared:
    """The request for an asset of route ``images``. Raises an AssetgenError.

    ``replaces`` is the sha256 (hex) of the original in place.
    """
    batch_rules.refuse(job.wish)
    job.refuse()
    request = images.request(job, provider)
    stated = dict(request.stated)
    pictures = tuple(f"sha256:{hashlib.sha256(part.data).hexdigest()}" for part in request.parts)
    stated.pop("image", None)
    if pictures:
        stated["images"] = list(pictures)
    endpoint = _API + request.path
    intent = batch_file.stated_intent(decision.wish.intent)
    before = f"sha256:{replaces}" if replaces else None
    asked = batch_file.asked(decision.asset.id, endpoint, intent, body=stated, replaces=before)
    return Prepared(
        decision=decision,
        asked=asked,
        endpoint=endpoint,
        model=str(decision.wish.model),
        pictures=pictures,
    )


def split(
    prepared: Sequence[Prepared], requests: int = MOST_REQUESTS, size: int = MOST_BYTES
) -> Iterator[list[Prepared]]:
    """The batches that requests are sent in: one endpoint and one model each, of limited size."""
    groups: dict[tuple[str, str], list[Prepared]] = {}
    for one in prepared:
        groups.setdefault((one.endpoint, one.model), []).append(one)
    for group in groups.values():
        part: list[Prepared] = []
        left = size
        for one in group:
            needed = one.size
            if part and (needed > left or len(part) == requests):
                yield part
                part, left = [], size
            part.append(one)
            left -= needed
        yield part


def as_asked(body: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """A body that was sent, as the committed file states it.

    ``files`` are the digests of input images, by the ids of their uploaded files.
    """
    stated = {**body, "prompt": record.digest_text(str(body.get("prompt")))}
    given = body.get("images")
    if given and isinstance(given, list):
        ids = [one.get("file_id") if isinstance(one, dict) else None for one in given]
        stated["images"] = [files.get(str(one)) for one in ids]
    return stated
