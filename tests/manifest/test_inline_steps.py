"""Steps of a ground that is written in braces: every other character stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import ManifestError
from assetgen.manifest import refine_entries

_ASSET = """# site
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = "A"
{ground}
[asset.values]
title = "T"
"""
_PLAIN = 'ground = {route = "images", prompt = "x}, refine = [", quality = "low"}  # the }'
_STEPS = 'ground = { refine = [ { say = "]}" } ], route = "images", prompt = "x" }'
_LINES = 'ground = { route = "images", refine = [\n  { say = "one" }, { say = "warmer" }\n], '
_LINES += 'prompt = "x" }'


@pytest.mark.parametrize(
    ("ground", "after"),
    [
        (_PLAIN, _PLAIN.replace('"low"}', '"low", refine = [{ say = "warmer" }]}')),
        (_STEPS, _STEPS.replace('"]}" } ]', '"]}" }, { say = "warmer" } ]')),
        (
            'ground = { route = "images", refine = [\n  { say = "one" },\n], prompt = "x" }',
            _LINES,
        ),
        ("[asset.ground]\nroute = 'images'\nprompt = 'x'\n", ""),
        ("ground.route = 'images'\nground.prompt = 'x'\n", ""),
    ],
    ids=["none before", "one before", "on lines", "table", "dotted"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_step_goes_into_a_ground_and_out_again(
    ground: str, after: str, end: str, tmp_path: Path
) -> None:
    file = tmp_path / "assets.toml"
    before = _ASSET.format(ground=ground).replace("\n", end).encode()
    file.write_bytes(before)
    added = refine_entries.add(tmp_path, "a/ground", {"say": "warmer"})
    text = added.decode().replace("\r\n", "\n")
    if not after:
        step = '\n[[asset.ground.refine]]\nsay = "warmer"\n'
        assert text == _ASSET.format(ground=ground) + step
    else:
        assert text == _ASSET.format(ground=after)
    file.write_bytes(added)
    undone = refine_entries.undo(tmp_path, "a/ground")
    file.write_bytes(undone)
    assert refine_entries.add(tmp_path, "a/ground", {"say": "warmer"}) == added


def test_the_only_step_goes_with_its_key(tmp_path: Path) -> None:
    (tmp_path / "assets.toml").write_text(_ASSET.format(ground=_STEPS))
    undone = refine_entries.undo(tmp_path, "a/ground").decode()
    assert 'ground = { route = "images", prompt = "x" }\n' in undone


@pytest.mark.parametrize(
    ("one", "said"),
    [
        ("b/ground", "assets.toml has no [[asset]] with the id 'b'"),
        ("a/ground", "asset 'a' has no ground"),
    ],
)
def test_a_ground_that_no_entry_has_is_named(one: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "assets.toml").write_text(_ASSET.format(ground=""))
    with pytest.raises(ManifestError) as caught:
        refine_entries.add(tmp_path, one, {"say": "warmer"})
    assert caught.value.what == said
