"""A purchase killed at any call to the disk or the network is paid once and never lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.harm import CALLS, STREAMED, Harm, Route, Runner, Stand, sweep
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is installed"),
]

_NETWORK = ("connect", "send", "recv")
# Most folders exist already; a kill before making one is a kill at the next call.
_LASTING = tuple(call for call in CALLS if call != "mkdir")
_WRITES = ("write", "pwrite", "send")
_ROUTES = [
    pytest.param(Route("images"), id="images"),
    pytest.param(Route("images", STREAMED), id="images streamed"),
    pytest.param(Route("responses"), id="responses"),
    pytest.param(Route("responses", STREAMED), id="responses streamed"),
    pytest.param(Route("gateway:g", profile="chat"), id="chat"),
    pytest.param(Route("gateway:g", profile="tasks"), id="tasks"),
]


@pytest.fixture(scope="module")
def runners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Runner]]:
    folder = tmp_path_factory.mktemp("runners")
    with Runner(folder / "a") as a, Runner(folder / "b") as b:
        yield [a, b]


def test_a_kill_at_each_call_is_paid_once_and_loses_nothing(
    tmp_path: Path, runners: list[Runner]
) -> None:
    struck, ended = sweep(tmp_path, runners, Route("images"), lambda n: Harm(n, _LASTING))
    assert set(_LASTING) - {"ftruncate", "syncfs", "connect"} <= struck.keys()
    assert sum(struck.values()) > 150
    assert ended["clean"] > ended["unknown"] > 0


@pytest.mark.parametrize("torn", [False, True], ids=["whole", "torn"])
def test_a_kill_in_a_repository_is_paid_once_and_loses_nothing(
    tmp_path: Path, runners: list[Runner], torn: bool
) -> None:
    calls = _WRITES if torn else _LASTING
    every = 5 if torn else 4
    struck, ended = sweep(
        tmp_path,
        runners,
        Route("images"),
        lambda n: Harm(n, calls, torn=torn),
        every=every,
        git=True,
    )
    assert sum(struck.values()) > (10 if torn else 40)
    assert ended["clean"] > 0


@pytest.mark.parametrize("route", _ROUTES)
def test_a_kill_at_each_call_on_the_network_is_paid_once_on_every_route(
    tmp_path: Path, runners: list[Runner], route: Route
) -> None:
    struck, ended = sweep(tmp_path, runners, route, lambda n: Harm(n, _NETWORK))
    assert set(_NETWORK) == struck.keys()
    assert ended["unknown"] > 0


@pytest.mark.parametrize("route", _ROUTES[1:])
def test_a_kill_anywhere_on_another_route_is_paid_once(
    tmp_path: Path, runners: list[Runner], route: Route
) -> None:
    struck, _ = sweep(tmp_path, runners, route, lambda n: Harm(n, _LASTING), every=13)
    assert sum(struck.values()) > 10


@pytest.mark.parametrize("more", ["", STREAMED], ids=["plain", "streamed"])
@pytest.mark.parametrize("fault", ["stall", "reset_mid_body"])
def test_a_kill_while_a_response_breaks_off_is_paid_once(
    tmp_path: Path, runners: list[Runner], fault: str, more: str
) -> None:
    route = Route("responses", more)
    breaking = {"name": fault, "path": "/responses", "seconds": 0.2}
    sweep(tmp_path / "all", runners, route, lambda n: Harm(n, _LASTING), every=23, fault=breaking)
    # Few of all calls are on the network, and these are the ones that matter.
    struck, ended = sweep(
        tmp_path / "network", runners, route, lambda n: Harm(n, _NETWORK), every=2, fault=breaking
    )
    assert struck["recv"] and ended["clean"] > 0


def test_a_kill_while_two_are_bought_at_the_same_time_is_paid_once(
    tmp_path: Path, runners: list[Runner]
) -> None:
    arguments = ("generate", "--no-commit", "-j", "2")
    struck, _ = sweep(
        tmp_path, runners, Route("images"), lambda n: Harm(n, _LASTING), *arguments, every=7
    )
    assert sum(struck.values()) > 15


def test_a_kill_in_the_middle_of_a_write_leaves_no_half_written_file(
    tmp_path: Path, runners: list[Runner]
) -> None:
    struck, _ = sweep(
        tmp_path, runners, Route("images"), lambda n: Harm(n, _WRITES, torn=True), every=4
    )
    assert sum(struck.values()) > 15


def test_a_second_kill_while_recovering_is_recovered_from(
    tmp_path: Path, runners: list[Runner]
) -> None:
    with Provider() as provider:
        stand = Stand(tmp_path, runners[0], provider, "images")
        whole = stand.trial()
        calls = whole.harmed(Harm(0, _LASTING)).calls
        received = len(calls) - calls[::-1].index("recv")
        for second in range(1, 80, 6):
            trial = stand.trial()
            assert trial.harmed(Harm(received + 3, _LASTING)).code == -9
            trial.harmed(Harm(second, _LASTING))
            trial.assert_paid_once()
            trial.done()


def test_the_entry_is_safe_from_a_power_cut_before_anything_is_sent(
    tmp_path: Path, runners: list[Runner]
) -> None:
    with Provider() as provider:
        calls = Stand(tmp_path, runners[0], provider, "images").trial().harmed(Harm(0)).calls
    before = calls[: calls.index("connect")]
    # sqlite commits by removing its rollback journal; the folder must be flushed after that.
    assert before[-2:] in (["unlink", "fsync"], ["unlink", "fdatasync"])


def test_the_reply_is_on_the_disk_before_the_log_says_so(
    tmp_path: Path, runners: list[Runner]
) -> None:
    with Provider() as provider:
        calls = Stand(tmp_path, runners[0], provider, "images").trial().harmed(Harm(0)).calls
    after = calls[calls.index("recv") :]
    assert after[after.index("write") + 1 :][:2] == ["fsync", "fsync"]  # the file, and its name


def test_runs_at_the_same_time_buy_each_picture_once(place: Place) -> None:
    with Provider(delay=0.3) as provider:
        shop = Shop(place, provider)
        shop.wants("one", "two", "three")
        with ThreadPoolExecutor(3) as pool:
            runs = list(pool.map(lambda _: shop.run("generate", "--no-commit"), range(3)))
        assert [run.code for run in runs] == [0, 0, 0], [run.err for run in runs]
        assert provider.billed == 3
