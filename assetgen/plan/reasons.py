"""Why an image is as it is: the fields that differ, and the images that exist elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from assetgen.cure import Cure, advice, command
from assetgen.manifest.schema import Asset
from assetgen.plan import renaming
from assetgen.plan.wish import Wish, World
from assetgen.record.record import Record, Unusable

#: The field of a reason: the image exists under a former id (``old``), at a path (``new``).
RENAMED = "renamed"
#: The same, where other assets may be the one that had the former id.
ALIKE = "alike"
#: The field of a reason: the file was moved from ``old`` to ``new``.
MOVED = "moved"
#: The field of a reason: a file is heavier than it may be, or was made to fit another limit.
WEIGHT = "max_kb"
#: The field of a reason: the image is in a batch, as ``new`` says.
BATCH = "batch"
#: The field of a reason: there are candidates, as ``new`` says.
CANDIDATES = "candidates"
#: The ``new`` of the only reason of an image that is as asked for, but for the layouts of assetgen.
OLDER = "was drawn by an older assetgen, whose layouts were different"
#: How the ``new`` of a reason begins.
UNUSABLE = "its record is unusable"
NOT_MERGED = "git has not merged it"
#: The ``new`` of a reason whose field is a file of an edited asset.
MIXED = "is of one purchase, and its record of another"
#: How the ``new`` of a reason begins whose field is a missing file with such a name.
IN_FORM = "exists under the same name in the form"
#: The ``new`` of a reason whose field is a file that would be replaced.
UNPROVEN = "is listed by its record, but git does not have it and assetgen did not place it here"


class Reason(Struct, frozen=True):
    """One field that differs; ``old`` or ``new`` is None where that side has no value."""

    field: str
    old: Any = None
    new: Any = None


#: The ``new`` of a reason whose field is a missing file.
NO_FILE = "not there"


def is_in_form(reason: Reason) -> bool:
    """Whether a missing file exists under the same name, written with other bytes."""
    return str(reason.new).startswith(IN_FORM)


def of_foreign_file(
    path: str,
    digest: str | None,
    record: Record | Unusable | None,
    *,
    world: World,
    is_kept: bool,
) -> Reason:
    if isinstance(record, Unusable):
        return Reason(path, new=f"{UNUSABLE}: {record}")
    if is_kept:
        return Reason(path, new="its record does not exist, and git has it")
    if record and digest in record.subject.values():
        return Reason(path, old=record.asset_id, new="its record has it under another name")
    if other := world.orphan(digest or "") or world.orphan(path):
        what = f"it was made as {other.asset_id}, which assets.toml no longer lists"
        return Reason(path, old=other.asset_id, new=what)
    return Reason(path, new="it has no record")


def under_former_id(wanted: Wish, world: World) -> Iterator[Reason]:
    """The unchanged image that an asset with the same intent had before it left the manifest.

    A paid image is not bought again either where it is not certain which asset it was.
    """
    if wanted.asset.is_adopted:  # the same is asked for each of them
        return
    found = world.former(wanted)
    rest = () if found or wanted.asset.is_local else map(world.orphan, wanted.intent.digests)
    for known in filter(None, (found, *rest)):
        path = _untouched(known, world, is_local=wanted.asset.is_local)
        if found and path is None and renaming.is_unbuilt(wanted, world):
            path = next(iter(known.subject), None)
        if path:
            yield Reason(RENAMED if found else ALIKE, known.asset_id, path)
            return


def at_former_path(wanted: Wish, record: Record, world: World) -> Iterator[Reason]:
    """The asset's own unchanged image at its former path, if only the path was changed."""
    path = _untouched(record, world, is_local=wanted.asset.is_local)
    if (
        path
        and path not in wanted.paths
        and wanted.asset.path not in record.subject
        and not record.is_draft
    ):
        yield Reason(RENAMED, record.asset_id, path)


def _untouched(record: Record, world: World, *, is_local: bool) -> str | None:
    """The path of the record's main file if it exists and is unchanged, also if it was moved."""
    path, digest = next(iter(record.subject.items()), (None, None))
    if path is None or digest is None or world.digest(path) == digest:
        return path
    found = None if is_local else world.elsewhere.moved(path, digest, True)
    return found.path if found else None


def place_of_original(record: Record, world: World) -> str | None:
    """Where the original is: "cache", "here" (in a file of the tree), "git"; None if nowhere."""
    if record.original is None:
        return None
    return "cache" if world.has_original(record.original) else world.elsewhere.original(record)


def adopting(asset_id: str, path: str) -> Cure:
    """The command for a record that cannot be used, where nothing has another one."""
    adopt = command("assetgen adopt {asset_id} {path}", asset_id=asset_id, path=path)
    return advice("{adopt} (keeps the file, in a new record)", adopt=adopt)


def settling_record(asset: Asset, *, kept: Cure | None, again: Cure | None, is_there: bool) -> Cure:
    """The command for a record that cannot be used; it buys no image that exists.

    ``kept`` writes the record that git has; ``again`` makes what was bought once more, for free.
    """
    if not asset.is_local and (free := kept or again):
        return free
    force = command("assetgen generate {name} --force", name=asset.id)
    if not is_there and not kept:
        return making(asset) if asset.is_adopted else force
    settling = kept or adopting(asset.id, asset.path)
    if not asset.is_local:
        return settling
    return advice("{settling}, or {force}", settling=settling, force=force)


def forcing(asset: Asset) -> Cure:
    """The command that draws an image over what is in its place."""
    return command("assetgen generate {id} --force", id=asset.id)


def settling_edit(asset: Asset) -> Cure:
    """What settles that a file was changed; one that git does not have cannot stay so."""
    if asset.is_rebuilt:
        return forcing(asset)
    accept = command("assetgen accept {asset_id}", asset_id=asset.id)
    return advice("{accept} (keeps the file)", accept=accept)


def making(asset: Asset) -> Cure:
    """The command that makes the files of an asset; of an adopted one, that takes its file in."""
    if asset.is_adopted:
        adopt = command("assetgen adopt {asset_id} FILE", asset_id=asset.id)
        return advice("name its file: {adopt}", adopt=adopt)
    return command("assetgen generate {asset_id}", asset_id=asset.id)
