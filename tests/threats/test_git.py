"""Git runs no program that the repository names, and works only in the project."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.place import Place, Ran


def _script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def _trap(place: Place) -> tuple[Path, Path]:
    """A program that leaves a trace when it runs, and the trace."""
    trace = place.root.parent / "TRACE"
    return _script(place.root.parent / "trap.sh", f'echo "$0 $*" >> "{trace}"; cat'), trace


# -- programs --------------------------------------------------------------------------------------


def test_no_program_of_the_repositorys_configuration_is_run(place: Place) -> None:
    trap, trace = _trap(place)
    for key in (
        *(
            "core.fsmonitor",
            "core.pager",
            "core.editor",
            "core.sshCommand",
            "core.askPass",
            "core.gitProxy",
        ),
        *(
            "diff.external",
            "diff.x.textconv",
            "diff.x.command",
            "merge.x.driver",
            "sequence.editor",
        ),
        *(
            "interactive.diffFilter",
            "pager.status",
            "trailer.x.command",
            "filter.other.clean",
            "uploadpack.packObjectsHook",
        ),
    ):
        place.git("config", key, str(trap))
    for name in ("commit", "add", "status", "ls-files", "rev-parse", "check-ignore"):
        place.git("config", f"alias.{name}", f"!{trap}")
    place.write(".gitattributes", "*.png diff=x merge=x\n*.json diff=x merge=x\n")
    place.covers("a")
    place.ok("generate")
    place.ok("check")
    for command in ("check", "plan", "show"):
        place.run(command, *(["--staged"] if command == "check" else ["a"]))
    assert not trace.exists(), trace.read_text()
    assert place.git("log", "-1", "--format=%s", GIT_CONFIG_COUNT="0") == "assetgen: a"


_HOOKS = (
    "pre-commit prepare-commit-msg commit-msg post-commit reference-transaction "
    "post-index-change pre-auto-gc"
)


@pytest.mark.parametrize("folder", [".git/hooks", "hooks"])
def test_no_hook_of_the_repository_is_run(place: Place, folder: str) -> None:
    _, trace = _trap(place)
    for hook in _HOOKS.split():
        _script(place.root / folder / hook, f"echo {hook} >> {trace}")
    place.git("config", "core.hooksPath", str(place.root / folder))
    trace.unlink(missing_ok=True)
    place.covers("a")
    place.ok("generate")
    assert not trace.exists(), trace.read_text()


def test_a_failing_filter_is_reported_and_the_index_is_unchanged(place: Place) -> None:
    place.write(".gitattributes", "*.png filter=x\n")
    place.git("add", "-A")
    place.git("commit", "-qm", "filter")
    place.git("config", "filter.x.clean", "false")
    place.git("config", "filter.x.required", "true")
    place.covers("a")
    ran = place.run("generate")
    assert (ran.code, "failed" in ran.err + ran.out) == (10, True)
    assert place.git("diff", "--cached", "--name-only") == ""
    assert place.git("ls-files", "public", ".assetgen") == ""
    place.ok("check")


# -- the environment -------------------------------------------------------------------------------


def test_the_environment_does_not_redirect_git(place: Place) -> None:
    other = Place(place.root.parent / "other", place.root.parent / "home").start()
    before = other.git("rev-parse", "HEAD")
    place.covers("a")
    place.ok(
        "generate",
        GIT_DIR=str(other.root / ".git"),
        GIT_WORK_TREE=str(other.root),
        GIT_COMMON_DIR=str(other.root / ".git"),
        GIT_OBJECT_DIRECTORY=str(other.root / ".git/objects"),
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0="core.worktree",
        GIT_CONFIG_VALUE_0=str(other.root),
        GIT_CONFIG_PARAMETERS=f"'core.worktree={other.root}'",
        GIT_CONFIG_GLOBAL=str(other.write("config", "[user]\nname = Eve\n")),
        GIT_CEILING_DIRECTORIES=str(place.root.parent),
        GIT_NAMESPACE="x",
        GIT_LITERAL_PATHSPECS="0",
        GIT_GLOB_PATHSPECS="1",
        GIT_TRACE=str(place.root.parent / "trace"),
        GIT_EXTERNAL_DIFF="false",
        GIT_EDITOR="false",
    )
    assert other.git("rev-parse", "HEAD") == before
    assert other.git("status", "--porcelain") == "?? config"
    assert place.git("log", "-1", "--format=%s") == "assetgen: a"
    assert not (place.root.parent / "trace").exists()


# -- in the middle of something --------------------------------------------------------------------


def _diverge(place: Place) -> None:
    place.write("f", "one")
    place.git("add", "-A")
    place.git("commit", "-qm", "one")
    place.git("checkout", "-qb", "side")
    place.write("f", "side")
    place.git("commit", "-qam", "side")
    place.git("checkout", "-q", "main")
    place.write("f", "main")
    place.git("commit", "-qam", "main")


def _attempt(place: Place, *arguments: str) -> None:
    """Run a git command that stops half-way."""
    place._run(["git", *arguments], place.root, place.environ)


_MIDDLES: dict[str, Callable[[Place], None]] = {
    "a merge": lambda place: _attempt(place, "merge", "side"),
    "a rebase": lambda place: _attempt(place, "rebase", "side"),
    "a cherry-pick": lambda place: _attempt(place, "cherry-pick", "side"),
    "a revert": lambda place: _attempt(place, "revert", "--no-edit", "HEAD~1"),
    "a bisect": lambda place: _attempt(place, "bisect", "start", "HEAD", "HEAD~1"),
}


@pytest.mark.parametrize("middle", _MIDDLES)
def test_nothing_is_committed_in_the_middle_of_something(place: Place, middle: str) -> None:
    _diverge(place)
    _MIDDLES[middle](place)
    place.covers("a")
    head, status = place.git("rev-parse", "HEAD"), place.git("status", "--porcelain", "--", "f")
    ran = place.run("generate")
    assert (ran.code, middle in ran.out + ran.err) == (10, True)
    assert place.git("rev-parse", "HEAD") == head
    assert place.git("status", "--porcelain", "--", "f") == status
    place.ok("check")


@pytest.mark.parametrize(
    "how", [["-a"], ["notes.txt"], []], ids=["commit -a", "commit PATH", "commit"]
)
def test_generate_inside_a_hook_draws_and_leaves_the_running_commit_alone(
    place: Place, how: list[str]
) -> None:
    place.write("notes.txt", "one")
    place.git("add", "-A")
    place.git("commit", "-qm", "notes")
    _script(
        place.root / ".git/hooks/pre-commit",
        f"{sys.executable} -P -m assetgen generate > ../said 2>&1; true",
    )
    place.covers("a")
    place.write("notes.txt", "two")
    if not how:
        place.git("add", "notes.txt")
    place.git("commit", "-qm", "mine", *how)
    assert place.git("show", "--name-only", "--format=%s", "HEAD") == "mine\n\nnotes.txt"
    assert place.git("log", "--format=%s").split("\n") == ["mine", "notes", "start"]
    assert "inside a git hook" in (place.root.parent / "said").read_text()
    assert place.has("public/a.png")
    assert place.git("fsck", "--strict", "--no-dangling") == ""


# -- where the project is --------------------------------------------------------------------------


def _assert_committed(place: Place, ran: Ran) -> None:
    assert ran.code == 0, ran.out + ran.err
    names = place.git("show", "--name-only", "--format=", "--relative", "HEAD").split("\n")
    assert names == [".assetgen/records/a.json", "public/a.png"]
    assert place.git("status", "--porcelain", "--", "public", ".assetgen") == ""


def test_on_a_branch_without_a_commit_the_pictures_are_the_first(bare: Place) -> None:
    bare.git("init", "-q", "-b", "main")
    bare.covers("a")
    _assert_committed(bare, bare.run("generate"))


def test_on_no_branch_the_pictures_are_committed_where_head_is(place: Place) -> None:
    place.git("checkout", "-q", "--detach")
    place.covers("a")
    _assert_committed(place, place.run("generate"))


def test_a_linked_work_tree_gets_its_own_commit(place: Place) -> None:
    tree = Place(place.root.parent / "tree", place.root.parent / "home")
    tree.root.rmdir()
    place.git("worktree", "add", "-q", str(tree.root))
    tree.covers("a")
    _assert_committed(tree, tree.run("generate"))
    assert place.git("log", "--format=%s") == "start"


def test_a_project_in_a_folder_of_the_repository_commits_and_checks_its_own(place: Place) -> None:
    project = Place(place.root / "sites/web", place.root.parent / "home")
    place.write("assets.toml", "not toml [")
    place.write("public/a.png", b"somebody else's")
    project.covers("a")
    project.git("add", "assets.toml")
    project.git("commit", "-qm", "manifest")
    _assert_committed(project, project.run("generate"))
    project.ok("check", "--staged")
    (project.root / "public/a.png").write_bytes(b"edited")
    project.git("add", "-A", ".")
    assert project.run("check", "--staged").code == 1
    assert place.read("public/a.png") == b"somebody else's"


def test_a_submodule_commits_to_itself_only(place: Place) -> None:
    source = Place(place.root.parent / "source", place.root.parent / "home").start()
    place.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(source.root), "sub")
    place.git("commit", "-qm", "submodule")
    project = Place(place.root / "sub", place.root.parent / "home")
    project.covers("a")
    _assert_committed(project, project.run("generate"))
    assert place.git("log", "-1", "--format=%s") == "submodule"


def test_an_output_folder_that_is_a_submodule_is_reported(place: Place) -> None:
    source = Place(place.root.parent / "source", place.root.parent / "home").start()
    place.git(
        "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(source.root), "public"
    )
    place.git("commit", "-qm", "submodule")
    place.covers("a")
    ran = place.run("generate")
    assert (ran.code, "a git repository of its own" in ran.err + ran.out) == (9, True), (
        ran.out + ran.err
    )


@pytest.mark.parametrize("worktree", ["bare", "elsewhere"])
def test_a_repository_without_this_work_tree_is_reported(place: Place, worktree: str) -> None:
    place.covers("a")
    if worktree == "bare":
        place.git("config", "core.bare", "true")
    else:
        (place.root.parent / "elsewhere").mkdir()
        place.git("config", "core.worktree", str(place.root.parent / "elsewhere"))
    ran = place.run("generate")
    assert (ran.code, "not in a working tree" in ran.err + ran.out) == (10, True)
    assert list(place.root.parent.glob("elsewhere/*")) == []
    assert place.run("check", "--staged").code == 10


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root can give a folder to another user",
)
def test_a_repository_of_another_user_is_reported_and_not_used(place: Place) -> None:
    place.covers("a")
    for path in (place.root, place.root / ".git"):
        os.chown(path, 12345, 12345)
    ran = place.run("generate")
    assert (ran.code, "does not trust this folder" in ran.err + ran.out) == (10, True)


@pytest.mark.parametrize("rule", ["public/", "*.png", ".assetgen/", "/public/a.png"])
def test_an_ignored_image_is_reported_before_the_index_changes(place: Place, rule: str) -> None:
    place.write(".gitignore", rule + "\n")
    place.git("add", "-A")
    place.git("commit", "-qm", "ignore")
    place.covers("a")
    ran = place.run("generate")
    assert (ran.code, "ignored by .gitignore" in ran.err + ran.out) == (10, True)
    assert place.git("status", "--porcelain", "--", "public/a.png", ".assetgen/records") in (
        "",
        "?? .assetgen/records/",
        "?? public/a.png",
        "?? public/",
    )


def test_names_that_look_like_options_or_patterns_are_left_alone(place: Place) -> None:
    for name in ("--all", "-A", ":(top)x", "*.png", "[a]", "public/*.png", "public/-x"):
        place.write(name, "mine")
    place.covers("a")
    before = place.git("status", "--porcelain")
    place.ok("generate")
    assert place.git("show", "--name-only", "--format=") == ".assetgen/records/a.json\npublic/a.png"
    assert (
        place.git("status", "--porcelain", "-uall").count("??") == before.count("??") + 1
    )  # public/ is now unfolded


def test_the_command_for_a_left_lock_names_that_of_the_linked_work_tree(place: Place) -> None:
    tree = Place(place.root.parent / "tree it's", place.root.parent / "home")
    tree.root.rmdir()
    place.git("worktree", "add", "-q", "-b", "side", str(tree.root))
    project = Place(tree.root / "site", place.root.parent / "home")
    project.covers("a")
    lock = Path(project.git("rev-parse", "--path-format=absolute", "--git-path", "index.lock"))
    lock.write_text("")
    ran = project.run("generate")
    assert (ran.code, "if none runs: " in ran.out) == (10, True), ran.out
    command = ran.out.partition("if none runs: ")[2].splitlines()[0]
    assert project._run(["sh", "-c", command], project.root, project.environ).code == 0
    assert not lock.exists()
    project.ok("generate")
