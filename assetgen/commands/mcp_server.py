"""The MCP server: tools, their descriptions and the form of their answers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, InputRequiredResult, Tool, ToolAnnotations
from pydantic import Field

from assetgen import __version__
from assetgen.commands import mcp_arguments, mcp_job
from assetgen.commands.mcp_answers import answered, failed
from assetgen.commands.mcp_lines import Answering
from assetgen.commands.mcp_tools import Tools
from assetgen.commands.snippet import FORMS, HEAD_FORMS
from assetgen.errors import AssetgenError

#: Where Codex says which thread calls a tool.
_THREAD_META = "threadId"

_LOG = logging.getLogger(__name__)

_INSTRUCTIONS = """\
assets.toml lists the images of this repository; each gets a record of where it came from.
To make an image: layouts -> add -> generate -> snippet -> check.
Set an image with a layout (route local, free, drawn on this machine) if its words or numbers must
be right: charts, tables, steps, diagrams, app screens, badges, covers with words. Paint it (route
codex, with a prompt) only if it is a scene or an object without words: next lists these; in Codex,
call the image tool once with exactly the prompt, then call adopt; elsewhere, the user generates
them. plan reports what is missing or stale and what it would cost; an asset that is undecided has
candidates: pick shows them and puts one into place. refine changes a painted image, which the user
pays for; with undo, it takes that back. show reports where an image came from and shows it. These
tools commit nothing, and spend no money unless the user's own configuration allows it."""

# The arguments of the tools that an agent fills in, as their schemas describe them.
_LayoutName: TypeAlias = Annotated[
    str | None, Field(description='KIND or KIND/LAYOUT, such as "infographic/bars"')
]
_Id: TypeAlias = Annotated[
    str, Field(description='the id of the asset: a-z, 0-9, "-", "/", such as "latency-chart"')
]
_Kind: TypeAlias = Annotated[
    str, Field(description="card, cover, icon, infographic, ui, or another kind that layouts lists")
]
_Path: TypeAlias = Annotated[
    str,
    Field(
        description="the image file to make, from the folder of assets.toml, such as "
        '"public/img/latency.png"; the extension decides the format: png, jpg, webp, avif'
    ),
]
_Alt: TypeAlias = Annotated[
    str, Field(description='the alternative text: what the image says; "" if it is decorative')
]
_Values: TypeAlias = Annotated[
    dict[str, Any] | None,
    Field(
        description='the values of the layout, and "layout", its name; layouts KIND/LAYOUT lists '
        'them. A value that is an image is a file of the project, or "@ID" for another asset'
    ),
]
_Route: TypeAlias = Annotated[
    str | None,
    Field(
        description="how the image is made: local (the default) from a layout; codex: painted by "
        "the image tool of Codex; images, responses, gateway:NAME: paid by the user"
    ),
]
_Prompt: TypeAlias = Annotated[
    str | None, Field(description="what to paint; only for routes other than local")
]
_Style: TypeAlias = Annotated[
    str | None, Field(description="a [style.NAME] of assets.toml: colours, font, prompt")
]
_Fit: TypeAlias = Annotated[
    dict[str, Any] | None,
    Field(description='the size of the file in pixels, such as {"width": 1200, "height": 630}'),
]
_Variants: TypeAlias = Annotated[
    dict[str, Any] | None,
    Field(description='more files, such as {"widths": [640, 1280], "formats": ["avif", "webp"]}'),
]
_Inputs: TypeAlias = Annotated[
    list[str] | None,
    Field(description='reference images for painting: files of the project, or "@ID"'),
]
_Page: TypeAlias = Annotated[
    str | None,
    Field(description="a page whose title, description and tags fill the values of a layout"),
]
_Ids: TypeAlias = Annotated[
    list[str] | None, Field(description="only these assets; by default all that are free")
]
_Pay: TypeAlias = Annotated[
    bool,
    Field(
        description="also buy the images in ids; refused unless the user allows it in their own "
        "configuration. Only set it if the user asks for it"
    ),
]
_Candidates: TypeAlias = Annotated[
    int | None,
    Field(description="buy so many images of each asset, 1 to 10, of which one is picked"),
]
_Say: TypeAlias = Annotated[
    str | None, Field(description='what changes, such as "warmer light"; not with undo')
]
_Box: TypeAlias = Annotated[
    list[int] | None,
    Field(
        description="change only this part: left, top, width and height, in pixels of the "
        "original; show has its size"
    ),
]
_Mask: TypeAlias = Annotated[
    str | None,
    Field(description="a PNG of the project, as large as the original; transparent: change it"),
]
_Undo: TypeAlias = Annotated[
    bool, Field(description="take the last step out again, which is free; with id alone")
]
_PayStep: TypeAlias = Annotated[
    bool,
    Field(
        description="buy it; refused unless the user allows it in their own configuration. Only "
        "set it if the user asks for it"
    ),
]
_Which: TypeAlias = Annotated[
    str | None, Field(description='the number of a candidate, such as "2", or its sha256')
]
_Form: TypeAlias = Annotated[
    str | None,
    Field(
        description=f"the language of the page: {', '.join(FORMS)}; by default that of the site; "
        f"for the head of a page: {', '.join(HEAD_FORMS)}"
    ),
]
_IntoPage: TypeAlias = Annotated[
    str | None, Field(description="append the code to this Markdown or MDX page")
]
_Release: TypeAlias = Annotated[bool, Field(description="report placeholder images as errors")]

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
            return failed(exc)
        except MCPError:
            raise
        except Exception as exc:  # a defect: the traceback goes to the log on standard error
            _LOG.exception("the tool %r failed", name)
            cause = exc.__cause__ or exc
            return failed(AssetgenError(f"the tool failed: {type(cause).__name__}"))

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
    _add_questions(served, tools)
    _add_adopt(served, tools)
    _add_making(served, tools)
    _add_buying(served, tools)
    _add_pages(served, tools)
    return served


