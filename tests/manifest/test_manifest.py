"""manifest: what assets.toml can contain, and how a mistake in it is reported."""

from __future__ import annotations

import re

import msgspec
import pytest

from assetgen.errors import ManifestError, TrustError
from assetgen.manifest import parse, schema
from assetgen.manifest.schema import FORMATS, SUFFIX
from assetgen.manifest.target import Target
from assetgen.record.schema import Measured
from assetgen.refs.scan.picture_heuristics import EXTENSIONS

_ASSET = """\
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = "A"
"""


def _parse(text: str) -> schema.Manifest:
    return parse.parse(text.encode())


def _with(*lines: str) -> str:
    return _ASSET + "".join(line + "\n" for line in lines)


def _but(**changed: str) -> str:
    lines = [line for line in _ASSET.splitlines() if line.partition(" ")[0] not in changed]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in changed.items() if value), ""])


# -- valid -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "[project]\n", "\ufeff"], ids=["empty", "comment", "table", "mark"]
)
def test_an_empty_manifest_has_no_assets_and_two_output_folders(text: str) -> None:
    found = _parse(text)
    assert found.asset == ()
    assert found.project.outputs == ("public", "assets")


def test_an_asset_uses_the_defaults_for_keys_that_it_does_not_set() -> None:
    found = _parse(
        '[defaults]\nroute = "images"\nstyle = "brand"\nmodel = "m"\n[style.brand]\n'
        + _with('prompt = "p"')
    )
    asset = found.asset[0]
    assert (asset.route, asset.style, asset.model) == ("images", "brand", None)
    assert found.model_of(asset) == "m"
    assert _parse(_ASSET).asset[0].route == "local"


