"""What could never be committed is refused before it is paid."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assetgen.errors import AssetgenError
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


def _written(path: str, text: str = "") -> Callable[[Place], object]:
    return lambda place: place.write(path, text)


_BROKEN: dict[str, tuple[Callable[[Place], object], str]] = {
    "a nested repository": (_nested, "is a git repository of its own"),
    "a file in other case": (_twin, "git has public/A.png and ignores case"),
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
        assert vendor.requests == []
