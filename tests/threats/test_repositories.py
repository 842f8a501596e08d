"""A repository inside the files of a clone is no repository: none of its settings is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.place import Place, Ran


@pytest.fixture
def trace(bare: Place) -> Path:
    return bare.root.parent / "TRACE"


def _trap(place: Place, trace: Path) -> str:
    """A program that leaves a trace when it runs."""
    trap = place.root.parent / "trap.sh"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> "{trace}"\ncat\n')
    trap.chmod(0o755)
    return str(trap)


def _settings(trap: str, worktree: str | None = ".") -> str:
    """The configuration of a repository that runs ``trap`` wherever git runs a program."""
    where = f"\tworktree = {worktree}\n" if worktree else ""
    return f"""[core]
\trepositoryformatversion = 0
\tbare = false
{where}\tfsmonitor = {trap}
\thooksPath = hooks
\tsshCommand = {trap}
\teditor = {trap}
\tpager = {trap}
[commit]
\tgpgSign = true
[gpg]
\tprogram = {trap}
[filter "x"]
\tclean = {trap}
\tsmudge = {trap}
\trequired = true
[diff "x"]
\tcommand = {trap}
\ttextconv = {trap}
[credential]
\thelper = {trap}
[include]
\tpath = more.config
"""


def _plant(place: Place, folder: str, settings: str, trap: str) -> None:
    """Files that look like a bare repository, as a clone can contain them."""
    place.write(f"{folder}/HEAD", "ref: refs/heads/main\n")
    place.write(f"{folder}/config", settings)
    place.write(f"{folder}/more.config", f"[core]\n\tfsmonitor = {trap}\n")
    place.write(f"{folder}/objects/info/.keep", "")
    place.write(f"{folder}/refs/heads/.keep", "")
    hook = place.write(f"{folder}/hooks/pre-commit", Path(trap).read_bytes())
    hook.chmod(0o755)


def _attributes(project: Place) -> None:
    project.write(".gitattributes", "* filter=x diff=x\n")


def _everything(project: Place) -> list[Ran]:
    ran = [project.run("generate")]
    project.run("generate", "--no-commit")
    for command in ("plan", "check", "doctor", "cost", "refs"):
        ran.append(project.run(command))
    ran.append(project.run("check", "--staged"))
    ran.append(project.run("check", "--staged"))  # the second time by the stored verdict
    ran.append(project.run("cost", "--history"))
    ran.append(project.run("init", "--hook"))
    return ran


@pytest.mark.parametrize("worktree", [".", "..", "/", None])
def test_a_project_that_looks_like_a_bare_repository_runs_nothing(
    place: Place, trace: Path, worktree: str | None
) -> None:
    trap = _trap(place, trace)
    project = Place(place.root / "site", place.root.parent / "home")
    project.covers("a")
    _attributes(project)
    _plant(place, "site", _settings(trap, worktree), trap)
    place.git("add", "-A", GIT_LITERAL_PATHSPECS="1")
    place.git("commit", "-qm", "a clone")
    first = _everything(project)[0]
    assert not trace.exists(), trace.read_text()
    assert (first.code, first.err) == (0, "")
    assert place.git("log", "-1", "--format=%s") == "assetgen: a"
    assert place.git("ls-tree", "-r", "--name-only", "HEAD", "site/public") == "site/public/a.png"
    assert project.run("check", "--staged").code == 0


def test_a_project_below_a_folder_that_looks_like_a_bare_repository_runs_nothing(
    place: Place, trace: Path
) -> None:
    trap = _trap(place, trace)
    project = Place(place.root / "evil/site", place.root.parent / "home")
    project.covers("a")
    _attributes(project)
    _plant(place, "evil", _settings(trap, "site"), trap)
    place.git("add", "-A")
    place.git("commit", "-qm", "a clone")
    first = _everything(project)[0]
    assert not trace.exists(), trace.read_text()
    assert (first.code, place.git("log", "-1", "--format=%s")) == (0, "assetgen: a")


def test_an_unpacked_archive_that_looks_like_a_bare_repository_runs_nothing(
    bare: Place, trace: Path
) -> None:
    trap = _trap(bare, trace)
    bare.covers("a")
    _attributes(bare)
    _plant(bare, ".", _settings(trap), trap)
    first = _everything(bare)[0]
    assert not trace.exists(), trace.read_text()
    assert (first.code, "not in a git repository" in first.out) == (0, True)


def test_a_gitdir_file_that_points_into_the_files_is_refused(bare: Place, trace: Path) -> None:
    trap = _trap(bare, trace)
    bare.covers("a")
    _attributes(bare)
    _plant(bare, "evil", _settings(trap, None), trap)
    bare.write(".git", "gitdir: ./evil\n")
    first = _everything(bare)[0]
    assert not trace.exists(), trace.read_text()
    assert (first.code, "points to a folder of the project" in first.err + first.out) == (10, True)


def test_a_gitdir_link_that_points_into_the_files_is_refused(bare: Place, trace: Path) -> None:
    trap = _trap(bare, trace)
    bare.covers("a")
    _attributes(bare)
    _plant(bare, "evil", _settings(trap, None), trap)
    (bare.root / ".git").symlink_to("evil")
    first = _everything(bare)[0]
    assert not trace.exists(), trace.read_text()
    assert (first.code, "points to a folder of the project" in first.err + first.out) == (10, True)


def test_a_repository_inside_an_output_folder_runs_nothing(place: Place, trace: Path) -> None:
    trap = _trap(place, trace)
    place.covers("a")
    _attributes(place)
    _plant(place, "public/evil", _settings(trap, None), trap)
    inner = Place(place.root / "public/inner", place.root.parent / "home").start()
    inner.git("config", "core.fsmonitor", trap)
    inner.git("config", "filter.x.clean", trap)
    inner.write("f.png", "x")
    inner.write(".gitattributes", "* filter=x\n")
    _everything(place)
    assert not trace.exists(), trace.read_text()


def test_the_settings_of_a_submodule_are_not_used_for_the_project(
    place: Place, trace: Path
) -> None:
    trap = _trap(place, trace)
    source = Place(place.root.parent / "source", place.root.parent / "home")
    source.write("f", "x")
    source.start()
    allowed = ("-c", "protocol.file.allow=always")
    place.git(*allowed, "submodule", "add", "-q", str(source.root), "sub")
    place.git("commit", "-qm", "submodule")
    sub = Place(place.root / "sub", place.root.parent / "home")
    for key in ("core.fsmonitor", "filter.x.clean", "diff.x.command", "gpg.program"):
        sub.git("config", key, trap)
    sub.write(".gitattributes", "* filter=x diff=x\n")
    sub.write("f", "changed")
    place.covers("a")
    first = _everything(place)[0]
    assert not trace.exists(), trace.read_text()
    assert (first.code, place.git("log", "-1", "--format=%s")) == (0, "assetgen: a")


# -- what the user has set up ----------------------------------------------------------------------


def test_a_filter_of_the_users_own_configuration_runs(place: Place, trace: Path) -> None:
    trap = _trap(place, trace)
    place.git("config", "--global", "filter.x.clean", trap)
    _attributes(place)
    place.covers("a")
    place.ok("generate")
    assert trace.exists()
    assert place.git("log", "-1", "--format=%s") == "assetgen: a"


def test_a_filter_of_the_configuration_of_the_clone_runs(place: Place, trace: Path) -> None:
    trap = _trap(place, trace)
    place.git("config", "filter.x.clean", trap)
    _attributes(place)
    place.covers("a")
    place.ok("generate")
    assert trace.exists()


def test_a_sparse_checkout_commits_and_checks(place: Place) -> None:
    place.write("other/f", "x")
    place.git("add", "-A")
    place.git("commit", "-qm", "other")
    place.git("sparse-checkout", "set", "public", ".assetgen")
    place.covers("a")
    place.ok("generate")
    place.git("add", "-A")
    place.ok("check", "--staged")
    assert place.git("log", "-1", "--format=%s") == "assetgen: a"


def test_a_repository_with_its_folder_elsewhere_commits(bare: Place) -> None:
    bare.covers("a")
    elsewhere = bare.root.parent / "elsewhere.git"
    bare.git("init", "-q", "-b", "main", f"--separate-git-dir={elsewhere}")
    bare.ok("generate")
    assert bare.git("log", "-1", "--format=%s") == "assetgen: a"


def test_a_project_behind_a_link_commits(place: Place) -> None:
    project = Place(place.root / "site", place.root.parent / "home")
    project.covers("a")
    linked = place.root.parent / "linked"
    linked.symlink_to(project.root)
    Place(linked, place.root.parent / "home").ok("generate")
    assert place.git("log", "-1", "--format=%s") == "assetgen: a"


def test_a_git_among_the_files_of_the_repository_is_not_run(place: Place, trace: Path) -> None:
    project = Place(place.root / "site", place.root.parent / "home")
    project.covers("a")
    planted = place.write("bin/git", f'#!/bin/sh\necho "$*" >> "{trace}"\n')
    planted.chmod(0o755)
    project.ok("generate", PATH=f"{planted.parent}:{project.environ['PATH']}")
    assert not trace.exists(), trace.read_text()
    assert place.git("log", "-1", "--format=%s") == "assetgen: a"
