"""What proves that a file is assetgen's, besides the record that says so."""

from __future__ import annotations

import shutil

from assetgen.generate import performer
from assetgen.plan.workspace import open_workspace
from tests.support.adopting import LATER, digest
from tests.support.branches import commit
from tests.support.place import Place
from tests.support.tiny import tiny, want


def test_a_file_that_only_its_record_has_is_proven_once_it_is_staged(place: Place) -> None:
    tiny(place)
    want(place, "b")
    commit(place, "wanted")
    assert not performer.generate(place.root, LATER, place.environ).failed
    shutil.rmtree(place.root / ".assetgen/cache")  # as if another checkout had placed it
    files = {"public/b.png": digest(place, "public/b.png")}
    assert open_workspace(place.root).holdings.unproven(files) == ["public/b.png"]
    place.git("add", "public/b.png")  # as git merge --squash does
    assert open_workspace(place.root).holdings.unproven(files) == []
