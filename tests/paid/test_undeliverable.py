"""A place where a file cannot be put or committed is found before anything is paid."""

from __future__ import annotations

import pytest

from assetgen.errors import GitError
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

_PROJECT = '[project]\noutputs = ["vendor"]\ncommit = {commit}\n'


def _shop(place: Place, vendor: Provider, *, commit: bool = True, path: str) -> Shop:
    shop = Shop(place, vendor)
    shop.wants("a")
    head = _PROJECT.format(commit="true" if commit else "false")
    text = place.read("assets.toml").decode().replace("public/a.png", path)
    place.manifest(head + text)
    return shop


def _nested(place: Place, folder: str) -> None:
    (place.root / folder).mkdir(parents=True)
    place.git("init", "-q", folder)


@pytest.mark.parametrize("folder", ["vendor", "vendor/theme"])
def test_an_output_in_a_nested_repository_is_refused_before_paying(
    place: Place, folder: str
) -> None:
    _nested(place, folder)
    with Provider() as vendor:
        shop = _shop(place, vendor, path=f"{folder}/img/a.png")
        planned, made = shop.run("plan"), shop.run("generate")
        assert posts(vendor) == []
    for ran in (planned, made):
        assert ran.code == 9
        assert f"{folder} is a git repository of its own" in ran.err + ran.out
        assert "choose a path outside" in ran.err + ran.out


def test_a_submodule_is_a_nested_repository(place: Place) -> None:
    place.write("vendor/.git", "gitdir: ../.git/modules/vendor\n")
    with Provider() as vendor:
        shop = _shop(place, vendor, path="vendor/a.png")
        assert "vendor is a git repository of its own" in shop.fails().what
        assert posts(vendor) == []


def test_what_is_not_committed_can_be_in_a_nested_repository(place: Place) -> None:
    _nested(place, "vendor")
    with Provider() as vendor:
        _shop(place, vendor, commit=False, path="vendor/a.png").buys()
    assert place.has("vendor/a.png")


def test_a_folder_that_is_a_file_is_refused_before_paying(bare: Place) -> None:
    bare.write("vendor/img", "a file")
    with Provider() as vendor:
        shop = _shop(bare, vendor, path="vendor/img/a.png")
        error = shop.fails()
        assert posts(vendor) == []
    assert "vendor/img is a file" in error.what
    assert str(error.cure) == "move vendor/img away"


def test_a_file_that_is_a_folder_is_refused_before_paying_even_with_force(bare: Place) -> None:
    (bare.root / "vendor/a.png").mkdir(parents=True)
    with Provider() as vendor:
        shop = _shop(bare, vendor, path="vendor/a.png")
        assert "vendor/a.png is a folder" in shop.fails(force=True).what
        assert posts(vendor) == []


def test_a_path_that_git_ignores_is_refused_before_paying(place: Place) -> None:
    place.write(".gitignore", "vendor/\n")
    with Provider() as vendor:
        shop = _shop(place, vendor, path="vendor/a.png")
        for command in ("plan", "generate"):
            ran = shop.run(command)
            assert posts(vendor) == []
            assert ran.code == GitError.exit_code
            assert "vendor/a.png is ignored by .gitignore" in ran.out + ran.err
        assert shop.run("generate", "--no-commit").code == 0
        assert len(posts(vendor)) == 1
