"""Open purchases of an asset that has another id now: they count for the asset that it became."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assetgen.paid.journal import Entry
from assetgen.plan import routing
from assetgen.plan.decide import Decision, State
from assetgen.plan.wish import Wish


class Claims:
    """Which asset an open entry counts for if its own asset no longer asks for its image.

    It is the first asset that asks for the same image and does not have one. Threads may share it.
    """

    def __init__(self, entries: Iterable[Entry], everything: Sequence[Decision]) -> None:
        """``everything`` is the decision on every asset; without it, no entry has an heir."""
        painted = [one for one in everything if routing.is_bought(one.asset.route)]
        asked = {key for one in painted for key in one.wish.keys}
        self._lacking = {one.asset.id: one.wish for one in painted if one.state is not State.FRESH}
        self._lost = [entry for entry in entries if self._lacking and entry.want not in asked]
        self._lost = [one for one in self._lost if not one.is_batch]
        self._names = frozenset(one.asset_id for one in self._lost)
        first: dict[str, str] = {}
        for name, wish in self._lacking.items():
            for former in self._names:
                first.setdefault(wish.key_as(former), name)
        self._heirs = {one.number: first[one.want] for one in self._lost if one.want in first}

    def heir(self, entry: Entry) -> str | None:
        """The asset that an entry counts for although it was made for another id."""
        return self._heirs.get(entry.number)

    def of(self, wish: Wish) -> list[int]:
        """The numbers of the entries that ``wish`` inherits."""
        if wish.asset.id not in self._lacking:
            return []
        keys = {name: wish.key_as(name) for name in self._names}
        same = [one.number for one in self._lost if keys[one.asset_id] == one.want]
        # What is asked for may follow from an image of this run: then no one was the heir before.
        return [one for one in same if self._heirs.setdefault(one, wish.asset.id) == wish.asset.id]
