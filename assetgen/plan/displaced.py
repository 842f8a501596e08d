"""A picture that exists, but not in its place: moved, under another path, or only in git."""

from __future__ import annotations

from collections.abc import Sequence

from assetgen.cure import Cure, advice, command
from assetgen.manifest.schema import FILE
from assetgen.plan.guards import Guard
from assetgen.plan.reasons import MOVED, RENAMED, Reason, at_former_path
from assetgen.plan.wish import Moved, Wish, World
from assetgen.record.record import Record


def displaced(
    wanted: Wish, record: Record, world: World, *, gone: Sequence[Reason], original: str | None
) -> Guard | None:
    """Where the picture of a record is whose files are ``gone``; None if it exists nowhere.

    A layout that is drawn again for free is only looked for where pictures are.
    """
    is_redrawn = wanted.asset.is_local and not record.is_brought
    lost = {r.field: record.subject[r.field] for r in gone if r.field in record.subject}
    path = wanted.asset.path
    if path in lost and (moved := _moved(path, lost[path], world, is_redrawn=is_redrawn)):
        reasons = (Reason(MOVED, path, moved.path),)
        return Guard(reasons, _settling_move(wanted.asset.id, moved))
    if is_redrawn:
        return None
    if original is None and (former := tuple(at_former_path(wanted, record, world))):
        return Guard(former, None)
    if original is None and path not in record.subject:
        return _only_git_at_former_path(record, world)
    only_git = original is None or (original == "git" and len(lost) == len(gone))
    if only_git and (restore := world.elsewhere.restoring(lost)):
        return Guard((), restore)
    return None


def _moved(path: str, digest: str, world: World, *, is_redrawn: bool) -> Moved | None:
    found = world.elsewhere.moved(path, digest, False)
    if found or is_redrawn or world.elsewhere.restoring({path: digest}):
        return found
    return world.elsewhere.moved(path, digest, True)


def _only_git_at_former_path(record: Record, world: World) -> Guard | None:
    """The guard for an asset with a new path whose picture only git has, at the old one."""
    for path, digest in tuple(record.subject.items())[:1]:
        if not record.is_draft and (restore := world.elsewhere.restoring({path: digest})):
            adopt = command("assetgen adopt {asset_id} {path}", asset_id=record.asset_id, path=path)
            both = command("{restore} && {adopt}", restore=restore, adopt=adopt)
            return Guard((Reason(RENAMED, record.asset_id, path),), both)
    return None


def _settling_move(asset_id: str, moved: Moved) -> Cure:
    """The two ways to settle that the main file of an asset was moved."""
    return advice(
        "{back} (moves it back), or change path in {file} to {path}, then run: {adopt}",
        back=moved.back,
        file=FILE,
        path=moved.path,
        adopt=command("assetgen adopt {asset_id} {path}", asset_id=asset_id, path=moved.path),
    )
