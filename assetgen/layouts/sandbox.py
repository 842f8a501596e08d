"""A layout that does not ship with assetgen is drawn in a process of its own, with limits.

Everything else about a layout is limited where it is read. Memory is not: a template can double a
text thirty times, and a library without memory ends its process. What one drawing takes depends on
every value, so no drawing is trusted because another one succeeded. One process draws many
images, one after another; it writes no file.
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
from typing import IO, Any, TypeVar

from assetgen.cure import advice
from assetgen.errors import TemplateError
from assetgen.fs import platform
from assetgen.layouts import closure, render
from assetgen.layouts.engine import Drawing
from assetgen.layouts.spec import Order

#: What one drawing may take: bytes of address space, seconds of CPU, seconds altogether.
MAX_BYTES, MAX_CPU, MAX_SECONDS = 1280 * 1024**2, 30, 60


def draw(order: Order) -> Drawing:
    """``render.draw``, with limits if the layout is not built in.

    Raises TemplateError also if the drawing had to be stopped.
    """
    return _limited(render.draw, order)


def standalone(order: Order) -> str:
    """``render.standalone``, with the same limits."""
    with at_work():
        return _limited(render.standalone, order)


@contextmanager
def at_work() -> Iterator[None]:
    """Keep the processes between drawings; at the end of the block, end those that are idle."""
    try:
        yield
    finally:
        with _keeping:
            ended, _idle[:] = list(_idle), []
        for artist in ended:
            artist.end()


Made = TypeVar("Made")
_idle: list[_Artist] = []
_keeping = threading.Lock()


def _limited(work: Callable[[Order], Made], order: Order) -> Made:
    if order.kind.root == closure.shipped_root():
        return work(order)
    with _keeping:
        artist = _idle.pop() if _idle else None
    if artist:
        with suppress(_Ended):  # by what it had drawn before, perhaps: a new one decides
            return _asked(artist, work, order)
    try:
        return _asked(_Artist(), work, order)
    except _Ended as ended:
        raise _refusal(order, str(ended)) from None


def _asked(artist: _Artist, work: Callable[[Order], Made], order: Order) -> Made:
    try:
        made, failure = artist.ask(work, order)
    except BaseException:
        artist.end()
        raise
    with _keeping:
        _idle.append(artist)
    if failure:
        raise failure
    return made


def _refusal(order: Order, said: str) -> TemplateError:
    layout = f"{order.kind.name}/{order.layout}"
    where = f"templates/{layout}.html"
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


class _Ended(Exception):
    """The process ended without an answer; what it said on its error stream."""


@contextmanager
def _scratch() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as stream:
        yield stream


class _Artist:
    """A process with limits, which draws one order after another."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._said = self._opened.enter_context(_scratch())
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "assetgen.layouts.sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            **platform.own_group(),  # an interrupt lets it finish what it draws
        )

    def ask(self, work: Callable[[Order], Made], order: Order) -> tuple[Made, Exception | None]:
        """What the process made of ``order``, or the error that it raised.

        Raises _Ended if it did not answer, or not in time.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin and stdout
        watch = threading.Timer(MAX_SECONDS, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            pickle.dump((work.__name__, order), stdin)
            stdin.flush()
            made, failure = pickle.load(stdout)  # from our own code, not from the repository
        except (OSError, EOFError, pickle.UnpicklingError):
            self._process.kill()
            self._process.wait()
            self._said.seek(0)
            raise _Ended(self._said.read(65536).decode("utf-8", "replace")) from None
        finally:
            watch.cancel()
        return made, failure

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
    "standalone": render.standalone,
}


def _main() -> None:
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    resource = platform.module("resource")
    limits = (("RLIMIT_AS", MAX_BYTES), ("RLIMIT_CORE", 0))
    platform.limit_process(limits, resource)
    with suppress(EOFError):
        while True:
            _answer(sys.stdin.buffer, answers, resource)


def _answer(orders: IO[bytes], answers: IO[bytes], resource: Any) -> None:
    work, order = pickle.load(orders)
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
    _main()
