"""The mark of what is delivered: new files get it, files of older records keep their bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from assetgen.generate import adopt
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.image import marking, xmp
from assetgen.record import record
from tests.support.images import picture
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts
from tests.support.tiny import look


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_bought_image_is_marked_and_gives_its_original_back(bare: Place) -> None:
    with Provider() as vendor:
        known = Shop(bare, vendor)
        known.wants("a")
        stated = known.buys()
    data = bare.read("public/a.png")
    assert xmp.source_type(data) == "trainedAlgorithmicMedia"
    assert "sha256:" + _sha(marking.unmarked(data)) == stated["original"]["digest"]
    assert stated["marking"] == {
        "digitalSourceType": "trainedAlgorithmicMedia",
        "xmp": True,
        "c2pa": "none",
    }


def test_a_file_of_an_older_record_keeps_its_bytes_when_a_width_is_added(place: Place) -> None:
    with Provider() as vendor:
        shop = Shop(place, vendor)
        shop.wants("a")
        shop.buys()
        bought = len(posts(vendor))
        original = marking.unmarked(place.read("public/a.png"))
        place.write("public/a.png", original)  # what was delivered before there were marks
        file = ".assetgen/records/a.json"
        statement = json.loads(place.read(file))
        statement["subject"][0]["digest"]["sha256"] = _sha(original)
        statement["predicate"]["marking"]["xmp"] = False
        place.write(file, record.write(statement))
        place.git("add", "-A")
        place.git("commit", "-qm", "of an older version")
        assert look(place).findings == ()
        shop.wants("a", more="variants = { widths = [512] }")
        shop.buys()
        assert len(posts(vendor)) == bought
    assert place.read("public/a.png") == original
    assert xmp.source_type(place.read("public/a-512.png"))


@pytest.mark.parametrize(("fmt", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_an_adopted_file_is_marked_only_if_the_user_says_who_drew_it(
    bare: Place, tmp_path: Path, fmt: str, suffix: str
) -> None:
    bare.manifest(
        f'[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.{suffix}"\nalt = ""\n'
        'route = "codex"\nprompt = "A plane"\n'
    )
    data = picture(fmt)
    (tmp_path / "x").write_bytes(data)
    for route, marked in ((None, None), ("codex", "trainedAlgorithmicMedia")):
        how = Options(commit=False, force=True)
        adopt.adopt(bare.root, "a", tmp_path / "x", Brought(route), how, bare.environ)
        delivered = bare.read(f"public/a.{suffix}")
        assert xmp.source_type(delivered) == marked
        assert marking.unmarked(delivered) == data
        assert look(bare).findings == ()
