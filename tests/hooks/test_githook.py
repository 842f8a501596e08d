"""init --hook: a plain pre-commit hook; ours is replaced, one of the user is not changed."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import pytest

from assetgen.errors import GitError
from assetgen.init import githook, sealed
from tests.support.hook_runners import Hooked
from tests.support.place import Place
from tests.support.tiny import tiny

HOOK = ".git/hooks/pre-commit"


@pytest.fixture
def project(pictured: Place) -> Hooked:
    return Hooked(pictured)


def install(project: Hooked, python: str = sys.executable) -> sealed.Done:
    return githook.init(project.place.root, project.environ, python)


def stopped(project: Hooked, **environ: str) -> str:
    """The error of git when an edited picture is committed; "" if the commit passes."""
    project.place.write("public/a.png", b"changed")
    ran = project.commit("-a", environ=environ)
    project.place.git("reset", "-q", "--hard")
    return ran.out + ran.err if ran.code else ""


def test_the_hook_is_written_once_and_is_executable(project: Hooked) -> None:
    assert install(project).written == [HOOK]
    assert os.access(project.place.root / HOOK, os.X_OK)
    assert install(project) == sealed.Done()
    assert "public/a.png: marking" in stopped(project)


def test_a_hook_of_an_earlier_version_is_replaced(project: Hooked) -> None:
    text = f"#!/bin/sh\n# as it was\n{githook._guard('')} || exit 0\n"
    project.place.write(
        HOOK, f"{text}# written by assetgen: sha256:{sealed.digest(text.encode())}\n"
    )
    assert install(project).written == [HOOK]
    assert b"as it was" not in project.place.read(HOOK)
    assert stopped(project)


@pytest.mark.parametrize("switch", ["variable", "--no-verify"])
def test_the_hook_can_be_switched_off(project: Hooked, switch: str) -> None:
    install(project)
    project.place.write("public/a.png", b"changed")
    given = {"ASSETGEN_SKIP": "1"} if switch == "variable" else {}
    assert project.commit("-a", *([switch] if not given else []), environ=given).code == 0


def test_a_branch_without_a_manifest_is_not_stopped(project: Hooked) -> None:
    install(project)
    project.place.git("rm", "-q", "-r", "assets.toml", ".assetgen/records")
    assert project.commit().code == 0


def test_an_interpreter_with_spaces_and_quotes_in_its_path_is_found(
    project: Hooked, tmp_path: Path
) -> None:
    folder = tmp_path / "it's my env"
    folder.mkdir()
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    install(project, str(python))
    assert "public/a.png: marking" in stopped(project)


def test_a_missing_interpreter_stops_the_commit_with_the_cure(project: Hooked) -> None:
    install(project, "/nowhere/bin/python")
    said = stopped(project)
    assert "/nowhere/bin/python, which checks the images of a commit, does not exist" in said
    top = '"$(git rev-parse --show-toplevel)"'
    assert project.cure(said) == f"assetgen init --hook -C {top}"


def test_a_hook_of_the_user_is_not_changed_and_the_printed_line_works_in_it(
    project: Hooked,
) -> None:
    theirs = b"#!/bin/sh\necho theirs\n"
    project.place.write(HOOK, theirs).chmod(0o755)
    ran = project.run("assetgen", "init", "--hook")
    assert project.place.read(HOOK) == theirs
    line = re.search(
        r"^left \.git/hooks/pre-commit as it is: it was not written by assetgen; (.*): (\[.*)$",
        ran.out,
        re.M,
    )
    assert line and line[1] == "add this line below its first line"
    project.place.write(HOOK, f"#!/bin/sh\n{line[2]}\necho theirs\n")
    assert "public/a.png: marking" in stopped(project)
    passed = project.commit("--allow-empty")
    assert passed.code == 0 and "theirs" in passed.out + passed.err
    assert install(project) == sealed.Done()


@pytest.mark.parametrize("manager", ["pre-commit", "prek", "lefthook"])
def test_a_hook_of_a_hook_manager_is_not_changed(project: Hooked, manager: str) -> None:
    project.place.write("lefthook.yml", "pre-commit: {}\n")
    project.place.write(".pre-commit-config.yaml", "repos: []\n")
    assert project.run(manager, "install").code == 0
    [why] = install(project).kept.values()
    assert why.startswith(f"it was written by {manager}; add ")


def test_a_link_is_left_alone(project: Hooked) -> None:
    (project.place.root / HOOK).parent.mkdir(exist_ok=True)
    (project.place.root / HOOK).symlink_to("../../hook.sh")
    [why] = install(project).kept.values()
    assert why.startswith("it is a link")
    assert not project.place.has("hook.sh")


@pytest.mark.more
def test_one_hook_checks_several_projects_of_a_repository(project: Hooked) -> None:
    install(project)
    inner = Place(project.place.root / "it's a site", project.place.root.parent / "home")
    tiny(inner, "b")
    for _ in range(2):  # a second time changes nothing
        assert githook.init(inner.root, project.environ).kept == {}
        assert githook.init(project.place.root, project.environ).kept == {}
    before = project.place.read(HOOK)
    assert githook.init(inner.root, project.environ) == sealed.Done()
    assert project.place.read(HOOK) == before
    project.place.git("add", "-A")
    assert project.commit().code == 0
    assert "public/a.png: marking" in stopped(project)
    inner.write("public/b.png", b"changed")
    ran = project.commit("-a")
    assert ran.code == 1 and "public/b.png: marking" in ran.out + ran.err
    project.place.git("rm", "-q", "-r", "-f", "assets.toml", ".assetgen/records", "it's a site")
    assert project.commit().code == 0  # a branch without manifests


@pytest.mark.parametrize(("path", "folder"), [(".husky/_", ".husky"), (".githooks", ".githooks")])
def test_a_committed_hook_names_no_path_of_this_machine(
    project: Hooked, path: str, folder: str
) -> None:
    project.place.git("config", "core.hooksPath", path)
    assert install(project).written == [f"{folder}/pre-commit"]
    text = project.place.read(f"{folder}/pre-commit").decode()
    assert str(Path(sys.executable).parent) not in text
    project.place.git("rm", "-q", "-r", "--cached", "-f", "--ignore-unmatch", folder)
    (project.place.root / folder / "pre-commit").unlink()
    assert f" {folder}/pre-commit\n" in project.place.ok("init", "--hook").out
    if path == folder:  # husky itself runs the other
        project.place.git("add", "-A")
        project.place.git("commit", "-q", "--no-verify", "-m", "hooks")
        assert "public/a.png: marking" in stopped(project)
        assert "assetgen, which checks" in stopped(project, PATH="/usr/bin:/bin")


def test_the_hook_is_where_git_looks_once_husky_is_installed(project: Hooked) -> None:
    project.place.write(".husky/commit-msg", b"true\n")
    assert install(project).written == [HOOK]  # no package installs husky
    project.place.write("package.json", b'{"devDependencies": {"husky": "^9"}}')
    assert install(project).written == [".husky/pre-commit"]


def test_a_committed_hook_finds_the_environment_in_the_repository(
    project: Hooked,
) -> None:
    scripts = project.place.root / ".venv/bin"
    scripts.mkdir(parents=True)
    (scripts / "assetgen").symlink_to(Path(sys.executable).with_name("assetgen"))
    project.place.write(".git/info/exclude", ".venv\n.githooks\n")
    project.place.git("config", "core.hooksPath", ".githooks")
    install(project, str(scripts / "python"))
    assert "public/a.png: marking" in stopped(project, PATH="/usr/bin:/bin")


def test_hooks_shared_with_other_repositories_are_not_changed(
    project: Hooked, tmp_path: Path
) -> None:
    everywhere = tmp_path / "everywhere"
    everywhere.mkdir()
    project.place.git("config", "core.hooksPath", str(everywhere))
    [why] = install(project).kept.values()
    assert why.startswith("it also runs for other repositories")
    assert list(everywhere.iterdir()) == []


def test_init_says_if_git_runs_no_hooks(project: Hooked) -> None:
    project.place.git("config", "core.hooksPath", "/dev/null")
    [why] = install(project).kept.values()
    assert "git config --unset core.hooksPath" in why


def test_without_a_repository_no_hook_is_written(bare: Place) -> None:
    with pytest.raises(GitError) as caught:
        githook.init(bare.root, bare.environ)
    assert str(caught.value.cure) == "git init && assetgen init --hook"


def test_init_prints_what_it_wrote_and_how_to_skip_the_hook(place: Place) -> None:
    ran = place.ok("init", "--hook")
    assert f"wrote {HOOK}\n" in ran.out
    assert (
        "to commit without the check: ASSETGEN_SKIP=1 git commit, or git commit --no-verify"
        in ran.out
    )
    assert place.ok("init", "--hook", "--json").data == {"written": [], "kept": {}}
