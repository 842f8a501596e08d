"""The commands of git that cures print."""

from __future__ import annotations

import os

from assetgen.fs import git_cures
from assetgen.fs.git import Repository
from tests.support.place import Place


def test_many_files_are_one_folder_if_nothing_else_in_it_changed(place: Place) -> None:
    pages = [f"content/blog/{number}.md" for number in range(9)]
    for page in pages:
        place.write(page, "x")
    repository = Repository.open(place.root, dict(os.environ))
    assert repository is not None
    paths = ["assets.toml", *pages]
    assert git_cures.shorter(repository, paths) == ["assets.toml", "content/blog"]
    place.write("content/blog/other.txt", "x")
    assert git_cures.shorter(repository, paths) == paths
    place.git("add", "content/blog/other.txt")  # git add does nothing more to it
    assert git_cures.shorter(repository, paths) == ["assets.toml", "content/blog"]
