"""Placing removes the files that an asset no longer has, and nothing that another asset needs."""

from __future__ import annotations

import pytest

from assetgen.errors import ManifestError
from assetgen.generate import adopt, performer
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.plan.workspace import open_workspace
from tests.support.images import picture
from tests.support.place import Place
from tests.support.tiny import tiny, want

_ASSET = '[[asset]]\nid = "{}"\nkind = "tiny"\npath = "public/{}.png"\nalt = ""\n'
_PAINTED = _ASSET.format("painted", "painted") + 'route = "images"\nprompt = "p"\n'


def _free(place: Place) -> None:
    assert not performer.generate(place.root, Options(free=True), place.environ).failed


@pytest.mark.parametrize(
    "uses",
    ['inputs = ["public/a.png"]', 'inputs = ["photo.png"]\nmask = "public/a.png"'],
    ids=["inputs", "mask"],
)
def test_a_file_that_another_asset_is_made_from_is_not_removed(bare: Place, uses: str) -> None:
    tiny(bare, "a")
    bare.write("photo.png", picture())
    bare.manifest(_ASSET.format("a", "moved") + _PAINTED + uses + "\n")
    _free(bare)
    assert bare.has("public/moved.png") and bare.has("public/a.png")
    bare.manifest(_ASSET.format("a", "again"))
    _free(bare)
    assert not bare.has("public/moved.png")


def test_a_picture_is_adopted_under_a_new_id_in_spite_of_a_mistake_in_another_asset(
    bare: Place,
) -> None:
    tiny(bare, "a")
    bare.manifest(_ASSET.format("b", "b") + _PAINTED + 'inputs = ["missing.png"]\n')
    with pytest.raises(ManifestError, match=r"missing\.png"):
        open_workspace(bare.root).wish("painted")
    adopt.adopt(
        bare.root, "b", bare.root / "public/a.png", Brought(), Options(commit=False), bare.environ
    )
    assert bare.record("b")["formerly"] == ["a"]
    assert bare.has("public/a.png"), "the asset with the mistake may be made from it"


def test_an_adopted_picture_leaves_its_old_path(bare: Place) -> None:
    tiny(bare, "a")
    want(bare, "b")
    adopt.adopt(
        bare.root, "b", bare.root / "public/a.png", Brought(), Options(commit=False), bare.environ
    )
    assert bare.has("public/b.png")
    assert not bare.has("public/a.png") and not bare.has(".assetgen/records/a.json")
