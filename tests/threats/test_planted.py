"""Programs and modules in the project are never run instead of the real ones."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assetgen import gitenv
from tests.support.place import Place
from tests.support.rows import few

_MODULES = (
    "PIL",
    "msgspec",
    "tomli",
    "filelock",
    "git",
    "rich",
    "minijinja",
    "blitz_py",
    "openai",
    "json",
    "argparse",
)


def _plant(place: Place) -> Path:
    """Programs in the project that leave a trace when they run."""
    trace = place.root.parent / "TRACE"
    for name in _MODULES:
        place.write(
            f"{name}.py", f"open({str(trace)!r}, 'a').write({name!r})\nraise SystemExit(99)\n"
        )
    place.write(
        "msgspec/__init__.py", f"open({str(trace)!r}, 'a').write('package')\nraise SystemExit(99)\n"
    )
    for name in ("git", "git.exe", "git-add", "sh", "gpg"):
        place.write(name, f'#!/bin/sh\necho {name} >> "{trace}"\nexit 99\n').chmod(0o755)
    return trace


_SEARCHES = [".:PATH", ":PATH", "PATH:", "./:PATH", "bin:PATH", "PROJECT:PATH"]


@pytest.mark.parametrize("search", few(_SEARCHES, lambda it: it not in (":PATH", "./:PATH")))
def test_no_git_of_the_project_is_run_whatever_path_says(place: Place, search: str) -> None:
    place.covers("a")
    trace = _plant(place)
    os.symlink("..", place.root / "bin")
    real = place.environ["PATH"]
    path = search.replace("PATH", real).replace("PROJECT", str(place.root))
    place.ok("generate", PATH=path)
    place.run("check", "--staged", PATH=path)
    assert not trace.exists(), trace.read_text()
    assert place.git("log", "-1", "--format=%s") == "assetgen: a"


@pytest.mark.parametrize(
    "safe",
    [pytest.param(["-P"], id="-P", marks=pytest.mark.more), pytest.param([], id="plain")],
)
def test_no_module_of_the_project_is_imported(place: Place, safe: list[str]) -> None:
    place.covers("a")
    trace = _plant(place)
    for arguments in (
        ["check"],
        ["generate"],
        ["check"],
        ["check", "--staged"],
        ["plan"],
        ["show", "a"],
    ):
        command = [sys.executable, *safe, "-m", "assetgen", *arguments]
        ran = place._run(command, place.root, place.environ)
        assert ran.code in (0, 1, 2), ran.err
    assert not trace.exists(), trace.read_text()


def test_the_installed_command_imports_no_module_of_the_project(place: Place) -> None:
    place.covers("a")
    trace = _plant(place)
    command = Path(sys.executable).with_name("assetgen")
    assert place._run([str(command), "generate"], place.root, place.environ).code == 0
    assert not trace.exists(), trace.read_text()


def test_a_child_of_git_finds_nothing_in_the_current_folder() -> None:
    given = gitenv.scrubbed({"PATH": os.pathsep.join([".", "", "bin", "/usr/bin", "./x", "/bin"])})
    assert given["PATH"] == os.pathsep.join(["/usr/bin", "/bin"])
