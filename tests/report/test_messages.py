"""Common mistakes: every message says what to write instead, and none is a traceback."""

from __future__ import annotations

import io
import os
import pty
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assetgen.check import findings
from assetgen.check.findings import Report
from assetgen.errors import ManifestError
from assetgen.layouts import kind
from assetgen.manifest import parse
from assetgen.plan import decide
from assetgen.plan.workspace import open_workspace
from assetgen.report import plan
from assetgen.report import text as report
from tests.support.place import Place
from tests.support.planning import Kept, cover, painted

_ASSET = """\
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = "A"
"""
_STYLE = '[style.one]\npalette = ["#000"]\n[style.two]\npalette = ["#fff", "red"]\n'


def _with(line: str) -> str:
    return _ASSET + line + "\n"


# -- the manifest ----------------------------------------------------------------------------------

_MANIFESTS: dict[str, tuple[str, int, str, str]] = {
    # name: (text of the file, line, a part of the message, a part of the cure)
    "value of a layout": (_with('title = "T"'), 6, "no key 'title'", "put it under [asset.values]"),
    "key unlike any": (_with("zzz = 1"), 6, "no key 'zzz'", "or put it under [asset.values]"),
    "one bracket": (
        '[asset]\nid = "a"\n',
        1,
        "this is a table",
        "write [[asset]], with two brackets",
    ),
    "no quotes": (
        _ASSET.replace('"cover"', "cover"),
        3,
        "not TOML",
        'text needs quotes: kind = "cover"',
    ),
    "merge": (
        _ASSET + "<<<<<<< ours\ntake = 1\n",
        6,
        "markers of a merge conflict",
        "resolve the merge conflict in",
    ),
    "no alt": (
        _ASSET.replace('alt = "A"\n', ""),
        1,
        "alt is missing",
        'alt = "" for decoration',
    ),
    "id": (
        _ASSET.replace('"a"', '"Launch"'),
        2,
        'must be made of a-z 0-9 - and /, such as id = "launch-cover"',
        "",
    ),
    "size": (
        _with('size = "12x"'),
        6,
        'WIDTHxHEIGHT in pixels or "auto", such as size = "1200x630"',
        "",
    ),
    "route": (
        _with('route = "magic"'),
        6,
        "must be one of local, images, responses, codex, adopted and gateway:NAME",
        "",
    ),
    "path of a page": (
        _ASSET.replace("public/a", "/img/a"),
        4,
        "absolute",
        'write path = "public/img/a.png"',
    ),
    "path without folder": (
        _ASSET.replace("public/a", "img/a"),
        4,
        "output",
        'write path = "public/img/a.png"',
    ),
    "input of the web": (
        _with('inputs = ["https://example.org/x.png"]'),
        6,
        "URLs are not fetched",
        "download it",
    ),
    "colour of the second style": (_STYLE, 4, "style.two.palette[1] = 'red'", ""),
    "width twice": (
        _with("variants = { widths = [640, 320, 640] }"),
        6,
        "widths lists 640 twice",
        "one of them",
    ),
    "format twice": (
        _with('variants = { formats = ["avif", "avif"] }'),
        6,
        "formats lists avif twice",
        "one of them",
    ),
    "folder in a folder": (
        '[project]\noutputs = ["public", "public/img"]',
        2,
        "is in 'public'",
        "remove 'public/img'",
    ),
    "folder above a folder": (
        '[project]\noutputs = ["public/img", "public"]',
        2,
        "is in 'public'",
        "remove 'public/img'",
    ),
    "folder twice": ('[project]\noutputs = ["public", "public"]', 2, "listed twice", "remove one"),
    "default style": (
        '[defaults]\nstyle = "two"\n' + _ASSET,
        2,
        "no style 'two'",
        "add [style.two]",
    ),
    "default style, nearly": (
        '[defaults]\nstyle = "brnd"\n[style.brand]\n',
        2,
        "no style 'brnd'",
        "did you mean brand?",
    ),
    "gateway, nearly": (
        "[gateway.acme]\n" + _with('route = "gatway:acme"'),
        7,
        "must be one of",
        "did you mean gateway:acme?",
    ),
    "gateway of a like name": (
        "[gateway.acme]\n" + _with('route = "gateway:acne"\nprompt = "p"'),
        7,
        "no [gateway.acne] in assets.toml",
        "did you mean gateway:acme?",
    ),
    "word of a few": (
        _with('background = "clear"'),
        6,
        "not one of auto, opaque, transparent",
        'write "auto"',
    ),
    "word of a few, nearly": (
        _with('fit = { width = 1, height = 1, mode = "covr" }'),
        6,
        "not one of",
        'mean "cover"?',
    ),
    "word in a list": (
        _with('variants = { formats = ["png", "gif"] }'),
        6,
        "not one of avif, jpeg, png, webp",
        "write",
    ),
    "words without quotes": (
        _with("[asset.values]\nlayout = phone"),
        7,
        "not TOML",
        'layout = "phone"',
    ),
    "number in quotes": (
        _with('take = "2"'),
        6,
        "a whole number is needed",
        "write take = 2, without quotes",
    ),
    "default gateway": (
        '[defaults]\nroute = "gateway:x"\n',
        2,
        "no [gateway.x]",
        "add [gateway.x] to assets.toml, only the name",
    ),
}


