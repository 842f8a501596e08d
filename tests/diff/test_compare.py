"""What became of the pictures in a range, through real git."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.support.approving import clone, painted
from tests.support.place import Place


def rows(place: Place, *arguments: str) -> dict[str, Any]:
    """The changes that diff --json prints, by id or path."""
    data = place.ok("diff", *arguments, "--json").data
    return {one["id"] or one["path"]: one for one in data["changes"]}


def _edit(place: Place, old: str, new: str) -> None:
    text = place.read("assets.toml").decode()
    assert old in text
    place.manifest(text.replace(old, new))


def _again(place: Place, path: str, **how: Any) -> None:
    """The same pixels in other bytes."""
    data = io.BytesIO()
    Image.open(place.root / path).save(data, "PNG", **how)
    place.write(path, data.getvalue())


def _commit(place: Place, message: str = "work") -> None:
    place.git("add", "-A")
    place.git("commit", "-qm", message)


@pytest.fixture
def worked(place: Place) -> Place:
    """A branch on which everything happened that can happen to a picture."""
    painted(place, "same", "changed", "encoded", "gone", "old", "said", check="")
    place.picture("public/loose.png", (20, 20))
    place.ok("adopt", "--existing", "--no-commit")
    _commit(place, "base")
    place.git("tag", "base")
    _edit(place, "A picture of changed", "A painting of changed")
    place.picture("public/changed.png", (40, 30))
    _again(place, "public/encoded.png", compress_level=1)
    _edit(
        place,
        'path = "public/said.png"\nalt = "A picture"',
        'path = "public/said.png"\nalt = "New"',
    )
    _edit(
        place,
        'id = "old"\nkind = "cover"\npath = "public/old.png"',
        'id = "new"\nkind = "cover"\npath = "public/new.png"',
    )
    start = place.read("assets.toml").decode()
    head, _, tail = start.partition('\n[[asset]]\nid = "gone"')
    place.manifest(head + tail[tail.index("\n[[asset]]") :])
    place.git("mv", "public/old.png", "public/new.png")
    place.git("rm", "-q", "public/gone.png", ".assetgen/records/gone.json")
    place.ok("accept", "changed", "--no-commit")
    place.ok("accept", "encoded", "--no-commit")
    place.ok("adopt", "new", "public/new.png", "--no-commit")
    (place.root / "public/loose.png").rename(place.root / "public/elsewhere.png")
    place.picture("public/added.png", (9, 9), mode="RGBA")
    _commit(place)
    place.ok("approve", "same", "changed")
    return place


def test_a_branch_is_told_picture_by_picture(worked: Place) -> None:
    found = rows(worked, "base..HEAD")
    assert {name: one["status"] for name, one in found.items()} == {
        "changed": "changed",
        "encoded": "encoded",
        "gone": "removed",
        "new": "moved",
        "said": "described",
        "same": "described",
        "public/elsewhere.png": "moved",
        "public/added.png": "added",
    }
    changed = found["changed"]
    assert [one["field"] for one in changed["fields"]] == ["prompt"]
    assert changed["before"]["files"][0]["width"] == 32 + 1
    assert changed["after"]["files"][0]["width"] == 40
    assert changed["after"]["files"][0]["bytes"] == len(worked.read("public/changed.png"))
    assert changed["approved"] and changed["approved_in_this_change"]
    assert changed["approved_by_author"] is True and found["same"]["approved_by_author"] is False
    assert found["encoded"]["pixels"] == "equal" and not found["encoded"]["fields"]
    assert found["said"]["before"]["alt"] == "A picture" and found["said"]["after"]["alt"] == "New"
    assert found["new"]["before"]["id"] == "old" and found["gone"]["after"] is None
    text = worked.ok("diff", "base").out  # nothing differs from HEAD in the working tree
    [line] = [line for line in text.splitlines() if "prompt" in line]
    assert "picture" in line.partition(" -> ")[0] and "painting" in line.partition(" -> ")[2], line
    assert "the same pixels" in text and "in this change by its author" in text
    assert rows(worked) == {}


def test_the_working_tree_is_compared_too(place: Place) -> None:
    painted(place, "a", "b", check="")
    place.write("public/a.png", place.read("public/a.png") + b"\0")
    place.picture("public/new.png", (8, 8))
    (place.root / "public/b.png").unlink()
    found = rows(place)
    assert found["a"]["status"] == "encoded"
    assert "changed after assetgen made it" in found["a"]["why"][0]
    assert (found["b"]["status"], found["public/new.png"]["status"]) == ("removed", "added")


def test_opaque_pictures_with_an_alpha_channel_differ(place: Place) -> None:
    place.covers()
    for colour in ("red", "blue"):
        Image.new("RGBA", (8, 8), colour).save(place.picture("public/a.png"))
        _commit(place, colour)
    assert rows(place, "HEAD~1..HEAD")["public/a.png"]["pixels"] == "differ"


def test_three_dots_begin_where_a_branch_left(place: Place) -> None:
    painted(place, "a", check="")
    place.git("switch", "-q", "-c", "work")
    place.picture("public/b.png", (8, 8))
    _commit(place)
    place.git("switch", "-q", "main")
    place.picture("public/c.png", (7, 5))
    _commit(place)
    assert list(rows(place, "main...work")) == ["public/b.png"]
    assert {n: one["status"] for n, one in rows(place, "main..work").items()} == {
        "public/b.png": "added",
        "public/c.png": "removed",
    }
    ran = place.run("diff", "nope..HEAD")
    assert ran.code == 10 and "no commit 'nope'" in ran.err


@pytest.mark.more
def test_a_shallow_clone_says_what_to_fetch(place: Place) -> None:
    painted(place, "a", check="")
    place.picture("public/b.png", (8, 8))
    _commit(place)
    shallow = Place(place.root.parent / "shallow", place.root.parent / "home")
    shallow.git("clone", "-q", "--depth=1", f"file://{place.root}", ".")
    ran = shallow.run("diff", "HEAD~1")
    assert ran.code == 10 and "shallow" in ran.err and "git fetch --unshallow" in ran.err
    shallow.git("fetch", "-q", "--unshallow")
    assert list(rows(shallow, "HEAD~1")) == ["public/b.png"]


@pytest.mark.more
def test_pointers_submodules_links_and_broken_manifests_are_no_obstacle(place: Place) -> None:
    painted(place, "a", check="")
    inner = clone(place, "inner")
    place.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.root), "sub")
    _commit(place)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 5000\n"
    place.write("public/a.png", pointer)
    (place.root / "public/link.png").symlink_to("a.png")
    place.manifest("[[asset]\n")
    inner.git("commit", "-q", "--allow-empty", "-m", "x")
    place.git("-C", "sub", "-c", "protocol.file.allow=always", "pull", "-q")
    _commit(place)
    data = place.ok("diff", "HEAD~1..HEAD", "--json").data
    [one] = data["changes"]
    assert (one["id"], one["status"], one["pixels"]) == ("a", "changed", "unknown")
    assert one["after"]["files"][0]["bytes"] == 5000
    assert "Git LFS" in one["after"]["files"][0]["missing"]
    assert any("sub is a submodule" in note for note in data["notes"])
    assert any("assets.toml of HEAD was not read" in note for note in data["notes"])
    below = Place(place.root / "site", place.root.parent / "home")
    below.covers("x")
    below.ok("generate")
    found = below.ok("diff", "HEAD~1..HEAD", "--json").data
    assert [(one["id"], one["path"]) for one in found["changes"]] == [("x", "public/x.png")]
