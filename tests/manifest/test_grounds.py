"""``ground`` in assets.toml: the asset that it becomes, and each mistake once, at its place."""

from __future__ import annotations

import re

import pytest

from assetgen.errors import AssetgenError
from assetgen.manifest.grounds import Painted, cover_of
from assetgen.manifest.parse import parse
from tests.support.place import Place

_COVER = """
[[asset]]
id = "a"
kind = "cover"
path = "public/a.b.webp"
alt = "A"
GROUND
[asset.values]
title = "T"
"""
_GROUND = 'ground = { route = "images", prompt = " A harbour " }'


def _manifest(ground: str = _GROUND, more: str = "", before: str = "") -> str:
    return before + _COVER.replace("GROUND", ground) + more


def test_a_ground_becomes_an_asset_that_its_cover_shows() -> None:
    cover, ground = parse(_manifest().encode()).asset
    assert cover.values["picture"] == "@a/ground" and cover.route == "local"
    assert isinstance(ground, Painted) and cover_of(ground) == "a"
    assert (ground.id, ground.path, ground.alt) == ("a/ground", "public/a.b-ground.png", "")
    assert (ground.kind, ground.route, ground.prompt) == ("cover", "images", "A harbour")


def test_a_ground_has_the_defaults_of_painted_assets() -> None:
    before = '[defaults]\nroute = "responses"\nstyle = "s"\ncandidates = 3\n'
    before += '[style.s]\nreferences = ["assets/r.png"]\n'
    more = '[[asset]]\nid = "b"\nkind = "cover"\npath = "public/b.png"\nalt = ""\nprompt = "x"\n'
    text = _manifest('route = "local"\nground = { prompt = "A harbour" }', more, before)
    cover, other, ground = parse(text.encode()).asset
    assert (ground.route, ground.style, ground.candidates) == ("responses", "s", 3)
    assert ground.inputs == ("assets/r.png",) == other.inputs and not cover.inputs


@pytest.mark.parametrize(
    ("ground", "line", "said", "cure"),
    [
        ('ground = { prompt = "x" }', 7, "ground has no route", 'route = "images" in ground'),
        ('ground = { route = "local", prompt = "x" }', 7, "cannot paint", 'route = "images"'),
        ('ground = { route = "adopted", prompt = "x" }', 7, "exists already", 'route = "images"'),
        ('ground = { route = "imags", prompt = "x" }', 7, "it must be", "images?"),
        ('ground = { route = "gateway:g", prompt = "x" }', 7, "no [gateway.g]", "add [gateway.g]"),
        ('ground = { route = "images" }', 7, "prompt is missing", 'prompt = "what'),
        ('ground = { route = "images", prompt = " " }', 7, "has no prompt", 'prompt = "what'),
        ('ground = { route = "images", promt = "x" }', 7, "no key 'promt'", "prompt?"),
        ('ground = "accent"', 7, "a table is needed", 'ground = { route = "images"'),
        ('route = "images"\nprompt = "x"\n' + _GROUND, 9, "a layout draws", 'route = "local"'),
        ('route = "adopted"\n' + _GROUND, 8, "a layout draws", 'route = "local"'),
        (_GROUND + '\n[asset.values]\npicture = "assets/p.png"', 9, "two pictures", "remove one"),
        ("[asset.ground]\nprompt = 'x'\nroute = 'images'\nstyle = 'no'", 10, "no style 'no'", "no"),
        (_GROUND.replace(" }", ', inputs = ["@b"] }'), 7, "'@b' is not an asset", "add that"),
        (_GROUND.replace(" }", ', size = "ogg" }'), 7, "there is no size", '"og"'),
        (_GROUND.replace(" }", ", candidates = 11 }"), 7, "out of range", "candidates = 10"),
        (_GROUND.replace(" }", ', refine = [{ say = " " }] }'), 7, "say is blank", "say what"),
    ],
)
def test_a_mistake_in_a_ground_is_one_error_at_its_place(
    ground: str, line: int, said: str, cure: str
) -> None:
    text = _manifest(ground)
    if ground.count("[asset.values]"):
        text = text.replace("\n[asset.values]\ntitle", "\ntitle")
    with pytest.raises(AssetgenError) as caught:
        parse(text.encode())
    [mistake] = caught.value.mistakes
    assert said in mistake.what and cure in str(mistake.cure)
    assert mistake.line == line and re.search("asset a(/ground)?$", mistake.where or "")


