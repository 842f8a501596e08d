"""The cache of verdicts: a value is found by its content only, and a bad cache is an empty one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen import verdicts
from assetgen.fs import store
from assetgen.verdicts import Verdicts, key

_NAME = "pages"


def _cached(root: Path, values: dict[bytes, bytes]) -> Path:
    """The file of a cache with ``values``."""
    store.prepare(root)
    kept = Verdicts(root, _NAME)
    for one, value in values.items():
        kept.put(one, value)
    kept.save()
    return root / ".assetgen" / "cache" / _NAME


@given(
    st.lists(st.binary(max_size=9), max_size=4),
    st.lists(st.binary(max_size=9), max_size=4),
)
def test_keys_are_equal_only_for_equal_parts(one: list[bytes], other: list[bytes]) -> None:
    assert (key(*one) == key(*other)) == (one == other)


def test_values_are_read_back_whatever_they_contain(tmp_path: Path) -> None:
    values = {key(b"%d" % size): bytes([size, 10, 124, 0]) * size for size in range(7)}
    _cached(tmp_path, values)
    kept = Verdicts(tmp_path, _NAME)
    assert {one: kept.get(one) for one in values} == values
    assert kept.get(key(b"other")) is None


def _flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _link_to_a_device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _older(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"assetgen-verdicts 1", b"assetgen-verdicts 0", 1))


def _other_code(path: Path) -> None:
    ours = verdicts._code().hex().encode()
    path.write_bytes(path.read_bytes().replace(ours, b"0" * len(ours), 1))


def _no_count(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"|1|", b"|one|", 1))


_DAMAGE: list[Callable[[Path], object]] = [
    _flip_a_bit,
    _cut,
    _older,
    _other_code,
    _no_count,
    _link_to_a_device,
    _pipe,
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(os.urandom(999)),
    Path.unlink,
]


@pytest.mark.parametrize("damage", _DAMAGE)
def test_a_damaged_cache_is_empty(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    one = key(b"one")
    damage(_cached(tmp_path, {one: b"value"}))
    assert Verdicts(tmp_path, _NAME).get(one) is None


def test_a_cache_that_came_with_a_clone_is_empty(tmp_path: Path) -> None:
    one = key(b"one")
    _cached(tmp_path / "author", {one: b"wrong"})
    shutil.copytree(tmp_path / "author", tmp_path / "clone")
    assert Verdicts(tmp_path / "clone", _NAME).get(one) is None


def test_a_cache_that_is_off_is_neither_read_nor_written(tmp_path: Path) -> None:
    one, other = key(b"one"), key(b"other")
    path = _cached(tmp_path, {one: b"value"})
    before = path.read_bytes()
    kept = Verdicts(tmp_path, _NAME, off=True)
    assert kept.get(one) is None
    kept.put(other, b"new")
    assert kept.get(other) == b"new"
    kept.save()
    assert path.read_bytes() == before


def test_values_of_another_branch_stay_while_there_is_room(tmp_path: Path) -> None:
    old = {key(b"old", bytes([number])): bytes(2_000_000) for number in range(6)}
    new = key(b"new")
    _cached(tmp_path, old)
    _cached(tmp_path, {new: b"value"})
    kept = Verdicts(tmp_path, _NAME)
    assert kept.get(new) == b"value"
    assert sum(kept.get(one) is not None for one in old) == 4  # of 8 MiB


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    kept = Verdicts(tmp_path, _NAME)  # without store.prepare: there is no folder
    kept.put(key(b"one"), b"value")
    kept.save()
    assert list(tmp_path.iterdir()) == []
