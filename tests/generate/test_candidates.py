"""Candidates: several images are bought for one asset, none is put into place, one is picked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from assetgen.errors import TrustError, UnknownOutcome
from assetgen.fs import originals
from tests.support.place import COVER, Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

FILE = ".assetgen/candidates/a.json"
LOCAL = COVER.format(id="a", title="A")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


@pytest.fixture
def shop(bare: Place, provider: Provider) -> Shop:
    return Shop(bare, provider)


def bought(shop: Shop) -> list[dict[str, Any]]:
    """The candidates in the file of asset a."""
    choices = json.loads(shop.place.read(FILE))["choices"]
    return [one for choice in choices for one in choice["candidates"]]


def state(shop: Shop) -> str:
    [planned] = shop.run("plan", "--json").data
    return str(planned["state"])


# -- buying ----------------------------------------------------------------------------------------


def test_candidates_are_bought_in_one_request_and_none_is_in_place(shop: Shop) -> None:
    shop.wants("a", more="candidates = 4")
    [planned] = shop.run("plan", "--json").data
    assert (planned["state"], planned["estimate"]["images"]) == ("missing", 4)
    outcome = shop.generate()
    assert [one.candidates for one in outcome.made] == [4] and not outcome.failed
    assert (shop.provider.billed, len(posts(shop.provider))) == (4, 1)
    assert not shop.place.has("public/a.png") and shop.open_entries() == []
    root = shop.place.root
    assert all(originals.read(root, one["sha256"]) for one in bought(shop))
    again = shop.generate()
    assert [one.asset.id for one in again.undecided] == ["a"] and shop.provider.billed == 4
    assert state(shop) == "undecided"


@pytest.mark.parametrize("route", ["responses", pytest.param("gateway", marks=pytest.mark.more)])
def test_a_route_that_makes_one_image_a_request_gets_several(shop: Shop, route: str) -> None:
    if route == "gateway":
        shop.gateway()
    shop.route = shop.route if route == "gateway" else route
    shop.wants("a", more="candidates = 3")
    assert not shop.generate().failed
    assert (shop.provider.billed, len(posts(shop.provider)), len(bought(shop))) == (3, 3, 3)
    assert len({one["purchase"] for one in bought(shop)}) == 3


def test_each_failed_part_is_told_by_itself_and_the_others_are_kept(shop: Shop) -> None:
    shop.route = "responses"
    shop.wants("a", more="candidates = 4")
    shop.provider.fault("moderation_input")
    outcome = shop.generate()
    assert len(bought(shop)) == 3 and len(outcome.failed) == 1
    assert outcome.failed[0].error.what.startswith("candidate ")
    assert " of 4: " in outcome.failed[0].error.what and outcome.exit_code == 6
    assert not shop.generate().failed and shop.provider.billed == 3
    assert state(shop) == "undecided"


def test_a_part_with_an_unknown_outcome_is_told_and_not_bought_again(shop: Shop) -> None:
    shop.gateway()
    shop.wants("a", more="candidates = 3")
    shop.provider.fault("reset_after")
    [failed] = shop.generate().failed
    assert isinstance(failed.error, UnknownOutcome) and len(bought(shop)) == 2
    shop.generate()
    assert shop.provider.billed == 3 and len(shop.open_entries()) == 1
    shop.generate("a", force=True, candidates=2)
    assert len(bought(shop)) == 4 and shop.open_entries() == []


@pytest.mark.more
def test_a_stored_part_is_used_and_only_the_rest_is_bought(shop: Shop) -> None:
    shop.gateway()
    shop.wants("a")
    shop.provider.meanwhile = lambda: shop.place.write("public", "a file where a folder should be")
    shop.fails()
    (shop.place.root / "public").unlink()
    shop.provider.meanwhile = lambda: None
    shop.wants("a", more="candidates = 3")
    assert not shop.generate().failed
    assert shop.provider.billed == 3 and len(bought(shop)) == 3 and shop.open_entries() == []


def test_limits_count_every_candidate(shop: Shop) -> None:
    shop.gateway()
    shop.user_config += '[limits]\n"gateway:g" = { images = 3 }\n'
    shop.wants("a", more="candidates = 4")
    with pytest.raises(TrustError, match="4 images"):
        shop.generate()
    assert shop.provider.requests == []
    assert "the limit for one run is 3" in shop.run("plan").out


def test_candidates_are_not_part_of_what_an_image_is(shop: Shop) -> None:
    shop.wants("a")
    shop.buys()
    shop.wants("a", more="candidates = 4")
    assert state(shop) == "fresh"
    shop.wants("a", more="candidates = 4\ntake = 2")
    assert state(shop) == "stale"
    before = shop.place.read("public/a.png")
    shop.generate()
    assert state(shop) == "undecided" and shop.place.read("public/a.png") == before
    shop.wants("a", more="candidates = 4\ntake = 3")
    assert state(shop) == "stale"
    shop.wants("a", more="candidates = 4\ntake = 2")
    assert state(shop) == "undecided" and shop.provider.billed == 5


# -- the manifest ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manifest", "options", "code", "words"),
    [
        (
            LOCAL.replace("[asset.v", "candidates = 4\n[asset.v"),
            [],
            4,
            "candidates",
        ),
        (LOCAL, ["a", "--candidates", "4"], 4, "--candidates"),
        ("{painted}\ncandidates = 99", [], 2, "candidates = 99 is out of range: route 'images'"),
        ("{painted}\ncandidates = 0", [], 2, "candidates = 0 is out of range"),
        ("{painted}", ["a", "--candidates", "11"], 2, "--candidates 11 is out of range"),
        ("[defaults]\ncandidates = -1\n{painted}", [], 2, "candidates = -1 is out of range"),
        ("{painted}", ["--candidates", "4"], 2, "needs the ids"),
        ("{painted}", ["a", "--candidates", "4", "--batch"], 2, "cannot be combined"),
    ],
)
def test_what_cannot_have_candidates_is_refused(
    shop: Shop, manifest: str, options: list[str], code: int, words: str
) -> None:
    shop.wants("a")
    painted = shop.place.read("assets.toml").decode().strip()
    shop.place.manifest(manifest.replace("{painted}", painted))
    ran = shop.run("generate", "--no-commit", *options)
    assert ran.code == code and words in ran.err + ran.out, ran.err + ran.out
    assert shop.provider.requests == []


def test_candidates_in_defaults_are_for_painted_assets_only(shop: Shop) -> None:
    shop.wants("a")
    painted = shop.place.read("assets.toml").decode()
    local = COVER.format(id="b", title="B")
    shop.place.manifest(f"[defaults]\ncandidates = 2\n{painted}{local}")
    outcome = shop.generate()
    assert {one.decision.asset.id: one.candidates for one in outcome.made} == {"a": 2, "b": 0}


# -- picking ---------------------------------------------------------------------------------------


def test_picking_records_every_candidate_and_picking_another_is_free(shop: Shop) -> None:
    shop.place.start()
    shop.wants("a", more="candidates = 3")
    assert shop.run("generate").code == 0
    digests = [one["sha256"] for one in bought(shop)]
    assert shop.run("pick", "a", "2").code == 0
    assert not shop.place.has(FILE) and shop.place.git("status", "--porcelain") == "?? assets.toml"
    recorded = shop.place.record("a")
    assert [(one["sha256"], one["picked"]) for one in recorded["candidates"]] == [
        (digest, digest == digests[1]) for digest in digests
    ]
    assert recorded["original"]["digest"] == f"sha256:{digests[1]}"
    assert shop.run("check", "--rehash").code == 0 and state(shop) == "fresh"
    assert shop.run("pick", "a", digests[2][:8]).code == 0
    assert shop.place.record("a")["original"]["digest"] == f"sha256:{digests[2]}"
    assert shop.run("check", "--rehash").code == 0
    [section] = shop.run("cost", "--json").data["surfaces"]
    assert section["totals"][0]["pictures"] == 3 and shop.provider.billed == 3


@pytest.mark.more
def test_without_a_number_the_candidates_are_shown_as_ignored_files(shop: Shop) -> None:
    shop.place.start()
    shop.wants("a", more="candidates = 2")
    shop.run("generate")
    shown = shop.run("pick", "a").out
    file = shop.place.root / ".assetgen/cache/candidates/a/2.png"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert f"sha256 {digest[:12]}" in shown and bought(shop)[1]["sha256"] == digest
    assert shop.place.git("status", "--porcelain") == "?? assets.toml"
    data = shop.run("pick", "a", "--json").data
    assert [one["number"] for one in data["candidates"]] == [1, 2]


def test_another_clone_buys_nothing_and_says_where_the_bytes_were_bought(shop: Shop) -> None:
    shop.place.start()
    shop.wants("a", more="candidates = 2")
    shop.place.git("add", "assets.toml")
    shop.place.git("commit", "-qm", "ask")
    shop.run("generate")
    clone = shop.place.root.parent / "clone"
    shop.place.git("clone", "-q", ".", str(clone))
    other = Shop(Place(clone, clone.parent / "home2"), shop.provider)
    assert other.run("generate", CI="true").code == 0 and shop.provider.billed == 2
    assert other.run("check").code == 1
    ran = other.run("pick", "a", "1")
    assert ran.code == 9 and "is not in this clone" in ran.err and "Ada" in ran.err
    assert "assetgen pick a 1" in ran.err


def test_a_damaged_file_of_candidates_buys_nothing_and_is_a_finding(shop: Shop) -> None:
    shop.wants("a", more="candidates = 2")
    shop.generate()
    shop.place.write(FILE, shop.place.read(FILE).replace(b'"asset": "a"', b'"asset": "b"'))
    [failed] = shop.generate().failed
    assert "is not bought again" in failed.error.what and shop.provider.billed == 2
    assert "edited by hand" in shop.run("check").out
    assert shop.run("pick", "a", "1").code == 9


@pytest.mark.more
def test_a_foreign_or_edited_file_is_not_replaced_by_a_pick(shop: Shop) -> None:
    shop.wants("a", more="candidates = 2")
    shop.generate()
    shop.place.picture("public/a.png")
    before = shop.place.read("public/a.png")
    ran = shop.run("pick", "a", "1")
    assert ran.code == 9 and shop.place.read("public/a.png") == before
    assert shop.run("pick", "a", "1", "--force", "--no-commit").code == 0
    assert state(shop) == "fresh"


@pytest.mark.more
def test_a_draft_stands_in_for_an_undecided_image(shop: Shop) -> None:
    shop.wants("a", more="candidates = 2")
    shop.generate()
    assert [one.is_draft for one in shop.generate(draft=True).made] == [True]
    assert state(shop) == "undecided"
    assert not shop.generate(draft=True).made and shop.provider.billed == 2


@pytest.mark.more
def test_an_asset_without_candidates_has_nothing_to_pick(shop: Shop) -> None:
    shop.place.manifest(COVER.format(id="b", title="B"))
    assert shop.run("pick", "b").code == 4
    shop.wants("a")
    ran = shop.run("pick", "a")
    assert ran.code == 9 and "it has no candidates" in ran.err


@pytest.mark.more
def test_a_renamed_asset_finds_the_candidates_that_were_bought_under_its_former_id(
    shop: Shop,
) -> None:
    shop.wants("a", more="candidates = 2")
    shop.generate()
    text = shop.place.read("assets.toml").decode()
    shop.place.manifest(text.replace('"a"', '"z"').replace("public/a.png", "public/z.png"))
    assert state(shop) == "undecided"
    shop.generate()
    assert shop.run("pick", "z", "2").code == 0 and shop.provider.billed == 2
    assert not shop.place.has(FILE) and state(shop) == "fresh"


@pytest.mark.more
def test_a_collection_counts_candidates_and_keeps_their_files_in_folders(shop: Shop) -> None:
    shop.place.write("pages/one.md", "---\ntitle: One\n---\n")
    rule = (
        '[[collection]]\nid = "og/{slug}"\nfrom = "pages/*.md"\nkind = "cover"\nalt = "{title}"\n'
        'path = "public/{slug}.png"\nroute = "images"\nprompt = "{title}"\nsize = "1024x1024"\n'
        'quality = "low"\ncandidates = 2\nmost = '
    )
    shop.place.manifest(f"{rule}1\n")
    ran = shop.run("generate")
    assert ran.code == 2 and "2 candidates each" in ran.err and shop.provider.billed == 0
    shop.place.manifest(f"{rule}2\n")
    assert not shop.generate().failed and shop.provider.billed == 2
    [file] = (shop.place.root / ".assetgen/candidates").rglob("*.json")
    assert file.relative_to(shop.place.root).as_posix().count("/") == 4
    assert shop.run("pick", "og/one", "1").code == 0 and state(shop) == "fresh"


@pytest.mark.more
def test_record_prompts_as_digests_keep_the_prompt_out_of_the_file(shop: Shop) -> None:
    shop.wants("a", more="candidates = 2")
    text = shop.place.read("assets.toml").decode()
    shop.place.manifest(f'[project]\nrecord_prompts = "digest"\n{text}')
    shop.generate()
    assert b"paper plane" not in shop.place.read(FILE).lower()
    assert state(shop) == "undecided" and shop.run("pick", "a", "1").code == 0
    assert shop.run("check", "--rehash").code == 0 and state(shop) == "fresh"


@pytest.mark.more
def test_two_picks_that_git_has_not_merged_are_settled_before_another_pick(shop: Shop) -> None:
    place = shop.place.start()
    shop.wants("a", more="candidates = 2")
    place.git("add", "-A")
    place.git("commit", "-qm", "ask")
    shop.run("generate")
    place.git("checkout", "-qb", "other")
    shop.run("pick", "a", "1")
    place.git("checkout", "-q", "main")
    shop.run("pick", "a", "2")
    with pytest.raises(AssertionError, match="merge"):
        place.git("merge", "other")
    ran = shop.run("pick", "a", "1")
    assert ran.code == 9 and "git has not merged" in ran.err and "--candidates" not in ran.err
    place.git(
        "restore", "--source=MERGE_HEAD", "--staged", "--worktree", "--", ".assetgen", "public"
    )
    place.git("commit", "-qm", "merged")
    assert shop.run("pick", "a", "2").code == 0 and shop.provider.billed == 2
