"""A batch whose run is killed at any call, while it is sent or collected.

Whatever the call: one batch is started, each image is billed once, and all of it is committed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetgen.plan.decide import State
from tests.support.batch_shop import BatchShop
from tests.support.harm import CALLS, Harm, Runner
from tests.support.place import Place
from tests.support.provider import Provider

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is installed"),
]

_LASTING = tuple(call for call in CALLS if call != "mkdir")
_LATER = "2099-01-01T00:00:00Z"
_SENDING, _COLLECTING = ("generate", "--batch"), ("batch", "collect")
#: Every so many calls a run is killed.
_EVERY = 11


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with Runner(tmp_path_factory.mktemp("runner") / "one") as one:
        yield one


def _start(folder: Path, provider: Provider) -> BatchShop:
    """A project of its own, at an account without files and batches."""
    provider.account.files.clear()
    provider.account.batches.clear()
    place = Place(folder, folder.parent / "home").start()
    shop = BatchShop(place, provider)
    shop.plan()
    place.picture("assets/in.png", (64, 64))
    shop.wants("a", "b", more='inputs = ["assets/in.png"]')
    shop.commits()
    return shop


def _settled(shop: BatchShop, billed: int) -> None:
    """Finish what was begun: it takes no more than the commands that the messages name."""
    done = shop.send()
    if done.recovered.unknown:
        assert shop.account.batches == {} and done.started == []
        done = shop.send(now=_LATER)
    assert not done.error and not done.outcome.failed
    shop.collected()
    assert [shop.decision(name).state for name in "ab"] == [State.FRESH] * 2
    assert len(shop.account.batches) == 1 and shop.provider.billed == billed + 2
    assert shop.place.git("status", "-s") == "" and shop.open_entries() == []
    assert not [f for f in shop.account.files.values() if f.purpose == "vision"]


@pytest.mark.parametrize("command", [_SENDING, _COLLECTING], ids=["sending", "collecting"])
def test_a_kill_at_any_call_starts_a_batch_once_and_loses_nothing(
    tmp_path: Path, runner: Runner, command: tuple[str, ...]
) -> None:
    struck = 0
    with Provider() as provider:
        for number in range(1, 2_000, _EVERY):
            shop = _start(tmp_path / f"trial{number}", provider)
            billed = provider.billed
            if command is _COLLECTING:
                shop.sent()
            ran = runner.run(shop.place.root, shop.environ, Harm(number, _LASTING), *command)
            _settled(shop, billed)
            shutil.rmtree(shop.place.root)
            if ran.code != -9:
                break
            struck += 1
    assert struck > 8
