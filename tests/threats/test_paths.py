"""No key of the manifest names a place outside the project, inside .git, or a device."""

from __future__ import annotations

import pytest

from assetgen.errors import AssetgenError, ManifestError
from assetgen.manifest import parse
from tests.support.attack import ASSET, KIND, generate, own_kind, page
from tests.support.place import Place

# Each as one component or more of a path; quoted for TOML where it is used.
_EVIL = {
    "parent": "..",
    "parent inside": "a/../../b",
    "here": ".",
    "absolute": "/tmp",
    "home": "~",
    "home of another": "~root",
    "git": ".git",
    "git in capitals": ".GIT",
    "git below": "a/.git/hooks",
    "git by its 8.3 name": "git~1",
    "git with an HFS ignorable": ".g\u200cit",
    "ignorable in front": "\u200d.git",
    "right to left": "a\u202eb",
    "device": "CON",
    "device with extension": "nul.x",
    "stream": "a:b",
    "drive": "C:",
    "backslash": "a\\b",
    "backslash parent": "..\\b",
    "trailing dot": "a.",
    "trailing space": "a ",
    "leading dash": "-a",
    "glob": "a*",
    "magic": ":(top)a",
    "empty part": "a//b",
    "newline": "a\nb",
    "escape": "a\x1b[31mb",
    "full width": "\uff0e\uff0e",
    "percent": "%2e%2e",
    "variable": "$HOME",
    "too long": "a" * 250,
}


def _quoted(text: str) -> str:
    return '"' + "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in text) + '"'


_KEYS = {
    "asset.path": lambda evil: ASSET.replace('"public/a.png"', _quoted(f"public/{evil}/a.png")),
    "asset.path, alone": lambda evil: ASSET.replace('"public/a.png"', _quoted(f"{evil}/a.png")),
    "project.outputs": lambda evil: f"[project]\noutputs = [{_quoted(evil)}]\n",
    "project.public": lambda evil: f"[project]\npublic = {_quoted(evil)}\n",
    "asset.inputs": lambda evil: (
        f'{ASSET}route = "images"\nprompt = "x"\ninputs = [{_quoted(evil + "/a.png")}]\n'
    ),
    "asset.mask": lambda evil: (
        f'{ASSET}route = "images"\nprompt = "x"\nmask = {_quoted(evil + "/a.png")}\n'
    ),
    "asset.kind": lambda evil: ASSET.replace('"mine"', _quoted(evil)),
    "asset.id": lambda evil: ASSET.replace('"a"', _quoted(evil), 1),
}


@pytest.mark.parametrize("evil", _EVIL.values(), ids=_EVIL.keys())
@pytest.mark.parametrize("key", _KEYS)
def test_a_path_that_is_not_plainly_in_the_project_is_refused(key: str, evil: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse.parse(_KEYS[key](evil).encode())
    assert "not in an output folder" not in caught.value.what  # which would be luck


@pytest.mark.parametrize("key", [key for key in _KEYS if key != "asset.path, alone"])
def test_a_plain_path_is_accepted(key: str) -> None:
    parse.parse(_KEYS[key]("fine").encode())


@pytest.mark.parametrize("evil", ["..", "/etc", "a/../../b", ".git"])
def test_a_picture_among_the_values_is_below_the_project(bare: Place, evil: str) -> None:
    own_kind(bare, page("{{ values.title }}"), values=f'picture = "{evil}/a.png"')
    with pytest.raises(AssetgenError, match="picture"):
        generate(bare)


@pytest.mark.parametrize("layout", ["../x", "/etc/passwd", "..", ".git/x", "a/../../b"])
def test_a_layout_is_a_name_and_no_path(bare: Place, layout: str) -> None:
    own_kind(
        bare, page("x"), sheet=KIND.replace("[layouts.l]", f'[layouts."{layout}"]\n[layouts.l]')
    )
    with pytest.raises(AssetgenError, match="layout name"):
        generate(bare)
    own_kind(bare, page("x"), values=f'layout = "{layout}"')
    with pytest.raises(AssetgenError, match="no layout"):
        generate(bare)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("public/a.png", "public/A.PNG"),
        ("public/a.png", "public/a.png/b.png"),
        ("public/A.png/b.png", "public/a.png"),
        ("public/a.png", "public/a.png"),
    ],
    ids=["case twins", "through a file", "through a file, other case", "the same"],
)
def test_two_pictures_never_share_a_place(first: str, second: str) -> None:
    text = ASSET.replace("public/a.png", first) + ASSET.replace('"a"', '"b"').replace(
        "public/a.png", second
    )
    with pytest.raises(ManifestError, match=r"already written|is a file of"):
        parse.parse(text.encode())


@pytest.mark.parametrize(
    "path", ["Makefile", "public/a.svg", "public/a.html", "public/a.png.sh", "public/a"]
)
def test_only_pictures_are_ever_written(path: str) -> None:
    with pytest.raises(ManifestError, match="does not end in"):
        parse.parse(ASSET.replace("public/a.png", path).encode())


_ENDINGS = {
    "id": ASSET.replace('"a"', '"a\\n"', 1),
    "route": f'{ASSET}route = "local\\n"\nprompt = "x"\n',
    "size": f'{ASSET}size = "100x100\\n"\n',
    "palette": f'{ASSET}[style.b]\npalette = ["#fff\\n"]\n',
    "gateway": f'{ASSET}[gateway."b\\n"]\n',
    "style": f'{ASSET}[style."b\\n"]\n',
}


@pytest.mark.parametrize("text", _ENDINGS.values(), ids=_ENDINGS.keys())
def test_a_name_does_not_end_in_a_line_end(text: str) -> None:
    with pytest.raises(ManifestError):
        parse.parse(text.encode())
