"""A batch whose run is killed at any step: nothing is lost, and nothing is started twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from assetgen.errors import UnknownOutcome
from assetgen.plan.decide import Action, State
from tests.support.batch_shop import BatchShop
from tests.support.place import Place
from tests.support.provider import Provider

_LATER = "2099-01-01T00:00:00Z"


@pytest.fixture
def shop(place: Place) -> Iterator[BatchShop]:
    with Provider() as provider:
        shop = BatchShop(place, provider)
        shop.plan()
        place.picture("assets/in.png", (64, 64))
        shop.wants("a", "b", more='inputs = ["assets/in.png"]')
        shop.commits()
        yield shop


def _killed(shop: BatchShop, number: int, *arguments: str) -> bool:
    """Run a command that is killed while its request ``number`` is worked on; whether it was."""
    first = len(shop.provider.requests)
    paid = {k: v for k, v in shop.environ.items() if k not in shop.place.environ}
    run = subprocess.Popen(
        [sys.executable, "-P", "-m", "assetgen", *arguments],
        cwd=shop.place.root,
        env={**shop.place.environ, **paid},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def kill() -> None:
        if len(shop.provider.requests) - first == number - 1:
            os.kill(run.pid, signal.SIGKILL)
            run.wait()

    shop.provider.meanwhile = kill
    code = run.wait()
    shop.provider.meanwhile = lambda: None
    assert code in (0, -signal.SIGKILL), code
    return code != 0


def _settled(shop: BatchShop) -> None:
    """Everything is made, paid once and committed; nothing is left at the provider."""
    done = shop.collected()
    assert [one.error for one in done.collected] in ([None], [])
    for name in "ab":
        assert shop.decision(name).state is State.FRESH
    assert len(shop.account.batches) == 1 and shop.provider.billed == 2
    assert shop.place.git("status", "-s") == "" and shop.open_entries() == []
    assert [f.purpose for f in shop.account.files.values() if f.purpose == "vision"] == []


#: What the requests of a batch with an input are: the image, the requests, the start.
_SENDING = [
    pytest.param(1, id="image", marks=pytest.mark.more),
    pytest.param(2, id="requests", marks=pytest.mark.more),
    pytest.param(3, id="start"),
]


@pytest.mark.parametrize("number", _SENDING)
def test_a_kill_while_a_batch_is_sent_starts_it_once(shop: BatchShop, number: int) -> None:
    assert _killed(shop, number, "generate", "--batch")
    assert shop.decision("a").action is Action.WAIT
    assert shop.generate().exit_code == 0 and shop.provider.billed == 0  # it buys nothing
    again = shop.send()
    if number < 3:
        assert len(again.recovered.dropped) == 1
    else:
        assert again.started == again.recovered.found and len(again.started) == 1
    _settled(shop)


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=[] if n == 4 else pytest.mark.more) for n in range(1, 8)]
)
def test_a_kill_while_a_batch_is_collected_loses_nothing(shop: BatchShop, number: int) -> None:
    shop.sent()
    _killed(shop, number, "batch", "collect")
    _settled(shop)


@pytest.mark.more
@pytest.mark.parametrize("step", ["preparing", "starting"])
def test_kills_one_after_the_other_are_recovered_from(shop: BatchShop, step: str) -> None:
    for number in range(1, 4) if step == "preparing" else (3, 1, 2):
        _killed(shop, number, "generate", "--batch")
        _killed(shop, 1, "batch", "collect")
    shop.send()
    _settled(shop)


def _lost_before(shop: BatchShop) -> None:
    shop.provider.fault("reset_before", path="/batches")


def _lost_after(shop: BatchShop) -> None:
    shop.provider.fault("reset_after", path="/batches")


@pytest.mark.parametrize("lose", [_lost_before, _lost_after])
def test_an_unknown_start_is_told_looked_for_and_never_repeated_by_itself(
    shop: BatchShop, lose: Callable[[BatchShop], None]
) -> None:
    lose(shop)
    with pytest.raises(UnknownOutcome, match="may have been started"):
        shop.send()
    assert len(shop.account.batches) == (lose is _lost_after)
    assert shop.generate().made == []
    if lose is _lost_before:
        told = shop.send()
        assert told.exit_code == UnknownOutcome.exit_code and told.started == []
        assert "not known whether it was started" in told.recovered.unknown[0].what
        assert "not known whether it was started" in shop.run("doctor").out
        assert shop.account.batches == {}
        later = shop.send(now=_LATER)  # the provider still lists none: it was never started
        assert (len(later.recovered.dropped), len(later.started)) == (1, 1)
    else:
        assert shop.run("batch").code == 0
    _settled(shop)


def test_a_batch_that_was_given_up_can_be_bought_again(shop: BatchShop) -> None:
    _lost_before(shop)
    with pytest.raises(UnknownOutcome):
        shop.send()
    (entry,) = shop.open_entries()
    assert shop.run("doctor", "--forget", str(entry.number)).code == 0
    assert shop.decision("a").action is Action.DRAW
    shop.sent()


def test_another_working_tree_knows_of_the_batch(shop: BatchShop) -> None:
    shop.place.git("worktree", "add", "-q", "../linked", "HEAD")
    batch_id = shop.sent()
    linked = BatchShop(Place(shop.place.root.parent / "linked", shop.place.root), shop.provider)
    assert not linked.place.has(f".assetgen/batches/{batch_id}.json")
    assert str(linked.decision("a").reasons[-1].new) == f"in batch {batch_id}"
    assert linked.generate().made == [] and shop.provider.billed == 0
