"""What a run did: made, failed, left as it was; and the observer of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assetgen.cure import Cure, advice
from assetgen.errors import AssetgenError, StorageError
from assetgen.image.derive import Derived
from assetgen.manifest.schema import Manifest
from assetgen.plan.decide import Decision, State
from assetgen.record import baseline
from assetgen.record.schema import Statement


def billed(error: AssetgenError, entry: int | None) -> AssetgenError:
    """``error`` of the files of an image; if it is paid for (``entry``), its reply is stored."""
    if entry is None or not isinstance(error, StorageError):
        return error
    first = error.cure or advice("correct that")
    return StorageError(
        f"{error.what}; the image was billed, and its reply is kept",
        where=error.where,
        cure=advice("{first}; generate puts the image into place then, at no cost", first=first),
    )


@dataclass(frozen=True)
class Picture:
    """A picture that is ready to be put into place: its files and its statement."""

    decision: Decision
    files: Sequence[Derived]
    statement: Statement | Mapping[str, Any]
    remarks: tuple[str, ...] = ()
    """The differences between what was requested and what was received."""
    entry: int | None = None
    """The purchase that ends when the files are in place."""
    is_draft: bool = False
    """Whether it is a placeholder that the asset's route has yet to replace."""
    former: str | None = None
    """The id that its asset had before it was renamed, if its record moves with it."""

    @property
    def id(self) -> str:
        """The id of its asset."""
        return self.decision.asset.id


@dataclass(frozen=True)
class Build:
    """How the files of one asset were built from its record."""

    is_drawn: bool
    """Whether they were drawn again, not found in the cache."""
    differing: Mapping[str, str] = field(default_factory=dict)
    """path -> sha256 (hex) of the files that came out otherwise than the record says."""
    why: str = ""
    """With what they were drawn then, and with what now."""


@dataclass(frozen=True)
class Made:
    """What was done for one asset."""

    decision: Decision
    files: tuple[str, ...]
    removed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """The differences between what was requested and what was received."""
    entry: int | None = None
    """The purchase that ends when the files are in place."""
    is_draft: bool = False
    """Whether it is a placeholder that the asset's route has yet to replace."""
    record: str = ""
    """The path of its record."""
    names: tuple[str, ...] = ()
    """The entries of files that keep their old names."""
    entries: tuple[int, ...] = ()
    """The purchases that end when the file of candidates is in place."""
    candidates: int = 0
    """How many candidates were bought: none of them is in place, and a file lists them."""
    also: tuple[str, ...] = ()
    """The file of candidates, if it was written beside the record."""
    former: str | None = None
    """The id that its asset had before it was renamed."""
    build: Build | None = None
    """Set if its files were built from its record, which stays as it is."""
    approval: str | None = None
    """Where its approval is, if that moved with it."""

    @property
    def paid(self) -> tuple[int, ...]:
        """The purchases that end when it is in place."""
        return self.entries if self.entry is None else (self.entry, *self.entries)

    @property
    def written(self) -> tuple[str, ...]:
        """The files of the asset that git has, its record, and what moved or stays with it."""
        files = () if self.decision.asset.is_rebuilt else self.files
        moved = (self.approval,) if self.approval else ()
        return (*files, self.record, *self.also, *moved, *self.names)


@dataclass(frozen=True)
class Failed:
    """Why one asset could not be made."""

    asset_id: str
    state: State
    error: AssetgenError


