"""One run of a program: what it is given, what it prints, and how it ends.

Where the system has posix_spawn, nothing of Python is copied, and subprocess is not imported.
"""

from __future__ import annotations

import os
import select
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Ended:
    """How a program ended, and what it printed."""

    __slots__ = ("out", "said", "status")

    def __init__(self, status: int, out: bytes, said: bytes) -> None:
        self.status = status
        """Its exit code, or minus the signal that ended it."""
        self.out = out
        self.said = said.decode("utf-8", "replace")
        """What it wrote to standard error."""


_SPAWNS = hasattr(os, "posix_spawn")
# At once, in bytes: what a pipe holds on Linux.
_CHUNK = 65_536
# How long an interrupted program may take to end, in milliseconds.
_GRACE_MS = 250
# Python ignores these, and a program that it starts would too.
_RESTORED = [
    getattr(signal, name) for name in ("SIGPIPE", "SIGXFZ", "SIGXFSZ") if hasattr(signal, name)
]


def run(
    words: list[str], environ: Mapping[str, str], given: bytes = b"", *, spawns: bool = _SPAWNS
) -> Ended:
    """Run the program ``words[0]`` (an absolute path) with ``given`` as its standard input.

    ``spawns`` is whether the system has posix_spawn. Raises OSError if it cannot be started.
    """
    if spawns:
        return _spawned(words, environ, given)
    import subprocess

    ran = subprocess.run(words, input=given, capture_output=True, env=dict(environ), check=False)
    return Ended(ran.returncode, ran.stdout, ran.stderr)


def _spawned(words: list[str], environ: Mapping[str, str], given: bytes) -> Ended:
    ours: list[int] = []
    theirs: list[int] = []
    try:
        for number in (0, 1, 2):
            reader, writer = os.pipe()
            ours.append(reader if number else writer)
            theirs.append(writer if number else reader)
        actions = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(theirs)]
        child = os.posix_spawn(words[0], words, environ, file_actions=actions, setsigdef=_RESTORED)
    except BaseException:
        for end in [*ours, *theirs]:
            os.close(end)
        raise
    for end in theirs:
        os.close(end)
    is_done = False
    try:
        out, said = _exchanged(ours, given)
        is_done = True
    finally:
        status = _status(child, is_done=is_done)
    return Ended(os.waitstatus_to_exitcode(status), out, said)


def _exchanged(ends: list[int], given: bytes) -> tuple[bytes, bytes]:
    """Write ``given`` to the first of ``ends``, read the others to their end, close them all."""
    asked, *answers = ends
    parts: dict[int, list[bytes]] = {end: [] for end in answers}
    is_open = dict.fromkeys(ends, True)

    def close(end: int) -> None:
        if is_open.pop(end, False):
            poll.unregister(end)
            os.close(end)

    poll = select.poll()
    poll.register(asked, select.POLLOUT)
    for end in answers:
        poll.register(end, select.POLLIN)
    os.set_blocking(asked, False)
    rest = memoryview(given)
    try:
        if not rest:
            close(asked)
        while is_open:
            for end, _ in poll.poll():
                if end != asked:
                    data = os.read(end, _CHUNK)
                    parts[end].append(data)
                    if not data:
                        close(end)
                    continue
                try:
                    rest = rest[os.write(asked, rest[:_CHUNK]) :]
                except OSError:  # it does not want to read more
                    rest = rest[:0]
                if not rest:
                    close(asked)
    finally:
        for end in list(is_open):
            close(end)
    out, said = (b"".join(parts[end]) for end in answers)
    return out, said


def _status(child: int, *, is_done: bool) -> int:
    """The status of a child that ends; 0 if this process is interrupted and the child goes on."""
    if is_done:
        return os.waitpid(child, 0)[1]
    for _ in range(_GRACE_MS // 10):  # the same interrupt ends the child
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        select.select([], [], [], 0.01)
    return 0
