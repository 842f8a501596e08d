"""assetgen watch: make free images at every save."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from assetgen.commands import context
from assetgen.commands.arguments import add_no_cache
from assetgen.errors import INTERRUPTED

if TYPE_CHECKING:
    from assetgen.watch.watcher import Event


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Make free images at every save, and print what paid images would cost. Buys\n"
        "nothing. Stop it with Ctrl-C."
    )
    parser.add_argument("--commit", action="store_true", help="commit what it makes")
    parser.add_argument(
        "--poll",
        action="store_true",
        help="look for changes twice a second instead of waiting for the system to report "
        "them: for shared folders and containers",
    )
    add_no_cache(parser)


def run(options: Namespace) -> int:
    from assetgen.report.watch import watched
    from assetgen.watch import loop

    def report(event: Event) -> None:
        if options.json:
            context.print_json(event, in_a_line=True)
        else:
            watched(event, sys.stdout)

    root = context.root(options)
    context.interrupt_on_sigterm()
    conditions = context.conditions(options, root)
    try:
        loop.Watch(
            root,
            conditions,
            report,
            commit=options.commit,
            poll=options.poll,
            cached=not options.no_cache,
        ).run()
    except KeyboardInterrupt:
        report({"event": "stopped"})
    return INTERRUPTED
