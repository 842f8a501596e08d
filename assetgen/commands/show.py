"""assetgen show: the provenance of an asset."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen.commands import context


def arguments(parser: ArgumentParser) -> None:
    parser.description = "Print where an image came from: its record, its files and its state."
    parser.add_argument(
        "what",
        metavar="ID|FILE",
        help="an asset, or any of its files; 'og/*' names all assets that match",
    )


def run(options: Namespace) -> int:
    from assetgen.manifest.naming import is_pattern
    from assetgen.plan import provenance
    from assetgen.report import show

    root, here = context.root(options), context.resolved(Path())
    if is_pattern(options.what) and not (here / options.what).exists():
        every = provenance.find_all(root, options.what)
        if options.json:
            context.print_json([show.show_json(one) for one in every])
        else:
            show.show_all(every, sys.stdout)
        return 0
    found = provenance.find(root, options.what, here)
    if options.json:
        context.print_json(show.show_json(found))
    else:
        show.show_all([found], sys.stdout)
    return 0
