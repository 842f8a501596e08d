"""assetgen doctor: problems of the configuration, and paid requests without an image."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from assetgen.commands import context
from assetgen.commands.arguments import positive
from assetgen.cure import advice, command

if TYPE_CHECKING:
    from pathlib import Path

    from assetgen.doctor.notes import Note
    from assetgen.settings.conditions import Conditions


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Check the configuration, API keys, origins and lists of models, and list paid\n"
        "requests without an image. Spends nothing without --probe."
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument(
        "--probe", action="store_true", help="buy one small image with route images; asks first"
    )
    modes.add_argument(
        "--forget",
        type=positive,
        metavar="N",
        help="discard entry N of the log of paid requests",
    )
    modes.add_argument(
        "--keep-log",
        action="store_true",
        help="keep the log of a folder you copied, or begin a new one if it is damaged",
    )
    parser.add_argument("--yes", action="store_true", help="with --probe: do not ask")


def contradiction(options: Namespace) -> str | None:
    if options.yes and not options.probe:
        return "--yes requires --probe: nothing else asks for confirmation"
    return None


def run(options: Namespace) -> int:
    if options.keep_log:
        _keep_log(options)
        return 0
    if options.forget:
        _forget(options)
        return 0
    if not options.probe:
        root, scratch = context.root_or_scratch(options)
        conditions = context.conditions(options, root or scratch)
        return _examine(options, conditions, root=root, scratch=scratch)
    root = context.root(options)
    conditions = context.conditions(options, root)
    probed = _probe(options, root, conditions)
    if probed is None:
        context.print_result(options, {"sent": False}, "nothing was sent and nothing was paid")
        return 0
    return _examine(options, conditions, root=root, scratch=root, probed=probed)


def _keep_log(options: Namespace) -> None:
    from assetgen.paid import journal

    log = journal.keep(context.root(options))
    words = f"kept {log.name} as the log of this checkout"
    if log.is_new:
        words = f"began a new log {log.name}"
    words += f"; the damaged one is {' and '.join(log.damaged)}" if log.damaged else ""
    data = {"kept": log.name, "new": log.is_new, "damaged": log.damaged}
    context.print_result(options, data, f"{words}; next: assetgen doctor")


def _forget(options: Namespace) -> None:
    from assetgen.doctor import open_purchases

    root = context.root(options)
    entry = open_purchases.forget(root, context.conditions(options, root), options.forget)
    words = f"discarded entry {entry.number} ({entry.asset_id}, {entry.surface})"
    context.print_result(options, {"forgotten": entry.number, "id": entry.asset_id}, words)


def _probe(options: Namespace, root: Path, conditions: Conditions) -> Note | None:
    """What buying one image showed; None if the user declined."""
    from assetgen.doctor import probe

    proposed = probe.proposal(root, conditions)
    if options.yes or _confirmed(proposed.question):
        return probe.probe(root, conditions, proposed)
    return None


def _confirmed(question: str) -> bool:
    """Whether the user answers yes. Raises TrustError if standard input is not a terminal."""
    from assetgen.errors import TrustError

    if not (sys.stdin and sys.stdin.isatty()):
        raise TrustError(
            "a probe costs money, and there is no terminal to ask in; nothing was sent",
            cure=advice(
                "{doctor} (does not ask), or run it in a terminal",
                doctor=command("assetgen doctor --probe --yes"),
            ),
        )
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _examine(
    options: Namespace,
    conditions: Conditions,
    *,
    root: Path | None,
    scratch: Path,
    probed: Note | None = None,
) -> int:
    from assetgen.doctor import doctor
    from assetgen.report import routes

    found = doctor.examine(root, scratch, conditions, probed)
    if options.json:
        context.print_json(routes.as_data(found))
    else:
        routes.doctor(found, sys.stdout)
    return found.exit_code
