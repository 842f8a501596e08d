"""approve and revoke: bound to bytes and intent, through everything that git does with commits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest

from assetgen.record import approval, record
from assetgen.settings import agents
from tests.support.approving import clone, codes, painted, said
from tests.support.place import Place


def test_an_approval_is_a_statement_about_the_files_and_is_committed_alone(place: Place) -> None:
    painted(place, "a", "b")
    place.write("note.txt", "unrelated")
    place.git("add", "note.txt")
    ran = place.ok("approve", "a", "--note", "seen\nby all")
    assert "/.assetgen/approvals/ @OWNER" in ran.out and "approved a\n" in ran.out
    stated = said(place, "a")
    predicate = stated["predicate"]
    digest = hashlib.sha256(place.read("public/a.png")).hexdigest()
    assert stated["_type"] == "https://in-toto.io/Statement/v1"
    assert stated["predicateType"] == "urn:assetgen:approval:v1"
    assert stated["subject"] == [{"name": "public/a.png", "digest": {"sha256": digest}}]
    assert predicate["intent"] == place.record("a")["intent"]["digest"]
    assert predicate["by"] == {"name": "Ada", "email": "ada@example.org"}
    assert predicate["note"] == "seen by all" and predicate["at"].endswith("Z")
    assert place.git("show", "--name-only", "--format=").split() == [".assetgen/approvals/a.json"]
    assert codes(place) == ["unapproved error"]
    assert codes(place, "--staged") == []  # the commit under way is not about b
    rows = {row["id"]: row["approved"] for row in place.ok("plan", "--json").data}
    assert rows == {"a": True, "b": False}
    assert "by Ada <ada@example.org>" in place.ok("show", "a").out.split("approved")[1]
    assert "no one has approved it" in place.ok("show", "b").out
    shown = place.ok("show", "a", "--json").data
    assert (shown["approved"], shown["objection"]) == (True, None)
    assert shown["approval"] == {key: predicate[key] for key in ("by", "at", "note")}
    before = place.read(".assetgen/approvals/a.json")
    assert "already approved" in place.ok("approve", "*").out
    assert place.read(".assetgen/approvals/a.json") == before and codes(place) == []
    place.ok("revoke", "a")
    assert not place.has(".assetgen/approvals/a.json") and codes(place) == ["unapproved error"]
    assert place.run("revoke", "a").code == 2


def _rebase(place: Place) -> None:
    place.git("rebase", "-q", "main")
    place.git("branch", "-f", "main")


def _squash(place: Place) -> None:
    place.git("switch", "-q", "main")
    place.git("merge", "-q", "--squash", "work")
    place.git("commit", "-qm", "squashed")


def _cherry_pick(place: Place) -> None:
    place.git("switch", "-q", "main")
    place.git("cherry-pick", "main..work")


def _merge_queue(place: Place) -> None:
    """The queue tests a merge of several branches that no one has seen."""
    place.git("switch", "-q", "-c", "other", "main~1")
    place.write("b.txt", "b")
    place.git("add", "-A")
    place.git("commit", "-qm", "other")
    place.git("switch", "-q", "-c", "queue", "main")
    place.git("merge", "-q", "--no-edit", "other")
    place.git("merge", "-q", "--no-edit", "work")


def _fork(place: Place) -> None:
    fork = clone(place, "fork")
    place.git("switch", "-q", "main")
    place.git("pull", "-q", "--no-rebase", "--no-edit", str(fork.root), "work")


_MORE = [pytest.param(way, marks=pytest.mark.more) for way in (_rebase, _cherry_pick)]


@pytest.mark.parametrize("way", [_squash, _merge_queue, _fork, *_MORE])
def test_an_approval_survives(way: Callable[[Place], None], place: Place) -> None:
    painted(place, "a")
    place.git("switch", "-q", "-c", "work")
    place.ok("approve", "a")
    place.git("switch", "-q", "main")
    place.write("a.txt", "a")
    place.git("add", "-A")
    place.git("commit", "-qm", "meanwhile")
    place.git("switch", "-q", "work")
    way(place)
    assert place.has("a.txt") and codes(place) == [] and place.git("status", "--short") == ""


def test_two_people_approve_two_assets_without_a_conflict(place: Place) -> None:
    painted(place, "a", "b")
    bo = clone(place, "bo")
    who = {"GIT_AUTHOR_NAME": "Bo", "GIT_AUTHOR_EMAIL": "bo@example.org"}
    place.ok("approve", "a")
    bo.ok("approve", "b", **who)
    place.git("pull", "-q", "--no-rebase", "--no-edit", str(bo.root))
    assert codes(place) == []
    assert [said(place, name)["predicate"]["by"]["name"] for name in ("a", "b")] == ["Ada", "Bo"]


def _other_bytes(place: Place) -> None:
    place.picture("public/a.png", (9, 9))
    place.ok("accept", "a")


def _other_intent(place: Place) -> None:
    place.manifest(place.read("assets.toml").decode().replace("picture of a", "painting of a"))
    place.ok("accept", "a")


def _other_files(place: Place) -> None:
    text = place.read("assets.toml").decode()
    place.manifest(text.replace('size = "1024', 'variants = { widths = [8] }\nsize = "1024'))
    place.ok("generate", "a", "--no-commit")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_other_bytes, "it is for other bytes of public/a.png"),
        pytest.param(_other_intent, "it is for another intent", marks=pytest.mark.more),
        pytest.param(_other_files, "it does not name public/a-8.png", marks=pytest.mark.more),
    ],
)
def test_a_change_voids_an_approval_and_what_was_approved_is_approved_again(
    change: Callable[[Place], None], why: str, place: Place
) -> None:
    painted(place, "a")
    place.ok("approve", "a")
    before = place.read(".assetgen/approvals/a.json")
    change(place)
    assert codes(place) == ["approval error", "unapproved error"]
    assert place.read(".assetgen/approvals/a.json") == before
    assert [row["approved"] for row in place.ok("plan", "--json").data] == [False]
    shown = place.ok("show", "a", "--json").data
    assert (shown["approved"], shown["objection"]) == (False, why)
    assert f"approved   no: {why}; it was approved by Ada" in place.ok("show", "a").out
    place.git("add", "-A")
    place.git("commit", "-qm", "changed", "--allow-empty")
    place.ok("approve", "a")
    assert codes(place) == []


def test_a_prompt_that_becomes_a_digest_voids_nothing(place: Place) -> None:
    painted(place, "a")
    place.ok("approve", "a")
    stated = json.loads(place.read(record.place("a")))
    intent = stated["predicate"]["intent"]
    intent["prompt"] = record.digest_text(intent["prompt"])
    del intent["digest"]
    intent["digest"] = record.digest(intent)
    place.write(record.place("a"), record.write(stated))
    known = record.read(place.read(record.place("a")), record.place("a"))
    old = approval.read(place.read(".assetgen/approvals/a.json"))
    assert old.intent != known.intent["digest"]
    assert codes(place) == []


def _dirty(place: Place) -> None:
    place.write("assets.toml", place.read("assets.toml") + b"\n")


def _edited(place: Place) -> None:
    place.picture("public/a.png", (9, 9))


def _missing(place: Place) -> None:
    place.git("rm", "-q", "public/a.png", ".assetgen/records/a.json")


def _draft(place: Place) -> None:
    _missing(place)
    place.git("commit", "-qm", "gone")
    place.ok("generate", "--draft")


def _stale(place: Place) -> None:
    _dirty(place)
    place.manifest(place.read("assets.toml").decode().replace("picture of a", "painting of a"))


def _merging(place: Place) -> None:
    place.write(".git/MERGE_HEAD", place.git("rev-parse", "HEAD") + "\n")


@pytest.mark.parametrize(
    ("change", "code", "said_of"),
    [
        (_dirty, 10, "assets.toml has changes that are not committed"),
        (_edited, 9, "is edited"),
        (_missing, 9, "is missing"),
        pytest.param(_draft, 9, "is draft", marks=pytest.mark.more),
        pytest.param(_stale, 9, "is stale", marks=pytest.mark.more),
        pytest.param(_merging, 10, "in the middle of a merge", marks=pytest.mark.more),
    ],
)
def test_what_cannot_be_approved_is_refused(
    change: Callable[[Place], None], code: int, said_of: str, place: Place
) -> None:
    painted(place, "a")
    change(place)
    ran = place.run("approve", "a")
    assert (ran.code, said_of in ran.err, "cure: " in ran.err) == (code, True, True), ran.err
    assert not place.has(".assetgen/approvals")


def test_who_approves_must_be_known(place: Place, bare: Place) -> None:
    painted(place, "a")
    nobody = {name: "" for name in place.environ if name.startswith("GIT_AUTHOR")}
    ran = place.run("approve", "a", **nobody)
    assert ran.code == 10 and "git config user.name" in ran.err
    assert place.run("approve", "nope").code == 2 and place.run("approve", "z*").code == 2
    for name in agents.VARIABLES:
        ran = place.run("approve", "a", "--no-commit", "--note", "x", **{name: "1"})
        assert ran.code == 11 and name in ran.err
    assert not place.has(".assetgen/approvals")


def test_an_approval_moves_with_a_renamed_page_and_leaves_with_it(place: Place) -> None:
    place.manifest(
        '[[collection]]\nid = "og/{slug}"\nfrom = "content/*.md"\nkind = "cover"\n'
        'path = "public/og/{slug}.png"\nalt = "{title}"\n'
    )
    place.write("content/old.md", "---\ntitle: One\n---\n")
    place.write("content/stays.md", "---\ntitle: Stays\n---\n")
    place.git("add", "-A")
    place.git("commit", "-qm", "page")
    place.ok("generate")
    place.ok("approve", "og/*", "--note", "fine")
    old = said(place, "og/old")
    place.git("mv", "content/old.md", "content/new.md")
    place.ok("generate")
    assert "public/og/new.png" in said(place, "og/new")["subject"][0]["name"]
    assert said(place, "og/new")["predicate"]["by"] == old["predicate"]["by"]
    assert not any(map(place.has, approval.places("og/old"))) and codes(place) == []
    assert place.git("status", "--short", ".assetgen", "public") == ""
    place.git("rm", "-q", "-f", "content/new.md")
    assert codes(place) == ["approval error", "orphan error"]
    place.ok("generate", "--prune", "**")
    assert codes(place) == [] and place.git("status", "--short", ".assetgen", "public") == ""
