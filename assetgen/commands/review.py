"""assetgen review: a page on which people look at every image."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.commands import context
from assetgen.cure import command
from assetgen.errors import INTERRUPTED

if TYPE_CHECKING:
    from types import ModuleType

    from assetgen.review.guard import Session
    from assetgen.review.session import Review

# What the extra brings, with what that needs.
_EXTRA = ("starlette", "uvicorn", "anyio", "h11", "click")


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Show every image on a page of its own, with its state, its prompt, its bill and\n"
        "the pages that name it. The page is served on this machine only, until Ctrl-C.\n"
        "Needs: pip install 'repo-assetgen[review]'; --html needs nothing more."
    )
    parser.add_argument(
        "--port", type=_port, metavar="N", help="serve at this port instead of at any free one"
    )
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help="write the page into one file, read only, instead of serving it",
    )
    parser.add_argument(
        "--since",
        metavar="COMMIT",
        help="with --html: put the images that differ from this commit first, before and after",
    )


def contradiction(options: Namespace) -> str | None:
    if options.html and (options.port is not None or options.no_open):
        return "--html writes a file: it cannot be combined with --port or --no-open"
    if options.since and not options.html:
        return "--since requires --html: the page itself compares with any commit"
    return None


def run(options: Namespace) -> int:
    root = context.root(options)
    conditions = context.conditions(options, root)
    from assetgen.review.session import Review

    if options.html:
        return _write(options, Review(root, conditions))
    serve = _serving()
    listening = serve.listen(options.port or 0)
    try:
        review = Review(root, conditions)
    except BaseException:
        listening.close()
        raise
    context.interrupt_on_sigterm()

    def began(session: Session) -> None:
        _began(options, session)

    try:
        serve.serve(review, listening, began)
    except KeyboardInterrupt:
        _say(options, {"event": "stopped"}, "stopped")
    return INTERRUPTED


def _serving() -> ModuleType:
    """The module that serves. Raises UnsupportedOption without the extra that it needs."""
    from assetgen.errors import UnsupportedOption

    try:
        from assetgen.review import serve
    except ModuleNotFoundError as exc:
        if (exc.name or "").split(".")[0] not in _EXTRA:
            raise
        raise UnsupportedOption(
            "the page needs the packages starlette and uvicorn, which are not installed",
            where=sys.executable,
            cure=command("pip install 'repo-assetgen[review]'"),
        ) from None
    return serve


def _began(options: Namespace, session: Session) -> None:
    from assetgen.review.serve import open_browser

    event = {"event": "serving", "address": session.address, "port": session.port}
    words = f"reviewing at {session.address}\nthe address works once; stop with Ctrl-C"
    _say(options, event, words)

    def failed() -> None:
        what = "no browser was opened: open the address yourself"
        _say(options, {"event": "not-opened", "what": what}, what)

    if not options.no_open:
        open_browser(session.address, os.environ, failed)


def _say(options: Namespace, event: dict[str, object], words: str) -> None:
    if options.json:
        context.print_json(event, in_a_line=True)
    else:
        print(words, flush=True)


def _write(options: Namespace, review: Review) -> int:
    from assetgen.review import export

    export.refuse_other(options.html)
    try:
        made = export.export(review, options.since)
    finally:
        review.close()
    data = made.html.encode()
    export.write(context.resolved(options.html.parent) / options.html.name, data)
    shown = str(options.html)
    facts = {
        "file": shown,
        "bytes": len(data),
        "large": made.large,
        "small": made.small,
        "without": made.without,
    }
    words = f"wrote {shown}, {len(data) / 1e6:.1f} MB"
    context.print_result(options, facts, f"{words}. {made.left_out}" if made.left_out else words)
    return 0


def _port(text: str) -> int:
    if not text.isdecimal() or not text.isascii() or not 0 < int(text) < 65536:
        raise ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)
