"""Adds a gateway to the user's configuration, or removes it, and leaves the rest as it is."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import structs

from assetgen.cure import advice
from assetgen.errors import ManifestError, TrustError
from assetgen.fs import platform
from assetgen.settings import config
from assetgen.settings.config import Config

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_.\"'\s-]+?)\s*\]\s*(?:#.*)?")


def table(name: str, keys: Mapping[str, str]) -> str:
    """The table of a gateway as it is written. Raises ManifestError for a name that is none."""
    if not _NAME.fullmatch(name):
        raise ManifestError(
            f"gateway {name!r}: a name may contain only a-z, 0-9 and -",
            cure=advice("choose another name, such as acme"),
        )
    width = max(map(len, keys))
    lines = [f"{key:<{width}} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join([f"[gateway.{name}]", *lines]) + "\n"


def add(path: Path, name: str, keys: Mapping[str, str]) -> str:
    """Add a gateway; returns the table that was written. Raises TrustError or ManifestError."""
    new, old = table(name, keys), _text(path)
    known = config.parse(old.encode(), str(path)).gateway
    if name in known:
        raise ManifestError(
            f"gateway {name!r} is in your configuration already; nothing was changed",
            where=str(path),
            cure=advice("edit it there, or: assetgen gateway remove {name}", name=name),
        )
    whole = old + ("" if not old or old.endswith("\n") else "\n") + ("\n" if old else "") + new
    _refuse_unreadable(whole, path, name)
    _write(path, whole)
    return new


def _refuse_unreadable(whole: str, path: Path, name: str) -> None:
    """Raise TrustError for what could not be read again: it is not written."""
    try:
        config.parse(whole.encode(), str(path))
    except TrustError as exc:
        what = exc.what.partition("is invalid: ")[2] or exc.what
        raise TrustError(
            f"gateway {name!r} cannot be added; nothing was changed: {what}",
            cure=advice("assetgen gateway add --help"),
        ) from None


def remove(path: Path, name: str) -> str:
    """Remove a gateway; returns what was removed. Raises TrustError or ManifestError."""
    old = _text(path)
    known = config.parse(old.encode(), str(path))
    if name not in known.gateway:
        there = ", ".join(sorted(known.gateway)) or "none"
        raise ManifestError(
            f"gateway {name!r} is not in your configuration; there are: {there}",
            where=str(path),
            cure=advice("name one of them"),
        )
    kept, gone = _cut(old, name)
    if not _is_rest(kept, path, known, name):
        raise ManifestError(
            f"gateway {name!r} is not written as a table of its own; nothing was changed",
            where=str(path),
            cure=advice("remove it from {path}", path=str(path)),
        )
    _write(path, kept)
    return gone


def _cut(text: str, name: str) -> tuple[str, str]:
    """``text`` without the tables of a gateway, and these."""
    kept, gone, is_own = list[str](), list[str](), False
    for line in text.splitlines(keepends=True):
        if found := _HEADER.fullmatch(line.rstrip("\r\n")):
            parts = [part.strip(" \t\"'") for part in found[1].split(".")]
            is_own = parts[:2] == ["gateway", name]
        (gone if is_own else kept).append(line)
    return "".join(kept).rstrip("\n") + ("\n" if kept else ""), "".join(gone)


def _is_rest(kept: str, path: Path, known: Config, name: str) -> bool:
    """Whether ``kept`` says all that the configuration says, but for one gateway."""
    rest = {key: value for key, value in known.gateway.items() if key != name}
    try:
        return config.parse(kept.encode(), str(path)) == structs.replace(known, gateway=rest)
    except TrustError:
        return False


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")  # with its own line ends
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as exc:
        raise _unusable(path, "read", exc) from exc


def _write(path: Path, text: str) -> None:
    """Write the whole file, or leave it; a link to it stays one. Raises TrustError."""
    real = path.resolve()
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        handle, new = tempfile.mkstemp(dir=real.parent, prefix=".assetgen-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            platform.sync_files([Path(new)])
            if real.exists():
                os.chmod(new, real.stat().st_mode & 0o777)
            os.replace(new, real)
        except OSError:
            with suppress(OSError):
                os.unlink(new)
            raise
    except OSError as exc:
        raise _unusable(path, "written", exc) from exc


def _unusable(path: Path, how: str, exc: Exception) -> TrustError:
    what = getattr(exc, "strerror", None) or "it is not UTF-8"
    return TrustError(
        f"the user's configuration cannot be {how}: {what}",
        where=str(path),
        cure=advice("check its path and its permissions"),
    )
