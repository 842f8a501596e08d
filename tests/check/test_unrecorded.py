"""project.ignore: the patterns of images that check does not ask about."""

from __future__ import annotations

import json
import re

import pytest

from assetgen.check.unrecorded import deeper
from assetgen.errors import ManifestError
from tests.support.place import Place
from tests.support.tiny import look, tiny


def _ignoring(place: Place, *patterns: str) -> None:
    assets = place.read("assets.toml").decode().rpartition("[project]")[2]
    assets = assets[assets.index("[[asset]]") :]
    place.manifest(f"[project]\nignore = {json.dumps(patterns)}\n{assets}")


def _unrecorded(place: Place) -> list[str]:
    return [one.path for one in look(place).findings if one.code == "unrecorded"]


@pytest.mark.parametrize(
    ("patterns", "ignored", "others"),
    [
        (["public/brand/"], ["public/brand/x.png", "public/brand/deep/x.png"], ["public/x.png"]),
        (["public/brand"], ["public/brand/deep/x.png"], ["public/brands/x.png"]),
        (["public/*.{png,webp}"], ["public/x.png", "public/x.webp"], ["public/x.jpg"]),
        (["public/**", "!public/new/**"], ["public/x.png"], ["public/new/x.png"]),
        (["public/*"], ["public/x.png"], ["public/deep/x.png"]),
        (["public/**/*.png"], ["public/x.png", "public/a/b/x.png"], ["public/x.jpg"]),
        (["public/[ab]?.png"], ["public/a1.png"], ["public/c1.png", "public/a12.png"]),
        (["public/[slug]/*"], ["public/[slug]/x.png"], ["public/slug/x.png"]),
        (["./public/x.png"], ["public/x.png"], ["public/y.png"]),
    ],
    ids=lambda value: value[0],
)
def test_project_ignore_takes_the_patterns_of_content(
    patterns: list[str], ignored: list[str], others: list[str], bare: Place
) -> None:
    tiny(bare, "a")
    for path in (*ignored, *others):
        bare.picture(path)
    _ignoring(bare, *patterns)
    assert _unrecorded(bare) == sorted(others)


@pytest.mark.parametrize(
    ("pattern", "path", "restored"),
    [
        ("public/vendor/*", "public/vendor/a/x.png", "public/vendor/**"),
        ("public/*.png", "public/vendor/x.png", "public/**/*.png"),
        ("*.png", "public/x.png", "**/*.png"),
        ("public/ven*", "public/vendor/a/x.png", "public/ven*/**"),
        ("public/*/logo.png", "public/a/b/logo.png", "public/**/logo.png"),
        ("public/a*z.png", "public/ab/c/yz.png", "public/a*/**/*z.png"),
        ("*/vendor/*", "public/old/vendor/a/x.png", "**/vendor/**"),
        ("public/**.png", "public/a/x.png", "public/**/*.png"),
    ],
)
def test_the_cure_prints_the_pattern_that_matches_across_folders(
    pattern: str, path: str, restored: str, bare: Place
) -> None:
    tiny(bare, "a")
    bare.picture(path)
    _ignoring(bare, pattern)
    [finding] = look(bare).findings
    assert (finding.code, finding.path) == ("unrecorded", path)
    added = re.match(r'add (".*?") to project\.ignore', str(finding.cure))
    assert added and json.loads(added[1]) == restored
    assert "`*` does not match across folders" in str(finding.cure)
    _ignoring(bare, pattern, restored)
    assert look(bare).findings == ()


def test_a_staged_image_has_the_same_cure(place: Place) -> None:
    tiny(place, "a")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "a")
    place.picture("public/vendor/deep/x.png")
    _ignoring(place, "public/vendor/*")
    place.git("add", "-A")
    stopped = place.run("check", "--staged")
    assert stopped.code == 1
    assert 'add "public/vendor/**" to project.ignore' in stopped.out
    _ignoring(place, "public/vendor/*", "public/vendor/**")
    place.git("add", "-A")
    assert place.run("check", "--staged").code == 0


@pytest.mark.parametrize(
    ("patterns", "path"),
    [
        (["public/vendor/*", "!public/vendor/new/**"], "public/vendor/new/x.png"),
        (["assets/*"], "public/x.png"),
        (["public?x.png"], "public/x.png"),
        ([], "public/x.png"),
    ],
)
def test_no_pattern_is_proposed_where_none_meant_the_image(patterns: list[str], path: str) -> None:
    assert deeper(patterns, path) is None


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert deeper(["*x" * 40], "x/" * 39 + "x") is None  # the path needs every star to cross
    assert deeper(["*a" * 40], "public/" + "a" * 80) == "**/*a" + "*a" * 39


@pytest.mark.parametrize("pattern", ["/public/x.png", "../x.png", "public\\x.png", "public/{a"])
def test_a_mistaken_pattern_is_an_error_at_its_line(pattern: str, bare: Place) -> None:
    tiny(bare, "a")
    _ignoring(bare, pattern)
    with pytest.raises(ManifestError) as caught:
        look(bare)
    assert caught.value.where is not None and caught.value.where.startswith("assets.toml:2")
    assert caught.value.cure
