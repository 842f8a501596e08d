"""What a plan warns of, printed by the command and returned by the MCP tool."""

from __future__ import annotations

import pytest

from assetgen.commands.mcp_tools import Tools
from assetgen.errors import ManifestError
from assetgen.paid import forecast
from assetgen.plan.workspace import open_workspace
from assetgen.settings.conditions import Conditions, load_conditions
from tests.support.place import Place

_IMAGE = """
[[asset]]
id = "{id}"
kind = "cover"
path = "public/{id}.png"
alt = "A paper plane"
route = "images"
prompt = "A paper plane"
background = "{background}"
"""
_BACKGROUNDS = {"a": "opaque", "b": "opaque", "c": "transparent"}
_LIMIT = '[limits]\n"openai-api" = { images = 2 }\n'


@pytest.fixture
def three(bare: Place) -> Place:
    """Three paid images, one of them transparent, where one run may buy two."""
    bare.manifest("".join(_IMAGE.format(id=i, background=b) for i, b in _BACKGROUNDS.items()))
    folder = bare.root.parent / "home/.config/assetgen"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(_LIMIT)
    return bare


def _conditions(place: Place) -> Conditions:
    return load_conditions(place.environ, place.root)


def _warnings(place: Place, *ids: str) -> list[str]:
    conditions = _conditions(place)
    project = open_workspace(place.root, conditions)
    decisions = forecast.decisions(project, ids)
    assert [one.asset.id for one in decisions] == sorted(ids or _BACKGROUNDS)
    return forecast.warnings(project, decisions, conditions)


def test_a_plan_warns_of_models_and_of_limits(three: Place) -> None:
    model, excess, cure = _warnings(three)
    assert "transparent" in model
    assert "openai-api" in excess and '"openai-api" = { images = 3 }' in cure
    assert _warnings(three, "a", "c") == [model]
    assert _warnings(three, "a", "b") == []


@pytest.mark.parametrize("ids", [[], ["a"], ["c", "a"]])
def test_the_command_and_the_mcp_tool_give_the_same_warnings(ids: list[str], three: Place) -> None:
    tools = Tools(three.root, None, three.environ)
    warnings = tools.plan(ids, everything=False).facts["warnings"]
    assert warnings == _warnings(three, *ids)
    lines = three.ok("plan", *ids).out.splitlines()
    assert [line for line in lines if line.startswith("warning: ")] == [
        f"warning: {warning}" for warning in warnings
    ]


def test_an_id_that_the_manifest_does_not_list_is_refused(three: Place) -> None:
    with pytest.raises(ManifestError, match="'zzz'"):
        forecast.decisions(open_workspace(three.root, _conditions(three)), ["a", "zzz"])


def test_images_that_no_one_buys_exceed_no_limit(three: Place) -> None:
    text = three.read("assets.toml").decode()
    three.manifest(
        text.replace('id = "b"\nkind = "cover"', 'id = "b"\nkind = "cover"\nsize = "9x9"')
    )
    assert len(_warnings(three)) == 1  # b has a problem, and a and c are within the limit
