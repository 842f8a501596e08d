"""The real Codex CLI after `assetgen init --agents`: its agent gets the skill and the rules."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assetgen.init import agents
from tests.support.codex_backend import Backend
from tests.support.place import Place


def told(plan: Place, backend: Backend, folder: str = ".", prompt: str = "Hello") -> str:
    """All text that the agent gets if a user runs Codex in the repository."""
    backend.behaviour = "draws_nothing"
    command = ["codex", "exec", "--json", "-C", str(plan.root / folder), "--", prompt]
    done = subprocess.run(
        command,
        cwd=plan.root,
        env=plan.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return given(backend)


def given(backend: Backend) -> str:
    """The texts in everything that the agent was asked so far."""
    asked = [
        (way, path, body)
        for way, path, _, body in backend.requests
        if path.endswith("/codex/responses")
    ]
    bodies = [json.loads(body) for way, _, body in asked if way == "POST"]
    assert bodies
    return "\n".join(
        text for body in bodies for text in [body.get("instructions") or "", *_texts(body["input"])]
    )


def _texts(items: list[dict[str, Any]]) -> list[str]:
    return [part["text"] for item in items for part in item.get("content") or () if "text" in part]


def description(plan: Place) -> str:
    """The description of the skill, as its file has it."""
    head = plan.read(agents.SKILL).decode().split("---\n")[1]
    return head.partition("description: ")[2].strip()


@pytest.mark.parametrize("folder", [".", "docs/pages"], ids=["the root", "a folder below it"])
def test_the_skill_and_the_section_reach_the_agent(
    plan: Place, backend: Backend, folder: str
) -> None:
    (plan.root / folder).mkdir(parents=True, exist_ok=True)
    plan.ok("init", "--agents")
    text = told(plan, backend, folder)
    [line] = [line for line in text.splitlines() if line.startswith("- assetgen: ")]
    assert description(plan) in line
    assert str(Path(agents.SKILL).parent.name) in line and "SKILL.md" in line
    assert plan.read(agents.AGENTS).decode().strip() in text


def test_naming_the_skill_gives_the_agent_its_whole_text(plan: Place, backend: Backend) -> None:
    plan.ok("init", "--agents")
    text = told(plan, backend, prompt="$assetgen draw what is missing")
    assert plan.read(agents.SKILL).decode().strip() in text


def test_without_it_the_agent_knows_nothing_of_assetgen(plan: Place, backend: Backend) -> None:
    plan.ok("init")
    text = told(plan, backend)
    assert "- assetgen: " not in text
    assert "assetgen next" not in text


def test_a_run_of_route_codex_gets_neither(plan: Place, backend: Backend) -> None:
    plan.ok("init", "--agents")
    plan.manifest(
        '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = "A"\n'
        'route = "codex"\nprompt = "A"\n'
    )
    plan.ok("generate", "--no-commit")
    text = given(backend)
    assert "- assetgen: " not in text
    assert "assetgen next" not in text
