"""Every mistake of a manifest at once: which ones, in which order, at which place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.errors import AssetgenError, Mistake, TrustError, UnsupportedOption
from assetgen.fs.tree import WorkTree
from assetgen.manifest import parse
from assetgen.plan import faults
from assetgen.plan.workspace import Workspace
from tests.support.place import Place
from tests.support.planning import Kept, cover, painted

_FIVE = """\
[project]
comit = true

[style.brand]
palette = ["red"]

[[asset]]
id = "a"
kind = "cover"
path = "public/a.gif"
alt = "A"
style = "brand"
[asset.values]
layout = "split"
title = "T"
subtitle = 7

[[asset]]
id = "b"
kind = "cover"
path = "public/b.png"
alt = "B"
prompt = "a plane"
[asset.values]
title = "T"
"""


def _mistakes(text: str, kept: Kept | None = None) -> tuple[Mistake, ...]:
    return faults.mistakes(parse.read(text.encode()), (kept or Kept()).world())


def _said(text: str, kept: Kept | None = None) -> list[tuple[int | None, int | None, str]]:
    return [(one.line, one.col, one.what) for one in _mistakes(text, kept)]


def test_mistakes_of_five_kinds_are_reported_in_the_order_of_the_file() -> None:
    assert [(line, col, what[:34]) for line, col, what in _said(_FIVE)] == [
        (2, 1, "there is no key 'comit'"),
        (5, 12, "style.brand.palette[0] = 'red': it"),
        (10, 1, "'public/a.gif' does not end in .pn"),
        (16, 1, "values.subtitle = 7 is not a text"),
        (23, 1, "route 'local' cannot honour prompt"),
    ]
    errors = [one.error.exit_code for one in _mistakes(_FIVE)]
    assert errors == [2, 2, 2, 2, 4]
    assert all(one.cure for one in _mistakes(_FIVE))
    assert _mistakes(_FIVE)[2].where == "assets.toml:10:1, asset a"


@pytest.mark.parametrize(
    ("values", "place", "said"),
    [
        ('values = { title = "T", subtitle = 7 }', (6, 25), "values.subtitle = 7"),
        ('values = { title = "T",\n  subtitle = 7 }', (7, 3), "values.subtitle = 7"),
        ('values.title = "T"\nvalues.subtitle = 7', (7, 1), "values.subtitle = 7"),
        ('[asset.values]\ntitle = "T"\n"subtitle" = 7', (8, 1), "values.subtitle = 7"),
        ('[asset.values]\nsubtitle = """\n] = {\n"""\ntitle = 7', (10, 1), "values.title = 7"),
        ('[asset.values]\nsubtitle = "T"', (6, 1), "values.title is missing"),
        ('[asset.values]\ntitle = "T"\nsubtile = "x"', (8, 1), "values.subtile is not a value"),
        (f'[asset.values]\ntitle = "{"x" * 2001}"', (7, 1), "values.title has 2001 characters"),
    ],
    ids=[
        "inline table",
        "inline table over lines",
        "dotted key",
        "quoted key",
        "after a string of many lines",
        "missing value",
        "unknown value",
        "too long",
    ],
)
def test_a_mistake_in_values_is_at_its_own_place(
    values: str, place: tuple[int, int], said: str
) -> None:
    head = '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = ""\n'
    [mistake] = _mistakes(head + values + "\n")
    assert (mistake.line, mistake.col) == place
    assert mistake.what.startswith(said)


def test_a_mistake_in_an_array_of_tables_or_a_list_is_at_its_entry() -> None:
    text = cover().replace('"cover"', '"infographic"') + 'layout = "steps"\n'
    text += '[[asset.values.steps]]\ntitle = "One"\n[[asset.values.steps]]\ntitle = 2\n'
    text += cover("b").replace('"cover"', '"infographic"')
    text += 'layout = "steps"\nsteps = [\n  { title = "One" },\n  7,\n]\n'
    assert [(line, col, what[:25]) for line, col, what in _said(text)] == [
        (12, 1, "values.steps[1].title = 2"),
        (23, 3, "values.steps[1] = 7 is no"),
    ]


def test_every_missing_input_is_reported() -> None:
    text = painted("p", 'inputs = ["assets/x.png", "assets/y.png"]', 'mask = "assets/m.png"')
    assert [(line, what) for line, _, what in _said(text)] == [
        (8, "the input assets/x.png does not exist"),
        (8, "the input assets/y.png does not exist"),
        (9, "the input assets/m.png does not exist"),
    ]


def test_a_circle_is_reported_where_it_closes_beside_other_mistakes() -> None:
    text = painted("a", 'inputs = ["@b"]') + painted("b", 'inputs = ["@a"]', "take = 0")
    circle, take = _said(text)
    assert circle == (16, 11, "assets depend on each other in a circle: a -> b -> a")
    assert take[0] == 17


def test_a_file_outside_the_project_is_never_looked_at() -> None:
    asked: list[str] = []
    world = Kept().world()
    reading = parse.read(painted("p", 'inputs = ["../x.png", "http://x/y.png"]').encode())
    faults.mistakes(reading, replace(world, digest=lambda path: asked.append(path)))
    assert not any(".." in path or "://" in path for path in asked)


def test_a_broken_font_is_reported_once_for_all_that_use_it() -> None:
    text = '[style.s]\nfont = "Nowhere"\n'
    text += "".join(cover(name, 'style = "s"') for name in "abc")
    [mistake] = _mistakes(text)
    assert (mistake.line, mistake.error.exit_code) == (2, 8)


def test_a_mistake_in_a_table_causes_no_others() -> None:
    text = '[project]\noutputs = 1\n[defaults]\nroute = "locall"\n[style]\nbrand = 3\n'
    text += cover("a", 'style = "brand"').replace("public/", "elsewhere/")
    assert [line for line, _, _ in _said(text)] == [2, 4, 6]


def test_a_clean_manifest_has_no_mistakes() -> None:
    assert _said(cover() + painted()) == []


# -- injected mistakes -----------------------------------------------------------------------------

# name: (new line for a key of an asset, or an added line, a part of the message)
_BROKEN = {
    "alt": ("alt = 3", "alt = 3"),
    "path": ('path = "public/{id}.gif"', "does not end in"),
    "take": ("take = 0", "take = 0"),
    "fit": ("fit = {{ width = 1, height = 1, mod = 2 }}", "no key 'mod'"),
    "colour": ("colour = 1", "no key 'colour'"),
    "background": ('background = "red"', "background = 'red'"),
    "inputs": ('inputs = ["@nothing"]', "'@nothing' is not an asset"),
    "style": ('style = "none-such"', "there is no style"),
    "title": ("title = 7", "values.title = 7"),
    "extra": ("extra = 1", "values.extra is not a value"),
    "align": ('theme = "x"', "values.theme = 'x'"),
}
_OF_VALUES = ("title", "extra", "align")


def _asset(name: str, broken: frozenset[str]) -> str:
    lines = {key: _BROKEN[key][0].format(id=name) for key in sorted(broken)}
    own = {"alt": 'alt = "A"', "path": f'path = "public/{name}.png"'}
    own |= {key: line for key, line in lines.items() if key not in _OF_VALUES}
    values = {"title": 'title = "T"'}
    values |= {key: line for key, line in lines.items() if key in _OF_VALUES}
    rows = ["[[asset]]", f'id = "{name}"', 'kind = "cover"', *own.values(), "[asset.values]"]
    return "\n".join([*rows, *values.values(), ""])


def _document(plan: dict[str, frozenset[str]]) -> str:
    return "".join(_asset(name, broken) for name, broken in plan.items())


def _summary(text: str) -> list[tuple[str, str]]:
    """For each mistake: the asset, and what was broken in it."""
    found = []
    for one in _mistakes(text):
        [name] = [name for name, (_, said) in _BROKEN.items() if said in one.what]
        assert one.line and text.split("\n")[one.line - 1].strip()
        found.append((one.where.rpartition(" ")[2], name))
    return sorted(found)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c/d", "e"]),
        st.frozensets(st.sampled_from(sorted(_BROKEN)).filter(lambda key: key != "inputs")),
        min_size=1,
    ),
    st.data(),
)
def test_every_injected_mistake_is_reported_and_removing_one_removes_exactly_it(
    plan: dict[str, frozenset[str]], data: st.DataObject
) -> None:
    expected = sorted((name, key) for name, broken in plan.items() for key in broken)
    assert _summary(_document(plan)) == expected
    if expected:
        name, key = data.draw(st.sampled_from(expected))
        fixed = {**plan, name: plan[name] - {key}}
        assert _summary(_document(fixed)) == [one for one in expected if one != (name, key)]
    else:
        assert (
            parse.parse(_document(plan).encode()) == parse.read(_document(plan).encode()).manifest
        )


# -- only some assets ------------------------------------------------------------------------------


def _open(place: Place, *only: str) -> Workspace:
    return Workspace(place.root, WorkTree(place.root), only=only)


def _refused(place: Place, *only: str) -> AssetgenError:
    with pytest.raises(AssetgenError) as caught:
        _open(place, *only).decide()
    return caught.value


def test_mistakes_of_other_assets_do_not_stop_one(bare: Place) -> None:
    bare.manifest(cover() + cover("b", "take = 0") + cover("c") + "subtitle = 7\n")
    project = _open(bare, "a")
    assert [decision.asset.id for decision in project.decide()] == ["a"]
    assert len(project.others) == 2


def test_mistakes_that_only_planning_finds_do_not_stop_another_asset(bare: Place) -> None:
    bare.manifest(cover() + cover("b") + "subtitle = 7\n")
    project = _open(bare, "a")
    assert [decision.asset.id for decision in project.decide()] == ["a"]
    assert [one.line for one in project.others] == [15]


@pytest.mark.parametrize(
    ("text", "own", "others"),
    [
        ("[style.s]\npalette = ['red']\n" + cover("a", 'style = "s"') + cover("b", "x = 1"), 1, 1),
        ("[style.s]\npalette = ['red']\n" + cover("a", "x = 1") + cover("b", 'style = "s"'), 1, 1),
        ("[defaults]\nx = 1\n" + cover() + cover("b", "x = 1"), 1, 1),
        ("[projects]\n" + cover() + cover("b", "x = 1"), 1, 1),
        ("[check]\nx = 1\n" + cover("a", "x = 1"), 1, 1),
        (painted("a", 'inputs = ["@b"]') + painted("b", "x = 1") + cover("c", "x = 1"), 1, 1),
        (cover() + 'picture = "@b"\n' + cover("b", "x = 1") + cover("c", "x = 1"), 1, 1),
        (cover("a", "x = 1", "y = 1") + cover("b", "x = 1"), 2, 1),
    ],
    ids=[
        "its style",
        "the style of another",
        "defaults",
        "unknown table",
        "check",
        "an input",
        "a picture of its layout",
        "two of its own",
    ],
)
def test_an_asset_is_stopped_by_what_concerns_it(
    bare: Place, text: str, own: int, others: int
) -> None:
    bare.manifest(text)
    refused = _refused(bare, "a")
    assert (len(refused.mistakes), refused.others) == (own, others)
    assert len(_refused(bare).mistakes) == own + others


def test_an_asset_made_from_one_with_a_mistake_is_set_aside_with_it(bare: Place) -> None:
    text = cover() + painted("b", "x = 1") + painted("c", 'inputs = ["@b"]')
    bare.manifest(text)
    assert [decision.asset.id for decision in _open(bare, "a").decide()] == ["a"]


def test_the_record_of_an_asset_with_a_mistake_is_not_treated_as_renamed(bare: Place) -> None:
    bare.manifest(cover() + cover("b"))
    bare.ok("generate", "--no-commit")
    bare.manifest(cover() + cover("b", "x = 1"))
    [decision] = _open(bare, "a").decide()
    assert decision.state == "fresh"
    assert _open(bare, "a").world().orphan("public/b.png") is None


def test_a_key_that_only_the_user_may_set_stops_every_asset(bare: Place) -> None:
    bare.manifest('[gateway.x]\nbase_url = "https://x"\n' + cover() + cover("b", "x = 1"))
    assert isinstance(_refused(bare, "a"), TrustError)


def test_an_unknown_id_is_an_error_even_among_mistakes(bare: Place) -> None:
    bare.manifest(cover("b", "x = 1"))
    assert "there is no asset 'a'" in _refused(bare, "a").what


# -- commands --------------------------------------------------------------------------------------


def test_trust_decides_the_exit_code_and_the_first_keys_but_not_the_order(bare: Place) -> None:
    bare.manifest("[project]\ncomit = 1\n[gateway.x]\nkey_env = 'A'\n" + cover("a", "x = 1"))
    ran = bare.run("plan", "--json")
    assert (ran.code, ran.data["error"], ran.data["exit"]) == (11, "TrustError", 11)
    assert [one["line"] for one in ran.data["mistakes"]] == [2, 4, 10]
    assert [one["exit"] for one in ran.data["mistakes"]] == [2, 11, 2]
    assert (ran.data["more"], ran.data["others"]) == (0, 0)
    plain = bare.run("check")
    assert plain.code == 11
    assert [line[:29] for line in plain.err.splitlines() if line.startswith("assetgen")] == [
        "assetgen: assets.toml:2:1: th",
        "assetgen: assets.toml:4:1: ga",
        "assetgen: assets.toml:10:1, a",
    ]


def test_fifty_mistakes_are_printed_and_the_rest_are_counted(bare: Place) -> None:
    text = "".join(cover(f"a{number}", "x = 1") for number in range(60))
    bare.manifest(text + "[gateway.x]\nkey_env = 'A'\n")
    ran = bare.run("generate", "--no-commit")
    assert ran.code == 11
    assert sum(line.startswith("assetgen:") for line in ran.err.splitlines()) == 50
    assert "gateway.x.key_env" in ran.err
    assert ran.err.splitlines()[-1] == "... and 11 more mistakes"
    said = bare.run("generate", "--json").data
    assert (len(said["mistakes"]), said["more"]) == (50, 11)


def test_generate_makes_a_sound_asset_and_reports_that_there_are_mistakes(bare: Place) -> None:
    bare.manifest(
        '[project]\nemit = "src/assets.ts"\n'
        + cover()
        + cover("b", 'prompt = "p"', "take = 2")
        + "subtitle = 7\n"
    )
    ran = bare.run("generate", "a", "--no-commit")
    assert ran.code == 0
    assert bare.has("public/a.png") and not bare.has("src/assets.ts")
    assert ran.err.splitlines()[-2:] == [
        "3 other mistakes in assets.toml; run: assetgen plan",
        "src/assets.ts was not updated: it needs all of assets.toml",
    ]
    planned = bare.run("plan", "a")
    assert planned.code == 0 and "3 other mistakes in assets.toml" in planned.err
    stopped = bare.run("plan", "b")
    assert stopped.code == 4
    assert stopped.err.count("assetgen: ") == 3


def test_the_error_of_an_asset_counts_the_other_mistakes(bare: Place) -> None:
    bare.manifest(cover("a", "x = 1") + cover("b", "x = 1"))
    ran = bare.run("generate", "a")
    assert ran.code == 2
    assert ran.err.splitlines()[-1] == "1 other mistake in assets.toml; run: assetgen plan"


def test_check_annotates_each_mistake_for_github(bare: Place) -> None:
    bare.manifest(cover("a", "x = 1") + "subtitle = 7\n")
    ran = bare.run("check", "--format", "github")
    assert ran.code == 2
    first, second = ran.out.splitlines()
    assert first.startswith("::error file=assets.toml,line=6,col=1,title=assetgen%3A ManifestError")
    assert second.startswith("::error file=assets.toml,line=9,col=1,title=")
    assert "values.subtitle = 7 is not a text. Cure: write subtitle" in second


def test_check_prints_an_error_as_json_in_its_json_format(bare: Place) -> None:
    bare.manifest(cover("a", "x = 1"))
    ran = bare.run("check", "--format", "json")
    assert (ran.code, ran.data["mistakes"][0]["col"]) == (2, 1)


def test_one_asset_has_all_its_mistakes_in_the_error_of_any_command(bare: Place) -> None:
    bare.manifest(cover("a", 'prompt = "p"', "take = 2"))
    with pytest.raises(UnsupportedOption) as caught:
        _open(bare).wish("a")
    assert [one.line for one in caught.value.mistakes] == [6, 7]
