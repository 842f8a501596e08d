"""What a checkout notes for itself in its cache: a text after the token of the checkout.

The cache may come from a commit; a note without the token was written elsewhere.
"""

from __future__ import annotations

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


def stamped(root: Path, text: str) -> bytes:
    """The bytes of the file for a note. Raises OSError."""
    return f"{_token(root)}\n{text}".encode()


def _token(root: Path) -> str:
    return snapshot.checkout_token(str(root)).decode()
