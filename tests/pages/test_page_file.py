"""Both commands that edit pages, refs --fix and snippet --into, leave the rest of a page alone."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assetgen import cli
from assetgen.cure import command
from assetgen.errors import StorageError
from assetgen.fs import store
from assetgen.fs.tree import WorkTree
from assetgen.pages import page_file
from tests.support.place import Place

_NOBODY = 65534
_COMMANDS = {
    "refs --fix": ("refs", "--fix", "content/a.md"),
    "snippet --into": ("snippet", "a", "--into", "content/a.md"),
}
_PAGES = {
    "Unix line ends": b"# A\n\n![A](/img/A.png)\n\nend\n",
    "Windows line ends": b"# A\r\n\r\n![A](/img/A.png)\r\n\r\nend\r\n",
    "first Unix, then Windows line ends": b"# A\n\n![A](/img/A.png)\r\n\r\nend\r\n",
    "first Windows, then Unix line ends": b"# A\r\n\n![A](/img/A.png)\n\nend\n",
    "a byte order mark": b"\xef\xbb\xbf# A\n\n![A](/img/A.png)\n\nend\n",
    "front matter and a byte order mark": (
        b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\n\r\n![A](/img/A.png)\r\n\r\nend\r\n"
    ),
}


@pytest.fixture
def site(bare: Place) -> Place:
    return _drawn(bare)


def _drawn(bare: Place) -> Place:
    """A project with one image, and a page that misspells it."""
    bare.manifest(
        '[project]\ncontent = ["content/*.md"]\n[[asset]]\nid = "a"\nkind = "cover"\n'
        'path = "public/img/a.png"\nalt = "A"\nvalues = { title = "A" }\n'
    )
    bare.write("content/a.md", _PAGES["Unix line ends"])
    bare.ok("generate", "--no-commit")
    return bare


@pytest.mark.parametrize("before", _PAGES.values(), ids=_PAGES)
def test_a_fixed_page_changes_only_where_it_is_fixed(before: bytes, site: Place) -> None:
    site.write("content/a.md", before)
    site.ok(*_COMMANDS["refs --fix"])
    assert site.read("content/a.md") == before.replace(b"/img/A.png", b"/img/a.png")


@pytest.mark.parametrize("before", _PAGES.values(), ids=_PAGES)
def test_a_page_with_a_snippet_begins_as_before(before: bytes, site: Place) -> None:
    site.write("content/a.md", before)
    site.ok(*_COMMANDS["snippet --into"])
    after = site.read("content/a.md")
    assert after.startswith(before)
    end = b"\r\n" if before.split(b"\n")[0].endswith(b"\r") else b"\n"
    assert after.removeprefix(before) == end + b"![A](/img/a.png)" + end


@pytest.mark.parametrize("command", _COMMANDS.values(), ids=_COMMANDS)
def test_a_page_keeps_its_permissions(command: tuple[str, ...], site: Place) -> None:
    (site.root / "content/a.md").chmod(0o640)
    site.ok(*command)
    assert stat.S_IMODE((site.root / "content/a.md").stat().st_mode) == 0o640


@pytest.mark.parametrize("command", _COMMANDS.values(), ids=_COMMANDS)
def test_a_page_that_is_not_utf_8_stays_as_it_is(command: tuple[str, ...], site: Place) -> None:
    before = b"caf\xe9\n\n![A](/img/A.png)\n"
    site.write("content/a.md", before)
    assert site.run(*command).code != 0
    assert site.read("content/a.md") == before


@pytest.mark.parametrize("command", _COMMANDS.values(), ids=_COMMANDS)
def test_a_page_that_is_a_link_stays_as_it_is(
    command: tuple[str, ...], site: Place, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_bytes(_PAGES["Unix line ends"])
    (site.root / "content/a.md").unlink()
    (site.root / "content/a.md").symlink_to(outside)
    site.run(*command)
    assert outside.read_bytes() == _PAGES["Unix line ends"]
    assert (site.root / "content/a.md").is_symlink()


def test_no_page_is_written_if_one_of_them_changed(site: Place) -> None:
    store.prepare(site.root)
    tree = WorkTree(site.root)
    site.write("content/b.md", "b\n")
    texts = {
        page: page_file.read(tree, page) + "more\n" for page in ("content/b.md", "content/a.md")
    }
    site.write("content/a.md", b"saved meanwhile\n")
    with pytest.raises(StorageError, match="changed while assetgen was reading it") as caught:
        page_file.write(tree, texts, again=lambda page: command("again {page}", page=page))
    assert str(caught.value.cure) == "again content/a.md"
    assert site.read("content/a.md") == b"saved meanwhile\n"
    assert site.read("content/b.md") == b"b\n"


@contextmanager
def _without_privileges(root: Path) -> Iterator[None]:
    """Act as a user who owns the project: root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    for path in (root, *root.rglob("*")):
        os.chown(path, _NOBODY, -1, follow_symlinks=False)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_page_that_cannot_be_written_is_an_error_with_its_cure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other users
        folder = Path(name)
        folder.chmod(0o755)
        site = _drawn(Place(folder / "project", folder / "home"))
        arguments = ["-C", str(site.root), *_COMMANDS["refs --fix"]]
        assert cli.run(arguments) == 0  # everything that the command imports is loaded now
        before = _PAGES["Unix line ends"]
        site.write("content/a.md", before)
        (site.root / "content").chmod(0o500)
        try:
            with _without_privileges(site.root):
                code = cli.run(arguments)
        finally:
            (site.root / "content").chmod(0o700)
        assert (code, site.read("content/a.md")) == (9, before)
        assert "make the folder writable" in capsys.readouterr().err
