"""What a run did: made, failed, left as it was; and who is told while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from assetgen.errors import AssetgenError
from assetgen.plan import Decision, State


@dataclass(frozen=True)
class Made:
    """What was done for one asset."""

    decision: Decision
    files: tuple[str, ...]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failed:
    """Why one asset was left as it was."""

    asset_id: str
    state: State
    error: AssetgenError


@dataclass
class Outcome:
    """What a run did, in order; ``commit`` is the short id of the commit it made."""

    made: list[Made] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    fresh: int = 0
    standing: list[Made] = field(default_factory=list)
    """What was fresh already: committed too, if an earlier run could not."""
    commit: str | None = None
    uncommitted: AssetgenError | None = None
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """130 if interrupted, else that of the first failure, else 0."""
        if self.interrupted:
            return 130
        errors = [failure.error for failure in self.failed]
        errors += [self.uncommitted] if self.uncommitted else []
        return errors[0].exit_code if errors else 0


class Observer:
    """Is told how a run goes on; this one keeps it to itself."""

    def begins(self, total: int) -> None:
        """``total`` pictures are about to be made."""

    def done(self, made: Made | Failed) -> None:
        """One of them is in place, or failed."""
