"""A plan of fresh images is answered at once, until anything that it depends on has changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen import snapshot, terms
from assetgen.check import check
from tests.support.asset_histories import answered, keep_time, said
from tests.support.place import Place
from tests.support.rows import every
from tests.support.tiny import tiny

# Nanoseconds after which a file is trusted here, and the seconds to wait for that.
_RACY, _WAIT = 20_000_000, 0.04
_CONFIG = '[limits]\n"openai-api" = { images = 20 }\n'
_AT = ".config/assetgen/config.toml"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Place:
    base = tmp_path_factory.mktemp("remember")
    place = Place(base / "up/project", base / "home").start()
    place.write("docs/logo.png", place.picture("docs/logo.png", (8, 8)).read_bytes())
    tiny(place, "a", a='[asset.values]\nlogo = "docs/logo.png"')
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "images")
    return place


@pytest.fixture
def known(first: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A project of which plan and check said that all is well."""
    monkeypatch.setattr(snapshot, "RACY_NS", _RACY)
    shutil.copytree(first.root, tmp_path / "up/project", ignore=shutil.ignore_patterns("cache"))
    place = Place(tmp_path / "up/project", tmp_path / "home")
    _home(place).parent.mkdir(parents=True)
    _home(place).write_text(_CONFIG)
    time.sleep(_WAIT)
    assert said(place, cached=True) == said(place, cached=False)
    assert said(place, cached=True)["plan"] == answered(place) is not None
    return place


def _home(place: Place) -> Path:
    return Path(place.environ["HOME"]) / _AT


def _limits(file: Path) -> None:
    file.write_text(_CONFIG.replace("20", "90"))


def _variable(name: str, value: str) -> Callable[[Place], object]:
    return lambda place: place.environ.update({name: value.format(place.root)})


def _other_home(place: Place) -> None:
    shutil.copytree(place.environ["HOME"], place.root.parent / "home")
    place.environ["HOME"] = str(place.root.parent / "home")


def _under_way(place: Place) -> None:
    token = snapshot.checkout_token(str(place.root)).decode()
    place.write(terms.UNDER_WAY, json.dumps({"token": token, "files": {"public/a.png": "0" * 64}}))


def _folder_of_an_input(place: Place) -> None:
    os.rename(place.root / "docs", place.root.parent / "docs")
    (place.root / "docs").symlink_to(place.root.parent / "docs")


_CHANGES: dict[str, Callable[[Place], object]] = {
    "a configuration of the same size and time": lambda place: keep_time(_home(place), _limits),
    "no configuration": lambda place: _home(place).unlink(),
    "a broken configuration": lambda place: _home(place).write_text("x"),
    "a catalogue with a mistake": lambda place: _home(place).write_text("[model.x]\ny = 1\n"),
    "a configuration elsewhere": _variable("XDG_CONFIG_HOME", "{}/../home"),
    "a configuration that is named": _variable("ASSETGEN_CONFIG", "{}/../../home/" + _AT),
    "another home": _other_home,
    "another bill": _variable("OPENAI_BASE_URL", "https://proxy.example/v1"),
    "another index": _variable("GIT_INDEX_FILE", "{}/.git/other"),
    "an interrupted run": _under_way,
    "a repository above": lambda place: (place.root.parent / ".git").mkdir(),
    "a link in place of a folder": _folder_of_an_input,
    "a commit": lambda place: place.git("commit", "-q", "--allow-empty", "-a", "-m", "x"),
}


@pytest.mark.parametrize("what", every(2, _CHANGES))
def test_a_plan_is_made_again_under_other_terms(known: Place, what: str) -> None:
    _CHANGES[what](known)
    if what != "a commit":  # nothing in it changed, so that either is right
        assert answered(known) is None
    for _ in range(2):  # also once the change itself is old
        plain = said(known, cached=False, staged=False)
        assert said(known, cached=True, staged=False) == plain
        time.sleep(_WAIT)


def test_a_young_configuration_is_not_trusted(known: Place) -> None:
    settled = time.time_ns()
    assert terms.of(str(known.root), known.environ, settled) is not None
    _limits(_home(known))
    assert terms.of(str(known.root), known.environ, settled) is None


def test_the_terms_never_hold_a_secret(known: Place) -> None:
    known.environ["OPENAI_BASE_URL"] = "https://me:hunter2@proxy.example/v1?key=hunter2"
    found = terms.of(str(known.root), known.environ, time.time_ns())
    assert found is not None
    assert b"hunter2" not in found


def test_check_and_plan_keep_what_the_other_said(known: Place) -> None:
    for path in (snapshot.FILE, snapshot.PLAN_JSON):
        (known.root / path).unlink()
    time.sleep(_WAIT)
    said(known, cached=True, staged=False)  # plan, then check
    assert answered(known) is not None
    assert snapshot.stored(str(known.root))[0]
    time.sleep(_WAIT)
    known.write("public/unlisted.png", b"")
    time.sleep(_WAIT)  # a folder that was written just now is not trusted
    check.check(known.root, known.environ)
    assert answered(known) is None  # a file of the output folders may be what is missing
    said(known, cached=True, staged=False)
    check.check(known.root, known.environ)
    assert not snapshot.stored(str(known.root))[0]
    assert answered(known) is not None


def test_a_plan_as_json_is_of_the_plan_that_is_stored(known: Place) -> None:
    text = known.read(snapshot.PLAN_JSON)
    head, _, rest = text.partition(b"\n")
    for wrong in (b"", head, head[:-1] + b"\n" + rest, head.replace(b"|", b"|1", 1) + b"\n" + rest):
        known.write(snapshot.PLAN_JSON, wrong)
        assert answered(known) is None
    known.write(snapshot.PLAN_JSON, text)
    planted = known.root.parent / "planted"
    shutil.copytree(known.root, planted, copy_function=os.link)
    assert answered(Place(planted, planted.parent / "home")) is None


def test_the_command_answers_at_once_what_it_would_plan(first: Place, tmp_path: Path) -> None:
    shutil.copytree(first.root, tmp_path / "p", ignore=shutil.ignore_patterns("cache"))
    place = Place(tmp_path / "p", tmp_path / "home")
    tiny(place, "a", "b", a='[asset.values]\nlogo = "docs/logo.png"')
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    command = [sys.executable, "-P", "-X", "importtime", "-m", "assetgen", "plan"]
    narrow = {"FORCE_COLOR": "1", "COLUMNS": "20"}
    for form in ([], ["--json"]):
        plain = place.ok("plan", "--no-cache", *form).out
        assert place.ok("plan", *form).out == plain
        ran = subprocess.run(
            [*command, *form], cwd=place.root, env=place.environ, capture_output=True, text=True
        )
        assert ran.stdout == plain
        assert "assetgen.terms" in ran.stderr
        assert "argparse" not in ran.stderr
    assert len(place.ok("plan", "a", "--json").data) == 1
    assert len(place.ok("plan", "--json").data) == 2
    assert place.ok("plan", **narrow).out == place.ok("plan", "--no-cache", **narrow).out
