"""Git LFS pointers: the digest of the file that one points to."""

from __future__ import annotations

import hashlib
import re

_LFS = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\n"
)
# The longest Git LFS pointer, in bytes.
_POINTER_BYTES = 1024


def digest_of(data: bytes) -> str:
    """sha256 (hex) of a file's bytes; of what a Git LFS pointer points to."""
    pointer = _LFS.match(data) if len(data) < _POINTER_BYTES else None
    return pointer[1].decode() if pointer else hashlib.sha256(data).hexdigest()
