"""A built site on loopback: its files as they are, with the types that browsers ask for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012
        **SimpleHTTPRequestHandler.extensions_map,
        ".avif": "image/avif",
        ".webp": "image/webp",
        ".js": "text/javascript",
    }

    def __init__(self, *arguments: object, base: str, **named: object) -> None:
        self._base = base
        super().__init__(*arguments, **named)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        if not path.startswith(self._base):
            return "/nowhere/at/all"
        return super().translate_path(path.removeprefix(self._base[:-1]))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path, base: str = "/") -> Iterator[str]:
    """The address of ``folder``, served below ``base``."""
    handler = partial(_Handler, directory=str(folder), base=base)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{base}"
        finally:
            server.shutdown()
            thread.join()
