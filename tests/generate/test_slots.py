"""The next request leaves while the last image is read; budgets and limits count as before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from assetgen.generate.slots import Slot, Slots
from assetgen.paid import early_usage
from assetgen.plan.routing import NotBegun


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_slot_that_is_given_back_goes_to_who_asked_first() -> None:
    slots, order, reading = Slots(1, threading.Event()), list[int](), threading.Event()
    held: list[Slot] = []

    def buy(number: int) -> None:
        with slots.one() as slot:
            order.append(number)
            if number == 0:
                held.append(slot)
                reading.wait(20)  # the image of the first one is read all the time

    futures: list[Future[None]] = []

    def all_have_asked() -> bool:
        return len(order) + slots.waiting == len(futures)

    with ThreadPoolExecutor(4) as pool:
        for number in range(4):
            futures.append(pool.submit(buy, number))
            _until(all_have_asked)
        assert order == [0]
        held[0].give_back()
        _until(lambda: len(order) == 4)
        reading.set()
        [future.result() for future in futures]
    assert (order, slots.waiting) == ([0, 1, 2, 3], 0)
    with slots.one(), ThreadPoolExecutor(1) as pool:  # the first one was given back once only
        last = pool.submit(buy, 5)
        _until(lambda: slots.waiting == 1)
        assert not last.done()
        slots.give_back()
        last.result()


def test_who_waits_for_a_slot_when_the_run_stops_begins_nothing() -> None:
    stop = threading.Event()
    slots = Slots(1, stop)
    with ThreadPoolExecutor(2) as pool, slots.one():
        waiting = [pool.submit(slots.one().__enter__) for _ in range(2)]
        _until(lambda: slots.waiting == 2)
        stop.set()
    for future in waiting:
        with pytest.raises(NotBegun):
            future.result()


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
