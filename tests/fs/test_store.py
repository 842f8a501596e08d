"""store.write: one file, in one step, with the permissions that it had."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from assetgen.errors import StorageError
from assetgen.fs import placed_files, store
from tests.support.place import Place


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_gets_its_folders_and_the_usual_permissions(tmp_path: Path) -> None:
    store.prepare(tmp_path)
    store.write(tmp_path, "a/b/c.txt", b"new")
    assert (tmp_path / "a/b/c.txt").read_bytes() == b"new"
    (tmp_path / "usual").write_bytes(b"")
    assert _mode(tmp_path / "a/b/c.txt") == _mode(tmp_path / "usual")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_permissions(mode: int, tmp_path: Path) -> None:
    store.prepare(tmp_path)
    (tmp_path / "a.md").write_bytes(b"old")
    (tmp_path / "a.md").chmod(mode)
    store.write(tmp_path, "a.md", b"new")
    assert ((tmp_path / "a.md").read_bytes(), _mode(tmp_path / "a.md")) == (b"new", mode)


def test_the_manifest_keeps_its_permissions_when_images_are_added(place: Place) -> None:
    place.manifest('[project]\ncontent = ["*.md"]\n')
    place.write("a.md", "# A\n\n![A map](/map.png)\n")
    (place.root / "assets.toml").chmod(0o660)
    place.ok("refs", "--add")
    assert b"public/map.png" in place.read("assets.toml")
    assert _mode(place.root / "assets.toml") == 0o660


@pytest.mark.parametrize("path", ["link.md", "folder/a.md"])
def test_no_file_is_written_through_a_link(path: str, tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "a.md").write_bytes(b"keep")
    (root / "link.md").symlink_to(outside / "a.md")
    (root / "folder").symlink_to(outside)
    store.prepare(root)
    with pytest.raises(StorageError, match="symbolic link"):
        store.write(root, path, b"new")
    assert (outside / "a.md").read_bytes() == b"keep"
    assert os.listdir(outside) == ["a.md"]


def test_a_link_in_place_of_one_file_stops_all_of_them(tmp_path: Path) -> None:
    batch = store.Batch(tmp_path)
    batch.add_all({"a.png": b"a", "b.png": b"b"}, {})
    (tmp_path / "b.png").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match=r"b\.png is a symbolic link"):
        batch.place()
    assert not (tmp_path / "a.png").exists()


def test_a_folder_in_place_of_the_file_is_an_error_with_its_cure(tmp_path: Path) -> None:
    store.prepare(tmp_path)
    (tmp_path / "a.md").mkdir()
    with pytest.raises(StorageError, match=r"a\.md is a folder") as caught:
        store.write(tmp_path, "a.md", b"new")
    assert str(caught.value.cure) == "move a.md away"
    assert not list((tmp_path / ".assetgen/cache/writing").iterdir())


def test_a_file_in_place_of_a_folder_is_an_error_with_its_cure(tmp_path: Path) -> None:
    store.prepare(tmp_path)
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(StorageError, match="a file in place of a folder") as caught:
        store.write(tmp_path, "a/b.md", b"new")
    assert str(caught.value.cure) == "move that file away"


def test_the_list_of_what_was_placed_grows_at_its_end(tmp_path: Path) -> None:
    store.prepare(tmp_path)
    noted = tmp_path / store.CACHE / "placed"
    sums, written = {}, 0
    for number in range(300):
        before = noted.stat().st_ino if noted.exists() else None
        batch = store.Batch(tmp_path)
        for name in (f"a/{number}.png", "again.png"):
            batch.add(
                name, b"same" if name == "again.png" else str(number).encode(), f"{number:064}"
            )
            sums[name] = f"{number:064}"
        batch.place()
        is_rewritten = noted.stat().st_ino != before
        written += noted.stat().st_size if is_rewritten else 150
    found = list(placed_files.placed(tmp_path))
    assert len(found) == len(set(found)) == 600
    assert set(sums.items()) <= set(found)
    assert written < 5 * noted.stat().st_size


def test_a_list_of_another_checkout_or_with_a_second_name_is_begun_again(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for root in (one, other):
        root.mkdir()
        store.prepare(root)
    placed_files.note(one, {"a.png": "1" * 64}, store.replace)
    os.link(one / store.CACHE / "placed", other / store.CACHE / "placed")
    for number in "23":
        placed_files.note(other, {f"{number}.png": number * 64}, store.replace)
    assert dict(placed_files.placed(one)) == {"a.png": "1" * 64}
    assert set(dict(placed_files.placed(other))) == {"2.png", "3.png"}
