"""What check says about approvals, in the working tree and in the index."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from assetgen.record import approval
from tests.support.approving import codes, painted
from tests.support.place import Place

_FILE = ".assetgen/approvals/a.json"


@pytest.mark.parametrize(
    ("level", "usual", "release"),
    [
        ("", [], ["unapproved warning"]),
        ('unapproved = "off"', [], ["unapproved warning"]),
        ('unapproved = "warning"', ["unapproved warning"], ["unapproved warning"]),
        ('unapproved = "error"', ["unapproved error"], ["unapproved error"]),
    ],
)
def test_the_manifest_says_what_a_missing_approval_is(
    level: str, usual: list[str], release: list[str], place: Place
) -> None:
    painted(place, "a", check=level)
    assert (codes(place), codes(place, "--release")) == (usual, release)
    place.ok("approve", "a")
    assert (codes(place), codes(place, "--release")) == ([], [])


def test_layouts_and_adopted_pictures_need_no_approval(place: Place) -> None:
    painted(place, check='unapproved = "error"')
    place.covers("a")
    place.manifest('[check]\nunapproved = "error"\n' + place.read("assets.toml").decode())
    place.ok("generate")
    assert codes(place, "--release") == []


def _edit(place: Place) -> None:
    stated = json.loads(place.read(_FILE))
    stated["predicate"]["by"]["name"] = "Eve"
    place.write(_FILE, json.dumps(stated, indent=2))


def _garbage(place: Place) -> None:
    place.write(_FILE, "{")


def _record_in_its_place(place: Place) -> None:
    place.write(_FILE, place.read(".assetgen/records/a.json"))


def _copy(place: Place) -> None:
    place.write(".assetgen/approvals/b.json", place.read(_FILE))


def _asset_gone(place: Place) -> None:
    place.write(".assetgen/approvals/z.json", place.read(_FILE))


def _second(place: Place) -> None:
    place.write(approval.places("a")[1], place.read(_FILE))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_edit, "was edited by hand"),
        pytest.param(_garbage, "is not JSON", marks=pytest.mark.more),
        pytest.param(_record_in_its_place, "is not a statement", marks=pytest.mark.more),
        (_copy, "is a copy: it approves files of asset a, not of b"),
        (_asset_gone, "approves asset 'z', which is not in assets.toml"),
        pytest.param(_second, "is a second approval of asset a", marks=pytest.mark.more),
    ],
)
def test_an_approval_that_no_one_gave_so_is_a_finding(
    change: Callable[[Place], None], found: str, place: Place
) -> None:
    painted(place, "a", "b", check="")
    place.ok("approve", "a")
    change(place)
    place.git("add", "-A")
    for options in ((), ("--staged",)):
        ran = place.run("check", *options)
        assert (ran.code, found in ran.out, "approval: " in ran.out) == (1, True, True), ran.out


def test_the_index_is_asked_where_the_index_is_checked(place: Place) -> None:
    painted(place, "a")
    place.git("commit", "-q", "--amend", "-m", "first")
    place.ok("approve", "a", "--no-commit")
    assert codes(place) == []
    place.write("public/a.png", place.read("public/a.png") + b"\0")
    place.ok("accept", "a", "--no-commit")
    place.ok("revoke", "a", "--no-commit")
    place.git("add", "public", ".assetgen/records")
    place.git("commit", "-qm", "other bytes")
    place.write("public/a.png", place.read("public/a.png") + b"\0")
    place.ok("accept", "a", "--no-commit")
    place.git("add", "public", ".assetgen/records")
    assert codes(place, "--staged") == ["unapproved error"]
    place.ok("approve", "a", "--no-commit")
    ran = place.run("check", "--staged")
    assert "the approval is not staged" in ran.out and f"git add -- {_FILE}" in ran.out
    place.git("add", _FILE)
    assert codes(place, "--staged") == []
