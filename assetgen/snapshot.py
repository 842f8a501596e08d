"""The stored verdict of a clean check, and of a plan: these files had these stats.

Everything that a verdict depends on is a row: manifest, templates, records, pictures, and their
folders, whose times change when a name in them does. A row is path, size, mtime, ctime, inode and,
for files, sha256. If every row still has its stats, both verdicts are valid, and no file is opened.
What else a plan depends on is in its ``terms``. No
program can set ctime, so restored mtimes and edits of the same size show. A file that was changed
less than ``RACY_NS`` before the snapshot, or after it, is not trusted, because clocks are coarse.

Imports only what every Python has loaded already: this is the start-up path.
"""

from __future__ import annotations

import os
import time

from assetgen import __version__
from assetgen.gitenv import find_git, find_repository, is_planted, scrubbed

TYPE_CHECKING = False  # typing itself would be half of the start-up
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = ".assetgen/cache/check"
STAGED_FILE = ".assetgen/cache/check-staged"
PLAN_JSON = ".assetgen/cache/plan.json"
RACY_NS = 2_000_000_000
MAX_BYTES = 256 * 1024 * 1024
_UNTIL = b"\x1f"
_INODE = 2**63 - 1  # some file systems use all 64 bits, a row has 63
# Bump when a row, the header or the meaning of "clean" changes.
_MAGIC = f"assetgen-check 15 {__version__}".encode()

Stats = tuple[int, int, int, int]
#: path -> (stats, sha256 as 32 bytes or b"" for a folder)
Rows = dict[str, tuple[Stats, bytes]]


def stats(path: str | bytes | os.PathLike[str]) -> Stats:
    """size (bytes), mtime (ns), ctime (ns), inode; of a link itself, not of its target."""
    return stats_of(os.lstat(path))


def stats_of(info: os.stat_result) -> Stats:
    """The parts of a stat that are compared."""
    return (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino & _INODE)


def content(path: str) -> bytes:
    """The bytes of a file of the cache. Raises OSError for what a clone could put there instead.

    A link may lead to a device that never ends, and a pipe may never answer.
    """
    info = os.lstat(path)
    if info.st_mode & 0o170000 != 0o100000 or info.st_size > MAX_BYTES:
        raise OSError(f"{path} is not a file of assetgen")
    with open(path, "rb") as file:
        return file.read(info.st_size)


def still_clean(now_ns: int) -> bytes | None:
    """The message of the last clean check here, if nothing it depends on has changed; else None."""
    try:
        taken, count, message, _plan, rest = _parts(content(FILE), ".")
        message = _still_said(message, now_ns)
        is_valid = message and now_ns >= taken and _all_hold(rest, count)
        return message if is_valid else None
    except (OSError, ValueError, TypeError):  # TypeError: cut off inside a number
        return None


def said_until(message: str, until: int | None) -> str:
    """What check said, to be stored: it is valid until a time in nanoseconds since 1970."""
    return message if until is None or not message else f"{message}{_UNTIL.decode()}{until}"


def _still_said(stored: bytes, now_ns: int) -> bytes:
    """What check said, as it was stored; b"" if the time is over. Raises ValueError."""
    message, _, until = stored.partition(_UNTIL)
    return b"" if until and now_ns >= int(until) else message


def still_planned(now_ns: int, terms: bytes) -> tuple[bytes, bytes] | None:
    """(time of it, message) of the last plan here, if nothing it depends on has changed.

    ``terms`` is what ``terms.of`` says now.
    """
    try:
        taken, count, _message, plan, rest = _parts(content(FILE), ".")
        at, message, known = plan.split(b"|", 2)
        is_valid = message and known == terms and now_ns >= taken and _all_hold(rest, count)
        return (at, message) if is_valid else None
    except (OSError, ValueError, TypeError):
        return None


def _parts(data: bytes, root: str) -> tuple[int, int, bytes, bytes, bytes]:
    """When the rows were taken, their number, what check said, what plan said, the rows.

    Raises ValueError, OSError if they are not of this checkout and this version.
    """
    header, _, rest = data.partition(b"\n")
    plan, _, rest = rest.partition(b"\n")
    magic, token, taken, count, message = header.split(b"|", 4)
    if magic != _MAGIC or token != checkout_token(root) or not rest:
        raise ValueError("a foreign snapshot")
    return int(taken), int(count), message, plan, rest


def _all_hold(rest: bytes, count: int) -> bool:
    """Whether every file still has the stats of its row. Raises OSError, ValueError, TypeError."""
    width = 32 * count
    paths = rest[2 * width :].split(b"\0")
    flat = iter(memoryview(rest[:width]).cast("q"))
    # Four values from one iterator: size, mtime, ctime, inode. A wrong count is a ValueError.
    for now, size, mtime, ctime, inode in zip(
        map(os.lstat, paths), flat, flat, flat, flat, strict=True
    ):
        if (
            now.st_mtime_ns != mtime
            or now.st_ctime_ns != ctime
            or now.st_size != size
            or now.st_ino & _INODE != inode
        ):
            return False
    return True


def write(root: str, rows: Rows, taken_ns: int, message: str, plan: bytes = b"") -> None:
    """Store ``rows``, read at ``taken_ns`` or later, and the ``message`` of a clean check or "".

    ``plan`` is what ``plan_line`` made, or nothing. Rows that are too young are stored with stats
    that no file has, so that they are read again.
    """
    from array import array

    flat, digests, names = array("q"), bytearray(), []
    young = False
    for path, (stat, digest) in rows.items():
        racy = max(stat[1], stat[2]) > taken_ns - RACY_NS
        young |= racy
        flat.extend((-1, -1, -1, -1) if racy else stat)
        digests += digest or bytes(32)
        names.append(os.fsencode(path))
    said, plan = ("", b"") if young else (message, plan)
    header = b"|".join([_MAGIC, checkout_token(root), f"{taken_ns}|{len(names)}|{said}\n".encode()])
    body = [flat.tobytes(), bytes(digests), b"\0".join(names)]
    replace(os.path.join(root, FILE), b"".join([header, plan, b"\n", *body]))


