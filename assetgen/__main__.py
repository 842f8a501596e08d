"""The command. It answers a clean `assetgen check` before it imports anything heavy."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    _leave_the_current_folder()
    arguments = sys.argv[1:]
    if arguments in (["check"], ["check", "--staged"]):
        _answer_if_clean(arguments)
    elif arguments in (["plan"], ["plan", "--json"]):
        _answer_if_planned(is_json=len(arguments) > 1)
    if arguments[:1] in (["plan"], ["check"]):  # nearly all that they make stays until they end
        import gc

        gc.disable()
    from assetgen.cli import run

    try:
        code = run(arguments)
    except SystemExit as exc:  # after --help, --version or a usage error
        code = exc.code if isinstance(exc.code, int) else 1
    os._exit(code)  # all is written: sooner than sys.exit, which tears everything down


def _leave_the_current_folder() -> None:
    """Import nothing from the project: ``python -m`` looks in the current folder first."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    try:
        here = os.getcwd()
    except OSError:  # it was removed
        here = ""
    if here != own:
        sys.path[:] = [folder for folder in sys.path if folder not in ("", here)]


def _answer_if_clean(arguments: list[str]) -> None:
    import time

    from assetgen import snapshot

    if len(arguments) == 1:
        message = snapshot.still_clean(time.time_ns())
    else:
        message = (
            snapshot.staged_still_clean(".", os.environ) if hasattr(os, "posix_spawn") else None
        )
    if message is not None:
        _answer(message.decode())


def _answer_if_planned(*, is_json: bool) -> None:
    import time

    from assetgen import snapshot, terms

    now_ns = time.time_ns()
    try:
        known = terms.of(".", os.environ, now_ns)
    except OSError:  # the current folder was removed: run() reports it
        return
    found = snapshot.still_planned(now_ns, known) if known else None
    if found is None:
        return
    at, message = found
    if not is_json:
        if _fits(len(message)):
            _answer(message.decode())
    elif (text := snapshot.plan_as_json(at)) is not None and _is_utf8():
        _answer(text.decode())


def _is_utf8() -> bool:
    return getattr(sys.stdout, "encoding", "") == "utf-8"


def _fits(wide: int) -> bool:
    """Whether a line of ``wide`` columns is not folded: rich does that in a terminal."""
    try:
        if not (sys.stdout.isatty() or any(map(os.environ.get, ("FORCE_COLOR", "TTY_COMPATIBLE")))):
            return True
        stated = os.environ.get("COLUMNS") or "999"
        return int(stated) > wide < min(map(_columns, (0, 1, 2)))
    except (AttributeError, ValueError):  # there is no stream, or its width is not known
        return False


def _columns(stream: int) -> int:
    try:
        return os.get_terminal_size(stream).columns
    except OSError:
        return 80


def _answer(text: str) -> None:
    """Print ``text`` and end the process, unless it cannot be printed."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except (OSError, AttributeError, ValueError):  # full, gone, closed: run() reports it
        return
    os._exit(0)  # without tearing down the interpreter: saves 2 ms of 11


if __name__ == "__main__":
    main()
