"""Text of the repository reaches terminals, logs and CI runners without escapes or commands."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetgen.cure import advice
from assetgen.errors import AssetgenError
from assetgen.plan import decide, provenance
from assetgen.plan.workspace import open_workspace
from assetgen.record import record
from assetgen.report import plan, text
from assetgen.report import show as report_record
from assetgen.report.check import check_github, check_json, check_plain
from assetgen.text import clean
from tests.support.attack import generate, poison, run_check
from tests.support.place import COVER, Place

# Clears the screen, sets a title (C1), turns the direction, breaks the line, commands a CI runner.
_EVIL = "x\x1b[2J\x9b31m\u202egnp\u2066\u200b\u2028\r\n::stop-commands::y\n::error::z\udcff\x7f"


def _assert_harmless(shown: str) -> None:
    bad = [
        c
        for c in shown
        if c != "\n" and c != "\u200d" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ]
    assert bad == []
    assert not any(
        line.lstrip().startswith(("::stop-commands", "::error::z")) for line in shown.splitlines()
    )
    shown.encode("utf-8")


def _shown(show: Callable[[io.StringIO], None]) -> str:
    out = io.StringIO()
    show(out)
    return out.getvalue()


def test_every_text_that_is_shown_is_made_harmless() -> None:
    _assert_harmless(clean(_EVIL))
    _assert_harmless(text.as_json({_EVIL: [_EVIL]}))
    assert json.loads(text.as_json({_EVIL: [_EVIL]})) == {_EVIL: [_EVIL]}
    _assert_harmless(
        _shown(
            lambda out: text.error(
                AssetgenError(_EVIL, where=_EVIL, cure=advice("{evil}", evil=_EVIL)), out
            )
        )
    )
    assert len(clean("x" * 10**6)) < 10**4


@pytest.mark.parametrize("how", ["plain", "github", "json"])
def test_a_file_on_disk_with_a_hostile_name_is_reported_harmlessly(bare: Place, how: str) -> None:
    bare.covers("a")
    name = "e%0A::error::vil,line=1:" + _EVIL.replace("/", "").replace("\x00", "") + ".png"
    bare.write("public/readme", "")
    (bare.root / "public" / name).write_bytes(b"")
    found = run_check(bare)
    assert [finding.code for finding in found.findings].count("unrecorded") == 1
    if how == "github":
        shown = _shown(lambda out: check_github(found, out))
        lines = shown.splitlines()
        assert len(lines) == len(found.findings)
        assert all(line.startswith("::error file=") for line in lines)
        assert not any("vil,line=1" in line.split("::")[1] for line in lines)
        assert "%250A" in shown
    elif how == "json":
        shown = text.as_json(check_json(found))
    else:
        shown = _shown(lambda out: check_plain(found, out, everything=True))
    _assert_harmless(shown)


_KEYS = {
    "unknown key": COVER.format(id="a", title="x").replace("alt =", "EVIL = 1\nalt ="),
    "unknown value": COVER.format(id="a", title="x") + "EVIL = 1\n",
    "unknown table": COVER.format(id="a", title="x") + "[EVIL]\na = 1\n",
    "id": COVER.format(id="a", title="x").replace('id = "a"', "id = EVIL"),
    "path": COVER.format(id="a", title="x").replace('"public/a.png"', "EVIL"),
    "kind": COVER.format(id="a", title="x").replace('"cover"', "EVIL"),
    "alt": COVER.format(id="a", title="x").replace('"A cover"', "EVIL"),
    "title": COVER.format(id="a", title="x").replace('"x"', "EVIL"),
    "style": COVER.format(id="a", title="x").replace("alt =", "style = EVIL\nalt ="),
    "layout": COVER.format(id="a", title="x") + "layout = EVIL\n",
    "choice": COVER.format(id="a", title="x") + "theme = EVIL\n",
    "picture": COVER.format(id="a", title="x") + "picture = EVIL\n",
    "font": COVER.format(id="a", title="x").replace("alt =", 'style = "b"\nalt =')
    + "[style.b]\nfont = EVIL\n",
    "gateway": '[gateway.EVIL]\nbase_url = "x"\n',
    "output": "[project]\noutputs = [EVIL]\n",
}


@pytest.mark.parametrize("key", _KEYS)
def test_a_mistake_in_the_manifest_is_reported_harmlessly(bare: Place, key: str) -> None:
    evil = (
        '"'
        + "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in _EVIL if c != "\udcff")
        + '"'
    )
    bare.manifest(_KEYS[key].replace("EVIL", evil))
    with pytest.raises(AssetgenError) as caught:
        outcome = generate(bare)
        assert not outcome.made
        raise outcome.failed[0].error
    _assert_harmless(_shown(lambda out: text.error(caught.value, out)))
    _assert_harmless(text.as_json(text.error_json(caught.value)))


def _set(*keys: str) -> Callable[[Any], None]:
    def change(statement: Any) -> None:
        place = statement["predicate"]
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = _EVIL.replace("\udcff", "")

    return change


@pytest.mark.parametrize(
    "keys",
    [
        ("asset", "kind"),
        ("asset", "alt"),
        ("route", "client"),
        ("placeholder",),
        ("tool", "version"),
    ],
    ids=".".join,
)
def test_a_record_with_hostile_texts_is_shown_harmlessly(
    bare: Place, keys: tuple[str, ...]
) -> None:
    bare.covers("a")
    generate(bare)
    poison(bare, _set(*keys))
    found = provenance.find(bare.root, "a", bare.root)
    _assert_harmless(_shown(lambda out: report_record.show(found.statement, found.decision, out)))
    _assert_harmless(text.as_json(found.statement))


@pytest.mark.parametrize("keys", [("route", "owner"), ("route", "surface")], ids=".".join)
def test_a_record_whose_route_is_no_word_is_not_used(bare: Place, keys: tuple[str, ...]) -> None:
    """It would go into the message of a commit."""
    bare.covers("a")
    generate(bare)
    poison(bare, _set(*keys))
    assert isinstance(open_workspace(bare.root).record("a"), record.Unusable)


def test_a_recorded_intent_with_hostile_texts_is_planned_harmlessly(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    poison(
        bare,
        lambda statement: statement["predicate"]["intent"].update(
            size=_EVIL[:-2], digest="", evil={_EVIL[:5]: 1}
        ),
    )
    project = open_workspace(bare.root)
    decisions = list(decide.decide(project.manifest, project.world()))
    assert decisions[0].reasons
    _assert_harmless(_shown(lambda out: plan.plan_table(decisions, out, everything=True)))
    _assert_harmless(text.as_json(plan.plan_json(decisions)))


def test_a_prompt_of_several_lines_gives_a_ci_runner_no_commands(bare: Place) -> None:
    bare.covers("a")
    generate(bare)
    poison(
        bare,
        lambda s: s["predicate"]["prompt"].update(
            effective={"digest": "", "text": "one\n::error::z\n  ::error::z"}
        ),
    )
    found = provenance.find(bare.root, "a", bare.root)
    shown = _shown(lambda out: report_record.show(found.statement, found.decision, out))
    _assert_harmless(shown)
    assert "           | ::error::z" in shown


def test_the_name_of_the_project_is_shown_harmlessly(tmp_path: Path) -> None:
    place = Place(tmp_path / _EVIL.replace("\udcff", "").replace("/", ""), tmp_path / "home")
    ran = place.run("plan")
    assert ran.code == 2
    _assert_harmless(ran.err)
