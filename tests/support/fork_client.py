"""Asks fork_server.py for one run of the command; run as a program, with its own streams.

It imports almost nothing, because it starts often: ``python -IS fork_client.py SOCKET ARGUMENT...``
"""

from __future__ import annotations

import marshal
import os
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What an interpreter or a library reads when it starts, so a fork would not see it.
_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "OPENSSL_", "OPENAI_LOG", "HTTPX_")


def fits(environ: Mapping[str, str]) -> bool:
    """Whether a fork behaves as a new process does in this environment."""
    at_start = {name: value for name, value in environ.items() if name.startswith(_AT_START)}
    if at_start.get("LC_CTYPE") == "C.UTF-8":  # Python itself sets it if there is no locale
        del at_start["LC_CTYPE"]
    return at_start in ({"PYTHONWARNINGS": "error"}, {})


def ask(
    server: str,
    arguments: Sequence[str],
    folder: str,
    environ: Mapping[str, str],
    streams: Sequence[int],
) -> socket.socket:
    """Start a run with these three streams; the socket gives its process, later its exit code."""
    run = {"arguments": [*arguments], "folder": folder, "environ": dict(environ)}
    message = marshal.dumps(run)
    message = len(message).to_bytes(8, "little") + message
    result = socket.socket(socket.AF_UNIX)
    result.connect(server)
    sent = socket.send_fds(result, [message], [*streams])
    result.sendall(message[sent:])
    return result


def _main(server: str, *arguments: str) -> None:
    if not fits(os.environ):
        os.execv(sys.executable, [sys.executable, "-P", "-m", "assetgen", *arguments])
    with ask(server, arguments, os.getcwd(), os.environ, (0, 1, 2)) as result:
        _, code = result.makefile().read().split()
    sys.exit(int(code) if int(code) >= 0 else 128 - int(code))


if __name__ == "__main__":
    _main(*sys.argv[1:])
