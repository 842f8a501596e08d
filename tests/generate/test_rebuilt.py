"""keep = "record": git has the records, and files are built from them and proved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assetgen.fs import platform
from assetgen.record import record
from tests.support.place import Place
from tests.support.tiny import KIND

_RULE = """
[project]
content = ["content/**/*.md"]
[check]
unreferenced = "off"
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "tiny"
path = "public/og/{slug}.png"
alt = "{title}"
keep = "record"
"""
_LAYOUT = """<!doctype html><html><head></head><body style="background:#fff">
<p>{{ values.title }}</p>
{% if values.logo %}<img src="{{ values.logo }}">{% endif %}</body></html>"""
_PICTURE = "public/og/a.png"
_RECORD = record.places("og/a")[1]


def _page(place: Place, name: str, title: str) -> None:
    place.write(f"content/{name}.md", f"---\ntitle: {title}\n---\n![{title}](/og/{name}.png)\n")


@pytest.fixture
def origin(place: Place) -> Place:
    """A site whose images are built, committed as records."""
    place.write("templates/tiny/template.toml", KIND)
    place.write("templates/tiny/plain.html", _LAYOUT)
    place.write(".gitignore", "node_modules\n")
    _page(place, "a", "First")
    _page(place, "b", "Second")
    place.manifest(_RULE)
    place.start()
    place.ok("generate")
    return place


def _clone(origin: Place, tmp_path: Path, name: str = "clone") -> Place:
    made = Place(tmp_path / name, tmp_path / f"{name}-home")
    made.git("clone", "-q", str(origin.root), ".")
    return made


def _codes(place: Place, *how: str) -> list[str]:
    return sorted({one["code"] for one in place.run("check", "--json", *how).data["findings"]})


def test_a_clone_builds_what_git_does_not_have(origin: Place, tmp_path: Path) -> None:
    tracked = origin.git("ls-files").split("\n")
    assert _RECORD in tracked
    assert _PICTURE not in tracked
    assert origin.git("status", "--porcelain") == ""
    there = _clone(origin, tmp_path)
    plan = there.ok("plan", "--json").data
    assert [(one["state"], one["built"]) for one in plan] == [("fresh", False)] * 2
    assert there.ok("check").out.endswith(
        "2 files not built yet (assetgen generate --free); 2 pages agree\n"
    )
    assert there.ok("check", "--staged").code == 0
    assert there.run("check", "--built").code == 1
    assert _codes(there, "--built") == ["not-built"]
    built = there.ok("generate", "--free", "--json").data["built"]
    assert [(one["id"], one["from"]) for one in built] == [("og/a", "layout"), ("og/b", "layout")]
    assert there.read(_PICTURE) == origin.read(_PICTURE)
    assert there.git("status", "--porcelain") == ""
    assert there.git("log", "--format=%s", "-1") == "assetgen: 2 pictures"
    there.ok("check", "--built")
    assert [one["built"] for one in there.ok("plan", "--json").data] == [True, True]
    (there.root / _PICTURE).unlink()
    built = there.ok("generate", "--free", "--json").data["built"]
    assert [(one["id"], one["from"]) for one in built] == [("og/a", "cache")]


def test_a_damaged_copy_in_the_cache_is_not_used(origin: Place) -> None:
    (origin.root / _PICTURE).unlink()
    for copy in (origin.root / ".assetgen/cache/built").glob("*/*"):
        copy.write_bytes(b"planted")
    built = origin.ok("generate", "--free", "--json").data["built"]
    assert built[0]["from"] == "layout"
    origin.ok("check", "--built")


def _recorded_elsewhere(place: Place) -> None:
    """Let the record of og/a be from another machine, whose file came out otherwise."""
    statement = json.loads(place.read(_RECORD))
    statement["subject"][0]["digest"]["sha256"] = "0" * 64
    statement["predicate"]["tool"]["machine"] = "linux riscv64"
    del statement["predicate"]["integrity"]
    place.write(_RECORD, record.write(statement))
    place.git("commit", "-qam", "another machine")


def test_a_file_that_comes_out_otherwise_is_placed_and_reported(
    origin: Place, tmp_path: Path
) -> None:
    _recorded_elsewhere(origin)
    there = _clone(origin, tmp_path)
    ran = there.ok("generate", "--free")
    assert f"warning: {_PICTURE} differs from the file in its record" in ran.out
    assert "on linux riscv64; here with blitz-py" in ran.out
    assert f"on {platform.machine()}" in ran.out
    assert there.read(_PICTURE)
    assert there.ok("check").code == 0
    assert _codes(there) == _codes(there, "--built") == ["differs"]
    ran = there.run("check", "--built")
    assert ran.code == 1
    assert "assetgen generate --free --force og/a" in ran.out
    assert there.ok("generate", "--free", "--json").data["built"] == []
    there.ok("generate", "--free", "--force", "og/a")
    assert there.git("status", "--porcelain") == ""
    there.ok("check", "--built")


def test_a_pulled_record_makes_the_old_build_outdated(origin: Place, tmp_path: Path) -> None:
    there = _clone(origin, tmp_path)
    there.ok("generate", "--free")
    _page(origin, "a", "Another")
    origin.ok("generate", "--no-commit")
    origin.git("add", "-A")
    origin.git("commit", "-qm", "title")
    there.git("pull", "-q")
    assert [one["built"] for one in there.ok("plan", "--json").data] == [False, True]
    there.ok("check")
    there.ok("generate", "--free")
    assert there.read(_PICTURE) == origin.read(_PICTURE)
    there.ok("check", "--built")


def test_a_changed_file_is_not_overwritten_or_accepted(origin: Place) -> None:
    origin.write(_PICTURE, b"mine")
    assert _codes(origin) == ["marking"]
    ran = origin.run("generate", "--free")
    assert (ran.code, origin.read(_PICTURE)) == (9, b"mine")
    assert "assetgen generate og/a --force" in ran.out + ran.err
    assert "accept" not in ran.out + ran.err
    origin.picture(_PICTURE, (40, 20))
    assert origin.run("accept", "og/a").code == 4
    origin.ok("generate", "og/a", "--force")
    origin.ok("check", "--built")


def test_from_git_to_records_and_back(origin: Place) -> None:
    origin.manifest(_RULE.replace('keep = "record"', ""))
    ran = origin.run("check")
    assert _codes(origin) == ["gitignore"], ran.out
    origin.git("add", "assets.toml")
    origin.ok("generate")
    assert origin.read(".gitignore") == b"node_modules\n"
    assert _PICTURE in origin.git("ls-files")
    origin.git("commit", "-qm", "keep files")
    assert origin.git("status", "--porcelain") == ""
    assert _codes(origin) == []

    origin.manifest(_RULE)
    assert _codes(origin) == ["gitignore", "tracked"]
    origin.ok("generate")
    found = origin.run("check", "--json").data["findings"]
    assert [one["code"] for one in found] == ["tracked"]
    assert "and 1 other file are in git" in found[0]["message"]
    cure = found[0]["cure"].partition(" (")[0]
    assert cure == f"git rm -q --cached -- {_PICTURE} public/og/b.png"
    origin.git(*cure.split()[1:])
    origin.git("commit", "-qam", "keep records")
    assert origin.git("status", "--porcelain") == ""
    assert origin.read(_PICTURE)
    origin.ok("check", "--built")


@pytest.mark.parametrize(
    ("route", "code"), [('route = "images"\nmost = 9', 4), ('route = "adopted"', 4)]
)
def test_a_route_that_cannot_build_again_is_refused(origin: Place, route: str, code: int) -> None:
    origin.manifest(f"{_RULE}{route}\n")
    ran = origin.run("plan")
    assert ran.code == code, ran.out + ran.err
    assert 'keep = "record"' in ran.err


def test_the_block_in_gitignore(origin: Place) -> None:
    """Nothing else of the file changes, and files that git has are excepted."""
    origin.write(".gitignore", b"node_modules\r\n*.log")
    _page(origin, "deep/c", "Third")
    single = '[[asset]]\nid = "og/own"\nkind = "tiny"\npath = "public/og/own.png"\nalt = ""\n'
    origin.manifest(_RULE + single)
    origin.ok("generate", "--no-commit")
    head, *block, end, last = origin.read(".gitignore").split(b"\r\n")
    assert head == b"node_modules"
    assert block[0] == b"*.log"
    assert block[2:] == [b"/public/og/**/*.png", b"!/public/og/own.png"]
    assert (end, last) == (b"# assetgen: end", b"")
    untracked = origin.git("ls-files", "-o", "--exclude-standard")
    assert "public/og/own.png" in untracked
    assert "public/og/deep/c.png" not in untracked


def test_the_commit_leaves_other_changes_of_gitignore_alone(place: Place) -> None:
    place.covers("a")
    place.write(".gitignore", "node_modules\n")
    place.start()
    place.write(".gitignore", "node_modules\nmine\n")
    place.manifest(
        place.read("assets.toml").decode().replace("[asset.v", 'keep = "record"\n[asset.v')
    )
    place.ok("generate")
    assert place.git("status", "--porcelain") == " M .gitignore\n M assets.toml"
    assert b"/public/a.png\n" in place.read(".gitignore")


def test_an_image_made_of_one_that_is_not_built(origin: Place, tmp_path: Path) -> None:
    shows = '[[asset]]\nid = "all"\nkind = "tiny"\npath = "public/all.png"\nalt = ""\n'
    origin.manifest(f'{_RULE}{shows}[asset.values]\nlogo = "@og/a"\n')
    origin.ok("generate")
    origin.git("commit", "-qam", "all")
    there = _clone(origin, tmp_path)
    assert {one["state"] for one in there.ok("plan", "--json").data} == {"fresh"}
    there.ok("check")
    (there.root / "public/all.png").unlink()
    assert there.run("generate", "--hook", "all").code == 1  # builds what it needs, and no more
    assert there.has(_PICTURE)
    assert not there.has("public/og/b.png")
    assert there.git("status", "--porcelain") == ""


def test_the_hook_builds_nothing(origin: Place, tmp_path: Path) -> None:
    there = _clone(origin, tmp_path)
    there.ok("generate", "--hook")
    assert not there.has(_PICTURE)


def test_two_branches_that_add_pages_merge(origin: Place) -> None:
    for name, title in (("x", "Ex"), ("y", "Why")):
        origin.git("switch", "-qc", name, "main")
        _page(origin, name, title)
        origin.git("add", "-A")
        origin.git("commit", "-qm", name)
        origin.ok("generate", "--free")
    origin.git("merge", "-q", "--no-edit", "x")
    origin.ok("generate", "--free")
    assert origin.git("status", "--porcelain") == ""
    origin.ok("check", "--built")


def test_a_renamed_page_keeps_its_record_where_no_file_is_built(
    origin: Place, tmp_path: Path
) -> None:
    there = _clone(origin, tmp_path)
    made = there.record("og/a")["intent"]
    (there.root / "content/a.md").rename(there.root / "content/c.md")
    assert "renamed" in _codes(there) and "orphan" not in _codes(there)
    said = there.ok("generate", "--free").out
    assert "moved og/a to og/c: public/og/c.png" in said and "0 made, 1 moved" in said
    known = there.record("og/c")
    assert (known["formerly"], known["intent"]) == (["og/a"], made)
    there.write("content/c.md", "---\ntitle: First\n---\n![First](/og/c.png)\n")
    assert _codes(there, "--built") == [] and "orphans" not in there.ok("plan").out
    (there.root / "content/c.md").unlink()
    assert "orphans: og/c; to remove: assetgen generate --prune og/c" in there.ok("plan").out
