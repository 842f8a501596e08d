"""Many assets of one collection in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.describe import describe

#: From how many assets that are not fresh a collection is one line, and how many reasons it gives.
_MANY, _REASONS = 6, 3


class Fold(Struct, frozen=True):
    """The assets of one collection."""

    collection: str
    decisions: Sequence[Decision]

    def lines(self) -> Iterator[str]:
        """The pattern of their ids, how many are in which state, and the first reasons."""
        states = Counter(d.state for d in self.decisions)
        counted = ", ".join(f"{states[one]} {one}" for one in State if states[one])
        yield f"{self._pattern()}  {len(self.decisions)} pictures: {counted}"
        due = [d for d in self.decisions if d.state is not State.FRESH]
        for d in due[:_REASONS]:
            yield f"  {d.state:8} {d.asset.id}  {describe(d)}".rstrip()
        if len(due) > _REASONS:
            yield f"  and {len(due) - _REASONS} more"

    def _pattern(self) -> str:
        """A pattern that commands accept; of a collection without a fixed beginning, its id."""
        start = self.collection.partition("{")[0].rpartition("/")
        return f"{start[0]}/**" if start[1] else self.collection


def folded(
    decisions: Sequence[Decision], collection_of: Callable[[str], str | None]
) -> Iterator[Fold]:
    """A fold for each collection of which many assets are not fresh and can be made.

    What generate would refuse or leave as it is stays apart, with its cure.
    """
    due = (d.asset.id for d in decisions if d.state is not State.FRESH)
    numbers = Counter(map(collection_of, due))
    if not any(name and number >= _MANY for name, number in numbers.items()):
        return
    groups: dict[str, list[Decision]] = {}
    for d in decisions:
        name = collection_of(d.asset.id)
        if name is not None and d.problem is None and d.action is not Action.REFUSE:
            groups.setdefault(name, []).append(d)
    for name, group in groups.items():
        if sum(d.state is not State.FRESH for d in group) >= _MANY:
            yield Fold(name, group)
