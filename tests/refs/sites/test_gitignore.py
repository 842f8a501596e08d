"""is_ignored: what the .gitignore files of a repository exclude, compared with git."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

import pytest

from assetgen.refs.sites.gitignore import MAX_STEPS, is_ignored
from tests.support.place import Place
from tests.support.repository import with_texts

#: The .gitignore files by folder, and paths with whether git ignores them.
_CASES: dict[str, tuple[Mapping[str, str], dict[str, bool]]] = {
    "a name": ({"": "x.png"}, {"x.png": True, "a/x.png": True, "ax.png": False}),
    "a negated name": ({"": "*.png\n!x.png"}, {"x.png": False, "a/x.png": False, "y.png": True}),
    "a negated name in an ignored folder": ({"": "img/\n!img/x.png"}, {"img/x.png": True}),
    "a negated name in an ignored content": (
        {"": "img/*\n!img/x.png"},
        {"img/x.png": False, "img/y.png": True},
    ),
    "the last pattern counts": ({"": "!x.png\n*.png"}, {"x.png": True}),
    "a range": (
        {"": "icon-[0-9].png"},
        {"icon-4.png": True, "icon-a.png": False, "icon-42.png": False},
    ),
    "a negated range": ({"": "[!a-c].png"}, {"d.png": True, "b.png": False}),
    "a set": ({"": "[ab]/x.png"}, {"a/x.png": True, "b/x.png": True, "c/x.png": False}),
    "one character": ({"": "?.png"}, {"a.png": True, "ab.png": False}),
    "leading stars": ({"": "**/gen/x.png"}, {"gen/x.png": True, "a/b/gen/x.png": True}),
    "stars in the middle": (
        {"": "a/**/x.png"},
        {"a/x.png": True, "a/b/c/x.png": True, "b/a/x.png": False},
    ),
    "trailing stars": ({"": "gen/**"}, {"gen/a/x.png": True, "a/gen/x.png": False}),
    "a star within a name": ({"": "a/*.png"}, {"a/x.png": True, "a/b/x.png": False}),
    "trailing blanks": ({"": "x.png   "}, {"x.png": True}),
    "an escaped trailing blank": ({"": "x\\ "}, {"x ": True, "x": False}),
    "a leading blank": ({"": " x.png"}, {" x.png": True, "x.png": False}),
    "lines that end in CRLF": ({"": "x.png\r\ny/\r\n"}, {"x.png": True, "y/x.svg": True}),
    "a byte order mark": ({"": "\ufeffx.png"}, {"x.png": True}),
    "a comment and an escaped hash": (
        {"": "#x.png\n\\#y.png"},
        {"#x.png": False, "x.png": False, "#y.png": True},
    ),
    "an escaped exclamation mark": ({"": "\\!x.png"}, {"!x.png": True, "x.png": False}),
    "a folder": ({"": "img/"}, {"img/x.png": True, "a/img/b/x.png": True, "b/img": False}),
    "an anchored name": ({"": "/x.png"}, {"x.png": True, "a/x.png": False}),
    "an anchored folder": ({"": "/img/"}, {"img/x.png": True, "a/img/x.png": False}),
    "a path is anchored": ({"": "a/x.png"}, {"a/x.png": True, "b/a/x.png": False}),
    "a nested file": ({"a": "/x.png"}, {"a/x.png": True, "x.png": False, "a/b/x.png": False}),
    "a nested file that negates": (
        {"": "*.png", "a": "!x.png"},
        {"a/x.png": False, "a/b/x.png": False, "x.png": True, "a/y.png": True},
    ),
    "a nested file in an ignored folder": ({"": "a/", "a": "!x.png"}, {"a/x.png": True}),
    "a nested file that negates a folder": (
        {"": "img/", "a": "!img/"},
        {"a/img/x.png": False, "img/x.png": True},
    ),
    "letters beyond ASCII": (
        {"": "обложка-*.png\n/größe/"},
        {"a/обложка-é.png": True, "größe/x.png": True, "grosse/x.png": False},
    ),
    "braces are no pattern": ({"": "{a,b}.png"}, {"a.png": False, "{a,b}.png": True}),
    "an empty file": ({"": "\n\n  \n"}, {"x.png": False, " ": False}),
    "a broken range": ({"": "[a-\n!\nx.png"}, {"[a-": False, "a": False, "x.png": True}),
    "everything but": ({"": "/*\n!/keep/"}, {"keep/x.png": False, "other/x.png": True}),
    "a set that contains a bracket": ({"": "[[a].png"}, {"a.png": True, "[.png": True}),
}


def _files(ignores: Mapping[str, str]) -> dict[str, str]:
    return {f"{folder}/.gitignore".lstrip("/"): text for folder, text in ignores.items()}


@pytest.mark.parametrize(("ignores", "expected"), _CASES.values(), ids=_CASES)
def test_a_path_is_ignored_by_the_patterns(
    ignores: Mapping[str, str], expected: dict[str, bool]
) -> None:
    listing = with_texts(_files(ignores))
    assert {path: is_ignored(path, listing) for path in expected} == expected


def test_git_ignores_the_same_paths(place: Place) -> None:
    """Each case is a repository of its own."""
    for number, (name, (ignores, expected)) in enumerate(_CASES.items()):
        folder = place.root / f"case-{number}"
        for file, text in _files(ignores).items():
            place.write(f"case-{number}/{file}", text.encode())
        for path in expected:  # a pattern for a folder matches only if it is one
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
        place.git("init", "-q", folder.name)
        said = subprocess.run(
            ["git", "check-ignore", "--no-index", "--stdin", "-z"],
            cwd=folder,
            env=place.environ,
            input="\0".join(expected).encode(),
            capture_output=True,
        )
        assert said.returncode in (0, 1), said.stderr  # 1: no path is ignored
        ignored = set(said.stdout.decode().split("\0")) - {""}
        assert ignored == {path for path, one in expected.items() if one}, name


def test_only_listed_gitignore_files_are_read() -> None:
    assert not is_ignored("a/x.png", with_texts({"b/.gitignore": "*"}))


def test_a_nested_gitignore_does_not_apply_to_paths_above_it() -> None:
    listing = with_texts({"a/.gitignore": "../x.png\n/../y.png\n"})
    assert not is_ignored("x.png", listing)
    assert not is_ignored("y.png", listing)


def test_the_work_for_many_patterns_and_paths_has_a_limit() -> None:
    listing = with_texts({".gitignore": "".join(f"*x{n}*y\n" for n in range(3000))})
    assert not is_ignored("a.png", listing)
    listing.ignore_steps = MAX_STEPS
    assert is_ignored("b.png", listing)
    assert not is_ignored("b.png", with_texts({".gitignore": "*x*y\n"}))
