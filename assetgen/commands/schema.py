"""assetgen schema: the JSON Schema of assets.toml."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path


def arguments(parser: ArgumentParser) -> None:
    parser.description = "Print the JSON Schema of assets.toml, for editors. init writes it too."


def contradiction(options: Namespace) -> str | None:
    if options.folder != Path():
        return "schema cannot be combined with -C: the schema is the same for every project"
    return None


def run(options: Namespace) -> int:
    from assetgen.init import starter

    sys.stdout.write(starter.schema_text())
    return 0
