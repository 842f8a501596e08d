"""Runs the command in a fork of a process that has imported it: a tenth of the CPU of a start.

Where that is impossible, and with ASSETGEN_MORE=1, each run is a new process.
"""

from __future__ import annotations

import atexit
import functools
import os
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.support import fork_client

_IS_ON = sys.platform == "linux" and os.environ.get("ASSETGEN_MORE") != "1"


def fits(environ: Mapping[str, str]) -> bool:
    """Whether a fork behaves as a new process does in this environment."""
    return _IS_ON and fork_client.fits(environ)


def programs() -> Path:
    """The folder with the program ``assetgen``, for a PATH."""
    return _server(os.getpid()) if _IS_ON else Path(sys.executable).parent


def shell(
    command: str, folder: Path, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command by a shell, with assetgen on its PATH and nothing to read."""
    path = f"{programs()}{os.pathsep}{environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def run(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], timeout: float
) -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error of the command, as subprocess gives them.

    Raises subprocess.TimeoutExpired after ``timeout`` seconds.
    """
    server = str(_server(os.getpid()) / "socket")
    with ExitStack() as stack:
        streams = [os.open(os.devnull, os.O_RDONLY)]
        outputs = []
        for _ in range(2):
            reads, writes = os.pipe()
            outputs.append(stack.enter_context(open(reads, "rb", buffering=0)).fileno())
            streams.append(writes)
        try:
            result = stack.enter_context(
                fork_client.ask(server, arguments, str(folder), environ, streams)
            )
        finally:
            for one in streams:
                os.close(one)
        lines = stack.enter_context(result.makefile("rb"))
        process = int(lines.readline())
        said = _read(outputs, timeout)
        if said is None:
            os.kill(process, signal.SIGKILL)
            raise subprocess.TimeoutExpired([*arguments], timeout)
        out, err = said
        return int(lines.readline()), out, err


def _read(outputs: Sequence[int], timeout: float) -> list[bytes] | None:
    """Everything that comes from these descriptors; None if the time is over before the end."""
    deadline = time.monotonic() + timeout
    said = {one: bytearray() for one in outputs}
    with selectors.DefaultSelector() as ready:
        for one in outputs:
            ready.register(one, selectors.EVENT_READ)
        while ready.get_map():
            found = ready.select(max(deadline - time.monotonic(), 0))
            if not found:
                return None
            for key, _ in found:
                data = os.read(key.fd, 65536)
                said[key.fd] += data
                if not data:
                    ready.unregister(key.fd)
    return [bytes(one) for one in said.values()]


@functools.cache
def _server(_process: int) -> Path:
    """The folder of a server for this process: its socket, and a program that uses it."""
    folder = Path(tempfile.mkdtemp(prefix="forks-"))
    client, place = Path(fork_client.__file__), folder / "socket"
    command = shlex.join([sys.executable, "-IS", str(client), str(place)])
    (folder / "assetgen").write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    (folder / "assetgen").chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen(16)
        program = client.with_name("fork_server.py")
        server = subprocess.Popen(
            [sys.executable, "-P", str(program), str(listening.fileno())],
            env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[listening.fileno()],
        )
    assert server.stdout and server.stderr
    if server.stdout.readline() != b"ready\n":
        raise RuntimeError(f"{program.name} ended:\n{server.stderr.read().decode()}")

    def end() -> None:
        server.communicate()
        shutil.rmtree(folder)

    atexit.register(end)
    return folder
