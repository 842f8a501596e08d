"""The MCP server: a real client of the official SDK, over stdio, against the real command."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

from mcp import Client
from mcp_types import CallToolResult, ImageContent
from PIL import Image

from assetgen.commands.mcp_answers import PREVIEW
from tests.support.images import picture
from tests.support.mcp_client import PAINTED, conversation, facts, painted, talk
from tests.support.place import Place


def call(place: Place, tool: str, /, **arguments: Any) -> CallToolResult:
    """One call of one tool."""
    return talk(place, lambda client: client.call_tool(tool, arguments))


def seen(result: CallToolResult) -> Image.Image:
    """The one image in a result."""
    [found] = [part for part in result.content if isinstance(part, ImageContent)]
    assert found.mime_type == "image/png"
    return Image.open(io.BytesIO(base64.b64decode(found.data)))


def test_every_tool_has_a_description_and_says_whether_it_writes(bare: Place) -> None:
    async def listed(client: Client) -> dict[str, bool | None]:
        found = (await client.list_tools()).tools
        assert all(tool.description for tool in found)
        return {
            tool.name: tool.annotations.read_only_hint if tool.annotations else None
            for tool in found
        }

    reads = {"plan": True, "next": True, "show": True, "layouts": True, "check": True}
    writes = dict.fromkeys(("adopt", "add", "generate", "snippet", "pick", "refine"), False)
    assert talk(bare, listed) == {**reads, **writes}


def test_plan_answers_with_states_and_bills(place: Place) -> None:
    place.covers("a")
    place.ok("generate")
    place.write(
        "assets.toml", place.read("assets.toml") + PAINTED.format(id="b", route="images").encode()
    )
    answer = facts(call(place, "plan"))
    assert [(one["id"], one["state"], one["surface"]) for one in answer["assets"]] == [
        ("b", "missing", "openai-api")
    ]
    assert answer["fresh"] == 1
    [bill] = answer["bills"]
    assert bill["surface"] == "openai-api" and bill["would_be"].startswith("1 picture")
    assert [one["id"] for one in facts(call(place, "plan", all=True))["assets"]] == ["a", "b"]
    assert [one["id"] for one in facts(call(place, "plan", ids=["a"]))["assets"]] == ["a"]


def test_every_mistake_of_the_manifest_is_in_the_error(bare: Place) -> None:
    bare.covers("a", "b")
    text = bare.read("assets.toml").decode()
    bare.manifest(text.replace('alt = "A cover"', "alt = 3"))
    for tool in ("plan", "next"):
        result = call(bare, tool)
        assert result.is_error
        assert [one["line"] for one in facts(result)["mistakes"]] == [6, 14]
    bare.manifest(text.replace('alt = "A cover"', "alt = 3", 1))
    answer = facts(call(bare, "plan", ids=["b"]))
    assert [one["id"] for one in answer["assets"]] == ["b"]
    assert answer["warnings"] == ["1 other mistake in assets.toml"]


def test_next_answers_what_the_command_prints(bare: Place) -> None:
    painted(bare, "plane", "kite", route="codex")
    answer = facts(call(bare, "next"))
    assert answer == {"wanted": bare.ok("next", "--json").data}
    assert [one["id"] for one in facts(call(bare, "next", ids=["kite"]))["wanted"]] == ["kite"]


def test_adopt_takes_the_thread_from_the_call_the_argument_or_the_environment(
    bare: Place,
) -> None:
    painted(bare, *_THREADS, route="codex")
    for number, thread in enumerate(_THREADS.values()):
        folder = Path(bare.environ["HOME"]) / ".codex/generated_images" / thread
        folder.mkdir(parents=True)
        (folder / "exec-1.png").write_bytes(picture(size=(100 + number, 80)))
    bare.environ["CODEX_THREAD_ID"] = _THREADS["environment"]

    async def work(client: Client) -> list[CallToolResult]:
        said: Any = {"threadId": _THREADS["call"]}
        stated = {"id": "argument", "thread_id": _THREADS["argument"]}
        return [
            await client.call_tool("adopt", {"id": "call"}, meta=said),
            await client.call_tool("adopt", stated, meta=said),
            await client.call_tool("adopt", {"id": "environment"}),
            await client.call_tool("adopt", {"id": "call", "thread_id": "../.."}, meta=said),
        ]

    *taken, refused = talk(bare, work)
    assert [(one.is_error, facts(one)["id"]) for one in taken] == [
        (False, asset_id) for asset_id in _THREADS
    ]
    for asset_id, thread in _THREADS.items():
        assert bare.record(asset_id)["route"]["codex"]["threadId"] == thread
    assert refused.is_error


_THREADS = {
    "call": "01a206c5-6b02-7c80-ad3b-b107e8a39001",
    "argument": "01a206c5-6b02-7c80-ad3b-b107e8a39002",
    "environment": "01a206c5-6b02-7c80-ad3b-b107e8a39003",
}


def _git_files(place: Place) -> list[tuple[str, int]]:
    """What git itself keeps; assetgen keeps its own files in .git/assetgen."""
    found = (place.root / ".git").rglob("*")
    others = (path for path in found if "assetgen" not in path.relative_to(place.root).parts)
    return sorted((str(path), path.stat().st_mtime_ns) for path in others)


def test_adopt_uses_a_file_sends_a_preview_and_leaves_the_commit_to_the_user(
    place: Place, tmp_path: Path
) -> None:
    painted(place, "plane")
    (tmp_path / "brought.png").write_bytes(picture(size=(1200, 600)))
    before = _git_files(place)
    result = call(place, "adopt", id="plane", file=str(tmp_path / "brought.png"))
    assert not result.is_error
    answer = facts(result)
    assert (
        answer["files"] == ["public/plane.png"]
        and answer["record"] == ".assetgen/records/plane.json"
    )
    assert place.read("public/plane.png") == (tmp_path / "brought.png").read_bytes()
    assert seen(result).size == (PREVIEW, PREVIEW // 2)
    assert _git_files(place) == before
    subprocess.run(
        answer["commit"],
        shell=True,
        cwd=place.root,
        env=place.environ,
        check=True,
        capture_output=True,
    )
    assert place.ok("check").code == 0
    assert place.git("show", "--name-only", "--format=%s").split("\n") == [
        *("assetgen: plane", "", ".assetgen/records/plane.json", "public/plane.png"),
    ]


def test_an_answer_with_a_preview_has_no_structured_content(place: Place) -> None:
    place.covers("a")
    place.ok("generate")
    shown = call(place, "show", what="public/a.png")
    assert max(seen(shown).size) == PREVIEW
    assert shown.structured_content is None
    answer = facts(shown)
    assert (answer["id"], answer["state"], answer["files"]) == ("a", "fresh", ["public/a.png"])
    assert answer["provenance"] == place.ok("show", "a", "--json").data
    (place.root / "public/a.png").unlink()
    gone = call(place, "show", what="a")
    assert len(gone.content) == 1 and gone.structured_content == facts(gone)
    assert facts(gone)["state"] == "missing"


def test_failures_are_tool_errors_with_what_and_cure(bare: Place, tmp_path: Path) -> None:
    nothing = call(bare, "next")
    assert nothing.is_error and facts(nothing)["cure"] == "assetgen init"
    painted(bare, "plane")
    bare.write("public/plane.png", b"of another tool")
    (tmp_path / "brought.png").write_bytes(picture())
    refused: list[tuple[dict[str, str], str, str]] = [
        ({"id": "plane"}, "does not run inside a Codex thread", "assetgen adopt plane FILE"),
        ({"id": "kite"}, "there is no asset 'kite'", "assetgen plan --all"),
        ({"id": "kite", "file": str(tmp_path / "brought.png")}, "there is no asset 'kite'", ""),
        (
            {"id": "plane", "file": str(tmp_path / "brought.png")},
            "is not overwritten",
            "move public/plane.png",
        ),
        ({"id": "plane", "file": "no.png"}, "is not a file", "name the picture"),
        ({"id": "plane", "file": "no.png", "thread_id": "t"}, "two sources", "give one of them"),
    ]
    for arguments, what, cure in refused:
        result = call(bare, "adopt", **arguments)
        assert result.is_error, arguments
        failure = facts(result)
        assert (
            what in failure["what"] and cure in (failure["cure"] or "") and failure["exit"] > 0
        ), failure
    assert bare.read("public/plane.png") == b"of another tool"


def test_the_server_reads_the_manifest_again_for_every_call(bare: Place) -> None:
    async def work(client: Client) -> tuple[bool, Any]:
        before = await client.call_tool("next", {})
        painted(bare, "plane")
        return before.is_error, facts(await client.call_tool("next", {}))

    was_error, after = talk(bare, work)
    assert was_error and [one["id"] for one in after["wanted"]] == ["plane"]


def test_the_server_serves_the_folder_that_c_names(bare: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "other", tmp_path / "home")
    painted(other, "plane")
    answer = talk(bare, lambda client: client.call_tool("next", {}), "-C", str(other.root))
    assert [one["id"] for one in facts(answer)["wanted"]] == ["plane"]


def test_standard_output_contains_only_the_protocol(bare: Place) -> None:
    painted(bare, "plane")
    calls = [
        {"id": n, "method": "tools/call", "params": {"name": name}}
        for n, name in enumerate(("plan", "next"), 1)
    ]
    lines, err = conversation(bare, *calls)
    assert [line["id"] for line in lines] == [0, 1, 2]
    assert lines[0]["result"]["serverInfo"]["name"] == "assetgen"
    assert err == ""


def test_the_server_starts_without_image_library_or_provider(bare: Place) -> None:
    _, err = conversation(bare, {"id": 1, "method": "tools/list"}, flags=("-X", "importtime"))
    loaded = {line.rpartition("|")[2].strip() for line in err.splitlines()}
    assert "assetgen.commands.mcp_server" in loaded
    assert loaded.isdisjoint(
        {"PIL", "openai", "blitz_py", "git", "minijinja", "assetgen.plan.workspace"}
    )


def test_without_the_extra_the_error_names_the_command_that_installs_it(
    bare: Place, tmp_path: Path
) -> None:
    script = """\
import sys
sys.modules["mcp"] = None
from assetgen.cli import run
sys.exit(run(["mcp"]))
"""
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=bare.root,
        env=bare.environ,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert (
        "needs the package mcp" in done.stderr
        and "cure: pip install 'repo-assetgen[mcp]'" in done.stderr
    )


def test_json_is_a_usage_error_of_mcp(bare: Place) -> None:
    ran = bare.run("mcp", "--json")
    assert ran.code == 2 and "standard output is reserved for the protocol" in ran.err
