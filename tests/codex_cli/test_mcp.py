"""The agent of Codex uses the MCP server: the real CLI adds it, starts it, and calls its tools."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.codex_backend import ASSET, Backend
from tests.support.codex_runs import digest
from tests.support.place import Place

SERVER = [sys.executable, "-P", "-m", "assetgen", "mcp"]


class Agent(Backend):
    """Let the agent do these steps: draw an image (None), or call a tool of assetgen."""

    steps: tuple[tuple[str, dict[str, Any]] | None, ...] = ()

    def __enter__(self) -> Agent:
        super().__enter__()
        usual: Any = self._server.RequestHandlerClass
        agent = self

        class Handler(usual):  # type: ignore[misc]
            def _next(self, body: bytes) -> dict[str, Any]:
                done = body.count(b'"function_call_output"')
                step = agent.steps[done] if done < len(agent.steps) else None
                if step is None:
                    agent.behaviour = "draws" if done < len(agent.steps) else "draws_nothing"
                    return dict(
                        super()._next(body.replace(b'"function_call_output"', b'"of_another_tool"'))
                    )
                call = {"call_id": f"call_{done}", "name": step[0], "namespace": "mcp__assetgen"}
                return {
                    "type": "function_call",
                    "id": f"fc_{done}",
                    **call,
                    "arguments": json.dumps(step[1]),
                }

        self._server.RequestHandlerClass = Handler
        return self

    def told(self) -> list[Any]:
        """What each tool returned to the model, from the last request."""
        *_, last = (
            body for _, path, _, body in self.requests if path.endswith("/codex/responses") and body
        )
        return [
            item["output"]
            for item in json.loads(last)["input"]
            if item["type"] == "function_call_output"
        ]


@pytest.fixture
def backend(tmp_path: Path) -> Any:
    """chatgpt.com on loopback, with an agent that uses tools."""
    with Agent(tmp_path / "backend") as agent:
        yield agent


def codex(plan: Place, *arguments: str) -> str:
    """Run Codex, which must succeed."""
    done = subprocess.run(
        ["codex", *arguments],
        cwd=plan.root,
        env=plan.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_codex_keeps_the_server_as_the_documentation_adds_it(plan: Place) -> None:
    codex(plan, "mcp", "add", "assetgen", "--", "assetgen", "mcp", "-C", str(plan.root))
    kept = json.loads(codex(plan, "mcp", "get", "assetgen", "--json"))
    assert kept["enabled"] is True
    assert kept["transport"]["type"] == "stdio" and kept["transport"]["command"] == "assetgen"
    assert kept["transport"]["args"] == ["mcp", "-C", str(plan.root)]
    assert [one["name"] for one in json.loads(codex(plan, "mcp", "list", "--json"))] == ["assetgen"]


def test_an_agent_draws_and_adopts_without_naming_its_thread_and_sees_the_image(
    plan: Place, backend: Agent
) -> None:
    plan.manifest(ASSET)
    codex(plan, "mcp", "add", "assetgen", "--", *SERVER, "-C", str(plan.root))
    backend.steps = (("next", {}), None, ("adopt", {"id": "plane"}))
    subprocess.run(["mount", "--bind", ".git", ".git"], cwd=plan.root, check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", ".git"], cwd=plan.root, check=True)
        ready = (
            "-c",
            "mcp_servers.assetgen.required=true",
        )  # else Codex may begin before the server has started
        how = ("--json", "--skip-git-repo-check", "-s", "read-only", *ready)
        said = codex(plan, "exec", *how, "--", "draw what is wanted")
    finally:
        subprocess.run(["umount", ".git"], cwd=plan.root, check=True)
    thread_id = json.loads(said.splitlines()[0])["thread_id"]
    wanted, _, adopted = backend.told()
    assert '"id":"plane"' in wanted
    assert [part["type"] for part in adopted if part["type"] == "input_image"] == ["input_image"]
    [drawn] = (Path(plan.environ["HOME"]) / ".codex" / "generated_images" / thread_id).iterdir()
    record = plan.record("plane")
    assert record["original"]["digest"] == digest(drawn)
    assert record["route"]["codex"]["threadId"] == thread_id
    assert record["route"]["owner"] == "codex"
    assert plan.ok("check").code == 0
