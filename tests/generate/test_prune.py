"""generate --prune removes the orphans of collections, and nothing that it is not certain of."""

from __future__ import annotations

import pytest

from assetgen.record import record
from tests.support.place import Place
from tests.support.rows import every

_MANIFEST = """
[[asset]]
id = "og/art"
kind = "cover"
path = "public/og/art.png"
alt = ""
[asset.values]
title = "Art"
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/og/{slug}.png"
alt = "{title}"
"""


def _page(place: Place, name: str, title: str) -> None:
    place.write(f"content/{name}.md", f"---\ntitle: {title}\n---\n")


@pytest.fixture
def blog(place: Place) -> Place:
    for name in ("a", "b", "2026/c", "stays"):
        _page(place, name, f"Page {name}")
    place.manifest(_MANIFEST)
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "pages")
    return place


def _gone(place: Place, *names: str) -> None:
    for name in names:
        (place.root / f"content/{name}.md").unlink()


def test_the_orphans_of_a_collection_are_removed_and_committed(blog: Place) -> None:
    _gone(blog, "a", "b", "2026/c")
    found = blog.run("check", "--json").data["findings"]
    assert {(one["code"], one["cure"]) for one in found} == {
        ("orphan", "assetgen generate --prune 'og/**'")
    }
    planned = blog.ok("plan", "--prune", "og/**").out
    assert "would remove og/a: public/og/a.png" in planned
    assert blog.has("public/og/a.png")
    said = blog.ok("generate", "--prune", "og/*").out
    assert "removed og/b: public/og/b.png" in said
    assert "2 removed, 0 kept, committed as" in said
    message = blog.git("log", "-1", "--format=%B").splitlines()
    assert message[:2] == ["assetgen: remove 2 pictures", ""]
    assert sorted(message[2:4]) == ["Assetgen-Removed: og/a", "Assetgen-Removed: og/b"]
    assert not blog.has("public/og/a.png")
    assert not blog.has(record.places("og/a")[1])
    assert blog.has("public/og/2026/c.png")
    data = blog.run("generate", "--prune", "og/2026/c", "--no-commit", "--json").data
    assert [one["id"] for one in data["removed"]] == ["og/2026/c"]
    assert (data["kept"], data["commit"]) == ([], None)
    assert blog.run("check").code == 0
    assert blog.run("generate", "--prune", "og/**").code == 2


def _edited(place: Place) -> None:
    place.picture("public/og/a.png")


def _not_in_git(place: Place) -> None:
    place.git("rm", "-q", "--cached", "public/og/a.png")
    place.git("commit", "-qm", "gone")
    (place.root / ".assetgen/cache/placed").unlink()
    place.git("checkout", "-q", "--orphan", "other")
    place.git("commit", "-qm", "other")


def _damaged(place: Place) -> None:
    path = record.places("og/a")[1]
    place.write(path, place.read(path).replace(b'"Page a"', b'"Page x"'))


def _forged(place: Place) -> None:
    path = record.places("og/a")[1]
    place.write("content/stays.md", place.read("content/stays.md"))
    stated = record.statement(place.read(path))
    import hashlib

    digest = hashlib.sha256(place.read("content/stays.md")).hexdigest()
    stated["subject"].append({"name": "content/stays.md", "digest": {"sha256": digest}})
    place.write(path, record.write(stated))


def _an_input(place: Place) -> None:
    text = place.read("assets.toml").decode()
    place.manifest(text.replace('title = "Art"', 'title = "Art"\npicture = "public/og/a.png"'))
    place.run("generate", "og/art")


def _renamed(place: Place) -> None:
    _page(place, "new", "Page a")


@pytest.mark.parametrize(
    ("harm", "why"),
    every(
        2,
        [
            (_edited, "public/og/a.png was changed since it was made"),
            (_not_in_git, "git does not have public/og/a.png"),
            (_damaged, "its record is not usable"),
            (_forged, "content/stays.md is no image in an output folder"),
            (_an_input, "an asset is made from public/og/a.png"),
            (_renamed, "it was renamed to og/new"),
        ],
    ),
)
def test_what_is_not_certain_stays_with_the_reason(blog: Place, harm: object, why: str) -> None:
    _gone(blog, "a", "b")
    assert callable(harm)
    harm(blog)
    files = blog.read("public/og/a.png"), blog.read(record.places("og/a")[1])
    found = blog.run("generate", "--prune", "og/*")
    assert f"kept og/a: {why}" in " ".join(found.out.split()), found.out + found.err
    assert found.code == 9
    assert (blog.read("public/og/a.png"), blog.read(record.places("og/a")[1])) == files
    assert not blog.has("public/og/b.png")


def test_an_orphan_of_no_collection_and_a_file_of_another_asset_stay(blog: Place) -> None:
    _gone(blog, "a")
    art = 'id = "og/art"\nkind = "cover"\npath = "public/og/art.png"'
    taken = 'id = "taken"\nkind = "cover"\npath = "public/og/a.png"'
    blog.manifest(_MANIFEST.replace(art, taken))
    blog.ok("generate", "taken", "--force")
    found = blog.run("generate", "--prune", "og/*")
    assert "kept og/art: it was of no collection" in found.out
    assert "removed og/a" in found.out
    assert blog.has("public/og/a.png")
    assert blog.has("public/og/art.png")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--prune", "nothing/*"),
        ("--prune", "og/stays"),
        ("--prune", "og/{a"),
        ("--prune", "og/*", "og/a"),
        ("--prune", "og/*", "--force"),
    ],
)
def test_a_wrong_pattern_removes_nothing(blog: Place, arguments: tuple[str, ...]) -> None:
    _gone(blog, "a")
    found = blog.run("generate", *arguments)
    assert found.code == 2, found.out
    assert found.err.count("assetgen") >= 1
    assert blog.has("public/og/a.png")
