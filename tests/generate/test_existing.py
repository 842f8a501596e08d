"""adopt --existing: which pictures become lines of the baseline, and what check says then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen.check import check
from assetgen.check.findings import Report
from assetgen.errors import StorageError
from assetgen.generate import existing
from assetgen.record.baseline import FILE
from tests.support.place import Place

_MANIFEST = '[project]\noutputs = ["public"]\n'
_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 345678\n"


def _site(place: Place, *paths: str) -> Place:
    """A committed site with pictures that all differ, in the baseline."""
    place.manifest(_MANIFEST)
    for number, path in enumerate(paths):
        place.write(path, b"\x89PNG\0 %d" % number)
    _take(place)
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "site")
    return place


def _take(place: Place, *paths: str, **how: bool) -> existing.Taken:
    files = [place.root / path for path in paths]
    return existing.adopt_existing(place.root, files, commit=False, environ=place.environ, **how)


def _look(place: Place, *, staged: bool = False) -> Report:
    return check.check(place.root, place.environ, staged=staged)


def _said(report: Report) -> dict[str, str]:
    return {one.path: one.code for one in (*report.findings, *report.notes)}


def _lines(place: Place) -> list[str]:
    return [row.split(" ", 2)[2] for row in place.read(FILE).decode().splitlines()]


def _rename(place: Place, old: str, new: str) -> None:
    (place.root / new).parent.mkdir(parents=True, exist_ok=True)
    (place.root / old).rename(place.root / new)


def test_every_picture_that_nothing_accounts_for_is_taken_and_a_second_time_changes_nothing(
    place: Place,
) -> None:
    place.write(".gitignore", "public/built/\n")
    place.write("public/built/local.png", "made by a build")
    place.write("public/vendor/x.png", "ignored")
    place.write("public/notes.txt", "no picture")
    place.picture("public/asset.png")
    place.picture("docs/input.png")
    _site(place, "public/a.png", "public/b.svg", "public/c.GIF", "public/favicon.ico")
    place.manifest(
        _MANIFEST + 'ignore = ["public/vendor/"]\n'
        '[[asset]]\nid = "asset"\npath = "public/asset.png"\nalt = ""\nroute = "adopted"\n'
    )
    place.ok("adopt", "asset", "public/asset.png")
    done = _take(place)
    assert (done.added, done.dropped) == ([], ["public/vendor/x.png"])
    assert done.left == {"public/built/local.png": "git ignores it"}
    assert _lines(place) == ["public/a.png", "public/b.svg", "public/c.GIF", "public/favicon.ico"]
    before = place.read(FILE)
    assert not _take(place).is_written
    assert place.read(FILE) == before
    assert _said(_look(place)) == {}
    place.write(FILE, before.replace(b"\n", b"\r\n"))  # as a checkout on Windows has it
    assert not _take(place).is_written


def test_check_asks_about_new_and_changed_pictures_only_and_naming_one_settles_it(
    place: Place,
) -> None:
    _site(place, "public/a.png", "public/b.png", "public/icon.svg")
    place.write("public/a.png", b"changed")
    shutil.copy(place.root / "public/b.png", place.root / "public/copy.png")
    place.write("public/new.svg", "<svg/>")
    before = place.read(FILE)
    found = {one.path: one for one in _look(place).findings}
    assert {path: one.code for path, one in found.items()} == {
        "public/a.png": "edited",
        "public/copy.png": "unrecorded",
        "public/new.svg": "unrecorded",
    }
    assert "is a copy of public/b.png" in found["public/copy.png"].message
    assert "or refer to public/b.png and remove the copy" in str(found["public/copy.png"].cure)
    assert "or git restore -- public/a.png" in str(found["public/a.png"].cure)
    assert place.read(FILE) == before
    done = _take(place, "public/a.png", "public/new.svg")
    assert (done.renewed, done.added) == (["public/a.png"], ["public/new.svg"])
    assert _said(_look(place)) == {"public/copy.png": "unrecorded"}
    assert _take(place, merge=True).added == []  # it takes none
    assert _take(place).added == ["public/copy.png"]


def test_new_pictures_of_formats_that_assetgen_does_not_make_are_asked_about_once_one_is_listed(
    place: Place,
) -> None:
    _site(place, "public/a.png")
    place.write("public/new.svg", "<svg/>")
    assert _said(_look(place)) == {}
    _take(place, "public/new.svg")
    place.write("public/other.svg", "<svg id='b'/>")
    assert _said(_look(place)) == {"public/other.svg": "unrecorded"}


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ([("a", "deep/z")], {"public/a.png": "moved"}),
        (
            [("same/x", "n/x"), ("same/y", "n/y")],
            {"public/same/x.png": "moved"} | {"public/same/y.png": "moved"},
        ),
        (
            [("same/x", "n/p"), ("same/y", "n/q")],
            {
                "public/same/x.png": "gone",
                "public/same/y.png": "gone",
                "public/n/p.png": "unrecorded",
                "public/n/q.png": "unrecorded",
            },
        ),
        ([("a", "")], {"public/a.png": "gone"}),
    ],
    ids=["one", "equal ones with their names", "equal ones, ambiguous", "removed"],
)
def test_a_picture_that_moved_is_known_by_its_bytes_if_that_is_certain(
    moves: list[tuple[str, str]], said: dict[str, str], place: Place
) -> None:
    _site(place, "public/a.png", "public/same/x.png")
    shutil.copy(place.root / "public/same/x.png", place.root / "public/same/y.png")
    _take(place)
    for old, new in moves:
        if new:
            _rename(place, f"public/{old}.png", f"public/{new}.png")
        else:
            (place.root / f"public/{old}.png").unlink()
    report = _look(place)
    assert _said(report) == said
    assert report.is_clean == ("unrecorded" not in said.values())
    _take(place, merge=True)
    assert {one for one in _lines(place) if "/n/" in one or "deep" in one} == {
        f"public/{new}.png" for _, new in moves if "unrecorded" not in said.values() and new
    }
    assert _look(place).notes == ()


@pytest.mark.parametrize(
    ("written", "is_same"),
    [(b"<svg>\r\n</svg>\r\n", True), (b"<svg>\n</svg>\r\n", True), (b"<svg>\n </svg>\n", False)],
)
def test_an_svg_file_may_have_the_line_ends_of_its_checkout(
    written: bytes, is_same: bool, place: Place
) -> None:
    place.write("public/a.svg", "<svg>\n</svg>\n")
    _site(place)
    line = place.read(FILE)
    place.write("public/a.svg", written)
    assert _look(place).is_clean == is_same
    assert _take(place).renewed == ([] if is_same else ["public/a.svg"])
    assert (place.read(FILE) == line) == is_same


def test_a_git_lfs_pointer_stands_for_the_picture_behind_it(place: Place) -> None:
    digest = "c" * 64
    place.write("public/a.png", _POINTER.format(digest))
    _site(place)
    assert place.read(FILE).decode() == f"{digest} 345678 public/a.png\n"
    place.write("public/a.png", _POINTER.format("d" * 64))
    assert _said(_look(place)) == {"public/a.png": "edited"}


def test_a_sparse_checkout_loses_no_line(place: Place) -> None:
    _site(place, "public/a.png", "public/big/b.png")
    place.git("sparse-checkout", "set", "--no-cone", "/*", "!/public/big/")
    assert not place.has("public/big")
    assert _said(_look(place)) == {}
    assert (_take(place).dropped, _take(place, merge=True).dropped) == ([], [])
    assert _lines(place) == ["public/a.png", "public/big/b.png"]


def test_both_sides_of_a_conflict_are_kept_without_what_is_gone_or_recorded(place: Place) -> None:
    _site(place, "public/a.png", "public/b.png", "public/gone.png")
    rows = place.read(FILE).decode().splitlines()
    (place.root / "public/gone.png").unlink()
    wrong = f"{'0' * 64} 1 public/b.png"
    sides = [rows[0], "<<<<<<< HEAD", wrong, "=======", rows[1], rows[2], ">>>>>>> x", ""]
    place.write(FILE, "\n".join(sides))
    report = _look(place)
    [finding] = report.findings
    assert (finding.code, finding.path) == ("baseline", FILE)
    assert "conflict on lines 2, 4 and 7" in finding.message
    done = _take(place, merge=True)
    assert done.repaired
    assert place.read(FILE).decode().splitlines() == rows[:2]
    assert _said(_look(place)) == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("public/no.png", "is not a file"),
        ("assets.toml", "is not a picture"),
        ("../project-x/a.png", "is outside the project"),
        ("public/link/a.png", "symbolic link"),
        ("public/asset.png", "belongs to asset asset"),
        ("public/vendor/x.png", "project.ignore matches"),
    ],
)
def test_what_cannot_be_a_line_is_refused_and_nothing_is_written(
    name: str, said: str, place: Place
) -> None:
    place.manifest(
        _MANIFEST + 'ignore = ["public/vendor/"]\n'
        '[[asset]]\nid = "asset"\npath = "public/asset.png"\nalt = ""\nroute = "adopted"\n'
    )
    for path in ("public/asset.png", "public/vendor/x.png", "docs/a.png"):
        place.write(path, b"x")
    (place.root / "public/link").symlink_to("../docs")
    with pytest.raises(StorageError, match=said):
        _take(place, name)
    assert not place.has(FILE)


# -- git -------------------------------------------------------------------------------------------


def _move_staged(place: Place) -> None:
    place.git("mv", "public/a.png", "public/z.png")


def _move_with_its_line(place: Place) -> None:
    _move_staged(place)
    _take(place, merge=True)
    place.git("add", FILE)


def _add(place: Place) -> None:
    place.write("public/new.png", b"new")
    place.git("add", "-A")


def _add_with_its_line(place: Place) -> None:
    _add(place)
    _take(place, "public/new.png")
    place.git("add", FILE)


def _add_with_an_unstaged_line(place: Place) -> None:
    _add(place)
    _take(place, "public/new.png")


@pytest.mark.parametrize(
    ("how", "said", "cure"),
    [
        (_move_staged, {"public/a.png": "moved"}, "assetgen adopt --existing --merge --no-commit"),
        (_move_with_its_line, {}, ""),
        (_add, {"public/new.png": "unrecorded"}, "assetgen adopt --existing --no-commit"),
        (_add_with_its_line, {}, ""),
        (_add_with_an_unstaged_line, {"public/new.png": "unrecorded"}, f"git add -- {FILE}"),
    ],
)
def test_check_staged_reads_the_baseline_of_the_index(
    how: Callable[[Place], None], said: dict[str, str], cure: str, place: Place
) -> None:
    _site(place, "public/a.png", "public/b.png")
    how(place)
    report = _look(place, staged=True)
    assert _said(report) == said
    assert [str(one.cure)[: len(cure)] for one in (*report.findings, *report.notes)][:1] == (
        [cure] if cure else []
    )


def test_the_commit_has_exactly_the_baseline_and_the_pictures_of_its_changed_lines(
    place: Place,
) -> None:
    _site(place, "public/a.png", "public/b.png", "public/c.png")
    _rename(place, "public/a.png", "public/moved.png")
    place.git("mv", "public/b.png", "public/b2.png")
    place.write("public/new.png", b"new")
    place.write("other.txt", "not mine")
    place.git("add", "other.txt")
    done = existing.adopt_existing(place.root, environ=place.environ)
    assert done.commit
    shown = place.git("show", "--name-status", "--format=", "--no-renames")
    assert sorted(shown.splitlines()) == [
        "A\tpublic/b2.png",
        "A\tpublic/moved.png",
        "A\tpublic/new.png",
        "D\tpublic/a.png",
        "D\tpublic/b.png",
        f"M\t{FILE}",
    ]
    assert place.git("status", "--short") == "A  other.txt"
    assert _said(_look(place)) == _said(_look(place, staged=True)) == {}


@pytest.mark.parametrize("named", [("public/new.png",), ()], ids=["named", "all"])
def test_a_commit_that_was_refused_succeeds_after_its_picture_is_taken(
    named: tuple[str, ...], place: Place
) -> None:
    _site(place, "public/a.png")
    place.ok("init", "--hook")
    place.git("add", "-A")
    place.git("commit", "-q", "--no-verify", "-m", "hook")
    place.write("public/new.png", b"new")
    place.write("text.txt", "mine")
    place.git("add", "-A")
    head = place.git("rev-parse", "HEAD")
    with pytest.raises(AssertionError, match="unrecorded"):
        place.git("commit", "-q", "-m", "mine")
    done = existing.adopt_existing(
        place.root, [place.root / one for one in named], environ=place.environ
    )
    assert done.is_staged and place.git("rev-parse", "HEAD") == head
    place.git("commit", "-q", "-m", "mine")
    assert place.git("show", "--name-only", "--format=").splitlines() == [
        FILE,
        "public/new.png",
        "text.txt",
    ]


def test_without_a_commit_the_changed_files_alone_are_named(place: Place) -> None:
    place.manifest(_MANIFEST)
    place.write("public/old.png", b"old")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "site")
    place.write("public/new.png", b"new")
    assert str(_take(place).to_add) == f"git add -- {FILE} public/new.png"
    _rename(place, "public/old.png", "public/moved.png")
    assert str(_take(place, merge=True).to_add) == (
        f"git add -- {FILE} public/moved.png public/old.png"
    )


def test_a_picture_that_gets_a_record_leaves_the_baseline_in_the_same_commit(place: Place) -> None:
    place.picture("public/team photo.png")
    _site(place, "public/a.png")
    data = place.read("public/team photo.png")
    place.manifest(
        _MANIFEST + '[[asset]]\nid = "team"\npath = "public/team photo.png"\nalt = "us"\n'
        'route = "adopted"\n'
    )
    assert _said(_look(place)) == {"public/team photo.png": "foreign"}
    place.ok("adopt", "team", "public/team photo.png")
    assert _lines(place) == ["public/a.png"]
    assert place.read("public/team photo.png") == data
    assert FILE in place.git("show", "--name-only", "--format=").splitlines()
    assert _said(_look(place)) == {}


def test_a_project_may_be_reached_through_a_link(place: Place, tmp_path: Path) -> None:
    _site(place)
    place.write("public/a.png", b"a")
    (tmp_path / "link").symlink_to(place.root)
    done = existing.adopt_existing(
        place.root, [tmp_path / "link/public/a.png"], commit=False, environ=place.environ
    )
    assert done.added == ["public/a.png"]
