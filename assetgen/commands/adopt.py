"""assetgen adopt: an existing image file for an asset, or pictures for the baseline."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen import route_names
from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit, route, surface

_EXAMPLE = """\
example:
  assetgen adopt team ~/Downloads/team.png --route images
  assetgen adopt --existing
"""


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Use an existing image file for an asset: check it, derive its variants, record\n"
        "it and commit it. --route, --surface and --prompt record what you know about its\n"
        "origin; the rest is recorded as unknown.\n\n"
        "With --existing, take the pictures that the repository has already into\n"
        ".assetgen/baseline, as they are and without an origin."
    )
    parser.usage = (
        "assetgen adopt ID [FILE] [--route ROUTE] [--surface BILL] [--prompt TEXT]\n"
        "       assetgen adopt --existing [FILE ...] [--merge]"
    )
    parser.epilog = _EXAMPLE
    parser.add_argument("id", metavar="ID", nargs="?", help="the id of the asset in assets.toml")
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        nargs="*",
        help="any PNG, JPEG, WebP or AVIF file; inside Codex, leave it out to use the one new "
        "image of the thread. With --existing: pictures of the project; by default, all that "
        "nothing accounts for",
    )
    parser.add_argument(
        "--existing",
        action="store_true",
        help="take pictures into the baseline, and drop lines of those that are gone",
    )
    parser.add_argument(
        "--merge",
        action="store_true",
        help="with --existing: add no picture; combine both sides of a merge conflict, follow "
        "pictures that were moved, drop lines of those that are gone",
    )
    parser.add_argument("--route", type=route, help="the route that made it, if known")
    parser.add_argument(
        "--surface",
        type=surface,
        help=f"the bill that it is charged to, if known: {route_names.BILLS_IN_WORDS}",
    )
    parser.add_argument("--prompt", help="the prompt, if known")
    parser.add_argument("--force", action="store_true", help="replace an existing image")
    add_no_commit(parser)


def contradiction(options: Namespace) -> str | None:
    if options.existing:
        return _contradiction_of_existing(options)
    if options.merge:
        return "--merge requires --existing"
    if options.id is None:
        return "the following arguments are required: ID, or --existing"
    if len(options.file) > 1:
        return f"an asset is adopted from one file: {options.file[1]} is a second one"
    if not options.file and (options.route or options.surface or options.prompt):
        return (
            "--route, --surface and --prompt require FILE: "
            "without it, they are read from the record of the Codex thread"
        )
    return None


def _contradiction_of_existing(options: Namespace) -> str | None:
    if options.route or options.surface or options.prompt or options.force:
        return (
            "--existing cannot be combined with --route, --surface, --prompt or --force: "
            "the baseline says that the origin is unknown"
        )
    if options.merge and options.id is not None:
        return "--merge cannot be combined with FILE: it adds no picture"
    return None


def run(options: Namespace) -> int:
    from assetgen.generate import adopt
    from assetgen.generate.options import Options

    root = context.root(options)
    if options.existing:
        return _existing(options, root)
    if not options.file:
        how = Options(force=options.force, commit=False)
        conditions = context.conditions(options, root)
        outcome = adopt.from_thread(root, options.id, how, conditions)
    else:
        how = Options(force=options.force, commit=not options.no_commit)
        brought = adopt.Brought(options.route, options.surface, options.prompt)
        outcome = adopt.adopt(root, options.id, options.file[0], brought=brought, options=how)
    return context.print_outcome(options, outcome, "adopted")


def _existing(options: Namespace, root: Path) -> int:
    import sys

    from assetgen.generate import existing
    from assetgen.report.existing import taken, taken_json

    files = [Path(options.id), *options.file] if options.id is not None else []
    result = existing.adopt_existing(root, files, merge=options.merge, commit=not options.no_commit)
    if options.json:
        context.print_json(taken_json(result))
    else:
        taken(result, sys.stdout)
    return int(result.exit_code)
