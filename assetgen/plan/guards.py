"""What keeps a decision from being performed although its asset asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from assetgen.cure import Cure, advice, command
from assetgen.fs.paths import in_other_forms
from assetgen.plan.reasons import IN_FORM, UNPROVEN, Reason
from assetgen.plan.wish import Wish, World
from assetgen.record.record import Record, Unusable


class Guard(Struct, frozen=True):
    """Why an image is neither made nor replaced now, and what settles it."""

    reasons: tuple[Reason, ...]
    cure: Cure | None


def claimed(wanted: Wish, record: Record | Unusable | None, world: World) -> Guard | None:
    """The guard for files that would be replaced, and that only the record calls assetgen's.

    A record is only a file, which anyone can write: git or this checkout has to have the file too.
    """
    files = dict(_as_recorded(wanted, record, world))
    unproven = world.elsewhere.unproven(files) if files else ()
    if not unproven:
        return None
    force = command("assetgen generate {asset_id} --force", asset_id=wanted.asset.id)
    cure = advice(
        "move {path} out of the project to keep it, or {force} (overwrites it)",
        path=unproven[0],
        force=force,
    )
    if wanted.asset.is_adopted:
        generate = command("assetgen generate {asset_id}", asset_id=wanted.asset.id)
        cure = advice(
            "move {path} out of the project to keep it, then run: {generate}",
            path=unproven[0],
            generate=generate,
        )
    return Guard(tuple(Reason(path, new=UNPROVEN) for path in unproven), cure)


def in_another_form(wanted: Wish, world: World) -> Guard | None:
    """The guard for a missing file that exists under the same name, written with other bytes."""
    for path in wanted.paths:
        if world.digest(path) is not None:
            continue
        for form, other in in_other_forms(path):
            if world.digest(other) is not None:
                reason = Reason(path, new=f"{IN_FORM} {form}")
                return Guard((reason,), command("mv -- {other} {path}", other=other, path=path))
    return None


def _as_recorded(
    wanted: Wish, record: Record | Unusable | None, world: World
) -> Iterator[tuple[str, str]]:
    """(path, sha256) of the asset's files that are as its record lists them."""
    if isinstance(record, Record):
        for path in wanted.paths:
            digest = record.subject.get(path)
            if digest and world.digest(path) == digest:
                yield path, digest
