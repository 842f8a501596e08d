"""What is kept in the user's cache between runs: facts about services, never a key or a prompt.

Nothing depends on it: where it cannot be written or read, the facts are asked for again.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from assetgen.fs import platform

#: The largest file that is read, in bytes.
_MAX_BYTES = 1024 * 1024


def folder(environ: Mapping[str, str]) -> Path | None:
    """The folder of the cache; None if there is no home directory."""
    if stated := environ.get("XDG_CACHE_HOME"):
        return Path(stated) / "assetgen"
    if platform.IS_WINDOWS and (stated := environ.get("LOCALAPPDATA")):
        return Path(stated) / "assetgen" / "cache"
    home = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(home) / ".cache" / "assetgen" if home else None


def name(*parts: str) -> str:
    """A file name for what ``parts`` name together; it can be read, and is of no other parts."""
    shown = re.sub(r"[^a-z0-9.]+", "-", parts[-1].lower())[:60].strip("-.")
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f"{shown or 'x'}-{digest[:16]}.json"


def read(environ: Mapping[str, str], kind: str, file: str) -> bytes | None:
    """The content of a file of one ``kind``; None if there is none."""
    place = folder(environ)
    if place is None:
        return None
    try:
        with (place / kind / file).open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError:
        return None
    return data if len(data) <= _MAX_BYTES else None


def write(environ: Mapping[str, str], kind: str, file: str, data: bytes) -> None:
    """Write a file as a whole, or not at all."""
    place = folder(environ)
    if place is None or len(data) > _MAX_BYTES:
        return
    with suppress(OSError):
        (place / kind).mkdir(parents=True, exist_ok=True)
        handle, new = tempfile.mkstemp(dir=place / kind)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.replace(new, place / kind / file)
        except OSError:
            with suppress(OSError):
                os.unlink(new)
