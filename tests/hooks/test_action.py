"""The GitHub action: its own scripts, with the environment of a runner."""

from __future__ import annotations

import os
import re
import sys

from tests.support.hook_runners import ACTION, ROOT, STEPS, Hooked, documented, step
from tests.support.place import Place
from tests.support.tiny import tiny, want


def test_the_action_puts_no_input_into_a_script_and_needs_no_secret() -> None:
    for name, known in STEPS.items():
        assert "${{" not in known["run"], name
        assert known["shell"] == "bash"
    assert "secrets" not in (ROOT / "action.yml").read_text("utf-8")
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"])


def test_the_documented_workflow_uses_existing_inputs_and_only_reads() -> None:
    known = documented("name: pictures")
    assert known["permissions"] == {"contents": "read"}
    assert ["push", "pull_request"] in known.values()  # under "on", which YAML 1.1 reads as true
    given = known["jobs"]["check"]["steps"][-1]["with"]
    assert set(given) <= set(ACTION["inputs"])


def test_findings_become_annotations_with_paths_from_the_repository(
    place: Place,
) -> None:
    inner = Place(place.root / "my site", place.root.parent / "home")
    tiny(inner, "a")
    project = Hooked(place)
    environ = {"ASSETGEN_PYTHON": sys.executable, "GITHUB_WORKSPACE": str(place.root)}
    passed = step(project, "assetgen check", environ, working_directory="my site")
    assert (passed.code, passed.out) == (0, ""), passed.err
    want(inner, "a", "b")
    inner.write("public/a.png", b"changed")
    failed = step(project, "assetgen check", environ, working_directory="my site")
    assert failed.code == 1
    assert "::error file=my site/public/a.png,title=assetgen%3A marking::" in failed.out
    assert re.search(
        r"::error file=my site/assets\.toml,line=\d+,title=assetgen%3A missing::", failed.out
    )


def test_a_release_refuses_drafts(place: Place) -> None:
    place.manifest(
        '[[asset]]\nid="p"\nkind="cover"\npath="public/p.png"\nalt="x"\nroute="images"\n'
        'prompt="x"\n'
    )
    place.ok("generate", "--draft")
    project, environ = Hooked(place), {"ASSETGEN_PYTHON": sys.executable}
    assert step(project, "assetgen check", environ).code == 0
    assert step(project, "assetgen check", environ, release="true").code == 1


def test_an_input_that_looks_like_a_command_is_not_run(place: Place) -> None:
    tiny(place, "a")
    trap = place.root.parent / "trapped"
    project, environ = Hooked(place), {"ASSETGEN_PYTHON": sys.executable}
    step(project, "assetgen check", environ, release=f'true"; touch {trap}; "$(touch {trap})')
    assert not os.path.lexists(trap)
