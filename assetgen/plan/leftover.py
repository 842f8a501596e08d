"""Records of assets that the manifest no longer lists, in one line of a plan."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from assetgen.cure import Cure, command
from assetgen.plan import former
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record


def ids(project: Workspace, decisions: Iterable[Decision] = ()) -> list[str]:
    """The assets with a record that no entry lists, apart from those that were only renamed."""
    found = [one for one in project.recorded.ids() if one not in project.places.numbers]
    renamed = set(map(former.former_id, decisions)) if found else set()
    return [one for one in found if one not in renamed]


def removing(project: Workspace, orphans: Sequence[str]) -> Cure:
    """The command that removes ``orphans``, if all are of collections; else the one that lists."""
    known = map(project.record, orphans)
    if all(isinstance(one, Record) and one.collection for one in known):
        return command("assetgen generate --prune {pattern}", pattern=pattern(orphans))
    return command("assetgen check")


def pattern(names: Sequence[str]) -> str:
    """A pattern that matches all of these ids."""
    if len(names) == 1:
        return names[0]
    folder = os.path.commonpath([f"/{one.rpartition('/')[0]}" for one in names]).strip("/")
    return f"{folder}/**" if folder else "**"
