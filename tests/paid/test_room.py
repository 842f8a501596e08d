"""A full disk stops a purchase before it is sent, and loses no reply that arrives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from assetgen.errors import GitError, StorageError, UnknownOutcome
from assetgen.fs import home, kept, originals
from tests.support.harm import mounted, remount
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root"
)


@pytest.fixture
def shop(bare: Place) -> Iterator[Shop]:
    with Provider(polls=0) as provider:
        yield Shop(bare, provider)


@pytest.fixture
def disk(bare: Place) -> Iterator[Path]:
    """The folder of replies on a disk of its own, with 24 MB."""
    kept.prepare(home.cache(bare.root))
    folder = home.cache(bare.root).path / home.REPLIES
    with mounted(folder, "-t", "tmpfs", "-o", "size=24m", "tmpfs"):
        yield folder


def _fill(disk: Path) -> None:
    with open(disk / "of-others", "ab", buffering=0) as file, pytest.raises(OSError, match="space"):
        while True:
            file.write(bytes(4096))


@_root
def test_a_disk_without_room_for_the_reply_sends_nothing(shop: Shop, disk: Path) -> None:
    remount(disk, "size=1m")
    shop.wants("a")
    error = shop.fails()
    assert isinstance(error, StorageError)
    assert "the disk is full; nothing was sent" in error.what and "MB" in error.what
    assert (shop.provider.requests, shop.open_entries(), os.listdir(disk)) == ([], [], [])


@_root
def test_a_disk_that_is_full_when_the_reply_arrives_loses_nothing(shop: Shop, disk: Path) -> None:
    shop.wants("a")
    shop.provider.bulk = True  # a reply of megabytes
    shop.provider.meanwhile = lambda: _fill(disk)
    outcome = shop.generate()
    assert not outcome.failed or "the disk is full" in outcome.failed[0].error.what
    (disk / "of-others").unlink()
    shop.provider.meanwhile = lambda: None
    assert not shop.generate().failed and shop.place.has("public/a.png")
    assert (shop.provider.billed, shop.open_entries()) == (1, [])


@_root
def test_a_response_that_no_disk_can_hold_is_fetched_by_its_id(shop: Shop, disk: Path) -> None:
    shop.route = "responses"
    shop.wants("a", more="[asset.options]\npartial_images = 2")
    shop.provider.bulk = True

    def shrink() -> None:
        (room,) = disk.glob("room-*")
        os.truncate(room, 8192)
        _fill(disk)

    shop.provider.meanwhile = shrink
    error = shop.fails()
    assert isinstance(error, UnknownOutcome) and "may be billed" in error.what
    assert "can still be fetched" in error.what
    (disk / "of-others").unlink()
    shop.provider.meanwhile = lambda: None
    assert len(shop.generate(resume=True).made) == 1
    assert (shop.provider.billed, len(posts(shop.provider)), shop.open_entries()) == (1, 1, [])


@pytest.fixture
def public(bare: Place) -> Iterator[Path]:
    """The output folder on a disk of its own, with 24 MB."""
    folder = bare.root / "public"
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", "size=24m", "tmpfs"):
        yield folder


@_root
@pytest.mark.parametrize(
    ("options", "words"),
    [("size=1m", "the disk is full"), ("ro", "the file system is read-only")],
)
def test_an_output_folder_that_cannot_take_the_image_is_found_before_it_is_bought(
    shop: Shop, public: Path, options: str, words: str
) -> None:
    remount(public, options)
    shop.wants("a")
    error = shop.fails()
    assert isinstance(error, StorageError)
    assert f"{words}; nothing was sent" in error.what
    assert (shop.provider.requests, shop.open_entries()) == ([], [])


@_root
def test_an_output_folder_that_fills_up_meanwhile_costs_nothing_more(
    shop: Shop, public: Path
) -> None:
    shop.wants("a")
    shop.provider.meanwhile = lambda: _fill(public)
    error = shop.fails()
    assert "the disk is full; the image was billed, and its reply is kept" in error.what
    assert "make room" in str(error.cure) and "at no cost" in str(error.cure)
    (public / "of-others").unlink()
    shop.provider.meanwhile = lambda: None
    shop.buys()
    assert (shop.provider.billed, len(posts(shop.provider)), shop.open_entries()) == (1, 1, [])


@_root
def test_branches_that_cannot_be_written_are_found_before_it_is_bought(place: Place) -> None:
    with Provider() as provider:
        shop = Shop(place, provider)
        shop.wants("a")
        refs = place.root / ".git/refs"
        with mounted(refs, "--bind", str(refs)):
            remount(refs, "bind,ro")
            ran = shop.run("generate")
        assert ran.code == GitError.exit_code
        assert "refs/heads is not writable; nothing was sent" in ran.out + ran.err
        assert (provider.requests, shop.open_entries()) == ([], [])


def test_the_same_original_is_kept_by_many_threads_at_once(tmp_path: Path) -> None:
    kept.prepare(home.cache(tmp_path))
    at_once = Barrier(8)

    def keep(data: bytes) -> str:
        at_once.wait()
        return originals.keep(tmp_path, data)

    with ThreadPoolExecutor(8) as pool:
        for number in range(40):
            data = bytes([number]) * 300_000
            (digest,) = set(pool.map(keep, [data] * 8))
            assert originals.read(tmp_path, digest) == data
