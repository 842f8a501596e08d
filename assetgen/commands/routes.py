"""assetgen routes: what each route is for, and whether it is ready on this machine."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from assetgen.commands import context

if TYPE_CHECKING:
    from assetgen.plan.workspace import Workspace
    from assetgen.settings.conditions import Conditions


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Print the purpose, the API call, the model and the bill of each route, and\n"
        "whether it is ready on this machine. With ID, explain why the asset uses its\n"
        "route."
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="an asset, or the name of a route")


def run(options: Namespace) -> int:
    from assetgen.plan.workspace import open_workspace
    from assetgen.report import routes
    from assetgen.routes import readiness

    root, scratch = context.root_or_scratch(options)
    conditions = context.conditions(options, root or scratch)
    project = open_workspace(root, conditions) if root else None
    manifest = project.manifest if project else None
    is_asset = project is not None and options.id in project.paths
    is_route = not is_asset and options.id in readiness.names(conditions, manifest)
    if options.id and not is_route:
        _explain(options, project or open_workspace(context.root(options), conditions), conditions)
        return 0
    rows = readiness.rows(conditions, root or scratch, manifest)
    if is_route:
        rows = [row for row in rows if row.route == options.id]
    if options.json:
        context.print_json(routes.board_json(rows))
    else:
        routes.board(rows, sys.stdout)
    return 0


def _explain(options: Namespace, project: Workspace, conditions: Conditions) -> None:
    from assetgen.report import routes
    from assetgen.routes import readiness

    owner, others = readiness.of_asset(project, options.id, conditions)
    if options.json:
        context.print_json(routes.asset_json(owner, others))
    else:
        routes.route_of(owner, others, sys.stdout)
