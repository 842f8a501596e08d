"""check --staged: what a commit touches or causes, and not what was so before."""

from __future__ import annotations

import pytest

from tests.support.place import Place

_MANIFEST = '[project]\noutputs = ["public"]\ncontent = ["docs/*.md"]\n'


@pytest.fixture
def old(place: Place) -> Place:
    """A committed site with mistakes: a picture without a record, pages with bad references."""
    place.manifest(_MANIFEST)
    place.write("public/old.png", b"old")
    place.write("public/used.png", b"used")
    place.write("docs/a.md", "![](/old.png)\n\n![Gone](/gone.png)\n")
    place.write("docs/b.md", "![Used](/used.png)\n")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "the site")
    return place


def _found(place: Place) -> tuple[list[tuple[str, str]], int]:
    place.git("add", "-A")
    data = place.run("check", "--staged", "--json").data
    return [(one["path"], one["code"]) for one in data["findings"]], data["earlier"]


def test_a_commit_that_changes_nothing_wrong_passes_and_says_what_is_left(old: Place) -> None:
    old.write("docs/a.md", "A line above.\n\n" + old.read("docs/a.md").decode())
    assert _found(old) == ([], 4)
    assert "4 older findings are not about this commit: assetgen check" in (
        old.ok("check", "--staged").out
    )
    assert old.run("check").code == 1


def test_a_commit_is_reported_for_what_it_touches_or_causes(old: Place) -> None:
    old.git("rm", "-q", "public/used.png")
    assert _found(old) == ([("docs/b.md", "dangling")], 3)
    old.git("reset", "-q", "--hard")
    old.write("public/old.png", b"touched")
    assert _found(old) == ([("public/old.png", "unrecorded")], 3)
    old.git("reset", "-q", "--hard")
    old.write("docs/a.md", old.read("docs/a.md").decode() + "\n![](/old.png)\n")
    assert _found(old) == ([("docs/a.md", "missing-alt")], 4)
    old.git("reset", "-q", "--hard")
    old.write("public/new.png", b"new")
    assert _found(old) == ([("public/new.png", "unrecorded")], 4)


def test_the_commit_that_adds_the_manifest_is_about_its_own_files(place: Place) -> None:
    place.write("public/old.png", b"old")
    place.write("docs/a.md", "![](/old.png)\n")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "the site")
    place.manifest(_MANIFEST)
    assert _found(place) == ([], 2)
    place.write("public/new.png", b"new")
    assert _found(place) == ([("public/new.png", "unrecorded")], 2)
    place.git("rm", "-q", "-f", "public/new.png")
    asset = '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = "x"\n'
    place.manifest(f'{_MANIFEST}\n{asset}[asset.values]\ntitle = "T"\n')
    assert ("public/a.png", "missing") in _found(place)[0]
