"""What could never be committed is refused before it is paid."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import commits
from assetgen.fs.git import Repository
from assetgen.generate import performer
from assetgen.generate.options import Options
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop


def _nested(place: Place) -> None:
    place.git("init", "-q", ".assetgen/records")


def _twin(place: Place) -> None:
    place.write("public/A.png", "x")
    place.git("add", "public")
    place.git("config", "core.ignorecase", "true")


def _other_record(place: Place) -> None:
    place.write(".assetgen/records/A.json", "x")
    place.git("add", ".assetgen")
    place.git("config", "core.ignorecase", "true")


def _written(path: str, text: str = "") -> Callable[[Place], object]:
    return lambda place: place.write(path, text)


_BROKEN: dict[str, tuple[Callable[[Place], object], str]] = {
    "a nested repository": (_nested, "is a git repository of its own"),
    "a file in other case": (_twin, "git has public/A.png and ignores case"),
    "a record in other case": (_other_record, "git has .assetgen/records/A.json and ignores case"),
    "an emitted folder": (_written("src/a.ts/x"), "src/a.ts is a folder"),
    "a HEAD without a branch": (_written(".git/HEAD", "ref: refs/heads/..bad\n"), "no branch"),
    "a lock of the branch": (_written(".git/refs/heads/main.lock"), "using the branch"),
    "a lock of the index": (_written(".git/index.lock"), "using the index"),
    "a damaged index": (_written(".git/index", "garbage"), "index file smaller than expected"),
}


@pytest.mark.parametrize("state", _BROKEN)
def test_what_cannot_be_committed_is_refused_before_it_is_paid(place: Place, state: str) -> None:
    break_it, words = _BROKEN[state]
    with Provider() as vendor:
        shop = Shop(place, vendor)
        shop.wants("a")
        place.manifest('[project]\nemit = "src/a.ts"\n' + place.read("assets.toml").decode())
        break_it(place)
        conditions = shop.conditions(5.0)
        try:
            ran = performer.generate(place.root, Options(), shop.environ, None, conditions)
            said = [failed.error for failed in ran.failed]
        except AssetgenError as exc:
            said = [exc]
        assert words in said[0].what and said[0].cure
        assert 'write ".assetgen' not in str(said[0].cure)
        assert vendor.requests == []


def test_an_emitted_folder_is_refused_also_where_nothing_is_committed(place: Place) -> None:
    with Provider() as vendor:
        shop = Shop(place, vendor)
        shop.wants("a")
        place.manifest('[project]\nemit = "src/a.ts"\n' + place.read("assets.toml").decode())
        place.write("src/a.ts/x", "")
        with pytest.raises(StorageError, match=r"src/a\.ts is a folder"):
            shop.generate()
        assert vendor.requests == []


def test_a_lock_that_was_left_behind_keeps_no_paid_image_from_its_place(place: Place) -> None:
    with Provider() as vendor:
        shop = Shop(place, vendor)
        shop.wants("a")
        vendor.meanwhile = lambda: place.write("public", "in the way")
        shop.fails()
        (place.root / "public").unlink()
        place.write(".git/index.lock", "")
        with suppress(AssetgenError):  # it cannot be committed
            performer.generate(place.root, Options(), shop.environ, None, shop.conditions(5.0))
        assert place.has("public/a.png") and vendor.billed == 1


@pytest.mark.parametrize("head", ["a link", "a commit"])
def test_a_head_that_is_no_file_with_a_branch_can_be_committed_to(head: str, place: Place) -> None:
    if head == "a link":  # to a branch without a commit
        (place.root / ".git/HEAD").unlink()
        (place.root / ".git/HEAD").symlink_to("refs/heads/new")
    else:
        place.git("checkout", "-q", "--detach")
    repository = Repository.open(place.root, place.environ)
    assert repository is not None
    with closing(repository):
        commits.refuse_unwritable(repository)
