"""assetgen schema: the JSON Schema of assets.toml."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Print the JSON Schema of assets.toml, for editors: it knows the values of every\n"
        "layout, those in templates/ of the project included. init writes it too."
    )


def run(options: Namespace) -> int:
    from assetgen.layouts import editor_schema

    root = context.root_or_scratch(options)[0] or context.resolved(options.folder)
    sys.stdout.write(editor_schema.text(root))
    return 0
