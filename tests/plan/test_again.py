"""After a save, what rests on the saved files is decided again, and everything else holds."""

from __future__ import annotations

import json

import pytest

from assetgen.errors import AssetgenError
from assetgen.fs.tree import WorkTree
from assetgen.plan.again import LastPlan
from assetgen.plan.decide import Decision
from tests.support.place import Place
from tests.support.tiny import KIND, LAYOUT, tiny

_LINES = {
    "paged": 'from = "docs/page.md"\n',
    "logo": '[asset.values]\nlogo = "art/logo.png"\n',
    "chain": '[asset.values]\nlogo = "@logo"\n',
    "data": '[asset.values]\ntitle = { file = "data/row.json", pointer = "/title" }\n',
    "other": "",
    "plain": "",
}
_OWN = frozenset(_LINES)
_COVER = '[[asset]]\nid = "shipped"\nkind = "cover"\npath = "public/s.png"\nalt = ""\n'
_COVER += '[asset.values]\ntitle = "One"\n'
_PAGE = "docs/page.md"

# What is saved, and the assets that are decided again; None: all.
_SAVES: list[tuple[dict[str, str], frozenset[str] | None]] = [
    ({_PAGE: "---\ntitle: Two\n---\n"}, frozenset({"paged"})),
    ({"data/row.json": '{"title": "Two"}'}, frozenset({"data"})),
    ({"art/logo.png": "no image"}, frozenset({"logo", "chain"})),
    ({_PAGE: "---\ntitle: Three\n---\n", "data/row.json": "{}"}, None),
    ({"data/row.json": '{"title": "Two"}'}, None),
    ({_PAGE: "---\ntitle: Four\n---\n"}, frozenset({"paged"})),
    ({"templates/tiny/part.html": "<p>other</p>"}, _OWN),
    ({"templates/other/template.toml": KIND.replace("40", "60")}, _OWN),
    ({"templates/fonts/a.txt": ""}, None),
    ({"docs/of-no-asset.md": ""}, None),
    ({"assets.toml": "# \n"}, None),
    ({"templates/tiny/plain.html": "<p></p>"}, _OWN),
]


def _decided(place: Place, last: LastPlan) -> list[Decision]:
    return last.decide(last.workspace(WorkTree(place.root)))


def _said(decisions: list[Decision]) -> dict[str, str]:
    return {one.asset.id: f"{one.state} {one.action} {one.reasons}" for one in decisions}


@pytest.fixture
def project(bare: Place) -> Place:
    bare.write(_PAGE, "---\ntitle: One\n---\n")
    bare.picture("art/logo.png", (8, 8))
    bare.write("data/row.json", json.dumps({"title": "One"}))
    bare.write("templates/other/template.toml", KIND)
    bare.write("templates/other/plain.html", '{% include "../tiny/part.html" %}' + LAYOUT)
    bare.write("templates/tiny/part.html", "<p>part</p>")
    tiny(bare, *_LINES, **_LINES)
    text = bare.read("assets.toml").decode()
    bare.manifest(text.replace('"other"\nkind = "tiny"', '"other"\nkind = "other"') + _COVER)
    return bare


def test_a_part_of_the_plan_is_that_part_of_the_whole_plan(project: Place) -> None:
    last = LastPlan()
    said = _said(_decided(project, last))
    for saved, due in _SAVES:
        for path, text in saved.items():
            before = project.read(path).decode() if path == "assets.toml" else ""
            project.write(path, before + text)
        last.expect(set(saved))
        try:
            part = _said(_decided(project, last))
        except AssetgenError:
            last.forget()
            with pytest.raises(AssetgenError):
                _decided(project, LastPlan())
            assert due is None, saved
            continue
        assert (last.is_part, part.keys()) == (due is not None, due or said.keys()), saved
        said |= part
        assert said == _said(_decided(project, LastPlan())), saved


def test_a_manifest_that_is_saved_while_it_is_planned_is_read_again(bare: Place) -> None:
    bare.covers("a")
    last = LastPlan()
    project = last.workspace(WorkTree(bare.root))
    bare.covers("a", "b")
    assert set(_said(last.decide(project))) == {"a"}
    last.expect({"assets.toml"})
    assert set(_said(_decided(bare, last))) == {"a", "b"}


def test_nothing_is_kept_of_a_plan_with_collections(bare: Place) -> None:
    bare.write("templates/tiny/template.toml", KIND)
    bare.write("templates/tiny/plain.html", LAYOUT)
    bare.write("posts/a.md", "---\ntitle: One\n---\n")
    rule = '[[collection]]\nid = "{slug}"\nfrom = "posts/*.md"\nkind = "tiny"\nalt = ""\n'
    bare.manifest(f'{rule}path = "public/{{slug}}.png"\n')
    last = LastPlan()
    for _ in range(2):
        assert set(_said(_decided(bare, last))) == {"a"} and not last.is_part
        last.expect({"posts/a.md"})
