"""assetgen emit: the typed module that project.emit names."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Write the typed module that project.emit names, if it is out of date: every\n"
        "image as plain data. generate, adopt and accept do this too."
    )


def run(options: Namespace) -> int:
    from assetgen.pages import typed_module
    from assetgen.report import pages

    done = typed_module.emit(context.root(options))
    if options.json:
        context.print_json(pages.emitted_json(done))
    else:
        pages.emitted(done, sys.stdout, sys.stderr)
    return 0
