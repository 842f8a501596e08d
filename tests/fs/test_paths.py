"""paths: which paths are safe in a project, and which files may be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assetgen.errors import ManifestError, StorageError
from assetgen.fs import paths

_SAFE = [
    "a",
    "a.png",
    "public/img/a-1_B.webp",
    "_x/y",
    "0",
    "a..b",
    "com10",
    "console.png",
    "x" * 240,
]

_UNSAFE = {
    "empty": ("", "is empty"),
    "absolute": ("/etc/passwd", "is absolute"),
    "parent": ("../a", "'..'"),
    "parent inside": ("public/../../a", "'..'"),
    "here": ("./a", "'.'"),
    "doubled slash": ("a//b", "empty part"),
    "trailing slash": ("a/", "empty part"),
    "git folder": (".git/config", "'.git'"),
    "git folder on Mac": (".GIT/config", "'.GIT'"),
    "git folder by its short name": ("git~1/config", "git~1"),
    "records": (".assetgen/records/a.json", ".assetgen"),
    "hidden": ("public/.htaccess", ".htaccess"),
    "home": ("~/a", "~"),
    "backslash": ("a\\b", "a\\\\b"),
    "drive": ("c:/a", "c:"),
    "stream": ("a.png:x", "a.png:x"),
    "space": ("a b.png", "a b"),
    "new line": ("a\n.png", "has the part"),
    "new line at the end": ("a.png\n", "has the part"),
    "NUL": ("a\0.png", "has the part"),
    "escape": ("a\x1b[2J", "has the part"),
    "direction": ("a\u202egnp.exe", "has the part"),
    "ignorable": (".g\u200cit", "has the part"),
    "umlaut": ("ä.png", "has the part"),
    "full width": ("．．/a", "has the part"),
    "dash first": ("-rf", "has the part"),
    "dot last": ("a./b", "end in a dot"),
    "device": ("public/NUL", "device"),
    "device with a suffix": ("con.png", "device"),
    "port": ("Com1.tar.gz", "device"),
    "too long": ("x" * 241, "240"),
}


_NAMES_OF_FILES = [
    *_SAFE[:-1],
    "public/hi@2x.png",
    "public/Müller foto.jpg",
    "app/(marketing)/x/opengraph-image.png",
    "app/posts/[slug]/opengraph-image.png",
    "public/東京/夜景 1.png",
    "public/a'b, c & d #1 100%.png",
    "a~b.png",
]
_NO_NAMES_OF_FILES = {
    **{name: row for name, row in _UNSAFE.items() if name not in ("space", "umlaut", "full width")},
    "short name of our folder": ("ASSETG~1/records/a.json", "ASSETG~1"),
    "device with a blank": ("con .png", "device"),
    "console": ("CONIN$", "device"),
    "port with a small number": ("lpt\u00b2.png", "device"),
    "wildcard": ("a*.png", "'*'"),
    "quote": ('a".png', "not every system"),
    "pipe": ("a|b.png", "'|'"),
    "blank at the end": ("a.png ", "space"),
    "line separator": ("a\u2028.png", "U+2028"),
    "longer than a file system keeps": ("東" * 80 + ".png", "bytes"),
}


@pytest.mark.parametrize("path", _NAMES_OF_FILES)
def test_names_that_web_projects_use_are_allowed_for_images(path: str) -> None:
    assert paths.problem_of_file(path) is None


@pytest.mark.parametrize("name", _NO_NAMES_OF_FILES)
def test_names_that_a_system_or_git_refuses_are_not_allowed_for_images(name: str) -> None:
    assert paths.problem_of_file(_NO_NAMES_OF_FILES[name][0]) is not None


@pytest.mark.parametrize("path", _SAFE, ids=[name[:20] for name in _SAFE])
def test_ordinary_names_are_safe(path: str) -> None:
    assert paths.problem(path) is None


@pytest.mark.parametrize(("path", "said"), _UNSAFE.values(), ids=_UNSAFE)
def test_paths_out_of_the_project_and_special_names_are_refused(path: str, said: str) -> None:
    assert said in (paths.problem(path) or "")


def test_a_regular_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_bytes(b"text")
    assert paths.read_regular(tmp_path, "a/b.txt", ManifestError) == b"text"


def _link_to_file(root: Path) -> str:
    (root / "real").write_bytes(b"secret")
    (root / "link").symlink_to("real")
    return "link"


def _link_above(root: Path) -> str:
    (root / "real").mkdir()
    (root / "real" / "file").write_bytes(b"secret")
    (root / "link").symlink_to("real")
    return "link/file"


def _dangling(root: Path) -> str:
    (root / "link").symlink_to("nowhere")
    return "link"


def _folder(root: Path) -> str:
    (root / "folder").mkdir()
    return "folder"


def _pipe(root: Path) -> str:
    os.mkfifo(root / "pipe")
    return "pipe"


def _outside(root: Path) -> str:
    (root.parent / "outside").write_bytes(b"secret")
    return "../outside"


def _absolute(root: Path) -> str:
    (root / "file").write_bytes(b"secret")
    return str(root / "file")


def _large(root: Path) -> str:
    (root / "large").write_bytes(b"x" * 101)
    return "large"


def _below_a_file(root: Path) -> str:
    (root / "file").write_bytes(b"")
    return "file/below"


_UNREADABLE = [
    (_link_to_file, "symbolic link"),
    (_link_above, "symbolic link"),
    (_dangling, "symbolic link"),
    (_folder, "not a regular file"),
    (_pipe, "not a regular file"),
    (_outside, "'..'"),
    (_absolute, "absolute"),
    (_large, "101 bytes; the limit is 100"),
    (lambda _root: "none", "does not exist"),
    (_below_a_file, "cannot be read"),
]


@pytest.mark.parametrize(
    ("make", "said"),
    _UNREADABLE,
    ids=[
        "link",
        "link above",
        "dangling",
        "folder",
        "pipe",
        "outside",
        "absolute",
        "large",
        "none",
        "below a file",
    ],
)
def test_only_a_regular_file_of_the_project_is_read(
    make: object, said: str, tmp_path: Path
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    assert callable(make)
    with pytest.raises(ManifestError) as caught:
        paths.read_regular(root, make(root), ManifestError, limit=100)
    assert said in caught.value.what
    assert "secret" not in str(caught.value)


def test_a_link_in_the_path_is_an_error_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "public").symlink_to("real")
    with pytest.raises(StorageError, match="public is a symbolic link") as caught:
        paths.refuse_links(tmp_path, "public/img/a.png")
    assert str(caught.value.cure) == "replace the link with a real folder or file: rm public"


def test_a_missing_file_is_not_a_link(tmp_path: Path) -> None:
    paths.refuse_links(tmp_path, "not/there/yet.png")