def _add_questions(served: MCPServer, tools: Tools) -> None:
    @served.tool(annotations=_READS)
    def plan(ids: list[str] | None = None, all: bool = False) -> CallToolResult:
        """List what is missing, stale, edited or foreign, why, and what it would cost per bill.

        ids: only these assets. all: also list fresh assets, which are only counted otherwise.
        """
        return answered(tools, lambda: tools.plan(ids or [], all))

    @served.tool(annotations=_READS)
    def next(ids: list[str] | None = None) -> CallToolResult:
        """List the images to paint: the whole prompt, size, inputs and the next command.

        ids: only these assets.
        """
        return answered(tools, lambda: tools.next(ids or []))

    @served.tool(annotations=_READS)
    def show(what: str) -> CallToolResult:
        """Show where an image came from: its record, its state, its files and a small preview.

        what: the id of an asset, or one of its files.
        """
        return answered(tools, lambda: tools.show(what))

    @served.tool(annotations=_READS)
    def layouts(name: _LayoutName = None) -> CallToolResult:
        """List the layouts that draw an image on this machine for free: charts, tables, steps, UI,
        covers. Start here for an image whose words or numbers must be right.

        Without name: every kind and layout with its purpose. With KIND/LAYOUT: its values with
        types and limits, and in "add" the arguments of one or more calls of the tool add that work
        as they are. Change id, path, alt and values in them, then call add with each, in order.
        """
        return answered(tools, lambda: mcp_job.layouts(tools, name))


def _add_adopt(served: MCPServer, tools: Tools) -> None:
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
        return answered(tools, lambda: tools.adopt(id, file, thread))


