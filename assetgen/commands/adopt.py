"""assetgen adopt: an existing image file for an asset."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen import route_names
from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit, route, surface

_EXAMPLE = """\
example:
  assetgen adopt team ~/Downloads/team.png --route images
"""


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Use an existing image file for an asset: check it, derive its variants, record\n"
        "it and commit it. --route, --surface and --prompt record what you know about its\n"
        "origin; the rest is recorded as unknown."
    )
    parser.epilog = _EXAMPLE
    parser.add_argument("id", metavar="ID", help="the id of the asset in assets.toml")
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        nargs="?",
        help="any PNG, JPEG, WebP or AVIF file; inside Codex, leave it out to use the one new "
        "image of the thread",
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
    if options.file is None and (options.route or options.surface or options.prompt):
        return (
            "--route, --surface and --prompt require FILE: "
            "without it, they are read from the record of the Codex thread"
        )
    return None


def run(options: Namespace) -> int:
    from assetgen.generate import adopt
    from assetgen.generate.options import Options

    root = context.root(options)
    if options.file is None:
        how = Options(force=options.force, commit=False)
        conditions = context.conditions(options, root)
        outcome = adopt.from_thread(root, options.id, how, conditions)
    else:
        how = Options(force=options.force, commit=not options.no_commit)
        brought = adopt.Brought(options.route, options.surface, options.prompt)
        outcome = adopt.adopt(root, options.id, options.file, brought=brought, options=how)
    return context.print_outcome(options, outcome, "adopted")
