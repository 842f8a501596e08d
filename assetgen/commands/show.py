"""assetgen show: the provenance of an asset."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen.commands import context


def arguments(parser: ArgumentParser) -> None:
    parser.description = "Print where an image came from: its record, its files and its state."
    parser.add_argument("what", metavar="ID|FILE", help="an asset, or any of its files")


def run(options: Namespace) -> int:
    from assetgen.plan import provenance
    from assetgen.report import show

    found = provenance.find(context.root(options), options.what, context.resolved(Path()))
    if options.json:
        context.print_json(found.statement)
    else:
        show.show(found.statement, found.decision, sys.stdout)
    return 0
