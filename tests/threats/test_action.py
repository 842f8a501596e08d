"""The GitHub Action imports nothing from the checkout that it looks at."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.place import Place

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the paths of the runner are POSIX here")
_ACTION = Path(__file__).resolve().parents[2] / "action.yml"
# Modules that Python, venv, pip and assetgen import, and names that Python looks for by itself.
_SHADOWED = [
    "venv",
    "pip",
    "ensurepip",
    "json",
    "re",
    "os",
    "pathlib",
    "subprocess",
    "assetgen",
    "msgspec",
    "sitecustomize",
    "usercustomize",
]


def _step(title: str) -> dict[str, Any]:
    steps = yaml.safe_load(_ACTION.read_text("utf-8"))["runs"]["steps"]
    [found] = [one for one in steps if one.get("name") == title]
    known: dict[str, Any] = found
    return known


@pytest.fixture
def checkout(place: Place) -> Place:
    """A repository with a module for each of those names, which leaves a trace when imported."""
    trace = place.root.parent / "TRACE"
    body = f"open({str(trace)!r}, 'a').write(__file__ + '\\n')\n"
    for name in _SHADOWED:
        place.write(f"{name}.py", body)
        place.write(f"src/{name}/__init__.py", body)
        place.write(f"src/{name}/__main__.py", body)
    place.covers("a")
    place.ok("generate")
    return place


def _run(checkout: Place, title: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does, in a job whose environment points Python at the checkout."""
    step, temp = _step(title), checkout.root.parent / "temp"
    temp.mkdir(exist_ok=True)
    folder = step.get("working-directory", str(checkout.root))
    folder = folder.replace("${{ runner.temp }}", str(temp))
    folder = folder.replace("${{ inputs.working-directory }}", str(checkout.root))
    environ = {
        **checkout.environ,
        "GITHUB_WORKSPACE": str(checkout.root),
        "GITHUB_ACTION_PATH": str(_ACTION.parent),
        "GITHUB_ENV": str(temp / "env"),
        "RUNNER_TEMP": str(temp),
        "PYTHONPATH": f"{checkout.root}:{checkout.root}/src",
        "PYTHONSTARTUP": str(checkout.root / "json.py"),
        "PIP_NO_INDEX": "1",
        **given,
    }
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=180
    )


def _wheel(folder: Path) -> Path:
    """A package of one module, which pip installs without a network."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny-1.0-py3-none-any.whl"
    files = {
        "tiny.py": b"",
        "tiny-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": (
            b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    rows = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()[:-1]},"
        f"{len(data)}"
        for name, data in files.items()
    ]
    rows.append("tiny-1.0.dist-info/RECORD,,")
    files["tiny-1.0.dist-info/RECORD"] = "\n".join(rows).encode()
    with zipfile.ZipFile(path, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
    return path


def _trace(checkout: Place) -> str:
    trace = checkout.root.parent / "TRACE"
    return trace.read_text() if trace.exists() else ""


@pytest.mark.more  # pip alone takes seconds; the last test here reads the same commands
@pytest.mark.parametrize("is_absolute", [False, True], ids=["a path in the checkout", "absolute"])
def test_the_install_step_imports_nothing_from_the_checkout(
    checkout: Place, is_absolute: bool
) -> None:
    wheel = _wheel(checkout.root / "wheels")
    wanted = str(wheel) if is_absolute else f"./{wheel.relative_to(checkout.root)}"
    ran = _run(checkout, "install assetgen", PYTHON=sys.executable, WANTED=wanted)
    assert (ran.returncode, ran.stderr, _trace(checkout)) == (0, "", "")
    python = (checkout.root.parent / "temp/env").read_text().partition("=")[2].strip()
    subprocess.run([python, "-I", "-c", "import tiny"], check=True)


@pytest.mark.parametrize("is_clean", [True, False], ids=["clean", "with a finding"])
def test_the_check_step_imports_nothing_from_the_checkout(checkout: Place, is_clean: bool) -> None:
    if not is_clean:
        checkout.write("public/a.png", b"edited")
    ran = _run(checkout, "assetgen check", ASSETGEN_PYTHON=sys.executable, RELEASE="true")
    assert (ran.returncode, _trace(checkout)) == (0 if is_clean else 1, ""), ran.stderr
    assert ("::error" in ran.stdout) is not is_clean


def test_no_step_of_the_action_runs_python_with_the_folder_or_the_environment_of_the_job() -> None:
    lines = [
        line.strip()
        for step in yaml.safe_load(_ACTION.read_text("utf-8"))["runs"]["steps"]
        for line in step.get("run", "").splitlines()
        if " -m " in line
    ]
    assert lines and all('python" -i -m' in line.lower() for line in lines)
