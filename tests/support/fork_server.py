"""A process that has imported what the command imports, and forks for each run of it.

``forks.py`` starts it, ``fork_client.py`` says what to run. A message is its length in 8 bytes and
a dictionary in the format of ``marshal``, with the three streams. The answer is two lines: the
number of the process when it starts, its exit code when it has ended.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import marshal
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import threading
import time
import warnings
from typing import Any

import assetgen

# What the command imports inside functions. Not git: its import runs a program.
_LATER = """
PIL.BmpImagePlugin PIL.GifImagePlugin PIL.ImageOps PIL.JpegImagePlugin PIL.PngImagePlugin
PIL.PpmImagePlugin PIL.WebPImagePlugin PIL.AvifImagePlugin PIL.ImageFilter PIL.features
blitz_py gitdb httpx2 logging markdown_it mcp.server mcp.server.stdio openai rich.console
rich.progress rich.table sqlite3 tomlkit unittest.mock yaml
"""


def _import_everything() -> None:
    for found in pkgutil.walk_packages(assetgen.__path__, "assetgen."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for name in _LATER.split():
        importlib.import_module(name)


class _Server:
    """Forks for each connection, and answers each when its fork has ended."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.running: dict[int, socket.socket] = {}
        self.woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def next_run(self) -> dict[str, Any] | None:
        """In a child, what to run; in the server, None when standard input ends."""
        with selectors.DefaultSelector() as ready:
            for source in (sys.stdin.fileno(), self.woken, self.listening):
                ready.register(source, selectors.EVENT_READ)
            while True:
                sources = [key.fileobj for key, _ in ready.select()]
                if self.woken in sources:
                    os.read(self.woken, 4096)
                    self._report_ended()
                if self.listening in sources and (run := self._fork()):
                    return run
                if sys.stdin.fileno() in sources:
                    return None

    def _fork(self) -> dict[str, Any] | None:
        answer, _ = self.listening.accept()
        data, streams, _, _ = socket.recv_fds(answer, 65536, 3)
        while len(data) < 8 + int.from_bytes(data[:8], "little"):
            part = answer.recv(65536)
            if not part:
                raise EOFError("half a message")
            data += part
        child = os.fork()
        if child:
            self.running[child] = answer
            answer.sendall(f"{child}\n".encode())
        else:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (answer, self.listening, *self.running.values()):
                other.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
        for stream in streams:
            os.close(stream)
        return None if child else dict(marshal.loads(data[8:]))

    def _report_ended(self) -> None:
        while self.running:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            with self.running.pop(child) as answer:
                answer.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _perform(run: dict[str, Any]) -> None:
    """Do what a new interpreter does with this command, this folder and this environment."""
    coerced = {name: os.environ[name] for name in ("LC_CTYPE",) if name in os.environ}
    os.environ.clear()
    os.environ.update(coerced | run["environ"])
    if "PYTHONWARNINGS" not in os.environ:
        warnings.resetwarnings()
        for category in (DeprecationWarning, PendingDeprecationWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
    time.tzset()
    os.chdir(run["folder"])
    sys.argv[1:] = run["arguments"]
    sys.orig_argv[1:] = ["-P", "-m", "assetgen", *run["arguments"]]
    try:
        runpy.run_module("assetgen", run_name="__main__", alter_sys=True)
    except SystemExit as exc:
        if not isinstance(exc.code, int):
            raise
        # The end of an interpreter, without taking all the imported modules apart.
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exc.code)


if __name__ == "__main__":
    _import_everything()
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    with socket.socket(fileno=int(sys.argv[1])) as server_socket:
        following = _Server(server_socket).next_run()
    if following is not None:
        _perform(following)
