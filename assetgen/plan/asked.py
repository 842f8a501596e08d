"""The questions that deciding one asset asks, as names of what their answers rest on.

Every question of the world goes through here. One without a rule below makes the decision one that
cannot be remembered, so a question that is added later is never forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from assetgen.plan.wish import World
from assetgen.record.record import Record

#: How names begin that are no paths of files.
KIND, LAYOUT, ASSET, FAMILY = "\0kind ", "\0layout ", "\0asset ", "\0family "
FONTS, CATALOG = "\0fonts", "\0catalog"

_Rule = Callable[[tuple[Any, ...], Any], str | None]


def _nothing(_asked: tuple[Any, ...], answer: object) -> str | None:
    """Of an answer None that holds while git has merged all, and no run was interrupted."""
    return "" if answer is None else None


def _record(asked: tuple[Any, ...], answer: object) -> str | None:
    """Of a record in the form in which assetgen writes it: another one is reported each time."""
    is_plain = isinstance(answer, Record) and not answer.is_reformatted
    return answer.path if is_plain and isinstance(answer, Record) else None


#: What the answer to a question rests on; "" is nothing, None is what no name is for.
_RULES: Mapping[str, _Rule] = {
    "kind": lambda asked, _: KIND + asked[0],
    "fonts": lambda _asked, _: FONTS,
    "record": _record,
    "digest": lambda asked, _: str(asked[0]),
    "weight": lambda asked, _: str(asked[0]),
    "page": lambda asked, _: str(asked[0]),
    "collection": lambda _asked, _: "",  # only where the record is written rests on it
    "family": lambda asked, _: FAMILY + asked[0],
    "data": lambda asked, _: str(asked[0]),
    "text": lambda asked, _: str(asked[0]),
    "catalog": lambda _asked, _: CATALOG,
    "surface": lambda _asked, _: "",  # only the estimate rests on it, which is not remembered
    "descriptor": lambda _asked, _: "",  # and what a request may have, where one is made
    "interrupted": _nothing,
    "elsewhere.unmerged": _nothing,
}


class Asked:
    """A world that notes what it was asked."""

    def __init__(self, world: World) -> None:
        self._names: dict[str, None] = {}
        self._is_unnamed = False
        elsewhere = replace(world.elsewhere, **self._all(world.elsewhere, "elsewhere."))
        self.world: World = replace(world, **self._all(world), elsewhere=elsewhere)

    def _all(self, questions: Any, above: str = "") -> dict[str, Any]:
        """Every question of a table of them, each noted when it is asked."""
        named = {one.name: getattr(questions, one.name) for one in fields(questions)}
        return {
            name: self._noted(above + name, ask) for name, ask in named.items() if callable(ask)
        }

    def _noted(self, name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        rule = _RULES.get(name)

        def asked(*arguments: Any) -> Any:
            try:
                answer = ask(*arguments)
            except BaseException:
                self._is_unnamed = True
                raise
            found = rule(arguments, answer) if rule else None
            if found is None:
                self._is_unnamed = True
            elif found:
                self._names[found] = None
            return answer

        return asked

    def take(self) -> tuple[str, ...] | None:
        """What was asked since the last time; None if something was that has no name."""
        found = None if self._is_unnamed else tuple(self._names)
        self._names, self._is_unnamed = {}, False
        return found