def plan_line(taken_ns: int, message: str, terms: bytes) -> bytes:
    """What a plan said under ``terms``, in one line."""
    return b"|".join([str(taken_ns).encode(), message.encode(), terms])


def write_plan_as_json(root: str, taken_ns: int, text: str) -> None:
    """Store what ``plan --json`` prints, for the plan that was stored with ``taken_ns``."""
    data = text.encode()
    head = _head_of_json(root, str(taken_ns).encode(), data)
    replace(os.path.join(root, PLAN_JSON), head + b"\n" + data)


def plan_as_json(at: bytes) -> bytes | None:
    """What ``plan --json`` printed at the time ``at``; None if another plan was the last."""
    try:
        head, _, text = content(PLAN_JSON).partition(b"\n")
        return text if head == _head_of_json(".", at, text) else None
    except OSError:
        return None


def _head_of_json(root: str, at: bytes, text: bytes) -> bytes:
    from zlib import crc32

    return b"|".join([_MAGIC, checkout_token(root), at, b"%d" % crc32(text)])


def read(root: str) -> Rows:
    """The rows of the last snapshot, for their digests; empty if it cannot be trusted."""
    return stored(root)[2]


def stored(root: str) -> tuple[str, bytes, Rows]:
    """What check and plan said in the last snapshot, and its rows; empty as for ``read``."""
    from array import array

    try:
        data = content(os.path.join(root, FILE))
        taken, count, message, plan, rest = _parts(data, root)
        if time.time_ns() < taken:
            return "", b"", {}
        size = 32 * count
        flat = iter(array("q", rest[:size]))
        digests = [rest[at : at + 32] for at in range(size, 2 * size, 32)]
        names = os.fsdecode(rest[2 * size :]).split("\0")
        each = zip(flat, flat, flat, flat, strict=True)
        rows = dict(zip(names, zip(each, digests, strict=True), strict=True))
        return message.decode(), plan, rows
    except (OSError, ValueError, OverflowError, IndexError):
        return "", b"", {}


def unchanged(root: str, rows: Rows) -> Rows:
    """Those of ``rows`` whose files still have their stats."""
    found: Rows = {}
    base = root + os.sep
    full = [path if path[:1] == os.sep else base + path for path in rows]
    looks = zip(rows.items(), map(os.lstat, full), strict=True)
    while True:
        try:
            for (path, row), now in looks:
                size, mtime, ctime, inode = row[0]
                if (
                    now.st_mtime_ns == mtime
                    and now.st_ctime_ns == ctime
                    and now.st_size == size
                    and now.st_ino & _INODE == inode
                ):
                    found[path] = row
            return found
        except (OSError, ValueError):  # it is gone; the next look is at the next row
            continue


# -- the index -------------------------------------------------------------------------------------


def staged_still_clean(root: str, environ: Mapping[str, str]) -> bytes | None:
    """The message of the last clean check of the index, if its blobs are the same; else None."""
    try:
        header, _, listed = content(os.path.join(root, STAGED_FILE)).partition(b"\n")
        magic, token, message, *paths = header.split(b"|")
        if magic != _MAGIC or token != checkout_token(root):
            return None
        message = _still_said(message, time.time_ns())
        return (
            message
            if message
            and index_listing(root, [os.fsdecode(path) for path in paths], environ) == listed
            else None
        )
    except (OSError, ValueError):
        return None


def write_staged(root: str, paths: Iterable[str], listed: bytes, message: str) -> None:
    """Store that the index was clean with the listing ``listed`` of ``paths``."""
    header = b"|".join([_MAGIC, checkout_token(root), message.encode(), *map(os.fsencode, paths)])
    replace(os.path.join(root, STAGED_FILE), header + b"\n" + listed)


def index_listing(root: str, paths: Iterable[str], environ: Mapping[str, str]) -> bytes | None:
    """``git ls-files -s -z`` of ``paths``: modes, blob ids and names as the index has them."""
    place = find_repository(root)
    if place is None or is_planted(place) or not hasattr(os, "posix_spawn"):
        return None
    program = find_git(environ, place[1])
    if program is None:
        return None
    reader, writer = os.pipe()
    arguments = [program, "-C", root, "ls-files", "-s", "-z", "--", *paths]
    actions = [
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_CLOSE, reader),
        # What git says here, the full check asks for again, and reports.
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        child = os.posix_spawn(
            program, arguments, scrubbed(environ, place, index_file=True), file_actions=actions
        )
    except OSError:  # more paths than an argument list allows
        os.close(reader)
        return None
    finally:
        os.close(writer)
    with open(reader, "rb") as pipe:
        listed = pipe.read()
    return listed if os.waitpid(child, 0)[1] == 0 else None


def checkout_token(root: str) -> bytes:
    """A property of this checkout that cannot be committed: a planted snapshot lacks it."""
    return token(os.path.join(root, ".assetgen", "cache", "key"))


def token(key: str) -> bytes:
    """A property of the file ``key`` that no copy of it has."""
    info = os.lstat(key)
    return f"{info.st_ino}.{info.st_ctime_ns}".encode()


def replace(path: str, data: bytes) -> None:
    """Write a cache file in one step; if that fails, the next check is only slower."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, "writing", f"{name}.{os.getpid()}")
    try:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        with open(temporary, "xb") as file:  # never through a planted link
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        pass
