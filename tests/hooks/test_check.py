"""assetgen-check: each finding stops a commit, which passes after the printed cure is run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.hook_breaks import BREAKS, Break
from tests.support.hook_runners import CHECK, LEFTHOOK, PLAIN, PRE_COMMIT, PREK, Hooked, Runner
from tests.support.place import Place
from tests.support.tiny import LAYOUT, tiny, want

#: The findings that other runners are tested with; make test-hooks tests pre-commit with all.
_MAIN = ("missing", "edited", "unrecorded")
_SHOWN = [(PRE_COMMIT if row.in_sight else PLAIN, name) for name, row in BREAKS.items()]
_SHOWN += [(one, name) for one in (PREK, LEFTHOOK, PLAIN) for name in _MAIN]
if os.environ.get("ASSETGEN_HOOKS") != "1":
    _SHOWN = [
        *((PRE_COMMIT, name) for name in ("dangling", "emit")),
        *((one, "missing") for one in (PREK, LEFTHOOK, PLAIN)),
    ]


def hooked(place: Place, runner: Runner = PLAIN) -> Hooked:
    """A project with pictures, and the check in place."""
    found = Hooked(place)
    runner.install(found, [CHECK])
    return found


@pytest.mark.parametrize(
    ("runner", "name"), _SHOWN, ids=[f"{runner.name}-{name}" for runner, name in _SHOWN]
)
def test_a_commit_is_stopped_and_passes_after_the_printed_cure(
    runner: Runner, name: str, pictured: Place
) -> None:
    broken: Break = BREAKS[name]
    project = hooked(pictured, runner)
    broken.how(pictured)
    head, index = pictured.git("rev-parse", "HEAD"), project.index()
    stopped = project.commit()
    said = stopped.out + stopped.err
    assert stopped.code != 0 and broken.said in said, said
    assert (pictured.git("rev-parse", "HEAD"), project.index()) == (head, index)
    assert project.cure(said).startswith(broken.cure)
    passed = project.commit("--allow-empty")  # some cures have committed everything
    for _ in range(broken.rounds - 1):
        assert passed.code != 0, "the table says that it takes another round"
        project.cure(passed.out + passed.err)
        passed = project.commit("--allow-empty")
    assert passed.code == 0, passed.out + passed.err
    assert project.run("assetgen", "check", "--staged").code == 0


@pytest.mark.parametrize(
    "runner", [PRE_COMMIT, PREK, LEFTHOOK, PLAIN], ids=lambda runner: runner.name
)
def test_a_correct_commit_passes(runner: Runner, pictured: Place) -> None:
    project = hooked(pictured, runner)
    want(pictured, "a", "b", "c")
    project.run("assetgen", "generate", "--no-commit")
    pictured.git("add", "-A")
    passed = project.commit()
    assert passed.code == 0, passed.out + passed.err


def test_a_stale_image_is_a_warning_and_does_not_stop_the_commit(pictured: Place) -> None:
    project = hooked(pictured)
    pictured.write("templates/tiny/plain.html", LAYOUT.replace("#fff", "#00f"))
    passed = project.commit("-a")
    assert passed.code == 0
    assert "stale" in passed.out + passed.err


# -- the ways of committing ------------------------------------------------------------------------


def edit(place: Place) -> None:
    place.write("public/a.png", place.read("public/a.png") + b"more")


def test_commit_a_is_checked(pictured: Place) -> None:
    project = hooked(pictured)
    edit(pictured)
    stopped = project.commit("-a")
    assert stopped.code == 1 and "public/a.png: edited" in stopped.out + stopped.err


def test_a_commit_of_some_paths_is_checked_for_those_paths(pictured: Place) -> None:
    project = hooked(pictured)
    pictured.write("notes.txt", "one\n")
    pictured.git("add", "notes.txt")
    edit(pictured)
    assert project.commit("--", "notes.txt").code == 0
    stopped = project.commit("--", "public/a.png")
    assert stopped.code == 1 and "public/a.png: edited" in stopped.out + stopped.err


def test_a_commit_of_some_hunks_is_checked_for_those_hunks(pictured: Place) -> None:
    project = hooked(pictured)
    pictured.write("notes.txt", "one\n")
    pictured.git("add", "notes.txt")
    pictured.git("commit", "-q", "--no-verify", "-m", "notes")
    pictured.write("notes.txt", "one\ntwo\n")
    edit(pictured)
    for answers, code in (
        (b"y\nn\n", 0),
        (b"y\n", 1),
    ):  # git asks about the picture last, because it is binary
        command = ["git", "commit", "-p", "-m", "some"]
        done = subprocess.run(
            command, cwd=pictured.root, env=project.environ, input=answers, capture_output=True
        )
        assert done.returncode == code, done.stdout.decode() + done.stderr.decode()
        pictured.git("add", "public/a.png")


def test_a_commit_from_a_subfolder_is_checked(pictured: Place) -> None:
    project = hooked(pictured)
    edit(pictured)
    assert project.commit("-a", cwd=pictured.root / "public").code == 1


def test_a_merge_commit_is_checked(pictured: Place) -> None:
    project = hooked(pictured)
    pictured.write("notes.txt", "one\n")
    pictured.git("add", "-A")
    pictured.git("commit", "-q", "--no-verify", "-m", "notes")
    for branch, text in (("other", "two\n"), ("main", "three\n")):
        pictured.git("checkout", "-q", *(["-b"] if branch == "other" else []), branch)
        pictured.write("notes.txt", text)
        pictured.git("commit", "-q", "--no-verify", "-am", branch)
    assert project.run("git", "merge", "other").code == 1
    pictured.write("notes.txt", "four\n")
    edit(pictured)
    pictured.git("add", "-A")
    assert project.commit().code == 1
    assert project.run("git", "checkout", "HEAD", "--", "public/a.png").code == 0
    assert project.commit().code == 0
    assert len(pictured.git("log", "-1", "--format=%P").split()) == 2


def test_a_linked_working_tree_is_checked_by_the_same_hook(pictured: Place, tmp_path: Path) -> None:
    project = hooked(pictured)
    linked = tmp_path / "linked tree"
    pictured.git("worktree", "add", "-q", "-b", "linked", str(linked))
    picture = linked / "public/a.png"
    whole = picture.read_bytes()
    picture.write_bytes(whole + b"more")
    stopped = project.commit("-a", cwd=linked)
    assert stopped.code == 1 and "public/a.png: edited" in stopped.out + stopped.err
    picture.write_bytes(whole)
    (linked / "notes.txt").write_text("one\n")
    assert project.run("git", "add", "-A", cwd=linked).code == 0
    assert project.commit(cwd=linked).code == 0


def test_a_project_in_a_subfolder_is_checked(bare: Place, tmp_path: Path) -> None:
    top = Place(tmp_path / "top", tmp_path / "home")
    inner = Place(top.root / "my site", tmp_path / "home")
    top.start()
    inner.write(".gitignore", ".assetgen/cache/\n")
    tiny(inner, "a", "b")
    project = Hooked(inner)
    PLAIN.install(project, [CHECK])
    assert os.access(top.root / ".git/hooks/pre-commit", os.X_OK)
    edit(inner)
    for options, folder in (
        ((), inner.root),
        (("-a",), top.root),
        (("-a",), inner.root / "public"),
    ):
        if not options:
            inner.git("add", "-A")
        stopped = project.commit(*options, cwd=folder)
        assert stopped.code == 1 and "public/a.png: edited" in stopped.out + stopped.err
    inner.git("checkout", "-q", "HEAD", "--", ".")
    assert project.commit("--allow-empty", cwd=top.root).code == 0
