"""A process that draws one order after another and writes no file.

The same on every system: a new interpreter with two pipes, neither a fork nor shared memory. It
ends when its orders end, so it never outlives the process that started it.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import IO, Any, TypeVar

from assetgen.fs import platform
from assetgen.layouts import render
from assetgen.layouts.fonts import Font
from assetgen.layouts.spec import Order

#: What one drawing with limits may take: bytes of address space, seconds of CPU, seconds in all.
MAX_BYTES, MAX_CPU, MAX_SECONDS = 1280 * 1024**2, 30, 60
#: How many pictures a process draws. The engine keeps 14 KB of each page, and of a picture two.
MAX_DRAWN = 500

Made = TypeVar("Made")
_LIMITED, _FREE = "limited", "free"


class Ended(Exception):
    """The process ended without an answer; what it said, and its exit code (negative: a signal)."""

    def __init__(self, said: str, code: int) -> None:
        super().__init__(said)
        self.code = code


@contextmanager
def _scratch() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as stream:
        yield stream


class Artist:
    """One such process. ``is_limited``: with limits for memory and time."""

    def __init__(self, *, is_limited: bool) -> None:
        """Raises OSError if the system cannot start another process."""
        self.is_limited = is_limited
        self._opened = ExitStack()
        self._said = self._opened.enter_context(_scratch())
        self._drawn = 0
        self._fonts: set[str] = set()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, _LIMITED if is_limited else _FREE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                **platform.own_group(),  # an interrupt lets it finish what it draws
            )
        except OSError:
            self._opened.close()
            raise

    @property
    def is_spent(self) -> bool:
        """Whether it has drawn so much that a new process should replace it."""
        return self._drawn >= MAX_DRAWN

    def ask(self, work: Callable[[Order], Made], order: Order) -> tuple[Made, Exception | None]:
        """What the process made of ``order``, or the error that it raised.

        Raises Ended if it did not answer, or not in time.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin and stdout
        watch = threading.Timer(MAX_SECONDS, self._process.kill)
        watch.daemon = True
        if self.is_limited:
            watch.start()
        try:
            pickle.dump((work.__name__, *self._without_known_fonts(order)), stdin)
            stdin.flush()
            made, failure = pickle.load(stdout)  # from our own code, not from the repository
        except (OSError, EOFError, pickle.UnpicklingError):
            self._process.kill()
            code = self._process.wait()
            self._said.seek(0)
            raise Ended(self._said.read(65536).decode("utf-8", "replace"), code) from None
        finally:
            watch.cancel()
        self._drawn += 1
        return made, failure

    def _without_known_fonts(self, order: Order) -> tuple[Order, dict[str, str], list[Font]]:
        """The order without fonts, the digest of each by its name, and those to be sent."""
        new = [font for font in order.fonts.values() if font.digest not in self._fonts]
        self._fonts |= {font.digest for font in new}
        named = {name: font.digest for name, font in order.fonts.items()}
        return replace(order, fonts={}), named, new

    def end(self) -> None:
        """End the process. It has no work, or its work is not needed any more."""
        self._process.kill()
        self._process.wait()
        self._opened.close()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):  # what is still in its buffer has no reader
                    stream.close()


# -- in the process --------------------------------------------------------------------------------


_WORK: dict[str, Callable[[Order], object]] = {
    "draw": render.draw,
    "picture": render.picture,
    "standalone": render.standalone,
}


def _main(arguments: list[str]) -> None:
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    resource = platform.module("resource") if arguments == [_LIMITED] else None
    limits = (("RLIMIT_AS", MAX_BYTES), ("RLIMIT_CORE", 0))
    platform.limit_process(limits, resource)
    fonts: dict[str, Font] = {}
    with suppress(EOFError, OSError):  # the process that asks has ended
        while True:
            _answer(sys.stdin.buffer, answers, resource, fonts)


def _answer(orders: IO[bytes], answers: IO[bytes], resource: Any, fonts: dict[str, Font]) -> None:
    work, order, named, new = pickle.load(orders)
    fonts |= {font.digest: font for font in new}
    order = replace(order, fonts={name: fonts[digest] for name, digest in named.items()})
    platform.limit_more_cpu(MAX_CPU, resource)
    made: tuple[object, Exception | None]
    try:
        made = _WORK[work](order), None
    except MemoryError:
        raise
    except Exception as exc:  # raised again where the order came from
        made = None, _portable(exc)
    pickle.dump(made, answers)
    answers.flush()


def _portable(exc: Exception) -> Exception:
    """``exc``, or what it says if it cannot be sent to another process."""
    try:
        pickle.loads(pickle.dumps(exc))
    except Exception:
        return RuntimeError(f"{type(exc).__name__}: {exc}")
    return exc


if __name__ == "__main__":
    _main(sys.argv[1:])
