"""Git LFS pointers: the digest of the file that one points to, and the command that fetches it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.gitenv import find_repository

_LFS = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\n"
)
# A pointer whose digest is not read: of an early version of Git LFS, or with other line ends.
_ANY = re.compile(rb"version https://(?:git-lfs\.github|hawser\.github|git-media\.io)[^\n]*\n")
_SIZE = re.compile(rb"^size ([0-9]{1,15})$", re.M)
#: The longest Git LFS pointer, in bytes.
POINTER_BYTES = 1024

#: What a picture is called that is only a pointer.
WHAT = "is a Git LFS pointer, not the picture"


def digest_of(data: bytes) -> str:
    """sha256 (hex) of a file's bytes; of what a Git LFS pointer points to."""
    pointer = _LFS.match(data) if len(data) < POINTER_BYTES else None
    return pointer[1].decode() if pointer else hashlib.sha256(data).hexdigest()


def size_of(data: bytes) -> int:
    """The size of a file in bytes; of what a Git LFS pointer points to."""
    size = _SIZE.search(data) if is_pointer(data) else None
    return int(size[1]) if size else len(data)


def is_pointer(data: bytes) -> bool:
    """Whether a file is a pointer, because Git LFS did not fetch its content."""
    return len(data) < POINTER_BYTES and _ANY.match(data) is not None


def fetching(root: Path, path: str) -> Cure:
    """The command that replaces the pointer at ``path``, relative to ``root``, by its content."""
    found = find_repository(str(root))
    if found is None:
        return advice("replace {path} by the picture", path=path)
    place = os.path.relpath(os.path.join(os.path.realpath(root), path), found[1])
    # Without the filter of Git LFS in git's settings, its pull writes no file.
    return command(
        "git lfs install --local --skip-repo && git lfs pull --include {pattern} --exclude ''",
        pattern=_pattern(Path(place).as_posix()),
    )


def _pattern(path: str) -> str:
    """A pattern of Git LFS for one path from the top of the working tree."""
    # A comma separates patterns and a brace begins a choice; neither can be escaped.
    return "/" + re.sub(r"[,{}]", "?", re.sub(r"([*?\[\]\\])", r"\\\1", path))
