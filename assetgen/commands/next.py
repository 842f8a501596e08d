"""assetgen next: the images to generate, each with its whole prompt."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "List the images to generate: the whole prompt, the size, the inputs, and the\n"
        "command to run next."
    )
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="only these assets; 'og/*' names all that match"
    )


def run(options: Namespace) -> int:
    from assetgen.plan.workspace import open_workspace
    from assetgen.report.plan import wants, wants_json
    from assetgen.routes import brief

    root = context.root(options)
    found = brief.wanted(open_workspace(root, context.conditions(options, root)), options.ids)
    if options.json:
        context.print_json(wants_json(found))
    else:
        wants(found, sys.stdout)
    return 0
