"""Files that `assetgen init` writes for others, each with the digest of what was written: so no edit is lost."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

# The words before a digest may be those of another version.
SEAL = rb"[^\n]*\bsha256:([0-9a-f]{64})"
_WHOLE = re.compile(rb"\A(.*?)^(?:<!--|#) " + SEAL + rb"(?: -->)?\s*\Z", re.S | re.M)


@dataclass
class Done:
    """What was done: the files that were written, and why others were left as they are."""

    written: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    """path -> why it was left alone, and what to do about it"""


class Changed(Exception):
    """Somebody changed what was written; the message says what to do."""


def note(option: str) -> str:
    """The words before a digest, in what `assetgen init` writes with ``option``."""
    return f"written by assetgen init {option}, which renews it as long as nobody changed it"


def whole(old: bytes | None, text: str, comment: str, words: str) -> bytes:
    """A file that is ours as a whole: ``text``, and in a comment ``words`` and the digest. Raises Changed."""
    if old is not None:
        sealed = _WHOLE.match(old)
        if not sealed or sealed[2].decode() != digest(sealed[1]):
            raise Changed(
                "somebody changed it; for the text of this version, remove it and run this again"
            )
    return like(
        f"{text}{comment.format(f'{words}: sha256:{digest(text.encode())}')}\n".encode(), old or b""
    )


def is_sealed(data: bytes) -> bool:
    """Whether a file was once written by ``whole``, whatever became of it."""
    return _WHOLE.match(data) is not None


def like(text: bytes, old: bytes) -> bytes:
    """``text`` with the line ends of ``old``."""
    return text.replace(b"\n", b"\r\n") if b"\r\n" in old else text


def digest(text: bytes) -> str:
    """Of a text, whatever its line ends are: git may have turned them."""
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()
