"""The records of a collection are in folders, and keep where assets come into one or leave it."""

from __future__ import annotations

import json
import re
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from assetgen.record import record
from tests.support.place import Place

_COLLECTION = """
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/og/{slug}.png"
alt = "{title}"
"""
_PLAIN = """
[[asset]]
id = "og/a"
kind = "cover"
path = "public/og/a.png"
alt = "A"
[asset.values]
title = "A"
"""
_FLAT = ".assetgen/records/og/a.json"
_FOLDER = f".assetgen/records/{sha256(b'og/a').hexdigest()[:2]}/og/a.json"


def _pages(place: Place, *names: str) -> None:
    for name in names:
        place.write(f"content/{name}.md", f"---\ntitle: {name.upper()}\n---\n")


@pytest.fixture
def blog(place: Place) -> Place:
    _pages(place, "a", "b")
    place.manifest(_COLLECTION)
    place.git("add", "-A")
    place.git("commit", "-qm", "pages")
    return place


@pytest.mark.parametrize(
    "asset_id",
    ["og/a", "a", "ab/og/x", f"{sha256(b'og/a').hexdigest()[:2]}/og/a", "x" * 80],
)
def test_a_path_of_a_record_belongs_to_one_asset(asset_id: str) -> None:
    alone, in_collection = record.places(asset_id)
    assert record.id_at(alone) == record.id_at(in_collection) == asset_id
    assert alone not in record.places("og/a") or asset_id == "og/a"


def test_records_of_a_collection_are_in_folders(blog: Place) -> None:
    assert blog.run("generate").code == 0
    assert blog.has(_FOLDER)
    assert not blog.has(_FLAT)
    assert blog.run("check", "--rehash").code == 0
    assert blog.run("check", "--staged", "--strict").code == 0
    shown = blog.run("show", "og/a").out
    assert _FOLDER in shown
    assert "og/{slug}" in shown
    assert blog.record("og/a")["asset"]["collection"] == "og/{slug}"
    assert not blog.git("status", "--porcelain").strip()


def test_an_asset_keeps_its_record_in_and_out_of_a_collection(blog: Place) -> None:
    blog.manifest(_PLAIN)
    assert blog.run("generate").code == 0
    assert blog.has(_FLAT)
    before = blog.read("public/og/a.png")
    blog.manifest(_COLLECTION)
    planned = {one["id"]: one for one in blog.run("plan", "--all", "--json").data}
    assert (planned["og/a"]["state"], planned["og/b"]["state"]) == ("fresh", "missing")
    assert blog.run("generate").code == 0
    assert blog.run("check").code == 0
    assert blog.has(_FLAT)  # nothing of it was written
    _pages(blog, "a")
    blog.write("content/a.md", "---\ntitle: Other\n---\n")
    said = blog.run("generate").out
    assert f"moved   {_FLAT} to {_FOLDER}" in said
    assert not blog.has(_FLAT)
    assert blog.run("check").code == 0
    assert not blog.git("status", "--porcelain", ".assetgen", "public").strip()
    _pages(blog, "a")
    blog.manifest(_PLAIN)
    (blog.root / "content/b.md").unlink()
    assert blog.run("generate").code == 0
    assert blog.has(_FLAT)
    assert not blog.has(_FOLDER)
    assert blog.read("public/og/a.png") == before


def test_a_move_that_was_not_committed_is_committed_later(blog: Place) -> None:
    blog.manifest(_PLAIN)
    assert blog.run("generate").code == 0
    blog.manifest(_COLLECTION)
    blog.write("content/a.md", "---\ntitle: Other\n---\n")
    assert blog.run("generate", "--no-commit").code == 0
    assert blog.run("generate").code == 0
    assert not blog.git("status", "--porcelain", ".assetgen", "public").strip()