def test_a_byte_order_mark_and_windows_line_ends_are_ignored() -> None:
    text = _with('route = "images"', 'prompt = """one', 'two"""')
    assert parse.parse(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == _parse(text)


def test_text_is_the_same_however_an_editor_composes_it() -> None:
    one, other = (
        _parse(_with('route = "images"', f'prompt = "  caf{e} \\n"')) for e in ("\u00e9", "e\u0301")
    )
    assert one == other
    assert one.asset[0].prompt == "caf\u00e9"


@pytest.mark.parametrize(
    "text",
    [
        "👩‍💻",
        "🏳️‍🌈",
        "7️⃣",
        "🇩🇪",
        "e\u0301\u0323",
        "so\u00adft",
        "\u05e9\u05dc\u05d5\u05dd",
        "a\tb",
        "x\u200d",
        "\ufeff",
    ],
    ids=[
        "joined",
        "flag with joiner",
        "keycap",
        "flag",
        "marks",
        "soft hyphen",
        "Hebrew",
        "tab",
        "joiner",
        "mark",
    ],
)
def test_text_of_every_script_is_accepted_unchanged(text: str) -> None:
    assert _parse(_but(alt=f"'{text}'")).asset[0].alt == text


@pytest.mark.parametrize(
    ("path", "variants", "expected"),
    [
        ("a/b.png", "", ["a/b.png"]),
        ("a/b.PNG", "{ widths = [9] }", ["a/b.PNG", "a/b-9.png"]),
        ("a/b.jpeg", "{ formats = ['jpeg', 'avif'] }", ["a/b.jpeg", "a/b.avif"]),
        ("a/b.x.png", "{ widths = [2, 1] }", ["a/b.x.png", "a/b.x-2.png", "a/b.x-1.png"]),
        (
            "a/b.webp",
            "{ widths = [1, 2], formats = ['avif', 'webp'] }",
            ["a/b.webp", "a/b-1.avif", "a/b-2.avif", "a/b-1.webp", "a/b-2.webp"],
        ),
    ],
    ids=["none", "capital suffix", "formats", "order kept", "both"],
)
def test_variants_are_files_beside_the_main_one(
    path: str, variants: str, expected: list[str]
) -> None:
    text = '[project]\noutputs = ["a"]\n' + _but(path=f'"{path}"', variants=variants)
    assert [target.path for target in schema.targets(_parse(text).asset[0])] == expected


def test_a_target_has_its_format_and_width() -> None:
    asset = _parse(_with("variants = { widths = [9], formats = ['webp'] }")).asset[0]
    assert schema.targets(asset)[1] == Target("public/a-9.webp", "webp", 9)


# -- mistakes --------------------------------------------------------------------------------------

_MISTAKES: dict[str, tuple[str, int | None, str]] = {
    # name: (text of the file, line, a part of the message)
    "not TOML": ("x = 1\ny =", 2, "not TOML"),
    "nested endlessly": ("x = " + "[" * 3000, None, "not TOML"),
    "a date that is none": ("x = 2026-02-30", 1, "not TOML"),
    "unknown table": ("[projects]\n", 1, "no key 'projects'"),
    "unknown key": (_with("paht = 1"), 6, "no key 'paht'"),
    "unknown key in a table": ("[project]\ncommit = true\npublik = 1", 3, "no key 'publik'"),
    "unknown key in fit": (_with("fit = { width = 1, height = 1, crop = 1 }"), 6, "no key 'crop'"),
    "unknown key in a style": ("[style.brand]\nfonts = 'x'", 2, "no key 'fonts'"),
    "key without a name": (_with('"" = 1'), 6, "there is no key ''"),
    "key over lines": (_with('"a\\nb" = 1'), 6, "there is no key 'a\nb'"),
    "missing key": (_but(alt=""), 1, "alt is missing"),
    "asset is no list": (
        "asset = 1",
        1,
        "asset = 1: a list is needed here, this is a whole number",
    ),
    "asset is a table": ("[asset]\nid = 'a'", 1, "a list is needed here, this is a table"),
    "not a text": (
        _but(alt="1"),
        5,
        "asset[0].alt = 1: text is needed here, this is a whole number",
    ),
    "not a number": (
        _with("take = '2'"),
        6,
        "asset[0].take = '2': a whole number is needed here, this is text",
    ),
    "not a whole number": (_with("take = 2.5"), 6, "asset[0].take = 2.5"),
    "not a flag": ("[project]\ncommit = 'no'", 2, "true or false is needed here"),
    "too small": (_with("take = 0"), 6, "at least 1"),
    "too large": (
        _with("fit = { width = 9000, height = 1 }"),
        6,
        "asset[0].fit.width = 9000: at most 8192",
    ),
    "enormous": (_with("take = 0x" + "F" * 5000), 6, "at most 9999"),
    "enormous value": (
        _with("[asset.values]", "n = 0x" + "F" * 5000),
        7,
        "values.n is larger than a number",
    ),
    "id with capitals": (
        _but(id='"Launch"'),
        5,
        "asset[0].id = 'Launch': it must be made of a-z 0-9 - and /",
    ),
    "id that climbs": (_but(id='"../a"'), 5, "asset[0].id"),
    "id that is a device": (_but(id='"con"'), 5, "device"),
    "id twice": (
        _ASSET + _ASSET.replace("a.png", "b.png"),
        7,
        "id 'a' is used twice: by assets 1 and 2",
    ),
    "path twice": (
        _ASSET + _ASSET.replace('"a"', '"b"'),
        9,
        "public/a.png is already written by asset 'a'",
    ),
    "path twice but for case": (
        _ASSET + _ASSET.replace('"a"', '"b"').replace("a.png", "A.png"),
        9,
        "public/A.png is already written by asset 'a'",
    ),
    "variant on a path": (
        _with("variants = { widths = [9] }")
        + _ASSET.replace('"a"', '"b"').replace("a.png", "a-9.png"),
        10,
        "public/a-9.png is already written by asset 'a'",
    ),
    "variant twice": (_with("variants = { widths = [9, 9] }"), 6, "variants.widths lists 9 twice"),
    "file below a file": (
        _ASSET + _ASSET.replace('"a"', '"b"').replace("a.png", "a.png/b.png"),
        9,
        "public/a.png is a file of asset 'a'",
    ),
    "path outside": (_but(path='"../a.png"'), 5, "'..'"),
    "path into git": (_but(path='"public/.git/a.png"'), 5, "'.git'"),
    "path without a suffix": (_but(path='"public/a"'), 5, "does not end in"),
    "path of another type": (_but(path='"public/a.gif"'), 5, "does not end in"),
    "path in no output folder": (
        _but(path='"src/a.png"'),
        5,
        "not in an output folder (public, assets)",
    ),
    "path beside an output folder": (_but(path='"public-a.png"'), 5, "not in an output folder"),
    "no output folder": ("[project]\noutputs = []", 2, "project.outputs"),
    "output folder outside": ("[project]\noutputs = ['..']", 2, "'..'"),
    "output folder of records": ("[project]\noutputs = ['.assetgen']", 2, "'.assetgen'"),
    "public folder outside": ("[project]\npublic = '/var/www'", 2, "is absolute"),
    "kind that climbs": (_but(kind='"../cover"'), 5, "'..'"),
    "unknown style": (_with("style = 'brand'"), 6, "there is no style 'brand'; there are: none"),
    "style with a space": (
        "[style.'my brand']\nprompt = 'x'",
        1,
        "'my brand' is not a valid name for a style",
    ),
    "one style of two with a space": (
        "[style.a]\n[style.'b c']\n",
        2,
        "'b c' is not a valid name for a style",
    ),
    "gateway with a capital": ("[gateway.Foo]\n", 1, "'Foo' is not a valid name for a gateway"),
    "no colour": (
        "[style.a]\npalette = ['#000', 'red']",
        2,
        "style.a.palette[1] = 'red': it must be #rgb or #rrggbb",
    ),
    "unknown route": (_with("route = 'midjourney'"), 6, "it must be one of local, images"),
    "unknown gateway": (_with("route = 'gateway:x'", "prompt = 'p'"), 6, "there is no [gateway.x]"),
    "no prompt": (_with("route = 'images'"), 1, "has no prompt"),
    "blank prompt": (_with("route = 'images'", "prompt = '  '"), 7, "has no prompt"),
    "transparent JPEG": (
        _but(path='"public/a.jpg"', background="'transparent'"),
        6,
        "jpeg files cannot be transparent",
    ),
    "input outside": (_with("inputs = ['x.png', '/etc/passwd']"), 6, "is absolute"),
    "mask outside": (_with("mask = '../m.png'"), 6, "'..'"),
    "unknown reference": (_with("inputs = ['@b']"), 6, "'@b' is not an asset of this manifest"),
    "bad size": (_with("size = '0x10'"), 6, "WIDTHxHEIGHT"),
    "control character": (
        _but(alt='"a\\u001b[2J"'),
        5,
        "alt contains the control character U+001B",
    ),
    "direction": (_but(alt='"a\\u202Eb"'), 5, "U+202E"),
    "control character deep in values": (
        _with("[asset.values]", 'list = [{ t = "x\\u0000" }]'),
        7,
        "values.list[0].t contains the control character U+0000",
    ),
    "control character in a model": (
        _with('model = "x\\u0007"'),
        6,
        "model contains the control character",
    ),
    "control character in a style": (
        '[style.a]\nprompt = "x\\u0007"',
        2,
        "style.a.prompt contains the control character",
    ),
    "date in values": (_with("[asset.values]", "when = 2026-01-01"), 7, "values.when is a date"),
}


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ('[project]\ncontent = "content/**"\n', 'write content = ["content/**"]'),
        ('[project]\noutputs = "public"\n', 'write outputs = ["public"]'),
        ('[check]\nignore = "a\\"b"\n', 'write ignore = ["a\\"b"]'),
        (_with('inputs = "assets/a.png"'), 'write inputs = ["assets/a.png"]'),
        (_with('content = ["a"]'), "put it under [project], above the first [[asset]]"),
    ],
    ids=["content", "outputs", "quotation marks", "of an asset", "of another table"],
)
def test_a_mistake_has_a_cure_that_can_be_copied(text: str, cure: str) -> None:
    with pytest.raises(ManifestError) as caught:
        _parse(text)
    assert str(caught.value.cure) == cure


