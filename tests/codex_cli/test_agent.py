"""Codex runs assetgen: next, and adopt with the image of the thread, offline, without git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.codex_backend import ASSET, Backend
from tests.support.codex_runs import codex_draws, digest, inside
from tests.support.place import Place


def test_next_lists_the_whole_prompt_and_the_next_command(plan: Place) -> None:
    plan.manifest(ASSET + "fit = { width = 1200, height = 630 }\n")
    [want] = plan.ok("next", "--json").data
    assert (want["id"], want["route"], want["width"], want["height"]) == (
        "plane",
        "codex",
        1200,
        630,
    )
    assert "A paper plane" in want["prompt"] and "aspect ratio 40:21" in want["prompt"]
    assert want["next"] == "assetgen adopt plane"
    assert "then: assetgen adopt plane" in plan.ok("next").out


def test_adopt_uses_the_image_of_the_running_thread(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET)
    thread_id = codex_draws(plan)
    ran = inside(plan, thread_id, "adopt", "plane")
    assert ran.code == 0, ran.err
    assert (
        "git add -- public/plane.png .assetgen/records/plane.json "
        "&& git commit -m 'assetgen: plane'" in " ".join(ran.out.split())
    )
    record = plan.record("plane")
    assert (record["route"]["owner"], record["route"]["surface"]) == ("codex", "codex-plan")
    assert record["route"]["codex"]["threadId"] == thread_id
    assert record["route"]["codex"]["promptDiffers"] is True
    assert record["prompt"]["revised"]["text"] == "A teal plane"
    assert record["storage"]["reason"] == "adopted"
    assert plan.ok("next", "--json").data == []
    assert plan.git("log", "--oneline").count("\n") == 0


def test_adopt_does_not_choose_between_two_new_images(plan: Place, backend: Backend) -> None:
    backend.behaviour = "draws_twice"
    plan.manifest(ASSET)
    ran = inside(plan, codex_draws(plan), "adopt", "plane")
    assert ran.code == 9
    assert "has 2 images without a record" in ran.err
    assert not plan.has("public/plane.png")


def test_the_second_image_of_a_thread_goes_to_the_second_asset(
    plan: Place, backend: Backend
) -> None:
    backend.behaviour = "draws_twice"
    plan.manifest(ASSET + ASSET.replace("plane", "kite"))
    thread_id = codex_draws(plan)
    folder = Path(plan.environ["HOME"]) / ".codex" / "generated_images" / thread_id
    first, second = sorted(folder.iterdir())
    held_back = second.rename(plan.root.parent / second.name)
    assert inside(plan, thread_id, "adopt", "plane").code == 0
    held_back.rename(second)
    assert inside(plan, thread_id, "adopt", "kite").code == 0
    assert plan.record("plane")["original"]["digest"] == digest(first)
    assert plan.record("kite")["original"]["digest"] == digest(second)


def test_adopt_outside_a_thread_needs_a_file(plan: Place) -> None:
    plan.manifest(ASSET)
    ran = plan.run("adopt", "plane")
    assert (ran.code, "does not run inside a Codex thread" in ran.err) == (9, True)
    assert inside(plan, "../../etc", "adopt", "plane").code == 9


@pytest.mark.parametrize(
    "option", [("--route", "codex"), ("--prompt", "x")], ids=["route", "prompt"]
)
def test_adopt_without_file_rejects_options_that_the_log_answers(
    plan: Place, option: tuple[str, str]
) -> None:
    plan.manifest(ASSET)
    assert inside(plan, "01a206c5-6b02-7c80-ad3b-b107e8a390ef", "adopt", "plane", *option).code == 2


def test_adopt_works_if_git_is_read_only(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET)
    thread_id = codex_draws(plan)
    subprocess.run(["mount", "--bind", ".git", ".git"], cwd=plan.root, check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", ".git"], cwd=plan.root, check=True)
        assert inside(plan, thread_id, "adopt", "plane").code == 0
    finally:
        subprocess.run(["umount", ".git"], cwd=plan.root, check=True)
    assert plan.has(".assetgen/records/plane.json")
