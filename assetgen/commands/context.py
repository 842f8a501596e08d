"""What commands share: the project, the conditions of the run, and how results are printed."""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.cure import advice
from assetgen.errors import ManifestError, StorageError

if TYPE_CHECKING:
    from assetgen.generate.outcome import Outcome
    from assetgen.settings.conditions import Conditions


def resolved(folder: Path) -> Path:
    """``folder`` as an absolute path without symbolic links. Raises StorageError."""
    try:
        return folder.resolve()
    except FileNotFoundError:
        what = "the current folder does not exist any more"
        raise StorageError(what, cure=advice("cd to a folder that exists")) from None
    except RuntimeError:  # Python 3.11 and 3.12, of links that form a loop
        what = "the symbolic links form a loop"
        raise StorageError(what, where=str(folder), cure=advice("name a real folder")) from None


def root(options: Namespace) -> Path:
    """The folder of the project. Raises ManifestError or StorageError."""
    from assetgen.plan.workspace import find_root

    return find_root(resolved(options.folder))


def root_or_scratch(options: Namespace) -> tuple[Path | None, Path]:
    """The folder of the project, None if there is none; and a folder to use in its place."""
    from assetgen.plan.workspace import find_root

    folder = resolved(options.folder)
    try:
        return find_root(folder), folder / ".assetgen"
    except ManifestError:
        return None, folder / ".assetgen"


def conditions(options: Namespace, root: Path) -> Conditions:
    """The environment and the user's configuration. Raises TrustError."""
    from assetgen.settings.conditions import load_conditions

    return load_conditions(os.environ, root, options.config)


def interrupt_on_sigterm() -> None:
    """Let SIGTERM end the run in the way that Ctrl-C does: it keeps what is finished and paid."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def system_error(exc: OSError) -> StorageError:
    """An error of the operating system that no one expected, with the file that it concerns."""
    where = str(exc.filename) if exc.filename else None
    return StorageError(
        f"the system reports: {exc.strerror or exc}",
        where=where,
        cure=advice("check this path and its disk, then run the same command again"),
    )


# -- output ----------------------------------------------------------------------------------------


def print_json(value: Any, *, in_a_line: bool = False) -> None:
    """Print ``value`` as JSON, in the encoding of standard output."""
    print(json_text(value, in_a_line=in_a_line), flush=in_a_line)


def json_text(value: Any, *, in_a_line: bool = False) -> str:
    """``value`` as JSON that can be encoded for standard output."""
    from assetgen.report.text import as_json

    text = as_json(value, in_a_line=in_a_line)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # the escapes of the stream are not those of JSON
        text = as_json(value, in_a_line=in_a_line, ascii_only=True)
    return text


def print_result(options: Namespace, data: dict[str, Any], words: str) -> None:
    """Print ``data`` with --json, otherwise ``words``."""
    from assetgen.text import clean

    if options.json:
        print_json(data)
    else:
        print(clean(words))


def print_outcome(options: Namespace, outcome: Outcome, verb: str) -> int:
    """Print what was made ("made", "adopted" ...) and return the exit code."""
    from assetgen.report import generate

    if options.json:
        print_json(generate.outcome_json(outcome))
    else:
        generate.outcome(outcome, sys.stdout, verb)
    return int(outcome.exit_code)
