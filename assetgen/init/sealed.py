"""Files that `assetgen init` writes, each with the digest of its text, so that no edit is lost."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

# The words before a digest may come from another version.
SEAL = rb"[^\n]*\bsha256:([0-9a-f]{64})"
_WHOLE = re.compile(rb"\A(.*?)^(?:<!--|#) " + SEAL + rb"(?: -->)?\s*\Z", re.S | re.M)


@dataclass
class Done:
    """The files that were written, and why others were not changed."""

    written: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    """path -> why it was not changed, and what to do about it"""


class Changed(Exception):
    """The file was changed by someone; the message says what to do."""


def note(option: str) -> str:
    """The words before a digest, in what `assetgen init` writes with ``option``."""
    return f"written by assetgen init {option}, which updates it unless it was changed"


def whole(old: bytes | None, text: str, comment: str, words: str) -> bytes:
    """A whole file: ``text``, then ``words`` and the digest in a comment. Raises Changed."""
    if old is not None:
        sealed = _WHOLE.match(old)
        if not sealed or sealed[2].decode() != digest(sealed[1]):
            raise Changed(
                "it was changed; for the text of this version, delete it and run this again"
            )
    return like(
        f"{text}{comment.format(f'{words}: sha256:{digest(text.encode())}')}\n".encode(), old or b""
    )


def is_sealed(data: bytes) -> bool:
    """Whether a file was once written by ``whole``, even if it was changed later."""
    return _WHOLE.match(data) is not None


def like(text: bytes, old: bytes) -> bytes:
    """``text`` with the line ends of ``old``."""
    return text.replace(b"\n", b"\r\n") if b"\r\n" in old else text


def digest(text: bytes) -> str:
    """sha256 (hex) of a text, independent of its line ends, which git may convert."""
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()