@pytest.mark.parametrize(("text", "line", "said"), _MISTAKES.values(), ids=_MISTAKES)
def test_a_mistake_is_reported_once_with_its_line(text: str, line: int | None, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        _parse(text)
    [mistake] = caught.value.mistakes
    assert said in mistake.what
    assert mistake.line == line


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        (_with("promt = 'x'"), "did you mean prompt?"),
        (_with("fit = { width = 1, height = 1, mod = 'cover' }"), "did you mean mode?"),
        (_but(alt=""), 'add alt = "what the image shows", or alt = "" for decoration'),
        (_with("style = 'brand'"), "add [style.brand]"),
        (
            _ASSET.replace('"a"', '"launch"')
            + _ASSET.replace("a.png", "b.png")
            + "inputs = ['@lauch']",
            "did you mean @launch?",
        ),
        (
            "[colours]",
            "remove it; there are: project, check, defaults, style, gateway, asset, collection",
        ),
    ],
    ids=["key", "key of a table", "missing", "style", "reference", "unlike any"],
)
def test_a_mistake_is_reported_with_its_cure(text: str, cure: str) -> None:
    with pytest.raises(ManifestError) as caught:
        _parse(text)
    assert str(caught.value.cure) == cure


def test_the_line_is_right_after_a_prompt_of_many_lines_with_quotes_in_it() -> None:
    text = _with(
        "route = 'images'",
        'prompt = """',
        'a "sign" # that',
        '[reads] it\'s "closed """',
        "takes = 2",
    )
    with pytest.raises(ManifestError) as caught:
        _parse(text)
    assert caught.value.where == "assets.toml:10:1, asset a"


