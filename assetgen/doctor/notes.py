"""What doctor reports: notes with their urgency."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assetgen.cure import Cure
from assetgen.errors import AssetgenError
from assetgen.routes.readiness import RouteStatus


class Urgency(StrEnum):
    """How urgent a note is; only a problem changes the exit code."""

    FINE = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Note:
    """One finding of doctor: what, where, and the cure."""

    level: Urgency
    what: str
    where: str | None = None
    cure: Cure | None = None
    exit_code: int = 0


@dataclass(frozen=True)
class Checkup:
    """One route: its status, the notes on it, and the models that its provider lists."""

    row: RouteStatus
    notes: tuple[Note, ...]
    models: tuple[str, ...] | None = None


def problem(exc: AssetgenError, level: Urgency = Urgency.PROBLEM) -> Note:
    """A failure as a note."""
    return Note(
        level, exc.what, exc.where, exc.cure, exc.exit_code if level is Urgency.PROBLEM else 0
    )
