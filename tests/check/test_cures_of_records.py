"""Printed cures of records and files: each runs where it is printed, and loses nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator

import pytest

from assetgen.generate import performer
from assetgen.record import record
from tests.support.adopting import LATER, digest
from tests.support.branches import alternatives, bought, commit, findings, only, runs
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop
from tests.support.tiny import tiny, want

_RECORD = record.place("mine")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One provider on loopback."""
    with Provider() as running:
        yield running


def _adopted(place: Place) -> bytes:
    """An adopted picture that no commit has; the bytes of its record."""
    place.covers("mine")
    commit(place, "wanted")
    place.picture("photo.png", size=(1200, 630))
    place.ok("adopt", "mine", "photo.png", "--route", "images", "--no-commit")
    return place.read(_RECORD)


def _drawn(place: Place, *ids: str) -> None:
    """Tiny pictures that no commit has; the project itself is committed."""
    tiny(place)
    want(place, *ids)
    commit(place, "wanted")
    assert not performer.generate(place.root, LATER, place.environ).failed


def _reformat(place: Place) -> None:
    place.write(_RECORD, json.dumps(json.loads(place.read(_RECORD))))


def test_a_record_that_is_only_intended_to_be_added_is_not_staged(place: Place) -> None:
    before = _adopted(place)
    place.git("add", "public/mine.png")
    place.git("add", "-N", _RECORD)
    finding = only(findings(place, staged=True))
    assert "restore" not in str(finding.cure)
    runs(place, finding.cure)
    assert place.read(_RECORD) == before
    assert not findings(place, staged=True)


def test_a_file_that_is_only_intended_to_be_added_is_not_staged(place: Place) -> None:
    before = _adopted(place)
    picture = digest(place, "public/mine.png")
    place.git("add", _RECORD)
    place.git("add", "-N", "public/mine.png")
    finding = only(findings(place, staged=True))
    assert finding.message == "exists, but is not staged"
    runs(place, finding.cure)
    assert (place.read(_RECORD), digest(place, "public/mine.png")) == (before, picture)
    assert not findings(place, staged=True)


@pytest.mark.parametrize("add", [[], ["add", "-A"], ["add", "-A", "-N"]], ids=" ".join)
@pytest.mark.parametrize("staged", [False, True])
def test_a_record_reformatted_before_its_first_commit_is_not_removed(
    staged: bool, add: list[str], place: Place
) -> None:
    _adopted(place)
    picture = digest(place, "public/mine.png")
    _reformat(place)
    if add:
        place.git(*add)
    for is_staged in (staged, False):  # once it is staged, its form is found
        for finding in findings(place, staged=is_staged):
            if finding.code != "unrecorded":
                assert "git restore" not in str(finding.cure)
                runs(place, alternatives(finding.cure)[0])
    assert place.record("mine")["route"]["owner"] == "images"
    assert place.has(_RECORD) and digest(place, "public/mine.png") == picture
    assert "record" not in {finding.code for finding in findings(place)}


_FORMS: dict[str, Callable[[bytes], bytes]] = {
    "minified": lambda data: json.dumps(json.loads(data), separators=(",", ":")).encode(),
    "sorted": lambda data: json.dumps(json.loads(data), sort_keys=True, indent=4).encode(),
    "with tabs": lambda data: json.dumps(json.loads(data), indent="\t").encode(),
    "with a byte order mark": lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") + b"\n",
    "with escapes": lambda data: data.replace(b'"alt"', b'"\\u0061lt"'),
}


@pytest.mark.parametrize("is_committed", [False, True])
@pytest.mark.parametrize("form", _FORMS.values(), ids=_FORMS)
def test_a_reformatted_record_keeps_its_provenance(
    form: Callable[[bytes], bytes], is_committed: bool, place: Place, provider: Provider
) -> None:
    shop = Shop(place, provider)
    shop.wants("a")
    commit(place)
    shop.buys()
    path, billed = record.place("a"), provider.billed
    before, picture = place.read(path), digest(place, "public/a.png")
    place.write(path, form(before))
    if is_committed:
        commit(place, "reformatted")
    assert not shop.generate("a").made
    finding = only(tuple(one for one in findings(place) if one.code != "unrecorded"))
    assert finding.code == "record" and "was reformatted" in finding.message
    runs(place, finding.cure)
    after = place.read(path)
    assert json.loads(after) == json.loads(before) and after == record.write(json.loads(after))
    assert not findings(place)
    assert digest(place, "public/a.png") == picture and provider.billed == billed


def test_a_record_with_a_key_twice_is_not_usable(place: Place) -> None:
    tiny(place, "a")
    path = record.place("a")
    place.write(path, place.read(path).replace(b'"subject"', b'"subject": [], "subject"', 1))
    finding = only(findings(place))
    assert "has a key twice" in finding.message


def test_a_record_reformatted_after_it_was_staged_is_taken_from_the_index(place: Place) -> None:
    before = _adopted(place)
    place.git("add", "-A")
    _reformat(place)
    finding = only(findings(place))
    assert alternatives(finding.cure)[0] == f"git restore -- {_RECORD}"
    runs(place, alternatives(finding.cure)[0])
    assert place.read(_RECORD) == before and not findings(place)


def test_a_record_staged_reformatted_is_staged_as_it_was_written(place: Place) -> None:
    before = _adopted(place)
    _reformat(place)
    place.git("add", "-A")
    place.write(_RECORD, before)
    finding = only(findings(place, staged=True))
    assert alternatives(finding.cure)[0] == f"git add -- {_RECORD}"
    runs(place, alternatives(finding.cure)[0])
    assert not findings(place, staged=True)


