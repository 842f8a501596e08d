"""Runs of assetgen with the real Codex CLI, and of Codex by its user."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.generate.outcome import Outcome
from assetgen.settings.conditions import Conditions
from tests.support.place import Place, Ran


def generate(plan: Place, patience: float = 60.0, **options: Any) -> Outcome:
    """Run generate here."""
    conditions = Conditions(plan.environ, patience=patience)
    return performer.generate(
        plan.root, Options(commit=False, **options), plan.environ, None, conditions
    )


def fails(plan: Place, **options: Any) -> Any:
    [failure] = generate(plan, **options).failed
    return failure.error


def codex_draws(plan: Place) -> str:
    """Let the user's own Codex draw a picture in the repository; the id of its thread."""
    command = ["codex", "exec", "--json", "--skip-git-repo-check", "-s", "read-only", "--", "-"]
    brief = "Draw it.\n----------\nA teal plane\n----------\n"
    subprocess.run(
        command,
        cwd=plan.root,
        env=plan.environ,
        input=brief.encode(),
        capture_output=True,
        timeout=60,
    )
    folders = sorted(
        (Path(plan.environ["HOME"]) / ".codex" / "generated_images").iterdir(), key=os.path.getmtime
    )
    return folders[-1].name


def digest(file: Path) -> str:
    return "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()


def inside(plan: Place, thread_id: str, *arguments: str) -> Ran:
    """Run assetgen as the agent of a thread does."""
    return plan.run(*arguments, CODEX_THREAD_ID=thread_id, CODEX_SANDBOX_NETWORK_DISABLED="1")
