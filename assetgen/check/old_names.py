"""Files whose time under their old names is over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from assetgen.check.findings import Finding
from assetgen.cure import command
from assetgen.plan.workspace import Workspace
from assetgen.record.old_names import OldName


def kept(project: Workspace, listed: Collection[str]) -> list[OldName]:
    """The files that have old names, unchanged, apart from the files ``listed``."""
    return project.old_names.kept(listed)


def findings(names: Sequence[OldName], today: date) -> Iterator[Finding]:
    """A warning for each name whose time is over: nothing broke, and a file can go."""
    for one in names:
        if one.is_over(today):
            yield Finding(
                path=one.path,
                code="old-name",
                message=f"kept its old name until {one.until} for asset {one.asset}",
                cure=command("assetgen generate --prune {asset}", asset=one.asset),
                level="warning",
            )


def next_end(names: Sequence[OldName], today: date) -> int | None:
    """When the time of the next name is over, in nanoseconds since 1970; None without one."""
    days = [date.fromisoformat(one.until) for one in names if not one.is_over(today)]
    if not days:
        return None
    after = datetime.combine(min(days) + timedelta(days=1), time(), tzinfo=UTC)
    return int(after.timestamp()) * 10**9
