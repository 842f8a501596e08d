"""The command line from outside: streams, errors and exit codes."""

from __future__ import annotations

import os
import sys

from assetgen import __version__
from assetgen.errors import INTERRUPTED, UNREAD, AssetgenError, StorageError

TYPE_CHECKING = False  # --version takes twice as long with typing, contextlib or argparse
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from typing import Any


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every error is printed here.

    Raises SystemExit after --help, --version and usage errors.
    """
    try:
        _prepare_streams()
        code = _performed(arguments)
    except SystemExit as exc:  # the version, the help or a usage error is printed
        raise SystemExit(_flushed(exc.code if isinstance(exc.code, int) else 0)) from None
    except OSError as exc:
        code = UNREAD if _is_reader_gone(exc) else _report_unwritten(exc)
    return _flushed(code)


def _performed(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--version"]:  # argparse knows it too, for other spellings
        print(f"assetgen {__version__}")
        raise SystemExit(0)
    from assetgen.commands import parser

    options = parser.parse(arguments)
    from assetgen import terminal, way

    terminal.guard(os.environ)
    way.begin(str(options.folder), os.environ)  # git, once used, forgets where the user is
    try:
        return int(options.run(options))
    except AssetgenError as exc:
        return _report(exc, options)
    except KeyboardInterrupt:
        sys.stderr.write("assetgen: interrupted\n")
        return INTERRUPTED
    except OSError as exc:
        if _is_reader_gone(exc):
            raise
        from assetgen.commands.context import system_error

        return _report(system_error(exc), options)
    finally:
        way.end()


def _report(exc: AssetgenError, options: Namespace) -> int:
    if options.json:
        from assetgen.commands.context import print_json
        from assetgen.report.text import error_json

        print_json(error_json(exc))
    else:
        _print_error(exc)
    return exc.exit_code


def _print_error(exc: AssetgenError) -> None:
    import contextlib

    from assetgen.report.text import error

    with contextlib.suppress(OSError):  # the exit code still says it
        error(exc, sys.stderr)


# -- standard output and standard error ------------------------------------------------------------


def _prepare_streams() -> None:
    """Make both streams accept every text: escape the characters that their encoding lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or stream.closed:  # by the caller: discard what is written
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8", closefd=False))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flushed(code: int) -> int:
    """``code``, or 9 if the output could not be written; a reader that has gone is no failure."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as exc:
            _discard(stream)
            if not _is_reader_gone(exc):
                code = code or _report_unwritten(exc)
    return code


def _is_reader_gone(exc: OSError) -> bool:
    from assetgen.fs.platform import is_reader_gone

    return is_reader_gone(exc)


def _report_unwritten(exc: OSError) -> int:
    failure = StorageError(f"the output cannot be written: {exc.strerror or exc}")
    _print_error(failure)
    return failure.exit_code


def _discard(stream: Any) -> None:
    """Redirect a stream to nowhere, so that its buffer cannot fail again when the process ends."""
    import contextlib

    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
