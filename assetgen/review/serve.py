"""The server of a review: on loopback, at a port that is free, until it is interrupted."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable, Mapping

import uvicorn

from assetgen.cure import advice, command
from assetgen.errors import StorageError
from assetgen.fs import platform
from assetgen.review.app import App
from assetgen.review.guard import Session
from assetgen.review.session import Review

_LOOPBACK = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A socket on loopback; with 0, at any free port. Raises StorageError if the port is in use."""
    # Named as TCP, so that asyncio turns off the delay of small answers.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if not platform.IS_WINDOWS:  # there, it would share the port with another program
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((_LOOPBACK, port))
        found.listen(128)
    except OSError as exc:
        found.close()
        raise StorageError(
            f"port {port} cannot be used: {exc.strerror}",
            where=f"{_LOOPBACK}:{port}",
            cure=advice("let it choose a free port: {review}", review=command("assetgen review")),
        ) from None
    return found


def serve(review: Review, listening: socket.socket, began: Callable[[Session], None]) -> None:
    """Answer requests until KeyboardInterrupt; ``began`` is called with the address."""
    session = Session(listening.getsockname()[1])
    app = App(review, session, lambda: server.should_exit)
    config = uvicorn.Config(
        app.guarded,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=32 * 1024,
    )
    server = uvicorn.Server(config)
    began(session)
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
        app.worker.shutdown(wait=True)
        review.close()


def open_browser(address: str, environ: Mapping[str, str], failed: Callable[[], None]) -> None:
    """Open the page in the user's browser, without waiting for it; ``failed`` if there is none."""
    if not _has_display(environ):
        failed()
        return

    def run() -> None:
        try:
            is_open = webbrowser.open(address)
        except (OSError, webbrowser.Error):
            is_open = False
        if not is_open:
            failed()

    threading.Thread(target=run, daemon=True).start()


def _has_display(environ: Mapping[str, str]) -> bool:
    """Whether a browser would have a window: one in the terminal would take it over."""
    if platform.HAS_WINDOWS_ALWAYS or environ.get("BROWSER"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
