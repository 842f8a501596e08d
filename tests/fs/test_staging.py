"""Files go into place on whatever file system their folder is, and that is known before paying."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from assetgen.errors import StorageError
from assetgen.fs import staging, store
from tests.support.harm import mounted, remount
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root"
)
#: What is mounted: another file system, or a folder of the same one.
_OTHER = ("-t", "tmpfs", "tmpfs")


@pytest.fixture
def mounts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _mount(place: Place, folder: str, kind: str, mounts: ExitStack) -> None:
    (place.root / folder).mkdir(parents=True, exist_ok=True)
    elsewhere = place.root.parent / "elsewhere"
    elsewhere.mkdir()
    how = _OTHER if kind == "tmpfs" else ("--bind", str(elsewhere))
    mounts.enter_context(mounted(place.root / folder, *how))


@_root
@pytest.mark.parametrize("kind", ["tmpfs", "bind"])
@pytest.mark.parametrize("folder", ["public", ".assetgen/cache", ".assetgen/records"])
def test_a_folder_on_another_file_system_is_written_and_paid_once(
    bare: Place, mounts: ExitStack, folder: str, kind: str
) -> None:
    _mount(bare, folder, kind, mounts)
    with Provider() as provider:
        shop = Shop(bare, provider)
        shop.wants("a", "b")
        shop.buys()
        assert (provider.billed, shop.generate().fresh) == (2, 2)
        bare.ok("check")
        shop.wants("a", more="take = 2")
        shop.buys("a")
    left = [path for path in bare.root.rglob("*") if "writing" in path.name and path.is_file()]
    assert left == [] and list((bare.root / staging.WRITING).iterdir()) == []


@_root
@pytest.mark.parametrize("kind", ["tmpfs", "bind"])
def test_what_a_kill_leaves_on_another_file_system_is_swept(
    bare: Place, mounts: ExitStack, kind: str
) -> None:
    _mount(bare, "public", kind, mounts)
    batch = store.Batch(bare.root)
    batch.add("public/deep/a.png", b"data")
    assert [path.name.startswith(".assetgen-") for path in (bare.root / "public").iterdir()] == [
        True
    ]
    store.sweep(bare.root)
    assert list((bare.root / "public").iterdir()) == []


def test_a_planted_list_of_folders_sweeps_nothing_outside(bare: Place) -> None:
    store.prepare(bare.root)
    kept = bare.root.parent / ".assetgen-writing-mine"
    kept.write_text("mine")
    bare.write(f"{store.CACHE}/beside", f"..\n{bare.root.parent}\nlinked\n")
    (bare.root / "linked").symlink_to(bare.root.parent)
    store.sweep(bare.root)
    assert kept.read_text() == "mine"


@_root
def test_a_read_only_folder_stops_a_purchase(bare: Place, mounts: ExitStack) -> None:
    _mount(bare, "public", "tmpfs", mounts)
    remount(bare.root / "public", "ro")
    with Provider() as provider:
        shop = Shop(bare, provider)
        shop.wants("a")
        error = shop.fails()
        assert isinstance(error, StorageError) and "read-only" in error.what
        assert (provider.requests, shop.open_entries()) == ([], [])


@pytest.mark.parametrize("blocked", ["public", "public/a.png/b", ".assetgen/records"])
def test_a_name_that_is_in_the_way_stops_a_purchase(bare: Place, blocked: str) -> None:
    bare.write(blocked, "in the way")
    with Provider() as provider:
        shop = Shop(bare, provider)
        shop.wants("a")
        error = shop.fails(force=True)
        assert isinstance(error, StorageError) and "move " in str(error.cure)
        assert (provider.requests, shop.open_entries()) == ([], [])
