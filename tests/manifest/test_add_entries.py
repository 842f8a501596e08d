"""add_entries: new entries in assets.toml, which leave every other byte unchanged."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.errors import ManifestError
from assetgen.manifest import add_entries, parse
from assetgen.manifest.add_entries import inserted
from assetgen.manifest.placeholders import escaped
from tests.support.place import Place

_NEW: dict[str, Any] = {
    "id": "new/one",
    "kind": "cover",
    "path": "public/new.png",
    "alt": 'A "quoted" word',
    "from": "content/[slug]/post.mdx",
    "fit": {"width": 1200, "height": 630},
    "values": {"title": "T", "tags": ["a", "b"]},
}
_OLD = '[[asset]]\nid = "old"\nkind = "cover"\npath = "public/old.png"\nalt = "Old"\n'
_BLOCK = """[[asset]]
id = "new/one"
kind = "cover"
path = "public/new.png"
alt = "A \\"quoted\\" word"
from = "content/[slug]/post.mdx"
fit = { width = 1200, height = 630 }
[asset.values]
title = "T"
tags = ["a", "b"]
"""
_ALIGNED = """[[asset]]
id   = "new/one"
kind = "cover"
path = "public/new.png"
alt  = "A \\"quoted\\" word"
from = "content/[slug]/post.mdx"
fit  = { width = 1200, height = 630 }
[asset.values]
title = "T"
tags  = ["a", "b"]
"""
_TIGHT = _BLOCK.replace(" = ", "=").replace(
    "{ width=1200, height=630 }", "{ width = 1200, height = 630 }"
)

_PLACED: dict[str, tuple[str, str]] = {
    "an empty file": ("", _BLOCK),
    "a remark": ("# ours\n", "# ours\n\n" + _BLOCK),
    "no assets yet": (
        '[project]\noutputs = ["public"]\n',
        '[project]\noutputs = ["public"]\n\n' + _BLOCK,
    ),
    "no line end at the end": (_OLD[:-1], _OLD + "\n" + _BLOCK),
    "a blank line at the end": (_OLD + "\n", _OLD + "\n" + _BLOCK),
    "a remark at the end": (_OLD + '# size = "1x1"\n', _OLD + '# size = "1x1"\n\n' + _BLOCK),
    "a table after the assets": (
        _OLD + '# mine\n\n# brand\n[style.b]\nfont = "Inter"\n',
        _OLD + "# mine\n\n" + _BLOCK + '\n# brand\n[style.b]\nfont = "Inter"\n',
    ),
    "a table that touches the assets": (
        _OLD + '[style.b]\nfont = "Inter"',
        _OLD + "\n" + _BLOCK + '\n[style.b]\nfont = "Inter"',
    ),
    "what looks like a remark": (
        _OLD.replace('"Old"', '"""\n# no\n\n"""') + "[style.b]\n",
        _OLD.replace('"Old"', '"""\n# no\n\n"""') + "\n" + _BLOCK + "\n[style.b]\n",
    ),
    "aligned": (
        _OLD.replace("id =", "id   =").replace("alt =", "alt  ="),
        _OLD.replace("id =", "id   =").replace("alt =", "alt  =") + "\n" + _ALIGNED,
    ),
    "without blanks": (_OLD.replace(" = ", "="), _OLD.replace(" = ", "=") + "\n" + _TIGHT),
    "byte order mark": ("\ufeff" + _OLD, "\ufeff" + _OLD + "\n" + _BLOCK),
    "line ends of Windows": (
        _OLD.replace("\n", "\r\n"),
        (_OLD + "\n" + _BLOCK).replace("\n", "\r\n"),
    ),
}


@pytest.mark.parametrize(("old", "expected"), _PLACED.values(), ids=_PLACED.keys())
def test_an_entry_is_added_after_the_last_asset_in_the_style_of_the_file(
    old: str, expected: str
) -> None:
    assert inserted(old, [_NEW]) == expected


_LISTS = {
    "empty": "asset = []\n\n[project]\npublic = 'public'\n",
    "on one line": "asset = ["
    '{ id = "old", kind = "cover", path = "public/old.png", alt = "" }'
    "] # ours\n",
    "on lines": "asset = [\n  "
    '{ id = "old", kind = "cover", path = "public/old.png", alt = "" } # ours'
    "\n]\n",
    "on lines with a comma": "asset = [\n  "
    '{id="old",kind="cover",path="public/old.png",alt=""},'
    "\n]\n",
}


@pytest.mark.parametrize("old", _LISTS.values(), ids=_LISTS.keys())
def test_a_list_in_brackets_grows_at_its_end(old: str, bare: Place) -> None:
    bare.manifest(old)
    assert add_entries.add(bare.root, [_NEW]).ids == ("new/one",)
    new = bare.read("assets.toml").decode()
    before, after = tomli.loads(old), tomli.loads(new)
    assert after.pop("asset") == [*before.pop("asset"), _NEW]
    assert after == before
    assert _is_subsequence(old, new)


def test_adding_reports_the_lines_of_the_new_assets(bare: Place) -> None:
    bare.manifest(_OLD + "[style.b]\n")
    added = add_entries.add(bare.root, [_NEW, {**_NEW, "id": "two", "path": "public/two.png"}])
    rows = bare.read("assets.toml").decode().split("\n")
    assert {asset_id: rows[line - 1] for asset_id, line in added.lines.items()} == {
        "new/one": 'id = "new/one"',
        "two": 'id = "two"',
    }


