"""The Codex route with the real CLI: an image on the plan, or the reason why there is none."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from assetgen.errors import TrustError
from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.settings import config
from assetgen.settings.conditions import Conditions
from tests.support.codex_backend import ASSET, Backend, log_in
from tests.support.codex_runs import fails, generate
from tests.support.place import Place


def threads(plan: Place) -> Path:
    return Path(plan.environ["HOME"]) / ".codex" / "generated_images"


def test_an_image_is_drawn_on_the_plan_and_recorded(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET)
    outcome = generate(plan)
    assert not outcome.failed, outcome.failed[0].error.what
    record = plan.record("plane")
    assert (record["route"]["owner"], record["route"]["surface"]) == ("codex", "codex-plan")
    assert record["cost"] == {
        "surface": "codex-plan",
        "currency": None,
        "estimate": None,
        "usage": None,
        "provider": None,
    }
    [file] = threads(plan).glob("*/*.png")
    assert file.parent.name == record["route"]["codex"]["threadId"]
    assert record["original"]["digest"] == "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
    assert record["route"]["codex"]["promptDiffers"] is False
    assert record["route"]["client"].startswith("codex-cli 0.")
    assert len(backend.images) == 1
    assert plan.ok("check").out.startswith("assetgen: 1 file")


def test_candidates_are_runs_of_their_own_and_one_is_picked(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET.replace('route = "codex"', 'route = "codex"\ncandidates = 2'))
    outcome = generate(plan)
    assert not outcome.failed and [one.candidates for one in outcome.made] == [2]
    assert len(backend.images) == 2 and not plan.has("public/plane.png")
    plan.ok("pick", "plane", "2")
    record = plan.record("plane")
    assert [one["purchase"] for one in record["candidates"]] == [0, 1]
    assert {one["route"]["codex"]["threadId"] for one in record["purchases"]} == {
        file.parent.name for file in threads(plan).glob("*/*.png")
    }
    assert plan.ok("check", "--rehash").out.startswith("assetgen: 1 file")


def test_an_image_is_refined_undone_and_moved(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET)
    assert not generate(plan).failed
    first = plan.record("plane")["original"]["digest"]
    plan.git("add", "-A")
    plan.git("commit", "-q", "-m", "site")
    boxed = plan.run("refine", "plane", "a red door", "--box", "1,1,20,20")
    assert boxed.code == 4 and "Codex accepts no mask" in boxed.err
    assert "leave out the box (the whole image may change then)" in boxed.err
    plan.ok("refine", "plane", "warmer light")
    record = plan.record("plane")
    assert record["inputs"] == [{"sha256": first.removeprefix("sha256:"), "role": "parent"}]
    assert record["request"]["body"]["references"] == [first]
    assert len(record["refined"]) == 1 and len(backend.images) == 2
    assert plan.ok("check", "--rehash").out.startswith("assetgen: 1 file")
    plan.ok("refine", "plane", "--undo")
    assert plan.record("plane")["original"]["digest"] == first
    plan.ok("refine", "plane", "warmer light")
    plan.manifest(plan.read("assets.toml").decode().replace("public/plane", "public/moved"))
    plan.ok("generate")
    assert plan.has("public/moved.png") and len(backend.images) == 2


# -- what goes wrong -------------------------------------------------------------------------------

REFUSED = {
    "draws_nothing": (5, "did not call its image tool"),
    "plan_is_used_up": (7, "limit of the plan is reached"),
    "is_logged_out": (3, "login of Codex has expired"),
    "image_limit": (7, "image limit of the plan is reached until 20"),
    "image_moderation": (6, "safety system refused: Your request was rejected"),
    "image_error": (5, "image tool of Codex failed: no such thing"),
    "lies": (5, "image tool of Codex failed"),
}


@pytest.mark.parametrize("behaviour", REFUSED)
def test_a_run_without_an_image_has_its_kind_and_may_be_repeated(
    plan: Place, backend: Backend, behaviour: str
) -> None:
    code, words = REFUSED[behaviour]
    backend.behaviour = behaviour
    plan.manifest(ASSET)
    error = fails(plan)
    assert (error.exit_code, words in error.what) == (code, True), error.what
    assert error.cure
    backend.behaviour = "draws"
    assert len(generate(plan).made) == 1


@pytest.mark.parametrize(("behaviour", "code"), [("draws_twice", 12), ("hangs", 12), ("breaks", 9)])
def test_a_run_with_an_unknown_outcome_is_not_repeated(
    plan: Place, backend: Backend, behaviour: str, code: int
) -> None:
    backend.behaviour = behaviour
    plan.manifest(ASSET)
    assert fails(plan, patience=4).exit_code == code
    asked = len(backend.requests)
    backend.behaviour = "draws"
    assert fails(plan).exit_code == code
    assert len(backend.requests) == asked
    assert len(generate(plan, force=True).made) == 1
    assert generate(plan).made == []


def test_a_second_image_ends_the_run(plan: Place, backend: Backend) -> None:
    backend.behaviour = "draws_twice"
    plan.manifest(ASSET)
    assert "drew 2 images" in fails(plan).what
    assert not plan.has("public/plane.png")


def test_a_different_prompt_is_reported_and_recorded(plan: Place, backend: Backend) -> None:
    backend.behaviour = "rewrites_the_prompt"
    plan.manifest(ASSET)
    [made] = generate(plan).made
    assert any("different prompt" in remark for remark in made.remarks)
    record = plan.record("plane")
    assert record["route"]["codex"]["promptDiffers"] is True
    assert record["prompt"]["revised"]["text"] == "Something else, teal"


def test_fit_gives_the_size_that_codex_does_not_offer(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET + "fit = { width = 1200, height = 630 }\n")
    [made] = generate(plan).made
    record = plan.record("plane")
    assert (record["original"]["width"], record["observed"][0]["width"]) == (1024, 1200)
    assert "1200x630" in " ".join(made.remarks)
    assert "Landscape format, aspect ratio 40:21." in backend.images[0]["prompt"]


def test_references_are_sent_and_their_digests_recorded(plan: Place, backend: Backend) -> None:
    plan.picture()
    plan.manifest(ASSET + 'inputs = ["assets/photo.png"]\n')
    assert generate(plan).made, generate(plan).failed
    record = plan.record("plane")
    assert len(record["request"]["body"]["references"]) == 1
    assert [path for _, path, _, _ in backend.requests if "/images/" in path][-1].endswith(
        "/images/edits"
    )


def test_too_many_references_are_refused_before_codex_runs(plan: Place, backend: Backend) -> None:
    for number in range(6):
        plan.picture(f"assets/{number}.png")
    plan.manifest(ASSET + f"inputs = {[f'assets/{number}.png' for number in range(6)]}\n")
    assert fails(plan).exit_code == 4
    assert backend.requests == []


def test_the_newest_image_of_another_thread_is_never_used(plan: Place, backend: Backend) -> None:
    other = threads(plan) / "01a20000-0000-7000-8000-000000000000"
    other.mkdir(parents=True)
    (other / "newest.png").write_bytes(backend.picture())
    backend.behaviour = "draws_nothing"
    plan.manifest(ASSET)
    assert fails(plan).exit_code == 5
    assert not plan.has("public/plane.png")


def test_a_file_that_was_changed_is_refused(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET)
    backend.meanwhile = lambda: plan.write("public", "a file where a folder is needed")
    assert fails(plan).exit_code == 9
    backend.meanwhile = lambda: None
    (plan.root / "public").unlink()
    [file] = threads(plan).glob("*/*.png")
    file.write_bytes(backend.picture())
    assert "was changed: it is not the image" in fails(plan).what
    assert not plan.has("public/plane.png")


def test_a_file_that_the_log_does_not_name_is_refused(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET)
    backend.meanwhile = lambda: plan.write("public", "a file where a folder is needed")
    assert fails(plan).exit_code == 9
    backend.meanwhile = lambda: None
    (plan.root / "public").unlink()
    [file] = threads(plan).glob("*/*.png")
    file.rename(file.with_name("another.png"))
    assert "but its folder has another.png" in fails(plan).what


# -- who may draw ----------------------------------------------------------------------------------


def test_without_the_cli_the_message_says_how_to_install_it(place: Place) -> None:
    place.manifest(ASSET)
    place.environ["PATH"] = "/usr/bin:/bin"
    error = fails(place)
    assert (error.exit_code, "not installed" in error.what) == (5, True)


def test_a_cli_inside_the_project_is_never_run(place: Place) -> None:
    place.manifest(ASSET)
    place.write("bin/codex", "#!/bin/sh\ntouch ran\n").chmod(0o755)
    place.environ["PATH"] = f"{place.root / 'bin'}:/usr/bin:/bin"
    assert "is not trusted" in fails(place).what
    assert not place.has("ran")


def test_a_login_with_an_api_key_is_refused(plan: Place, backend: Backend) -> None:
    log_in(Path(plan.environ["HOME"]) / ".codex", chatgpt=False)
    plan.manifest(ASSET)
    error = fails(plan)
    assert (
        error.exit_code,
        "API key: its images would not be on the ChatGPT plan" in error.what,
    ) == (3, True)
    assert "canary" not in error.what + str(error.cure)
    assert backend.images == []


def test_without_a_login_the_message_says_how_to_log_in(plan: Place) -> None:
    (Path(plan.environ["HOME"]) / ".codex" / "auth.json").unlink()
    plan.manifest(ASSET)
    error = fails(plan)
    assert (error.exit_code, "not logged in" in error.what) == (3, True)


@pytest.mark.parametrize(
    "text",
    [
        'model_provider = "mine"\n[model_providers.mine]\nname = "m"\nbase_url = "http://127.0.0.1:1/v1"\n',
        'openai_base_url = "http://127.0.0.1:1/v1"\n',
        'chatgpt_base_url = "http://127.0.0.1:1/backend-api"\n',
    ],
    ids=["provider", "base url", "chatgpt url"],
)
def test_another_provider_is_refused(plan: Place, backend: Backend, text: str) -> None:
    (Path(plan.environ["HOME"]) / ".codex" / "config.toml").write_text(text)
    plan.manifest(ASSET)
    error = fails(plan)
    assert (error.exit_code, "would not be on the ChatGPT plan" in error.what) == (3, True), (
        error.what
    )
    assert backend.requests == []


def test_without_the_image_tool_codex_is_not_run(plan: Place, backend: Backend) -> None:
    (Path(plan.environ["HOME"]) / ".codex" / "config.toml").write_text(
        "[features]\nimage_generation = false\n"
    )
    plan.manifest(ASSET)
    assert re.search(r"the image tool of codex-cli 0[.]\d+[.]\d+ is off", fails(plan).what)
    assert backend.requests == []


def test_no_key_of_the_environment_reaches_codex(plan: Place, backend: Backend) -> None:
    plan.environ |= {
        "OPENAI_API_KEY": "sk-canary-1",
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "AWS_SECRET": "canary-2",
    }
    plan.manifest(ASSET)
    assert generate(plan).made
    assert b"canary-1" not in b"".join(str(one).encode() for one in backend.requests)
    assert b"canary-2" not in b"".join(str(one).encode() for one in backend.requests)


def test_the_image_of_an_interrupted_run_is_used_at_no_cost(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET)
    backend.meanwhile = lambda: plan.write("public", "a file where a folder is needed")
    assert fails(plan).exit_code == 9
    backend.meanwhile = lambda: None
    (plan.root / "public").unlink()
    assert len(generate(plan, resume=True).made) == 1
    assert len(backend.images) == 1


def test_an_untested_version_works_with_a_warning(
    plan: Place, backend: Backend, tmp_path: Path
) -> None:
    real = Path(os.environ["ASSETGEN_CODEX"]) / "codex"
    newer = tmp_path / "newer" / "codex"
    newer.parent.mkdir()
    newer.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "codex-cli 0.200.1" && exit 0\nexec {real} "$@"\n'
    )
    newer.chmod(0o755)
    plan.environ["PATH"] = f"{newer.parent}{os.pathsep}{plan.environ['PATH']}"
    plan.manifest(ASSET)
    [made] = generate(plan).made
    assert "codex 0.200.1 is not a tested version" in made.remarks
    assert plan.record("plane")["route"]["client"] == "codex-cli 0.200.1"


def test_two_assets_are_two_runs_in_two_threads(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET + ASSET.replace("plane", "kite"))
    assert len(generate(plan).made) == 2
    one, other = (plan.record(name)["route"]["codex"]["threadId"] for name in ("plane", "kite"))
    assert one != other
    assert len(list(threads(plan).glob("*/*.png"))) == 2


def test_a_limit_of_the_user_stops_before_the_first_run(plan: Place, backend: Backend) -> None:
    plan.manifest(ASSET)
    known = config.parse(b'[limits]\n"codex-plan" = { images = 0 }\n', "c.toml")
    with pytest.raises(TrustError, match="codex-plan"):
        performer.generate(
            plan.root,
            Options(commit=False),
            plan.environ,
            None,
            Conditions(plan.environ, known),
        )
    assert backend.requests == []
