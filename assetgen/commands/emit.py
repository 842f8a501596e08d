"""assetgen emit: the typed modules that project.emit names, and the schema for editors."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Write the typed modules that project.emit names, if they are out of date:\n"
        "every image as plain data. Also update the JSON Schema that init wrote for\n"
        "editors. generate, adopt and accept do this too."
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
