"""What a run did: made, failed, left as it was; and who is told while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from assetgen.errors import AssetgenError
from assetgen.manifest.schema import Manifest
from assetgen.plan.decide import Decision, State


@dataclass(frozen=True)
class Made:
    """What was done for one asset."""

    decision: Decision
    files: tuple[str, ...]
    removed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """Where what came differs from what was asked."""
    entry: int | None = None
    """The purchase that ends when the files are in place."""
    is_draft: bool = False
    """Whether it is a stand-in that the asset's route has yet to replace."""


@dataclass(frozen=True)
class Failed:
    """Why one asset was left as it was."""

    asset_id: str
    state: State
    error: AssetgenError


@dataclass(frozen=True)
class Left:
    """What a run that buys nothing did not make: ``waits_for`` is empty for what would itself be bought."""

    decision: Decision
    waits_for: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What a run did, in order; ``commit`` is the short id of the commit it made."""

    made: list[Made] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    fresh: int = 0
    left: list[Left] = field(default_factory=list)
    standing: list[Made] = field(default_factory=list)
    """What was fresh already: committed too, if an earlier run could not."""
    commit: str | None = None
    uncommitted: AssetgenError | None = None
    has_no_repository: bool = False
    """Whether nothing was committed because there is no repository to commit to."""
    to_commit: str | None = None
    """The commands that commit what was made, where that is left to the user."""
    module: tuple[str, ...] = ()
    """The files of the typed module, as they are to be after this run; none if the manifest wants none."""
    unemitted: AssetgenError | None = None
    """Why the module is not as it is to be."""
    to_add: str | None = None
    """The one command that takes what was made into the commit that a hook has stopped."""
    interrupted: bool = False
    not_begun: list[str] = field(default_factory=list)
    """Assets for which an interrupt came before anything was sent."""
    manifest: Manifest = field(default_factory=Manifest)
    """What was wanted."""
    rests_on: frozenset[str] = frozenset()
    """The files that pictures are made from, and "@id" for other assets."""

    @property
    def exit_code(self) -> int:
        """130 if interrupted, else that of the first failure, else 0."""
        if self.interrupted:
            return 130
        errors = [failure.error for failure in self.failed]
        errors += [error for error in (self.unemitted, self.uncommitted) if error]
        return errors[0].exit_code if errors else 0


class Observer:
    """Is told how a run goes on; this one keeps it to itself."""

    def begins(self, total: int) -> None:
        """``total`` pictures are about to be made."""

    def done(self, made: Made | Failed) -> None:
        """One of them is in place, or failed."""

    def preview(self, asset_id: str, number: int, picture: bytes) -> None:
        """A partial image came while a picture is painted; may be called from several threads."""

    def waits(self, surface: str, seconds: float, per_minute: int | None) -> None:
        """A rate limit holds requests; ``per_minute`` is the pace from now on, if one is known."""

    def finishes(self, in_flight: int) -> None:
        """An interrupt came; so many paid requests are under way and are waited for."""

    def abandons(self, in_flight: int) -> None:
        """A second interrupt came; what is under way is left with its outcome unknown."""
