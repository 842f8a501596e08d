"""doctor: every examination, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from assetgen.cure import command
from assetgen.doctor import open_batches
from assetgen.doctor.notes import Checkup, Note, Urgency, problem
from assetgen.doctor.open_purchases import Standing, open_purchases
from assetgen.doctor.providers import check_providers
from assetgen.errors import AssetgenError, UnknownOutcome
from assetgen.layouts import closure, kind
from assetgen.manifest.schema import FILE
from assetgen.plan.rebuilt import BUILDING
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.routes import readiness
from assetgen.settings import config
from assetgen.settings.conditions import Conditions
from assetgen.text import count


@dataclass(frozen=True)
class Diagnosis:
    """Everything that doctor found."""

    config: str | None
    usual: str
    """Where the configuration is by default."""
    general: tuple[Note, ...]
    routes: tuple[Checkup, ...]
    standing: tuple[Standing, ...]

    @property
    def notes(self) -> list[Note]:
        return [*self.general, *(note for checkup in self.routes for note in checkup.notes)]

    @property
    def exit_code(self) -> int:
        """0, or the code of the first problem; open paid requests come last."""
        found = [note.exit_code for note in self.notes if note.level is Urgency.PROBLEM]
        return [*found, *(UnknownOutcome.exit_code for _ in self.standing), 0][0]


def examine(
    root: Path | None, outside: Path, conditions: Conditions, probed: Note | None = None
) -> Diagnosis:
    """Examine everything. Sends nothing that is billed.

    ``outside`` is the folder that is used if there is no project.
    """
    project, general = _project(root, conditions)
    wanted = project.manifest if project else None
    rows = readiness.rows(conditions, root or outside, wanted)
    standing, trouble = open_purchases(root, conditions, project)
    checkups = check_providers(rows, conditions, wanted)
    if probed:
        checkups = [
            replace(c, notes=(*c.notes, probed)) if c.row.route == "images" else c for c in checkups
        ]
    return Diagnosis(
        config=conditions.config.path,
        usual=str(config.usual_place(conditions.environ) or "no home folder is known"),
        general=(*general, *trouble, *open_batches.notes(root, project)),
        routes=tuple(
            replace(c, notes=_local(root)) if c.row.route == "local" else c for c in checkups
        ),
        standing=tuple(standing),
    )


def examine_route(
    root: Path | None, outside: Path, conditions: Conditions, route: str
) -> Diagnosis:
    """Examine one route alone. Sends nothing that is billed."""
    try:
        wanted = open_workspace(root, conditions).manifest if root else None
    except AssetgenError:  # its mistakes are no concern of a route
        wanted = None
    rows = readiness.rows(conditions, root or outside, wanted)
    return Diagnosis(
        config=conditions.config.path,
        usual=str(config.usual_place(conditions.environ) or "no home folder is known"),
        general=(),
        routes=tuple(
            check_providers([row for row in rows if row.route == route], conditions, wanted)
        ),
        standing=(),
    )


def _project(root: Path | None, conditions: Conditions) -> tuple[Workspace | None, list[Note]]:
    if root is None:
        return None, [
            Note(
                Urgency.NOTE,
                f"there is no {FILE} here, so no route is in use",
                cure=command("assetgen init"),
            )
        ]
    try:
        project = open_workspace(root, conditions)
        return project, list(_unbuilt(project))
    except AssetgenError as exc:
        return None, [problem(exc)]


def _unbuilt(project: Workspace) -> Iterator[Note]:
    """The files that git does not have, and that are not built from their records."""
    lacking = [path for asset in project.manifest.asset for path in project.rebuilt.lacking(asset)]
    if lacking:
        what = f'{count(len(lacking), "file")} of assets with keep = "record" not built yet'
        yield Note(Urgency.NOTE, what, cure=BUILDING)


def _local(root: Path | None) -> tuple[Note, ...]:
    """The kinds and fonts of the local route."""
    places = closure.roots(root) if root else (closure.shipped_root(),)
    kinds = sorted({path.parent.name for place in places for path in place.glob("*/template.toml")})
    try:
        families = sorted(kind.available_fonts(root)) if root else []
    except AssetgenError as exc:
        return (problem(exc),)
    fonts = f"; fonts: {', '.join(families)}" if families else ""
    return (Note(Urgency.FINE, f"kinds: {', '.join(kinds)}{fonts}"),)
