"""Which process draws: this one, one of several beside it, or one with limits.

A layout that does not ship with assetgen is drawn in a process of its own, with limits. Everything
else about a layout is limited where it is read. Memory is not: a template can double a text thirty
times, and a library without memory ends its process. What one drawing takes depends on every
value, so no drawing is trusted because another one succeeded.

Many pictures of layouts that ship are drawn in other processes too, without limits: one for each
thread that asks. A few are drawn here, because a process takes longer to start than a few drawings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from assetgen.cure import advice
from assetgen.errors import StorageError, TemplateError
from assetgen.layouts import closure, render
from assetgen.layouts.engine import Drawing
from assetgen.layouts.spec import Order

if TYPE_CHECKING:
    from assetgen.layouts.artist import Artist, Ended

Made = TypeVar("Made")

#: From how many pictures of one run on other processes draw them all.
MANY = 100


def draw(order: Order) -> Drawing:
    """``render.draw``, with limits if the layout is not built in.

    Raises TemplateError also if the drawing had to be stopped, StorageError if its process died.
    """
    return _elsewhere(render.draw, order)


def picture(order: Order) -> Drawing:
    """``render.picture``, in the same way."""
    return _elsewhere(render.picture, order)


def standalone(order: Order) -> str:
    """``render.standalone``, with the same limits."""
    with at_work():
        return _elsewhere(render.standalone, order)


@contextmanager
def at_work(pictures: int = 0) -> Iterator[None]:
    """Keep the processes between drawings; at the end of the block, end those that are idle.

    ``pictures`` says how many are going to be drawn in it.
    """
    crowd = [pictures] if pictures >= MANY else []
    with _keeping:
        _crowds.extend(crowd)
    try:
        yield
    finally:
        with _keeping:
            ended, _idle[:] = list(_idle), []
            del _crowds[: len(crowd)]
        for artist in ended:
            artist.end()


_idle: list[Artist] = []
_crowds: list[int] = []
_keeping = threading.Lock()


def _elsewhere(work: Callable[[Order], Made], order: Order) -> Made:
    is_limited = order.kind.root != closure.shipped_root()
    if not is_limited and not _crowds:
        return work(order)
    from assetgen.layouts.artist import Artist, Ended

    kept = _kept(is_limited)
    if kept is None and not is_limited:
        try:
            kept = Artist(is_limited=False)
        except OSError:  # the system has no room for another process
            return work(order)
    with suppress(Ended):  # by what it had drawn before, or by the system: a new one decides
        if kept:
            return _asked(kept, work, order)
    try:
        return _asked(Artist(is_limited=is_limited), work, order)
    except Ended as ended:
        if is_limited:
            raise _refusal(order, ended) from None
        if ended.code < 0:  # no second try where the system may kill this process for it
            raise _died(order, ended) from None
    return work(order)  # the interpreter does not start, as in a program that has its own


def _kept(is_limited: bool) -> Artist | None:
    with _keeping:
        found = next((one for one in _idle if one.is_limited == is_limited), None)
        if found:
            _idle.remove(found)
    return found


def _asked(artist: Artist, work: Callable[[Order], Made], order: Order) -> Made:
    try:
        made, failure = artist.ask(work, order)
    except BaseException:
        artist.end()
        raise
    if artist.is_spent:
        artist.end()
    else:
        with _keeping:
            _idle.append(artist)
    if failure:
        raise failure
    return made


def _refusal(order: Order, ended: Ended) -> TemplateError:
    layout = f"{order.kind.name}/{order.layout}"
    where = f"templates/{layout}.html"
    said = str(ended)
    if "panicked at" in said and "MemoryError" not in said:
        return TemplateError(
            f"the layout {layout} makes the layout engine fail",
            where=where,
            cure=advice("look for a very large number in its styles"),
        )
    return TemplateError(
        f"the layout {layout} uses too much memory or time",
        where=where,
        cure=advice("look for text joined in a loop, tiny repeated backgrounds or huge shadows"),
    )


def _died(order: Order, ended: Ended) -> StorageError:
    return StorageError(
        f"the process that draws {order.kind.name}/{order.layout} ended twice, "
        f"with signal {-ended.code}",
        cure=advice("free some memory, or draw fewer images at a time with -j"),
    )
