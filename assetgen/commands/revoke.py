"""assetgen revoke: take approvals back."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Take approvals back: remove their files, and commit that. The pictures stay as\n"
        "they are. It also removes the approvals of assets that are not listed any more."
    )
    parser.add_argument(
        "ids", nargs="+", metavar="ID", help="the assets; 'og/*' names all that match"
    )
    add_no_commit(parser)


def run(options: Namespace) -> int:
    from assetgen.generate import approving
    from assetgen.report import approving as report
    from assetgen.settings.conditions import Conditions

    root = context.root(options)
    conditions = Conditions(dict(os.environ))
    result = approving.revoke(root, options.ids, conditions, commit=not options.no_commit)
    if options.json:
        context.print_json(report.revoking_json(result))
    else:
        report.revoking(result, sys.stdout)
    return result.exit_code
