"""Nothing is written or read through a symbolic or hard link anywhere in the project."""

from __future__ import annotations

import os

import pytest

from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import originals, staging, store
from assetgen.generate import adopt
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.init import starter
from tests.support.attack import generate, link, own_kind, page, refusals, run_check, victim
from tests.support.place import COVER, Place


def _outside(place: Place) -> set[str]:
    """A folder beside the project: nothing may be added or removed there."""
    return {
        path.relative_to(place.root.parent).as_posix() for path in place.root.parent.glob("*/*")
    } | {path.name for path in place.root.parent.iterdir()}


@pytest.mark.parametrize("target", ["../victim", ".git/hooks/pre-commit", "~/.bashrc", "/dev/full"])
@pytest.mark.parametrize("force", [False, True], ids=["plain", "forced"])
def test_an_output_file_that_is_a_link_is_never_written_through(
    bare: Place, target: str, force: bool
) -> None:
    bare.covers("a")
    bare.write(".git/hooks/readme", "")
    link(bare, "public/a.png", target)
    outcome = generate(bare, force=force)
    assert not outcome.made
    assert outcome.failed
    assert os.readlink(bare.root / "public/a.png") == target
    assert not bare.has(".git/hooks/pre-commit")


@pytest.mark.parametrize(
    "folder", ["public", "assets/deep", ".assetgen", ".assetgen/cache", ".assetgen/records"]
)
def test_a_folder_that_is_a_link_is_neither_read_nor_written_through(
    bare: Place, folder: str
) -> None:
    bare.covers("a")
    bare.manifest(
        bare.read("assets.toml").decode()
        + bare.read("assets.toml")
        .decode()
        .replace("public/a.png", "assets/deep/b.png")
        .replace('"a"', '"b"')
    )
    elsewhere = bare.root.parent / "elsewhere"
    elsewhere.mkdir()
    link(bare, folder, elsewhere)
    try:
        told = refusals(generate(bare))
    except StorageError as exc:
        told = exc.what
    assert f"{folder} is a symbolic link" in told
    assert list(elsewhere.rglob("*")) == []


@pytest.mark.parametrize("name", [".gitignore", "key", "lock", "writing"])
@pytest.mark.parametrize("dangling", [True, False], ids=["dangling", "to a file"])
def test_a_cache_that_was_committed_with_links_writes_nothing_elsewhere(
    bare: Place, name: str, dangling: bool
) -> None:
    bare.covers("a")
    target = bare.root.parent / "missing" if dangling else victim(bare)
    link(bare, f".assetgen/cache/{name}", target)
    before = _outside(bare)
    with pytest.raises(StorageError, match="is a symbolic link"):
        generate(bare)
    assert _outside(bare) == before
    assert dangling or target.read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["originals", "records", "replies"])
@pytest.mark.parametrize("dangling", [True, False], ids=["dangling", "to a file"])
def test_an_original_is_not_kept_through_links_of_the_cache(
    bare: Place, name: str, dangling: bool
) -> None:
    target = bare.root.parent / "missing" if dangling else victim(bare)
    link(bare, f".assetgen/cache/{name}", target)
    before = _outside(bare)
    with pytest.raises(StorageError, match=f".assetgen/cache/{name} is a symbolic link"):
        originals.keep(bare.root, b"data")
    assert _outside(bare) == before
    assert dangling or target.read_bytes() == b"precious"


def test_a_temporary_name_that_is_a_link_is_replaced_and_not_followed(bare: Place) -> None:
    bare.covers("a")
    store.prepare(bare.root)
    kept = victim(bare)
    names = [f"check.{os.getpid()}", f"check-staged.{os.getpid()}", f"under-way.json.{os.getpid()}"]
    for name in names:
        link(bare, f".assetgen/cache/{name}", kept)
        link(bare, f".assetgen/cache/writing/{name}", kept)
    batch = store.Batch(bare.root)
    for path in ("public/a.png", ".assetgen/cache/under-way.json"):
        link(bare, staging.Waiting(bare.root).place(path).relative_to(bare.root).as_posix(), kept)
    batch.add("public/a.png", b"data")
    batch.place()
    run_check(bare)
    assert kept.read_bytes() == b"precious"
    assert bare.read("public/a.png") == b"data"


