"""generate --shard makes a stable part of all images, and parts merge without conflicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.plan import shards
from assetgen.plan.shards import Shard
from tests.support.place import Place

_MANIFEST = """
[project]
emit = "src/assets.gen.ts"
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/og/{slug}.png"
alt = "{title}"
[[collection]]
id = "share/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/share/{slug}.png"
alt = "{title}"
[collection.values]
picture = "@og/{slug}"
"""


def _site(place: Place, pages: int) -> None:
    for number in range(pages):
        place.write(f"content/p{number}.md", f"---\ntitle: Page {number}\n---\n")
    place.write("src/x.ts", "")
    place.manifest(_MANIFEST)
    place.git("add", "-A")
    place.git("commit", "-qm", "pages")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a shard such as 3/16"),
        ("3", "is not a shard"),
        ("0/4", "is not a shard"),
        ("4/0", "is not a shard"),
        ("-1/4", "is not a shard"),
        ("a/b", "is not a shard"),
        ("1/2/3", "is not a shard"),
        ("1.0/2", "is not a shard"),
        ("٣/٤", "is not a shard"),
        ("5/4", "the last shard is 4/4"),
        ("1/1025", "at most 1024"),
        ("1/99999999999999999999", "is not a shard"),
    ],
)
def test_a_wrong_shard_is_one_error(place: Place, text: str, said: str) -> None:
    place.manifest("")
    for command in ("plan", "generate"):
        found = place.run(command, f"--shard={text}")
        assert found.code == 2
        assert said in found.err
        assert found.out == ""


def test_every_asset_is_in_one_shard_with_what_it_is_made_from(place: Place) -> None:
    _site(place, 12)
    seen: list[str] = []
    for number in range(1, 5):
        found = [one["id"] for one in place.run("plan", f"--shard={number}/4", "--json").data]
        assert {one.partition("/")[2] for one in found if one.startswith("og/")} == {
            one.partition("/")[2] for one in found if one.startswith("share/")
        }
        seen += found
    assert len(seen) == len(set(seen)) == 24
    said = place.ok("plan", "--shard", "2/4").out
    assert "your limits count in each shard, so 4 shards may buy up to 4 times as much" in said
    assert "next: assetgen generate --shard 2/4" in said
    before = place.run("plan", "--shard=1/4", "--json").data
    place.write("content/new.md", "---\ntitle: New\n---\n")
    after = place.run("plan", "--shard=1/4", "--json").data
    assert {one["id"] for one in before} <= {one["id"] for one in after}
    named = place.run("plan", "og/p1", "--shard=1/4", "--json").data
    assert [one["id"] for one in named] in ([], ["og/p1"])


def test_a_shard_is_named_in_one_way() -> None:
    assert str(shards.parse("3/16")) == str(Shard(3, 16)) == "3/16"


def _clones(place: Place, number: int, tmp_path: Path) -> list[Place]:
    made = []
    for shard in range(1, number + 1):
        root = tmp_path / f"clone-{shard}"
        place.git("clone", "-q", ".", str(root))
        made.append(Place(root, tmp_path / f"home-{shard}"))
    return made


def _shares(place: Place, number: int, pages: int, tmp_path: Path) -> None:
    """The parts of ``number`` clones, half of them as patches and half merged as branches."""
    _site(place, pages)
    start = place.git("rev-parse", "HEAD")
    merged = []
    for shard, clone in enumerate(_clones(place, number, tmp_path), 1):
        clone.ok("generate", "--shard", f"{shard}/{number}")
        assert not clone.has("src/assets.gen.ts")
        assert not clone.git("status", "--porcelain")
        if clone.git("rev-parse", "HEAD") == start:
            continue
        if shard % 2:
            patch = clone.git("format-patch", "--binary", "--stdout", start) + "\n"
            (tmp_path / "patch").write_text(patch)
            place.git("am", "-q", str(tmp_path / "patch"))
        else:
            place.git("fetch", "-q", str(clone.root), f"HEAD:shard-{shard}")
            merged.append(f"shard-{shard}")
    place.git("merge", "-q", "--no-edit", *merged)
    place.ok("emit")
    assert place.run("check").code == 0
    assert all(one["state"] == "fresh" for one in place.run("plan", "--all", "--json").data)
    whole = Place(tmp_path / "whole", tmp_path / "home")
    place.git("clone", "-q", ".", str(whole.root))
    whole.git("checkout", "-q", start)
    whole.ok("generate")
    for file in sorted(whole.root.joinpath("public").rglob("*.png")):
        path = file.relative_to(whole.root).as_posix()
        assert place.read(path) == whole.read(path)


def test_the_parts_of_two_clones_are_the_whole(place: Place, tmp_path: Path) -> None:
    _shares(place, 2, 3, tmp_path)


@pytest.mark.more
def test_the_parts_of_sixteen_clones_are_the_whole(place: Place, tmp_path: Path) -> None:
    _shares(place, 16, 40, tmp_path)
