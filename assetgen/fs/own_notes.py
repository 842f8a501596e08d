"""What a checkout notes for itself in its cache: a text after the token of the checkout.

The cache may come from a commit; a note without the token was written elsewhere.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from assetgen import snapshot
from assetgen.errors import StorageError
from assetgen.fs import paths


def read(root: Path, path: str) -> str | None:
    """The text that this checkout noted at ``path``; None without one."""
    try:
        token, _, text = paths.read_own(root, path, StorageError).decode().partition("\n")
        is_own = token == _token(root)
    except (StorageError, OSError, UnicodeDecodeError):
        return None
    return text if is_own else None


def size(root: Path, path: str) -> int | None:
    """The size of the file of a note; None if this checkout has not noted anything there."""
    start = f"{_token(root)}\n".encode()
    try:
        paths.refuse_links(root, path)
        info = os.lstat(root / path)
        if not stat.S_ISREG(info.st_mode) or info.st_nlink > 1:
            return None
        with open(root / path, "rb") as file:
            return info.st_size if file.read(len(start)) == start else None
    except (StorageError, OSError):
        return None


def stamped(root: Path, text: str) -> bytes:
    """The bytes of the file for a note. Raises OSError."""
    return f"{_token(root)}\n{text}".encode()


def _token(root: Path) -> str:
    return snapshot.checkout_token(str(root)).decode()