@pytest.mark.parametrize(("text", "line", "said", "cure"), _MANIFESTS.values(), ids=_MANIFESTS)
def test_a_common_mistake_is_reported_with_what_to_write(
    text: str, line: int, said: str, cure: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        parse.parse(text.encode())
    [mistake] = caught.value.mistakes
    assert said in mistake.what
    assert mistake.line == line
    assert cure in str(caught.value.cure)


def test_folders_with_similar_names_do_not_overlap() -> None:
    text = '[project]\noutputs = ["public", "public-two", "assets/public"]\n'
    assert len(parse.parse(text.encode()).project.outputs) == 3


def test_an_error_about_an_unknown_asset_names_the_command_that_lists_all() -> None:
    with pytest.raises(ManifestError) as caught:
        parse.parse(_ASSET.encode()).find("zzz")
    assert str(caught.value.cure) == "assetgen plan --all"


# -- values of a layout ----------------------------------------------------------------------------

_VALUES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, 'add title = "text in quotes"'),
    "misspelt": ({"titel": "T"}, "did you mean title?"),
    "unlike any": ({"title": "T", "zzz": 1}, "remove zzz"),
    "layout misspelt": ({"title": "T", "layout": "splitt"}, "did you mean split?"),
    "layout of another kind": (
        {"title": "T", "layout": "bars"},
        'write kind = "infographic", which has',
    ),
    "layout unlike any": ({"title": "T", "layout": "zzz"}, "name one of these"),
    "number for text": ({"title": 1}, 'write title = "text in quotes"'),
    "choice misspelt": ({"title": "T", "theme": "drak"}, "did you mean dark?"),
    "choice unlike any": ({"title": "T", "theme": 7}, 'write theme = "'),
    "picture of the web": (
        {"title": "T", "logo": "https://example.org/x.png"},
        "download it into the project",
    ),
    "long": ({"title": "x" * 3000}, "shorten it"),
}


@pytest.mark.parametrize(("values", "cure"), _VALUES.values(), ids=_VALUES)
def test_a_wrong_value_has_a_cure_and_is_named_once(
    values: dict[str, Any], cure: str, tmp_path: Path
) -> None:
    with pytest.raises(ManifestError) as caught:
        kind.find(tmp_path, "cover").fill(values)
    assert cure in str(caught.value.cure)
    out = io.StringIO()
    report.error(caught.value.about("a"), out)
    assert out.getvalue().startswith("assetgen: asset a: ")


def test_an_error_about_a_misspelled_kind_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        kind.find(tmp_path, "covr")
    assert str(caught.value.cure) == "did you mean cover?"


@pytest.mark.parametrize(
    ("given", "cure"),
    [
        ("12.5", "write 12.5 instead of '12.5'"),
        ("12,5", "write 12.5 instead of '12,5'"),
        ("many", "write "),
    ],
    ids=["point", "comma", "no number"],
)
def test_an_error_about_a_number_in_quotes_shows_the_number(
    given: str, cure: str, tmp_path: Path
) -> None:
    series = [{"name": "A", "values": [1, given]}]
    values = {"layout": "bars", "title": "T", "categories": ["x", "y"], "series": series}
    with pytest.raises(ManifestError) as caught:
        kind.find(tmp_path, "infographic").fill(values)
    assert str(caught.value.cure).startswith(cure)


_FAULTY: dict[str, tuple[str, str, str, str]] = {
    # name: (manifest, where, a part of the message, a part of the cure)
    "kind": (
        _ASSET.replace("cover", "cvr"),
        "assets.toml:3:1, asset a",
        "no kind 'cvr'",
        "did you mean cover?",
    ),
    "value": (
        _with('[asset.values]\ntitel = "T"'),
        "assets.toml:7:1, asset a",
        "values.titel",
        "did you mean title?",
    ),
    "circle": (
        painted("a", 'inputs = ["@b"]') + painted("b", 'inputs = ["@a"]'),
        "assets.toml:16:11, asset b",
        "in a circle: a -> b -> a",
        "remove @a from asset b",
    ),
    "input": (
        painted("a", 'inputs = ["no.png"]'),
        "assets.toml:8:11, asset a",
        "no.png does not exist",
        "add no.png",
    ),
}


@pytest.mark.parametrize(("text", "where", "said", "cure"), _FAULTY.values(), ids=_FAULTY)
def test_a_mistake_of_an_asset_has_its_place_and_id_once(
    text: str, where: str, said: str, cure: str, bare: Place
) -> None:
    bare.manifest(text)
    lines = {
        line[6:-1]: number
        for number, line in enumerate(text.split("\n"), 1)
        if line.startswith('id = "')
    }
    project = open_workspace(bare.root)
    with pytest.raises(ManifestError) as caught:
        list(decide.decide(project.manifest, project.world()))
    assert caught.value.where == where.format(**lines)
    assert said in caught.value.what and cure in str(caught.value.cure)


