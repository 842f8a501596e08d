"""The images before the steps of a refined image: which they are, their bytes, what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from assetgen.fs import originals
from assetgen.plan.bought_before import BoughtBefore
from assetgen.plan.in_history import InHistory
from assetgen.plan.wish import Stored, Wish, parent_of
from assetgen.record import record
from assetgen.record.places import Records
from assetgen.record.record import Record, Unusable

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: (where, bytes) of each file outside the cache that is the original with a sha256 (hex).
_Files = Callable[[str, Record], Iterator[tuple[str, bytes]]]


class Chain:
    """Looks for the images of steps in the record in place, and in what was bought before."""

    def __init__(
        self,
        root: Path,
        records: Records,
        bought: BoughtBefore,
        past: InHistory,
        files: _Files,
    ) -> None:
        self._root, self._records, self._files = root, records, files
        self._bought, self._past = bought, past

    def picture(self, wish: Wish) -> Stored | None:
        """The image of a wish, if the record in place has it, or was made from it, or it is kept.

        That its bytes are here is not certain.
        """
        digests = wish.intent.digests
        known = self._in_place(wish)
        if known and known.original and not known.is_draft:
            if known.intent.get("digest") in digests:
                return Stored(known.original, known.original_size)
            for after, parent, size in _steps(known.intent):
                if record.digest(after) in digests:
                    return Stored(parent, size)
        bought = self._bought.record(wish)
        return Stored(bought.original, bought.original_size) if bought and bought.original else None

    def parent(self, wish: Wish) -> bytes | None:
        """The image that a step changes: from the cache, a file of this tree or git."""
        digest = parent_of(wish)
        if digest is None:
            return None
        known = self._in_place(wish)
        data = originals.read(self._root, digest)
        if data is None and known:
            data = next((one for _, one in self._files(digest, known)), None)
            data = data or self._past.original(digest, known)
        return data

    def history(self, wish: Wish) -> list[Mapping[str, Any]]:
        """What records say of the steps before the last one of a wish, the first one first."""
        if wish.before is None:
            return []
        data = self._records.find(wish.asset.id)[1]
        bought = self._bought.stated(wish.before) or self._past.stated(wish.before)
        for stated in filter(None, (data, bought and bought[0])):
            try:
                predicate = record.statement(stated)["predicate"]
            except Unusable:
                continue
            if (found := _up_to(predicate, wish.before.intent.digests)) is not None:
                return found
        return []

    def _in_place(self, wish: Wish) -> Record | None:
        place, data = self._records.find(wish.asset.id)
        return record.usable(data, place)


def _steps(intent: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str, str | None]]:
    """(intent, sha256, size) of the image before each step of a recorded intent, the last first."""
    for step, before in pairwise(record.chain(intent)):
        inputs = step.get("inputs")
        first = inputs[0] if isinstance(inputs, list) and inputs else None
        parent = first.get("sha256") if isinstance(first, Mapping) else None
        if not isinstance(parent, str) or not _SHA256.fullmatch(parent):
            return
        size = str(step.get("size"))
        yield before, parent, size if "x" in size else None


def _up_to(
    predicate: Mapping[str, Any], digests: tuple[str, ...]
) -> list[Mapping[str, Any]] | None:
    """The recorded steps up to the image of an intent; None if it is not among them.

    They are compared by what the last one was made from: what each says may be in an older form.
    """
    steps = [*(predicate.get("refined") or ()), _as_step(predicate)]
    intents = record.chain(record.current(predicate["intent"]))
    for number, (intent, _) in enumerate(zip(intents, reversed(steps), strict=False)):
        stated = {name: value for name, value in intent.items() if name != "digest"}
        if record.digest(stated) in digests:
            return steps[: len(steps) - number]
    return None


def _as_step(predicate: Mapping[str, Any]) -> Mapping[str, Any]:
    """A record as a later one states it."""
    kept = ("prompt", "route", "request", "response", "original", "cost")
    several = (name for name in ("candidates", "purchases") if name in predicate)
    stated = {name: predicate[name] for name in (*kept, *several)}
    return {"intent": predicate["intent"]["digest"], **stated}
