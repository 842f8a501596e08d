"""assetgen cost: what was paid, in one section for each bill."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context
from assetgen.commands.arguments import clash


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Print what was paid, from the records, in one section for each bill. Different\n"
        "bills are never added up. An unknown amount is -, never 0."
    )
    parser.add_argument(
        "--by",
        choices=("model", "asset", "month"),
        default="model",
        help="group the amounts (default: model)",
    )
    parser.add_argument(
        "--format", choices=("table", "json", "csv"), help="the form of the output (default: table)"
    )
    parser.add_argument(
        "--history", action="store_true", help="count every purchase in the git history once"
    )


def contradiction(options: Namespace) -> str | None:
    return clash(options.json, options.format)


def run(options: Namespace) -> int:
    from assetgen.paid import spending
    from assetgen.report.cost import as_data, cost, cost_csv, cost_gaps, cost_in_batches

    root = context.root(options)
    spent = spending.read(root, os.environ, by=options.by, history=options.history)
    cost_gaps(spent, sys.stderr)
    form = "json" if options.json else options.format
    if form == "json":
        surfaces = as_data(spent.ledger)
        context.print_json(
            {
                "by": options.by,
                "history": options.history,
                "surfaces": surfaces,
                "in_batches": dict(spent.in_batches),
            }
        )
    elif form == "csv":
        cost_csv(spent.ledger, sys.stdout, sys.stderr)
    else:
        cost(spent.ledger, sys.stdout)
        cost_in_batches(spent, sys.stdout)
    return 0
