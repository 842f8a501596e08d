"""Parallel runs in one project leave exactly the same files as one run."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from pathlib import Path

import pytest

from assetgen.errors import BusyError
from assetgen.fs import lock
from assetgen.generate import performer
from assetgen.generate.options import Options
from tests.support import forks
from tests.support.place import Place
from tests.support.rows import every

_IDS = ("one", "two", "three", "deep/four")


def _tree(place: Place) -> dict[str, str]:
    listed = place.git("ls-tree", "-r", "HEAD").split("\n")
    return {row.partition("\t")[2]: row.partition("\t")[0] for row in listed}


def _on_disk(place: Place) -> dict[str, str]:
    files = [
        path
        for folder in ("public", ".assetgen/records")
        for path in (place.root / folder).rglob("*")
    ]
    return {
        path.relative_to(place.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }


def _at_once(place: Place, commands: list[list[str]]) -> list[tuple[int, str]]:
    """Exit code and output of commands that were started together."""
    started = [
        subprocess.Popen(
            [str(forks.programs() / "assetgen"), *command],
            cwd=place.root,
            env=place.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    ]
    ended = []
    for process in started:
        said, _ = process.communicate(timeout=120)
        ended.append((process.returncode, said))
    return ended


def _one_run(folder: Path) -> Place:
    place = Place(folder / "alone", folder / "home")
    place.covers(*_IDS)
    place.start().ok("generate")
    return place


@pytest.mark.parametrize("count", every(2, [2, 8]))
def test_parallel_runs_leave_the_same_files_as_one_run(tmp_path: Path, count: int) -> None:
    alone = _one_run(tmp_path)
    place = Place(tmp_path / "together", tmp_path / "home")
    place.covers(*_IDS)
    place.start()
    ended = _at_once(place, [["generate"]] * count)
    assert [code for code, _ in ended] == [0] * count, ended
    assert _tree(place) == _tree(alone)
    assert _on_disk(place) == _on_disk(alone)
    assert place.git("log", "--format=%s") == alone.git("log", "--format=%s")
    assert place.git("status", "--porcelain") == ""
    assert place.git("fsck", "--strict", "--no-dangling") == ""
    assert sum("4 made" in said for _, said in ended) == 1
    assert list((place.root / ".assetgen/cache/writing").iterdir()) == []
    place.ok("check")
    place.ok("check", "--staged")


def test_parallel_runs_for_different_images_make_all(tmp_path: Path) -> None:
    alone = _one_run(tmp_path)
    place = Place(tmp_path / "together", tmp_path / "home")
    place.covers(*_IDS)
    place.start()
    ended = _at_once(place, [["generate", asset_id] for asset_id in _IDS])
    assert [code for code, _ in ended] == [0] * len(_IDS), ended
    assert _tree(place) == _tree(alone)
    assert _on_disk(place) == _on_disk(alone)
    assert len(place.git("log", "--format=%s").split("\n")) == 1 + len(_IDS)
    assert place.git("status", "--porcelain") == ""
    place.ok("check")


def test_plan_and_check_do_not_disturb_a_run(tmp_path: Path) -> None:
    place = Place(tmp_path / "together", tmp_path / "home")
    place.covers(*_IDS)
    place.start()
    ended = _at_once(place, [["generate"], ["check"], ["plan"], ["check", "--staged"], ["check"]])
    assert ended[0][0] == 0, ended[0]
    assert all(code in (0, 1) and "Traceback" not in said for code, said in ended), ended
    place.ok("check")
    place.ok("check", "--staged")


def test_a_run_that_waits_too_long_is_an_error_with_the_cause(bare: Place) -> None:
    bare.covers("one")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.locked(bare.root):
            held.set()
            done.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(60)
    try:
        with (
            pytest.raises(BusyError, match="another assetgen run"),
            lock.locked(bare.root, wait=0.05),
        ):
            pass
    finally:
        done.set()
        holder.join()
    assert performer.generate(bare.root, Options(commit=False), bare.environ).made
