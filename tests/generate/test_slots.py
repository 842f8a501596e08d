"""The next request leaves while the last image is read; budgets and limits count as before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from assetgen.generate.slots import Slots, Turn
from assetgen.paid import early_usage
from assetgen.plan.routing import NotBegun


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_requests_leave_in_the_order_in_which_they_lined_up() -> None:
    slots, order = Slots(1, threading.Event()), list[Turn]()
    turns = [slots.line_up() for _ in range(6)]
    bought_before, cancelled = turns.pop(3), turns.pop(1)

    def request(turn: Turn) -> None:
        turn.take()
        order.append(turn)

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(request, turn) for turn in reversed(turns)]
        bought_before.give_back()  # while it is in the queue
        cancelled.give_back()
        for number, future in enumerate(reversed(futures)):
            future.result(20)
            assert order == turns[: number + 1]  # the image of each is read all the time
            turns[number].give_back()
            turns[number].end()  # does nothing
    first, second = slots.line_up(), slots.line_up()
    assert first.has_come.is_set() and not second.has_come.is_set()  # one slot, as before


def test_no_request_leaves_once_the_run_stops() -> None:
    slots, order, answer = Slots(2, threading.Event()), list[str](), threading.Event()

    def request(name: str, turn: Turn) -> None:
        if name != "bought before":
            turn.take()
            order.append(name)
        answer.wait(20)

    with ThreadPoolExecutor(4) as pool:
        names = ["a", "bought before", "b", "c", "d", "e"]
        waiting = slots.submit(names, request, pool)
        *_, c, d, e = waiting
        _until(lambda: len(order) == 1 and not e.running())
        under_way = slots.stop(waiting)
        assert (order, under_way, d.cancelled(), e.cancelled()) == (["a"], 1, True, True)
        answer.set()
    assert order == ["a"] and slots.line_up().has_come.is_set()
    with pytest.raises(NotBegun):
        c.result()


_TEXT = b"A" * 200


@pytest.mark.parametrize(
    ("reply", "usage"),
    [
        (b'{"data":[{"b64_json":"%s"}],"usage":{"input_tokens":3}}' % _TEXT, {"input_tokens": 3}),
        (b'{"data":[{"b64_json":"%s"}]}' % _TEXT, {}),
        (b'{"data":[{"b64_json":"%s"},{"url":"https://x"}]}' % _TEXT, None),
        (b'{"data":[{"b64_json":null}],"usage":{"input_tokens":3}}', None),
        (b'{"data":[{"b64_json":"short"}]}', None),
        (b'{"data":[]}', None),
        (b'{"data":[{"b64_json":"%s' % _TEXT, None),
        (b"data: {}", None),
        (b'{"id":"task-1","status":"queued"}', None),
    ],
)
def test_only_a_reply_with_its_images_is_counted_early(
    reply: bytes, usage: dict[str, int] | None
) -> None:
    found = early_usage.of_images(reply)
    assert (found and (found.usage or {})) == usage
