"""One file of the working tree, read for its bytes or only for its digest."""

from __future__ import annotations

import hashlib
import os
import stat

from assetgen.errors import StorageError
from assetgen.fs import paths
from assetgen.fs.lfs import digest_of

# The longest file that is read whole for its digest, in bytes.
_READ_WHOLE = 8 * 1024 * 1024


class TooLarge(StorageError):
    """A file that is too large to be read whole."""


def look(full: str, path: str, *, whole: bool) -> tuple[os.stat_result, str, bytes] | None:
    """Stats, sha256 (hex) and bytes of the regular file at ``full``; None if there is none.

    The bytes of a large file are given only if ``whole``. ``path`` is its name in messages. Raises
    StorageError if it cannot be read or is too large.
    """
    try:
        info = os.lstat(full)
        if not stat.S_ISREG(info.st_mode):
            return None
        if whole and info.st_size > paths.MAX_INPUT_BYTES:
            what = f"{path} has {info.st_size} bytes; at most {paths.MAX_INPUT_BYTES} are read"
            raise TooLarge(what, where=path)
        with open(full, "rb", buffering=0) as file:
            if whole or info.st_size < _READ_WHOLE:
                data = file.read()
                return info, digest_of(data), data
            return info, hashlib.file_digest(file, "sha256").hexdigest(), b""
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise StorageError(f"{path} cannot be read: {exc.strerror}", where=path) from exc
