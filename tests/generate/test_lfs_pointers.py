"""A Git LFS pointer in the place of a picture is named before anything is bought."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import lfs
from assetgen.generate import adopt
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.paid import forecast
from assetgen.plan.decide import Action, State
from assetgen.plan.workspace import open_workspace
from tests.support.adopting import decision
from tests.support.branches import bought, commit, findings, only, runs
from tests.support.images import picture
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

needs_lfs = pytest.mark.skipif(shutil.which("git-lfs") is None, reason="Git LFS is not installed")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One provider on loopback."""
    with Provider() as running:
        yield running


def pointer(digest: str = "4d7a" * 16, first: str = "git-lfs.github.com/spec/v1") -> bytes:
    return f"version https://{first}\noid sha256:{digest}\nsize 12345\n".encode()


@pytest.mark.parametrize(
    "data",
    [
        pointer(),
        pointer().replace(b"\n", b"\r\n"),
        pointer(first="hawser.github.com/spec/v1"),
        pointer().replace(b"oid", b"ext-0-foo sha256:aa\noid"),
    ],
)
def test_pointers_of_any_form_are_pointers(data: bytes) -> None:
    assert lfs.is_pointer(data)
    assert not lfs.is_pointer(b"a" + data) and not lfs.is_pointer(data + bytes(1024))


@pytest.mark.parametrize("key", ["inputs", "mask"])
def test_plan_and_generate_name_a_pointer_among_the_inputs(
    place: Place, provider: Provider, key: str
) -> None:
    path = "in/raw/a.png"
    place.write("in/whole.png", picture())
    place.write(path, pointer())
    more = f'inputs = ["{path}"]'
    if key == "mask":
        more = f'inputs = ["in/whole.png"]\nmask = "{path}"'
    shop = Shop(place, provider)
    shop.wants("a", more=more)
    error = shop.fails("a")
    assert error.what == f"the input {path} is a Git LFS pointer, not the picture"
    assert str(error.cure).endswith("git lfs pull --include /in/raw/a.png --exclude ''")
    [planned] = forecast.decisions(open_workspace(place.root, shop.conditions()))
    assert planned.problem is not None and planned.problem.what == error.what
    assert not posts(provider)


def test_a_pointer_that_a_layout_shows_is_named(place: Place) -> None:
    place.covers("a")
    place.manifest(place.read("assets.toml").decode() + 'picture = "in/a.png"\n')
    place.write("in/a.png", pointer())
    ran = place.run("generate")
    assert ran.code != 0 and "the input in/a.png is a Git LFS pointer, not the picture" in ran.out
    assert "git lfs pull --include /in/a.png --exclude ''" in ran.out


def test_adopt_and_accept_name_a_pointer(place: Place) -> None:
    place.covers("a")
    place.write("in/a.png", pointer())
    outside = place.root.parent / "outside.png"
    outside.write_bytes(pointer())
    for file, cure in ((place.root / "in/a.png", "git lfs pull"), (outside, "name the picture")):
        with pytest.raises(StorageError, match="is a Git LFS pointer, not the picture") as caught:
            adopt.adopt(place.root, "a", file, Brought(), Options())
        assert cure in str(caught.value.cure)
    place.ok("generate")
    place.write("public/a.png", pointer())
    with pytest.raises(AssetgenError, match=r"public/a\.png is a Git LFS pointer"):
        adopt.accept(place.root, "a", Options())


def test_a_pointer_without_a_record_is_fetched_and_adopted(place: Place) -> None:
    place.covers("a")
    place.write("public/a.png", pointer())
    finding = only(findings(place))
    assert finding.message == "belongs to asset a, but is a Git LFS pointer, not the picture"
    assert "git lfs pull --include /public/a.png" in str(finding.cure)
    assert str(finding.cure).endswith("&& assetgen adopt a public/a.png")
    assert "is a Git LFS pointer" in place.run("generate").out


@needs_lfs
def test_what_git_lfs_has_is_fetched_and_not_bought_again(place: Place, provider: Provider) -> None:
    shop = bought(place, provider, "a", more="fit = { width = 512, height = 512 }\n")
    place.git("lfs", "install", "--local")
    place.git("lfs", "track", "*.png")
    place.git("rm", "-q", "--cached", "-r", "public")
    commit(place, "with Git LFS")
    clone = Path(place.root.parent, "clone")
    place.git("clone", "-q", f"file://{place.root}", str(clone), GIT_LFS_SKIP_SMUDGE="1")
    there = Shop(Place(clone, Path(place.environ["HOME"])), provider, shop.route)
    assert lfs.is_pointer(there.place.read("public/a.png"))
    assert not findings(there.place)
    text = there.place.read("assets.toml").decode()
    there.place.manifest(text.replace("512", "500"))
    judged = decision(there.place)
    assert (judged.state, judged.action) == (State.STALE, Action.REFUSE)
    error = there.fails("a")
    assert error.what == (
        "public/a.png is a Git LFS pointer, not the picture; it is not overwritten or bought again"
    )
    runs(there.place, error.cure)
    assert there.place.read("public/a.png") == place.read("public/a.png")
    assert provider.billed == 1


@needs_lfs
def test_the_command_fetches_exactly_the_file_that_it_names(place: Place) -> None:
    names = ["a.png", "in/a.png", "in/b [1].png", "in/b 1.png", "in/c*d.png", "in/c1d.png"]
    names += ["in/e,f{g}.png", "in/Müller's #1!.png", "site/in/a.png"]
    place.git("lfs", "install", "--local")
    place.git("lfs", "track", "*.png")
    for name in names:
        place.write(name, name)
    commit(place)
    clone = Path(place.root.parent, "clone")
    place.git("clone", "-q", f"file://{place.root}", str(clone), GIT_LFS_SKIP_SMUDGE="1")
    there = Place(clone, Path(place.environ["HOME"]))
    there.git("config", "lfs.fetchexclude", "*")
    for number, name in enumerate(names):
        runs(there, lfs.fetching(there.root, name))
        seen = [lfs.is_pointer(there.read(one)) for one in names]
        assert seen == [False] * (number + 1) + [True] * (len(names) - number - 1), name
    below = Place(clone / "site", Path(place.environ["HOME"]))
    assert "--include /site/in/a.png" in str(lfs.fetching(below.root, "in/a.png"))


def test_without_a_repository_the_user_has_to_bring_the_file(bare: Place) -> None:
    assert str(lfs.fetching(bare.root, "in/a.png")) == "replace in/a.png by the picture"
