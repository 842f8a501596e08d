"""A planted record that names a person's own file by its digest does not let it be overwritten."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest

from assetgen.errors import StorageError
from assetgen.generate import adopt, performer
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.record import record
from tests.support.branches import commit
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop
from tests.support.tiny import tiny, want

_FILES = {"public/a.png": 'size = "44x22"', "public/a-32.png": "variants = { widths = [32] }"}


def _claim(place: Place, path: str, decision: str = "commit") -> bytes:
    """A person's own picture at ``path``, and a sealed record of "a" that lists it."""
    data = place.picture(path, (64, 64)).read_bytes()
    stated = json.loads(place.read(record.place("a")))
    listed = {one["name"]: one for one in stated["subject"]}
    listed[path] = {"name": path, "digest": {"sha256": hashlib.sha256(data).hexdigest()}}
    stated["subject"] = list(listed.values())
    stated["predicate"]["storage"]["decision"] = decision
    place.write(record.place("a"), record.write(stated))
    return data


@pytest.mark.parametrize("path", _FILES)
@pytest.mark.parametrize("decision", ["commit", "draft"])
def test_a_file_that_only_its_record_claims_is_not_overwritten(
    decision: str, path: str, place: Place
) -> None:
    tiny(place, "a")
    data = _claim(place, path, decision)
    want(place, "a", a=_FILES[path])
    for free in (False, True):
        outcome = performer.generate(place.root, Options(free=free), place.environ)
        assert not outcome.made and "is not overwritten" in outcome.failed[0].error.what
        assert place.read(path) == data
    assert performer.generate(place.root, Options(force=True), place.environ).made


def test_adopting_in_place_does_not_overwrite_a_variant_that_only_its_record_claims(
    place: Place,
) -> None:
    tiny(place, "a")
    data = _claim(place, "public/a-32.png")
    want(place, "a", a=_FILES["public/a-32.png"])
    with pytest.raises(StorageError, match="is not overwritten"):
        adopt.adopt(
            place.root, "a", place.root / "public/a.png", Brought(), Options(), place.environ
        )
    assert place.read("public/a-32.png") == data


def test_a_stored_reply_does_not_overwrite_a_file_that_only_its_record_claims(
    place: Place,
) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.wants("a")
        shop.buys()
        stated = place.read(record.place("a"))
        for path in (record.place("a"), "public/a.png"):
            (place.root / path).unlink()
        shutil.rmtree(place.root / ".git/assetgen")  # not what was kept of the first purchase
        (place.root / "public").rmdir()
        provider.meanwhile = lambda: place.write("public", b"in the way")
        shop.fails()
        (place.root / "public").unlink()
        place.write(record.place("a"), stated)
        data = _claim(place, "public/a.png")
        assert "is not overwritten" in shop.fails().what
        assert place.read("public/a.png") == data


def test_a_file_that_git_has_or_that_was_placed_here_is_replaced(bare: Place, place: Place) -> None:
    tiny(place, "a")
    want(place, "a", a=_FILES["public/a.png"])
    assert performer.generate(place.root, Options(commit=False), place.environ).made, "placed here"
    commit(place)
    shutil.rmtree(place.root / ".assetgen/cache")  # as in a fresh clone
    want(place, "a")
    assert performer.generate(place.root, Options(commit=False), place.environ).made, "in HEAD"
    shutil.rmtree(place.root / ".git")  # no git at all
    want(place, "a", a=_FILES["public/a.png"])
    assert performer.generate(place.root, Options(), place.environ).made, "outside git"
