"""What is paid for stays in the repository's folder, whatever is done to the working tree."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from assetgen.doctor import doctor
from assetgen.errors import StorageError, UnknownOutcome
from assetgen.fs import home, originals, store
from assetgen.generate import adopt
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.paid import journal
from assetgen.paid.journal import Journal
from tests.support.harm import mounted, remount
from tests.support.place import COVER, Place
from tests.support.provider import Provider
from tests.support.shop import PLANE, Shop

HERE = ".git/assetgen/%"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


@pytest.fixture
def shop(place: Place, provider: Provider) -> Shop:
    """A committed project with an asset "a" whose purchase has an unknown outcome."""
    shop = Shop(place, provider)
    shop.wants("a")
    place.git("add", "-A")
    place.git("commit", "-qm", "assets")
    provider.fault("reset_after")
    assert isinstance(shop.fails(), UnknownOutcome)
    return shop


def _moved(shop: Shop, root: Path) -> Shop:
    return Shop(Place(root, Path(shop.place.environ["HOME"])), shop.provider)


def _assert_known(shop: Shop) -> None:
    """The unknown purchase is reported, and not bought again."""
    error = shop.fails("a")
    assert isinstance(error, UnknownOutcome) and shop.provider.billed == 1
    assert [one.asset_id for one in shop.open_entries()] == ["a"]


# -- where it is -----------------------------------------------------------------------------------


def test_the_folder_of_the_repository_has_no_cache_in_it(shop: Shop) -> None:
    shop.buys("a", force=True)
    names = {path.name for path in (shop.place.root / HERE).iterdir()}
    assert {"journal.db", "originals", "records", "replies"} < names
    assert ".assetgen" not in names
    assert len(list((shop.place.root / HERE / "originals").iterdir())) == 1
    assert len(list((shop.place.root / HERE / "records").iterdir())) == 1
    inside = {path.name for path in (shop.place.root / store.CACHE).iterdir()}
    assert inside.isdisjoint({"journal.db", "originals", "records", "replies"})


def test_what_belongs_to_one_checkout_stays_in_its_cache(shop: Shop) -> None:
    shop.buys("a", force=True)
    assert shop.place.has(f"{store.CACHE}/placed") and not shop.place.has(f"{HERE}/placed")


def test_the_record_of_an_original_outlives_the_working_tree_that_bought_it(
    place: Place, provider: Provider
) -> None:
    shop = Shop(place, provider)
    shop.wants("a")
    place.git("add", "-A")
    place.git("commit", "-qm", "assets")
    other = place.root.parent / "other"
    place.git("worktree", "add", "-q", "--detach", str(other))
    _moved(shop, other).buys()
    place.git("worktree", "remove", "--force", str(other))
    shop.buys()
    assert provider.billed == 1


def test_an_old_record_is_taken_over_with_its_original(bare: Place, provider: Provider) -> None:
    shop = Shop(bare, provider)
    shop.wants("a")
    shop.buys()
    bare.git("init", "-q")
    shop.open_entries()
    for folder in ("originals", "records"):
        assert not list((bare.root / store.CACHE / folder).iterdir())
    shutil.rmtree(bare.root / "public")
    shutil.rmtree(bare.root / ".assetgen")
    shop.buys()
    assert provider.billed == 1


# -- what is done to a repository ------------------------------------------------------------------


def _cleaned(shop: Shop) -> Shop:
    shop.place.git("clean", "-xdfq")
    assert not shop.place.has(store.CACHE)
    return shop


def _renamed(shop: Shop) -> Shop:
    return _moved(shop, shop.place.root.rename(shop.place.root.with_name("renamed")))


def _branched(shop: Shop) -> Shop:
    shop.place.git("switch", "-qc", "another")
    return shop


def _linked(shop: Shop) -> Shop:
    other = shop.place.root.parent / "linked"
    shop.place.git("worktree", "add", "-q", "--detach", str(other))
    return _moved(shop, other)


def _moved_link(shop: Shop) -> Shop:
    linked = _linked(shop)
    other = linked.place.root.with_name("elsewhere")
    shop.place.git("worktree", "move", str(linked.place.root), str(other))
    return _moved(shop, other)


def _collected(shop: Shop) -> Shop:
    shop.place.git("gc", "-q", "--prune=now", "--aggressive")
    shop.place.git("worktree", "prune")
    return shop


def _separate(shop: Shop) -> Shop:
    folder = shop.place.root.parent / "folder.git"
    shop.place.git("init", "-q", "--separate-git-dir", str(folder))
    assert (shop.place.root / ".git").is_file()
    return shop


@pytest.mark.parametrize(
    "change", [_cleaned, _renamed, _branched, _linked, _moved_link, _collected, _separate]
)
def test_an_unknown_purchase_is_still_known(shop: Shop, change: Callable[[Shop], Shop]) -> None:
    _assert_known(change(shop))


def _in_repository(bare: Place) -> Place:
    """An empty repository with a commit, and the project in its folder ``site``."""
    bare.start()
    bare.git("commit", "-qm", "first", "--allow-empty")
    return Place(bare.root / "site", Path(bare.environ["HOME"]))


@pytest.mark.parametrize("moves", ["mv", "git mv"])
def test_a_project_that_moves_in_its_repository_keeps_its_log(
    bare: Place, provider: Provider, moves: str
) -> None:
    shop = Shop(_in_repository(bare), provider)
    shop.wants("a")
    bare.git("add", "-A")
    bare.git("commit", "-qm", "assets")
    provider.fault("reset_after")
    assert isinstance(shop.fails(), UnknownOutcome)
    (bare.root / "web").mkdir()
    if moves == "mv":
        (bare.root / "site").rename(bare.root / "web/site")
    else:
        bare.git("mv", "site", "web/site")
    moved = _moved(shop, bare.root / "web/site")
    assert [one.asset_id for one in journal.read_open(moved.place.root)] == ["a"]
    _assert_known(moved)
    bare.git("add", "-A")
    bare.git("commit", "-qm", "move")
    other = bare.root.parent / "linked"
    bare.git("worktree", "add", "-q", "--detach", str(other))
    _assert_known(_moved(shop, other / "web/site"))  # it never had the folder at its old place
    bare.git("-C", str(other), "checkout", "-q", "HEAD~1")
    _assert_known(_moved(shop, other / "site"))


def test_a_copied_project_has_a_log_of_its_own(bare: Place, provider: Provider) -> None:
    shop = Shop(_in_repository(bare), provider)
    shop.wants("a")
    provider.fault("reset_after")
    assert isinstance(shop.fails(), UnknownOutcome)
    shutil.copytree(bare.root / "site", bare.root / "copy")
    _moved(shop, bare.root / "copy").buys()
    assert provider.billed == 2


def test_working_trees_of_a_bare_repository_share_its_folder(
    shop: Shop, tmp_path: Path, provider: Provider
) -> None:
    place, stem = shop.place, tmp_path / "stem.git"
    place.git("clone", "-q", "--bare", ".", str(stem))
    trees = [_moved(shop, tmp_path / name) for name in ("one", "two")]
    for tree in trees:
        place.git("-C", str(stem), "worktree", "add", "-q", "--detach", str(tree.place.root))
    provider.fault("reset_after")
    assert isinstance(trees[0].fails(), UnknownOutcome) and provider.billed == 2
    assert home.of(trees[1].place.root).path == Path(os.path.realpath(stem)) / "assetgen/%"
    assert isinstance(trees[1].fails(), UnknownOutcome) and provider.billed == 2


def test_a_submodule_has_a_folder_of_its_own(shop: Shop, tmp_path: Path) -> None:
    above = Place(tmp_path / "above", Path(shop.place.environ["HOME"]))
    above.start()
    source = str(shop.place.root)
    above.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source, "sub")
    found = home.of(above.root / "sub")
    assert found.path == Path(os.path.realpath(above.root / ".git/modules/sub/assetgen/%"))
    _moved(shop, above.root / "sub").buys()
    assert (found.path / "journal.db").is_file() and not above.has(HERE)


def test_a_submodule_has_one_log_for_all_working_trees_above_it(
    shop: Shop, tmp_path: Path, provider: Provider
) -> None:
    """Git clones the submodule again for each working tree of the repository above."""
    above = Place(tmp_path / "above", Path(shop.place.environ["HOME"]))
    above.start()
    allowed = ("-c", "protocol.file.allow=always", "submodule", "--quiet")
    above.git(*allowed, "add", str(shop.place.root), "sub")
    above.git("commit", "-qm", "submodule")
    other = Place(tmp_path / "other", Path(shop.place.environ["HOME"]))
    above.git("worktree", "add", "-q", "--detach", str(other.root))
    other.git(*allowed, "update", "--init")
    provider.fault("reset_after")
    assert isinstance(_moved(shop, above.root / "sub").fails(), UnknownOutcome)
    assert provider.billed == 2  # one of them before, in the repository that was cloned
    assert isinstance(_moved(shop, other.root / "sub").fails(), UnknownOutcome)
    assert provider.billed == 2


def test_a_hook_that_sets_git_dir_has_the_same_log(shop: Shop) -> None:
    other = shop.place.root.parent / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    ran = shop.run("generate", GIT_DIR=str(other / ".git"), GIT_WORK_TREE=str(other))
    assert ran.code == 12 and shop.provider.billed == 1
    assert not (other / ".git/assetgen").exists()


# -- a folder .git that is read-only ---------------------------------------------------------------


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """As in the sandbox of an agent: root is not kept out by permissions."""
    if os.geteuid() == 0:
        with mounted(folder, "--bind", str(folder)):
            remount(folder, "bind,ro")
            yield
        return
    parts = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for part in parts:
        part.chmod(0o500)
    try:
        yield
    finally:
        for part in parts:
            part.chmod(0o700)


_FREE = COVER.format(id="free", title="Free")


def test_a_read_only_repository_buys_nothing_and_says_where(shop: Shop) -> None:
    with _read_only(shop.place.root / ".git"):
        ran = shop.run("generate", "--no-commit")
        assert (ran.code, shop.provider.billed) == (9, 1), ran.err
        assert HERE in ran.err and "nothing was sent" in ran.err and "Traceback" not in ran.err
        forced = shop.run("generate", "--no-commit", "--force")
        assert (forced.code, shop.provider.billed) == (9, 1)
    _assert_known(shop)


@pytest.mark.parametrize("has_log", [True, False], ids=["with a log", "without a log"])
def test_the_cure_for_a_read_only_repository_runs_there(
    place: Place, provider: Provider, has_log: bool
) -> None:
    shop = Shop(place, provider)
    shop.wants("a", "b")
    if has_log:
        shop.buys("b")
    place.git("add", "-A")
    place.git("commit", "-qm", "assets")
    with _read_only(place.root / ".git"):
        refused = shop.run("generate")
        assert refused.code == 9 and "nothing was sent" in refused.err, refused.err
        assert "cure: assetgen generate --draft --no-commit" in refused.err
        drawn = shop.run("generate", "--draft", "--no-commit")
        assert drawn.code == 0 and place.has("public/a.png"), drawn.err
        assert not place.has(f"{store.CACHE}/journal.db")
    assert provider.billed == has_log
    shop.buys("a")
    assert provider.billed == has_log + 1


def test_a_read_only_repository_still_shows_and_makes_what_is_free(shop: Shop) -> None:
    place = shop.place
    paid = PLANE.format(id="a", route="images", more="")
    place.manifest(paid + _FREE)
    with _read_only(place.root / ".git"):
        free = shop.run("generate", "free", "--no-commit")
        assert free.code == 0 and place.has("public/free.png"), free.err
        assert shop.run("plan").code in (0, 1)
        assert shop.run("cost").code == 0
        checked = shop.run("check")
        assert checked.code == 1 and "Traceback" not in checked.err, checked.err
        found = doctor.examine(place.root, place.root, shop.conditions())
    assert [one.entry.asset_id for one in found.standing] == ["a"]
    assert any("cannot be written here" in note.what for note in found.general)
    assert shop.provider.billed == 1


def test_an_original_that_is_adopted_where_git_is_read_only_is_kept_in_the_cache(
    place: Place,
) -> None:
    place.manifest(_FREE)
    image = place.picture("other.png", size=(1200, 630))
    place.git("add", "-A")
    place.git("commit", "-qm", "assets")
    data = image.read_bytes()
    options = Options(commit=False)
    with _read_only(place.root / ".git"):
        adopt.adopt(place.root, "free", image, Brought("images"), options, place.environ)
    digest = next((place.root / store.CACHE / "originals").iterdir()).name
    assert originals.read(place.root, digest) == data


# -- the words -------------------------------------------------------------------------------------


def test_messages_name_the_real_path_of_a_reply(shop: Shop) -> None:
    shop.provider.fault("not_json")
    error = shop.generate("a", force=True).failed[0].error
    assert store.CACHE not in f"{error.what} {error.cure}"
    with closing(Journal(shop.place.root, lambda: "")) as log:
        assert log.name == f"{HERE}/journal.db"
        assert log.shown_reply(7) == f"{HERE}/replies/7"


def test_a_link_in_the_repository_is_refused_with_a_cure_that_names_it(
    shop: Shop, tmp_path: Path
) -> None:
    replies = shop.place.root / HERE / "replies"
    shutil.rmtree(replies)
    replies.symlink_to(tmp_path)
    with pytest.raises(StorageError, match=f"{HERE}/replies is a symbolic link") as caught:
        shop.generate()
    assert f"rm {HERE}/replies" in str(caught.value.cure) and shop.provider.billed == 1
