"""keep_old: a file keeps its old name for a time, because networks still know its URL."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, date, datetime, timedelta

import pytest

from assetgen import snapshot
from assetgen.check import check
from assetgen.generate import prune
from assetgen.generate.options import Options
from assetgen.settings.conditions import Conditions
from tests.support.place import Place
from tests.support.tiny import tiny

_MANIFEST = """
[[collection]]
id = "og/{slug}"
from = "content/*.md"
kind = "tiny"
path = "public/og/{slug}.png"
alt = "A"
keep_old = "30 days"
[collection.values]
title = "{title}"
"""
_OLD = "public/og/a.png"


@pytest.fixture
def blog(place: Place) -> Place:
    tiny(place)
    place.write("content/a.md", "---\ntitle: A\n---\n")
    place.manifest(_MANIFEST)
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "pages")
    return place


def _codes(place: Place, today: date | None = None) -> list[str]:
    report = check.check(place.root, dict(os.environ), today=today)
    return [f"{one.code} {one.path}" for one in report.findings]


def _renamed(place: Place) -> None:
    (place.root / "content/a.md").rename(place.root / "content/b.md")
    assert f"{_OLD} stays until" in place.ok("generate").out
    place.git("add", "-A")
    place.git("commit", "-qm", "renamed")


def test_a_renamed_page_leaves_its_file_under_the_old_name_for_a_time(blog: Place) -> None:
    before = blog.read(_OLD)
    _renamed(blog)
    assert blog.read(_OLD) == before == blog.read("public/og/b.png")
    assert blog.git("status", "--porcelain") == ""
    assert blog.run("check").code == 0 and blog.run("check", "--staged").code == 0
    assert blog.run("generate", "--prune", "og/*").code == 2  # its time is not over
    later = datetime.now(UTC).date() + timedelta(days=31)
    assert _codes(blog, later) == [f"old-name {_OLD}"]
    conditions = Conditions({}, clock=lambda: f"{later}T00:00:00Z")
    done = prune.prune(blog.root, ["og/*"], Options(), conditions)
    assert [one.files for one in done.removed] == [(_OLD,)] and done.commit
    assert not blog.has(_OLD) and not list((blog.root / ".assetgen/old-names").glob("*"))
    assert _codes(blog, later) == [] and blog.git("status", "--porcelain") == ""


def test_a_stored_verdict_ends_with_the_first_name(blog: Place) -> None:
    _renamed(blog)
    until = check.check(blog.root, dict(os.environ), today=date(2026, 1, 1)).until
    assert until and until % (86400 * 10**9) == 0
    rows = {"/usr/bin/env": (snapshot.stats("/usr/bin/env"), b"")}
    said = snapshot.said_until("clean", until)
    snapshot.write(str(blog.root), rows, until - 2, said)
    with contextlib.chdir(blog.root):
        assert snapshot.still_clean(until - 1) == b"clean"
        assert snapshot.still_clean(until) is None


def test_a_name_that_an_asset_has_again_is_its_own(blog: Place) -> None:
    _renamed(blog)
    blog.write("content/a.md", "---\ntitle: New\n---\n")
    blog.ok("generate")
    assert not list((blog.root / ".assetgen/old-names").glob("*"))
    assert blog.record("og/a")["asset"]["page"] == "content/a.md"
    assert _codes(blog, date(2099, 1, 1)) == []


def test_a_file_of_another_content_has_no_old_name(blog: Place) -> None:
    _renamed(blog)
    blog.write(_OLD, blog.read("public/og/b.png") + b"x")
    assert _codes(blog) == [f"unrecorded {_OLD}"]
    later = Conditions({}, clock=lambda: "2099-01-01T00:00:00Z")
    [kept] = prune.prune(blog.root, ["og/*"], Options(), later).kept
    assert "was changed since it was made" in kept.error.what and blog.has(_OLD)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('keep_old = "soon"', "keep_old"),
        ('keep_old = "30 days"\nkeep = "record"', "keep_old needs files in git"),
    ],
)
def test_a_time_that_cannot_be_kept_is_a_mistake(line: str, said: str, blog: Place) -> None:
    blog.manifest(_MANIFEST.replace('keep_old = "30 days"', line))
    ran = blog.run("plan")
    assert ran.code in (2, 4) and said in ran.err


def test_an_adopted_image_gets_its_old_name_back(blog: Place) -> None:
    text = '[[asset]]\nid = "x"\npath = "{}"\nalt = "X"\nroute = "adopted"\nkeep_old = "1 day"\n'
    blog.picture("public/x.png")
    moves = (("x", "x"), ("x", "y"), ("y", "x"))
    for before, after in moves:
        blog.manifest(text.format(f"public/{after}.png"))
        blog.ok("adopt", "x", f"public/{before}.png")
    assert blog.has("public/x.png") and blog.has("public/y.png")
    [entry] = (blog.root / ".assetgen/old-names").iterdir()
    assert "public/y.png" in entry.read_text()
