"""With what a picture was made: the engine, the libraries and the processor, in words."""

from __future__ import annotations

from collections.abc import Sequence

from assetgen import __version__
from assetgen.cure import Cure, advice, command
from assetgen.fs import platform
from assetgen.manifest.target import FileFormat
from assetgen.record import record

# So many assets are named in a command.
_FEW = 10


def cure(asset_ids: Sequence[str]) -> Cure:
    """What settles that files come out otherwise than their records say; it buys nothing."""
    again = command("assetgen generate --free --force")
    if len(asset_ids) <= _FEW:
        again = command("assetgen generate --free --force {ids}", ids=list(asset_ids))
    return advice(
        "where the files are built: {again} (writes and commits the records)", again=again
    )


def recorded(data: bytes) -> str:
    """With what the files of a usable record were made."""
    predicate = record.statement(data)["predicate"]
    tool = predicate["tool"]
    return _words(
        predicate["route"].get("client") or "an unknown engine",
        (predicate["derive"] or {}).get("encoder") or "an unknown encoder",
        tool["version"],
        tool.get("machine") or "an unknown processor",
    )


def here(formats: Sequence[FileFormat]) -> str:
    """With what files of these formats are made here."""
    from assetgen.image import derive
    from assetgen.layouts import engine

    return _words(engine.name(), derive.encoder(formats), __version__, platform.machine())


def _words(engine: str, encoder: str, version: str, machine: str) -> str:
    return f"{engine}, {encoder} and assetgen {version} on {machine}"
