"""What systems lack: the fallbacks of Windows and macOS, tested on any system."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import assetgen
from assetgen.errors import StorageError
from assetgen.fs import paths, platform, store

_PACKAGE = Path(assetgen.__file__).parent
# The start-up path of a clean check imports nothing, so it tests the system itself.
_ASKS_ITSELF = {"gitenv.py", "snapshot.py", "terms.py", "__main__.py"}
_QUESTIONS = re.compile(
    r"os\.name|sys\.platform|import fcntl|import resource\b|import msvcrt|fsync|syncfs"
    r"|killpg|start_new_session|S_ISLNK|winerror|O_NOFOLLOW|O_BINARY|BrokenPipeError"
)


def test_no_other_module_asks_which_system_this_is() -> None:
    asking = {
        path.relative_to(_PACKAGE).as_posix()
        for path in _PACKAGE.rglob("*.py")
        if _QUESTIONS.search(re.sub(r"fullfsync", "", path.read_text("utf-8")))
    }
    assert asking - _ASKS_ITSELF == {"fs/platform.py"}


class Syncing:
    """A system with a call that empties the cache of the drive; ``number`` is its error."""

    F_FULLFSYNC = 51

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.asked: list[tuple[int, int]] = []

    def fcntl(self, descriptor: int, command: int) -> int:
        self.asked.append((descriptor, command))
        if self.number:
            raise OSError(self.number, os.strerror(self.number))
        return 0


def test_the_cache_of_the_drive_is_emptied_where_the_system_can(tmp_path: Path) -> None:
    system = Syncing()
    with open(tmp_path / "file", "wb") as file:
        platform.sync_file(file.fileno(), platform.full_sync(system))
        assert system.asked == [(file.fileno(), Syncing.F_FULLFSYNC)]
    assert platform.full_sync(SimpleNamespace()) is None
    assert platform.full_sync(None) is None


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOTTY])
def test_a_file_system_without_that_call_is_synced_as_usual(tmp_path: Path, number: int) -> None:
    system = Syncing(number)
    with open(tmp_path / "file", "wb") as file:
        platform.sync_file(file.fileno(), platform.full_sync(system))
    assert len(system.asked) == 1
    with pytest.raises(OSError, match="Bad file descriptor"):  # fsync is what is called then
        platform.sync_file(10**6, platform.full_sync(system))


def test_lost_data_is_an_error(tmp_path: Path) -> None:
    with open(tmp_path / "file", "wb") as file, pytest.raises(OSError, match="No space left"):
        platform.sync_file(file.fileno(), platform.full_sync(Syncing(errno.ENOSPC)))


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_files_of_any_number_are_synced(tmp_path: Path, count: int) -> None:
    files = [tmp_path / str(number) for number in range(count)]
    for file in files:
        file.write_bytes(b"content")
    platform.sync_files(files)
    assert all(file.read_bytes() == b"content" for file in files)


def test_a_missing_file_cannot_be_synced(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        platform.sync_files([tmp_path / "missing"])


def test_a_folder_is_synced_except_on_windows(tmp_path: Path) -> None:
    platform.sync_folder(tmp_path, is_windows=False)
    with pytest.raises(FileNotFoundError):
        platform.sync_folder(tmp_path / "missing", is_windows=False)
    platform.sync_folder(tmp_path / "missing", is_windows=True)  # it is not opened at all


def stat_of(kind: int, **more: int) -> Any:
    return SimpleNamespace(st_mode=kind | 0o755, **more)


_FOLDER, _LINK = 0o040000, 0o120000


@pytest.mark.parametrize(
    ("info", "found"),
    [
        (stat_of(_FOLDER), False),
        (stat_of(_LINK), True),
        (stat_of(_FOLDER, st_reparse_tag=0), False),
        (stat_of(_FOLDER, st_reparse_tag=0xA0000003), True),
        (stat_of(_LINK, st_reparse_tag=0xA000000C), True),
        (stat_of(_FOLDER, st_reparse_tag=0x9000001A), False),
    ],
    ids=["folder", "link", "folder of Windows", "junction", "link of Windows", "cloud folder"],
)
def test_links_and_junctions_point_elsewhere(info: Any, found: bool) -> None:
    assert platform.is_link(info) is found


def test_a_link_on_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    paths.refuse_links(tmp_path, "real/file")
    with pytest.raises(StorageError, match="link is a symbolic link"):
        paths.refuse_links(tmp_path, "link/file")


def of_windows(number: int) -> PermissionError:
    """The error that Windows raises when it refuses a file."""
    exc = PermissionError(errno.EACCES, "Permission denied")
    exc.__dict__["winerror"] = number
    return exc


@pytest.mark.parametrize("number", [32, 33])
def test_a_file_that_another_program_has_open_is_named_with_its_cure(number: int) -> None:
    error = store.explained(of_windows(number), "public/a.png")
    assert error.what == "public/a.png cannot be written: another program has it open"
    assert str(error.cure) == "close it there, then run the same command again"


@pytest.mark.parametrize("exc", [of_windows(5), PermissionError(errno.EACCES, "Permission denied")])
def test_a_file_without_permission_is_not_called_open(exc: OSError) -> None:
    assert store.explained(exc, "public/a.png").what.endswith("permission is denied")


_NAMED = OSError(errno.EINVAL, "Invalid argument", "a?b")


@pytest.mark.parametrize(
    ("exc", "is_windows", "gone"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), False, True),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), True, True),
        (OSError(errno.EINVAL, "Invalid argument"), True, True),
        (OSError(errno.EINVAL, "Invalid argument"), False, False),
        (OSError(errno.ENOSPC, "No space left on device"), True, False),
        (_NAMED, True, False),
    ],
    ids=["pipe", "pipe, Windows", "invalid, Windows", "invalid", "full", "bad name, Windows"],
)
def test_a_closed_reader_is_distinguished_from_an_error(
    exc: OSError, is_windows: bool, gone: bool
) -> None:
    assert platform.is_reader_gone(exc, is_windows=is_windows) is gone


class Limits:
    """A ``resource`` module that refuses one limit, as macOS does, and lacks another."""

    RLIMIT_AS, RLIMIT_CPU = 5, 0

    def __init__(self, refused: int) -> None:
        self.refused = refused
        self.now: dict[int, tuple[int, int]] = {}

    def setrlimit(self, which: int, value: tuple[int, int]) -> None:
        if which == self.refused:
            raise ValueError("current limit exceeds maximum limit")
        self.now[which] = value


def test_a_refused_limit_does_not_prevent_the_others() -> None:
    system = Limits(refused=Limits.RLIMIT_AS)
    wanted = (("RLIMIT_AS", 1000), ("RLIMIT_CORE", 0), ("RLIMIT_CPU", 30))
    platform.limit_process(wanted, system)
    assert system.now == {Limits.RLIMIT_CPU: (30, 30)}
    platform.limit_process(wanted, None)  # Windows


def test_a_limit_applies_to_this_process() -> None:
    code = (
        "from assetgen.fs import platform\n"
        "resource = platform.module('resource')\n"
        "platform.limit_process([('RLIMIT_AS', 300 * 2**20), ('RLIMIT_CORE', 0)], resource)\n"
        "try: bytearray(400 * 2**20)\n"
        "except MemoryError: print('refused')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "refused\n"


def test_a_module_that_a_system_lacks_is_none() -> None:
    assert platform.module("msvcrt_of_no_system") is None
    assert platform.module("errno") is errno


def test_programs_of_npm_are_looked_for_under_their_names_on_windows() -> None:
    assert platform.program_names("codex", is_windows=True) == ("codex.exe", "codex.cmd")
    assert platform.program_names("codex", is_windows=False) == ("codex",)


def test_a_child_is_ended_with_what_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    script = f"sleep 60 & echo $! > {started}.new; mv {started}.new {started}; wait"
    with subprocess.Popen(["sh", "-c", script], **platform.own_group()) as child:
        until = time.monotonic() + 20
        while not started.exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        platform.end_group(child, os.environ)
        platform.end_group(child, os.environ)  # it has ended already
    inner = int(started.read_text())
    while (state := _state(inner)) not in ("", "Z"):
        assert time.monotonic() < until, state
        time.sleep(0.01)


def _state(pid: int) -> str:
    """The state of a process as ps prints it; "" if there is none."""
    ran = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True)
    return ran.stdout.strip()[:1]


def test_windows_ends_a_tree_of_processes_by_its_own_program() -> None:
    assert platform.own_group(is_windows=True) == {}
    command = platform.kill_tree(7, {"SYSTEMROOT": "D:\\Win"})
    assert command == ["D:\\Win\\System32\\taskkill.exe", "/F", "/T", "/PID", "7"]
    assert platform.kill_tree(7, {})[0] == "C:\\Windows\\System32\\taskkill.exe"


_FAULTS = """
import resource, sys
from assetgen.fs import platform
if sys.argv[1] == "keep":
    assert platform.keep_memory() and platform.keep_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
[bytes([1]) * (8 << 20) for _ in range(2)]
before = faults()
for _ in range(10):
    bytes([1]) * (8 << 20)
print(faults() - before)
"""


def test_the_memory_of_a_picture_is_used_again_for_the_next() -> None:
    if not platform.keep_memory():
        return  # another allocator: nothing is set, as the next test shows
    found = [
        int(subprocess.check_output([sys.executable, "-c", _FAULTS, how]))
        for how in ("keep", "return")
    ]
    assert found[0] * 20 < found[1], found


def test_an_allocator_without_the_name_of_glibc_is_left_alone() -> None:
    class Musl:
        """A C library whose mallopt means something else."""

        def mallopt(self, *_: int) -> int:
            raise AssertionError("not called")

    assert not platform.keep_memory(Musl())
