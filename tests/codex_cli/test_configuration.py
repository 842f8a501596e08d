"""The configuration that Codex uses is judged in all its layers, and nothing is sent before."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.codex_backend import ASSET, Backend
from tests.support.codex_runs import codex_draws, fails, generate, inside
from tests.support.place import Place
from tests.support.provider import Provider

_PROVIDER = '[model_providers.{name}]\nname = "m"\nbase_url = "{url}"\nwire_api = "responses"\n'
_ELSEWHERE = {
    "provider": ('model_provider = "mine"\n' + _PROVIDER, "model_provider = 'mine'"),
    "base url": ('openai_base_url = "{url}"\n', "openai_base_url"),
    "chatgpt url": ('chatgpt_base_url = "{url}/backend-api"\n', "chatgpt_base_url"),
    "chatgpt look-alike": (
        'chatgpt_base_url = "https://chatgpt.com.example.org/backend-api"\n',
        "chatgpt_base_url",
    ),
}


def wrapped(plan: Place, tmp_path: Path, script: str) -> None:
    """Put a program named codex first on PATH; ``$REAL`` is the real one."""
    program = tmp_path / "wrapper" / "codex"
    program.parent.mkdir()
    real = shlex.quote(str(Path(os.environ["ASSETGEN_CODEX"]) / "codex"))
    program.write_text(f"#!/bin/sh\nexport REAL={real}\n{script}\n")
    program.chmod(0o755)
    plan.environ["PATH"] = f"{program.parent}{os.pathsep}{plan.environ['PATH']}"


def machine_wide(plan: Place, tmp_path: Path, name: str, text: str) -> None:
    """Let Codex, and only Codex, see a file of /etc/codex."""
    etc = tmp_path / "etc"
    shutil.copytree("/etc", etc, symlinks=True, ignore=shutil.ignore_patterns("shadow*", "ssl"))
    shutil.copytree(
        "/etc/ssl", etc / "ssl", symlinks=True, ignore=shutil.ignore_patterns("private")
    )
    (etc / "codex").mkdir()
    (etc / "codex" / name).write_text(text)
    mount = f'mount --bind {shlex.quote(str(etc))} /etc && exec "$REAL" "$@"'
    wrapped(plan, tmp_path, f'exec unshare --mount sh -c {shlex.quote(mount)} codex "$@"')


@pytest.mark.parametrize("file", ["config.toml", "managed_config.toml"])
@pytest.mark.parametrize("case", _ELSEWHERE)
def test_a_machine_wide_layer_that_sends_elsewhere_is_refused(
    plan: Place, backend: Backend, tmp_path: Path, case: str, file: str
) -> None:
    text, words = _ELSEWHERE[case]
    plan.manifest(ASSET)
    with Provider() as elsewhere:
        stated = text.format(name="mine", url=elsewhere.url)
        machine_wide(plan, tmp_path, file, stated)
        error = fails(plan)
        assert elsewhere.requests == []
    assert error.exit_code == 3 and f"configured with {words}" in error.what
    assert "nothing was sent" in error.what and f"/etc/codex/{file}" in error.where
    assert backend.requests == [] and not plan.has("public/plane.png")


def test_options_that_a_wrapper_adds_count_too(
    plan: Place, backend: Backend, tmp_path: Path
) -> None:
    wrapped(plan, tmp_path, 'exec "$REAL" -c openai_base_url=http://127.0.0.1:9/v1 "$@"')
    plan.manifest(ASSET)
    error = fails(plan)
    assert error.exit_code == 3 and "openai_base_url" in error.what
    assert backend.requests == []


def test_the_usual_address_may_be_written_down(plan: Place, tmp_path: Path) -> None:
    machine_wide(
        plan, tmp_path, "config.toml", 'chatgpt_base_url = "https://chatgpt.com/backend-api/"\n'
    )
    plan.manifest(ASSET)
    assert len(generate(plan).made) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("broken = [\n", "config.toml:1:11: unclosed array"),
        ('model_provider = "nonesuch"\n', "`nonesuch` not found"),
        ("model_provider = 3\n", "invalid type: integer"),
    ],
    ids=["syntax", "provider", "type"],
)
@pytest.mark.parametrize("layer", ["machine", "user"])
def test_a_configuration_that_codex_refuses_is_reported_as_such(
    plan: Place, backend: Backend, tmp_path: Path, layer: str, text: str, words: str
) -> None:
    if layer == "machine":
        machine_wide(plan, tmp_path, "config.toml", text)
    else:
        (Path(plan.environ["HOME"]) / ".codex" / "config.toml").write_text(text)
    plan.manifest(ASSET)
    error = fails(plan)
    assert error.exit_code == 5 and "Codex refuses its configuration: " in error.what
    assert words in error.what and "nothing was sent" in error.what
    assert "codex doctor" in str(error.cure)
    assert backend.requests == []


def test_the_image_of_a_thread_on_another_layer_is_not_on_the_plan(
    plan: Place, backend: Backend, tmp_path: Path
) -> None:
    plan.manifest(ASSET)
    thread_id = codex_draws(plan)
    machine_wide(plan, tmp_path, "config.toml", 'openai_base_url = "http://127.0.0.1:9/v1"\n')
    ran = inside(plan, thread_id, "adopt", "plane")
    assert ran.code == 0, ran.err
    route: dict[str, Any] = plan.record("plane")["route"]
    assert (route["owner"], route["surface"]) == ("codex", None)


def test_a_relative_codex_home_is_refused(plan: Place, backend: Backend) -> None:
    plan.environ["CODEX_HOME"] = "codex-home"
    plan.manifest(ASSET)
    error = fails(plan)
    assert error.exit_code == 5 and "CODEX_HOME is not an absolute path" in error.what
    assert backend.requests == []


def test_the_image_of_a_thread_of_another_provider_is_not_on_the_plan(
    plan: Place, backend: Backend
) -> None:
    plan.manifest(ASSET)
    thread_id = codex_draws(plan)
    sessions = Path(plan.environ["HOME"]) / ".codex" / "sessions"
    [log] = sessions.glob(f"*/*/*/rollout-*-{thread_id}.jsonl")
    stated = log.read_bytes()
    changed = stated.replace(b'"model_provider":"openai"', b'"model_provider":"mine"')
    assert changed != stated
    log.write_bytes(changed)
    ran = inside(plan, thread_id, "adopt", "plane")
    assert ran.code == 0, ran.err
    assert plan.record("plane")["route"]["surface"] is None
