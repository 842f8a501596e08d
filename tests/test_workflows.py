"""The workflows run the commands of the README, on the versions that the package declares."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import assetgen

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = {path.stem: path for path in sorted((ROOT / ".github/workflows").glob("*.yml"))}
PINNED = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def jobs(name: str) -> dict[str, Any]:
    """The jobs of a workflow by their ids."""
    known: dict[str, Any] = yaml.safe_load(WORKFLOWS[name].read_text("utf-8"))["jobs"]
    return known


def step(name: str, job: str, title: str) -> dict[str, Any]:
    """The one step of a job with this title."""
    [found] = [one for one in jobs(name)[job]["steps"] if one.get("name") == title]
    known: dict[str, Any] = found
    return known


def scripts() -> Iterator[tuple[str, str]]:
    """Every script of every workflow, with the name of its job."""
    for name in WORKFLOWS:
        for job, known in jobs(name).items():
            for one in known.get("steps", ()):
                if "run" in one:
                    yield f"{name}/{job}", one["run"]


def bash(script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does, with this interpreter and its commands first on PATH."""
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    given = {**os.environ, **own, **environ}
    return subprocess.run(
        command, cwd=folder, env=given, capture_output=True, text=True, timeout=120
    )


def test_the_commands_of_the_readme_are_steps_of_a_workflow() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    [block] = [one for one in re.findall(r"```sh\n(.*?)```", readme, re.S) if "make demo" in one]
    commands = [line.partition("#")[0].strip() for line in block.splitlines()]
    assert commands == ["make demo", "make test"]
    steps = [one["run"] for one in jobs("ci")["unix"]["steps"] if "run" in one]
    assert steps == [*commands, "make test-more", "make lint types"]


def test_the_versions_of_python_are_those_of_the_classifiers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    prefix = "Programming Language :: Python :: 3."
    declared = [
        f"3.{c.removeprefix(prefix)}" for c in project["classifiers"] if c.startswith(prefix)
    ]
    assert project["requires-python"] == f">={declared[0]}"
    for job in ("unix", "windows"):
        assert jobs("ci")[job]["strategy"]["matrix"]["python"] == declared


def test_an_untested_job_is_marked_and_blocks_nothing() -> None:
    unix, windows = jobs("ci")["unix"], jobs("ci")["windows"]
    assert unix["strategy"]["matrix"]["os"] == ["ubuntu-latest", "macos-latest"]
    assert unix["continue-on-error"] == (
        "${{ matrix.os != 'ubuntu-latest' || matrix.python == '3.14' }}"
    )
    assert windows["continue-on-error"] is True
    text = WORKFLOWS["ci"].read_text("utf-8")
    assert len(re.findall(r"# No one has seen .*\n +continue-on-error: ", text)) == 2


def test_every_make_target_of_a_workflow_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = {
        target
        for _, script in scripts()
        for line in script.splitlines()
        if line.startswith("make ")
        for target in line.split()[1:]
    }
    assert named
    assert named <= targets


@pytest.mark.parametrize(
    "path",
    [*WORKFLOWS.values(), ROOT / "action.yml", ROOT / "comment/action.yml"],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    lines = [line.strip(" -") for line in path.read_text("utf-8").splitlines()]
    foreign = [line for line in lines if re.match(r"uses: (?!\./)", line)]
    assert foreign
    assert [line for line in foreign if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_secret_and_only_publishing_may_write(name: str) -> None:
    text = WORKFLOWS[name].read_text("utf-8")
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert "secrets." not in text
    granted = {
        job: known["permissions"] for job, known in jobs(name).items() if "permissions" in known
    }
    publishing = {"publish": {"attestations": "write", "id-token": "write"}}
    assert granted == (publishing if name == "release" else {})


def test_no_value_of_the_event_is_pasted_into_a_script() -> None:
    assert [job for job, script in scripts() if "${{" in script] == []


def test_only_checked_files_of_a_tested_commit_are_published() -> None:
    known = jobs("release")
    assert known["test"]["uses"] == "./.github/workflows/ci.yml"
    assert set(known["publish"]["needs"]) == {"test", "check"}
    assert known["check"]["needs"] == "build"
    assert known["publish"]["environment"] == "pypi"
    assert [one for one in known["publish"]["steps"] if "run" in one] == []


def test_the_release_is_built_and_its_tag_has_to_be_the_version(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    made = (".git", ".venv", "build", "dist", "cache", "node_modules", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*made, ".hypothesis"))
    built = bash(step("release", "build", "build the sdist and the wheel")["run"], copy)
    assert built.returncode == 0, built.stderr
    name = f"repo_assetgen-{assetgen.__version__}"
    with tarfile.open(copy / f"dist/{name}.tar.gz") as sdist:
        assert {f"{name}/.github/workflows/ci.yml", f"{name}/SECURITY.md"} <= set(sdist.getnames())
    compare = step("release", "build", "compare the tag with the version that was built")["run"]
    same = bash(compare, copy, TAG=f"v{assetgen.__version__}")
    assert (same.returncode, same.stdout) == (0, "")
    other = bash(compare, copy, TAG="v99.0.0")
    assert other.returncode == 1
    assert f"::error::tag v99.0.0 does not match the version: dist/{name}" in other.stdout


def test_the_new_project_of_the_windows_job_is_made_from_init_to_check(tmp_path: Path) -> None:
    known = step("ci", "windows", "make the images of a new project")
    ran = bash(known["run"], tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "scratch/public/img/welcome.png").is_file()
