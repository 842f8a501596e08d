"""The commands that messages about batches name."""

from __future__ import annotations

from assetgen.cure import Blank, Cure, command


def look() -> Cure:
    """Lists the batches, and looks for those whose start is not known."""
    return command("assetgen batch")


def collect(batch_id: str) -> Cure:
    """Places what a batch has made."""
    return command("assetgen batch collect {id}", id=batch_id)


def collect_all() -> Cure:
    """Places what all batches have made."""
    return command("assetgen batch collect")


def wait(batch_id: str) -> Cure:
    """Places what a batch has made as soon as it has ended."""
    return command("assetgen batch collect {id} --wait", id=batch_id)


def send(asset: str | Blank) -> Cure:
    """Sends an image in a batch."""
    return command("assetgen generate {id} --batch", id=asset)


def alone(asset: str | Blank) -> Cure:
    """Makes an image without a batch."""
    return command("assetgen generate {id}", id=asset)


def again(asset: str | Blank) -> Cure:
    """Buys an image again."""
    return command("assetgen generate {id} --force", id=asset)


def forget(number: int) -> Cure:
    """Gives up a batch whose start is not known."""
    return command("assetgen doctor --forget {number}", number=number)