@pytest.mark.parametrize("agrees", ["folder", "flat"])
def test_of_two_records_the_one_that_agrees_with_the_files_counts(blog: Place, agrees: str) -> None:
    assert blog.run("generate").code == 0
    old, picture = blog.read(_FOLDER), blog.read("public/og/a.png")
    blog.write("content/a.md", "---\ntitle: Other\n---\n")
    assert blog.run("generate").code == 0
    if agrees == "flat":  # the picture and record of before, the new record in the folder
        blog.write("content/a.md", "---\ntitle: A\n---\n")
        blog.write("public/og/a.png", picture)
    blog.write(_FLAT, old)
    blog.git("add", "-A")
    blog.git("commit", "-qm", "two")
    counts, other = (_FOLDER, _FLAT) if agrees == "folder" else (_FLAT, _FOLDER)
    assert counts in blog.run("show", "og/a").out
    found = json.loads(blog.run("check", "--json").out)["findings"]
    assert [(one["path"], one["code"]) for one in found] == [(other, "record")]
    assert f"{counts} counts" in found[0]["message"]
    assert found[0]["cure"] == f"git rm -- {other}"
    blog.git("rm", "-q", "--", other)
    assert blog.run("check").code == 0


def test_a_damaged_record_in_either_place_is_reported_and_replaced(blog: Place) -> None:
    assert blog.run("generate").code == 0
    whole = blog.read(_FOLDER)
    for path in (_FOLDER, _FLAT):
        (blog.root / _FOLDER).unlink(missing_ok=True)
        blog.write(path, whole.replace(b'"A"', b'"B"'))
        found = blog.run("check")
        assert f"{path}: record: is not usable" in re.sub(r"\s+", " ", found.out), found.out
        assert blog.run("generate").code != 0
        assert blog.run("generate", "--force", "og/a").code == 0
        assert blog.run("check").code == 0
        assert blog.has(_FOLDER)
        assert not blog.has(_FLAT)


def test_one_side_moves_a_record_and_the_other_draws_it_again(blog: Place) -> None:
    blog.manifest(_PLAIN)
    blog.git("add", "-A")
    assert blog.run("generate").code == 0
    blog.git("commit", "-qm", "plain")
    blog.git("checkout", "-qb", "other")
    blog.manifest(_COLLECTION)
    blog.write("content/a.md", "---\ntitle: Other\n---\n")
    assert blog.run("generate").code == 0
    blog.git("commit", "-qam", "collection")
    blog.git("checkout", "-q", "main")
    blog.manifest(_PLAIN.replace('title = "A"', 'title = "C"'))
    assert blog.run("generate").code == 0
    blog.git("commit", "-qam", "title")
    subprocess.run(["git", "merge", "other"], cwd=blog.root, env=blog.environ, check=False)
    blog.git("checkout", "--theirs", "assets.toml")
    blog.git("add", "assets.toml")
    found = blog.run("check", "--json").data["findings"]
    torn = next(one for one in found if one["code"] == "unmerged")
    side = torn["cure"].rpartition("or ")[2].partition(" (takes")[0]
    subprocess.run(["sh", "-c", side], cwd=blog.root, env=blog.environ, check=True)
    assert blog.run("check").code == 0
    assert not blog.has(_FLAT)


def test_a_commit_of_one_among_many_writes_small_trees(blog: Place) -> None:
    """The trees that hold the records; those of pictures are where the author puts them."""
    assert blog.run("generate").code == 0
    folder = blog.root / ".assetgen/records"
    one = blog.read(_FOLDER)
    for number in range(2_000):
        path = Path(blog.root, record.places(f"og/post-{number}")[1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d" % number)
    blog.git("add", "-A", str(folder))
    blog.git("commit", "-qm", "many")
    before = set((blog.root / ".git/objects").glob("??/*"))
    blog.write(_FOLDER, one.replace(b'"A"', b'"B"'))
    blog.git("commit", "-qam", "one")
    trees = 0
    for file in set((blog.root / ".git/objects").glob("??/*")) - before:
        name = file.parent.name + file.name
        if blog.git("cat-file", "-t", name).strip() == "tree":
            trees += file.stat().st_size
    assert trees <= 10_000
