"""How ``generate`` was called."""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.plan.shards import Shard


@dataclass(frozen=True)
class Options:
    """How ``generate`` was called."""

    ids: tuple[str, ...] = ()
    force: bool = False
    commit: bool = True
    jobs: int = 0
    resume: bool = False
    """Settle what was paid for and is not in place; buy and draw nothing else."""
    draft: bool = False
    """Make local placeholders for the images that a paid route has yet to draw; buy nothing."""
    candidates: int | None = None
    """How many candidates to buy of each of ``ids``; None is what the manifest says."""
    pay: bool = False
    """Buy pictures in continuous integration too."""
    free: bool = False
    """Make what is free and can be made on this machine; leave the rest, and report it."""
    redraw: bool = False
    """Draw the images again that an older assetgen drew."""
    builds: bool = True
    """Build all files that git does not have from their records, not only what is needed."""
    batch: bool = False
    """Send what route images makes in batches, at half the price; make nothing else."""
    once: bool = False
    """Whether the process ends after this run."""
    cached: bool = True
    """Use what earlier runs stored about files that have not changed."""
    patience: float = 600
    """Seconds to wait for another run in this project."""

    also: tuple[str, ...] = ()
    """Files that the caller wrote for this run, which are committed with what is made."""
    shard: Shard | None = None
    """Make only the images of this part, and no typed module."""

    @property
    def is_whole(self) -> bool:
        """Whether all assets are meant."""
        return not self.ids and self.shard is None

    @property
    def buys(self) -> bool:
        """Whether a route may be asked that bills for it."""
        return not (self.free or self.draft)
