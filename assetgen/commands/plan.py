"""assetgen plan: the state of each asset, the reason, the bill and the estimate."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context
from assetgen.commands.arguments import add_no_cache, add_shard

TYPE_CHECKING = False  # typing itself would slow the start
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from assetgen.plan.decide import Decision
    from assetgen.plan.workspace import Workspace


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Show what is missing or stale, why, and what it would cost. Changes nothing."
    )
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="only these assets; 'og/*' names all that match"
    )
    parser.add_argument(
        "--batch",
        action="store_true",
        help="show what generate --batch would send, at its price",
    )
    parser.add_argument("--all", action="store_true", help="show fresh assets too")
    parser.add_argument(
        "--prune",
        action="append",
        metavar="GLOB",
        help="show what generate --prune would remove instead",
    )
    add_shard(parser)
    add_no_cache(parser)


def contradiction(options: Namespace) -> str | None:
    if options.prune and (options.ids or options.shard):
        return "--prune shows what would be removed: it cannot be combined with ids or --shard"
    return None


def run(options: Namespace) -> int:
    from assetgen.paid import forecast
    from assetgen.plan import collector, remember
    from assetgen.plan.workspace import open_workspace
    from assetgen.report.plan import plan_json, plan_table
    from assetgen.report.text import show_others

    root = context.root(options)
    conditions = context.conditions(options, root)
    if options.prune:
        project = open_workspace(root, conditions, cached=not options.no_cache)
        return _prune(options, project, conditions.today())
    with collector.paused():
        project = open_workspace(root, conditions, only=options.ids, cached=not options.no_cache)
        decisions = forecast.decisions(project, options.ids, options.shard)
    text = None
    left: list[tuple[str, str]] = []
    warnings: list[str] = []
    every = decisions
    if options.batch:
        decisions, left = forecast.in_batches(decisions, conditions)
        warnings = forecast.untried(decisions, conditions)
    is_approved = _approved_in(project)
    if options.json:
        is_built = project.rebuilt.is_built
        sent = {one.asset.id: one for one in decisions}
        rows = plan_json(
            [sent.get(one.asset.id, one) for one in every],
            project.places.collection,
            is_built,
            is_approved=is_approved,
        )
        if options.batch:
            rows = [{**row, "not_in_a_batch": dict(left).get(row["id"])} for row in rows]
        text = context.json_text(rows)
        print(text)
    else:
        plan_table(
            decisions,
            sys.stdout,
            everything=options.all or bool(options.ids),
            warnings=[*forecast.warnings(project, decisions, conditions), *warnings],
            shard=options.shard,
            collection_of=project.places.collection,
            is_built=project.rebuilt.is_built,
            left=left,
            orphans=_orphans(project, decisions) if not (options.ids or options.shard) else "",
            again="assetgen generate --batch" if options.batch else "assetgen generate",
            is_approved=is_approved,
        )
    show_others(len(project.others), sys.stderr)
    is_whole = not (options.ids or options.shard or options.batch)
    if is_whole and not (options.no_cache or options.config):
        remember.planned(project, conditions, text)
    return next((one.problem.exit_code for one in decisions if one.problem), 0)


def _prune(options: Namespace, project: Workspace, today: date) -> int:
    from assetgen.generate.prune import planned
    from assetgen.report.prune import show

    found = planned(project, options.prune, today)
    show(found, sys.stdout, as_json=options.json, verb="would remove")
    return 0


def _approved_in(project: Workspace) -> Callable[[Decision], bool]:
    approvals = project.approvals
    return lambda decision: approvals.verdict(decision).is_approved


def _orphans(project: Workspace, decisions: Sequence[Decision]) -> str:
    """What is left of assets that no entry lists, and the command; "" if nothing is."""
    from assetgen.plan import leftover

    found = leftover.ids(project, decisions)
    if not found:
        return ""
    first = found[0] if len(found) == 1 else f"{len(found)}, such as {found[0]}"
    return f"orphans: {first}; to remove: {leftover.removing(project, found)}"
