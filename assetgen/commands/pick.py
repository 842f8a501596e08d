"""assetgen pick: put one of the candidates of an asset into place, or show them."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Put one of the candidates of an asset into place, record and commit it. It costs\n"
        "nothing, even if another one was picked before. Without N, show them."
    )
    parser.add_argument("id", metavar="ID", help="the asset")
    parser.add_argument(
        "which", nargs="?", metavar="N|SHA", help="the number of a candidate, or its sha256"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace a file that assetgen did not make"
    )
    add_no_commit(parser)


def run(options: Namespace) -> int:
    from assetgen.generate import pick
    from assetgen.generate.options import Options

    root = context.root(options)
    conditions = context.conditions(options, root)
    how = Options(force=options.force, commit=not options.no_commit, once=True)
    if options.which is None:
        return _shown(options, root)
    environ = dict(os.environ)
    outcome = pick.pick(root, options.id, options.which, how, environ, conditions)
    return context.print_outcome(options, outcome, "picked")


def _shown(options: Namespace, root: Path) -> int:
    from assetgen.generate import candidate_files, one_asset, pick
    from assetgen.generate.options import Options
    from assetgen.report import candidates

    conditions = context.conditions(options, root)
    project = one_asset.opened(root, options.id, conditions, Options())
    every = pick.offered(project, options.id)
    if options.json:
        files = candidate_files.known(project, every)
        context.print_json(candidates.as_data(options.id, every, files))
        return 0
    how = candidates.protocol(sys.stdout, os.environ)
    if how:
        files = candidate_files.known(project, every)
        candidates.show_inline(options.id, every, project.root, how=how, stream=sys.stdout)
    else:
        files = candidate_files.written(project, options.id, every)
        candidates.show(options.id, every, files, sys.stdout)
    return 0
