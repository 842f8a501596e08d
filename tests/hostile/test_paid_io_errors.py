"""Bad disks and a damaged log: a purchase is paid once, never lost and never repeated blindly."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.harm import STREAMED, Harm, Route, Runner, Stand, Trial, mounted, remount, sweep
from tests.support.provider import Provider

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is installed"),
]
_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")

_DISK = (
    "open",
    "write",
    "pwrite",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "unlink",
    "mkdir",
    "syncfs",
)
_LOG = ".assetgen/cache/journal.db"


@pytest.fixture(scope="module")
def runners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Runner]]:
    folder = tmp_path_factory.mktemp("runners")
    with Runner(folder / "a") as a, Runner(folder / "b") as b:
        yield [a, b]


@pytest.fixture
def stand(tmp_path: Path, runners: list[Runner]) -> Iterator[Stand]:
    with Provider() as provider:
        yield Stand(tmp_path / "stand", runners[0], provider, "images")


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_an_error_of_the_disk_anywhere_is_paid_once_and_loses_nothing(
    tmp_path: Path, runners: list[Runner], error: str, lasting: bool
) -> None:
    number = getattr(errno, error)
    struck, _ = sweep(
        tmp_path, runners, Route("images"), lambda n: Harm(n, _DISK, number, lasting), every=9
    )
    assert sum(struck.values()) > 20


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_an_error_of_the_disk_in_a_repository_is_paid_once(
    tmp_path: Path, runners: list[Runner], error: str, lasting: bool
) -> None:
    number = getattr(errno, error)
    struck, _ = sweep(
        tmp_path,
        runners,
        Route("images"),
        lambda n: Harm(n, _DISK, number, lasting),
        every=11,
        git=True,
    )
    assert sum(struck.values()) > 15


@pytest.mark.parametrize(
    "route", [Route("images", STREAMED), Route("responses")], ids=["streamed", "responses"]
)
def test_a_full_disk_on_another_route_is_paid_once(
    tmp_path: Path, runners: list[Runner], route: Route
) -> None:
    struck, _ = sweep(
        tmp_path, runners, route, lambda n: Harm(n, _DISK, errno.ENOSPC, True), every=23
    )
    assert sum(struck.values()) > 7


@pytest.mark.parametrize(
    ("route", "error"),
    [
        pytest.param(Route("images"), "EIO", id="images, EIO"),
        pytest.param(Route("images"), "ECONNRESET", id="images"),
        pytest.param(Route("images", STREAMED), "ECONNRESET", id="images streamed"),
        pytest.param(Route("responses"), "ECONNRESET", id="responses"),
    ],
)
def test_a_connection_that_breaks_at_any_call_is_paid_once(
    tmp_path: Path, runners: list[Runner], route: Route, error: str
) -> None:
    number = getattr(errno, error)
    struck, _ = sweep(
        tmp_path, runners, route, lambda n: Harm(n, ("connect", "send", "recv"), number)
    )
    assert struck.keys() == {"connect", "send", "recv"}


@_root
@pytest.mark.parametrize("room", [8, 24, 48, 72, 88, 104, 136, 168], ids="{} KiB".format)
def test_a_disk_that_fills_up_costs_nothing_twice(stand: Stand, room: int) -> None:
    trial = stand.trial()
    wanted = trial.shop.place.read("assets.toml")
    with mounted(trial.root, "-t", "tmpfs", "-o", f"size={room}k", "tmpfs"):
        trial.shop.place.manifest(wanted.decode())
        run = trial.harmed(Harm(0))
        assert run.code in (0, 9, 12) and "Traceback" not in run.said, run.said
        assert run.code == 0 or "full" in run.said
        remount(trial.root, "size=8m")
        trial.assert_paid_once()


@_root
@pytest.mark.parametrize("room", [8, 24, 48, 72, 104], ids="{} KiB".format)
def test_a_repository_whose_disk_fills_up_costs_nothing_twice(
    tmp_path: Path, runners: list[Runner], room: int
) -> None:
    with Provider() as provider:
        trial = Stand(tmp_path / "stand", runners[0], provider, "images", git=True).trial()
        trial.kept.mkdir(parents=True)
        with mounted(trial.kept, "-t", "tmpfs", "-o", f"size={room}k", "tmpfs"):
            run = trial.harmed(Harm(0))
            assert run.code in (0, 9, 12) and "Traceback" not in run.said, run.said
            assert run.code == 0 or "full" in run.said
            remount(trial.kept, "size=8m")
            trial.assert_paid_once()


@_root
def test_a_cache_without_room_stops_everything_before_the_first_request(stand: Stand) -> None:
    trial = stand.trial()
    (trial.root / ".assetgen/cache").mkdir(parents=True)
    with mounted(trial.root / ".assetgen/cache", "-t", "tmpfs", "-o", "size=4k", "tmpfs"):
        run = trial.harmed(Harm(0))
        assert (run.code, "Traceback" in run.said) == (9, False), run.said
        assert trial.orders() == {"one": 0, "two": 0}


@_root
def test_a_read_only_project_stops_everything_before_the_first_request(stand: Stand) -> None:
    trial = stand.trial()
    with mounted(trial.root, "--bind", str(trial.root)):
        remount(trial.root, "bind,ro")
        run = trial.harmed(Harm(0))
        assert (run.code, "read-only" in run.said) == (9, True), run.said
        assert trial.orders() == {"one": 0, "two": 0}
    trial.assert_paid_once()


def _garbage(trial: Trial) -> None:
    (trial.root / _LOG).write_bytes(b"no database at all\n" * 400)


def _torn(trial: Trial) -> None:
    whole = (trial.root / _LOG).read_bytes()
    (trial.root / _LOG).write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))


def _folder(trial: Trial) -> None:
    (trial.root / _LOG).unlink()
    (trial.root / _LOG).mkdir()


def _link(trial: Trial) -> None:
    target = trial.root / "elsewhere.db"
    (trial.root / _LOG).rename(target)
    (trial.root / _LOG).symlink_to(target)


def _foreign(trial: Trial) -> None:
    with sqlite3.connect(trial.root / _LOG) as log:
        log.execute("UPDATE checkout SET token = 'of another checkout'")
    log.close()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        pytest.param(_garbage, 9, id="garbage"),
        pytest.param(_torn, 9, id="torn"),
        pytest.param(_folder, 9, id="a folder"),
        pytest.param(_link, 9, id="a link"),
        pytest.param(_foreign, 11, id="of another checkout"),
    ],
)
def test_with_a_log_that_cannot_be_trusted_nothing_is_sent(
    stand: Stand, damage: Callable[[Trial], None], code: int
) -> None:
    trial = stand.trial()
    trial.shop.buys("one")
    damage(trial)
    run = trial.harmed(Harm(0))
    assert (run.code, "Traceback" in run.said) == (code, False), run.said
    assert trial.orders() == {"one": 1, "two": 0}
    again = trial.harmed(Harm(0), "generate", "--force", "--no-commit")
    assert (again.code, trial.orders()) == (code, {"one": 1, "two": 0}), again.said


def test_a_reply_of_a_lost_log_is_not_used_for_a_new_request(stand: Stand) -> None:
    calls = stand.trial().harmed(Harm(0)).calls
    trial = stand.trial()
    # Killed while the reply is flushed: it exists, and the log does not say so.
    assert trial.harmed(Harm(calls.index("fsync", calls.index("recv")) + 1)).code == -9
    assert (trial.root / ".assetgen/cache/replies/1").stat().st_size > 1000
    (trial.root / _LOG).unlink()
    assert trial.harmed(Harm(0), "generate", "--no-commit", "one").code == 9
    assert trial.harmed(Harm(0), "doctor", "--keep-log").code == 0
    # The next request has the number of the old one, and no reply.
    lost = trial.harmed(Harm(1, ("recv",), errno.ECONNRESET), "generate", "--no-commit", "one")
    assert lost.code == 12, lost.said
    assert [failure.asset_id for failure in trial.shop.generate("one").failed] == ["one"]
    kept = [path.name for path in (trial.root / ".assetgen/cache/replies").iterdir()]
    assert len(kept) == 1 and kept[0].startswith("stray-")
