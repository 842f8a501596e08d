"""The answers of MCP tools: facts as JSON, and previews of images."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Image
from mcp_types import CallToolResult, TextContent

from assetgen.commands.context import system_error
from assetgen.commands.mcp_tools import ToolAnswer, Tools
from assetgen.errors import AssetgenError, StorageError

#: The longest side of a preview, in pixels.
PREVIEW = 256


def answered(tools: Tools, ask: Callable[[], ToolAnswer]) -> CallToolResult:
    """The result of a tool; a failure is a result too, with what, where and the cure."""
    try:
        answer = ask()
        preview = _preview(tools.root(), answer.picture) if answer.picture else None
        previews = [preview, *map(_small, answer.images)]
    except AssetgenError as exc:
        return failed(exc)
    except OSError as exc:
        return failed(system_error(exc))
    if not any(previews):
        return CallToolResult(content=[_text(answer.facts)], structured_content=answer.facts)
    # Without structured content: some clients, such as Codex, hide the image if there is any.
    shown = filter(None, previews)
    images = [Image(data=one, format="png").to_image_content() for one in shown]
    return CallToolResult(content=[_text(answer.facts), *images])


def failed(exc: AssetgenError) -> CallToolResult:
    from assetgen.report.text import error_json

    facts = error_json(exc)
    return CallToolResult(content=[_text(facts)], structured_content=facts, is_error=True)


def _text(facts: Mapping[str, Any]) -> TextContent:
    return TextContent(type="text", text=json.dumps(facts, ensure_ascii=False))


def _preview(root: Path, path: str) -> bytes | None:
    """A small PNG of an image of the project; None if it cannot be read, as the facts say."""
    from assetgen.fs import paths

    try:
        return _small(paths.read_regular(root, path, StorageError))
    except AssetgenError:
        return None


def _small(data: bytes) -> bytes | None:
    """A small PNG of an image; None if it is none."""
    from assetgen.image import decode

    try:
        image = decode.decode(data)
    except AssetgenError:
        return None
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((PREVIEW, PREVIEW))
    small.info.clear()  # an embedded colour profile may be larger than the preview
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
