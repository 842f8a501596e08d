"""The collector of garbage, paused while much is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused(*, once: bool = False) -> Iterator[None]:
    """Keep the collector from walking all that a plan is made of again and again.

    In a process that plans ``once``, it never walks that: it stays until the process ends.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if once:
            gc.freeze()
        if was_on:
            gc.enable()