@pytest.mark.parametrize(
    "key", ["base_url", "key_env", "api_key", "headers", "proxy", "verify", "limits"]
)
def test_a_key_that_only_the_user_may_set_is_a_trust_error(key: str) -> None:
    with pytest.raises(TrustError) as caught:
        _parse(f"[gateway.x]\nchannel = 'c'\n{key} = 'v'\n")
    assert caught.value.where == "assets.toml:3:1"
    assert "~/.config/assetgen/config.toml" in str(caught.value.cure)


def test_a_repository_cannot_set_spending_limits() -> None:
    with pytest.raises(TrustError) as caught:
        _parse("[project]\n[limits]\n'openai-api' = { images = 9999 }\n")
    assert caught.value.where == "assets.toml:2:1"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"a = 1\nb = '\xff'", "assets.toml:2"),
        (b"\xff\xfe[\x00", "assets.toml:1"),
        (b" " * (2**25 + 1), "assets.toml"),
    ],
    ids=["Latin-1", "UTF-16", "33 MB"],
)
def test_bytes_that_are_not_text_are_refused(data: bytes, where: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse.parse(data)
    assert caught.value.where == where


def test_an_unknown_id_is_an_error_that_names_the_nearest_ones() -> None:
    with pytest.raises(ManifestError, match="there is no asset 'lunch'; did you mean launch"):
        _parse(_but(id='"launch"')).find("lunch")


@pytest.mark.parametrize(
    ("glob", "said"),
    [
        ("/etc/**/*.md", "is absolute"),
        ("../out/**", "is outside the project"),
        ("!../out/**", "is outside the project"),
        ("docs\\\\**", "has a backslash"),
        ("{a,b", "is not a glob pattern"),
    ],
    ids=["absolute", "out", "out of what is left out", "backslash", "brace"],
)
@pytest.mark.parametrize(
    "table", ["project]\ncontent", "check]\nignore"], ids=["content", "ignore"]
)
def test_a_pattern_that_matches_nothing_in_the_project_is_a_mistake(
    glob: str, said: str, table: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        _parse(f'[{table} = ["{glob}"]')
    assert said in caught.value.what and caught.value.where == "assets.toml:2:1"


def test_a_misspelled_required_key_is_one_mistake() -> None:
    with pytest.raises(ManifestError) as caught:
        _parse(_ASSET.replace("path =", "paht ="))
    [mistake] = caught.value.mistakes
    assert (mistake.what, str(mistake.cure)) == ("there is no key 'paht'", "did you mean path?")


def test_a_route_that_is_a_huge_number_is_a_mistake_not_a_crash() -> None:
    text = _but(route=f"0x{'F' * 5000}")
    with pytest.raises(ManifestError, match="route"):
        parse.parse(text.encode())


def test_records_and_pages_know_every_format_of_the_manifest() -> None:
    hints = msgspec.inspect.type_info(Measured)
    assert isinstance(hints, msgspec.inspect.StructType)
    recorded = next(field.type for field in hints.fields if field.name == "format")
    assert isinstance(recorded, msgspec.inspect.LiteralType)
    assert set(recorded.values) == {*SUFFIX, "ico"}
    for extension in FORMATS:
        assert re.fullmatch(EXTENSIONS, extension.removeprefix(".")), extension
