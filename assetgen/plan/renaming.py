"""How the files of a renamed asset become those of its new id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from assetgen.image.steps import unfitted
from assetgen.plan.wish import Wish, World
from assetgen.record.record import Record, Unusable


def moves(wanted: Wish, own: Record | Unusable | None, world: World) -> Mapping[str, str] | None:
    """Where each file of a renamed local image is now, by its new path; its record moves with it.

    None if it was not renamed, or if it is not certain that all its files stay as they are. ``own``
    is the record of the new id, which it must not have.
    """
    known = world.former(wanted) if own is None and wanted.asset.is_local else None
    if known is None or [one.path for one in known.observed] != list(known.subject):
        return None
    if [one.format for one in known.observed] != [one.format for one in wanted.targets]:
        return None
    if _steps(known.steps) != _steps(msgspec.to_builtins(wanted.steps)):
        return None
    found: dict[str, str] = {}
    for target, (path, digest) in zip(wanted.targets, known.subject.items(), strict=True):
        here = next((one for one in (target.path, path) if world.digest(one) == digest), None)
        is_free = here == target.path or world.digest(target.path) is None
        if here is None or not is_free:
            return None
        found[target.path] = here
    return found


def is_unbuilt(wanted: Wish, world: World) -> bool:
    """Whether git has only the record of a renamed image, and no file of it is built."""
    known = world.former(wanted) if wanted.asset.is_rebuilt else None
    return known is not None and not any(world.digest(path) for path in known.subject)


def _steps(stated: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps without the paths of the files."""
    plain = map(unfitted, stated)
    return [{key: value for key, value in step.items() if key != "path"} for step in plain]
