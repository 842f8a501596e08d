"""The cures of check --rehash for a record that contradicts itself: free, and they help."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from assetgen.check import check
from assetgen.check.findings import Finding
from assetgen.record import record
from tests.support.adopting import digest
from tests.support.branches import alternatives, bought, commit, only, runs
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.tiny import tiny

_RECORD = record.place("a")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One provider on loopback."""
    with Provider() as running:
        yield running


def _forge(place: Place, note: str = "drawn by hand") -> None:
    """A record that is whole and says more than a record can say."""
    statement = json.loads(place.read(_RECORD))
    statement["predicate"]["note"] = note
    place.write(_RECORD, record.write(statement))


def _rehashed(place: Place) -> tuple[Finding, ...]:
    return check.check(place.root, place.environ, rehash=True).findings


@pytest.mark.parametrize("commits", every(3, [0, 1, 2]))
def test_a_forged_record_is_restored_from_the_last_commit_that_proves(
    commits: int, place: Place, provider: Provider
) -> None:
    bought(place, provider, "a")
    before, billed = place.read(_RECORD), provider.billed
    picture = digest(place, "public/a.png")
    for number in range(commits):
        _forge(place, str(number))
        commit(place, "forged")
    _forge(place)
    finding = only(_rehashed(place))
    assert "generate" not in str(finding.cure)
    runs(place, alternatives(finding.cure)[0])
    assert not _rehashed(place)
    assert place.read(_RECORD) == before and digest(place, "public/a.png") == picture
    assert provider.billed == billed


@pytest.mark.parametrize("more", ["", "variants = { widths = [512] }"])
def test_a_record_that_was_forged_when_it_was_committed_is_adopted_again(
    more: str, place: Place, provider: Provider
) -> None:
    shop = bought(place, provider, "a", more=more)
    place.git("update-ref", "-d", "HEAD")
    _forge(place)
    commit(place)
    billed, picture = provider.billed, digest(place, "public/a.png")
    finding = only(_rehashed(place))
    assert "generate" not in str(finding.cure)
    runs(place, alternatives(finding.cure)[0])
    assert not _rehashed(place)
    assert digest(place, "public/a.png") == picture and provider.billed == billed
    assert not shop.generate("a").made and provider.billed == billed


def test_a_forged_record_of_a_layout_is_drawn_again_for_free(place: Place) -> None:
    tiny(place, "a")
    _forge(place)
    commit(place)
    finding = only(_rehashed(place))
    runs(place, alternatives(finding.cure)[0])
    assert not _rehashed(place)
    assert "note" not in place.record("a")


def test_an_older_record_of_another_picture_is_not_restored(
    place: Place, provider: Provider
) -> None:
    shop = bought(place, provider, "a")
    shop.generate("a", force=True)
    _forge(place)
    place.git("add", "-A")
    place.git("commit", "-qm", "other", "--amend")
    billed, picture = provider.billed, digest(place, "public/a.png")
    finding = only(_rehashed(place))
    runs(place, alternatives(finding.cure)[0])
    assert not _rehashed(place)
    assert digest(place, "public/a.png") == picture and provider.billed == billed
