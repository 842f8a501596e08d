"""Tools for agents: an MCP server over stdio that says what is wanted and takes pictures in, and buys nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp_types import CallToolResult, TextContent, ToolAnnotations

from assetgen import __version__
from assetgen.errors import AssetgenError, StorageError

#: The longest side of a picture that is sent along, in pixels.
PREVIEW = 256
#: Where Codex says which thread calls a tool.
_THREAD_META = "threadId"

_INSTRUCTIONS = """\
assets.toml says which pictures this repository wants. next says what is to be painted: for each picture whose route is
codex, call the image tool once with exactly its prompt, then adopt it; the others are for the user to generate. plan
says what is missing or stale and what it would cost; show says where a picture came from. Nothing here spends money or
commits: adopt returns the command that commits, for the user."""

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)


@dataclass(frozen=True)
class ToolAnswer:
    """What a tool found: facts, and the file of the project that is worth a look."""

    facts: dict[str, Any]
    picture: str | None = None


@dataclass(frozen=True)
class Desk:
    """What the tools work on: the folder to look for assets.toml from, read anew for every call."""

    folder: Path
    config: Path | None
    environ: Mapping[str, str]

    def root(self) -> Path:
        """The project. Raises ManifestError if there is none."""
        from assetgen.plan.workspace import find_root

        return find_root(self.folder)

    def plan(self, ids: list[str], everything: bool) -> ToolAnswer:
        """States, reasons and bills; fresh assets are only counted unless they are named or ``everything``."""
        from assetgen.paid import limits
        from assetgen.plan import decide, routing
        from assetgen.plan.decide import Action, State
        from assetgen.plan.workspace import open_workspace
        from assetgen.report.plan import bills, plan_json
        from assetgen.settings.conditions import load_conditions

        root = self.root()
        conditions = load_conditions(self.environ, root, self.config)
        project = open_workspace(root, conditions)
        named = {project.manifest.find(asset_id).id for asset_id in ids}
        decided = [
            d
            for d in decide.decide(project.manifest, project.world())
            if not named or d.asset.id in named
        ]
        shown = [d for d in decided if everything or named or d.state is not State.FRESH]
        bought = [
            d
            for d in decided
            if d.action is Action.DRAW and routing.is_bought(d.asset.route) and not d.problem
        ]
        warnings = decide.warnings(decided, conditions.catalog, conditions.today())
        return ToolAnswer(
            {
                "assets": plan_json(shown),
                "fresh": sum(d.state is State.FRESH for d in decided),
                "bills": [{"surface": bill, "would_be": words} for bill, words in bills(decided)],
                "warnings": [*warnings, *limits.excess(bought, conditions.config)],
            }
        )

    def next(self, ids: list[str]) -> ToolAnswer:
        """What is to be painted."""
        from assetgen.plan.workspace import open_workspace
        from assetgen.routes import brief
        from assetgen.settings.conditions import load_conditions

        root = self.root()
        project = open_workspace(root, load_conditions(self.environ, root, self.config))
        return ToolAnswer({"wanted": [one.stated() for one in brief.wanted(project, ids)]})

    def adopt(self, asset_id: str, file: str | None, thread_id: str | None) -> ToolAnswer:
        """Take a file, or the one new picture of a Codex thread; the commit is left to the user."""
        from assetgen.generate import adopt
        from assetgen.generate.commit import command
        from assetgen.generate.options import Options
        from assetgen.record import record
        from assetgen.settings.conditions import load_conditions

        root, how = self.root(), Options(commit=False)
        if file is not None:
            if thread_id is not None:
                what = "file and thread_id name two sources for one picture"
                raise StorageError(what, where=f"asset {asset_id}", cure="give one of them")
            done = adopt.adopt(
                root, asset_id, self.folder / file, adopt.Brought(), how, self.environ
            )
        else:
            environ = {**self.environ, "CODEX_THREAD_ID": thread_id} if thread_id else self.environ
            done = adopt.from_thread(
                root, asset_id, how, load_conditions(environ, root, self.config)
            )
        [made] = done.made
        place = record.place(asset_id)
        facts = {
            "id": asset_id,
            "files": list(made.files),
            "record": place,
            "removed": list(made.removed),
            "remarks": list(made.remarks),
            "commit": command(made, done.module),
        }
        return ToolAnswer(facts, made.files[0])

    def show(self, what: str) -> ToolAnswer:
        """The provenance of an asset, by its id or any of its files."""
        from assetgen.commands import show as lookup
        from assetgen.plan.describe import describe

        found = lookup.find(self.root(), what, self.folder)
        files = [subject["name"] for subject in found.statement["subject"]]
        decision = found.decision
        facts = {
            "id": found.statement["predicate"]["asset"]["id"],
            "state": decision.state.value if decision else None,
            "reason": describe(decision) if decision else "assets.toml no longer wants it",
            "files": files,
            "provenance": found.statement,
        }
        return ToolAnswer(facts, files[0] if files else None)


# -- answers -----------------------------------------------------------------------------------------


def _told(desk: Desk, ask: Callable[[], ToolAnswer]) -> CallToolResult:
    """The answer as a tool gives it; a failure is an answer too, with what, where and the cure."""
    try:
        answer = ask()
        seen = _preview(desk.root(), answer.picture) if answer.picture else None
    except AssetgenError as exc:
        return _failed(exc)
    except OSError as exc:
        where = str(exc.filename) if exc.filename else None
        return _failed(StorageError(f"the system refused: {exc.strerror or exc}", where=where))
    if seen is None:
        return CallToolResult(content=[_text(answer.facts)], structured_content=answer.facts)
    # Without structured content: clients that are given it, Codex among them, do not show the model the picture.
    return CallToolResult(
        content=[_text(answer.facts), Image(data=seen, format="png").to_image_content()]
    )


def _failed(exc: AssetgenError) -> CallToolResult:
    from assetgen.report import text

    said = text.error_json(exc)
    return CallToolResult(content=[_text(said)], structured_content=said, is_error=True)


def _text(facts: Mapping[str, Any]) -> TextContent:
    return TextContent(type="text", text=json.dumps(facts, ensure_ascii=False))


def _preview(root: Path, path: str) -> bytes | None:
    """A small PNG of a picture of the project, None if there is no usable one: the facts say more than that."""
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


def _calling_thread(context: Context[Any, Any]) -> str | None:
    meta: Mapping[str, Any] = context.request_context.meta or {}
    stated = meta.get(_THREAD_META)
    return stated if isinstance(stated, str) else None


# -- the server --------------------------------------------------------------------------------------


def server(desk: Desk) -> MCPServer:
    """The server with its tools; it runs until its client closes standard input."""
    served = MCPServer(
        "assetgen", version=__version__, instructions=_INSTRUCTIONS, log_level="WARNING"
    )

    @served.tool(annotations=_READS)
    def plan(ids: list[str] | None = None, all: bool = False) -> CallToolResult:
        """What is missing, stale, edited or foreign, why, and what drawing it would cost, bill by bill.

        ids: only these assets. all: list fresh assets too, which are only counted otherwise.
        """
        return _told(desk, lambda: desk.plan(ids or [], all))

    @served.tool(annotations=_READS)
    def next(ids: list[str] | None = None) -> CallToolResult:
        """What is to be painted: for each picture the whole prompt, the size, the inputs and the next command.

        ids: only these assets.
        """
        return _told(desk, lambda: desk.next(ids or []))

    @served.tool(annotations=_WRITES)
    def adopt(
        id: str, context: Context[Any, Any], file: str | None = None, thread_id: str | None = None
    ) -> CallToolResult:
        """Take a picture in for an asset: check it, derive its files, write its record. Replaces no other picture.

        file: the picture, anywhere on disk. Without it, the one new picture that this Codex thread drew is taken;
        thread_id names that thread (CODEX_THREAD_ID) where the server cannot know it. Nothing is committed: the
        answer holds the command that commits.
        """
        thread = thread_id if thread_id or file else _calling_thread(context)
        return _told(desk, lambda: desk.adopt(id, file, thread))

    @served.tool(annotations=_READS)
    def show(what: str) -> CallToolResult:
        """Where a picture came from: its record, its state, its files and a small preview.

        what: the id of an asset, or one of its files.
        """
        return _told(desk, lambda: desk.show(what))

    return served
