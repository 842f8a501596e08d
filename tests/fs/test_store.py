"""store.write: one file, in one step, with the permissions that it had."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from assetgen.errors import StorageError
from assetgen.fs import store
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
