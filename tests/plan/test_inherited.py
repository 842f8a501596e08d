"""Values from [defaults.values] and [style.NAME.values]: who gets them, and whose mistake it is."""

from __future__ import annotations

import pytest

from assetgen.errors import AssetgenError
from assetgen.plan.decide import State
from assetgen.plan.workspace import open_workspace
from tests.support.place import Place

_STATED = """
[defaults.values]
brand = "Home"
author = "Ines"
illustration = "chart"
[style.blog.values]
brand = "Blog"
layout = "editorial"
issue = "7"
"""


def _asset(more: str = "", values: str = "", kind: str = "cover") -> str:
    return (
        f'[[asset]]\nid = "a"\nkind = "{kind}"\npath = "public/a.png"\nalt = "x"\n{more}\n'
        f'[asset.values]\ntitle = "T"\n{values}\n'
    )


def _values(place: Place, text: str) -> dict[str, object]:
    place.manifest(text)
    wish = open_workspace(place.root).wish("a")
    return {name: value for name, value in wish.intent.values.items() if value}


def test_an_asset_goes_before_its_page_its_style_and_defaults(bare: Place) -> None:
    bare.write("a.md", "---\ntitle: P\nauthor: Page\n---\n")
    found = _values(bare, _STATED + _asset())
    assert (found["brand"], found["author"], found["layout"]) == ("Home", "Ines", "split")
    assert "illustration" not in found  # a value of another kind
    page = _values(bare, _STATED + _asset('style = "blog"\nfrom = "a.md"'))
    assert (page["brand"], page["author"], page["title"]) == ("Blog", "Page", "T")
    assert (page["layout"], page["issue"]) == ("editorial", "7")
    own = 'brand = "Own"\nauthor = ""\nlayout = "split"'
    last = _values(bare, _STATED + _asset('style = "blog"\nfrom = "a.md"', own))
    assert (last["brand"], last["layout"]) == ("Own", "split")
    assert "author" not in last and "issue" not in last
    other = _values(bare, _STATED + _asset('style = "blog"', kind="ui"))
    assert other == {
        "layout": "empty-state",
        "illustration": "chart",
        "theme": "light",
        "title": "T",
    }


def test_a_change_of_what_is_inherited_makes_only_its_heirs_stale(place: Place) -> None:
    heirs = _asset() + _asset('style = "blog"').replace('"a"', '"b"').replace("a.png", "b.png")
    place.manifest(_STATED + heirs)
    place.ok("generate")
    place.manifest(_STATED.replace('"Home"', '"House"') + heirs)
    decided = {one.asset.id: one for one in open_workspace(place.root).decide()}
    assert (decided["a"].state, decided["b"].state) == (State.STALE, State.FRESH)
    [reason] = decided["a"].reasons
    assert (reason.field, reason.old, reason.new) == ("values.brand", "Home", "House")


def test_an_image_of_the_brand_does_not_show_itself(bare: Place) -> None:
    found = _values(bare, '[defaults.values]\nlogo = "@a"\n' + _asset())
    assert "logo" not in found


def test_a_screenshot_leaves_no_place_for_a_shared_menu(bare: Place) -> None:
    bare.picture("assets/shot.png")
    own = 'layout = "browser"\npicture = "assets/shot.png"'
    shared = '[defaults.values]\nnav = ["Docs"]\nurl = "x.org"\n'
    entry = _asset(values=own, kind="ui").replace('title = "T"\n', "")
    found = _values(bare, shared + entry)
    assert "nav" not in found
    assert found["url"] == "x.org"


def test_prompts_take_what_is_inherited(bare: Place) -> None:
    bare.write("templates/mood/template.toml", "size = [9, 9]\n")
    bare.write("templates/mood/prompt.md", "$prompt, $feeling")
    more = 'route = "images"\nprompt = "A hill"'
    bare.manifest('[defaults.values]\nfeeling = "calm"\n' + _asset(more, kind="mood"))
    assert open_workspace(bare.root).wish("a").intent.prompt == "A hill, calm"


_MISTAKES = {
    "no layout has it": (
        '[defaults.values]\nbrand = "x"\nbrnad = "y"\n',
        "assets.toml:3:1: defaults.values.brnad is not a value of any layout",
        "did you mean brand?",
    ),
    "no kind has it": (
        '[style.s.values]\nlayout = "spilt"\n',
        "assets.toml:2:1: style.s.values.layout = 'spilt': no kind has such a layout",
        "did you mean split?",
    ),
    "not one of its words": (
        '[defaults.values]\ntheme = "drak"\n',
        "assets.toml:2:1: values.theme = 'drak'; it is one of: light, dark",
        "did you mean dark?",
    ),
    "not of its type": (
        '[style.s.values]\nauthor = 5\n[defaults]\nstyle = "s"\n',
        "assets.toml:2:1: values.author = 5 is not a text",
        'write author = "text in quotes"',
    ),
    "a missing picture": (
        '[defaults.values]\nlogo = "no.png"\n',
        "assets.toml:2:1: the input no.png does not exist",
        "add no.png, or correct its name",
    ),
    "not in its table": (
        '[defaults]\nbrand = "x"\n',
        "assets.toml:2:1: there is no key 'brand'",
        "put it under [defaults.values]: it is a value of layouts",
    ),
    "not for people": (
        '[defaults.values]\nbrand = "\\u0007"\n',
        "assets.toml:2:1: defaults.values.brand contains the control character U+0007",
        "remove it, or write it as plain text",
    ),
}


@pytest.mark.parametrize(("stated", "said", "cure"), _MISTAKES.values(), ids=_MISTAKES)
def test_a_mistake_is_reported_once_at_its_own_line(
    bare: Place, stated: str, said: str, cure: str
) -> None:
    bare.manifest(stated + _asset() + _asset().replace('"a"', '"b"').replace("a.png", "b.png"))
    with pytest.raises(AssetgenError) as caught:
        open_workspace(bare.root).decide()
    [mistake] = caught.value.mistakes
    assert f"{mistake.where}: {mistake.what}" == said
    assert str(mistake.cure) == cure
