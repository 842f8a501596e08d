"""assetgen approve: a person's word for pictures as they are."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit

_EXAMPLE = """\
example:
  assetgen approve launch/cover --note "seen on the page"
  assetgen approve 'og/*'
"""


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Approve pictures: write who approved exactly these bytes and this intent, and\n"
        "when, into .assetgen/approvals, and commit that. Any change of a picture or of\n"
        "its intent voids the approval. Coding agents cannot approve."
    )
    parser.epilog = _EXAMPLE
    parser.add_argument(
        "ids", nargs="+", metavar="ID", help="the assets; 'og/*' names all that match"
    )
    parser.add_argument("--note", metavar="TEXT", default="", help="a remark, kept in the approval")
    add_no_commit(parser)


def run(options: Namespace) -> int:
    from assetgen.generate import approving
    from assetgen.report import approving as report
    from assetgen.settings.conditions import Conditions

    root = context.root(options)
    result = approving.approve(
        root,
        options.ids,
        Conditions(dict(os.environ)),
        note=options.note,
        commit=not options.no_commit,
    )
    if options.json:
        context.print_json(report.approving_json(result))
    else:
        report.approving(result, sys.stdout)
    return result.exit_code
