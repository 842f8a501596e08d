"""Commands that take ids take patterns of ids too."""

from __future__ import annotations

import pytest

from assetgen.errors import ManifestError
from assetgen.manifest import parse
from assetgen.manifest.naming import named
from assetgen.manifest.schema import Manifest
from tests.support.place import Place
from tests.support.tiny import tiny

_IDS = ("home", "og/a", "og/b", "og/deep/c", "x")


def _manifest() -> Manifest:
    entry = '[[asset]]\nid = "{0}"\nkind = "cover"\npath = "public/{0}.png"\nalt = ""\n'
    return parse.parse("".join(map(entry.format, _IDS)).encode())


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (["x", "home", "x"], ["x", "home"]),
        (["og/*"], ["og/a", "og/b"]),
        (["og/**"], ["og/a", "og/b", "og/deep/c"]),
        (["og/"], ["og/a", "og/b", "og/deep/c"]),
        (["og/{a,deep/c}", "x"], ["og/a", "og/deep/c", "x"]),
        (["**", "!og/*"], ["home", "og/deep/c", "x"]),
        (["!og/**"], ["home", "x"]),
        (["og/[ab]", "!og/b"], ["og/a"]),
        (["?"], ["x"]),
        ([], []),
    ],
)
def test_a_pattern_names_every_id_that_it_matches(asked: list[str], meant: list[str]) -> None:
    assert list(named(_manifest(), asked)) == meant


@pytest.mark.parametrize("asked", [["no/*"], ["og/*", "nope"], ["og/{a"], ["!**"], ["og"]])
def test_what_names_nothing_is_refused(asked: list[str]) -> None:
    with pytest.raises(ManifestError):
        named(_manifest(), asked)


@pytest.fixture
def three(place: Place) -> Place:
    return tiny(place, "og/a", "og/b", "home")


def test_commands_take_patterns(three: Place) -> None:
    shown = three.run("show", "og/*", "--json").data
    assert [one["predicate"]["asset"]["id"] for one in shown] == ["og/a", "og/b"]
    assert three.run("show", "og/*").out.count("\nstate ") == 2
    for name in ("og/a", "og/b", "home"):
        (three.root / f"public/{name}.png").unlink()
    planned = three.run("plan", "og/*", "--json").data
    assert [one["id"] for one in planned] == ["og/a", "og/b"]
    assert three.run("generate", "og/*").code == 0
    assert (three.root / "public/og/a.png").exists()
    assert not (three.root / "public/home.png").exists()
    for command in ("plan", "generate", "next", "show", "accept"):
        assert three.run(command, "none/*").code == 2, command


def test_accept_takes_what_is_edited_or_stale_among_the_matches(three: Place) -> None:
    assert three.run("accept", "og/*").code == 9
    for name in ("og/a", "home"):
        three.picture(f"public/{name}.png", size=(40, 20))
    before = three.git("rev-list", "--count", "HEAD")
    assert three.run("accept", "og/*").code == 0
    assert int(three.git("rev-list", "--count", "HEAD")) == int(before) + 1
    states = {one["id"]: one["state"] for one in three.run("plan", "--all", "--json").data}
    assert states == {"og/a": "fresh", "og/b": "fresh", "home": "edited"}
