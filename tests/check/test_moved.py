"""Pages that refer to a picture by the path that it had before it was moved."""

from __future__ import annotations

import shutil

import pytest

from assetgen.check import check
from assetgen.check.findings import Finding
from tests.support.place import Place

_PROJECT = '[project]\noutputs = ["public", "src/img"]\ncontent = ["docs/**", "src/**/*.tsx"]\n'
_ADOPTED = '[[asset]]\nid = "a"\npath = "{}"\nalt = "A"\nroute = "adopted"\n'


def _dangling(place: Place, *, staged: bool = False) -> list[Finding]:
    report = check.check(place.root, place.environ, staged=staged)
    return [one for one in report.findings if one.code == "dangling"]


def _move(place: Place, old: str, new: str) -> None:
    (place.root / new).parent.mkdir(parents=True, exist_ok=True)
    place.git("mv", old, new)


def _committed(place: Place, page: str, text: str, *pictures: str, baseline: bool = True) -> None:
    place.write("package.json", '{"dependencies": {"vite": "5"}}')
    place.manifest(_PROJECT)
    for number, path in enumerate(pictures):
        place.write(path, b"\x89PNG\0 %d" % number)
    place.write(page, text)
    if baseline:
        place.ok("adopt", "--existing")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "site")


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "baseline"),
    [
        ("/i/a.png?v=1", "/deep/z.png?v=1", "i/a", "deep/z", True),
        ("../public/i/a.png", "../public/z.png", "i/a", "z", False),
        ("/i/a%20b.png", "/j/c%20b.png", "i/a b", "j/c b", False),
    ],
    ids=["url of the baseline", "relative path, known to git alone", "escaped"],
)
def test_a_page_gets_the_new_path_of_a_picture_that_was_moved(
    before: str, after: str, old: str, new: str, baseline: bool, place: Place
) -> None:
    page, text = "docs/a.md", f"![A]({before})\n"
    _committed(place, page, text, f"public/{old}.png", "public/b.png", baseline=baseline)
    _move(place, f"public/{old}.png", f"public/{new}.png")
    for staged in (False, True):
        (found,) = _dangling(place, staged=staged)
        assert f"; it was moved to public/{new}.png" in found.message
        assert str(found.cure).startswith("assetgen refs --fix docs/a.md:1")
    left = place.ok("refs", "--add")
    assert f"was moved to public/{new}.png" in left.out and "refs --fix docs/a.md:1" in left.out
    place.git("commit", "-q", "-m", "move")  # the pages follow in another commit
    place.ok("refs", "--fix")
    assert place.read(page).decode() == f"![A]({after})\n"
    assert _dangling(place) == []


def test_a_module_gets_the_new_path_of_a_file_of_an_asset(place: Place) -> None:
    text = 'import a from "./img/a.png";\nexport const A = () => <img src={a} alt="A" />;\n'
    place.picture("src/img/a.png")
    _committed(place, "src/page.tsx", text, baseline=False)
    place.manifest(_PROJECT + _ADOPTED.format("src/img/a.png"))
    place.ok("adopt", "a", "src/img/a.png")
    _move(place, "src/img/a.png", "src/img/deep/b.png")
    place.manifest(_PROJECT + _ADOPTED.format("src/img/deep/b.png"))
    place.ok("refs", "--fix")
    assert place.read("src/page.tsx").decode() == text.replace("./img/a.png", "./img/deep/b.png")


def test_a_picture_that_is_now_where_the_page_cannot_name_it_is_only_named(place: Place) -> None:
    _committed(place, "docs/a.md", '<img src="/a.png" alt="A" />\n', "public/a.png")
    _move(place, "public/a.png", "src/img/a.png")
    (found,) = _dangling(place)
    assert "it was moved to src/img/a.png" in found.message
    assert "--add" not in str(found.cure)


def test_equal_pictures_that_were_moved_are_left_alone(place: Place) -> None:
    _committed(place, "docs/a.md", "![A](/a.png) ![B](/b.png)\n", "public/a.png")
    shutil.copy(place.root / "public/a.png", place.root / "public/b.png")
    place.ok("adopt", "--existing")
    _move(place, "public/a.png", "public/x.png")
    _move(place, "public/b.png", "public/y.png")
    assert ["moved" in one.message for one in _dangling(place)] == [False, False]
    _move(place, "public/x.png", "public/n/a.png")
    _move(place, "public/y.png", "public/n/b.png")  # each has kept its name
    place.ok("refs", "--fix")
    assert place.read("docs/a.md").decode() == "![A](/n/a.png) ![B](/n/b.png)\n"


def test_an_empty_picture_that_git_had_is_only_missing(place: Place) -> None:
    place.write("public/empty.png", b"")
    _committed(place, "docs/a.md", "![E](/empty.png)\n", baseline=False)
    place.git("rm", "-q", "public/empty.png")
    place.write("public/other.png", b"")
    (found,) = _dangling(place)
    assert "was moved" not in found.message
