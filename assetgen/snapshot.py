"""The stored verdict of a clean check: these files had these stats, and check found nothing.

Everything that the verdict depends on is a row: manifest, templates, records, pictures, and their
folders, whose times change when a name in them does. A row is path, size, mtime, ctime, inode and,
for files, sha256. If every row still has its stats, the verdict is valid and no file is opened. No
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
RACY_NS = 2_000_000_000
MAX_BYTES = 256 * 1024 * 1024
_INODE = 2**63 - 1  # some file systems use all 64 bits, a row has 63
# Bump when a row, the header or the meaning of "clean" changes.
_MAGIC = f"assetgen-check 9 {__version__}".encode()

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
        header, _, rest = content(FILE).partition(b"\n")
        magic, token, taken, count, message = header.split(b"|", 4)
        width = 32 * int(count)
        if (
            magic != _MAGIC
            or token != checkout_token(".")
            or not message
            or now_ns < int(taken)
            or not rest
        ):
            return None
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
                return None
        return message
    except (OSError, ValueError, TypeError):  # TypeError: cut off inside a number
        return None


def write(root: str, rows: Rows, taken_ns: int, message: str) -> None:
    """Store ``rows``, read at ``taken_ns`` or later, and the ``message`` of a clean check or "".

    Rows that are too young are stored with stats that no file has, so that they are read again.
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
    said = "" if young else message
    header = b"|".join([_MAGIC, checkout_token(root), f"{taken_ns}|{len(names)}|{said}\n".encode()])
    replace(os.path.join(root, FILE), header + flat.tobytes() + bytes(digests) + b"\0".join(names))


def read(root: str) -> dict[str, tuple[Stats, bytes]]:
    """The rows of the last snapshot, for their digests; empty if it cannot be trusted."""
    from array import array

    try:
        header, _, rest = content(os.path.join(root, FILE)).partition(b"\n")
        magic, token, taken, count, _message = header.split(b"|", 4)
        size = 32 * int(count)
        if magic != _MAGIC or token != checkout_token(root) or time.time_ns() < int(taken):
            return {}
        flat = iter(array("q", rest[:size]))
        digests = [rest[at : at + 32] for at in range(size, 2 * size, 32)]
        names = os.fsdecode(rest[2 * size :]).split("\0")
        each = zip(flat, flat, flat, flat, strict=True)
        return dict(zip(names, zip(each, digests, strict=True), strict=True))
    except (OSError, ValueError, OverflowError, IndexError):
        return {}


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
        return (
            message
            if index_listing(root, [os.fsdecode(path) for path in paths], environ) == listed
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
