"""Listing: the files of a repository by path, name and folder."""

from __future__ import annotations

from assetgen.refs.listing import Listing
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.sites.site import Sites
from tests.support.repository import reference, with_texts


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


_LINKED = Listing(
    [
        *("img/a.png", "public/img", "public/b.png", "public/dead.png", "public/out"),
        *("public/made", "public/round", "public/deep", "public/icons", ".gitignore"),
    ],
    {".gitignore": b"/gen/\n"}.get,
    {
        "public/img": "../img",
        "public/b.png": "../img/a.png",
        "public/dead.png": "../img/no.png",
        "public/out": "/usr/share/x",
        "public/made": "../gen/made",
        "public/round": "round",
        "public/deep": "img/../img/",
        "public/icons": "../node_modules/i/icons",
    },
)


def test_a_link_is_what_it_leads_to() -> None:
    sites = Sites(_LINKED)
    for raw, exists in {
        "/b.png": True,
        "/img/a.png": True,
        "/deep/a.png": True,
        "/dead.png": False,
        "/img/no.png": False,
        "/deep/no.png": False,
        "/out/x.png": None,
        "/made/x.png": None,
        "/round/x.png": None,
        "/icons/x.png": None,
    }.items():
        found = resolve(reference("docs/a.md", "md_image", raw), sites, _LINKED)
        assert (found.path, found.exists) == (_LINKED.real(f"public{raw}"), exists), raw
    assert _LINKED.real("public/img/no.png") == "img/no.png"
    assert _LINKED.folder_exists("public/img") and not _LINKED.folder_exists("public/out")


def test_what_is_in_a_submodule_that_was_not_fetched_is_not_certain() -> None:
    files = with_texts({".gitmodules": '[submodule "x"]\n\tpath = docs/x\n\turl = y\n'})
    found = resolve(reference("docs/a.md", "md_image", "x/a.png"), Sites(files), files)
    assert (found.path, found.exists) == ("docs/x/a.png", None)
