"""assetgen mcp: tools for agents, over the Model Context Protocol."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from assetgen.commands import context
from assetgen.cure import command


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Serve layouts, add, generate, snippet, check and more to agents, as MCP tools\n"
        "over standard input and output. They commit nothing, and spend no money unless\n"
        "your own configuration allows it.\n"
        "Needs: pip install 'repo-assetgen[mcp]'"
    )


def contradiction(options: Namespace) -> str | None:
    if options.json:
        return "mcp cannot be combined with --json: standard output is reserved for the protocol"
    return None


def run(options: Namespace) -> int:
    from assetgen.commands.mcp_tools import Tools
    from assetgen.errors import UnsupportedOption

    try:
        from assetgen.commands import mcp_server
    except ModuleNotFoundError as exc:
        if (exc.name or "").split(".")[0] not in ("mcp", "mcp_types"):
            raise
        what = "the MCP server needs the package mcp, version 2 or newer, which is not installed"
        raise UnsupportedOption(
            what, where=sys.executable, cure=command("pip install 'repo-assetgen[mcp]'")
        ) from None
    config = options.config.absolute() if options.config else None
    tools = Tools(context.resolved(options.folder), config, dict(os.environ))
    mcp_server.server(tools).run("stdio")
    return 0
