"""assetgen generate: make, record and commit what is missing or stale."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.commands import context
from assetgen.commands.arguments import add_no_cache, add_no_commit, add_shard, positive

if TYPE_CHECKING:
    from assetgen.generate.options import Options

#: Seconds that a commit waits for another run. People bypass slow hooks.
_PATIENCE_IN_A_HOOK = 30.0


def arguments(parser: ArgumentParser) -> None:
    _what(parser)
    _how_much(parser)
    add_no_commit(parser)
    add_no_cache(parser)


def _what(parser: ArgumentParser) -> None:
    """Add what is made."""
    parser.description = (
        "Make what is missing or stale, record where it came from, and commit exactly\n"
        "that. assetgen plan shows what it would do and cost."
    )
    parser.add_argument(
        "ids",
        nargs="*",
        metavar="ID",
        help="only these assets and their inputs; 'og/*' names all that match",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="make images even if they are fresh; overwrite edited and foreign files; "
        "buy again what has an unknown outcome",
    )
    parser.add_argument(
        "--draft",
        action="store_true",
        help="write placeholder images instead of buying; buy nothing",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="only finish what you already paid for; buy nothing",
    )
    parser.add_argument(
        "--free",
        action="store_true",
        help="only make what costs nothing and is made on your machine; list the rest",
    )
    parser.add_argument(
        "--hook",
        action="store_true",
        help="for git hooks: like --free, without a commit; if it made anything, "
        "print the git add line and exit with 1",
    )
    parser.add_argument(
        "--prune",
        action="append",
        metavar="GLOB",
        help="only remove the orphans of collections whose ids match, such as 'og/*'",
    )
    parser.add_argument(
        "--redraw",
        action="store_true",
        help="also draw the images again that an older assetgen drew with other layouts",
    )


def _how_much(parser: ArgumentParser) -> None:
    """Add what is paid, and how many at the same time."""
    parser.add_argument(
        "--batch",
        action="store_true",
        help="send what route images makes in batches, at half the price; collect it later "
        "with assetgen batch",
    )
    parser.add_argument(
        "--candidates",
        type=positive,
        metavar="N",
        help="buy N candidates of each ID, of which you pick one",
    )
    parser.add_argument("--pay", action="store_true", help="also buy in continuous integration")
    parser.add_argument(
        "-j",
        "--jobs",
        type=positive,
        default=0,
        metavar="N",
        help="make N images at the same time",
    )
    add_shard(parser)


def contradiction(options: Namespace) -> str | None:
    makes = (options.ids, options.force, options.draft, options.resume, options.free)
    ways = (options.hook, options.pay, options.batch, options.jobs, options.shard, options.redraw)
    if options.prune and any((*makes, *ways)):
        return "--prune makes nothing: it is combined with --no-commit and --no-cache only"
    if options.candidates and not options.ids:
        return "--candidates needs the ids of the assets that get so many candidates"
    if options.candidates and not _may_buy(options):
        return (
            "--candidates cannot be combined with --batch, --draft, --free, --hook, --resume or "
            "--prune: they buy none"
        )
    if options.draft and (options.resume or options.force):
        return (
            "--draft cannot be combined with --resume or --force: "
            "it buys nothing and replaces nothing"
        )
    if (options.free or options.hook) and (options.resume or options.pay or options.draft):
        return (
            "--free and --hook cannot be combined with --resume, --pay or --draft: "
            "they only make final images that are free"
        )
    if options.batch and (options.free or options.hook or options.resume or options.draft):
        return (
            "--batch cannot be combined with --free, --hook, --resume or --draft: "
            "it only sends what is to be paid"
        )
    if options.hook and options.force:
        return (
            "--hook cannot be combined with --force: "
            "it fails if anything was made, and --force always makes something"
        )
    return None


def _may_buy(options: Namespace) -> bool:
    ways = (options.batch, options.draft, options.free, options.hook)
    return not any((*ways, options.resume, options.prune))


def run(options: Namespace) -> int:
    from assetgen.generate import performer
    from assetgen.generate.commit import leave
    from assetgen.report.generate import Progress, show_unread

    root = context.root(options)
    context.interrupt_on_sigterm()
    if options.prune:
        return _pruned(options, root)
    if options.batch:
        return _send(options, root)
    progress = Progress(sys.stderr, os.environ)
    # A copy: opening the repository removes git's variables from the environment of the process.
    environ = dict(os.environ)
    conditions = context.conditions(options, root)
    try:
        outcome = performer.generate(
            root, _how(options), environ, observer=progress, conditions=conditions
        )
    finally:
        progress.end()
    if options.hook:
        leave(root, environ, outcome, context.resolved(Path()))
    code = context.print_outcome(options, outcome, "made")
    show_unread(outcome, sys.stderr)
    return code or int(options.hook and bool(outcome.made or outcome.gitignore))


def _pruned(options: Namespace, root: Path) -> int:
    from assetgen.generate.prune import prune
    from assetgen.report.prune import show

    conditions = context.conditions(options, root)
    found = prune(root, options.prune, _how(options), conditions, dict(os.environ))
    show(found, sys.stdout, as_json=options.json)
    return found.exit_code


def _send(options: Namespace, root: Path) -> int:
    """Send batches in place of single requests."""
    from assetgen.generate import batch_submit
    from assetgen.report import batch
    from assetgen.report.generate import show_unread

    conditions = context.conditions(options, root)
    done = batch_submit.submit(root, _how(options), conditions, dict(os.environ))
    if options.json:
        context.print_json(batch.submission_json(done))
    else:
        batch.submission(done, sys.stdout)
    show_unread(done.outcome, sys.stderr)
    return done.exit_code


def _how(options: Namespace) -> Options:
    from assetgen.generate.options import Options

    return Options(
        ids=tuple(options.ids),
        force=options.force,
        commit=not (options.no_commit or options.hook),
        jobs=options.jobs,
        resume=options.resume,
        draft=options.draft,
        pay=options.pay,
        batch=options.batch,
        candidates=options.candidates,
        cached=not options.no_cache,
        once=True,
        free=options.free or options.hook,
        redraw=options.redraw,
        builds=not options.hook,
        shard=options.shard,
        patience=_PATIENCE_IN_A_HOOK if options.hook else Options.patience,
    )
