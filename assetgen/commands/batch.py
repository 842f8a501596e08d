"""assetgen batch: the batches that were sent; collect or cancel them."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit

if TYPE_CHECKING:
    from pathlib import Path

    from assetgen.settings.conditions import Conditions

_ACTIONS = ("list", "collect", "cancel")


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "List the batches that assetgen generate --batch has sent; collect the images of\n"
        "those that have ended; or cancel one. Buys nothing."
    )
    parser.add_argument("action", nargs="?", choices=_ACTIONS, default="list", help="default: list")
    parser.add_argument(
        "id", nargs="?", metavar="ID", help="the batch; collect takes all that are open without it"
    )
    parser.add_argument(
        "--wait", action="store_true", help="with collect: wait until the batches have ended"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="with collect: overwrite edited and foreign files",
    )
    add_no_commit(parser)


def contradiction(options: Namespace) -> str | None:
    if options.action == "cancel" and not options.id:
        return "cancel needs the id of a batch; assetgen batch lists them"
    if options.action == "list" and options.id:
        return "list takes no id: it lists all batches"
    if options.action != "collect" and (options.wait or options.force):
        return "--wait and --force are for assetgen batch collect"
    return None


def run(options: Namespace) -> int:
    root = context.root(options)
    conditions = context.conditions(options, root)
    if options.action == "list":
        return _list(options, root, conditions)
    if options.action == "cancel":
        return _cancel(options, root, conditions)
    return _collect(options, root, conditions)


def _list(options: Namespace, root: Path, conditions: Conditions) -> int:
    from assetgen.generate import batches
    from assetgen.report import batch

    found = batches.listed(root, conditions, dict(os.environ))
    if options.json:
        context.print_json(batch.listing_json(found))
    else:
        batch.listing(found, sys.stdout)
    return found.exit_code


def _cancel(options: Namespace, root: Path, conditions: Conditions) -> int:
    from assetgen.generate import batches
    from assetgen.report import batch

    row = batches.cancel(root, options.id, conditions, dict(os.environ))
    if options.json:
        context.print_json(batch.row_json(row))
    else:
        batch.cancelled(row, sys.stdout)
    return 0


def _collect(options: Namespace, root: Path, conditions: Conditions) -> int:
    from assetgen.generate import batches
    from assetgen.report import batch
    from assetgen.report.generate import Progress, show_unread

    context.interrupt_on_sigterm()
    how = batches.How(
        ids=(options.id,) if options.id else (),
        waits=options.wait,
        force=options.force,
        commit=not options.no_commit,
    )
    progress = Progress(sys.stderr, os.environ)
    try:
        done = batches.collect(
            root, how, conditions, dict(os.environ), progress, batch.Waiting(sys.stderr)
        )
    finally:
        progress.end()
    if options.json:
        context.print_json(batch.collection_json(done))
    else:
        batch.collection(done, sys.stdout)
    show_unread(done.outcome, sys.stderr)
    return done.exit_code
