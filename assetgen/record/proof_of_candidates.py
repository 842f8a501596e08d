"""What a record says of the candidates that its image was picked from, compared. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.record import candidates
from assetgen.record.schema import Predicate


def contradictions(predicate: Predicate) -> Iterator[str]:
    """Everything in which the candidates of a record contradict each other or its image."""
    every, purchases = predicate.candidates or [], predicate.purchases or []
    if bool(every) != bool(purchases):
        yield "candidates and purchases are not there together"
        return
    if not every:
        return
    found = candidates.problems(every, purchases)
    yield from found
    picked = [one for one in every if one.picked]
    if len(picked) != 1:
        yield f"{len(picked)} candidates are picked"
    if found or len(picked) != 1:
        return
    [one] = picked
    original, bought = predicate.original, purchases[one.purchase]
    if original is None or original.digest != f"sha256:{one.sha256}":
        yield "original is not the candidate that was picked"
    elif (original.bytes, original.media_type) != (one.bytes, one.media_type):
        yield "the candidate that was picked does not have the size or type of the original"
    same = (
        (predicate.route, bought.route, "route"),
        (predicate.request, bought.request, "request"),
        (predicate.response, bought.response, "response"),
        (predicate.cost, one.cost, "cost"),
    )
    for stated, of_picked, name in same:
        if stated != of_picked:
            yield f"{name} is not that of the candidate that was picked"
