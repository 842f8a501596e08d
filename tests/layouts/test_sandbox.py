"""sandbox: many pictures are drawn by other processes, which may die, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from assetgen.errors import StorageError
from assetgen.layouts import artist, closure, engine, kind, render, sandbox
from assetgen.layouts.spec import Order
from tests.support.place import Place

_COVER = kind.find(closure.shipped_root().parent, "cover")
_FONTS = kind.available_fonts(Path("none"))


def _order(title: str) -> Order:
    values = _COVER.fill({"title": title, "layout": "centred", "pattern": "none"})
    return Order(_COVER, values, 300, 160, fonts=_FONTS)


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the number of each process that was started to draw."""
    return _python(tmp_path, monkeypatch, "")


def _python(folder: Path, monkeypatch: pytest.MonkeyPatch, first: str) -> Path:
    """An interpreter that notes each start, and then does ``first``."""
    started, python = folder / "started", folder / "python"
    python.write_text(
        f'#!/bin/sh\necho $$ >>{started}\n{first}\nexec {sys.executable} "$@"\n', "utf-8"
    )
    python.chmod(0o755)
    started.touch()
    monkeypatch.setattr(sys, "executable", str(python))
    return started


def _count(started: Path) -> int:
    """How many processes were started. None of them may be left, not even as a zombie."""
    pids = started.read_text().split()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
    return len(pids)


def test_many_pictures_are_drawn_by_other_processes_which_are_replaced_in_time(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artist, "MAX_DRAWN", 3)
    orders = [_order(f"Number {n}") for n in range(5)]
    with sandbox.at_work(sandbox.MANY):
        made = [sandbox.draw(one) for one in orders]
    assert _count(started) == 2
    with sandbox.at_work(sandbox.MANY - 1):
        assert [sandbox.draw(one) for one in orders] == made
    assert made == [render.draw(one) for one in orders]
    assert _count(started) == 2


@pytest.mark.parametrize(
    "values",
    [{"title": "Plain"}, {"title": "Smile 😀 1️⃣"}, {"title": "Serif", "layout": "editorial"}],
    ids=["sans", "emoji", "serif"],
)
def test_a_picture_does_not_depend_on_the_fonts_of_earlier_ones(values: dict[str, str]) -> None:
    """A process registers a font when a picture may use it."""
    order = replace(_order("x"), values=_COVER.fill(values), width=1200, height=630)
    engine.register(order.drawn_with(""))
    with sandbox.at_work(sandbox.MANY):
        assert sandbox.draw(order) == render.draw(order)


def test_an_artist_that_was_killed_is_replaced_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    started = _python(tmp_path, monkeypatch, f"[ -e {mark} ] || {{ touch {mark}; kill -9 $$; }}")
    with sandbox.at_work(sandbox.MANY):
        assert sandbox.draw(_order("One")) == render.draw(_order("One"))
        for pid in started.read_text().split()[1:]:
            os.kill(int(pid), signal.SIGKILL)  # while it has nothing to do
        assert sandbox.draw(_order("Two")) == render.draw(_order("Two"))
    assert _count(started) == 3


def test_an_artist_that_is_always_killed_fails_its_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = _python(tmp_path, monkeypatch, "kill -9 $$")
    with sandbox.at_work(sandbox.MANY), ThreadPoolExecutor(2) as threads:
        for future in [threads.submit(sandbox.draw, _order(title)) for title in "ab"]:
            with pytest.raises(StorageError, match=r"cover/centred ended twice, with signal 9"):
                future.result()
    assert _count(started) == 4


def test_a_system_without_room_for_a_process_draws_in_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with sandbox.at_work(sandbox.MANY):
        assert sandbox.draw(_order("One")) == render.draw(_order("One"))


def test_an_interpreter_that_does_not_start_draws_in_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = _python(tmp_path, monkeypatch, "exit 3")
    with sandbox.at_work(sandbox.MANY):
        assert sandbox.draw(_order("One")) == render.draw(_order("One"))
    assert _count(started) == 2


_LEAK = """
import blitz_py
def used():
    return int(open("/proc/self/statm").read().split()[1]) * 4
def pages(count):
    for _ in range(count):
        blitz_py.Template("<p>x</p>", width=40, height=20)
pages(50)
before = used()
pages(200)
print((used() - before) / 200)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_engine_still_keeps_memory_of_each_page() -> None:
    """The reason why a process draws MAX_DRAWN images at most: if this fails, more are possible."""
    kilobytes = float(subprocess.check_output([sys.executable, "-c", _LEAK]))
    assert kilobytes > 7, "blitz-py 0.5.0 keeps 14 KB"


_GENERATE = """
import sys
from assetgen.layouts import sandbox
sandbox.MANY = 2
from assetgen.__main__ import main
sys.exit(main())
"""


def _artists_of(pid: int) -> set[str]:
    """The processes that draw for ``pid``, without git."""
    found = {
        child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in _words(task)
    }
    return {one for one in found if "assetgen.layouts.artist" in _words(f"/proc/{one}/cmdline")}


def _words(path: Path | str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").replace("\0", " ").split()
    except OSError:
        return []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_interrupt_ends_the_processes_and_keeps_what_they_drew(place: Place) -> None:
    place.covers(*(f"cover-{n}" for n in range(30)))
    running = subprocess.Popen(
        [sys.executable, "-P", "-c", _GENERATE, "generate", "-j", "2"],
        cwd=place.root,
        env=place.environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    writing = place.root / ".assetgen/cache/writing"
    deadline = time.monotonic() + 60
    artists: set[str] = set()
    while time.monotonic() < deadline and running.poll() is None:
        artists |= _artists_of(running.pid)
        if len(artists) == 2 and writing.is_dir() and len(list(writing.iterdir())) >= 4:
            break
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    made = len(list((place.root / "public").iterdir()))
    assert running.returncode == 130
    assert 2 <= made < 30 and f"{made} made" in said
    assert len(artists) == 2
    assert not [pid for pid in artists if Path(f"/proc/{pid}").exists()]