def _add_making(served: MCPServer, tools: Tools) -> None:
    @served.tool(annotations=_WRITES)
    def add(
        id: _Id,
        kind: _Kind,
        path: _Path,
        alt: _Alt,
        values: _Values = None,
        route: _Route = None,
        prompt: _Prompt = None,
        style: _Style = None,
        fit: _Fit = None,
        variants: _Variants = None,
        inputs: _Inputs = None,
        page: _Page = None,
        candidates: _Candidates = None,
    ) -> CallToolResult:
        """Add one image to assets.toml. Nothing else in the file changes.

        The entry is checked first, its values against the layout included; if anything is wrong,
        nothing is written, and the error says what and how to fix it. Then call generate
        (route local, the default) or next (route codex). To change or remove an entry that
        exists, edit assets.toml.
        """
        given = {
            "id": id,
            "kind": kind,
            "path": path,
            "alt": alt,
            "route": route,
            "prompt": prompt,
            "style": style,
            "fit": fit,
            "variants": variants,
            "inputs": inputs,
            "from": page,
            "candidates": candidates,
            "values": values,
        }
        entry = {key: value for key, value in given.items() if value is not None}
        return answered(tools, lambda: mcp_job.add(tools, entry))


def _add_buying(served: MCPServer, tools: Tools) -> None:
    @served.tool(annotations=_WRITES)
    def generate(
        ids: _Ids = None, pay: _Pay = False, candidates: _Candidates = None
    ) -> CallToolResult:
        """Draw what is missing or stale and free, into the files that assets.toml names.

        Answers with "made" (the files), "failed" (why, and the cure: such as a text that does not
        fit and has to be shorter) and "left": what costs money or is painted, with its bill; use
        next for those with route codex, and let the user decide about the others. Commits nothing:
        "to_commit" is the command that does, for the user. Look at an image with show.
        """
        return answered(tools, lambda: mcp_job.generate(tools, ids or [], pay, candidates))

    @served.tool(annotations=_WRITES)
    def pick(id: _Id, which: _Which = None) -> CallToolResult:
        """Put one of the candidates of an undecided asset into place: derive, record. It is free.

        Without which: list the candidates, with a preview of each in the same order. Which one is
        right is for the user to say, unless they leave it to you. Commits nothing: "to_commit" is
        the command that does.
        """
        return answered(tools, lambda: mcp_job.pick(tools, id, which))

    @served.tool(annotations=_WRITES)
    def refine(
        id: _Id,
        say: _Say = None,
        box: _Box = None,
        mask: _Mask = None,
        candidates: _Candidates = None,
        undo: _Undo = False,
        pay: _PayStep = False,
    ) -> CallToolResult:
        """Change the image of a painted asset, or a part of it. It costs money.

        The step is added to assets.toml and bought: refused unless the user allows agents to
        spend. With box or mask, all pixels outside stay as they are. With undo, the last step is
        taken out again, which is free. Commits nothing: "to_commit" is the command that does.
        """
        step = mcp_job.Step(say, box, mask, candidates)
        return answered(tools, lambda: mcp_job.refine(tools, id, step, undo, pay))


def _add_pages(served: MCPServer, tools: Tools) -> None:
    @served.tool(annotations=_WRITES)
    def snippet(id: _Id, form: _Form = None, page: _IntoPage = None) -> CallToolResult:
        """Give the code that shows an image in a page: src, alt, width, height and variants.

        The image has to exist: call generate first. With page, the code is also appended to that
        Markdown or MDX page; without it, paste the "snippet" of the answer into the page yourself.
        """
        return answered(tools, lambda: mcp_job.snippet(tools, id, form, page))

    @served.tool(annotations=_READS)
    def check(release: _Release = False) -> CallToolResult:
        """Check that every image is recorded, unchanged and up to date, and that the pages show
        existing images with the right path, alternative text and size. Call it at the end.

        "clean" is true if there is nothing to do. Every finding has its place and a cure.
        """
        return answered(tools, lambda: mcp_job.check(tools, release))


def _calling_thread(context: Context[Any, Any]) -> str | None:
    meta: Mapping[str, Any] = context.request_context.meta or {}
    stated = meta.get(_THREAD_META)
    return stated if isinstance(stated, str) else None
