"""kind: what a template folder may contain, which files a layout uses, what changes its digest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assetgen.errors import AssetgenError, ManifestError, TemplateError
from assetgen.layouts import closure, fonts, kind
from assetgen.layouts.kind import Kind

_SHEET = """
size = [40, 20]
layout = "plain"
[values]
title = { type = "text", required = true }
[layouts.plain]
[layouts.other]
size = [30, 30]
"""
_LAYOUT = "<!doctype html><html><head></head><body>{{ values.title }}</body></html>"
_STACK = fonts.Stack(())


def make(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """A project with ``files`` below its templates folder."""
    for name, content in files.items():
        place = root / "templates" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def small(root: Path, sheet: str = _SHEET, **layouts: str | bytes) -> Kind:
    """The kind "small" with its layouts; by default only "plain"."""
    files = {f"small/{name}.html": text for name, text in ({"plain": _LAYOUT} | layouts).items()}
    return kind.find(make(root, {"small/template.toml": sheet, **files}), "small")


# -- finding ---------------------------------------------------------------------------------------


def test_a_kind_of_the_project_replaces_the_built_in_one(tmp_path: Path) -> None:
    assert kind.find(tmp_path, "cover").root == closure.shipped_root()
    make(tmp_path, {"cover/template.toml": _SHEET})
    assert kind.find(tmp_path, "cover").root == tmp_path / "templates"
    assert kind.find(tmp_path, "ui").root == closure.shipped_root()


def test_an_error_about_an_unknown_kind_lists_the_known_ones(tmp_path: Path) -> None:
    make(tmp_path, {"mine/template.toml": _SHEET})
    with pytest.raises(ManifestError, match="there are: card, cover, icon, infographic, mine, ui"):
        kind.find(tmp_path, "yours")


def test_templates_behind_links_are_not_found(tmp_path: Path) -> None:
    make(tmp_path / "elsewhere", {"mine/template.toml": _SHEET, "fonts/x.ttf": b""})
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "templates").symlink_to(tmp_path / "elsewhere" / "templates")
    assert closure.roots(tmp_path / "project") == (closure.shipped_root(),)


def test_a_sheet_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sheet.toml").write_text(_SHEET)
    (tmp_path / "templates" / "mine").mkdir(parents=True)
    (tmp_path / "templates" / "mine" / "template.toml").symlink_to(tmp_path / "sheet.toml")
    with pytest.raises(TemplateError, match="symbolic link"):
        kind.find(tmp_path, "mine")


_SHEETS: dict[str, str | bytes] = {
    "empty": "",
    "not TOML": "size = [",
    "not UTF-8": b"size = [1, 1]\ndoc = '\xff'",
    "a date that is none": "size = [1, 1]\ndoc = 2026-13-01",
    "no size": "doc = 'x'",
    "no width": "size = [0, 20]",
    "negative": "size = [40, -20]",
    "too large": "size = [40, 9000]",
    "enormous": "size = [40, 0x" + "F" * 5000 + "]",
    "three sides": "size = [1, 2, 3]",
    "unknown key": "size = [1, 1]\ncolour = 'red'",
    "unknown type": "size = [1, 1]\nvalues.x.type = 'date'",
    "no type": "size = [1, 1]\nvalues.x = {}",
    "layout outside": "size = [1, 1]\n[layouts.'../x']",
    "layout that is not there": "size = [1, 1]\nlayout = 'x'\n[layouts.y]",
    "no size of a layout": "size = [1, 1]\n[layouts.x]\nsize = [0, 0]",
    "default of another type": "size = [1, 1]\nvalues.x = { type = 'text', default = 1 }",
    "default of a list": "size = [1, 1]\nvalues.x = { type = 'list', default = 3 }",
    "default picture": "size = [1, 1]\nvalues.x = { type = 'picture', default = 5 }",
    "default picture outside": (
        "size = [1, 1]\nvalues.x = { type = 'picture', default = '../x.png' }"
    ),
    "default that is no choice": (
        "size = [1, 1]\nvalues.x = { type = 'choice', of = ['a'], default = 'b' }"
    ),
    "enormous default": "size = [1, 1]\nvalues.x = { type = 'number', default = 0x"
    + "F" * 5000
    + " }",
    "default in a layout": (
        "size = [1, 1]\n[layouts.y]\nvalues.x = { type = 'flag', default = 'yes' }"
    ),
    "default deep down": (
        "size = [1, 1]\nvalues.x = { type = 'table', fields.y = { type = 'flag', default = 3 } }"
    ),
    "nested endlessly": "size = [1, 1]\nvalues.x" + ".fields.x" * 300 + " = {}",
}


@pytest.mark.parametrize("sheet", _SHEETS.values(), ids=_SHEETS)
def test_a_broken_sheet_is_a_template_error_that_names_the_file(
    sheet: str | bytes, tmp_path: Path
) -> None:
    make(tmp_path, {"small/template.toml": sheet})
    with pytest.raises(TemplateError) as caught:
        kind.find(tmp_path, "small")
    assert caught.value.where == "templates/small/template.toml"


# -- values ----------------------------------------------------------------------------------------

_FIELDS = """
size = [40, 20]
layout = "plain"
[values]
title = { type = "text", required = true, doc = "the headline" }
count = { type = "number" }
wide = { type = "flag", default = true }
tone = { type = "choice", of = ["warm", "cold"], default = "cold" }
colour = { type = "colour" }
logo = { type = "picture" }
tags = { type = "list", min = 1, max = 2 }
sums = { type = "list", of = ["number"] }
steps.type = "list"
steps.fields = { title = { type = "text", required = true }, icon = { type = "picture" } }
more.type = "table"
more.fields.photo = { type = "picture" }
more.fields.deep = { type = "table", fields.a.type = "text" }
[layouts.plain]
[layouts.other.values]
extra = { type = "text" }
"""


@pytest.fixture
def taker(tmp_path: Path) -> Kind:
    return small(tmp_path, _FIELDS)


def test_a_value_that_is_not_given_has_its_default_or_is_empty(taker: Kind) -> None:
    assert taker.fill({"title": "T"}) == {
        "layout": "plain",
        "title": "T",
        "count": None,
        "wide": True,
        "tone": "cold",
        "colour": "",
        "logo": "",
        "tags": [],
        "sums": [],
        "steps": [],
        "more": {},
    }


def test_a_layout_adds_its_own_values(taker: Kind) -> None:
    assert taker.fill({"title": "T", "layout": "other", "extra": "E"})["extra"] == "E"


_WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "values.title is missing: small layout 'plain' needs it (the headline)"),
    "unknown": (
        {"titel": "T"},
        "values.titel is not a value of small layout 'plain'; it accepts: title",
    ),
    "of another layout": ({"title": "T", "extra": "E"}, "values.extra is not a value"),
    "number for text": ({"title": 1}, "values.title = 1 is not a text"),
    "long text": ({"title": "x" * 2001}, "2001 characters; at most 2000"),
    "text for a number": ({"title": "T", "count": "1"}, "values.count = '1' is not a number"),
    "flag for a number": ({"title": "T", "count": True}, "is not a number"),
    "no number": ({"title": "T", "count": float("nan")}, "is not a number"),
    "endless": ({"title": "T", "count": float("inf")}, "is not a number"),
    "enormous": (
        {"title": "T", "count": 10**5000},
        "a number of thousands of digits is out of range",
    ),
    "number for a flag": ({"title": "T", "wide": 1}, "is not a flag"),
    "no choice": ({"title": "T", "tone": "hot"}, "values.tone = 'hot'; it is one of: warm, cold"),
    "list for a choice": ({"title": "T", "tone": ["warm"]}, "it is one of"),
    "no colour": ({"title": "T", "colour": "red"}, "is not a colour"),
    "colour with more": ({"title": "T", "colour": "#fff;x:1"}, "is not a colour"),
    "colour with a line end": ({"title": "T", "colour": "#fff\n"}, "is not a colour"),
    "no picture": ({"title": "T", "logo": []}, "is not a picture"),
    "picture outside": ({"title": "T", "logo": "../x.png"}, "'..'"),
    "absolute picture": ({"title": "T", "logo": "/etc/passwd"}, "is absolute"),
    "picture from the web": ({"title": "T", "logo": "https://example.org/x.png"}, "values.logo"),
    "picture outside in a list": (
        {"title": "T", "steps": [{"title": "S", "icon": "a/../../x"}]},
        "values.steps[0].icon",
    ),
    "too few": (
        {"title": "T", "tags": []},
        "values.tags has 0 entries; small layout 'plain' accepts 1 to 2",
    ),
    "too many": ({"title": "T", "tags": ["a", "b", "c"]}, "has 3 entries"),
    "text for a list": ({"title": "T", "tags": "ab"}, "is not a list"),
    "number in a list": ({"title": "T", "tags": [1]}, "values.tags[0] = 1 is not a text"),
    "text in a list of numbers": (
        {"title": "T", "sums": [1, "2"]},
        "values.sums[1] = '2' is not a number",
    ),
    "text in a list of tables": (
        {"title": "T", "steps": ["S"]},
        "values.steps[0] = 'S' is not a table",
    ),
    "missing in a list": ({"title": "T", "steps": [{}]}, "values.steps[0].title is missing"),
    "unknown in a table": ({"title": "T", "more": {"x": 1}}, "values.more.x is not a value"),
    "deep down": (
        {"title": "T", "more": {"deep": {"a": 1}}},
        "values.more.deep.a = 1 is not a text",
    ),
    "unknown layout": ({"title": "T", "layout": "none"}, "no layout 'none'; it has: other, plain"),
    "layout is a list": ({"title": "T", "layout": ["plain"]}, "no layout ['plain']"),
    "layout is a table": ({"title": "T", "layout": {}}, "no layout {}"),
}


@pytest.mark.parametrize(("values", "said"), _WRONG.values(), ids=_WRONG)
def test_an_error_about_a_wrong_value_says_what_is_accepted(
    values: dict[str, Any], said: str, taker: Kind
) -> None:
    with pytest.raises(ManifestError) as caught:
        taker.fill(values)
    assert said in caught.value.what


def test_pictures_are_found_at_every_depth_once_each(taker: Kind) -> None:
    filled = taker.fill(
        {
            "title": "T",
            "logo": "a.png",
            "steps": [
                {"title": "1", "icon": "@b"},
                {"title": "2"},
                {"title": "3", "icon": "a.png"},
            ],
            "more": {"photo": "c.png"},
        }
    )
    assert taker.pictures(filled) == ("a.png", "@b", "c.png")


# -- what a layout reaches -------------------------------------------------------------------------


def test_everything_a_layout_reaches_is_found(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "base.css": "body { background: url(small/dots.svg) }",
            "parts/head.html": "{% include 'deep.html' %}",
            "parts/deep.html": "<img src='pic.png'>",
            "parts/pic.png": b"\x89PNG",
            "small/dots.svg": "<svg></svg>",
            "small/unused.html": "",
        },
    )
    found = small(
        tmp_path,
        plain=(
            '<link href="../base.css">{%- include "../parts/head.html" -%}'
            '<b style="c:url(dots.svg)">'
        ),
    )
    assert set(found.files("plain")) == {
        "small/plain.html",
        "base.css",
        "small/dots.svg",
        "parts/head.html",
        "parts/deep.html",
        "parts/pic.png",
    }


def test_a_layout_of_the_project_may_use_built_in_parts(tmp_path: Path) -> None:
    found = small(tmp_path, plain='<link rel="stylesheet" href="../base.css">')
    assert found.files("plain")["base.css"] == (closure.shipped_root() / "base.css").read_bytes()
    make(tmp_path, {"base.css": "own"})
    assert kind.find(tmp_path, "small").files("plain")["base.css"] == b"own"


_OUT_OF_REACH: dict[str, str | bytes] = {
    "not there": "<img src='none.png'>",
    "outside": "<img src='../../secret.png'>",
    "outside by include": "{% include '../../../etc/passwd' %}",
    "hidden": "<img src='../.git/config.x'>",
    "computed": "{% include values.title %}",
    "computed with a dash": "{%- extends values.title %}",
    "computed list": '{% include ["a.html"] %}',
    "not UTF-8": b"<b>\xff</b>",
}


@pytest.mark.parametrize("layout", _OUT_OF_REACH.values(), ids=_OUT_OF_REACH)
def test_a_layout_reaches_nothing_but_named_files_of_the_templates(
    layout: str | bytes, tmp_path: Path
) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    with pytest.raises(TemplateError):
        small(tmp_path, plain=layout).files("plain")


def test_a_layout_does_not_reach_through_links(tmp_path: Path) -> None:
    (tmp_path / "secret.css").write_text("secret")
    found = small(tmp_path, plain="<link href='x.css'>")
    (found.root / "small" / "x.css").symlink_to(tmp_path / "secret.css")
    with pytest.raises(TemplateError, match="symbolic link"):
        found.files("plain")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    found = small(tmp_path, plain="<img src='x.png'>")
    (found.root / "small" / "x.png").write_bytes(b"x" * (closure.MAX_TEMPLATE_BYTES + 1))
    with pytest.raises(TemplateError, match="the limit is"):
        found.files("plain")


# -- the digest ------------------------------------------------------------------------------------


def _digest(root: Path, layout: str = "plain", stack: fonts.Stack = _STACK) -> str:
    return kind.find(root, "small").digest(layout, stack)


def test_the_digest_depends_on_the_contents_alone(tmp_path: Path) -> None:
    for name in ("one", "other"):
        small(tmp_path / name, plain=_LAYOUT)
    assert _digest(tmp_path / "one") == _digest(tmp_path / "other")


@pytest.mark.parametrize(
    "change",
    [
        {"small/plain.html": _LAYOUT.replace("<body>", "<body >")},
        {"small/part.html": "new"},
        {"small/template.toml": _SHEET + "transparent = true\n[layouts.plain.values]\n"},
        {
            "small/template.toml": _SHEET.replace(
                "[layouts.plain]", '[layouts.plain]\nsource_type = "dataDrivenMedia"'
            )
        },
        {"small/template.toml": _SHEET.replace("required = true", "required = true, max = 3")},
    ],
    ids=["the layout", "an included part", "another layout", "its source type", "a value"],
)
def test_the_digest_covers_everything_that_decides_the_drawing_and_nothing_else(
    change: dict[str, str], tmp_path: Path
) -> None:
    small(tmp_path, plain="{% include 'part.html' %}")
    make(tmp_path, {"small/part.html": "old"})
    before = _digest(tmp_path)
    make(tmp_path, change)
    concerns_another = "transparent" in str(change)
    assert (_digest(tmp_path) == before) is concerns_another


def test_neither_line_ends_nor_documentation_of_the_kind_nor_an_unused_file_change_the_digest(
    tmp_path: Path,
) -> None:
    small(tmp_path, plain=_LAYOUT.replace("<body>", "<body>\n"))
    before = _digest(tmp_path)
    make(
        tmp_path,
        {"small/plain.html": _LAYOUT.replace("<body>", "<body>\r\n"), "small/unused.html": "x"},
    )
    make(tmp_path, {"small/template.toml": "doc = 'new words'\n" + _SHEET.replace("\n", "\r\n")})
    assert _digest(tmp_path) == before


def test_another_font_is_another_digest(tmp_path: Path) -> None:
    small(tmp_path)
    known = kind.available_fonts(tmp_path)
    assert _digest(tmp_path, stack=fonts.stack(known, "Inter")) != _digest(
        tmp_path, stack=fonts.stack(known, fonts.MONO)
    )


# -- the prompt ------------------------------------------------------------------------------------


def test_a_prompt_is_framed_by_the_kind_with_its_values(tmp_path: Path) -> None:
    found = small(tmp_path)
    assert found.scaffold({}, "a plane") == "a plane"
    make(tmp_path, {"small/prompt.md": "\nFor $$5: $prompt in ${tone}, $count of them.\n"})
    assert found.scaffold({"tone": "red", "count": 2, "list": [1]}, "a $tone plane") == (
        "For $5: a $tone plane in red, 2 of them."
    )


@pytest.mark.parametrize(
    ("scaffold", "said"),
    [
        ("$titel", "uses 'titel', which this asset does not have"),
        ("5 $ each", "cannot be read: Invalid placeholder"),
        (b"\xff", "cannot be read"),
    ],
    ids=["unknown name", "bare sign", "not UTF-8"],
)
def test_a_scaffold_that_cannot_be_filled_is_a_template_error(
    scaffold: str | bytes, said: str, tmp_path: Path
) -> None:
    found = small(tmp_path)
    make(tmp_path, {"small/prompt.md": scaffold})
    with pytest.raises(TemplateError, match=said) as caught:
        found.scaffold({"title": "T"}, "p")
    assert caught.value.where == "templates/small/prompt.md"


def test_a_scaffold_is_never_read_through_a_link(tmp_path: Path) -> None:
    found = small(tmp_path)
    (tmp_path / "key").write_text("secret")
    (found.root / "small" / "prompt.md").symlink_to(tmp_path / "key")
    with pytest.raises(AssetgenError, match="symbolic link"):
        found.scaffold({}, "p")
