"""Listing: the files of a repository by path, name and folder."""

from __future__ import annotations

from assetgen.refs.listing import Listing
from assetgen.refs.sites.site import Sites
from tests.support.repository import with_texts


def test_a_listing_finds_files_by_folder_name_ending_and_case() -> None:
    listing = with_texts(dict.fromkeys(["b/x.png", "a/b/x.png", "ab/x.png", "A/y.png"], ""))
    assert listing.named("x.png") == ("a/b/x.png", "ab/x.png", "b/x.png")
    assert listing.ending("b/x.png") == ("a/b/x.png", "b/x.png")
    assert [listing.folder_exists(one) for one in ("", "a", "a/b", "A", "B", "x.png")] == [
        True
    ] * 4 + [False] * 2
    assert "a/B/x.png" not in listing
    assert listing.other_case("a/B/X.png") == "a/b/x.png"
    assert list(listing.starting("a")) == ["a/b/x.png", "ab/x.png"]
    assert (list(listing), len(listing)) == (["A/y.png", "a/b/x.png", "ab/x.png", "b/x.png"], 4)


def test_a_listing_records_what_it_read_and_reads_only_its_own_files() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        return b"{}"

    listing = Listing(["package.json", "docs/a.md"], read)
    Sites(listing).of("docs/a.md")
    assert listing.read("tsconfig.json") is None
    assert set(asked) == listing.consulted == {"package.json"}