@pytest.mark.parametrize("swapped", ["public", "public/deep", "public/deep/a.png"])
def test_a_link_swapped_in_after_planning_is_seen_before_the_rename(
    bare: Place, swapped: str
) -> None:
    bare.write("public/deep/a.png", b"old")
    elsewhere = bare.root.parent / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    batch = store.Batch(bare.root)
    batch.add("public/deep/a.png", b"new")
    (bare.root / swapped).rename(bare.root.parent / "away")
    link(bare, swapped, elsewhere)
    with pytest.raises(StorageError, match="symbolic link"):
        batch.place()
    assert [path for path in elsewhere.rglob("*") if path.is_file()] == []
    assert list((bare.root / ".assetgen/cache/writing").iterdir()) == []


@pytest.mark.parametrize("folder", ["public", "assets/deep", ".assetgen/records"])
def test_check_reads_nothing_behind_a_link(bare: Place, folder: str) -> None:
    bare.picture("assets/deep/x.png")
    bare.manifest(
        COVER.format(id="a", title="x") + 'layout = "photo"\npicture = "assets/deep/x.png"\n'
    )
    generate(bare)
    away = bare.root.parent / "away"
    (bare.root / folder).rename(away)
    link(bare, folder, away)
    with pytest.raises(StorageError, match=f"{folder} is a symbolic link"):
        run_check(bare)


def test_a_hard_link_to_a_file_of_the_users_is_cut_and_not_written_through(bare: Place) -> None:
    bare.covers("a")
    kept = victim(bare)
    (bare.root / "public").mkdir()
    os.link(kept, bare.root / "public/a.png")
    assert "was not made by assetgen" in refusals(generate(bare))
    assert generate(bare, force=True).made
    assert kept.read_bytes() == b"precious"


@pytest.mark.parametrize(
    "path",
    [
        "templates",
        "templates/mine",
        "templates/mine/l.html",
        "templates/mine/template.toml",
        "templates/mine/prompt.md",
    ],
)
def test_templates_are_not_read_through_links(bare: Place, path: str) -> None:
    own_kind(bare, page("{{ values.title }}"))
    bare.write("templates/mine/prompt.md", "A picture: $prompt")
    if path.endswith("prompt.md"):
        bare.manifest(
            '[[asset]]\nid = "a"\nkind = "mine"\npath = "public/a.png"\nalt = ""\n'
            'route = "images"\nprompt = "x"\n'
        )
    away = bare.root.parent / "away"
    (bare.root / path).rename(away)
    link(bare, path, away)
    try:
        outcome = generate(bare)
    except AssetgenError as exc:
        assert "symbolic link" in exc.what or "there is no kind" in exc.what
    else:
        assert not outcome.made
        assert "symbolic link" in refusals(outcome)


def test_a_folder_of_fonts_that_is_a_link_is_not_read(bare: Place) -> None:
    own_kind(bare, page("x"), values="")
    elsewhere = bare.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "bad.ttf").write_bytes(b"not a font: reading it would be an error")
    link(bare, "templates/fonts", elsewhere)
    assert generate(bare).made


def test_adopt_reads_no_file_through_a_link_of_the_repository(bare: Place) -> None:
    bare.covers("a")
    private = Place(bare.root.parent / "private", bare.root.parent / "home").picture("x.png")
    link(bare, "assets/x.png", private)
    with pytest.raises(StorageError, match="symbolic link"):
        adopt.adopt(
            bare.root,
            "a",
            bare.root / "assets/x.png",
            Brought(),
            Options(commit=False),
            bare.environ,
        )
    adopt.adopt(bare.root, "a", private, Brought(), Options(commit=False), bare.environ)
    assert bare.has("public/a.png")


@pytest.mark.parametrize(
    "path", ["assets.toml", ".assetgen/assets.schema.json", ".gitignore", ".gitattributes"]
)
def test_init_writes_through_no_link(bare: Place, path: str) -> None:
    kept = victim(bare)
    link(bare, path, kept)
    with pytest.raises(StorageError, match="symbolic link"):
        starter.init(bare.root)
    assert kept.read_bytes() == b"precious"
