"""Whether a batch at the provider is the one that a committed file describes.

The file comes from a repository, so it could name any batch of the account whose key is used here.
Nothing of a batch is read before its metadata and every request of it are those of the file.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

from assetgen.cure import advice
from assetgen.errors import RoutingError, TrustError
from assetgen.generate import batch_answers, batch_requests
from assetgen.paid import provider_errors
from assetgen.paid.batch_api import Batch, BatchApi, Gone
from assetgen.record import batch_file
from assetgen.record.batch_file import BatchFile
from assetgen.settings.provider import Provider
from assetgen.text import count


def refuse_elsewhere(known: BatchFile, provider: Provider) -> None:
    """Raise RoutingError if a batch was sent to another provider than the one configured here."""
    if (known.origin, known.surface) != (provider.host, provider.surface):
        raise RoutingError(
            f"batch {known.id} was sent to {known.origin}, and route images leads to "
            f"{provider.host} here; nothing was sent",
            where=batch_file.place(known.id),
            cure=advice("set OPENAI_BASE_URL as it was when the batch was sent"),
        )


def gone(known: BatchFile) -> RoutingError:
    """The error for a batch that the provider does not have."""
    return RoutingError(
        f"{known.origin} has no batch {known.id}: it belongs to another account, or it is gone",
        where=batch_file.place(known.id),
        cure=advice("use the API key of the account that sent it"),
    )


def verify(known: BatchFile, batch: Batch, api: BatchApi) -> None:
    """Raise TrustError unless ``batch`` is the one that ``known`` describes.

    All requests are compared. If the provider no longer has them, all names in its output are.
    """
    stated = batch.metadata or {}
    if any(stated.get(name) != value for name, value in known.metadata.items()):
        raise _another(known, "its metadata differ")
    if (batch.id, batch.endpoint) != (known.id, known.endpoint):
        raise _another(known, "its endpoint differs")
    if batch.input_file_id != known.input_file:
        raise _another(known, "it has another file of requests")
    try:
        _verify_requests(known, api)
    except Gone:
        _verify_names(known, batch, api)


def _verify_requests(known: BatchFile, api: BatchApi) -> None:
    files = {file_id: digest for digest, file_id in known.images.items()}
    left = {one.custom_id: one for one in known.requests}
    with closing(api.lines(known.input_file)) as lines:
        for line in lines:
            found = batch_answers.sent(line)
            asked = left.pop(found.custom_id, None)
            if asked is None or found.url != known.endpoint:
                name = provider_errors.safe(found.custom_id, api.provider)
                raise _another(known, f"no request of the file is called {name[:80]!r}")
            if batch_requests.as_asked(found.body, files) != asked.body:
                raise _another(known, f"request {asked.custom_id} differs")
    if left:
        raise _another(known, f"it has no request {next(iter(left))}")


def _verify_names(known: BatchFile, batch: Batch, api: BatchApi) -> None:
    names = {one.custom_id for one in known.requests}
    with closing(_output(batch, api)) as lines:
        for line in lines:
            if (name := batch_answers.custom_id(line)) not in names:
                name = provider_errors.safe(name, api.provider)
                why = f"its output answers {name[:80]!r}, which no request is called"
                raise _another(known, why)


def _output(batch: Batch, api: BatchApi) -> Generator[bytes, None, None]:
    for file_id in filter(None, (batch.output_file_id, batch.error_file_id)):
        if batch_file.is_id(file_id):
            yield from api.lines(file_id)


def unknown_lines(known: BatchFile, names: Sequence[str]) -> TrustError:
    """The error for answers to requests that the file does not have: they are not used."""
    named = next((repr(name) for name in names if name), "none at all")
    return TrustError(
        f"batch {known.id} has {count(len(names), 'answer')} that no request asked for, the first "
        f"called {named}; not used, and the others are in place",
        where=batch_file.place(known.id),
        cure=advice("ask {origin} about batch {id}", origin=known.origin, id=known.id),
    )


def _another(known: BatchFile, why: str) -> TrustError:
    path = batch_file.place(known.id)
    return TrustError(
        f"batch {known.id} at {known.origin} is not the one that {path} describes: {why}; "
        "none of its images is used",
        where=path,
        cure=advice("do not trust {path}: find out who added it, and remove it", path=path),
    )
