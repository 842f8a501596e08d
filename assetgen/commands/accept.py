"""assetgen accept: edited or stale files stay as they are."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Keep the edited or stale files of an asset as they are, and record that they\n"
        "were accepted for what assets.toml asks for now."
    )
    parser.add_argument(
        "id", metavar="ID", help="the id of the asset in assets.toml; 'og/*' names all that match"
    )
    add_no_commit(parser)


def run(options: Namespace) -> int:
    from assetgen.generate import accept_all, adopt
    from assetgen.generate.options import Options
    from assetgen.manifest.naming import is_pattern

    root = context.root(options)
    accept = accept_all.accept_all if is_pattern(options.id) else adopt.accept
    outcome = accept(root, options.id, Options(commit=not options.no_commit))
    return context.print_outcome(options, outcome, "accepted")
