"""Where Linux, macOS and Windows differ: the system is asked here, and the rest of the code is not.

What a system lacks is a parameter, so that each fallback can be tested on any system.
"""

from __future__ import annotations

import errno
import math
import os
import stat
import sys
from contextlib import suppress

TYPE_CHECKING = False  # the command line imports this module for --version too
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

IS_WINDOWS = os.name == "nt"
#: Whether programs have windows without an X or Wayland display.
HAS_WINDOWS_ALWAYS = IS_WINDOWS or sys.platform == "darwin"

#: The longest wait in seconds that the main thread may begin; None for any. On Windows, Ctrl-C has
#: no effect before a wait ends.
LONGEST_WAIT: float | None = 1.0 if IS_WINDOWS else None


def module(name: str) -> Any:
    """A module that some systems lack; None there."""
    try:
        return __import__(name)
    except ImportError:
        return None


def machine() -> str:
    """The system and the processor, such as "linux x86_64"."""
    import platform

    processor = platform.machine().lower()
    return f"{sys.platform} {_SAME.get(processor, processor) or 'unknown'}"


# Other names of processors.
_SAME = {"amd64": "x86_64", "arm64": "aarch64"}


def program_names(name: str, *, is_windows: bool = IS_WINDOWS) -> tuple[str, ...]:
    """The file names under which a program is installed. npm installs commands as .cmd files."""
    return (f"{name}.exe", f"{name}.cmd") if is_windows else (name,)


# -- durable writes --------------------------------------------------------------------------------

# What a file system answers that does not know the request; the other errors mean lost data.
_UNKNOWN = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOTTY})
_LOST = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})


def full_sync(fcntl: Any) -> Callable[[int], object] | None:
    """What also empties the cache of the drive, where fsync does not (macOS); None elsewhere."""
    command = getattr(fcntl, "F_FULLFSYNC", None)
    return None if command is None else lambda descriptor: fcntl.fcntl(descriptor, command)


_FULL_SYNC = full_sync(module("fcntl"))


def sync_file(descriptor: int, full: Callable[[int], object] | None = _FULL_SYNC) -> None:
    """Make the content of an open file durable. Raises OSError."""
    if full is not None:
        try:
            full(descriptor)
            return
        except OSError as exc:
            if exc.errno not in _UNKNOWN:
                raise
    os.fsync(descriptor)


def sync_files(paths: Sequence[Path]) -> None:
    """Make the contents of files durable. Raises OSError."""
    by_device: dict[int, list[Path]] = {}
    for path in paths:
        by_device.setdefault(os.stat(path).st_dev, []).append(path)
    for some in by_device.values():
        _sync_together(some)


def _sync_together(paths: Sequence[Path]) -> None:
    """Make the contents of files in one file system durable."""
    if len(paths) > 2 and _sync_file_system(paths[0]):
        return
    for path in paths:
        with open(path, "r+b") as file:  # Windows syncs only files that are open for writing
            if path == paths[-1]:
                sync_file(file.fileno())  # empties the cache of the drive for all of them
            else:
                os.fsync(file.fileno())


def _sync_file_system(path: Path) -> bool:
    """Sync the file system of ``path`` with syncfs (Linux); False if that is not possible."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if call(descriptor) == 0:
            return True
        number = ctypes.get_errno()
        if number in _LOST:
            raise OSError(number, os.strerror(number), str(path))
        return False
    finally:
        os.close(descriptor)


def sync_folder(folder: Path, *, is_windows: bool = IS_WINDOWS) -> None:
    """Make the names in a folder durable. Raises OSError.

    Windows cannot open a folder; its file system keeps a log of names.
    """
    if is_windows:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync_file(descriptor)
    except OSError as exc:
        if exc.errno not in (*_UNKNOWN, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


# -- files and streams -----------------------------------------------------------------------------

_JUNCTION = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT
_IN_USE = (32, 33)  # ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION


def is_link(info: os.stat_result) -> bool:
    """Whether a name points elsewhere: a symbolic link, or a junction of Windows."""
    return stat.S_ISLNK(info.st_mode) or getattr(info, "st_reparse_tag", 0) == _JUNCTION


def is_in_use(exc: OSError) -> bool:
    """Whether Windows refused a file because another program has it open."""
    return getattr(exc, "winerror", None) in _IN_USE


def is_reader_gone(exc: OSError, *, is_windows: bool = IS_WINDOWS) -> bool:
    """Whether a write to a stream failed because its reader has ended.

    Windows calls that an invalid argument, as it does with a bad file name.
    """
    if isinstance(exc, BrokenPipeError):
        return True
    return is_windows and exc.errno == errno.EINVAL and exc.filename is None


# -- memory ----------------------------------------------------------------------------------------

# Parameters of mallopt, from <malloc.h> of glibc.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGEST_BLOCK = 32 << 20  # the limit of glibc: DEFAULT_MMAP_THRESHOLD_MAX on 64-bit systems


def keep_memory(libc: Any = None) -> bool:
    """Let this process use the memory of one picture again for the next; False if it cannot.

    Otherwise glibc returns the megabytes of each picture to the system, which then clears each
    page again. All threads share one pool. Other allocators stay as they are. Call it before
    threads start.
    """
    if libc is None:
        if not sys.platform.startswith("linux"):
            return False
        import ctypes

        libc = ctypes.CDLL(None)
    if not hasattr(libc, "gnu_get_libc_version"):  # another library may number these differently
        return False
    is_kept = bool(libc.mallopt(_MMAP_THRESHOLD, _LARGEST_BLOCK))
    libc.mallopt(_TRIM_THRESHOLD, 2 * _LARGEST_BLOCK)
    libc.mallopt(_ARENA_MAX, 1)
    return is_kept


# -- processes -------------------------------------------------------------------------------------


def limit_process(limits: Iterable[tuple[str, int]], resource: Any) -> None:
    """Limit this process: names of ``resource``, such as "RLIMIT_CPU", with their values.

    A limit that the system lacks or refuses is left out: Windows has none (``resource`` is None),
    macOS refuses RLIMIT_AS.
    """
    for name, value in limits:
        with suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


def limit_more_cpu(seconds: int, resource: Any) -> None:
    """Let this process use ``seconds`` of CPU from now on, where the system can limit that."""
    with suppress(AttributeError, ValueError, OSError):
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = soft if most == resource.RLIM_INFINITY else min(soft, most)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, most))


def own_group(*, is_windows: bool = IS_WINDOWS) -> dict[str, Any]:
    """Arguments for Popen that let ``end_group`` end the child with all that it starts."""
    return {} if is_windows else {"start_new_session": True}


def end_group(process: subprocess.Popen[bytes], environ: Mapping[str, str]) -> None:
    """End a child that was started with ``own_group``, and all that it started."""
    import signal

    with suppress(ProcessLookupError):
        if IS_WINDOWS:
            _run_quietly(kill_tree(process.pid, environ))
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_tree(pid: int, environ: Mapping[str, str]) -> list[str]:
    """The Windows command that ends a process with its descendants, by its full path."""
    windows = environ.get("SYSTEMROOT") or environ.get("SystemRoot") or "C:\\Windows"
    return [f"{windows}\\System32\\taskkill.exe", "/F", "/T", "/PID", str(pid)]


def _run_quietly(command: Sequence[str]) -> None:
    import subprocess

    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(command, capture_output=True, timeout=10)