@dataclass(frozen=True)
class Left:
    """What a run that buys nothing did not make.

    ``waits_for`` names the needed pictures that do not exist; it is empty for a picture that would
    itself be bought.
    """

    decision: Decision
    waits_for: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What a run did, in order; ``commit`` is the short id of the commit it made."""

    made: list[Made] = field(default_factory=list)
    built: list[Made] = field(default_factory=list)
    """What was built from its record, which stays as it is."""
    failed: list[Failed] = field(default_factory=list)
    fresh: int = 0
    older: int = 0
    """How many images stay as an older assetgen drew them."""
    left: list[Left] = field(default_factory=list)
    find_standing: Callable[[], list[Made]] = list
    """Finds what was fresh already."""
    commit: str | None = None
    uncommitted: AssetgenError | None = None
    has_no_repository: bool = False
    """Whether nothing was committed because there is no repository to commit to."""
    to_commit: Cure | None = None
    """The commands that commit what was made, where that is left to the user."""
    module: tuple[str, ...] = ()
    """The files of the typed modules after this run; none if the manifest asks for none."""
    module_gone: tuple[str, ...] = ()
    """The files that left the typed modules in this run."""
    schema: tuple[str, ...] = ()
    """The JSON Schema for editors, if this run wrote it."""
    wrote_gitignore: bool = False
    """Whether this run wrote the block in .gitignore."""
    gitignore: bool = False
    """Whether that block is what .gitignore has and git does not: it is committed."""
    baseline: bool = False
    """Whether pictures have left the baseline, because they have records now."""
    unemitted: AssetgenError | None = None
    """Why the module could not be renewed."""
    to_add: Cure | None = None
    """The command that adds what was made to the commit that a hook has stopped."""
    interrupted: bool = False
    not_begun: list[str] = field(default_factory=list)
    """Assets for which an interrupt came before anything was sent."""
    others: int = 0
    """Mistakes in assets.toml that did not concern the assets asked for."""
    manifest: Manifest = field(default_factory=Manifest)
    """What the run worked from."""
    undecided: list[Decision] = field(default_factory=list)
    """Images of which there are candidates, so that they are not bought again."""
    in_batch: list[Decision] = field(default_factory=list)
    """Images that are in a batch, so that they are not made again."""
    also: tuple[str, ...] = ()
    """Files that were written for what was made, such as assets.toml."""
    batches: tuple[str, ...] = ()
    """The files of batches that were written."""
    rests_on: frozenset[str] = frozenset()
    """The files that pictures are made from, and "@id" for other assets."""
    choices: set[str] = field(default_factory=set)
    """The assets of which this run bought candidates."""

    def add(self, one: Made) -> None:
        """Note what was made or built."""
        (self.built if one.build else self.made).append(one)
        if one.candidates:
            self.choices.add(one.decision.asset.id)

    @property
    def is_done(self) -> bool:
        """Whether nothing failed, and nothing was left for lack of time or leave to buy."""
        return not (self.failed or self.not_begun or self.left or self.interrupted)

    @cached_property
    def standing(self) -> list[Made]:
        """What was fresh already: committed too, if an earlier run could not."""
        return self.find_standing()

    @property
    def others_written(self) -> tuple[str, ...]:
        """The files that were written beside pictures and records."""
        own = {baseline.FILE: self.baseline, ".gitignore": self.gitignore}
        written = (path for path, is_written in own.items() if is_written)
        return (*self.module, *written, *self.batches, *self.also)

    @property
    def exit_code(self) -> int:
        """130 if interrupted, else that of the first failure, else 0."""
        if self.interrupted:
            return 130
        errors = [failure.error for failure in self.failed]
        errors += [error for error in (self.unemitted, self.uncommitted) if error]
        return errors[0].exit_code if errors else 0


class Observer:
    """Is called as a run goes on; this one ignores it."""

    def begins(self, total: int) -> None:
        """``total`` pictures are about to be made."""

    def done(self, made: Made | Failed) -> None:
        """One of them is in place, or failed."""

    def preview(self, asset_id: str, number: int, picture: bytes) -> None:
        """A partial image was received; may be called from several threads."""

    def waits(self, surface: str, seconds: float, per_minute: int | None) -> None:
        """A rate limit delays requests; ``per_minute`` is the rate from now on, if it is known."""

    def finishes(self, in_flight: int) -> None:
        """An interrupt came; the run waits for this many paid requests that are under way."""

    def abandons(self, in_flight: int) -> None:
        """A second interrupt came; the outcome of this many requests is unknown."""