@pytest.mark.parametrize(
    ("where", "place", "expected"),
    [
        (None, None, "asset a"),
        ("host", None, "asset a, host"),
        ("asset a", "assets.toml:3, asset a", "assets.toml:3, asset a"),
        ("assets.toml, asset a", "assets.toml:3, asset a", "assets.toml:3, asset a"),
        ("assets.toml:3, asset a", None, "assets.toml:3, asset a"),
        ("assets.toml", "assets.toml:3, asset a", "assets.toml:3, asset a"),
        ("templates/x", "assets.toml:3, asset a", "assets.toml:3, asset a, templates/x"),
    ],
    ids=["nowhere", "elsewhere", "asset", "file", "said already", "file alone", "template"],
)
def test_a_place_is_printed_once(where: str | None, place: str | None, expected: str) -> None:
    assert ManifestError("what", where=where).about("a", place).where == expected


# -- the plan and what was done --------------------------------------------------------------------


def _plan(text: str) -> str:
    out = io.StringIO()
    plan.plan_table(list(Kept().decide(text).values()), out, everything=False)
    return out.getvalue()


def test_a_manifest_without_assets_gets_instructions_to_add_one() -> None:
    lines = _plan("").splitlines()
    assert lines[0] == "assets.toml lists no images yet"
    assert parse.parse("\n".join(lines[2:]).encode()).asset[0].id == "welcome"


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (painted("p", route="codex"), "next: assetgen generate"),
        (painted("p"), "next: assetgen generate"),
        (painted("p") + cover("c"), "next: assetgen generate"),
    ],
    ids=["codex", "bought", "one of two"],
)
def test_the_next_step_is_one_that_this_version_can_do(text: str, last: str) -> None:
    assert _plan(text).splitlines()[-1] == last


def test_a_plan_advises_no_generate_where_nothing_would_be_made() -> None:
    needing = cover("c") + 'logo = "@p"\n'
    both = list(Kept().decide(painted("p") + needing).values())
    first = both[0]
    stopped = [replace(first, problem=ManifestError("it cannot be sent")), *both[1:]]
    for decisions, bill, is_advised in ((both, True, True), (stopped, False, False)):
        out = io.StringIO()
        plan.plan_table(decisions, out, everything=False)
        said = out.getvalue()
        assert ("next: assetgen generate" in said, "openai-api: " in said) == (is_advised, bill)


@pytest.mark.parametrize(
    ("text", "shown"), [(cover("c"), False), (painted("p"), True)], ids=["local", "painted"]
)
def test_a_terminal_is_shown_bills_only_if_there_are_any(text: str, shown: bool) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        plan.plan_table(list(Kept().decide(text).values()), terminal, everything=False)
        terminal.flush()
        told = os.read(master, 65536).decode()
    os.close(master)
    assert ("(openai-api, " in told) is shown


@pytest.mark.parametrize(
    ("files", "assets", "said"),
    [
        (1, 1, "1 file of 1 picture matches the manifest and its record"),
        (3, 1, "3 files of 1 picture match the manifest and the records"),
        (0, 0, "0 files of 0 pictures match the manifest and the records"),
    ],
    ids=["one", "files", "none"],
)
def test_a_clean_check_uses_singular_and_plural(files: int, assets: int, said: str) -> None:
    assert findings.check_message(Report((), assets, files), staged=False) == f"assetgen: {said}"


def test_an_image_from_the_user_is_reported_as_adopted_then_accepted(place: Place) -> None:
    place.manifest(_ASSET + '[asset.values]\ntitle = "T"\n')
    place.picture("photo.png", (1200, 630))
    assert "1 adopted" in place.ok("adopt", "a", "photo.png").out
    place.picture("public/a.png", (1200, 630), "L")
    told = place.ok("accept", "a").out
    assert "1 accepted" in told
    assert "made" not in told


def test_init_prints_what_to_commit(bare: Place) -> None:
    lines = bare.ok("init").out.splitlines()
    assert lines[-1] == "and commit: git add -- assets.toml .assetgen .gitattributes .gitignore"
    assert all(bare.has(name) for name in lines[-1].split()[5:])


@pytest.mark.parametrize(
    ("arguments", "said", "cure"),
    [
        (("show", "assets.toml"), "assets.toml is not an image", "assetgen show ID"),
        (("adopt", "a", "assets.toml"), "assets.toml: this is not a PNG", "name a PNG, JPEG"),
        (("adopt", "a", "no.png"), "assetgen: no.png is not a file", "name the picture"),
    ],
    ids=["show", "adopt", "no file"],
)
def test_a_file_that_is_not_an_image_is_reported_as_such(
    arguments: tuple[str, ...], said: str, cure: str, bare: Place
) -> None:
    bare.manifest(_ASSET + '[asset.values]\ntitle = "T"\n')
    ran = bare.run(*arguments)
    assert said in ran.err and cure in ran.err and ran.code in (2, 9)


def test_a_fresh_picture_need_not_be_accepted(bare: Place) -> None:
    bare.covers("a")
    told = bare.ok("generate").out
    assert "nothing was committed: the project is not in a git repository" in told
    assert "cure: nothing to do: assetgen show a" in bare.run("accept", "a").err
