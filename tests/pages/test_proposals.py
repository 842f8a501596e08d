"""A missing image becomes an entry of the manifest, or is refused with a reason and a cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.layouts import kind
from assetgen.layouts.kind import Kind
from assetgen.manifest import add_entries, parse
from assetgen.manifest.schema import Manifest
from assetgen.pages.gap import Gap
from assetgen.pages.proposals import Proposals, propose
from assetgen.refs.reference import AltStatus, Marks, Reference
from assetgen.refs.reference import Kind as Form
from assetgen.refs.sites.resolution import How, Resolution
from tests.support.place import Place

_POST = """---
title: Launch day
description: What we learned.
tags: [release, notes]
cover: /img/launch.png
---
Intro
# Launch day
## The numbers
![]({})
## Later
"""
_PATH = "public/img/blog/launch-chart.png"


def _kind(name: str) -> Kind:
    return kind.find(Path("none"), name)


def _gap(
    path: str | None = _PATH,
    *,
    text: str = _POST,
    form: Form = "md_image",
    key: str = "",
    alt: str | None = None,
    status: AltStatus = "missing",
    size: tuple[int | None, int | None] = (None, None),
    element: str = "",
    file: str = "content/post.mdx",
    line: int = 10,
    how: How = "absolute",
    exists: bool = False,
) -> Gap:
    raw = "/" + (path or "x.png").removeprefix("public/")
    reference = Reference(
        file=file,
        line=line,
        col=5,
        kind=form,
        raw=raw,
        alt=alt,
        alt_status="present" if alt else status,
        dynamic=how == "dynamic",
        width=size[0],
        height=size[1],
        element=element,
        key=key,
        marks=Marks((0, 0)),
    )
    return Gap(reference, Resolution(how, path, exists if path else None), text)


def _cover(path: str = "public/img/launch.png", key: str = "cover", **more: Any) -> Gap:
    return _gap(path, form="frontmatter", key=key, line=5, **more)


def _proposed(*gaps: Gap, wanted: str = "", route: str | None = None) -> Proposals:
    return propose(gaps, parse.parse(wanted.encode()), _kind, route=route)


def _entry(*gaps: Gap, wanted: str = "", route: str | None = None) -> dict[str, Any]:
    found = _proposed(*gaps, wanted=wanted, route=route)
    assert found.refusals == ()
    [entry] = found.entries
    return dict(entry)


def test_an_image_within_a_page_is_a_draft_without_words_of_its_own() -> None:
    assert _entry(_gap(alt="Sales by month")) == {
        "id": "blog/launch-chart",
        "kind": "infographic",
        "path": _PATH,
        "alt": "Sales by month",
        "draft": True,
        "values": {"layout": "bars"},
    }


_GUESSES = {
    "Bar chart: with cache 80 ms, without 160 ms": "infographic/bars",
    "Latency over time": "infographic/lines",
    "A line chart of the year": "infographic/lines",
    "Requests per second, before and after": "infographic/comparison",
    "Comparison of three plans": "infographic/comparison",
    "The three steps of a release": "infographic/steps",
    "Architecture of the service": "infographic/flow",
    "The dashboard, with a bar chart": "ui/browser",
    "The app on a phone, with a line chart": "ui/phone",
    "Build and coverage badges": "ui/badges",
    "The empty inbox": "ui/empty-state",
    "Our team in Lisbon": "cover",
    "Barstool and stepmother": "cover",
}


@pytest.mark.parametrize(("alt", "expected"), _GUESSES.items())
def test_words_of_the_page_tell_the_kind_and_layout(alt: str, expected: str) -> None:
    [found] = _proposed(_gap("public/img/x.png", text="", line=1, alt=alt)).proposals
    layout = found.entry.get("values", {}).get("layout")
    assert "/".join(filter(None, (found.entry["kind"], layout))) == expected
    assert f": {expected}; write its values" in found.guess


@pytest.mark.parametrize(
    ("gap", "why"),
    [
        (_gap("public/img/x.png", element="PhoneFrame", form="jsx_attr"), '"Phone" in the name of'),
        (_gap("public/img/line-chart.png"), '"line chart" in the name of the file'),
        (_gap("public/x.png", text="## Benchmarks\n\n![]()\n", line=3), '"Benchmarks" in the head'),
        (_gap("public/x.png", text="", line=1), "nothing on the page says what it is"),
    ],
    ids=["element", "file", "heading", "nothing"],
)
def test_the_place_of_an_image_tells_its_kind_too(gap: Gap, why: str) -> None:
    assert why in _proposed(gap).proposals[0].guess


@pytest.mark.parametrize(
    ("styles", "style"),
    [
        ("[style.brand]\n", "brand"),
        ("[style.x]\n[style.brand]\n", "brand"),
        ("[style.x]\n[style.y]\n", None),
        ('[defaults]\nstyle = "brand"\n[style.brand]\n', None),
    ],
)
def test_new_entries_take_the_style_of_the_starter(styles: str, style: str | None) -> None:
    assert _entry(_gap(), wanted=styles).get("style") == style
    assert _entry(_cover(), wanted=styles).get("style") == style


@pytest.mark.parametrize(
    "key", ["cover", "image", "ogImage", "hero.image.src", "images[0]", "cover_image", "og:image"]
)
def test_the_cover_of_a_page_takes_its_title_from_the_page(key: str) -> None:
    assert _entry(_cover(key=key)) == {
        "id": "launch",
        "kind": "cover",
        "path": "public/img/launch.png",
        "alt": "{title}",
        "from": "content/post.mdx",
    }


@pytest.mark.parametrize("key", ["avatar", "author.image.url.logo", "logo", "icon"])
def test_another_image_in_the_front_matter_is_not_the_cover(key: str) -> None:
    assert "from" not in _entry(_cover(key=key))


def test_the_card_in_the_head_of_html_takes_its_title_from_the_page() -> None:
    page = "<head><title>Cats</title><meta property='og:image' content='/img/og.png'></head>"
    card = _gap("public/img/og.png", text=page, file="a.html", element="meta", form="jsx_attr")
    assert (_entry(card)["alt"], _entry(card)["from"]) == ("{title}", "a.html")


def test_the_cover_of_a_page_without_a_title_is_a_draft() -> None:
    entry = _entry(_cover(text="---\ncover: /img/launch.png\n---\n"))
    assert ("from" in entry, entry["kind"], entry["draft"]) == (False, "cover", True)


def test_a_generated_image_gets_a_prompt_from_the_text_around_it() -> None:
    entry = _entry(_gap(alt="Sales by month"), route="images")
    assert (entry["route"], entry["kind"]) == ("images", "infographic")
    assert entry["prompt"] == (
        'Sales by month. It illustrates the section "The numbers" of the page "Launch day": '
        "What we learned. "
        "(topics: release, notes)"
    )
    assert ("values" in entry, entry["draft"]) == (False, True)


def test_the_default_route_is_not_repeated() -> None:
    entry = _entry(_gap(), wanted='[defaults]\nroute = "images"\n')
    assert "route" not in entry
    assert entry["prompt"].startswith("The numbers. It illustrates the page")


def test_a_generated_cover_uses_placeholders_of_its_page() -> None:
    entry = _entry(_cover(alt="A paper plane."), route="images")
    assert (entry["from"], entry["prompt"]) == (
        "content/post.mdx",
        "A paper plane. $title. $description",
    )


_ALTS: dict[str, tuple[Gap, str]] = {
    "written": (_gap(alt=" Two\n words "), "Two words"),
    "the heading": (_gap(), "The numbers"),
    "the page": (_gap(text="---\ntitle: A page\n---\nx\n", line=4), "A page"),
    "the file": (
        _gap("public/img/a1b2c3d4e5-launchDay_1200x630-copy.png", text="", line=1),
        "Launch Day",
    ),
    "a file's name": (_gap(alt="chart.png"), "The numbers"),
    "junk": (_gap(alt="undefined"), "The numbers"),
    "decoration": (_gap(status="empty", alt="", element="img"), ""),
    "Markdown without words": (_gap(status="empty", alt=""), "The numbers"),
    "nothing at all": (_gap("public/img/0123456789ab.png", text="", line=1), "Picture"),
    "controls": (_gap(alt="a\x1b[2J\u202eb"), "a[2Jb"),
    "too long": (_gap(alt="x" * 9000), "x" * 2000),
    "a heading in HTML": (
        _gap(text="<h2 id=a>Our <b>team</b></h2>\n<img>\n", line=2, file="src/x.html"),
        "Our team",
    ),
    "no remark at the head": (
        _gap(text="---\n# remark\na: b\n---\n![](x)\n", line=5),
        "Launch chart",
    ),
}


@pytest.mark.parametrize(("gap", "alt"), _ALTS.values(), ids=_ALTS.keys())
def test_alt_is_the_first_text_of_the_page(gap: Gap, alt: str) -> None:
    assert _entry(gap)["alt"] == alt


_SIZES: dict[str, tuple[list[Gap], dict[str, int] | None]] = {
    "none": ([_gap()], None),
    "both": ([_gap(size=(800, 400))], {"width": 1600, "height": 800}),
    "a width": ([_gap(size=(600, None))], {"width": 1200, "height": 675}),
    "a height": ([_gap(size=(None, 315))], {"width": 1120, "height": 630}),
    "the largest": (
        [_gap(size=(800, 400)), _gap(size=(2000, 1000))],
        {"width": 2000, "height": 1000},
    ),
    "an element": ([_gap(size=(8, 4), element="img", form="jsx_attr")], {"width": 16, "height": 8}),
    "a card in code": ([_gap(size=(600, 315), form="js_string")], {"width": 600, "height": 315}),
    "both before one": ([_gap(size=(8, 4)), _gap(size=(900, None))], {"width": 16, "height": 8}),
    "more than any": ([_gap(size=(99_999, 400))], None),
}  # fmt: skip


@pytest.mark.parametrize(("gaps", "fit"), _SIZES.values(), ids=_SIZES.keys())
def test_the_size_is_the_largest_declared_size(gaps: list[Gap], fit: dict[str, int] | None) -> None:
    assert _entry(*gaps).get("fit") == fit


def test_several_references_to_a_file_are_one_entry_with_the_first_alt() -> None:
    found = _proposed(_gap(), _gap(alt="One"), _gap(alt="Two"))
    assert [
        (entry["alt"], len(p.references))
        for entry, p in zip(found.entries, found.proposals, strict=True)
    ] == [("One", 3)]


_IDS = {
    "public/img/blog/launch-cover.png": "blog/launch-cover",
    "public/Images/TeamPhoto_2.png": "teamphoto-2",
    "assets/x.png": "x",
    "public/static/media/a.b.webp": "a-b",
    "public/_/x__y.png": "x-y",
    "public/___.png": "picture",
    "public/_con/x.png": "con-picture/x",
    "public/" + "long-folder/" * 12 + "x.png": "long-folder/" * 6 + "x",
    "public/" + "n" * 150 + ".png": "n" * 80,
}


@pytest.mark.parametrize(("path", "asset_id"), _IDS.items(), ids=range(len(_IDS)))
def test_an_id_is_the_path_without_common_folders(path: str, asset_id: str) -> None:
    assert _entry(_gap(path))["id"] == asset_id


def test_two_files_of_one_name_have_two_ids() -> None:
    found = _proposed(
        _gap("public/img/a.png"),
        _gap("public/images/a.png"),
        _gap("public/a.webp"),
        _gap("assets/a.png"),
    )
    assert [entry["id"] for entry in found.entries] == ["a", "images/a", "a-2", "a-3"]


_OLD = (
    '[[asset]]\nid = "launch"\nkind = "cover"\npath = "public/launch.png"\nalt = "A"\n'
    "variants = { widths = [640] }\n"
)
_REFUSED: dict[str, tuple[Gap, str, str]] = {
    "svg": (_gap("public/logo.svg"), "not .svg", "write logo.png in the page"),
    "no extension": (_gap("public/logo"), "assetgen makes", "in the page"),
    "no output folder": (
        _gap("src/img/a.png"),
        "not in an output folder (public, assets)",
        'outputs = ["public", "assets", "src/img"] under [project]',
    ),
    "the root": (_gap("a.png"), "not in an output folder", "use a file in an output folder"),
    "wildcard": (_gap("public/a*b.png"), "which not every system allows", "another name"),
    "a way out": (_gap("../a.png"), "paths must stay inside the project", "another name"),
    "its own folder": (_gap(".git/a.png"), "has the part '.git'", "another name"),
    "bare": (_gap(None, how="bare-unknown"), "its folder is in the component", "write its path"),
    "external": (_gap(None, how="external"), "loaded from another site", "download"),
    "dynamic": (_gap(None, how="dynamic"), "computed when the page runs", "write the whole path"),
    "package": (_gap(None, how="package"), "comes from a package", "install"),
    "wanted": (
        _gap("public/Launch.png"),
        "asset launch lists public/launch.png, which differs from public/Launch.png in case only",
        "assetgen refs --fix",
    ),
    "a variant": (
        _gap("public/launch-640.PNG"),
        "asset launch lists public/launch-640.png, which",
        "assetgen refs --fix",
    ),
    "a taken id": (
        _gap("public/img/launch.png"),
        "would be launch, which is the id of public/launch.png",
        "refer to public/launch.png in the page",
    ),
}


@pytest.mark.parametrize(("gap", "what", "cure"), _REFUSED.values(), ids=_REFUSED.keys())
def test_a_path_that_cannot_be_made_is_refused_with_a_cure(gap: Gap, what: str, cure: str) -> None:
    found = _proposed(gap, wanted=_OLD)
    assert found.proposals == ()
    [refusal] = found.refusals
    assert refusal.reference == gap.reference
    assert what in refusal.what
    assert cure in str(refusal.cure)


def test_a_refusal_does_not_stop_other_proposals() -> None:
    found = _proposed(_gap("public/logo.svg"), _gap())
    assert (len(found.proposals), len(found.refusals)) == (1, 1)


def test_a_proposal_can_be_added_and_generated(place: Place) -> None:
    place.manifest("# ours\n[project]\noutputs = ['public']\n")
    place.write("content/post.mdx", _POST)
    known = parse.parse(place.read("assets.toml"))
    found = propose([_gap(alt="Sales", size=(1200, 600)), _cover(size=(1200, None))], known, _kind)
    assert add_entries.add(place.root, found.entries).ids == ("blog/launch-chart", "launch")
    place.ok("generate")
    place.git("add", "-A")
    assert place.ok("check", "--staged").code == 0
    assert place.record("launch")["intent"]["values"]["title"] == "Launch day"
    place.write("content/post.mdx", _POST.replace("title: Launch day", "title: Landing day"))
    assert "launch: values.title Launch day -> Landing day" in place.run("check").out


_ANY = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\0\x1b\n\"'\\#[]{}$\u202e`*<"), max_size=30
)
_MANY_PATHS = st.sampled_from(
    ["public/a.png", "public/img/b-1200x630.webp", "public/blog/Og.jpg", "assets/x/chart.avif"]
)


@settings(max_examples=150, deadline=None)
@given(_MANY_PATHS, _ANY, _ANY, _ANY, st.sampled_from([None, "images"]), st.booleans())
def test_any_page_leaves_a_valid_manifest(
    path: str, alt: str, title: str, heading: str, route: str | None, cover: bool
) -> None:
    text = f"---\ntitle: {title}\ndescription: {heading}\n---\n# {heading}\n{title}\n\n"
    make = _cover if cover else _gap
    found = propose([make(path, alt=alt, text=text)], Manifest(), _kind, route=route)
    written = add_entries.inserted("", found.entries)
    [asset] = parse.parse(written.encode()).asset
    assert asset.path == path
    assert tomli.loads(written)["asset"][0] == found.entries[0]


def test_a_doubled_size_is_explained() -> None:
    def reason(*gaps: Gap) -> str:
        return propose(gaps, Manifest(), _kind).proposals[0].size

    assert reason(_gap(size=(600, 315))).startswith("1200x630, twice the 600x315 CSS pixels")
    assert reason(_gap(size=(600, None))).startswith("1200x675, twice the 600x337 CSS pixels")
    assert not reason(_gap(size=(1200, 630))) and not reason(_gap())
    assert not reason(_gap(size=(600, 315), form="js_string"))
