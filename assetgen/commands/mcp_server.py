"""The MCP server: tools, their descriptions and the form of their answers."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, InputRequiredResult, TextContent, Tool, ToolAnnotations

from assetgen import __version__
from assetgen.commands import mcp_arguments
from assetgen.commands.context import system_error
from assetgen.commands.mcp_lines import Answering
from assetgen.commands.mcp_tools import ToolAnswer, Tools
from assetgen.errors import AssetgenError, StorageError

#: The longest side of a preview, in pixels.
PREVIEW = 256
#: Where Codex says which thread calls a tool.
_THREAD_META = "threadId"

_LOG = logging.getLogger(__name__)

_INSTRUCTIONS = """\
assets.toml lists the images of this repository. next lists the images to generate: for each image
whose route is codex, call the image tool once with exactly its prompt, then call adopt; the user
generates the others. plan reports what is missing or stale and what it would cost; show reports
where an image came from. These tools spend no money and commit nothing: adopt returns the command
that commits, for the user."""

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)


class _Server(MCPServer):
    """A server in which every call of a tool ends in an answer of the documented form."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            mcp_arguments.check(name, arguments)
            return await super().call_tool(name, arguments, context)
        except AssetgenError as exc:
            return _failed(exc)
        except MCPError:
            raise
        except Exception as exc:  # a defect: the traceback goes to the log on standard error
            _LOG.exception("the tool %r failed", name)
            cause = exc.__cause__ or exc
            return _failed(AssetgenError(f"the tool failed: {type(cause).__name__}"))

    async def run_stdio_async(self) -> None:
        async with stdio_server() as (lines, answers):
            heard = Answering(lines, answers)
            options = self._lowlevel_server.create_initialization_options()
            await self._lowlevel_server.run(heard, answers, options)

    async def list_tools(self) -> list[Tool]:
        listed = await super().list_tools()
        for one in listed:
            one.input_schema = {**one.input_schema, "additionalProperties": False}
        return listed


def server(tools: Tools) -> MCPServer:
    """The server with its tools; it runs until its client closes standard input."""
    served = _Server(
        "assetgen", version=__version__, instructions=_INSTRUCTIONS, log_level="WARNING"
    )

    @served.tool(annotations=_READS)
    def plan(ids: list[str] | None = None, all: bool = False) -> CallToolResult:
        """List what is missing, stale, edited or foreign, why, and what it would cost per bill.

        ids: only these assets. all: also list fresh assets, which are only counted otherwise.
        """
        return _answered(tools, lambda: tools.plan(ids or [], all))

    @served.tool(annotations=_READS)
    def next(ids: list[str] | None = None) -> CallToolResult:
        """List the images to generate: the whole prompt, size, inputs and the next command.

        ids: only these assets.
        """
        return _answered(tools, lambda: tools.next(ids or []))

    @served.tool(annotations=_WRITES)
    def adopt(
        id: str, context: Context[Any, Any], file: str | None = None, thread_id: str | None = None
    ) -> CallToolResult:
        """Use an image for an asset: check it, derive its files and write its record.

        Replaces no other image. file: the image, anywhere on disk. Without it, the one new image
        that this Codex thread made is used; thread_id names the thread (CODEX_THREAD_ID) if the
        server cannot know it. Nothing is committed: the answer has the command that commits.
        """
        thread = thread_id if thread_id or file else _calling_thread(context)
        return _answered(tools, lambda: tools.adopt(id, file, thread))

    @served.tool(annotations=_READS)
    def show(what: str) -> CallToolResult:
        """Show where an image came from: its record, its state, its files and a small preview.

        what: the id of an asset, or one of its files.
        """
        return _answered(tools, lambda: tools.show(what))

    return served


def _calling_thread(context: Context[Any, Any]) -> str | None:
    meta: Mapping[str, Any] = context.request_context.meta or {}
    stated = meta.get(_THREAD_META)
    return stated if isinstance(stated, str) else None


# -- answers ---------------------------------------------------------------------------------------


def _answered(tools: Tools, ask: Callable[[], ToolAnswer]) -> CallToolResult:
    """The result of a tool; a failure is a result too, with what, where and the cure."""
    try:
        answer = ask()
        preview = _preview(tools.root(), answer.picture) if answer.picture else None
    except AssetgenError as exc:
        return _failed(exc)
    except OSError as exc:
        return _failed(system_error(exc))
    if preview is None:
        return CallToolResult(content=[_text(answer.facts)], structured_content=answer.facts)
    # Without structured content: some clients, such as Codex, hide the image if there is any.
    image = Image(data=preview, format="png").to_image_content()
    return CallToolResult(content=[_text(answer.facts), image])


def _failed(exc: AssetgenError) -> CallToolResult:
    from assetgen.report.text import error_json

    facts = error_json(exc)
    return CallToolResult(content=[_text(facts)], structured_content=facts, is_error=True)


def _text(facts: Mapping[str, Any]) -> TextContent:
    return TextContent(type="text", text=json.dumps(facts, ensure_ascii=False))


def _preview(root: Path, path: str) -> bytes | None:
    """A small PNG of an image of the project; None if it cannot be read, as the facts say."""
    from assetgen.fs import paths
    from assetgen.image import decode

    try:
        image = decode.decode(paths.read_regular(root, path, StorageError))
    except AssetgenError:
        return None
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((PREVIEW, PREVIEW))
    small.info.clear()  # an embedded colour profile may be larger than the preview
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
