"""What git refuses to commit is one message, with a command that works there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.plan.workspace import open_workspace
from tests.support.branches import findings, runs
from tests.support.place import Place
from tests.support.tiny import tiny, want


def _refused(place: Place) -> None:
    """A run that git refuses for line ends; the printed command settles it."""
    error = performer.generate(place.root, Options(), place.environ).uncommitted
    assert error is not None and "git would change the line ends of" in error.what
    assert "stderr" not in error.what and error.where is not None
    assert place.has(error.where)
    runs(place, error.cure or "false")
    assert place.git("status", "--porcelain", "--", "public", ".assetgen", "src") == ""
    assert not findings(place)


@pytest.mark.parametrize("below", ["", "sites/a b"])
def test_a_record_whose_line_ends_git_would_change(place: Place, below: str) -> None:
    place.git("config", "core.safecrlf", "true")
    place.write(".gitattributes", "*.json text eol=crlf")
    project = Place(place.root / below, Path(place.environ["HOME"]))
    project.covers("a")
    _refused(project)


def test_a_typed_module_whose_line_ends_git_would_change(place: Place) -> None:
    place.git("config", "core.safecrlf", "true")
    place.git("config", "core.autocrlf", "true")
    place.write(".gitattributes", ".assetgen/records/** text eol=lf\n")
    place.covers("a")
    text = place.read("assets.toml").decode()
    place.manifest('[project]\nemit = "src/assets.ts"\n' + text)
    _refused(place)


def test_a_new_variant_outside_a_sparse_checkout_is_committed(place: Place) -> None:
    tiny(place, "a")
    place.git("add", "-A")
    place.git("commit", "-qm", "the rest")
    place.git("sparse-checkout", "set", "--no-cone", "/*", "!/public/")
    want(place, "a", a="variants = { widths = [20] }")
    outcome = performer.generate(place.root, Options(), place.environ)
    assert outcome.commit, outcome.uncommitted
    assert place.git("ls-files", "public") == "public/a-20.png\npublic/a.png"


@pytest.mark.parametrize("path", ["public/a.png", ".assetgen/records/a.json"])
def test_plan_refuses_what_git_ignores(place: Place, path: str) -> None:
    place.write(".gitignore", path)
    place.covers("a")
    ran = place.run("plan")
    assert (ran.code, f"{path} is ignored by .gitignore" in ran.out) == (10, True), ran.out


@pytest.mark.parametrize("is_recorded", [True, False])
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_plan_refuses_what_is_no_file_in_the_place_of_one(
    place: Place, make: Callable[[Path], None], is_recorded: bool
) -> None:
    tiny(place, "a")
    if not is_recorded:
        (place.root / ".assetgen/records/a.json").unlink()
    (place.root / "public/a.png").unlink()
    make(place.root / "public/a.png")
    [decision] = open_workspace(place.root).decide()
    assert decision.problem is not None
    assert "where a file has to be written" in decision.problem.what
    assert str(decision.cure) == "mv -- public/a.png public/a.png.old"


def _with_submodule(place: Place) -> None:
    other = Place(place.root.parent / "other", Path(place.environ["HOME"]))
    other.write("a", "a")
    other.start()
    allowed = ("-c", "protocol.file.allow=always")
    place.git(*allowed, "submodule", "add", "-q", str(other.root), "public/vendor")
    place.git("commit", "-qm", "submodule")


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("command", ["plan", "generate"])
def test_an_output_in_a_submodule_is_refused_before_it_is_made(
    place: Place, command: str, is_there: bool
) -> None:
    _with_submodule(place)
    if not is_there:
        place.git("submodule", "deinit", "-q", "-f", "public/vendor")
    place.covers("vendor/a")
    ran = place.run(command)
    printed = ran.out + ran.err
    assert ran.code == 9 and "Pathspec" not in printed
    assert "public/vendor is a git repository of its own" in printed
    assert not place.has("public/vendor/a.png")
    text = place.read("assets.toml").decode()
    place.manifest("[project]\ncommit = false\n" + text)
    place.ok("generate")


def test_a_picture_adopted_into_a_submodule_is_one_message(place: Place) -> None:
    _with_submodule(place)
    place.covers("vendor/a")
    place.picture("in/a.png", size=(1200, 630))
    ran = place.run("adopt", "vendor/a", "in/a.png")
    printed = ran.out + ran.err
    assert "public/vendor is a submodule, so public/vendor/a.png cannot be committed" in printed
    assert "Pathspec" not in printed and "commit = false" in printed
