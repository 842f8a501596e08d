"""The programs that run hooks, each set up in a project with the hooks of this repository."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support import forks
from tests.support.place import Place, Ran

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}
DEFAULTS = {name: spec["default"] for name, spec in ACTION["inputs"].items()}
CHECK, FREE = "assetgen-check", "assetgen-generate-free"


def offered() -> dict[str, dict[str, Any]]:
    """The hooks of .pre-commit-hooks.yaml by their ids."""
    return {
        hook["id"]: hook
        for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    }


def documented(first_line: str) -> dict[str, Any]:
    """The YAML of docs/hooks.md that begins with a line."""
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/hooks.md").read_text("utf-8"), re.S)
    [text] = [block for block in blocks if block.startswith(first_line + "\n")]
    known: dict[str, Any] = yaml.safe_load(text)
    return known


class Hooked:
    """A project whose commits are checked by hooks; PATH contains assetgen."""

    def __init__(self, place: Place) -> None:
        self.place = place
        scripts = f"{forks.programs()}{os.pathsep}{os.path.dirname(sys.executable)}"
        self.environ = {
            **place.environ,
            "PATH": f"{scripts}{os.pathsep}{place.environ['PATH']}",
            "PRE_COMMIT_HOME": str(place.root.parent / "pre-commit"),
            "PREK_HOME": str(place.root.parent / "prek"),
        }
        # Warnings of assetgen are errors; those of the runners are not.
        del self.environ["PYTHONWARNINGS"]

    def run(
        self, *command: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> Ran:
        return self.place._run(
            list(command), cwd or self.place.root, {**self.environ, **(environ or {})}
        )

    def commit(
        self, *options: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> Ran:
        return self.run("git", "commit", "-m", "a change", *options, cwd=cwd, environ=environ)

    def cure(self, said: str) -> str:
        """The first cure that a hook printed, run unchanged; returns the command."""
        found = re.search(r"^\s+cure: (.+)$", said, re.M)
        assert found, said
        ran = self.run("sh", "-c", found[1])
        assert ran.code == 0, f"{found[1]}\n{ran.out}{ran.err}"
        return found[1]

    def index(self) -> str:
        return self.place.git("ls-files", "-s")

    def settled(self, path: str, text: str) -> None:
        """A file of the runner's own, committed."""
        self.place.write(path, text)
        self.place.git("add", "--", path)
        self.place.git("commit", "-q", "--no-verify", "-m", path, "--", path)


@dataclass(frozen=True)
class Runner:
    """A program that runs hooks; ``install`` sets it up for the hooks of some ids."""

    name: str
    install: Callable[[Hooked, Sequence[str]], None]


def _configured(hooked: Hooked, ids: Sequence[str]) -> None:
    hooks = [{**offered()[one], "language": "system"} for one in ids]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    hooked.settled(".pre-commit-config.yaml", yaml.safe_dump(config))


def _pre_commit(hooked: Hooked, ids: Sequence[str]) -> None:
    _configured(hooked, ids)
    assert hooked.run("pre-commit", "install").code == 0


def _prek(hooked: Hooked, ids: Sequence[str]) -> None:
    _configured(hooked, ids)
    assert hooked.run("prek", "install").code == 0


def _lefthook(hooked: Hooked, ids: Sequence[str]) -> None:
    known = documented("pre-commit:")["pre-commit"]
    jobs = [job for job in known["jobs"] if job["name"] in ids]
    assert len(jobs) == len(ids)
    hooked.settled("lefthook.yml", yaml.safe_dump({"pre-commit": {**known, "jobs": jobs}}))
    assert hooked.run("lefthook", "install").code == 0


def _plain(hooked: Hooked, ids: Sequence[str]) -> None:
    assert list(ids) == [CHECK]
    ran = hooked.run("assetgen", "init", "--hook")
    assert ran.code == 0, ran.err
    hooked.place.git("add", "-A")
    hooked.place.git("commit", "-q", "--no-verify", "-m", "init")


PRE_COMMIT, PREK, LEFTHOOK = (
    Runner("pre-commit", _pre_commit),
    Runner("prek", _prek),
    Runner("lefthook", _lefthook),
)
PLAIN = Runner("init --hook", _plain)


def step(project: Hooked, name: str, environ: dict[str, str], **inputs: str) -> Ran:
    """One step by bash, as a runner starts it; ``environ`` has the results of earlier steps."""
    known = STEPS[name]
    given = {**DEFAULTS, **{key.replace("_", "-"): value for key, value in inputs.items()}}

    def filled(text: str) -> str:
        found = re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: given[match[1]], text)
        return found.replace("${{ steps.python.outputs.python-path }}", sys.executable)

    variables = {key: filled(value) for key, value in known["env"].items()}
    stated = known.get("working-directory", ".")
    stated = stated.replace("${{ runner.temp }}", environ.get("RUNNER_TEMP", ""))
    folder = project.place.root / filled(stated)
    script = project.place.root.parent / "step.sh"
    script.write_text(known["run"])
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
    return project.place._run(command, folder, {**project.environ, **environ, **variables})