def test_a_removed_record_is_restored_and_not_adopted_again(
    place: Place, provider: Provider
) -> None:
    shop = bought(place, provider, "a")
    before = place.read(record.place("a"))
    (place.root / record.place("a")).unlink()
    finding = only(findings(place))
    assert "git has it" in finding.message
    assert str(finding.cure) == str(shop.fails().cure) == f"git restore -- {record.place('a')}"
    runs(place, finding.cure)
    assert place.read(record.place("a")) == before and not findings(place)


@pytest.mark.parametrize("add", [[], ["add", "-A"], ["add", "-A", "-N"]], ids=" ".join)
def test_an_edited_picture_without_a_commit_is_only_accepted(add: list[str], place: Place) -> None:
    _drawn(place, "a")
    if add:
        place.git(*add)
    edited = place.read("public/a.png") + b"more"
    place.write("public/a.png", edited)
    finding = only(findings(place))
    for command in alternatives(finding.cure)[1:]:
        assert command == "git restore -- public/a.png" and add == ["add", "-A"]
    runs(place, alternatives(finding.cure)[0] + " --no-commit")
    assert place.has("public/a.png") and not findings(place)


def test_an_edited_picture_is_restored_from_its_commit(place: Place) -> None:
    tiny(place, "a")
    commit(place)
    before = place.read("public/a.png")
    place.write("public/a.png", before + b"more")
    place.git("add", "-A")
    finding = only(findings(place))
    assert len(alternatives(finding.cure)) == 2
    runs(place, alternatives(finding.cure)[1])
    assert place.read("public/a.png") == before and not findings(place)


def test_a_picture_staged_as_edited_is_staged_as_it_was_made(place: Place) -> None:
    tiny(place, "a")
    before = place.read("public/a.png")
    place.write("public/a.png", before + b"more")
    place.git("add", "-A")
    place.write("public/a.png", before)
    finding = only(findings(place, staged=True))
    assert str(finding.cure) == "git add -- public/a.png"
    runs(place, finding.cure)
    assert not findings(place, staged=True)


# -- orphans ---------------------------------------------------------------------------------------


def _never_staged(place: Place) -> None:
    """Nothing is staged."""


def _staged(place: Place) -> None:
    place.git("add", "-A")


def _intended(place: Place) -> None:
    place.git("add", "-A", "-N")


def _committed(place: Place) -> None:
    commit(place)


def _committed_and_staged_anew(place: Place) -> None:
    commit(place)
    place.ok("generate", "--no-commit", "--force")
    place.git("add", "-A")


@pytest.mark.parametrize(
    "how", [_never_staged, _staged, _intended, _committed, _committed_and_staged_anew]
)
@pytest.mark.parametrize("staged", [False, True])
def test_the_cure_of_an_orphan_runs_and_git_keeps_what_it_removes(
    staged: bool, how: Callable[[Place], None], place: Place
) -> None:
    _drawn(place, "a", "b")
    how(place)
    names = (record.place("b"), "public/b.png")
    blobs = {name: place.git("hash-object", name) for name in names}
    want(place, "a")
    place.git("add", "assets.toml")
    for finding in findings(place, staged=staged):
        if finding.code == "orphan":
            runs(place, finding.cure)
    assert "orphan" not in {finding.code for finding in findings(place, staged=staged)}
    kept = place.git("rev-list", "--objects", "--all")
    for name, blob in blobs.items():
        assert place.has(name) or blob in kept


@pytest.mark.parametrize("add", [None, [], ["-A"], ["-A", "-N"]], ids=str)
@pytest.mark.parametrize("staged", [False, True])
def test_the_cure_of_an_orphan_without_a_commit_keeps_its_record(
    staged: bool, add: list[str] | None, place: Place
) -> None:
    if add is None and staged:
        return  # nothing is staged without git
    _drawn(place, "a", "b")
    shutil.rmtree(place.root / ".git")
    if add is not None:
        place.git("init", "-q")
    if add:
        place.git("add", *add)
    want(place, "a")
    if staged:
        place.git("add", "assets.toml", "templates")
    _is_moved_aside(place, staged=staged)


def test_the_cure_of_an_orphan_whose_id_has_a_folder_runs(place: Place) -> None:
    _drawn(place, "a", "launch/cover")
    shutil.rmtree(place.root / ".git")
    want(place, "a")
    [orphan] = [one for one in findings(place) if one.code == "orphan"]
    runs(place, orphan.cure)
    assert place.has(".assetgen/removed/launch/cover.json")


def _is_moved_aside(place: Place, *, staged: bool) -> None:
    path, picture = record.place("b"), digest(place, "public/b.png")
    for number in range(2):  # the second record does not overwrite the first
        data = place.read(path)
        orphans = [one for one in findings(place, staged=staged) if one.code == "orphan"]
        for finding in orphans:
            assert finding.path == path
            runs(place, finding.cure)
            name = "b-2.json" if number else "b.json"
            assert place.read(f".assetgen/removed/{name}") == data and not place.has(path)
            place.write(path, data + b"\n" * number)
            if staged:
                place.git("add", path)
    assert digest(place, "public/b.png") == picture


def test_the_cure_of_an_orphan_names_only_files_that_are_as_its_record_says(place: Place) -> None:
    tiny(place, "a", "b")
    commit(place)
    mine = place.picture("public/mine.png").read_bytes()
    statement = record.statement(place.read(record.place("b")))
    statement["subject"].append({"name": "public/mine.png", "digest": {"sha256": "0" * 64}})
    place.write(record.place("b"), record.write(statement))
    commit(place)
    want(place, "a")
    found = {finding.code: finding for finding in findings(place)}
    assert "mine" not in str(found["orphan"].cure)
    runs(place, found["orphan"].cure)
    assert place.read("public/mine.png") == mine