def test_an_added_cover_is_drawn(place: Place) -> None:
    place.manifest(_OLD.replace("alt", "values = { title = 'Old' }\nalt"))
    new = {key: value for key, value in _NEW.items() if key != "from"}
    assert add_entries.add(place.root, [new]).ids == ("new/one",)
    place.ok("generate")
    place.ok("check")


_REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a doubled id": (_OLD, {"id": "old"}, "used twice"),
    "a doubled path": (_OLD, {"path": "public/OLD.png"}, "already written by asset 'old'"),
    "a folder that is no output": (_OLD, {"path": "src/x.png"}, "not in an output folder"),
    "a way out": (_OLD, {"path": "public/../../x.png"}, "paths must stay inside the project"),
    "a page outside": (_OLD, {"from": "../x.mdx"}, "paths must stay inside the project"),
    "a control character": (_OLD, {"alt": "\x1b[2J"}, "control character U+001B"),
    "an unknown key": (_OLD, {"colour": "red"}, "there is no key 'colour'"),
    "a manifest that is broken already": (_OLD + "x", {}, "not TOML"),
}


@pytest.mark.parametrize(("old", "change", "why"), _REFUSED.values(), ids=_REFUSED.keys())
def test_a_manifest_with_a_mistake_is_not_written(
    old: str, change: dict[str, Any], why: str, bare: Place
) -> None:
    bare.manifest(old)
    with pytest.raises(ManifestError, match=re.escape(why)):
        add_entries.add(bare.root, [{**_NEW, **change}])
    assert bare.read("assets.toml").decode() == old


def test_a_manifest_that_is_a_symlink_is_not_changed(bare: Place) -> None:
    outside = bare.root.parent / "outside.toml"
    outside.write_text(_OLD)
    os.symlink(outside, bare.root / "assets.toml")
    with pytest.raises(ManifestError, match="symbolic link"):
        add_entries.add(bare.root, [_NEW])
    assert outside.read_text() == _OLD


def test_nothing_to_add_writes_nothing(bare: Place) -> None:
    bare.manifest(_OLD)
    before = (bare.root / "assets.toml").stat()
    assert add_entries.add(bare.root, []).ids == ()
    assert (bare.root / "assets.toml").stat() == before


def _is_subsequence(old: str, new: str) -> bool:
    rest = iter(new)
    return all(char in rest for char in old)


_GAPS = st.sampled_from(["", "\n", "# remark\n", "\n# [[asset]]\n\n", "   \n"])
_TABLES = st.sampled_from(
    ["[project]\n", '[style.s]\nfont = "Inter"\n', "[defaults]\nroute='local'\n", "[gateway.g]\n"]
)


@st.composite
def _manifests(draw: st.DrawFn) -> str:
    """Manifests as people write them: tables and assets in any order, with comments in between."""
    parts: list[str] = draw(st.lists(_TABLES, unique=True, max_size=4))
    for number in range(draw(st.integers(0, 3))):
        equals = draw(st.sampled_from([" = ", "=", "   = "]))
        alt = draw(st.sampled_from(['"A"', "'''\n[x]\n# y\n'''", '"""\n\\"""\n"""', '"A" # so']))
        rows = [
            f'id{equals}"a{number}"',
            f'kind{equals}"cover"',
            f'path{equals}"public/{number}.png"',
            f"alt{equals}{alt}",
        ]
        more = draw(
            st.sampled_from(
                [
                    "",
                    '[asset.values]\ntitle = "T"\n',
                    "values = { title = 'T' }\n",
                    "[asset.fit]\nwidth = 1\nheight = 1\n",
                ]
            )
        )
        parts.append("[[asset]]\n" + draw(_GAPS).join(row + "\n" for row in rows) + more)
    text = draw(_GAPS) + "".join(part + draw(_GAPS) for part in draw(st.permutations(parts)))
    text = text.removesuffix(draw(st.sampled_from(["", "\n"])))
    return draw(st.sampled_from(["", "\ufeff"])) + (
        text.replace("\n", "\r\n") if draw(st.booleans()) else text
    )


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf"]), max_size=20)


@settings(max_examples=150, deadline=None)
@given(_manifests(), st.lists(_TEXTS, min_size=1, max_size=3))
def test_the_old_text_stays_and_only_the_new_assets_are_new(old: str, alts: list[str]) -> None:
    new = [
        {**_NEW, "id": f"n{index}", "path": f"public/n{index}.png", "alt": escaped(alt)}
        for index, alt in enumerate(alts)
    ]
    text = inserted(old, new)
    assert _is_subsequence(old, text)
    before, after = (
        tomli.loads(one.removeprefix("\ufeff").replace("\r\n", "\n")) for one in (old, text)
    )
    assert after.pop("asset") == [*before.pop("asset", []), *new]
    assert after == before
    assert len(parse.parse(text.encode()).asset) == len(parse.parse(old.encode()).asset) + len(new)
    assert ("\r\n" in old) <= (text.count("\n") == text.count("\r\n"))


def test_a_remark_is_a_comment_on_the_last_key() -> None:
    text = inserted("[defaults]\n", [{"id": "a", "draft": True, "values": {}}], {"a": "a guess"})
    assert text.endswith('[[asset]]\nid = "a"\n# a guess\ndraft = true\n')