_OTHER = '[[asset]]\nid = "{id}"\nkind = "cover"\npath = "{path}"\nalt = ""\n{more}[asset.values]\n'
_OTHER += 'title = "T"\n'


@pytest.mark.parametrize(
    ("more", "both"),
    [
        (
            _OTHER.format(id="a/ground", path="public/c.png", more=""),
            ["the ground of asset 'a'", "'a/ground'", "public/c.png"],
        ),
        (
            _OTHER.format(id="c", path="public/A.b-ground.png", more=""),
            ["the ground of asset 'a'", "asset 'c'", "public/a.b-ground.png"],
        ),
        (
            _OTHER.format(id="c", path="public/a.b.png", more=_GROUND + "\n"),
            ["the ground of asset 'c'", "the ground of asset 'a'"],
        ),
        (_OTHER.format(id="a", path="public/c.png", more=_GROUND + "\n"), ["'a' is used twice"]),
        (
            _OTHER.format(id="c", path="public/a.b.webp", more=_GROUND + "\n"),
            ["public/a.b.webp is already written by asset 'a'", "the ground of asset 'c'"],
        ),
    ],
    ids=["id", "path", "two grounds", "two covers of one id", "two covers of one path"],
)
def test_a_ground_that_collides_names_both(more: str, both: list[str]) -> None:
    with pytest.raises(AssetgenError) as caught:
        parse(_manifest(more=more).encode())
    said = " ".join(one.what for one in caught.value.mistakes)
    assert all(one in said for one in both), said


def test_an_id_with_a_ground_is_shorter() -> None:
    longest = _manifest().replace('id = "a"', f'id = "{"a" * 73}"')
    assert len(parse(longest.encode()).asset[1].id) == 80
    with pytest.raises(AssetgenError, match="the id has 74 characters"):
        parse(longest.replace('id = "a', 'id = "aa').encode())


# -- compared with the layouts ---------------------------------------------------------------------


def _plan(place: Place, text: str) -> str:
    place.manifest(text)
    ran = place.run("plan", "--all")
    return f"{ran.code} {ran.out}{ran.err}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "T"', 'title = "T"\nlayout = "editorial"', 'write layout = "photo"'),
        (
            'kind = "cover"',
            'kind = "infographic"',
            "of kind 'infographic' has no place for a ground",
        ),
        ('kind = "cover"', 'kind = "covr"', "there is no kind 'covr'"),
        ('route = "images"', 'route = "codex", size = "1024x1024"', "cannot honour size"),
        ('route = "images"', 'route = "images", size = "100x100"', "does not support size 100x100"),
        ('route = "images"', 'route = "images", inputs = ["no.png"]', "no.png does not exist"),
    ],
)
def test_what_a_layout_or_a_model_refuses_is_one_error(
    place: Place, old: str, new: str, said: str
) -> None:
    found = _plan(place, _manifest().replace(old, new))
    assert found[0] in "24" and said in found
    assert found.count("assetgen: ") == 1, found


def test_a_layout_with_a_picture_is_kept_and_others_give_way_to_the_photo(place: Place) -> None:
    for layout, shown in (("split", "split"), ("editorial", "photo")):
        place.manifest(_manifest(before=f'[defaults.values]\nlayout = "{layout}"\n'))
        assert place.run("generate", "--draft").code == 0
        assert place.record("a")["intent"]["values"]["layout"] == shown


def test_many_entries_with_grounds_are_read_as_they_were_before_an_edit(place: Place) -> None:
    entries = [_manifest().replace('"a"', f'"a{n}"').replace("a.b", f"a{n}") for n in range(60)]
    place.manifest("".join(entries))
    before = place.run("plan", "--all", "--json").data
    entries[7] = entries[7].replace("harbour", "quay")
    place.manifest("".join(entries))
    after = place.run("plan", "--all", "--json").data
    assert [one["id"] for one in after] == [one["id"] for one in before]
    assert len(after) == 120 and after == place.run("plan", "--all", "--json", "--no-cache").data
    place.manifest("".join(entries).replace('id = "a9"', 'id = "a7/ground"'))
    assert "'a7/ground'" in place.run("plan").err
